//! Routing, access lists, SNMP and names of Cisco IOS; NX-OS writes most of them alike.
use super::reading::{Agent, Reading};
use super::text::Block;
use crate::model::ConfigRouting;
use std::collections::BTreeSet;

/// Neighbours and areas, each with whether it asks for proof.
pub(super) fn routing(root: &Block<'_>) -> Vec<ConfigRouting> {
    let mut items = Vec::new();
    for block in root.all("router") {
        let protocol = block.word(1);
        let name = block.words.get(1..).unwrap_or_default().join(" ");
        match protocol {
            "bgp" => bgp(block, &mut items),
            "ospf" | "ospfv3" => ospf(root, block, &name, &mut items),
            "rip" | "eigrp" | "isis" => {
                let lines: &[&str] = match protocol {
                    "rip" => &["ip rip authentication"],
                    "eigrp" => &["ip authentication mode eigrp", "authentication mode"],
                    _ => &["isis authentication", "isis password", "area-password"],
                };
                let inside = lines.iter().any(|line| holds(block, line));
                let asked = inside || on_interfaces(root, lines);
                items.push(item(&name, protocol, Some(asked), block));
            }
            _ => {}
        }
    }
    items
}

fn item(name: &str, protocol: &str, asked: Option<bool>, block: &Block<'_>) -> ConfigRouting {
    ConfigRouting {
        name: name.to_owned(),
        protocol: protocol.trim_end_matches("v3").to_owned(),
        authenticated: asked,
        source_lines: block.source(),
    }
}

/// Whether a command stands in a block or in one below it.
fn holds(block: &Block<'_>, start: &str) -> bool {
    block.has(start) || block.body.iter().any(|below| holds(below, start))
}

fn on_interfaces(root: &Block<'_>, lines: &[&str]) -> bool {
    let mut ports = root.all("interface");
    ports.any(|port| lines.iter().any(|line| port.has(line)))
}

/// Every neighbour; a password may stand with its peer group or template.
fn bgp(block: &Block<'_>, items: &mut Vec<ConfigRouting>) {
    let mut proven = BTreeSet::new();
    let mut groups = Vec::new();
    let mut peers = Vec::new();
    let families = block
        .body
        .iter()
        .filter(|below| below.word(0) == "address-family");
    for scope in std::iter::once(block).chain(families) {
        for line in scope.all("neighbor") {
            let peer = line.word(1);
            match line.word(2) {
                "password" => {
                    proven.insert(peer);
                }
                "remote-as" => peers.push((peer, line)),
                // With a group behind it; alone it declares one.
                "peer-group" if !line.word(3).is_empty() => groups.push((peer, line.word(3), line)),
                // NX-OS: the neighbour's own block.
                _ if holds(line, "password") => {
                    proven.insert(peer);
                    peers.push((peer, line));
                }
                _ if !line.body.is_empty() => peers.push((peer, line)),
                _ => {}
            }
        }
    }
    for (peer, group, line) in groups {
        if proven.contains(group) {
            proven.insert(peer);
        }
        if peers.iter().all(|(known, _)| *known != peer) {
            peers.push((peer, line));
        }
    }
    let is_peer = |peer: &str| {
        let address = peer.split('/').next().unwrap_or_default();
        address.parse::<std::net::IpAddr>().is_ok()
    };
    for (peer, line) in peers.into_iter().filter(|(peer, _)| is_peer(peer)) {
        let asked = proven.contains(peer);
        items.push(item(&format!("bgp {peer}"), "bgp", Some(asked), line));
    }
}

/// Every area. Where the area asks for nothing its interfaces may; which of them lie in it the
/// configuration tells only where they name it.
fn ospf(root: &Block<'_>, block: &Block<'_>, name: &str, items: &mut Vec<ConfigRouting>) {
    let process = block.word(2);
    let area_of = |port: &Block<'_>| -> Option<String> {
        let mut lines = port.body.iter().filter_map(|line| {
            line.after("ip ospf")
                .or_else(|| line.after("ip router ospf"))
        });
        let found = lines.find(|words| words.first() == Some(&process) && words.len() >= 3)?;
        found.get(2).map(|area| (*area).to_owned())
    };
    let mut areas: BTreeSet<String> = root.all("interface").filter_map(area_of).collect();
    let networks = block
        .all("network")
        .filter_map(|line| line.word_after("area"));
    let networks: BTreeSet<String> = networks.map(str::to_owned).collect();
    areas.extend(networks.iter().cloned());
    areas.extend(block.all("area").map(|line| line.word(1).to_owned()));
    let proof = [
        "ip ospf authentication",
        "ip ospf message-digest-key",
        "ospf authentication",
    ];
    let anywhere = on_interfaces(root, &proof);
    for area in areas {
        let whole = block.has(&format!("area {area} authentication"));
        let mut named = root
            .all("interface")
            .filter(|port| area_of(port).as_deref() == Some(area.as_str()));
        let asked = match (whole, networks.contains(&area)) {
            (true, _) => Some(true),
            (false, true) if anywhere => None,
            (false, true) => Some(false),
            (false, false) => Some(named.all(|port| port.has("ip ospf authentication"))),
        };
        items.push(item(&format!("{name} area {area}"), "ospf", asked, block));
    }
}

/// Lists that are defined, and uses beside interfaces and lines.
pub(super) fn access_lists(root: &Block<'_>, reading: &mut Reading) {
    for block in &root.body {
        let name = match block.words.as_slice() {
            ["access-list", name, ..] => name,
            [
                "ip" | "mac" | "ipv6",
                "access-list",
                "standard" | "extended",
                name,
                ..,
            ] => name,
            ["ip" | "mac" | "ipv6" | "arp", "access-list", name, ..] => name,
            _ => continue,
        };
        reading.lists.insert((*name).to_owned());
    }
}

/// `snmp-server`.
pub(super) fn agent(root: &Block<'_>, reading: &mut Reading) -> Agent {
    let mut agent = Agent::default();
    for block in root.all("snmp-server") {
        match block.word(1) {
            "community" => {
                let rest = block.words.get(3..).unwrap_or_default();
                let writes = rest.iter().any(|word| word.eq_ignore_ascii_case("rw"));
                // What stands last is the list: a view, `ipv6` and its list may stand before.
                let mut rest = rest.iter().peekable();
                let mut lists = Vec::new();
                while let Some(word) = rest.next() {
                    match word.to_lowercase().as_str() {
                        "view" | "group" => {
                            rest.next();
                        }
                        "ro" | "rw" | "ipv6" | "use-acl" | "use-ipv4acl" | "network-operator" => {}
                        _ => lists.push((*word).to_owned()),
                    }
                }
                for list in &lists {
                    reading.refer(list, "snmp-server community", block.number);
                }
                agent.community(block.word(2), writes, lists);
            }
            "group" if block.word(3) == "v3" => {
                agent.versions.insert("v3");
            }
            "user" => user(block, &mut agent),
            "host" => agent.receivers.push(receiver(block).to_owned()),
            _ => {}
        }
    }
    agent.receivers.sort();
    agent.receivers.dedup();
    agent
}

fn receiver<'t>(block: &Block<'t>) -> &'t str {
    let address = block
        .words
        .iter()
        .skip(2)
        .find(|word| word.parse::<std::net::IpAddr>().is_ok());
    address.copied().unwrap_or(block.word(2))
}

/// NX-OS and ASA show their users, IOS does not.
fn user(block: &Block<'_>, agent: &mut Agent) {
    let auth = block.word_after("auth");
    let privacy = block.word_after("priv").map(|word| match word {
        "aes" => match block
            .words
            .iter()
            .find(|word| matches!(**word, "192" | "256"))
        {
            Some(&"192") => "aes192",
            Some(_) => "aes256",
            None => "aes128",
        },
        // NX-OS without a word means DES.
        word if word.starts_with('<') || word.starts_with("0x") => "des",
        word => word,
    });
    agent.user(block.word(2), auth, privacy);
}

/// `ip name-server`.
pub(super) fn resolvers(root: &Block<'_>) -> Vec<String> {
    let words = root.body.iter().filter_map(|block| {
        block
            .after("ip name-server")
            .or_else(|| block.after("name-server"))
    });
    let addresses = words
        .flatten()
        .filter(|word| word.parse::<std::net::IpAddr>().is_ok());
    addresses.map(|word| (*word).to_owned()).collect()
}
