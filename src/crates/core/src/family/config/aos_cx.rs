//! HPE Aruba AOS-CX: `show running-config`. Defaults from the *AOS-CX Security*, *Fundamentals*
//! and *Layer 2 Bridging Guides*.
use super::ios::without_banners;
use super::ios_services::{access_lists, resolvers, routing};
use super::reading::{Agent, Reading};
use super::text::{Block, Line, address, tree, vlan_text, vlans};
use crate::model::{ConfigAaa, ConfigLine, ConfigUser};

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let header = lines
        .iter()
        .find_map(|line| line.text.strip_prefix("!Version ArubaOS-CX "));
    let (lines, banner) = without_banners(lines);
    let root = tree(&lines, '!');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.banner = banner;
    config.hostname = root.value("hostname").map(str::to_owned);
    config.users = root.all("user").map(user).collect();
    config.http.plain = Some(false);
    config.http.tls = Some(root.has("https-server vrf"));
    config.logging.servers = addresses_of(&root, "logging");
    config.logging.timestamps = Some(true);
    config.ntp.servers = root.values("ntp server");
    let keyed = root
        .all("ntp server")
        .all(|block| block.says("key") || block.says("key-id"));
    let proven = root.has("ntp authentication") && root.has("ntp trusted-key");
    config.ntp.authenticated = Some(keyed && proven && !config.ntp.servers.is_empty());
    config.ntp.from_dhcp = Some(false);
    config.aaa = aaa(&root);
    config.lines = ways_in(&root);
    let stp = root
        .body
        .iter()
        .any(|block| block.after("spanning-tree") == Some(&[]));
    let mode = root.value("spanning-tree mode").unwrap_or("mstp");
    config.stp.mode = Some(
        match (stp, mode) {
            (false, _) => "none",
            (true, "rpvst") => "rapid-pvst",
            (true, _) => "mstp",
        }
        .to_owned(),
    );
    let steps = root
        .value("spanning-tree priority")
        .and_then(|text| text.parse::<u32>().ok());
    config.stp.priority = steps.map(|steps| steps.saturating_mul(4096));
    snooping(&root, &mut reading);
    let lldp = root.switch("lldp") != Some(false);
    for block in root.all("interface") {
        port(block, (stp, lldp), &mut reading);
    }
    reading.config.routing = routing(&root);
    access_lists(&root, &mut reading);
    reading.agent = Some(agent(&root));
    reading.resolvers = Some(
        resolvers(&root)
            .into_iter()
            .chain(addresses_of(&root, "ip dns server-address"))
            .collect(),
    );
    let members = root.all("vsf member").count();
    reading.redundancy = match members {
        2.. => Some(("stack", u32::try_from(members).unwrap_or(u32::MAX))),
        _ if root.has("vsx") => Some(("mlag", 2)),
        _ => None,
    };
    reading.version = header.map(str::to_owned);
    reading.class = Some("switch");
    reading.unread.push("config.saved");
    reading
}

fn addresses_of(root: &Block<'_>, start: &str) -> Vec<String> {
    let words = root
        .body
        .iter()
        .filter_map(|block| block.after(start)?.first());
    let addresses = words.filter(|word| word.parse::<std::net::IpAddr>().is_ok());
    addresses.map(|word| (*word).to_owned()).collect()
}

fn user(block: &Block<'_>) -> ConfigUser {
    // What `ciphertext` hides the documentation does not say.
    let (storage, kind) = match block.word_after("password") {
        Some("plaintext") => ("clear", "plaintext"),
        Some("ciphertext") => ("unknown", "ciphertext"),
        _ => ("external", ""),
    };
    ConfigUser {
        name: block.word(1).to_owned(),
        administrator: Some(block.says("administrators")),
        storage: Some(storage.to_owned()),
        storage_type: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
        source_lines: block.source(),
    }
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let login = |scope: &str| {
        let start = format!("aaa authentication login {scope}");
        root.body
            .iter()
            .find_map(|block| block.after(&start).map(<[&str]>::to_vec))
    };
    let said = login("ssh")
        .or_else(|| login("default"))
        .unwrap_or_else(|| vec!["local"]);
    let mut servers = root.values("tacacs-server host");
    servers.extend(root.values("radius-server host"));
    ConfigAaa {
        login: super::ios::methods(root, &said),
        servers,
        command_accounting: Some(root.has("aaa accounting all-mgmt")),
    }
}

/// An idle session ends after thirty minutes; lists stand on the control plane.
fn ways_in(root: &Block<'_>) -> Vec<ConfigLine> {
    let minutes = root
        .value("session-timeout")
        .and_then(|text| text.parse::<u32>().ok());
    let timeout = minutes.unwrap_or(30).saturating_mul(60);
    let mut transports = Vec::new();
    if root.switch("ssh server vrf") != Some(false) {
        transports.push("ssh".to_owned());
    }
    if root.has("telnet server vrf") {
        transports.push("telnet".to_owned());
    }
    let list = |start: &str| {
        let mut lists = root.all(start).filter(|block| block.says("control-plane"));
        lists.next().map(|block| block.word(3).to_owned())
    };
    let ipv6 = root.all("interface").any(|port| port.has("ipv6 address"));
    let line = |kind: &str| ConfigLine {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        exec_timeout: Some(timeout),
        exec: Some(true),
        ..ConfigLine::default()
    };
    vec![
        ConfigLine {
            transports,
            acl: list("apply access-list ip"),
            acl_ipv6: list("apply access-list ipv6"),
            ipv6: Some(ipv6),
            ..line("vty")
        },
        line("console"),
    ]
}

fn snooping(root: &Block<'_>, reading: &mut Reading) {
    let listed = |start: &str| {
        let on = root.all("vlan").filter(|vlan| vlan.has(start));
        vlans(on.map(|vlan| vlan.word(1)).collect::<Vec<_>>())
    };
    let config = &mut reading.config;
    config.dhcp_snooping.vlans = listed("dhcpv4-snooping");
    let on = root.has("dhcpv4-snooping");
    config.dhcp_snooping.enabled = Some(on && !config.dhcp_snooping.vlans.is_empty());
    config.arp_inspection.vlans = listed("arp inspection");
    config.arp_inspection.enabled = Some(!config.arp_inspection.vlans.is_empty());
}

fn port(block: &Block<'_>, (stp, lldp): (bool, bool), reading: &mut Reading) {
    let name = block.words.get(1..).unwrap_or_default().join(" ");
    if let Some(vrf) = block.value("vrf attach") {
        reading.vrfs.insert(name.clone(), vrf.to_owned());
    }
    if block.has("lag") {
        let lag = format!("lag {}", block.value("lag").unwrap_or_default());
        reading.port(&name).aggregate = Some(lag);
    }
    let port = reading.port(&name);
    port.description = block.text("description");
    // Ports are shut until they are opened; VLAN interfaces are not.
    let shut = block.switch("shutdown");
    let open =
        shut == Some(false) || shut.is_none() && matches!(port.kind.as_str(), "vlan" | "loopback");
    port.enabled = Some(open);
    port.source_lines = block.source();
    let said = ["ip address", "ip static", "ipv6 address"]
        .into_iter()
        .flat_map(|start| block.values(start));
    port.addresses = said.filter_map(|text| address(&text, "")).collect();
    if block.has("ip dhcp") {
        port.addresses.push("dhcp".to_owned());
    }
    port.directed_broadcast = Some(block.has("ip directed-broadcast"));
    port.proxy_arp = Some(block.has("ip proxy-arp") || block.has("ip local-proxy-arp"));
    let quiet = block.switch("lldp transmit") == Some(false);
    port.lldp = Some(lldp && !quiet);
    let routed = block.has("routing") || !port.addresses.is_empty() || port.kind == "vlan";
    if routed || matches!(port.kind.as_str(), "management" | "loopback") {
        port.mode = Some("routed".to_owned());
        return;
    }
    let trunk = block.has("vlan trunk native") || block.has("vlan trunk allowed");
    if trunk {
        port.mode = Some("trunk".to_owned());
        let native = block.value("vlan trunk native").unwrap_or("1");
        port.native_vlan = native.parse().ok();
        let said = block.value("vlan trunk allowed").unwrap_or("all");
        port.trunk_all = Some(said == "all");
        port.trunk_vlans = (said != "all").then(|| vlan_text(&vlans([said])));
    } else {
        port.mode = Some("access".to_owned());
        port.access_vlan = block.value("vlan access").unwrap_or("1").parse().ok();
    }
    port.edge = Some(block.has("spanning-tree port-type admin-edge"));
    port.bpdu_guard = Some(stp && block.has("spanning-tree bpdu-guard"));
    port.root_guard = Some(stp && block.has("spanning-tree root-guard"));
    port.loop_guard = Some(stp && block.has("spanning-tree loop-guard"));
    port.storm_control = Some(block.has("rate-limit broadcast"));
    let works = |start: &str| block.child(start).is_some_and(|below| below.has("enable"));
    port.dot1x = Some(
        works("aaa authentication port-access dot1x authenticator")
            || works("aaa authentication port-access mac-auth"),
    );
    port.port_security = Some(works("port-access port-security"));
    port.dhcp_trusted = Some(block.has("dhcpv4-snooping trust"));
    port.arp_trusted = Some(block.has("arp inspection trust"));
}

fn agent(root: &Block<'_>) -> Agent {
    let mut agent = Agent::default();
    if !root.has("snmp-server vrf") {
        return agent;
    }
    for block in root.all("snmp-server community") {
        let writes = block.value("access-level") == Some("rw");
        agent.community(block.word(2), writes, block.values("access-list"));
    }
    for block in root.all("snmpv3 user") {
        agent.user(
            block.word(2),
            block.word_after("auth"),
            block.word_after("priv"),
        );
    }
    if root.has("snmp-server snmpv3-only") {
        agent.versions.retain(|version| *version == "v3");
    }
    agent.receivers = root.values("snmp-server host");
    agent
}
