//! CISCO-CDP-MIB: neighbours by the Cisco Discovery Protocol.
use super::interfaces;
use super::table::{offer_list, rows};
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::CdpNeighbor;
use arpenteur_wire::snmp::Value;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// cdpCacheTable.
pub(super) const CACHE: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1];
/// CiscoNetworkProtocol `ip` and `ipv6`.
const IP: u32 = 1;
const IPV6: u32 = 20;

/// The neighbours, in the order of their keys.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let names = interfaces::names(view);
    let mut neighbors = BTreeMap::new();
    for (index, row) in rows(view, CACHE) {
        let [if_index, _] = index.as_slice() else {
            continue;
        };
        let local_port = names.get(if_index).cloned();
        let (device_id, port_id) = (row.text(6), row.text(7));
        let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
        let local = local_port.clone().unwrap_or_else(|| if_index.to_string());
        let key = format!("{local}/{}/{}", part(&device_id), part(&port_id));
        let address = row
            .get(4)
            .and_then(|value| address(value, row.number(3)))
            .map(|address| address.to_string());
        let neighbor = CdpNeighbor {
            key: key.clone(),
            local_port,
            device_id,
            port_id,
            platform: row.text(8),
            software: row.text(5),
            management_addresses: address.into_iter().collect(),
        };
        neighbors.insert(key, neighbor);
    }
    let mut pen = draft.pen(Origin::Reader, "mib/cdp");
    let neighbors = neighbors.into_values().collect();
    offer_list(&mut pen, view, ("cdp.neighbors", CACHE), neighbors);
}

fn address(value: &Value, kind: Option<u32>) -> Option<IpAddr> {
    let Value::OctetString(bytes) = value else {
        return None;
    };
    match kind {
        Some(IP) => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes.as_slice()).ok()?).into()),
        Some(IPV6) => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?).into()),
        _ => None,
    }
}
