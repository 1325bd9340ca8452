//! Alcatel-Lucent AOS, releases 6 to 8: `show configuration snapshot`. Defaults from the
//! *OmniSwitch AOS Switch Management* and *Network Configuration Guides*.
use super::reading::{Agent, Reading};
use super::text::{Block, Line, address, tree, vlan_text};
use crate::model::{ConfigAaa, ConfigLine};
use std::collections::{BTreeMap, BTreeSet};

/// Most ports that one range stands for.
const MOST_PORTS: u32 = 512;
/// `session timeout cli` where the configuration is silent, in minutes.
const SESSION_TIMEOUT: u32 = 4;

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let root = tree(lines, '!');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.hostname = root.value("system name").map(str::to_owned);
    config.banner = root
        .text("session banner cli")
        .or(root.text("session cli banner"));
    // Every service works until it is switched off: `no ip service` (6), `admin-state disable`.
    let works = |name: &str| {
        let off = root.all("no ip service").any(|block| block.word(3) == name);
        let disabled = root
            .all("ip service")
            .any(|block| block.word(2) == name && block.says("disable"));
        !off && !disabled
    };
    config.http.plain = Some(works("http"));
    config.http.tls = Some(works("secure-http") || works("https"));
    config.logging.servers = root.values("swlog output socket");
    config.logging.timestamps = Some(true);
    config.ntp.servers = root.values("ntp server");
    let keyed = root.all("ntp server").all(|block| block.says("key"));
    let proven = root.has("ntp authenticate enable") || root.has("ntp key");
    config.ntp.authenticated = Some(keyed && proven && !config.ntp.servers.is_empty());
    config.ntp.from_dhcp = Some(false);
    config.aaa = aaa(&root);
    let transports = ["ssh", "telnet"].into_iter().filter(|name| works(name));
    let minutes = root
        .value("session timeout cli")
        .or(root.value("session cli timeout"));
    let minutes = minutes
        .and_then(|text| text.parse::<u32>().ok())
        .unwrap_or(SESSION_TIMEOUT);
    let line = |kind: &str| ConfigLine {
        name: kind.to_owned(),
        kind: kind.to_owned(),
        exec_timeout: Some(minutes.saturating_mul(60)),
        exec: Some(true),
        ..ConfigLine::default()
    };
    config.lines = vec![
        ConfigLine {
            transports: transports.map(str::to_owned).collect(),
            ipv6: Some(root.has("ipv6 interface")),
            ..line("vty")
        },
        line("console"),
    ];
    ports(&root, &mut reading);
    reading.agent = Some(agent(&root));
    reading.resolvers = Some(root.values("ip name-server"));
    reading.class = Some("switch");
    // Accounts, lists and the trees' guards stand elsewhere, or are not read yet.
    reading.unread = vec![
        "config.saved",
        "config.lines[].acl",
        "config.lines[].acl_ipv6",
        "config.users",
        "config.acl_references",
        "config.routing",
        "config.dhcp_snooping",
        "config.arp_inspection",
        "config.stp",
    ];
    reading
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let said = ["ssh", "default"].iter().find_map(|scope| {
        let start = format!("aaa authentication {scope}");
        root.body
            .iter()
            .find_map(|block| block.after(&start).map(<[&str]>::to_vec))
    });
    let protocol = |name: &str| {
        let of = |kind: &str| root.has(&format!("aaa {kind} {name}"));
        match name {
            "local" => Some("local"),
            _ if of("radius-server") => Some("radius"),
            _ if of("tacacs+-server") => Some("tacacs"),
            _ if of("ldap-server") => Some("ldap"),
            _ => None,
        }
    };
    let mut login: Vec<String> = Vec::new();
    for method in said
        .unwrap_or_else(|| vec!["local"])
        .into_iter()
        .filter_map(protocol)
    {
        if login.iter().all(|known| known != method) {
            login.push(method.to_owned());
        }
    }
    let kinds = ["aaa radius-server", "aaa tacacs+-server", "aaa ldap-server"];
    let servers = kinds
        .iter()
        .flat_map(|kind| root.all(kind))
        .filter_map(|block| block.word_after("host"));
    ConfigAaa {
        login,
        servers: servers.map(str::to_owned).collect(),
        command_accounting: Some(root.has("aaa accounting command")),
    }
}

/// `1/1/1-24` as its ports.
fn range(text: &str) -> Vec<String> {
    let (start, ports) = text.rsplit_once('/').unwrap_or(("", text));
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
        return vec![text.to_owned()];
    };
    let last = last.min(first.saturating_add(MOST_PORTS));
    let name = |port| {
        if start.is_empty() {
            format!("{port}")
        } else {
            format!("{start}/{port}")
        }
    };
    (first..=last).map(name).collect()
}

/// Ports are named by the VLANs that they are in and by what is said of each.
fn ports(root: &Block<'_>, reading: &mut Reading) {
    let mut tagged: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for block in root.all("vlan") {
        let Ok(id) = block.word(1).parse::<u32>() else {
            continue;
        };
        let (place, tags) = match block.words.get(2..).unwrap_or_default() {
            ["members", "port", place, how, ..] => (*place, *how == "tagged"),
            ["members", "linkagg", place, how, ..] => (*place, *how == "tagged"),
            ["port", "default", place, ..] => (*place, false),
            ["802.1q", place, ..] => (*place, true),
            _ => continue,
        };
        let names = range(place).into_iter();
        let linkagg = block.says("linkagg") || !place.contains('/');
        for name in names.map(|name| {
            if linkagg {
                format!("linkagg {name}")
            } else {
                name
            }
        }) {
            let port = reading.port(&name);
            port.kind = if linkagg { "aggregate" } else { "physical" }.to_owned();
            if tags {
                tagged.entry(name).or_default().insert(id);
            } else {
                port.access_vlan = Some(id);
            }
        }
    }
    for block in root.all("interfaces") {
        let place = if block.word(1) == "port" {
            block.word(2)
        } else {
            block.word(1)
        };
        if !place.contains('/') {
            continue;
        }
        for name in range(place) {
            let port = reading.port(&name);
            port.kind = "physical".to_owned();
            port.description = block
                .word_after("alias")
                .map(str::to_owned)
                .or(port.description.take());
            let shut = block.says("admin") && block.says("down")
                || block.says("admin-state") && block.says("disable");
            port.enabled = Some(!shut && port.enabled != Some(false));
        }
    }
    for block in root
        .all("port-security")
        .chain(root.all("port-security port"))
    {
        for name in block
            .words
            .iter()
            .filter(|word| word.contains('/'))
            .flat_map(|word| range(word))
        {
            reading.port(&name).port_security = Some(!block.says("disable"));
        }
    }
    for block in root.all("ip interface") {
        let ip = block
            .word_after("address")
            .and_then(|ip| address(ip, block.word_after("mask").unwrap_or_default()));
        let name = block.word(2).to_owned();
        let id = block.word_after("vlan").unwrap_or_default();
        let port = reading.port(&name);
        port.kind = if id.is_empty() { "other" } else { "vlan" }.to_owned();
        port.mode = Some("routed".to_owned());
        port.addresses.extend(ip);
        port.description = Some(format!("VLAN {id}")).filter(|_| !id.is_empty());
    }
    for (_, port) in reading.ports.values_mut() {
        port.enabled.get_or_insert(true);
        if port.mode.is_some() {
            continue;
        }
        match tagged.get(&port.name) {
            Some(ids) => {
                port.mode = Some("trunk".to_owned());
                port.native_vlan = port.access_vlan.take();
                port.trunk_all = Some(false);
                port.trunk_vlans = Some(vlan_text(&ids.iter().copied().collect::<Vec<_>>()));
            }
            None => {
                port.mode = Some("access".to_owned());
                port.access_vlan.get_or_insert(1);
            }
        }
    }
}

/// Communities stand for users, whose rights are not in the configuration.
fn agent(root: &Block<'_>) -> Agent {
    let mut agent = Agent::default();
    for block in root
        .all("snmp community map")
        .chain(root.all("snmp community-map"))
    {
        let place = if block.word(2) == "map" { 3 } else { 2 };
        agent.community(block.word(place), false, Vec::new());
    }
    agent.versions.insert("v3");
    agent.receivers = root.values("snmp station");
    agent
}
