//! CycloneDX 1.6 (ECMA-424): a bill of materials of devices, firmware and operating systems.
use super::estate::{Device, Estate};
use super::mapping::Mapping;
use super::tree::{File, clean, tidy};
use serde_json::{Value, json};
use uuid::Uuid;

/// `inventory.cdx.json`. Its serial number is derived from the audit and the judgement date.
#[must_use]
pub fn cyclonedx(estate: &Estate, mapping: &Mapping) -> File {
    let name = format!("cyclonedx/{}", estate.as_of);
    let serial = Uuid::new_v5(&estate.audit, name.as_bytes());
    let components: Vec<Value> = estate
        .devices
        .iter()
        .map(|device| component(device, mapping))
        .collect();
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": {
            "timestamp": estate.as_of.to_string(),
            "tools": {"components": [{
                "type": "application",
                "name": "Arpenteur",
                "version": env!("CARGO_PKG_VERSION"),
            }]},
        },
        "components": components,
    });
    File::json("inventory.cdx.json", &tidy(bom))
}

fn component(device: &Device, mapping: &Mapping) -> Value {
    let site = mapping.site(&device.site.0, &device.site.0);
    let properties = [
        ("cdx:device:serialNumber", device.serial.as_deref()),
        ("cdx:device:macAddress", device.mac.as_deref()),
        (
            "cdx:device:location",
            device.location.as_deref().or(Some(site)),
        ),
        ("cdx:device:function", Some(device.class.as_str())),
    ];
    let properties: Vec<Value> = properties
        .into_iter()
        .filter_map(|(name, value)| Some(json!({"name": name, "value": value?})))
        .collect();
    let nested = |kind: &str, name: &str, version: Option<&String>| {
        json!({
            "type": kind,
            "bom-ref": format!("{}/{kind}", device.id),
            "name": if clean(name).is_empty() { "unknown" } else { name },
            "version": version,
        })
    };
    let firmware = device.firmware.as_ref();
    let firmware = firmware.map(|version| {
        nested(
            "firmware",
            device.model.as_deref().unwrap_or(&device.name),
            Some(version),
        )
    });
    let os = device.os_name.as_ref();
    let os = os.map(|name| nested("operating-system", name, device.os_version.as_ref()));
    let parts: Vec<Value> = firmware.into_iter().chain(os).collect();
    let maker = device.manufacturer.as_deref();
    json!({
        "type": "device",
        "bom-ref": device.id,
        "name": if clean(&device.name).is_empty() { "unknown" } else { &device.name },
        "version": device.model,
        "manufacturer": maker.map(|own| json!({"name": mapping.manufacturer(own)})),
        "description": device.description,
        "properties": properties,
        "components": parts,
    })
}
