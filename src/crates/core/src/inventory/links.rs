//! Links between assets, and neighbours that others named.
//!
//! LLDP and CDP announce a neighbour and both ports. Where a device announces nothing, the
//! switch that learnt its hardware address on the quietest port has it behind that port.
use super::keys::Keys;
use crate::model::{
    Asset, CdpNeighbor, EvidenceId, Facts, Interface, Link, LinkEnd, LldpNeighbor, Neighbour,
    same_port,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Addresses learnt on a port from which on it leads to more than a few devices.
const CROWDED: usize = 16;

/// Where a name, hardware address or address leads.
#[derive(Default)]
struct Directory {
    macs: BTreeMap<String, usize>,
    /// Full names, and their first labels; nothing where two assets carry one.
    names: BTreeMap<String, Option<usize>>,
    addresses: BTreeMap<IpAddr, usize>,
}

/// A neighbour as one protocol announces it.
struct Announced<'f> {
    protocol: &'static str,
    local_port: Option<&'f String>,
    chassis_id: Option<&'f String>,
    name: Option<&'f String>,
    /// What the neighbour calls its port, the best name first.
    ports: Vec<&'f String>,
    addresses: &'f [String],
    description: Option<&'f String>,
}

impl<'f> Announced<'f> {
    fn lldp(neighbor: &'f LldpNeighbor) -> Self {
        Self {
            protocol: "lldp",
            local_port: neighbor.local_port.as_ref(),
            chassis_id: neighbor.chassis_id.as_ref(),
            name: neighbor.system_name.as_ref(),
            ports: [&neighbor.port_description, &neighbor.port_id]
                .into_iter()
                .flatten()
                .collect(),
            addresses: &neighbor.management_addresses,
            description: neighbor.system_description.as_ref(),
        }
    }

    fn cdp(neighbor: &'f CdpNeighbor) -> Self {
        Self {
            protocol: "cdp",
            local_port: neighbor.local_port.as_ref(),
            chassis_id: None,
            name: neighbor.device_id.as_ref(),
            ports: neighbor.port_id.iter().collect(),
            addresses: &neighbor.management_addresses,
            description: neighbor.platform.as_ref(),
        }
    }
}

/// Links under way, by their ends.
#[derive(Default)]
struct Links(BTreeMap<(LinkEnd, LinkEnd), Link>);

impl Links {
    fn add(&mut self, near: LinkEnd, far: LinkEnd, protocol: &str, evidence: &[EvidenceId]) {
        let (a, b) = if near <= far {
            (near, far)
        } else {
            (far, near)
        };
        let link = self
            .0
            .entry((a.clone(), b.clone()))
            .or_insert_with(|| Link {
                a,
                b,
                protocols: Vec::new(),
                evidence: Vec::new(),
            });
        if !link.protocols.iter().any(|known| known == protocol) {
            link.protocols.push(protocol.to_owned());
            link.protocols.sort();
        }
        link.evidence.extend(evidence.iter().cloned());
        link.evidence.sort();
        link.evidence.dedup();
    }
}

/// Every link once, and every neighbour that is no contacted asset.
pub(super) fn links(assets: &[Asset]) -> (Vec<Link>, Vec<Neighbour>) {
    let facts: Vec<Facts> = assets
        .iter()
        .map(|asset| asset.sheet.facts().unwrap_or_default())
        .collect();
    let directory = directory(assets, &facts);
    let mut links = Links::default();
    let mut strangers: BTreeMap<String, Neighbour> = BTreeMap::new();
    let mut uplinks: BTreeSet<(usize, String)> = BTreeSet::new();
    for (index, (asset, own)) in assets.iter().zip(&facts).enumerate() {
        let lldp = own.lldp.neighbors.iter().map(Announced::lldp);
        let cdp = own.cdp.neighbors.iter().map(Announced::cdp);
        for neighbor in lldp.chain(cdp) {
            let found = directory.find(&neighbor).filter(|found| *found != index);
            let Some((other, their)) = found.and_then(|found| {
                uplinks.extend(neighbor.local_port.map(|port| (index, port.clone())));
                Some((assets.get(found)?, facts.get(found)?))
            }) else {
                note(&mut strangers, asset, &neighbor);
                continue;
            };
            let at = if neighbor.protocol == "lldp" {
                "lldp.neighbors"
            } else {
                "cdp.neighbors"
            };
            let near = end(asset, neighbor.local_port.cloned());
            let far = end(other, port_of(their, &neighbor));
            links.add(near, far, neighbor.protocol, &evidence(asset, at));
        }
    }
    behind_ports(assets, &facts, &directory, &uplinks, &mut links);
    (
        links.0.into_values().collect(),
        strangers.into_values().collect(),
    )
}

fn evidence(asset: &Asset, at: &str) -> Vec<EvidenceId> {
    let path = at.parse().unwrap_or_default();
    let provenance = asset.sheet.provenance(&path);
    provenance.map_or_else(Vec::new, |from| from.evidence.clone())
}

/// Joins each asset that no announcement joins to the switch port behind which it stands.
fn behind_ports(
    assets: &[Asset],
    facts: &[Facts],
    directory: &Directory,
    uplinks: &BTreeSet<(usize, String)>,
    links: &mut Links,
) {
    let joined: BTreeSet<_> = links
        .0
        .values()
        .flat_map(|link| [link.a.asset, link.b.asset])
        .flatten()
        .collect();
    // (asset, switch, port): how many addresses the port has learnt.
    let mut seen: BTreeMap<usize, Vec<(usize, usize, &String)>> = BTreeMap::new();
    for (switch, own) in facts.iter().enumerate() {
        let mut ports: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for entry in &own.bridge.fdb {
            if let (Some(port), Some(mac)) = (&entry.port, &entry.mac) {
                ports.entry(port).or_default().insert(mac);
            }
        }
        let quiet = ports.into_iter().filter(|(port, macs)| {
            macs.len() < CROWDED && !uplinks.contains(&(switch, (*port).clone()))
        });
        for (port, macs) in quiet {
            let behind: BTreeSet<usize> = macs
                .iter()
                .filter_map(|mac| directory.macs.get(mac.as_str()).copied())
                .filter(|asset| *asset != switch)
                .collect();
            for asset in behind {
                let places = seen.entry(asset).or_default();
                places.push((macs.len(), switch, port));
            }
        }
    }
    for (index, places) in seen {
        let Some(asset) = assets
            .get(index)
            .filter(|asset| !joined.contains(&asset.arpenteur_id))
        else {
            continue;
        };
        let nearest = places.into_iter().min();
        if let Some((_, switch, port)) = nearest
            && let Some(other) = assets.get(switch)
        {
            let near = end(other, Some(port.clone()));
            links.add(
                near,
                end(asset, None),
                "fdb",
                &evidence(other, "bridge.fdb"),
            );
        }
    }
}

fn end(asset: &Asset, port: Option<String>) -> LinkEnd {
    LinkEnd {
        asset: Some(asset.arpenteur_id),
        name: asset.name.clone(),
        port,
    }
}

fn directory(assets: &[Asset], facts: &[Facts]) -> Directory {
    let mut directory = Directory::default();
    for (index, asset) in assets.iter().enumerate() {
        let keys = Keys::of(&asset.sheet);
        for mac in keys
            .interface_macs
            .into_iter()
            .chain(keys.chassis_id)
            .chain(keys.mac_address)
        {
            directory.macs.insert(mac, index);
        }
        let names = keys.hostname.into_iter().chain([asset.name.to_lowercase()]);
        let names: BTreeSet<String> = names
            .flat_map(|name| [first_label(&name).to_owned(), name])
            .collect();
        for name in names {
            // A name that two assets carry leads nowhere.
            directory
                .names
                .entry(name)
                .and_modify(|known| *known = None)
                .or_insert(Some(index));
        }
        for address in asset
            .targets
            .iter()
            .filter_map(|target| target.locator.address())
        {
            directory.addresses.insert(address, index);
        }
    }
    // What routers know by ARP: hardware addresses of devices that are behind them from here.
    for neighbor in facts.iter().flat_map(|own| &own.ip_neighbors) {
        let asset = neighbor
            .ip
            .parse()
            .ok()
            .and_then(|address: IpAddr| directory.addresses.get(&address).copied());
        if let (Some(asset), Some(mac)) = (asset, &neighbor.link_layer_address) {
            directory.macs.entry(mac.clone()).or_insert(asset);
        }
    }
    directory
}

/// The host part of a name; an address has none.
fn first_label(name: &str) -> &str {
    match name.parse::<IpAddr>() {
        Ok(_) => name,
        Err(_) => name.split('.').next().unwrap_or(name),
    }
}

impl Directory {
    fn find(&self, neighbor: &Announced<'_>) -> Option<usize> {
        let by_mac = || self.macs.get(&neighbor.chassis_id?.to_lowercase()).copied();
        let by_address = || {
            let addresses = neighbor
                .addresses
                .iter()
                .filter_map(|address| address.parse().ok());
            addresses
                .filter_map(|address| self.addresses.get(&address).copied())
                .next()
        };
        let by_name = || {
            // CDP adds a serial number in brackets on some platforms.
            let name = neighbor.name?.to_lowercase();
            let name = name.split('(').next().unwrap_or_default().trim();
            let whole = self.names.get(name).copied().flatten();
            whole.or_else(|| self.names.get(first_label(name)).copied().flatten())
        };
        by_mac().or_else(by_address).or_else(by_name)
    }
}

/// The neighbour's port by the name that the neighbour itself gives it.
fn port_of(facts: &Facts, neighbor: &Announced<'_>) -> Option<String> {
    let known = |text: &&String| {
        let lower = text.to_lowercase();
        let same = |interface: &&Interface| {
            same_port(&interface.name, text)
                || interface
                    .phys_address
                    .as_ref()
                    .is_some_and(|mac| mac.to_lowercase() == lower)
        };
        let mut found = facts.interfaces.iter().filter(same);
        // A hardware address that several interfaces share (a bridge and its ports) names none.
        found
            .next()
            .filter(|_| found.next().is_none())
            .map(|interface| interface.name.clone())
    };
    let told = &neighbor.ports;
    told.iter()
        .find_map(known)
        .or_else(|| told.first().map(|name| (*name).clone()))
}

fn note(strangers: &mut BTreeMap<String, Neighbour>, asset: &Asset, neighbor: &Announced<'_>) {
    let name = [neighbor.name, neighbor.chassis_id]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty());
    let Some(name) = name.or(neighbor.addresses.first()) else {
        return;
    };
    let known = strangers
        .entry(name.to_lowercase())
        .or_insert_with(|| Neighbour {
            name: name.clone(),
            addresses: Vec::new(),
            description: neighbor.description.cloned(),
            seen_by: Vec::new(),
            third_party: None,
        });
    known.addresses.extend(neighbor.addresses.iter().cloned());
    known.addresses.sort();
    known.addresses.dedup();
    known.seen_by.push(asset.name.clone());
    known.seen_by.sort();
    known.seen_by.dedup();
}
