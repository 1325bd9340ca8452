//! HPE ProCurve and ArubaOS-Switch: `show running-config`. Defaults from the *ArubaOS-Switch
//! Access Security*, *Management and Configuration* and *Advanced Traffic Management Guides*.
use super::reading::{Agent, Reading};
use super::text::{Block, Line, address, tree, vlan_text, vlans};
use crate::model::{ConfigAaa, ConfigLine, ConfigUser};
use std::collections::{BTreeMap, BTreeSet};

/// Most ports that one range stands for.
const MOST_PORTS: u32 = 512;

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let root = tree(lines, ';');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.hostname = root.value("hostname").map(str::to_owned);
    config.banner = root
        .text("banner motd")
        .filter(|text| !text.trim().is_empty());
    config.users = users(&root);
    // The web server speaks plain HTTP unless it is switched off.
    let off = |block: &Block<'_>| {
        matches!(
            block.words.as_slice(),
            ["no", "web-management"] | ["no", "web-management", "plaintext"]
        )
    };
    config.http.plain = Some(!root.body.iter().any(off));
    config.http.tls = Some(root.has("web-management ssl"));
    config.logging.servers = addresses_of(&root, "logging");
    config.logging.timestamps = Some(true);
    ntp(&root, &mut reading);
    reading.config.aaa = aaa(&root);
    reading.config.lines = ways_in(&root);
    ports(&root, &mut reading);
    protections(&root, &mut reading);
    reading.agent = Some(agent(&root));
    reading.resolvers = Some(addresses_of(&root, "ip dns server-address"));
    if let Some(id) = root.value("management-vlan") {
        reading.config.management.dedicated = Some(true);
        reading.config.management.through = Some(format!("VLAN {id}"));
    }
    let header = lines.first().map_or("", |line| line.text);
    reading.model = header
        .strip_prefix("; ")
        .and_then(|text| text.split(' ').next())
        .map(str::to_owned);
    let release = header
        .split_once("release #")
        .map(|(_, text)| text.trim().to_owned());
    reading.version = release;
    reading.class = Some("switch");
    reading.unread = vec!["config.saved", "config.routing", "config.acl_references"];
    reading
}

fn addresses_of(root: &Block<'_>, start: &str) -> Vec<String> {
    let words = root
        .body
        .iter()
        .filter_map(|block| block.after(start))
        .flatten();
    let addresses = words.filter(|word| word.parse::<std::net::IpAddr>().is_ok());
    addresses.map(|word| (*word).to_owned()).collect()
}

/// Without `include-credentials` a line says that a password is set, and nothing more.
fn users(root: &Block<'_>) -> Vec<ConfigUser> {
    let user = |block: &Block<'_>| {
        let (storage, kind) = ["plaintext", "sha256", "sha1"]
            .into_iter()
            .find(|kind| block.says(kind))
            .map_or(("unknown", None), |kind| match kind {
                "plaintext" => ("clear", Some(kind)),
                "sha256" => ("strong", Some(kind)),
                _ => ("weak", Some(kind)),
            });
        ConfigUser {
            name: block
                .word_after("user-name")
                .unwrap_or(block.word(1))
                .to_owned(),
            administrator: Some(block.word(1) == "manager"),
            storage: Some(storage.to_owned()),
            storage_type: kind.map(str::to_owned),
            source_lines: block.source(),
        }
    };
    let roles = |block: &&Block<'_>| matches!(block.word(1), "manager" | "operator");
    root.all("password").filter(roles).map(user).collect()
}

fn ntp(root: &Block<'_>, reading: &mut Reading) {
    let ntp = &mut reading.config.ntp;
    ntp.servers = addresses_of(root, "sntp server");
    ntp.servers.extend(addresses_of(root, "ntp server"));
    let keyed = root.all("ntp server").chain(root.all("sntp server"));
    let keyed = keyed.into_iter().all(|block| block.says("key-id"));
    let proven = root.has("ntp authentication") || root.has("sntp authentication");
    ntp.authenticated = Some(keyed && proven && !ntp.servers.is_empty());
    ntp.from_dhcp = Some(false);
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let said = root
        .body
        .iter()
        .find_map(|block| block.after("aaa authentication ssh login"));
    let methods = said
        .unwrap_or(&["local"])
        .iter()
        .filter_map(|word| match *word {
            "radius" | "peap-mschapv2" => Some("radius"),
            "tacacs" => Some("tacacs"),
            "local" => Some("local"),
            "none" | "authorized" => Some("none"),
            _ => None,
        });
    let mut servers = root.values("radius-server host");
    servers.extend(root.values("tacacs-server host"));
    ConfigAaa {
        login: methods.map(str::to_owned).collect(),
        servers,
        command_accounting: Some(root.has("aaa accounting commands")),
    }
}

/// Telnet and SSH work unless they are switched off, and nothing ends an idle session.
fn ways_in(root: &Block<'_>) -> Vec<ConfigLine> {
    let mut transports = Vec::new();
    if root.switch("ip ssh") != Some(false) {
        transports.push("ssh".to_owned());
    }
    if root.switch("telnet-server") != Some(false) {
        transports.push("telnet".to_owned());
    }
    let seconds = root
        .value("console idle-timeout")
        .and_then(|text| text.parse::<u32>().ok());
    let minutes = root
        .value("console inactivity-timer")
        .and_then(|text| text.parse::<u32>().ok());
    let timeout = seconds
        .or(minutes.map(|minutes| minutes.saturating_mul(60)))
        .unwrap_or(0);
    let list = |start: &str| root.has(start).then(|| start.to_owned());
    let line = |kind: &str| ConfigLine {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        exec_timeout: Some(timeout),
        exec: Some(true),
        ..ConfigLine::default()
    };
    let ipv6 = root
        .all("vlan")
        .any(|vlan| vlan.has("ipv6 enable") || vlan.has("ipv6 address"));
    vec![
        ConfigLine {
            transports,
            acl: list("ip authorized-managers"),
            acl_ipv6: list("ipv6 authorized-managers"),
            ipv6: Some(ipv6),
            source_lines: root.child("ip authorized-managers").and_then(Block::source),
            ..line("vty")
        },
        line("console"),
    ]
}

/// Ports of `1-10,Trk1`, `A1-A24`, `1/1-1/24`.
pub(super) fn range(text: &str) -> Vec<String> {
    let mut ports = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let split = |name: &str| -> Option<(String, u32)> {
            let start = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
            let number = name.get(start.len()..)?.parse().ok()?;
            Some((start.to_owned(), number))
        };
        let ends = part
            .split_once('-')
            .and_then(|(a, b)| Some((split(a)?, split(b)?)));
        match ends {
            Some(((start, first), (same, last))) if start == same || same.is_empty() => {
                let last = last.min(first.saturating_add(MOST_PORTS));
                ports.extend((first..=last).map(|number| format!("{start}{number}")));
            }
            _ => ports.push(part.to_owned()),
        }
    }
    ports
}

/// Ports are named by the VLANs that they are in and by what is said of each.
fn ports(root: &Block<'_>, reading: &mut Reading) {
    let mut tagged: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for block in root.all("interface") {
        let name = block.word(1).to_owned();
        if name.parse::<u32>().is_err() && !name.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let port = reading.port(&name);
        port.description = block.text("name");
        port.enabled = Some(!block.has("disable"));
        port.source_lines = block.source();
        port.storm_control = Some(block.has("rate-limit bcast") || block.has("broadcast-limit"));
    }
    for block in root.all("vlan") {
        let Ok(id) = block.word(1).parse::<u32>() else {
            continue;
        };
        for name in block.values("untagged").iter().flat_map(|text| range(text)) {
            reading.port(&name).access_vlan = Some(id);
        }
        for name in block.values("tagged").iter().flat_map(|text| range(text)) {
            reading.port(&name);
            tagged.entry(name).or_default().insert(id);
        }
        vlan_interface(block, id, reading);
    }
    for block in root.all("trunk") {
        let aggregate = format!(
            "Trk{}",
            block
                .word(2)
                .trim_start_matches(|c: char| !c.is_ascii_digit())
        );
        for name in range(block.word(1)) {
            reading.port(&name).aggregate = Some(aggregate.clone());
        }
    }
    if let Some(block) = root.child("oobm") {
        let found = block
            .body
            .iter()
            .filter_map(|line| line.after("ip address"));
        let found: Vec<String> = found
            .filter_map(|words| address(words.first()?, words.get(1).copied().unwrap_or("")))
            .collect();
        let port = reading.port("oobm");
        port.kind = "management".to_owned();
        port.enabled = Some(!block.has("disable"));
        port.mode = Some("routed".to_owned());
        port.addresses = found;
    }
    let lldp = root.switch("lldp run") != Some(false);
    for (_, port) in reading.ports.values_mut() {
        port.enabled.get_or_insert(true);
        port.lldp = Some(lldp);
        if port.kind == "vlan" || port.kind == "management" {
            continue;
        }
        if port.name.chars().next().is_some_and(|c| c.is_ascii_digit()) || port.kind == "other" {
            port.kind = "physical".to_owned();
        }
        port.storm_control.get_or_insert(false);
        match tagged.get(&port.name) {
            Some(ids) => {
                port.mode = Some("trunk".to_owned());
                port.native_vlan = port.access_vlan.take();
                port.trunk_all = Some(false);
                let ids: Vec<u32> = ids.iter().copied().collect();
                port.trunk_vlans = Some(vlan_text(&ids));
            }
            None => port.mode = Some("access".to_owned()),
        }
    }
}

fn vlan_interface(block: &Block<'_>, id: u32, reading: &mut Reading) {
    let said = block
        .body
        .iter()
        .filter_map(|line| line.after("ip address"));
    let found: Vec<String> = said
        .filter_map(|words| match words {
            ["dhcp-bootp", ..] => Some("dhcp".to_owned()),
            [ip, mask, ..] => address(ip, mask),
            [ip] => address(ip, ""),
            [] => None,
        })
        .collect();
    let port = reading.port(&format!("VLAN{id}"));
    port.description = block.text("name");
    port.mode = Some("routed".to_owned());
    port.addresses = found;
    port.directed_broadcast = Some(false);
    port.proxy_arp = Some(block.has("ip proxy-arp"));
    port.source_lines = block.source();
}

/// What is said of lists of ports: spanning tree, 802.1X, snooping.
fn protections(root: &Block<'_>, reading: &mut Reading) {
    let listed = |test: &dyn Fn(&Block<'_>) -> bool, place: usize| -> BTreeSet<String> {
        let blocks = root.body.iter().filter(|block| test(block));
        blocks.flat_map(|block| range(block.word(place))).collect()
    };
    let tree_on = root
        .body
        .iter()
        .any(|block| block.after("spanning-tree") == Some(&[]));
    let stp = |word: &str| {
        listed(
            &|block| block.word(0) == "spanning-tree" && block.says(word),
            1,
        )
    };
    let (edge, guard) = (stp("admin-edge-port"), stp("bpdu-protection"));
    let (roots, loops) = (
        stp("root-guard"),
        listed(&|block| block.word(0) == "loop-protect", 1),
    );
    let port_access = |kind: &str| {
        listed(
            &|block| block.after(&format!("aaa port-access {kind}")).is_some(),
            3,
        )
    };
    let mut asked = port_access("authenticator");
    asked.extend(port_access("mac-based"));
    let secured = listed(&|block| block.word(0) == "port-security", 1);
    let trusted = listed(&|block| block.after("dhcp-snooping trust").is_some(), 2);
    let inspected = listed(&|block| block.after("arp-protect trust").is_some(), 2);
    for (_, port) in reading.ports.values_mut() {
        let on = |set: &BTreeSet<String>| Some(set.contains(&port.name));
        if matches!(port.mode.as_deref(), Some("access" | "trunk")) {
            port.edge = on(&edge);
            port.bpdu_guard = Some(tree_on && guard.contains(&port.name));
            port.root_guard = Some(tree_on && roots.contains(&port.name));
            port.loop_guard = on(&loops);
            port.dot1x = on(&asked);
            port.port_security = on(&secured);
            port.dhcp_trusted = on(&trusted);
            port.arp_trusted = on(&inspected);
        }
    }
    let config = &mut reading.config;
    let mode = root.value("spanning-tree mode");
    config.stp.mode = Some(
        match (tree_on, mode) {
            (false, _) => "none",
            (true, Some("rapid-pvst")) => "rapid-pvst",
            (true, _) => "mstp",
        }
        .to_owned(),
    );
    // One step of the command is 4096.
    let steps = root
        .value("spanning-tree priority")
        .and_then(|text| text.parse::<u32>().ok());
    config.stp.priority = steps.map(|steps| steps.saturating_mul(4096));
    for (name, snooping) in [
        ("dhcp-snooping", &mut config.dhcp_snooping),
        ("arp-protect", &mut config.arp_inspection),
    ] {
        let start = format!("{name} vlan");
        let words = root
            .body
            .iter()
            .filter_map(|block| block.after(&start))
            .flatten();
        snooping.vlans = vlans(words.copied());
        let on = root.body.iter().any(|block| block.after(name) == Some(&[]));
        snooping.enabled = Some(on && !snooping.vlans.is_empty());
    }
}

fn agent(root: &Block<'_>) -> Agent {
    let mut agent = Agent::default();
    for block in root.all("snmp-server community") {
        // `manager unrestricted` writes, `operator` and `restricted` read.
        agent.community(block.word(2), block.says("unrestricted"), Vec::new());
    }
    for block in root.all("snmpv3 user") {
        agent.user(
            block.word(2),
            block.word_after("auth"),
            block.word_after("priv"),
        );
    }
    if root.has("snmpv3 enable") {
        agent.versions.insert("v3");
    }
    if root.has("snmpv3 only") {
        agent.versions.retain(|version| *version == "v3");
    }
    agent.receivers = root.values("snmp-server host");
    agent
}
