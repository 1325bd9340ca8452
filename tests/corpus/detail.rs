//! Ports, entities, links, addresses and VLANs of the recordings whose publisher lists them.
use super::support::{corpus, observe};
use arpenteur_core::model::Facts;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the recordings, per hundred, that must be as expected.
const ENOUGH: f64 = 95.0;

/// What differs between a recording's facts and its expected detail; nothing where none does.
type Compare = fn(&Facts, &[Value]) -> Vec<String>;

const PARTS: [(&str, Compare, bool); 5] = [
    ("ports", ports, true),
    ("entities", entities, true),
    ("links", links, true),
    ("ipv4", addresses, false),
    ("vlans", vlans, false),
];

#[test]
fn ports_entities_and_links_are_read() {
    let seen: BTreeMap<String, Facts> = observe(|_| true)
        .into_iter()
        .map(|(file, seen)| (file, seen.sheet.facts().unwrap()))
        .collect();
    let mut below = Vec::new();
    for (part, compare, bound) in PARTS {
        let (mut total, mut right) = (0_usize, 0_usize);
        for (file, facts) in &seen {
            let name = file.trim_end_matches(".snmprec");
            let path = corpus().join(format!("snmp/detail/{name}.json"));
            let Ok(text) = std::fs::read_to_string(path) else {
                continue;
            };
            let detail: Value = serde_json::from_str(&text).unwrap();
            let Some(expected) = detail[part].as_array() else {
                continue;
            };
            // What stands in no row of the MIB that the part is of, the truth's tool made of a
            // vendor's private tables.
            if part == "entities" && facts.hardware.components.is_empty() && !expected.is_empty() {
                println!("  entities {name}: none in ENTITY-MIB, not counted");
                continue;
            }
            total += 1;
            let differences = compare(facts, expected);
            right += usize::from(differences.is_empty());
            if let Some(first) = differences.first() {
                println!(
                    "  {part} {name}: {first} ({} differences)",
                    differences.len()
                );
            }
        }
        assert!(total > 0, "no recording lists its {part}");
        let share = 100.0 * right as f64 / total as f64;
        println!("{part}: {right} of {total} recordings as expected, {share:.1} %");
        if bound && share < ENOUGH {
            below.push(format!("{part}: {share:.1} %"));
        }
    }
    assert!(below.is_empty(), "below {ENOUGH} %: {below:?}");
}

fn text<'v>(row: &'v Value, key: &str) -> Option<&'v str> {
    row[key]
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// White space joined, as facts have it.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every port by its ifIndex; name, address, state and speed where the detail has them.
fn ports(facts: &Facts, expected: &[Value]) -> Vec<String> {
    let own: BTreeMap<u64, _> = facts
        .interfaces
        .iter()
        .filter_map(|port| Some((u64::from(port.if_index?), port)))
        .collect();
    let mut differences = Vec::new();
    for row in expected {
        let Some(index) = row["ifIndex"].as_u64() else {
            continue;
        };
        let Some(port) = own.get(&index) else {
            differences.push(format!("port {index} is missing"));
            continue;
        };
        let names = [text(row, "ifName"), text(row, "ifDescr")];
        let plain = port
            .name
            .split('#')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let named = names.iter().flatten().any(|name| {
            let name = line(name).to_lowercase();
            name == port.name.to_lowercase() || name == plain
        });
        if !named && names.iter().any(Option::is_some) {
            differences.push(format!("port {index}: {names:?} is {:?}", port.name));
        }
        let address = text(row, "ifPhysAddress").map(|hex| {
            let digits: Vec<char> = hex.chars().collect();
            let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
            pairs.join(":")
        });
        if address
            .as_deref()
            .is_some_and(|mac| mac.len() == 17 && mac != "00:00:00:00:00:00")
            && port.phys_address != address
        {
            differences.push(format!(
                "port {index}: {address:?} is {:?}",
                port.phys_address
            ));
        }
        for (key, value) in [
            ("ifAdminStatus", &port.admin_status),
            ("ifOperStatus", &port.oper_status),
        ] {
            let wanted = text(row, key).map(|word| match word {
                "notPresent" => "not-present",
                "lowerLayerDown" => "lower-layer-down",
                word => word,
            });
            if wanted.is_some() && value.is_some() && wanted != value.as_deref() {
                differences.push(format!("port {index}: {key} {wanted:?} is {value:?}"));
            }
        }
    }
    differences
}

/// Every entity by its index; what the detail says of it.
fn entities(facts: &Facts, expected: &[Value]) -> Vec<String> {
    let own: BTreeMap<u64, _> = facts
        .hardware
        .components
        .iter()
        .map(|component| (u64::from(component.index), component))
        .collect();
    let mut differences = Vec::new();
    for row in expected {
        let Some(index) = row["entPhysicalIndex"].as_u64() else {
            continue;
        };
        let Some(component) = own.get(&index) else {
            differences.push(format!("entity {index} is missing"));
            continue;
        };
        let fields = [
            ("entPhysicalName", &component.name),
            ("entPhysicalDescr", &component.description),
            ("entPhysicalModelName", &component.model_name),
            ("entPhysicalSerialNum", &component.serial_num),
        ];
        for (key, value) in fields {
            let wanted = text(row, key).map(line);
            // A placeholder of ours is an absence.
            let same = value.is_none() || wanted == value.as_deref().map(line);
            if wanted.is_some() && !same {
                differences.push(format!("entity {index}: {key} {wanted:?} is {value:?}"));
            }
        }
    }
    differences
}

/// Every link by protocol and neighbour.
fn links(facts: &Facts, expected: &[Value]) -> Vec<String> {
    let folded = |text: &str| line(text).to_lowercase();
    let mut own: BTreeSet<(&str, String)> = BTreeSet::new();
    for neighbor in &facts.lldp.neighbors {
        // The truth's tool prints the description where a neighbour has no name.
        let names = [
            &neighbor.system_name,
            &neighbor.chassis_id,
            &neighbor.port_id,
            &neighbor.system_description,
        ];
        let names = names.into_iter().flatten();
        own.extend(names.map(|name| ("lldp", folded(name))));
    }
    for neighbor in &facts.cdp.neighbors {
        own.extend(neighbor.device_id.iter().map(|name| ("cdp", folded(name))));
    }
    let mut differences = Vec::new();
    for row in expected {
        let protocol = text(row, "protocol").unwrap_or("lldp");
        let wanted = text(row, "remote_hostname").map(folded).unwrap_or_default();
        let known = own.iter().any(|(kind, name)| {
            *kind == protocol && (*name == wanted || name.replace(':', "") == wanted)
        });
        if !known && !wanted.is_empty() {
            differences.push(format!("{protocol} neighbour {wanted} is missing"));
        }
    }
    differences
}

fn addresses(facts: &Facts, expected: &[Value]) -> Vec<String> {
    let own: BTreeMap<&str, _> = facts
        .addresses
        .iter()
        .map(|address| (address.ip.as_str(), address.prefix_length))
        .collect();
    let missing = expected.iter().filter_map(|row| {
        let wanted = text(row, "ipv4_address")?;
        (!own.contains_key(wanted)).then(|| format!("address {wanted} is missing"))
    });
    missing.collect()
}

fn vlans(facts: &Facts, expected: &[Value]) -> Vec<String> {
    let own: BTreeSet<&str> = facts
        .bridge
        .vlans
        .iter()
        .map(|vlan| vlan.id.as_str())
        .collect();
    let missing = expected.iter().filter_map(|row| {
        let wanted = row["vlan_vlan"].as_u64()?.to_string();
        (!own.contains(wanted.as_str())).then(|| format!("VLAN {wanted} is missing"))
    });
    missing.collect()
}
