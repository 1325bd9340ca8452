//! iTop 2.7 and newer: devices and interfaces as rows of synchronisation data sources, everything
//! else one by one over REST. See `docs/cmdb.md`.
mod classes;
mod device;
mod matching;
mod port;
mod reads;
mod setup;
mod snapshot;

pub use classes::{Class, SOURCE, class};
pub use reads::{ROUNDS, Read, reads};
pub use snapshot::{PRIMARY_KEY, Snapshot, normalise};

use super::plan::{Action, Note, Operation, Plan, Purpose};
use super::{Builder, Object, Policy, Refusal, Rule, Wanted, Written};
use crate::export::{Estate, Field, Lifecycle, Mapping};
use crate::model::SiteId;
use classes::INTERFACE;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Longest text of an attribute (AttributeString), characters.
const LONGEST: usize = 255;

/// What `audit.yaml` says of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the target.
    pub target: String,
    /// Address of the server.
    pub server: String,
    /// Name of the organisation.
    pub organization: String,
    /// Login of the account.
    pub user: String,
    /// When devices are retired.
    pub retire: Policy,
}

/// Name of an audit's synchronisation data source for a class.
#[must_use]
pub fn source_name(audit: Uuid, class: &str) -> String {
    format!("Arpenteur {class} {audit}")
}

/// A device that has a place in the target.
#[derive(Clone)]
struct Placed<'a> {
    reference: Value,
    object: Option<&'a Object>,
    class: &'static Class,
}

/// Where an operation stands in the plan: what devices refer to, devices, what stands below them.
fn place(operation: &Operation) -> (u8, &str, bool) {
    let is_device = |name: &str| classes::DEVICES.iter().any(|class| class.name == name);
    match operation.collection.as_str() {
        name if is_device(name) => (1, name, operation.action == Action::Update),
        INTERFACE => (2, "", operation.action == Action::Update),
        "VLAN" | "Subnet" | classes::MEMBERSHIP | classes::LINK => (3, "", false),
        _ => (0, "", false),
    }
}

/// Makes the plan of one estate.
struct Maker<'a> {
    estate: &'a Estate,
    mapping: &'a Mapping,
    settings: &'a Settings,
    snapshot: &'a Snapshot,
    written: &'a Written,
    builder: Builder<'a>,
    organization: Value,
    locations: BTreeMap<SiteId, Value>,
    devices: BTreeMap<Uuid, Placed<'a>>,
    ports: BTreeMap<(Uuid, String), Value>,
    /// Classes of models, by name and brand.
    models: BTreeMap<String, Value>,
    /// Objects of the target that the plan has a say on.
    wanted: BTreeSet<String>,
}

/// The plan that brings an estate into iTop.
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
    maker.interfaces();
    maker.vlans();
    maker.subnets();
    maker.links();
    maker.gone();
    maker.finished()
}

/// The plan that marks what is due as obsolete.
///
/// # Errors
/// Where the run is incomplete, or too many devices are due.
pub fn retire(
    estate: &Estate,
    mapping: &Mapping,
    settings: &Settings,
    snapshot: &Snapshot,
    written: &Written,
) -> Result<Plan, Refusal> {
    let purpose = Purpose::Retire;
    let mut maker = Maker::new(estate, mapping, settings, snapshot, written, purpose);
    let status = mapping
        .status(Lifecycle::Retired, device::OBSOLETE)
        .to_owned();
    let own = matching::devices(snapshot);
    let due = settings.retire.due(
        estate,
        &own,
        |device| device.text(PRIMARY_KEY).to_owned(),
        |device| device.text("status") == status,
        &mut maker.builder,
    )?;
    for (missing, device) in due {
        if let Some(class) = class(device.text(snapshot::CLASS)) {
            let key = missing.arpenteur_id.to_string();
            let wanted = Wanted::new(class.name, &key, device.text("name")).mapped(
                "status",
                status.clone(),
                Rule::Ours,
                Field::Status,
            );
            maker.put(wanted, Some(device));
        }
    }
    Ok(maker.finished())
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
            organization: Value::Null,
            locations: BTreeMap::new(),
            devices: BTreeMap::new(),
            ports: BTreeMap::new(),
            models: BTreeMap::new(),
            wanted: BTreeSet::new(),
        }
    }

    fn finished(self) -> Plan {
        let mut plan = self.builder.plan;
        plan.unplaced.sort();
        plan.unplaced.dedup();
        // What devices refer to, then devices class by class: rows go in few loads.
        plan.operations.sort_by(|a, b| place(a).cmp(&place(b)));
        plan.missing = self.settings.retire.missing(self.estate);
        plan
    }

    /// Wants an object, and remembers that it was wanted.
    fn put(&mut self, wanted: Wanted, existing: Option<&Object>) -> Value {
        if let Some(object) = existing {
            let id = object.id.as_str().unwrap_or_default();
            self.wanted.insert(format!("{}/{id}", wanted.collection));
        }
        self.builder.put(wanted, existing)
    }

    /// Interfaces that we made and the run no longer shows: said, never deleted.
    fn gone(&mut self) {
        for port in self.snapshot.all(INTERFACE) {
            let key = format!("{INTERFACE}/{}", port.id.as_str().unwrap_or_default());
            if self.written.values.contains_key(&key) && !self.wanted.contains(&key) {
                let mut devices = self.devices.values().filter_map(|placed| placed.object);
                let device = devices.find(|object| object.id == *port.get("connectableci_id"));
                let device = device.map_or("", |device| device.text("name"));
                let object = format!("{device} {}", port.text("name"));
                let note = Note::new("gone", object.trim(), &[("kind", INTERFACE)]);
                self.builder.unplaced(note);
            }
        }
    }
}
