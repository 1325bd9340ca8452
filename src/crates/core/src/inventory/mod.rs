//! Merges observations into assets and links, and says why.
//!
//! [`build`] is a pure function: the order of observations does not matter, and the
//! identities of earlier runs enter as a value.

mod around;
mod declared;
mod identity;
mod keys;
mod lifecycle;
mod links;
mod merge;
mod samples;
mod sheet;
mod site;

pub use around::ZonedNetwork;
pub use declared::{Backup, Declaration, DeclaredAsset};
pub use identity::remember;
pub use lifecycle::Lifecycle;
pub use merge::compare;
pub use samples::Samples;

use crate::model::class::ClassTable;
use crate::model::{AssetState, FactPath, Inventory, KnownAsset, Observation, Provenance, SiteId};
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

/// What the inventory is built from, beside the observations.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The audit's own id.
    pub audit_id: Uuid,
    /// What the client declares of devices.
    pub declarations: Vec<Declaration>,
    /// Devices known by declaration alone: third parties' and others.
    pub declared: Vec<DeclaredAsset>,
    /// Assets of earlier runs.
    pub known: Vec<KnownAsset>,
    /// DNS resolvers that the client declares.
    pub resolvers: Vec<IpAddr>,
    /// Groups of addresses declared to be one device.
    pub same_device: Vec<Vec<IpAddr>>,
    /// Groups of addresses declared to be devices of their own.
    pub separate_devices: Vec<Vec<IpAddr>>,
    /// Sites of the scope.
    pub sites: Vec<SiteId>,
    /// Networks whose use is known.
    pub zones: Vec<ZonedNetwork>,
    /// Addresses that the evidence was gathered from.
    pub sources: Vec<IpAddr>,
    /// Whether the declarations are the client's whole inventory.
    pub inventory_declared: bool,
    /// What the client declares of its backups.
    pub backup: Option<Backup>,
    /// Ends of support, as makers publish them.
    pub lifecycle: Option<Lifecycle>,
    /// The judgement date.
    pub as_of: Timestamp,
    /// Loads that earlier runs saw.
    pub samples: Vec<Samples>,
}

/// Builds the inventory.
pub fn build(observations: Vec<Observation>, context: &Context, classes: &ClassTable) -> Inventory {
    let mut assets = merge::assets(observations, context, classes);
    declared::apply(&mut assets, context, classes);
    identity::assign(&mut assets, context);
    assets.sort_by(|a, b| {
        (&a.site, &a.name, a.arpenteur_id).cmp(&(&b.site, &b.name, b.arpenteur_id))
    });
    shared_hostnames(&mut assets);
    let (links, neighbours) = links::links(&assets);
    around::zones(&mut assets, context);
    around::foreign(&mut assets, classes);
    around::topology(&mut assets, &links, classes);
    around::support(&mut assets, context);
    samples::percentiles(&mut assets, &context.samples, context.as_of);
    let sites = site::sites(&assets, context, classes);
    Inventory {
        assets,
        sites,
        links,
        neighbours,
    }
}

/// Tells each observed asset which others of its site carry its host name.
fn shared_hostnames(assets: &mut [crate::model::Asset]) {
    let path = |text: &str| text.parse::<FactPath>().unwrap_or_default();
    let (hostname, shared) = (path("system.hostname"), path("system.hostname_shared_with"));
    let mut carriers: BTreeMap<_, Vec<(Uuid, String)>> = BTreeMap::new();
    let name_of = |asset: &crate::model::Asset| {
        let name = keys::text(&asset.sheet, &hostname)?.to_lowercase();
        (asset.state == AssetState::Observed).then(|| (asset.site.clone(), name))
    };
    for asset in assets.iter() {
        if let Some(key) = name_of(asset) {
            let label = asset
                .address
                .map_or_else(|| asset.name.clone(), |address| address.to_string());
            carriers
                .entry(key)
                .or_default()
                .push((asset.arpenteur_id, label));
        }
    }
    for asset in assets {
        if let Some(key) = name_of(asset) {
            let others = carriers.get(&key).into_iter().flatten();
            let labels: Vec<&String> = others
                .filter(|(id, _)| *id != asset.arpenteur_id)
                .map(|(_, label)| label)
                .collect();
            let provenance = Provenance {
                by: "inventory".to_owned(),
                ..Provenance::default()
            };
            asset.sheet.set(&shared, json!(labels), provenance);
        }
    }
}

#[cfg(test)]
mod tests;
