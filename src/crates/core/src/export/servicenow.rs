//! Payloads for ServiceNow's Identification and Reconciliation Engine, and a CSV for an import
//! set. Unproven: no instance was at hand; what the engine takes was read in its documentation.
use super::csv::quoted;
use super::estate::{Device, Estate};
use super::mapping::Mapping;
use super::tree::{File, clean, tidy};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Items of one payload: the engine works on it as a whole.
const ITEMS: usize = 500;
/// Links of one payload, each of which may bring two items.
const LINKS: usize = 200;
/// Columns of the import set.
const COLUMNS: [&str; 13] = [
    "correlation_id",
    "sys_class_name",
    "name",
    "serial_number",
    "manufacturer",
    "model_number",
    "ip_address",
    "mac_address",
    "os",
    "os_version",
    "location",
    "install_status",
    "last_discovered",
];

/// `servicenow-ire-NNN.json` for `identifyreconcile` (devices, then links with their two ends
/// again: the same source key is the same item), and `servicenow-import-set.csv`.
#[must_use]
pub fn servicenow(estate: &Estate, mapping: &Mapping) -> Vec<File> {
    let mut payloads: Vec<Value> = estate
        .devices
        .chunks(ITEMS)
        .map(|devices| {
            let items: Vec<Value> = devices
                .iter()
                .map(|device| item(estate, mapping, device))
                .collect();
            json!({"items": items, "relations": []})
        })
        .collect();
    payloads.extend(estate.cables.chunks(LINKS).map(|cables| {
        let ends = cables
            .iter()
            .flat_map(|cable| [(cable.a.0, cable.b.0), (cable.b.0, cable.a.0)]);
        linked(estate, mapping, ends.filter(|(a, b)| a < b))
    }));
    let numbered = payloads.iter().enumerate();
    let mut files: Vec<File> = numbered
        .map(|(index, payload)| {
            File::json(&format!("servicenow-ire-{:03}.json", index + 1), payload)
        })
        .collect();
    files.push(File::new(
        "servicenow-import-set.csv",
        import_set(estate, mapping),
    ));
    files
}

fn linked(estate: &Estate, mapping: &Mapping, pairs: impl Iterator<Item = (Uuid, Uuid)>) -> Value {
    let devices: BTreeMap<Uuid, &Device> = estate
        .devices
        .iter()
        .map(|device| (device.id, device))
        .collect();
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut items = Vec::new();
    let mut relations = Vec::new();
    for (a, b) in pairs {
        let mut place = |id: Uuid| {
            let device = devices.get(&id)?;
            let next = places.len();
            Some(*places.entry(id).or_insert_with(|| {
                items.push(item(estate, mapping, device));
                next
            }))
        };
        if let (Some(parent), Some(child)) = (place(a), place(b)) {
            let relation =
                json!({"parent": parent, "child": child, "type": "Connects to::Connected by"});
            // Two cables between two devices are one relation.
            if !relations.contains(&relation) {
                relations.push(relation);
            }
        }
    }
    json!({"items": items, "relations": relations})
}

fn item(estate: &Estate, mapping: &Mapping, device: &Device) -> Value {
    let serial = device.serial.as_ref().map(|serial| {
        json!([{
            "className": "cmdb_serial_number",
            "values": {"serial_number": serial, "serial_number_type": "chassis", "valid": "true"},
        }])
    });
    let megabytes = device
        .memory
        .map(|bytes| (bytes / (1024 * 1024)).to_string());
    tidy(json!({
        "className": device.kinds.servicenow,
        "internal_id": device.id,
        "values": {
            "name": device.name,
            "serial_number": device.serial,
            "manufacturer": device.manufacturer.as_deref().map(|maker| mapping.manufacturer(maker)),
            "model_number": device.model,
            "ip_address": device.address,
            "mac_address": device.mac,
            "os": device.os_name,
            "os_version": device.os_version,
            "ram": megabytes,
            "location": mapping.site(&device.site.0, estate.site_name(&device.site)),
            "short_description": device.description,
            "correlation_id": device.id,
        },
        "lookup": serial,
        "sys_object_source_info": {
            "source_name": "Arpenteur",
            "source_native_key": device.id,
            "source_feed": estate.audit,
            "source_recency_timestamp": estate.as_of.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        },
    }))
}

/// RFC 4180, UTF-8; a cell that a spreadsheet would take for a formula gets an apostrophe.
fn import_set(estate: &Estate, mapping: &Mapping) -> String {
    let mut out = COLUMNS.join(",");
    out.push_str("\r\n");
    let seen = estate.as_of.strftime("%Y-%m-%d %H:%M:%S").to_string();
    for device in &estate.devices {
        let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
        let maker = device.manufacturer.as_deref().unwrap_or_default();
        let address = device.address.map(|address| address.to_string());
        let cells: [String; COLUMNS.len()] = [
            device.id.to_string(),
            device.kinds.servicenow.clone(),
            device.name.clone(),
            or_empty(&device.serial),
            mapping.manufacturer(maker).to_owned(),
            or_empty(&device.model),
            or_empty(&address),
            or_empty(&device.mac),
            or_empty(&device.os_name),
            or_empty(&device.os_version),
            mapping
                .site(&device.site.0, estate.site_name(&device.site))
                .to_owned(),
            // 1 is "Installed" of the base system.
            "1".to_owned(),
            seen.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(&clean(cell))).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}
