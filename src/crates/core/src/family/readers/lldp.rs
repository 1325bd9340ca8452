//! LLDP-MIB (IEEE 802.1AB).
use super::addresses::address_of;
use super::table::{Row, offer_list, rows};
use crate::family::draft::{Draft, Origin};
use crate::family::text::{line, mac};
use crate::family::view::{Coverage, View};
use crate::model::LldpNeighbor;
use arpenteur_wire::snmp::Value;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// lldpLocalSystemData.
pub(super) const LOCAL: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 3];
/// lldpRemTable.
pub(super) const REMOTE: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 4, 1];
/// lldpRemManAddrTable.
pub(super) const REMOTE_ADDRESSES: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 4, 2];
/// lldpV2RemTable of LLDP-V2-MIB (IEEE 802.1AB-2009), by ifIndex.
pub(super) const REMOTE_V2: &[u32] = &[1, 3, 111, 2, 802, 1, 1, 13, 1, 4, 1];
/// lldpLocPortTable.
const LOCAL_PORTS: &[u32] = &[1, 0, 8802, 1, 1, 2, 1, 3, 7];

const MAC_CHASSIS: u32 = 4;
const ADDRESS_CHASSIS: u32 = 5;
const MAC_PORT: u32 = 3;
const ADDRESS_PORT: u32 = 4;

/// The device's own announcement and those of its neighbours.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/lldp");
    let scalar = |object: u32| {
        let oid: Vec<u32> = LOCAL.iter().copied().chain([object, 0]).collect();
        view.value(&oid)
    };
    let subtype = scalar(1).and_then(crate::family::text::integer::<u32>);
    let chassis =
        scalar(2).and_then(|value| identifier(value, subtype, (MAC_CHASSIS, ADDRESS_CHASSIS)));
    let name = scalar(3)
        .map(crate::family::text::plain)
        .filter(|name| !name.is_empty());
    let evidence = view.evidence(LOCAL);
    for (at, value) in [("lldp.chassis_id", chassis), ("lldp.system_name", name)] {
        match (value, view.coverage(LOCAL)) {
            (Some(value), _) => pen.set(at, value, &evidence),
            (None, Coverage::Complete) => pen.set(at, Json::Null, &evidence),
            (None, Coverage::Cut(reason) | Coverage::Failed(reason)) => {
                pen.unread(at, reason, &evidence)
            }
            (None, Coverage::NotAsked) => {}
        }
    }
    // Some agents know only the newer MIB.
    let second = second_edition(view);
    let root = if second.is_empty() { REMOTE } else { REMOTE_V2 };
    let mut neighbors: BTreeMap<String, LldpNeighbor> = second;
    for neighbor in first_edition(view) {
        neighbors.insert(neighbor.key.clone(), neighbor);
    }
    let neighbors = neighbors.into_values().collect();
    offer_list(&mut pen, view, ("lldp.neighbors", root), neighbors);
}

fn second_edition(view: &View<'_>) -> BTreeMap<String, LldpNeighbor> {
    let names = super::interfaces::names(view);
    let mut found = BTreeMap::new();
    for (index, row) in rows(view, REMOTE_V2) {
        let [_, if_index, _, _] = index.as_slice() else {
            continue;
        };
        let of = |kind: u32, column: u32, forms| {
            row.get(column)
                .and_then(|value| identifier(value, row.number(kind), forms))
        };
        let local_port = names.get(if_index).cloned();
        let chassis_id = of(5, 6, (MAC_CHASSIS, ADDRESS_CHASSIS));
        let port_id = of(7, 8, (MAC_PORT, ADDRESS_PORT));
        let local = local_port.clone().unwrap_or_else(|| if_index.to_string());
        let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
        let key = format!("{local}/{}/{}", part(&chassis_id), part(&port_id));
        let neighbor = LldpNeighbor {
            key: key.clone(),
            local_port,
            chassis_id,
            port_id,
            port_description: row.text(9),
            system_name: row.text(10),
            system_description: row.text(11),
            management_addresses: Vec::new(),
        };
        found.insert(key, neighbor);
    }
    found
}

fn first_edition(view: &View<'_>) -> Vec<LldpNeighbor> {
    let ports = local_ports(view);
    let addresses = management_addresses(view);
    let mut neighbors: BTreeMap<String, LldpNeighbor> = BTreeMap::new();
    for (index, row) in rows(view, REMOTE) {
        let [_, port, _] = index.as_slice() else {
            continue;
        };
        let local_port = ports.get(port).cloned();
        let of = |kind: u32, column: u32, forms| {
            row.get(column)
                .and_then(|value| identifier(value, row.number(kind), forms))
        };
        let chassis_id = of(4, 5, (MAC_CHASSIS, ADDRESS_CHASSIS));
        let port_id = of(6, 7, (MAC_PORT, ADDRESS_PORT));
        let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
        let local = local_port.clone().unwrap_or_else(|| port.to_string());
        let key = format!("{local}/{}/{}", part(&chassis_id), part(&port_id));
        let found = addresses.get(index.as_slice()).into_iter().flatten();
        let neighbor = neighbors
            .entry(key.clone())
            .or_insert_with(|| LldpNeighbor {
                key,
                local_port,
                chassis_id,
                port_id,
                ..described(&row)
            });
        // One neighbour may stand twice, with one address each.
        let mut all: BTreeSet<String> = neighbor.management_addresses.drain(..).collect();
        all.extend(found.cloned());
        neighbor.management_addresses = all.into_iter().collect();
    }
    neighbors.into_values().collect()
}

fn described(row: &Row<'_>) -> LldpNeighbor {
    LldpNeighbor {
        port_description: row.text(8),
        system_name: row.text(9),
        system_description: row.text(10),
        ..LldpNeighbor::default()
    }
}

/// Names of the device's own ports: an interface name where the port id is one, else the
/// port's description, else the id in its own form.
fn local_ports(view: &View<'_>) -> BTreeMap<u32, String> {
    const INTERFACE_ALIAS: u32 = 1;
    const INTERFACE_NAME: u32 = 5;
    const LOCALLY_ASSIGNED: u32 = 7;
    let name = |row: &Row<'_>| {
        let kind = row.number::<u32>(2);
        let id = row
            .get(3)
            .and_then(|value| identifier(value, kind, (MAC_PORT, ADDRESS_PORT)));
        let description = row.text(4);
        match kind {
            Some(INTERFACE_NAME) => id.or(description),
            Some(INTERFACE_ALIAS | LOCALLY_ASSIGNED) => description.or(id),
            _ => description.or(id),
        }
    };
    rows(view, LOCAL_PORTS)
        .iter()
        .filter_map(|(index, row)| Some((*index.first()?, name(row)?)))
        .collect()
}

/// Management addresses by the first three indices of a neighbour.
fn management_addresses(view: &View<'_>) -> BTreeMap<Vec<u32>, BTreeSet<String>> {
    let mut found: BTreeMap<Vec<u32>, BTreeSet<String>> = BTreeMap::new();
    for index in rows(view, REMOTE_ADDRESSES).into_keys() {
        let Some((neighbor, address)) = index.split_at_checked(3) else {
            continue;
        };
        // AddressFamilyNumbers: 1 is IPv4 and 2 IPv6, as in InetAddressType.
        if let Some(address) = address_of(address) {
            found
                .entry(neighbor.to_vec())
                .or_default()
                .insert(address.to_string());
        }
    }
    found
}

/// A chassis or port id in the form that its subtype asks for.
fn identifier(
    value: &Value,
    subtype: Option<u32>,
    (as_mac, as_address): (u32, u32),
) -> Option<String> {
    let Value::OctetString(bytes) = value else {
        return None;
    };
    if subtype == Some(as_mac) {
        return mac(bytes).or_else(|| Some(line(bytes)).filter(|text| !text.is_empty()));
    }
    if subtype == Some(as_address) {
        return network_address(bytes);
    }
    let readable = !bytes.is_empty() && bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    match mac(bytes) {
        Some(address) if !readable => Some(address),
        _ => Some(line(bytes)).filter(|text| !text.is_empty()),
    }
}

/// An IANA address family, and the address.
fn network_address(bytes: &[u8]) -> Option<String> {
    let address: IpAddr = match bytes {
        [1, octets @ ..] => Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into(),
        [2, octets @ ..] => Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).into(),
        _ => return None,
    };
    Some(address.to_string())
}
