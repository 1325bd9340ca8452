//! IP-MIB (RFC 4293): whom the device's neighbour caches know, IPv4 and IPv6.
use super::addresses::address_of;
use super::interfaces;
use super::table::{offer_list, rows};
use crate::family::draft::{Draft, Origin};
use crate::family::text::{integer, mac};
use crate::family::view::View;
use crate::model::IpNeighbor;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

/// ipNetToMediaTable (deprecated, and still what most switches answer).
pub(super) const MEDIA: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 22];
/// ipNetToPhysicalTable.
pub(super) const PHYSICAL: &[u32] = &[1, 3, 6, 1, 2, 1, 4, 35];
/// ipNetToMediaType and ipNetToPhysicalType `invalid`.
const INVALID: u32 = 2;

/// The neighbours of both tables, each address once.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let names = interfaces::names(view);
    let mut found = BTreeMap::new();
    let mut add = |address: IpAddr, if_index: u32, physical: Option<&[u8]>| {
        if let Some(link_layer_address) = physical.and_then(mac) {
            let neighbor = IpNeighbor {
                ip: address.to_string(),
                link_layer_address: Some(link_layer_address),
                interface: names.get(&if_index).cloned(),
            };
            found.insert(address, neighbor);
        }
    };
    for (index, row) in rows(view, MEDIA) {
        let [if_index, octets @ ..] = index.as_slice() else {
            continue;
        };
        let octets: Option<Vec<u8>> = octets
            .iter()
            .map(|octet| u8::try_from(*octet).ok())
            .collect();
        let address = octets.and_then(|octets| <[u8; 4]>::try_from(octets).ok());
        if let Some(address) = address
            && row.get(4).and_then(integer::<u32>) != Some(INVALID)
        {
            add(Ipv4Addr::from(address).into(), *if_index, row.octets(2));
        }
    }
    let mut root = MEDIA;
    for (index, row) in rows(view, PHYSICAL) {
        let [if_index, address @ ..] = index.as_slice() else {
            continue;
        };
        if let Some(address) = address_of(address)
            && row.get(6).and_then(integer::<u32>) != Some(INVALID)
        {
            root = PHYSICAL;
            add(address, *if_index, row.octets(4));
        }
    }
    let mut pen = draft.pen(Origin::Reader, "mib/ip");
    offer_list(
        &mut pen,
        view,
        ("ip_neighbors", root),
        found.into_values().collect(),
    );
}
