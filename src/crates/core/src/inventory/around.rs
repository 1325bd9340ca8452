//! What is known of an asset from around it: the zone it stands in, what the client declares,
//! the links that lead to it, the end of its support.
use super::Context;
use super::declared::provenance;
use crate::model::class::{CatalogueCode as Code, ClassTable, DeviceClass};
use crate::model::{
    Asset, AssetState, Fact, FactPath, Facts, Link, LinkEnd, Provenance, UnreadReason, Uplink,
};
use ipnetwork::IpNetwork;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use uuid::Uuid;

/// A network whose use `audit.yaml` names.
#[derive(Debug, Clone, PartialEq)]
pub struct ZonedNetwork {
    /// Site.
    pub site: crate::model::SiteId,
    /// Prefix.
    pub prefix: IpNetwork,
    /// What it is used for, as `device.zone` spells it.
    pub zone: String,
}

pub(super) fn path(text: &str) -> FactPath {
    text.parse().unwrap_or_default()
}

pub(super) fn by_inventory() -> Provenance {
    Provenance {
        by: "inventory".to_owned(),
        ..Provenance::default()
    }
}

/// Where each asset stands, and from where it was looked at.
pub(super) fn zones(assets: &mut [Asset], context: &Context) {
    let zone_of = |address: IpAddr, site: Option<&crate::model::SiteId>| {
        let holds = |zoned: &&ZonedNetwork| {
            site.is_none_or(|site| *site == zoned.site) && zoned.prefix.contains(address)
        };
        let zones = context.zones.iter().filter(holds);
        zones
            .max_by_key(|zoned| zoned.prefix.prefix())
            .map(|zoned| &zoned.zone)
    };
    let vantage = context
        .sources
        .iter()
        .find_map(|address| zone_of(*address, None));
    for asset in assets
        .iter_mut()
        .filter(|asset| asset.state == AssetState::Observed)
    {
        if let Some(vantage) = vantage {
            asset
                .sheet
                .set(&path("reach.vantage"), json!(vantage), provenance());
        }
        if let Some(zone) = asset
            .address
            .and_then(|address| zone_of(address, Some(&asset.site)))
        {
            asset
                .sheet
                .set(&path("device.zone"), json!(zone), provenance());
        }
    }
}

/// Marks absent what a device of its kind has not: accounts of a host on network gear, a
/// network configuration on hosts.
pub(super) fn foreign(assets: &mut [Asset], classes: &ClassTable) {
    for asset in assets
        .iter_mut()
        .filter(|asset| asset.state == AssetState::Observed)
    {
        let Some(class) = classes.get(&asset.class) else {
            continue;
        };
        let network = class.codes.contains(&Code::Net);
        let fact = path(if network { "accounts" } else { "config.users" });
        let known = class.id.0 != "unknown" && asset.sheet.state(&fact).is_none();
        if known {
            asset.sheet.set(&fact, Value::Null, by_inventory());
        }
    }
}

/// Number of links, ways to other network devices, and what speed the other ends have.
pub(super) fn topology(assets: &mut [Asset], links: &[Link], classes: &ClassTable) {
    let told: BTreeSet<_> = assets
        .iter()
        .filter(|asset| tells_neighbours(asset))
        .map(|asset| asset.site.clone())
        .collect();
    let facts: BTreeMap<Uuid, Facts> = assets
        .iter()
        .map(|asset| (asset.arpenteur_id, asset.sheet.facts().unwrap_or_default()))
        .collect();
    let network: BTreeSet<Uuid> = assets
        .iter()
        .filter(|asset| classes.get(&asset.class).is_some_and(joins_networks))
        .map(|asset| asset.arpenteur_id)
        .collect();
    let mut near: BTreeMap<Uuid, Vec<(&LinkEnd, &LinkEnd)>> = BTreeMap::new();
    for link in links {
        for (own, other) in [(&link.a, &link.b), (&link.b, &link.a)] {
            if let Some(id) = own.asset {
                near.entry(id).or_default().push((own, other));
            }
        }
    }
    for asset in assets
        .iter_mut()
        .filter(|asset| asset.state == AssetState::Observed)
    {
        let ends = near.remove(&asset.arpenteur_id).unwrap_or_default();
        let Some(own) = facts.get(&asset.arpenteur_id) else {
            continue;
        };
        if told.contains(&asset.site) {
            asset
                .sheet
                .set(&path("topology.links"), json!(ends.len()), by_inventory());
        }
        if network.contains(&asset.arpenteur_id) && tells_neighbours(asset) {
            let to_network = ends
                .iter()
                .filter(|(_, other)| other.asset.is_some_and(|id| network.contains(&id)));
            let uplinks = uplinks(own, to_network.copied());
            asset
                .sheet
                .set(&path("topology.uplinks"), json!(uplinks), by_inventory());
        }
        peer_speeds(asset, own, &ends, &facts);
    }
}

/// Whether a class is network gear that others hang on: an access point hangs on a switch.
fn joins_networks(class: &DeviceClass) -> bool {
    class.codes.contains(&Code::Net) && !class.codes.contains(&Code::Ap)
}

/// Whether the asset's neighbour tables were read.
fn tells_neighbours(asset: &Asset) -> bool {
    ["lldp.neighbors", "cdp.neighbors"]
        .iter()
        .any(|list| !matches!(asset.sheet.get(&path(list)), Fact::Unread(_)))
}

/// Ports by the device that they lead to; a port of an aggregate stands for all its members.
fn uplinks<'l>(own: &Facts, ends: impl Iterator<Item = (&'l LinkEnd, &'l LinkEnd)>) -> Vec<Uplink> {
    let mut ports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut aggregates: BTreeMap<&str, &str> = BTreeMap::new();
    for (near, far) in ends {
        let leads = ports.entry(&far.name).or_default();
        let Some(port) = near.port.as_deref() else {
            continue;
        };
        let known = own
            .interfaces
            .iter()
            .find(|interface| interface.name == port);
        let aggregate = known.and_then(|interface| interface.aggregate.as_deref());
        let Some(aggregate) = aggregate else {
            leads.insert(port);
            continue;
        };
        aggregates.insert(&far.name, aggregate);
        let members = own.interfaces.iter();
        leads.extend(
            members
                .filter(|interface| interface.aggregate.as_deref() == Some(aggregate))
                .map(|interface| interface.name.as_str()),
        );
    }
    let is_up = |port: &&&str| {
        own.interfaces.iter().any(|interface| {
            interface.name == **port && interface.oper_status.as_deref() == Some("up")
        })
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    ports
        .iter()
        .map(|(neighbor, leads)| Uplink {
            neighbor: (*neighbor).to_owned(),
            ports_up: count(leads.iter().filter(is_up).count()),
            ports: count(leads.len()),
            aggregate: aggregates.get(neighbor).map(|name| (*name).to_owned()),
        })
        .collect()
}

/// Writes the speed of the other end into the interfaces whose link is known.
fn peer_speeds(
    asset: &mut Asset,
    own: &Facts,
    ends: &[(&LinkEnd, &LinkEnd)],
    facts: &BTreeMap<Uuid, Facts>,
) {
    let speed = |end: &LinkEnd| {
        let other = facts.get(&end.asset?)?;
        let port = end.port.as_deref()?;
        let interface = other
            .interfaces
            .iter()
            .find(|interface| interface.name == port)?;
        interface.speed.filter(|speed| *speed > 0)
    };
    for (near, far) in ends {
        let place = own
            .interfaces
            .iter()
            .position(|interface| Some(&interface.name) == near.port.as_ref());
        if let (Some(place), Some(speed)) = (place, speed(far))
            && let Some(Value::Array(interfaces)) = asset.sheet.value_mut(&path("interfaces"))
            && let Some(Value::Object(interface)) = interfaces.get_mut(place)
        {
            interface.insert("peer_speed".to_owned(), json!(speed));
        }
    }
}

/// The end of support: what the client declares, else what makers publish.
pub(super) fn support(assets: &mut [Asset], context: &Context) {
    for asset in assets
        .iter_mut()
        .filter(|asset| asset.state == AssetState::Observed)
    {
        let declared = super::keys::text(&asset.sheet, &path("device.end_of_support"));
        if let Some(date) = declared {
            for fact in ["lifecycle.os_end", "lifecycle.firmware_end"] {
                asset.sheet.set(&path(fact), json!(date), provenance());
            }
        } else if let Some(lifecycle) = &context.lifecycle {
            lifecycle.tell(asset, context.as_of);
        }
    }
}

/// Why a fact of an asset is unread, where it is.
pub(super) fn unread(asset: &Asset, fact: &str) -> Option<UnreadReason> {
    asset.sheet.unread(&path(fact))
}
