//! Links between assets, and neighbours that others named.
use super::keys::Keys;
use crate::model::{Asset, Facts, Link, LinkEnd, LldpNeighbor, Neighbour};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Where a name, hardware address or address leads.
#[derive(Default)]
struct Directory {
    macs: BTreeMap<String, usize>,
    names: BTreeMap<String, Option<usize>>,
    addresses: BTreeMap<IpAddr, usize>,
}

/// Every link once, and every neighbour that is no contacted asset.
pub(super) fn links(assets: &[Asset]) -> (Vec<Link>, Vec<Neighbour>) {
    let facts: Vec<Facts> = assets
        .iter()
        .map(|asset| asset.sheet.facts().unwrap_or_default())
        .collect();
    let directory = directory(assets);
    let mut links: BTreeMap<(LinkEnd, LinkEnd), Link> = BTreeMap::new();
    let mut strangers: BTreeMap<String, Neighbour> = BTreeMap::new();
    for (asset, own) in assets.iter().zip(&facts) {
        let evidence = "lldp.neighbors"
            .parse()
            .ok()
            .and_then(|path| asset.sheet.provenance(&path))
            .map(|from| from.evidence.clone());
        for neighbor in &own.lldp.neighbors {
            let Some(index) = directory.find(neighbor) else {
                note(&mut strangers, asset, neighbor);
                continue;
            };
            let (Some(other), Some(their)) = (assets.get(index), facts.get(index)) else {
                continue;
            };
            let near = end(asset, neighbor.local_port.clone());
            let far = end(other, port_of(their, neighbor));
            let (a, b) = if near <= far {
                (near, far)
            } else {
                (far, near)
            };
            let link = links.entry((a.clone(), b.clone())).or_insert_with(|| Link {
                a,
                b,
                protocol: "lldp".to_owned(),
                evidence: Vec::new(),
            });
            link.evidence.extend(evidence.iter().flatten().cloned());
            link.evidence.sort();
            link.evidence.dedup();
        }
    }
    (
        links.into_values().collect(),
        strangers.into_values().collect(),
    )
}

fn end(asset: &Asset, port: Option<String>) -> LinkEnd {
    LinkEnd {
        asset: Some(asset.arpenteur_id),
        name: asset.name.clone(),
        port,
    }
}

fn directory(assets: &[Asset]) -> Directory {
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
        for name in keys
            .hostname
            .into_iter()
            .chain([asset.name.to_lowercase()])
            .collect::<BTreeSet<_>>()
        {
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
    directory
}

impl Directory {
    fn find(&self, neighbor: &LldpNeighbor) -> Option<usize> {
        let by_mac = || {
            self.macs
                .get(&neighbor.chassis_id.as_ref()?.to_lowercase())
                .copied()
        };
        let by_address = || {
            let addresses = neighbor
                .management_addresses
                .iter()
                .filter_map(|address| address.parse().ok());
            addresses
                .filter_map(|address| self.addresses.get(&address).copied())
                .next()
        };
        let by_name = || {
            self.names
                .get(&neighbor.system_name.as_ref()?.to_lowercase())
                .copied()
                .flatten()
        };
        by_mac().or_else(by_address).or_else(by_name)
    }
}

/// The neighbour's port by the name that the neighbour itself gives it.
fn port_of(facts: &Facts, neighbor: &LldpNeighbor) -> Option<String> {
    let known = |text: &String| {
        let lower = text.to_lowercase();
        let same = |interface: &&crate::model::Interface| {
            interface.name == *text
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
    let told = [&neighbor.port_description, &neighbor.port_id];
    told.into_iter()
        .flatten()
        .find_map(known)
        .or_else(|| told.into_iter().flatten().next().cloned())
}

fn note(strangers: &mut BTreeMap<String, Neighbour>, asset: &Asset, neighbor: &LldpNeighbor) {
    let name = [&neighbor.system_name, &neighbor.chassis_id]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty());
    let Some(name) = name.or(neighbor.management_addresses.first()) else {
        return;
    };
    let known = strangers
        .entry(name.to_lowercase())
        .or_insert_with(|| Neighbour {
            name: name.clone(),
            addresses: Vec::new(),
            description: neighbor.system_description.clone(),
            seen_by: Vec::new(),
            third_party: None,
        });
    known
        .addresses
        .extend(neighbor.management_addresses.iter().cloned());
    known.addresses.sort();
    known.addresses.dedup();
    known.seen_by.push(asset.name.clone());
    known.seen_by.sort();
    known.seen_by.dedup();
}
