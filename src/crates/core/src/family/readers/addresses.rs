//! IP-MIB (RFC 4293): ipAddressTable, and ipAddrTable of RFC 1213.
use super::interfaces::names;
use super::table::{offer_list, rows};
use crate::family::draft::{Draft, Origin};
use crate::family::view::{Coverage, View};
use crate::model::IpAddress;
use arpenteur_wire::snmp::Value;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// ipForwarding.
pub(super) const IP_FORWARDING: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 1];
/// ipAddrTable.
pub(super) const IP_ADDR_TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 20];
/// ipAddressTable.
pub(super) const IP_ADDRESS_TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 34];

/// Addresses that the device lists, loopback included.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/ip");
    let names = names(view);
    let mut found: BTreeMap<IpAddr, (Option<u8>, Option<u32>)> = BTreeMap::new();
    for (index, row) in rows(view, IP_ADDRESS_TABLE) {
        // ipAddressType: unicast; broadcast addresses stand in the table too.
        if row.number::<u32>(4).is_some_and(|kind| kind != 1) {
            continue;
        }
        if let Some(address) = address_of(&index) {
            found.insert(address, (row.get(5).and_then(prefix_of), row.number(3)));
        }
    }
    for (index, row) in rows(view, IP_ADDR_TABLE) {
        let Some(address) = ipv4(&index) else {
            continue;
        };
        let entry = found.entry(IpAddr::V4(address)).or_default();
        entry.0 = entry.0.or_else(|| row.get(3).and_then(netmask));
        entry.1 = entry.1.or_else(|| row.number(2));
    }
    let addresses: Vec<_> = found
        .into_iter()
        .filter(|(address, _)| !address.is_unspecified())
        .map(|(address, (prefix_length, if_index))| IpAddress {
            ip: address.to_string(),
            prefix_length,
            interface: if_index.and_then(|index| names.get(&index).cloned()),
        })
        .collect();
    // One whole table that lists something is enough; of two empty ones either tells.
    let whole = |table: &&[u32]| {
        view.coverage(table) == Coverage::Complete
            && (addresses.is_empty() || view.below(table).next().is_some())
    };
    let root = [IP_ADDRESS_TABLE, IP_ADDR_TABLE]
        .into_iter()
        .find(whole)
        .unwrap_or(IP_ADDRESS_TABLE);
    offer_list(&mut pen, view, ("addresses", root), addresses);
}

/// InetAddressType, length, octets (RFC 4001); the zone of a scoped address is left out.
pub(super) fn address_of(index: &[u32]) -> Option<IpAddr> {
    match index {
        [1 | 3, 4, octets @ ..] | [1 | 3, 8, octets @ ..] => ipv4(octets.get(..4)?).map(IpAddr::V4),
        [2 | 4, 16 | 20, octets @ ..] => {
            let octets: Option<Vec<u8>> = octets
                .get(..16)?
                .iter()
                .map(|octet| u8::try_from(*octet).ok())
                .collect();
            let octets: [u8; 16] = octets?.try_into().ok()?;
            Some(IpAddr::V6(Ipv6Addr::from(octets)))
        }
        _ => None,
    }
}

fn ipv4(octets: &[u32]) -> Option<Ipv4Addr> {
    let octets: Option<Vec<u8>> = octets
        .iter()
        .map(|octet| u8::try_from(*octet).ok())
        .collect();
    let octets: [u8; 4] = octets?.try_into().ok()?;
    Some(Ipv4Addr::from(octets))
}

/// ipAddressPrefix points at a row of ipAddressPrefixTable, whose last index is the length.
fn prefix_of(value: &Value) -> Option<u8> {
    const ENTRY: [u32; 10] = [1, 3, 6, 1, 2, 1, 4, 32, 1, 5];
    match value {
        Value::ObjectIdentifier(oid) if oid.sub_ids().starts_with(&ENTRY) => oid
            .sub_ids()
            .last()
            .and_then(|length| u8::try_from(*length).ok())
            .filter(|length| *length <= 128),
        _ => None,
    }
}

fn netmask(value: &Value) -> Option<u8> {
    let Value::IpAddress(octets) = value else {
        return None;
    };
    let mask = u32::from_be_bytes(*octets);
    let ones = mask.leading_ones();
    (mask.checked_shl(ones).unwrap_or(0) == 0)
        .then(|| u8::try_from(ones).ok())
        .flatten()
}
