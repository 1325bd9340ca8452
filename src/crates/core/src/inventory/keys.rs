//! Keys by which devices are told apart, read from a fact sheet.
use crate::model::{Fact, FactPath, FactSheet};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::IpAddr;
use uuid::Uuid;

/// The keys of one observation, blank ones left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Keys {
    pub(super) serial_num: Option<String>,
    /// Serial numbers of the members of a stack.
    pub(super) unit_serials: BTreeSet<String>,
    pub(super) product_uuid: Option<String>,
    pub(super) machine_id: Option<String>,
    pub(super) engine_id: Option<String>,
    pub(super) chassis_id: Option<String>,
    pub(super) mac_address: Option<String>,
    pub(super) hostname: Option<String>,
    pub(super) ssh_host_keys: BTreeSet<String>,
    /// Hardware addresses of its interfaces.
    pub(super) interface_macs: BTreeSet<String>,
    /// Its own address table, without loopback and link-local addresses.
    pub(super) addresses: BTreeSet<IpAddr>,
}

impl Keys {
    /// Reads them.
    pub(super) fn of(sheet: &FactSheet) -> Self {
        let read = |path: &str| path.parse().ok().and_then(|path| text(sheet, &path));
        let facts = sheet.facts().unwrap_or_default();
        let units = facts.hardware.units;
        let unit_serials = units.into_iter().filter_map(|unit| unit.serial_num);
        let macs = facts
            .interfaces
            .iter()
            .filter_map(|interface| interface.phys_address.clone());
        let addresses = facts
            .addresses
            .iter()
            .filter_map(|address| address.ip.parse::<IpAddr>().ok());
        Self {
            serial_num: read("hardware.serial_num"),
            unit_serials: unit_serials.collect(),
            product_uuid: read("identity.product_uuid").and_then(|uuid| whole_uuid(&uuid)),
            machine_id: read("identity.machine_id"),
            engine_id: read("identity.engine_id"),
            chassis_id: read("lldp.chassis_id").map(|id| id.to_lowercase()),
            mac_address: read("identity.mac_address")
                .map(|mac| mac.to_lowercase())
                .filter(|mac| is_own_mac(mac)),
            hostname: read("system.hostname").map(|name| name.to_lowercase()),
            ssh_host_keys: facts.identity.ssh_host_keys.into_iter().collect(),
            interface_macs: macs
                .map(|mac| mac.to_lowercase())
                .filter(|mac| is_own_mac(mac))
                .collect(),
            addresses: addresses.filter(|address| is_routable(*address)).collect(),
        }
    }
}

/// A known, non-empty text.
pub(super) fn text(sheet: &FactSheet, path: &FactPath) -> Option<String> {
    match sheet.get(path) {
        Fact::Known(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// A UUID in one byte order: SMBIOS 2.6 and newer store its first three fields little-endian, and
/// some tools swap them (ESX does). Nothing for the ones that makers ship in every board.
fn whole_uuid(text: &str) -> Option<String> {
    const SHIPPED: [&str; 2] = [
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
    ];
    let uuid = Uuid::parse_str(text.trim()).ok()?;
    let swapped = Uuid::from_bytes_le(*uuid.as_bytes());
    let one = uuid.min(swapped).to_string();
    let digits: BTreeSet<char> = one.chars().collect();
    // Three digits and the dash at the most: 0000…, ffff…, 1111….
    (digits.len() > 4 && !SHIPPED.contains(&one.as_str())).then_some(one)
}

/// Virtual routers' hardware addresses, which move from one device to another: VRRP (RFC 9568),
/// HSRP and GLBP (Cisco).
const VIRTUAL_MACS: [&str; 5] = [
    "00:00:5e:00:01:",
    "00:00:5e:00:02:",
    "00:00:0c:07:ac:",
    "00:00:0c:9f:f",
    "00:07:b4:00:",
];

/// Whether a hardware address is neither blank, nor a group address, nor a virtual router's.
fn is_own_mac(mac: &str) -> bool {
    mac != "00:00:00:00:00:00"
        && !VIRTUAL_MACS.iter().any(|prefix| mac.starts_with(prefix))
        && mac
            .get(1..2)
            .and_then(|digit| u8::from_str_radix(digit, 16).ok())
            .is_some_and(|digit| digit & 1 == 0)
}

/// Whether an address names a device to others: no loopback, link-local or unspecified one.
fn is_routable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local() && !v4.is_unspecified(),
        IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local() && !v6.is_unspecified(),
    }
}
