//! Ansible's dynamic inventory: what a script prints for `--list`, with `_meta.hostvars`.
use super::estate::{Device, Estate};
use super::mapping::Mapping;
use super::tree::{File, tidy};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Network operating systems of which Ansible has a collection: family and `ansible_network_os`.
const NETWORK_OS: [(&str, &str); 8] = [
    ("ios", "cisco.ios.ios"),
    ("ios-xe", "cisco.ios.ios"),
    ("ios-xr", "cisco.iosxr.iosxr"),
    ("nx-os", "cisco.nxos.nxos"),
    ("junos", "junipernetworks.junos.junos"),
    ("eos", "arista.eos.eos"),
    ("fortios", "fortinet.fortios.fortios"),
    ("routeros", "community.routeros.routeros"),
];

/// `ansible.json`: devices that answered, in groups by site, class and operating system.
#[must_use]
pub fn ansible(estate: &Estate, mapping: &Mapping) -> File {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut hosts = Map::new();
    for device in estate.devices.iter().filter(|d| d.address.is_some()) {
        let host = host(device);
        let site = mapping.site(&device.site.0, &device.site.0);
        let os = device.os_family.as_deref().map(|os| ("os", os));
        let all = [("site", site), ("class", &device.class)];
        for (kind, name) in all.into_iter().chain(os) {
            let members = groups.entry(group(kind, name)).or_default();
            members.insert(host.clone());
        }
        hosts.insert(host, variables(device, site));
    }
    let mut tree = Map::new();
    let names: Vec<&String> = groups.keys().collect();
    tree.insert("all".to_owned(), json!({"children": names}));
    for (name, hosts) in &groups {
        tree.insert(name.clone(), json!({"hosts": hosts}));
    }
    tree.insert("_meta".to_owned(), json!({"hostvars": hosts}));
    File::json("ansible.json", &tidy(tree.into()))
}

/// A name of its own for each host: letters, digits and the beginning of its id.
fn host(device: &Device) -> String {
    let name: String = device
        .name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
        .take(60)
        .collect();
    let id = device.id.simple().to_string();
    let start: String = id.chars().take(12).collect();
    match name.trim_start_matches(['-', '.', '_']) {
        "" => format!("device-{start}"),
        name => format!("{name}-{start}"),
    }
}

/// Group names are identifiers: letters, digits and underscores.
fn group(kind: &str, name: &str) -> String {
    let name: String = name
        .chars()
        .take(60)
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    format!("{kind}_{name}")
}

/// Texts of devices are data: a `{{` in one would be a template that Ansible runs.
fn variables(device: &Device, site: &str) -> Value {
    let safe = |text: &str| {
        text.replace("{{", "{ {")
            .replace("{%", "{ %")
            .replace("{#", "{ #")
    };
    let network_os = device.os_family.as_deref().and_then(|family| {
        let known = NETWORK_OS.iter().find(|(own, _)| *own == family);
        known.map(|(_, name)| *name)
    });
    json!({
        "ansible_host": device.address,
        "ansible_network_os": network_os,
        "arpenteur_id": device.id,
        "arpenteur_name": safe(&device.name),
        "arpenteur_site": safe(site),
        "arpenteur_class": device.class,
        "arpenteur_manufacturer": device.manufacturer.as_deref().map(safe),
        "arpenteur_model": device.model.as_deref().map(safe),
        "arpenteur_serial": device.serial.as_deref().map(safe),
        "arpenteur_os": device.os_name.as_deref().map(safe),
        "arpenteur_os_version": device.os_version.as_deref().map(safe),
    })
}
