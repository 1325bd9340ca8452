//! How a device is recognised in NetBox: by our custom field, by its serial number among the
//! tenant's devices and those of no tenant, by name within site and tenant.
use super::words::cut;
use super::{Snapshot, custom_field};
use crate::cmdb::Object;
use crate::cmdb::matching::{Match, Matcher, lower};
use crate::export::{Device, Estate, Mapping};
use crate::model::SiteId;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Length of a device's name in NetBox.
const NAME: usize = 64;
/// Length of a serial number in NetBox.
pub(super) const SERIAL: usize = 50;

/// Which object of the target each device is.
pub(super) fn matches<'a>(
    estate: &Estate,
    mapping: &Mapping,
    snapshot: &'a Snapshot,
    tenant: &Value,
    sites: &BTreeMap<SiteId, Value>,
) -> BTreeMap<Uuid, Match<'a>> {
    let field = format!("custom_fields.{}", custom_field(mapping, "arpenteur_id"));
    let ours = |object: &Object| {
        let theirs = object.get("tenant");
        theirs.is_null() || theirs == tenant
    };
    let devices = "dcim/devices";
    let matcher = Matcher {
        by_id: snapshot.index(devices, |object| lower(object, &field)),
        by_serial: snapshot.index(devices, |object| {
            lower(object, "serial").filter(|_| ours(object))
        }),
        by_name: snapshot.index(devices, |object| {
            let name = lower(object, "name").filter(|_| object.get("tenant") == tenant);
            Some((object.get("site").to_string(), name?))
        }),
        id_field: field,
        serial_field: "serial",
        place: &|device| sites.get(&device.site).map(Value::to_string),
        longest: (NAME, SERIAL),
    };
    matcher.all(estate)
}

/// The serial number as NetBox takes it.
pub(super) fn serial(device: &Device) -> Option<String> {
    device.serial.as_deref().map(|serial| cut(serial, SERIAL))
}
