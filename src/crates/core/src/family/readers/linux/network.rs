//! Interfaces and addresses of iproute2.
use super::{ADDRESSES, outcome};
use crate::family::draft::{Pen, path};
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::{line, mac};
use crate::family::view::View;
use crate::model::{Confidence, Interface, IpAddress, UnreadReason};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One link of `ip -json addr` (iproute2).
#[derive(Deserialize)]
struct Link {
    ifname: String,
    ifindex: Option<u32>,
    #[serde(default)]
    flags: Vec<String>,
    mtu: Option<u32>,
    operstate: Option<String>,
    address: Option<String>,
    ifalias: Option<String>,
    #[serde(default)]
    addr_info: Vec<LinkAddress>,
}

#[derive(Deserialize)]
struct LinkAddress {
    local: Option<std::net::IpAddr>,
    prefixlen: Option<u8>,
}

/// Interfaces and addresses, weaker than the agent's, which know speed and type.
pub(super) fn network(view: &View<'_>, pen: &mut Pen<'_>) {
    let (text, id) = match outcome(view, ADDRESSES) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => {
            pen.unread("interfaces", reason, std::slice::from_ref(&id));
            return pen.unread("addresses", reason, &[id]);
        }
        None => return,
    };
    let evidence = [id];
    let links: Vec<Link> = match serde_json::from_str(&text) {
        Ok(links) => links,
        Err(error) => {
            pen.complain(format!("{ADDRESSES}: {error}"));
            pen.unread("interfaces", UnreadReason::ParseFailed, &evidence);
            return pen.unread("addresses", UnreadReason::ParseFailed, &evidence);
        }
    };
    let mut addresses: Vec<IpAddress> = Vec::new();
    let mut interfaces: BTreeMap<String, Interface> = BTreeMap::new();
    for link in links.iter().take(MOST_ROWS) {
        let name = line(link.ifname.as_bytes());
        addresses.extend(link.addr_info.iter().filter_map(|address| {
            Some(IpAddress {
                ip: address.local?.to_string(),
                prefix_length: address.prefixlen,
                interface: Some(name.clone()),
            })
        }));
        interfaces.insert(name.clone(), interface(name, link));
    }
    addresses.sort_by(|a, b| a.ip.cmp(&b.ip));
    addresses.dedup_by(|a, b| a.ip == b.ip);
    let mut list = |at: &str, value: Result<Json, serde_json::Error>| {
        pen.offer(
            &path(at),
            value.unwrap_or_default(),
            Confidence::Likely,
            &evidence,
        );
    };
    let interfaces: Vec<Interface> = interfaces.into_values().collect();
    list("interfaces", serde_json::to_value(interfaces));
    list("addresses", serde_json::to_value(addresses));
}

fn interface(name: String, link: &Link) -> Interface {
    let up = link.flags.iter().any(|flag| flag == "UP");
    let state = link.operstate.as_deref().map(|state| match state {
        "UP" => "up",
        "DOWN" => "down",
        "TESTING" => "testing",
        "DORMANT" => "dormant",
        "NOTPRESENT" => "not-present",
        "LOWERLAYERDOWN" => "lower-layer-down",
        _ => "unknown",
    });
    let octets: Option<Vec<u8>> = link.address.as_deref().and_then(|text| {
        text.split(':')
            .map(|octet| u8::from_str_radix(octet, 16).ok())
            .collect()
    });
    Interface {
        name,
        if_index: link.ifindex,
        description: link.ifalias.as_ref().map(|text| line(text.as_bytes())),
        admin_status: Some(if up { "up" } else { "down" }.to_owned()),
        oper_status: state.map(str::to_owned),
        phys_address: octets.as_deref().and_then(mac),
        mtu: link.mtu,
        ..Interface::default()
    }
}
