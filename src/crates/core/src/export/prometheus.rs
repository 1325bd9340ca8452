//! Targets for Prometheus's HTTP or file service discovery, for an SNMP exporter.
use super::estate::Estate;
use super::mapping::Mapping;
use super::tree::{File, tidy};
use serde_json::{Value, json};

/// `prometheus.json`: one group for each device whose SNMP agent let us read. The target is the bare address, as
/// snmp_exporter takes it; no device gives `[]`, which the protocol asks for.
#[must_use]
pub fn prometheus(estate: &Estate, mapping: &Mapping) -> File {
    let groups: Vec<Value> = estate
        .devices
        .iter()
        .filter_map(|device| {
            let address = device.address.filter(|_| device.snmp)?;
            Some(tidy(json!({
                "targets": [address],
                "labels": {
                    "arpenteur_id": device.id,
                    "name": device.name,
                    "site": mapping.site(&device.site.0, &device.site.0),
                    "class": device.class,
                    "role": mapping.role(&device.class, &device.kinds.netbox),
                },
            })))
        })
        .collect();
    File::json("prometheus.json", &groups.into())
}
