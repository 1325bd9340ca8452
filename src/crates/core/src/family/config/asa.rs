//! Cisco ASA: `show running-config`. Defaults from the *ASA Series General Operations* and
//! *Firewall CLI Configuration Guides*.
use super::ios_services::{agent, routing};
use super::reading::{Agent, Reading};
use super::text::{Block, Line, address, tree};
use crate::model::{ConfigAaa, ConfigEnable, ConfigLine, ConfigRule, ConfigUser};
use std::collections::BTreeMap;

pub(super) fn read(lines: &[Line<'_>]) -> Reading {
    let root = tree(lines, '!');
    let mut reading = Reading::default();
    let config = &mut reading.config;
    config.hostname = root.value("hostname").map(str::to_owned);
    let banner = root
        .all("banner")
        .filter(|block| matches!(block.word(1), "login" | "motd"));
    let banner: Vec<String> = banner
        .map(|block| block.words.get(2..).unwrap_or_default().join(" "))
        .collect();
    config.banner = (!banner.is_empty()).then(|| banner.join("\n"));
    config.users = users(&root);
    config.enable = enable(&root);
    // The server speaks HTTPS alone.
    config.http.plain = Some(false);
    config.http.tls = Some(root.has("http server enable"));
    let hosts = root
        .all("logging host")
        .map(|block| block.word(3).to_owned());
    config.logging.servers = hosts.filter(|_| root.has("logging enable")).collect();
    config.logging.timestamps = Some(root.has("logging timestamp"));
    config.ntp.servers = root.values("ntp server");
    let keyed = root.all("ntp server").all(|block| block.says("key"));
    let proven = root.has("ntp authenticate") && root.has("ntp trusted-key");
    config.ntp.authenticated = Some(keyed && proven && !config.ntp.servers.is_empty());
    config.ntp.from_dhcp = Some(false);
    config.aaa = aaa(&root);
    config.lines = ways_in(&root);
    config.routing = routing(&root);
    for block in root.all("interface") {
        port(block, &root, &mut reading);
    }
    rules(&root, &mut reading);
    let own: Agent = agent(&root, &mut reading);
    reading.agent = Some(communities(&root, own));
    let resolvers = root
        .all("dns server-group")
        .flat_map(|group| group.values("name-server"));
    reading.resolvers = Some(resolvers.collect());
    let pair = root
        .body
        .iter()
        .any(|block| block.after("failover") == Some(&[]));
    reading.redundancy = Some(if pair {
        ("active-passive", 2)
    } else {
        ("standalone", 1)
    });
    reading.version = root.body.iter().find_map(|block| {
        block
            .after("ASA Version")?
            .first()
            .map(|version| (*version).to_owned())
    });
    reading.class = Some("firewall");
    reading.unread = vec![
        "config.saved",
        "config.dhcp_snooping",
        "config.arp_inspection",
    ];
    reading
}

/// `pbkdf2` since 9.7; `encrypted` is MD5.
fn kept(block: &Block<'_>) -> (&'static str, &'static str) {
    if block.says("pbkdf2") {
        ("strong", "pbkdf2")
    } else if block.says("encrypted") || block.says("nt-encrypted") {
        ("weak", "encrypted")
    } else if block.says("nopassword") {
        ("none", "")
    } else {
        ("unknown", "")
    }
}

fn users(root: &Block<'_>) -> Vec<ConfigUser> {
    let named = root
        .all("username")
        .filter(|block| block.word(2) != "attributes");
    let user = |block: &Block<'_>| {
        let (storage, kind) = kept(block);
        ConfigUser {
            name: block.word(1).to_owned(),
            administrator: Some(block.word_after("privilege") == Some("15")),
            storage: Some(storage.to_owned()),
            storage_type: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
            source_lines: block.source(),
        }
    };
    named.map(user).collect()
}

fn enable(root: &Block<'_>) -> ConfigEnable {
    let block = root.all("enable password").next();
    let (storage, kind) = block.map_or(("none", ""), kept);
    ConfigEnable {
        storage: Some(storage.to_owned()),
        storage_type: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
        source_lines: block.and_then(Block::source),
        strong_supported: None,
    }
}

fn aaa(root: &Block<'_>) -> ConfigAaa {
    let protocol = |group: &str| {
        let declared = root
            .all("aaa-server")
            .find(|block| block.word(1) == group && block.word(2) == "protocol");
        match declared.map(|block| block.word(3)) {
            Some("tacacs+") => Some("tacacs"),
            Some("radius") => Some("radius"),
            Some("ldap") => Some("ldap"),
            _ => None,
        }
    };
    let said = root
        .body
        .iter()
        .find_map(|block| block.after("aaa authentication ssh console"));
    let methods = said
        .unwrap_or(&["LOCAL"])
        .iter()
        .filter_map(|word| match *word {
            "LOCAL" => Some("local"),
            group => protocol(group),
        });
    let hosts = root
        .all("aaa-server")
        .filter_map(|block| block.word_after("host"));
    ConfigAaa {
        login: methods.map(str::to_owned).collect(),
        servers: hosts.map(str::to_owned).collect(),
        command_accounting: Some(root.has("aaa accounting command")),
    }
}

/// What is let in by SSH and Telnet names its sources; `0.0.0.0 0.0.0.0` is anyone.
fn ways_in(root: &Block<'_>) -> Vec<ConfigLine> {
    let allowed: Vec<_> = ["ssh", "telnet"]
        .into_iter()
        .flat_map(|protocol| root.all(protocol).map(move |block| (protocol, block)))
        .filter(|(_, block)| block.words.len() >= 3 && block.word(1).contains(['.', ':']))
        .collect();
    let mut transports: Vec<String> = allowed.iter().map(|(name, _)| (*name).to_owned()).collect();
    transports.dedup();
    let anyone = |block: &Block<'_>| matches!(block.word(1), "0.0.0.0" | "::/0");
    let closed = allowed.iter().all(|(_, block)| !anyone(block));
    let list = (closed && !allowed.is_empty()).then(|| "ssh".to_owned());
    let timeout = |start: &str, minutes: u32| {
        let said = root.value(start).and_then(|text| text.parse::<u32>().ok());
        Some(said.unwrap_or(minutes).saturating_mul(60))
    };
    vec![
        ConfigLine {
            name: "vty".to_owned(),
            kind: "vty".to_owned(),
            transports,
            acl: list.clone(),
            acl_ipv6: list,
            ipv6: Some(allowed.iter().any(|(_, block)| block.word(1).contains(':'))),
            acl_in_vrf: None,
            exec_timeout: timeout("ssh timeout", 5),
            exec: Some(true),
            source_lines: allowed.first().and_then(|(_, block)| block.source()),
        },
        ConfigLine {
            name: "console".to_owned(),
            kind: "console".to_owned(),
            exec_timeout: timeout("console timeout", 0),
            exec: Some(true),
            source_lines: root.child("console timeout").and_then(Block::source),
            ..ConfigLine::default()
        },
    ]
}

fn port(block: &Block<'_>, root: &Block<'_>, reading: &mut Reading) {
    let name = block.word(1).to_owned();
    let port = reading.port(&name);
    if block.has("management-only") {
        port.kind = "management".to_owned();
    }
    port.description = block.text("description");
    port.enabled = Some(block.switch("shutdown") != Some(true));
    port.mode = Some("routed".to_owned());
    let zone = block.value("nameif");
    port.zone = zone.map(str::to_owned);
    let addresses = block
        .body
        .iter()
        .filter_map(|line| match line.after("ip address")? {
            ["dhcp" | "pppoe", ..] => Some("dhcp".to_owned()),
            [ip, mask, ..] => address(ip, mask),
            _ => None,
        });
    port.addresses = addresses.collect();
    port.directed_broadcast = Some(false);
    port.proxy_arp = zone.map(|zone| !root.has(&format!("sysopt noproxyarp {zone}")));
    port.lldp = Some(false);
    port.source_lines = block.source();
}

/// Lists that an interface uses, and the lines of them that permit.
fn rules(root: &Block<'_>, reading: &mut Reading) {
    let mut used: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for block in root.all("access-group") {
        let towards = (block.word(2) == "out").then(|| block.word(4));
        used.insert(block.word(1), towards);
        let by = format!(
            "access-group {}",
            block.words.get(2..).unwrap_or_default().join(" ")
        );
        reading.refer(block.word(1), &by, block.number);
    }
    let mut places: BTreeMap<&str, u32> = BTreeMap::new();
    for block in root.all("access-list") {
        let name = block.word(1);
        reading.lists.insert(name.to_owned());
        let Some(words) = block.words.iter().position(|word| *word == "permit") else {
            continue;
        };
        let place = places.entry(name).or_insert(0);
        *place += 1;
        let rest = block.words.get(words + 1..).unwrap_or_default();
        let standard = block.says("standard");
        let Some((protocol, rest)) = rest.split_first() else {
            continue;
        };
        let (source, rest) = side(rest);
        let (destination, _) = side(rest);
        reading.config.rules.push(ConfigRule {
            name: format!("{name} {place}"),
            enabled: Some(used.contains_key(name) && !block.says("inactive") && !standard),
            permits: Some(true),
            source_any: Some(source),
            destination_any: Some(destination),
            service_any: Some(*protocol == "ip"),
            destination_zone: used.get(name).copied().flatten().map(str::to_owned),
            source_lines: block.source(),
        });
    }
}

/// Whether one side of a rule means anyone, and the words behind it.
fn side<'w, 't>(words: &'w [&'t str]) -> (bool, &'w [&'t str]) {
    match words {
        ["any" | "any4" | "any6", rest @ ..] => (true, rest),
        [
            "host" | "object" | "object-group" | "interface",
            _,
            rest @ ..,
        ] => (false, rest),
        [ip, mask, rest @ ..] => (*ip == "0.0.0.0" && *mask == "0.0.0.0", rest),
        _ => (false, &[]),
    }
}

/// `snmp-server host IF ADDRESS community X version 2c` names a community of its own.
fn communities(root: &Block<'_>, mut agent: Agent) -> Agent {
    for block in root.all("snmp-server host") {
        if let Some(name) = block.word_after("community") {
            let sources = vec![block.word(3).to_owned()];
            agent.community(name, false, sources);
        }
    }
    agent
}
