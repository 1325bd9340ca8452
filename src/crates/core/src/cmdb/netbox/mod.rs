//! NetBox 4.2 and newer, over its REST interface, without a plugin.
//!
//! Devices are recognised by the custom field `arpenteur_id`, else by serial number, else by name
//! within site and tenant; never guessed. See `docs/cmdb.md`.
mod device;
mod matching;
mod port;
mod reads;
mod retire;
mod setup;
mod snapshot;
mod things;
mod words;

pub use reads::{Read, reads};
pub use retire::retire;
pub use snapshot::{Snapshot, normalise};

use super::plan::{Note, Plan, Purpose};
use super::{Builder, Object, Policy, Written};
use crate::export::{Estate, Mapping};
use crate::model::SiteId;
use matching::matches;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What devices and what stands below them refer to.
const SHARED: [&str; 10] = [
    "tenancy/tenants",
    "ipam/vrfs",
    "dcim/sites",
    "extras/custom-fields",
    "extras/tags",
    "dcim/manufacturers",
    "dcim/device-types",
    "dcim/device-roles",
    "dcim/platforms",
    "dcim/locations",
];

/// What `audit.yaml` says of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the target.
    pub target: String,
    /// Address of the server.
    pub server: String,
    /// Name of the tenant.
    pub tenant: String,
    /// Name of the VRF of addresses and prefixes; the global table where there is none.
    pub vrf: Option<String>,
    /// When devices are retired.
    pub retire: Policy,
}

/// A device that has a place in the target.
#[derive(Clone)]
pub(super) struct Placed<'a> {
    reference: Value,
    object: Option<&'a Object>,
}

/// A port that has a place.
#[derive(Clone)]
pub(super) struct PlacedPort<'a> {
    name: String,
    reference: Value,
    object: Option<&'a Object>,
    kind: String,
}

/// Makes the plan of one estate.
pub(super) struct Maker<'a> {
    estate: &'a Estate,
    mapping: &'a Mapping,
    settings: &'a Settings,
    snapshot: &'a Snapshot,
    written: &'a Written,
    builder: Builder<'a>,
    tenant: Value,
    vrf: Value,
    sites: BTreeMap<SiteId, Value>,
    /// Slugs given out in this plan, by collection.
    slugs: BTreeSet<(&'static str, String)>,
    devices: BTreeMap<Uuid, Placed<'a>>,
    vlans: BTreeMap<(SiteId, u16), Value>,
    ports: BTreeMap<(Uuid, String), PlacedPort<'a>>,
    /// Devices that their main address is taken from.
    released: BTreeSet<String>,
    /// Objects of the target that the plan has a say on.
    wanted: BTreeSet<String>,
}

/// The plan that brings an estate into NetBox.
#[must_use]
pub fn plan(
    estate: &Estate,
    mapping: &Mapping,
    settings: &Settings,
    snapshot: &Snapshot,
    written: &Written,
) -> Plan {
    let mut maker = Maker::new(estate, mapping, settings, snapshot, written, Purpose::Sync);
    maker.setup();
    maker.devices();
    maker.vlans();
    maker.interfaces();
    maker.macs();
    maker.addresses();
    maker.prefixes();
    maker.components();
    maker.stacks();
    maker.cables();
    maker.services();
    maker.gone();
    maker.finished()
}

impl<'a> Maker<'a> {
    fn new(
        estate: &'a Estate,
        mapping: &'a Mapping,
        settings: &'a Settings,
        snapshot: &'a Snapshot,
        written: &'a Written,
        purpose: Purpose,
    ) -> Self {
        let scope = (estate.audit, estate.as_of);
        let empty = Plan::new(&settings.target, &settings.server, purpose, scope);
        Self {
            estate,
            mapping,
            settings,
            snapshot,
            written,
            builder: Builder::new(empty, mapping, written),
            tenant: Value::Null,
            vrf: Value::Null,
            sites: BTreeMap::new(),
            slugs: BTreeSet::new(),
            devices: BTreeMap::new(),
            vlans: BTreeMap::new(),
            ports: BTreeMap::new(),
            released: BTreeSet::new(),
            wanted: BTreeSet::new(),
        }
    }

    fn finished(self) -> Plan {
        let mut plan = self.builder.plan;
        plan.unplaced.sort();
        plan.unplaced.dedup();
        // What devices refer to goes first: lists are longer then.
        plan.operations
            .sort_by_key(|operation| !SHARED.contains(&operation.collection.as_str()));
        plan.missing = self.settings.retire.missing(self.estate);
        plan
    }

    /// Name of a custom field in the target.
    fn custom(&self, own: &'static str) -> String {
        custom_field(self.mapping, own)
    }

    /// Wants an object, and remembers that it was wanted.
    fn put(&mut self, wanted: super::Wanted, existing: Option<&Object>) -> Value {
        if let Some(object) = existing {
            self.wanted
                .insert(format!("{}/{}", wanted.collection, object.id));
        }
        self.builder.put(wanted, existing)
    }

    /// What we made below a device, and the run no longer shows: said, never deleted.
    fn gone(&mut self) {
        const BELOW: [&str; 4] = [
            "dcim/interfaces",
            "dcim/inventory-items",
            "ipam/ip-addresses",
            "ipam/services",
        ];
        for collection in BELOW {
            for object in self.snapshot.all(collection) {
                let key = format!("{collection}/{}", object.id);
                if self.written.values.contains_key(&key) && !self.wanted.contains(&key) {
                    let name = ["name", "address"].map(|field| object.text(field)).concat();
                    let device = self.snapshot.get("dcim/devices", object.get("device"));
                    let device = device.map_or("", |device| device.text("name"));
                    let note = Note::new(
                        "gone",
                        format!("{device} {name}").trim(),
                        &[("kind", collection)],
                    );
                    self.builder.unplaced(note);
                }
            }
        }
    }
}

/// Name of a custom field in the target, by our name for it.
fn custom_field(mapping: &Mapping, own: &str) -> String {
    let named = mapping.custom_fields.get(own).cloned();
    named.unwrap_or_else(|| match own {
        "arpenteur_id" => own.to_owned(),
        other => format!("arpenteur_{other}"),
    })
}
