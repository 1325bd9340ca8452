//! Interfaces, VLANs and spanning tree of Juniper Junos.
use super::junos::Statements;
use super::reading::{Reading, kind};
use super::text::{address, range, vlan_text, vlans};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn read(said: &Statements<'_>, reading: &mut Reading) {
    for (line, words) in said.below("interfaces") {
        if let [name, rest @ ..] = words.as_slice()
            && !name.starts_with(['<', '-'])
            && !matches!(*name, "interface-range" | "traceoptions" | "apply-groups")
        {
            statement(name, rest, line, reading);
        }
    }
    vlan_modes(said, reading);
    protections(said, reading);
    let mut zones: BTreeMap<String, String> = BTreeMap::new();
    for (_, words) in said.below("security zones security-zone * interfaces") {
        if let [zone, port, ..] = words.as_slice() {
            zones.insert(bare(port).to_owned(), (*zone).to_owned());
        }
    }
    let heard: BTreeSet<String> = said
        .values("protocols lldp interface")
        .into_iter()
        .collect();
    let muted = said
        .below("protocols lldp interface")
        .filter(|(_, words)| words.contains(&"disable"));
    let muted: BTreeSet<&str> = muted
        .filter_map(|(_, words)| words.first().copied())
        .collect();
    for (_, port) in reading.ports.values_mut() {
        port.enabled.get_or_insert(true);
        let own = zones
            .get(&port.name)
            .or_else(|| zones.get(bare(&port.name)));
        port.zone = own.cloned();
        let base = port.name.split('.').next().unwrap_or_default();
        let on = |set: &dyn Fn(&str) -> bool| set(base) || set(&port.name);
        let speaks = heard.contains("all") || on(&|name| heard.contains(name));
        port.lldp = Some(speaks && !on(&|name| muted.contains(name)));
        port.directed_broadcast.get_or_insert(false);
        port.proxy_arp.get_or_insert(false);
        if port.mode.is_none() {
            port.mode = Some("routed".to_owned());
        }
    }
}

/// `ge-0/0/0.0` is the port itself; another unit is an interface of its own.
fn bare(name: &str) -> &str {
    let physical = kind(name.split('.').next().unwrap_or_default()) != "other";
    match name.strip_suffix(".0") {
        Some(port) if physical => port,
        _ => name,
    }
}

fn statement(name: &str, rest: &[&str], line: usize, reading: &mut Reading) {
    let (name, rest) = match rest {
        ["unit", unit, rest @ ..] => (bare(&format!("{name}.{unit}")).to_owned(), rest),
        rest => (name.to_owned(), rest),
    };
    // irb and lo0 are nothing without a unit.
    let port = reading.port(&name);
    let first = port
        .source_lines
        .as_deref()
        .and_then(|text| text.split('-').next()?.parse().ok());
    port.source_lines = Some(range(first.unwrap_or(line), line));
    match rest {
        ["description", text, ..] => port.description = Some((*text).to_owned()),
        ["disable", ..] => port.enabled = Some(false),
        [
            "gigether-options" | "ether-options" | "fastether-options",
            "802.3ad",
            group,
            ..,
        ] => {
            port.aggregate = Some((*group).to_owned());
        }
        ["family", "inet" | "inet6", "address", ip, ..] => port.addresses.extend(address(ip, "")),
        ["family", "inet", "dhcp" | "dhcp-client", ..] => port.addresses.push("dhcp".to_owned()),
        ["family", "inet", "targeted-broadcast", ..] => port.directed_broadcast = Some(true),
        ["family", "inet" | "inet6", "filter", "input", list, ..] => {
            port.acl_in = Some((*list).to_owned())
        }
        ["family", "inet" | "inet6", "filter", "output", list, ..] => {
            port.acl_out = Some((*list).to_owned())
        }
        ["proxy-arp", ..] => port.proxy_arp = Some(true),
        ["family", "ethernet-switching", rest @ ..] => {
            port.mode.get_or_insert_with(|| "access".to_owned());
            match rest {
                ["interface-mode" | "port-mode", mode, ..] => port.mode = Some((*mode).to_owned()),
                ["storm-control", ..] => port.storm_control = Some(true),
                ["native-vlan-id", id, ..] => port.native_vlan = id.parse().ok(),
                _ => {}
            }
        }
        ["native-vlan-id", id, ..] => port.native_vlan = id.parse().ok(),
        _ => {}
    }
}

/// VLANs by name or number; a trunk without a native VLAN drops untagged frames.
fn vlan_modes(said: &Statements<'_>, reading: &mut Reading) {
    let mut ids: BTreeMap<&str, u32> = BTreeMap::from([("default", 1)]);
    for (_, words) in said.below("vlans * vlan-id") {
        if let [name, id] = words.as_slice()
            && let Ok(id) = id.parse()
        {
            ids.insert(name, id);
        }
    }
    let mut members: BTreeMap<String, (Vec<u32>, bool)> = BTreeMap::new();
    for (_, words) in said.below("interfaces * unit * family ethernet-switching vlan members") {
        let [name, unit, list @ ..] = words.as_slice() else {
            continue;
        };
        let name = bare(&format!("{name}.{unit}")).to_owned();
        let (known, all) = members.entry(name).or_default();
        *all |= list.contains(&"all");
        for word in list {
            match ids.get(word) {
                Some(id) => known.push(*id),
                None => known.extend(vlans([*word])),
            }
        }
    }
    for (_, port) in reading.ports.values_mut() {
        let (mut ids, all) = members.remove(&port.name).unwrap_or_default();
        ids.sort_unstable();
        match port.mode.as_deref() {
            Some("trunk") => {
                port.trunk_all = Some(all);
                port.trunk_vlans = (!all).then(|| vlan_text(&ids));
            }
            Some("access") => port.access_vlan = Some(ids.first().copied().unwrap_or(1)),
            _ => {}
        }
    }
}

fn protections(said: &Statements<'_>, reading: &mut Reading) {
    const TREES: [(&str, &str); 4] = [
        ("rstp", "rstp"),
        ("mstp", "mstp"),
        ("vstp", "rapid-pvst"),
        ("stp", "stp"),
    ];
    let tree = TREES
        .iter()
        .find(|(word, _)| said.has(&format!("protocols {word}")));
    let with = |path: &str, word: &str| -> BTreeSet<String> {
        let found = said.below(path).filter(|(_, words)| words.contains(&word));
        found
            .filter_map(|(_, words)| words.first().map(|name| bare(name).to_owned()))
            .collect()
    };
    let named = |path: &str| -> BTreeSet<String> {
        said.values(path)
            .iter()
            .map(|name| bare(name).to_owned())
            .collect()
    };
    let base = tree.map_or("protocols rstp", |(word, _)| match *word {
        "mstp" => "protocols mstp",
        "vstp" => "protocols vstp",
        "stp" => "protocols stp",
        _ => "protocols rstp",
    });
    let ports = format!("{base} interface");
    let (edge, roots) = (with(&ports, "edge"), with(&ports, "no-root-port"));
    let loops = with(&ports, "bpdu-timeout-action");
    let on_edge = said.has(&format!("{base} bpdu-block-on-edge"));
    let blocked = named("protocols layer2-control bpdu-block interface");
    let dot1x = named("protocols dot1x authenticator interface");
    let mut limited = named("switch-options interface");
    limited.extend(with(
        "ethernet-switching-options secure-access-port interface",
        "mac-limit",
    ));
    let storm = named("ethernet-switching-options storm-control interface");
    let trusted = with(
        "ethernet-switching-options secure-access-port interface",
        "dhcp-trusted",
    );
    for (_, port) in reading.ports.values_mut() {
        if !matches!(port.mode.as_deref(), Some("access" | "trunk")) {
            continue;
        }
        let on = |set: &BTreeSet<String>| set.contains(&port.name) || set.contains("all");
        port.edge = Some(on(&edge));
        port.bpdu_guard = Some(tree.is_some() && on_edge && on(&edge) || on(&blocked));
        port.root_guard = Some(on(&roots));
        port.loop_guard = Some(on(&loops));
        port.dot1x = Some(on(&dot1x));
        port.port_security = Some(on(&limited));
        port.storm_control = Some(port.storm_control == Some(true) || on(&storm));
        port.dhcp_trusted = Some(on(&trusted));
    }
    let config = &mut reading.config;
    config.stp.mode = tree.map(|(_, mode)| (*mode).to_owned());
    let priority = said.value(&format!("{base} bridge-priority"));
    config.stp.priority = priority.and_then(|text| {
        let thousands = text
            .strip_suffix('k')
            .and_then(|text| text.parse::<u32>().ok());
        thousands
            .map(|number| number.saturating_mul(1024))
            .or(text.parse().ok())
    });
    inspections(said, reading);
}

/// VLANs whose DHCP and ARP are looked at, in the newer and the older spelling.
fn inspections(said: &Statements<'_>, reading: &mut Reading) {
    let id = |name: &str| -> Option<u32> {
        let id = said.value(&format!("vlans {name} vlan-id"));
        id.unwrap_or(name).parse().ok()
    };
    let (mut dhcp, mut arp) = (BTreeSet::new(), BTreeSet::new());
    for (_, words) in said.below("vlans * forwarding-options dhcp-security") {
        let vlan = words.first().and_then(|name| id(name));
        dhcp.extend(vlan);
        if words.contains(&"arp-inspection") {
            arp.extend(vlan);
        }
    }
    let mut everywhere = (false, false);
    for (_, words) in said.below("ethernet-switching-options secure-access-port vlan") {
        let [name, rest @ ..] = words.as_slice() else {
            continue;
        };
        let (dhcp_here, arp_here) = (
            rest.contains(&"examine-dhcp"),
            rest.contains(&"arp-inspection"),
        );
        if *name == "all" {
            everywhere = (everywhere.0 || dhcp_here, everywhere.1 || arp_here);
        } else if let Some(id) = id(name) {
            dhcp.extend(dhcp_here.then_some(id));
            arp.extend(arp_here.then_some(id));
        }
    }
    let config = &mut reading.config;
    for (snooping, vlans, all) in [
        (&mut config.dhcp_snooping, dhcp, everywhere.0),
        (&mut config.arp_inspection, arp, everywhere.1),
    ] {
        snooping.enabled = Some(all || !vlans.is_empty());
        snooping.vlans = if all {
            Vec::new()
        } else {
            vlans.into_iter().collect()
        };
    }
}
