//! How a device is recognised in iTop: by the key of its row, which the journals hold, by its
//! serial number, by its name; all within the organisation.
use super::classes::{DEVICES, PHYSICAL};
use super::snapshot::PRIMARY_KEY;
use super::{LONGEST, Settings, Snapshot};
use crate::cmdb::Object;
use crate::cmdb::matching::{Match, Matcher, lower};
use crate::export::Estate;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Devices of the organisation, whatever their class; each once.
pub(super) fn devices(snapshot: &Snapshot) -> Vec<&Object> {
    let classes = DEVICES.iter().map(|class| class.name).chain([PHYSICAL]);
    let mut seen = BTreeSet::new();
    let all = classes.flat_map(|class| snapshot.all(class));
    all.filter(|object| seen.insert(object.id.to_string()))
        .collect()
}

/// Which object of the target each device is.
pub(super) fn matches<'a>(
    estate: &Estate,
    settings: &Settings,
    snapshot: &'a Snapshot,
) -> BTreeMap<Uuid, Match<'a>> {
    let mut by_id: BTreeMap<String, Vec<&Object>> = BTreeMap::new();
    let mut by_serial: BTreeMap<String, Vec<&Object>> = BTreeMap::new();
    let mut by_name: BTreeMap<(String, String), Vec<&Object>> = BTreeMap::new();
    let place = settings.organization.to_lowercase();
    for object in devices(snapshot) {
        if let Some(id) = lower(object, PRIMARY_KEY) {
            by_id.entry(id).or_default().push(object);
        }
        if let Some(serial) = lower(object, "serialnumber") {
            by_serial.entry(serial).or_default().push(object);
        }
        if let Some(name) = lower(object, "name") {
            by_name
                .entry((place.clone(), name))
                .or_default()
                .push(object);
        }
    }
    let matcher = Matcher {
        by_id,
        by_serial,
        by_name,
        id_field: PRIMARY_KEY.to_owned(),
        serial_field: "serialnumber",
        place: &|_| Some(place.clone()),
        longest: (LONGEST, LONGEST),
    };
    matcher.all(estate)
}
