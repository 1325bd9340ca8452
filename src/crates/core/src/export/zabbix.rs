//! Hosts for Zabbix's import (format version 6.0, which newer servers convert).
use super::estate::{Device, Estate};
use super::mapping::Mapping;
use super::tree::{File, clean, tidy};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::{Builder, Uuid};

/// Longest visible name of a host, characters.
const LONGEST_NAME: usize = 128;

/// `zabbix.json`: a host for each device that answered. Its technical name is our id, so that an
/// import with "update existing" renames and never duplicates; nothing is to be deleted by it.
/// Communities are macros of the server (`{$SNMP_COMMUNITY}`), never values.
#[must_use]
pub fn zabbix(estate: &Estate, mapping: &Mapping) -> File {
    let mut groups: BTreeSet<String> = BTreeSet::new();
    let mut visible: BTreeMap<String, usize> = BTreeMap::new();
    let mut hosts = Vec::new();
    for device in estate
        .devices
        .iter()
        .filter(|device| device.address.is_some())
    {
        let own = groups_of(estate, mapping, device);
        groups.extend(own.iter().cloned());
        let name: String = clean(&device.name)
            .chars()
            .take(LONGEST_NAME - 10)
            .collect();
        // Visible names are unique on a server.
        let count = visible.entry(name.to_lowercase()).or_default();
        *count += 1;
        let name = if *count == 1 {
            name
        } else {
            format!("{name} ({count})")
        };
        hosts.push(host(device, mapping, &name, &own));
    }
    let groups: Vec<Value> = groups
        .iter()
        .map(|name| json!({"uuid": random_like(&estate.audit, name), "name": name}))
        .collect();
    let export = json!({
        "zabbix_export": {"version": "6.0", "groups": groups, "hosts": hosts},
    });
    File::json("zabbix.json", &export)
}

/// The client's group, and below it the site's. `/` nests groups: names do not hold it.
fn groups_of(estate: &Estate, mapping: &Mapping, device: &Device) -> Vec<String> {
    let part = |text: &str| {
        let text = clean(text).replace('/', "-");
        if text.is_empty() {
            "-".to_owned()
        } else {
            text
        }
    };
    let client = part(&estate.client);
    let site = estate.site_name(&device.site);
    let site = part(mapping.site(&device.site.0, site));
    vec![client.clone(), format!("{client}/{site}")]
}

fn host(device: &Device, mapping: &Mapping, name: &str, groups: &[String]) -> Value {
    let groups: Vec<Value> = groups.iter().map(|name| json!({"name": name})).collect();
    let interface = if device.snmp {
        json!({"type": "SNMP", "ip": device.address, "port": "161", "interface_ref": "if1",
               "details": {"community": "{$SNMP_COMMUNITY}"}})
    } else {
        json!({"ip": device.address, "interface_ref": "if1"})
    };
    let tags = [
        ("arpenteur_id", Some(device.id.to_string())),
        ("class", Some(device.class.clone())),
        ("site", Some(device.site.0.clone())),
        ("role", device.role.clone()),
        ("criticality", device.criticality.clone()),
    ];
    let tags: Vec<Value> = tags
        .into_iter()
        .filter_map(|(tag, value)| Some(json!({"tag": tag, "value": cut(&value?, 255)})))
        .collect();
    let mut host = tidy(json!({
        "host": format!("arpenteur-{}", device.id),
        "name": name,
        "groups": groups,
        "interfaces": [interface],
        "tags": tags,
        "inventory_mode": "MANUAL",
    }));
    if let Some(host) = host.as_object_mut() {
        host.insert("inventory".to_owned(), inventory(device, mapping));
    }
    host
}

/// Fields of a host's inventory, each cut to its column's length.
fn inventory(device: &Device, mapping: &Mapping) -> Value {
    let text = |value: &Option<String>, longest| value.as_ref().map(|text| cut(text, longest));
    let system = [&device.os_name, &device.os_version];
    let system: Vec<&str> = system.into_iter().flatten().map(String::as_str).collect();
    let maker = device.manufacturer.as_deref();
    tidy(json!({
        "name": cut(&device.name, 128),
        "type": cut(mapping.role(&device.class, &device.class), 64),
        "vendor": maker.map(|maker| cut(mapping.manufacturer(maker), 64)),
        "model": text(&device.model, 64),
        "serialno_a": text(&device.serial, 64),
        "os": text(&device.os_name, 128),
        "os_full": cut(&system.join(" "), 255),
        "software": text(&device.firmware, 255),
        "macaddress_a": device.mac,
        "location": text(&device.location, 1000),
        "contact": text(&device.contact, 1000),
    }))
}

fn cut(text: &str, longest: usize) -> String {
    clean(text).chars().take(longest).collect()
}

/// A UUID of the form that Zabbix insists on (version 4), the same in every export.
fn random_like(audit: &Uuid, name: &str) -> String {
    let stable = Uuid::new_v5(audit, format!("zabbix group {name}").as_bytes());
    let shaped = Builder::from_random_bytes(*stable.as_bytes()).into_uuid();
    shaped.simple().to_string()
}
