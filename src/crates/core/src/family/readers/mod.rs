//! What standards say and every device answers alike: one file per standard.
mod access;
mod addresses;
mod bridge;
mod cdp;
mod clear;
mod entity;
pub(super) mod factory_login;
mod host_resources;
mod hostkey;
mod http;
mod interfaces;
mod ip_neighbors;
mod linux;
mod lldp;
pub(super) mod maker;
mod network_services;
mod parts;
mod poe;
mod ports;
mod printer;
mod probed;
#[cfg(test)]
mod probed_tests;
mod sensors;
mod smb;
mod snmp_agent;
mod snmpd_conf;
mod software;
mod ssh;
mod stores;
mod system;
pub(super) mod table;
#[cfg(test)]
mod tests;
mod tls;
mod ucd;
mod units;
mod ups;

pub(super) use http::{Lead, redirect};
pub(super) use network_services::mount_port;

use super::draft::Draft;
use super::families::Ask;
use super::view::View;
use arpenteur_wire::snmp::Oid;

/// The command that reads os-release(5).
pub(super) const OS_RELEASE: &str = linux::OS_RELEASE;

/// Subtrees of the standard MIBs that every agent is asked for. hrSWRunParameters (command
/// lines, with passwords in them) lies in none of them.
const SUBTREES: [&[u32]; 40] = [
    &[1, 3, 6, 1, 2, 1, 1],
    interfaces::IF_TABLE,
    interfaces::IFX_TABLE,
    addresses::IP_FORWARDING,
    addresses::IP_ADDR_TABLE,
    addresses::IP_ADDRESS_TABLE,
    entity::PHYSICAL_TABLE,
    host_resources::SYSTEM,
    host_resources::STORAGE,
    host_resources::PROCESSORS,
    ucd::MEMORY,
    ucd::DISKS,
    lldp::LOCAL,
    lldp::REMOTE,
    lldp::REMOTE_ADDRESSES,
    lldp::REMOTE_V2,
    snmp_agent::USERS,
    interfaces::AGGREGATE,
    interfaces::DUPLEX,
    snmp_agent::TARGETS,
    ip_neighbors::MEDIA,
    ip_neighbors::PHYSICAL,
    cdp::CACHE,
    bridge::BASE,
    bridge::STP,
    bridge::FDB,
    bridge::Q_FDB,
    bridge::Q_VLANS,
    bridge::Q_STATIC,
    bridge::VTP,
    units::ALIASES,
    units::STACKWISE,
    sensors::TABLE,
    poe::ROOT,
    printer::SERIAL,
    printer::LIFE_COUNT,
    printer::SUPPLIES,
    ups::ROOT,
    software::INSTALLED,
    software::VMWARE_GUESTS,
];

/// What every SNMP agent is asked.
pub(super) fn snmp_asks() -> Vec<Ask> {
    let walk = |root: &&'static [u32]| Ask::SnmpWalk(Oid::from_static(root));
    SUBTREES.iter().map(walk).collect()
}

/// Subtrees that every SNMP agent is asked for.
pub(super) fn subtrees() -> impl Iterator<Item = Oid> {
    SUBTREES.iter().map(|root| Oid::from_static(root))
}

/// Whether every shell is asked to run a command.
pub(super) fn runs(command: &str) -> bool {
    linux::runs(command)
}

/// What every shell is asked.
pub(super) fn shell_asks(view: &View<'_>) -> Vec<Ask> {
    linux::asks(view)
}

/// Lets every reader look at the evidence. `access` comes last: it says why nothing was
/// read, where nothing was.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    linux::read(view, draft);
    snmpd_conf::read(view, draft);
    super::config::read(view, draft);
    system::read(view, draft);
    interfaces::read(view, draft);
    addresses::read(view, draft);
    entity::read(view, draft);
    units::read(view, draft);
    lldp::read(view, draft);
    cdp::read(view, draft);
    bridge::read(view, draft);
    ip_neighbors::read(view, draft);
    poe::read(view, draft);
    sensors::read(view, draft);
    printer::read(view, draft);
    ups::read(view, draft);
    software::read(view, draft);
    host_resources::read(view, draft);
    ucd::read(view, draft);
    snmp_agent::read(view, draft);
    ports::read(view, draft);
    ssh::read(view, draft);
    tls::read(view, draft);
    http::read(view, draft);
    clear::read(view, draft);
    smb::read(view, draft);
    stores::read(view, draft);
    network_services::read(view, draft);
    access::read(view, draft);
}
