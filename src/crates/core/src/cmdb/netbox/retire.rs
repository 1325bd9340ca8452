//! Marks devices that are no longer found: by a status and a tag, never by a deletion.
use super::setup::{self, TAG_RETIRED};
use super::{Maker, Settings, Snapshot, missing};
use crate::cmdb::{Builder, Note, Plan, Purpose, Rule, Wanted, Written};
use crate::export::{Estate, Field, Lifecycle, Mapping};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Why nothing is retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The run did not see its whole scope.
    Incomplete,
    /// More than the policy allows: devices due, devices of the client in the target.
    TooMany(usize, usize),
}

/// The plan that retires what is due.
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
    if !estate.complete {
        return Err(Refusal::Incomplete);
    }
    let empty = Plan::new(
        &settings.target,
        &settings.server,
        Purpose::Retire,
        (estate.audit, estate.as_of),
    );
    let tenant = setup::tenant(settings, snapshot).map(|tenant| tenant.id.clone());
    let mut maker = Maker {
        estate,
        mapping,
        settings,
        snapshot,
        written,
        builder: Builder::new(empty, mapping, written),
        tenant: tenant.unwrap_or_default(),
        vrf: Value::Null,
        sites: BTreeMap::new(),
        slugs: BTreeSet::new(),
        devices: BTreeMap::new(),
        vlans: BTreeMap::new(),
        ports: BTreeMap::new(),
        wanted: BTreeSet::new(),
    };
    maker.retired()?;
    let mut plan = maker.builder.plan;
    plan.missing = missing(estate, settings);
    Ok(plan)
}

impl Maker<'_> {
    fn retired(&mut self) -> Result<(), Refusal> {
        let field = setup::id_field(self.mapping);
        let status = self
            .mapping
            .status(Lifecycle::Retired, "decommissioning")
            .to_owned();
        // Of this client alone: another's device is not ours to retire, whatever id it carries.
        let snapshot = self.snapshot;
        let devices = snapshot.all("dcim/devices").iter();
        let own: Vec<_> = devices
            .filter(|device| {
                !device.get("tenant").is_null() && *device.get("tenant") == self.tenant
            })
            .collect();
        let mut due = Vec::new();
        for missing in missing(self.estate, self.settings)
            .into_iter()
            .filter(|missing| missing.due)
        {
            let id = missing.arpenteur_id.to_string();
            match own.iter().find(|device| device.text(&field) == id) {
                Some(device) => due.push((missing, *device)),
                None => self
                    .builder
                    .unplaced(Note::new("not-in-target", missing.name, &[])),
            }
        }
        due.retain(|(_, device)| device.text("status") != status);
        let most = own.len() * self.settings.at_most_percent as usize;
        if due.len() * 100 > most {
            return Err(Refusal::TooMany(due.len(), own.len()));
        }
        for (missing, device) in due {
            let tag = self.tag(TAG_RETIRED);
            let mut tags = match device.get("tags") {
                Value::Array(tags) => tags.clone(),
                _ => Vec::new(),
            };
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            let wanted = Wanted::new(
                "dcim/devices",
                &missing.arpenteur_id.to_string(),
                device.text("name"),
            )
            .mapped("status", status.clone(), Rule::Ours, Field::Status)
            .with("tags", tags, Rule::Ours);
            self.put(wanted, Some(device));
        }
        Ok(())
    }
}
