//! OCSF `inventory_info` (class 5001), JSON lines: one event a device.
use super::estate::{Device, Estate};
use super::mapping::Mapping;
use super::tree::{File, clean, tidy};
use serde_json::{Value, json};

/// Version of the schema that the attributes are of.
const VERSION: &str = "1.9.0-dev";

/// `inventory.ocsf.jsonl`.
#[must_use]
pub fn ocsf(estate: &Estate, mapping: &Mapping) -> File {
    let lines: String = estate
        .devices
        .iter()
        .map(|device| format!("{}\n", tidy(event(device, estate, mapping))))
        .collect();
    File::new("inventory.ocsf.jsonl", lines)
}

fn event(device: &Device, estate: &Estate, mapping: &Mapping) -> Value {
    let interfaces: Vec<Value> = device
        .ports
        .iter()
        .map(|port| json!({"name": port.name, "mac": port.mac, "type_id": 99}))
        .collect();
    let os = device
        .os_name
        .as_ref()
        // `os.name` is required: what is blank once cleaned is none.
        .filter(|name| !clean(name).is_empty())
        .or(device.os_family.as_ref())
        .map(|name| {
            json!({
                "name": name,
                "type_id": os_type(device.os_family.as_deref()),
                "version": device.os_version,
                "kernel_release": device.kernel,
            })
        });
    json!({
        "activity_id": 2,
        "category_uid": 5,
        "class_uid": 5001,
        "type_uid": 500_102,
        "severity_id": 1,
        "time": estate.as_of.as_millisecond(),
        "metadata": {
            "version": VERSION,
            "product": {
                "name": "Arpenteur",
                "vendor_name": "Arpenteur",
                "version": env!("CARGO_PKG_VERSION"),
            },
            "correlation_uid": estate.audit,
            "tenant_uid": estate.client,
        },
        "device": {
            "type_id": device_type(&device.class),
            "type": device.class,
            "uid": device.id,
            "name": device.name,
            "ip": device.address,
            "mac": device.mac,
            "desc": device.description,
            "model": device.model,
            "vendor_name": device.manufacturer.as_deref().map(|own| mapping.manufacturer(own)),
            "location": {"desc": device.location.as_deref().unwrap_or(mapping.site(&device.site.0, &device.site.0))},
            "os": os,
            "hw_info": device.serial.as_ref().map(|serial| json!({"serial_number": serial})),
            "network_interfaces": interfaces,
        },
    })
}

/// `device.type_id`.
fn device_type(class: &str) -> u8 {
    match class {
        "unknown" => 0,
        "server" | "hypervisor" => 1,
        "workstation" => 2,
        "iot" | "camera" | "plc" | "environment" => 7,
        "firewall" => 9,
        "switch" => 10,
        "router" => 12,
        "load_balancer" => 15,
        _ => 99,
    }
}

/// `os.type_id`.
fn os_type(family: Option<&str>) -> u16 {
    match family {
        Some("windows") => 100,
        Some("linux") => 200,
        Some("macos") => 300,
        Some("solaris") => 400,
        Some("aix") => 401,
        Some("hp-ux") => 402,
        Some(_) => 99,
        None => 0,
    }
}
