//! Marks devices that are no longer found: by a status and a tag, never by a deletion.
use super::setup::{self, TAG_RETIRED};
use super::{Maker, Settings, Snapshot};
use crate::cmdb::{Plan, Purpose, Refusal, Rule, Wanted, Written};
use crate::export::{Estate, Field, Lifecycle, Mapping};
use serde_json::Value;

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
    let mut maker = Maker::new(
        estate,
        mapping,
        settings,
        snapshot,
        written,
        Purpose::Retire,
    );
    let tenant = setup::tenant(settings, snapshot).map(|tenant| tenant.id.clone());
    maker.tenant = tenant.unwrap_or_default();
    maker.retired()?;
    Ok(maker.finished())
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
        let due = self.settings.retire.due(
            self.estate,
            &own,
            |device| device.text(&field).to_owned(),
            |device| device.text("status") == status,
            &mut self.builder,
        )?;
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
