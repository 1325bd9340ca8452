//! GLPI native inventory: one JSON message a device, as the inventory format of the GLPI project
//! (glpi-project/inventory_format) has it. A value outside the schema makes the server reject the
//! whole device, so what does not fit is left out.
use super::estate::{Address, Device, Estate, Neighbour, Port};
use super::mapping::{Field, Mapping};
use super::tree::{clean, tidy};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

/// Bytes in the MiB that the format counts memory in.
const MIB: u64 = 1024 * 1024;

/// Types of `network_device`, with the item that the server makes of each (`Converter` of the
/// inventory format).
const TYPES: [(&str, &str); 7] = [
    ("Networking", "NetworkEquipment"),
    ("Printer", "Printer"),
    ("Storage", "NetworkEquipment"),
    ("Power", "NetworkEquipment"),
    ("Video", "NetworkEquipment"),
    ("KVM", "NetworkEquipment"),
    ("Unmanaged", "Unmanaged"),
];
/// Largest speed of a network card, Mbit/s: GLPI takes what is above for bits.
const CARD_SPEED: u64 = 100_000;

/// The message of one device.
#[derive(Debug, Clone, PartialEq)]
pub struct GlpiMessage {
    /// Name for a file: `arpenteur-<uuid>.json`.
    pub file: String,
    /// The device's id.
    pub device: Uuid,
    /// What is sent.
    pub body: Value,
}

/// One message for each device that was met or declared. `tag` is for the server's entity rules;
/// without one it is the client's name.
#[must_use]
pub fn glpi(estate: &Estate, mapping: &Mapping, tag: Option<&str>) -> Vec<GlpiMessage> {
    let tag = tag.unwrap_or(&estate.client);
    let message = |device: &Device| {
        let agent = format!("arpenteur-{}", device.id);
        let (itemtype, content) = content(device, estate, mapping);
        GlpiMessage {
            file: format!("{agent}.json"),
            device: device.id,
            body: tidy(json!({
                "action": "inventory",
                "deviceid": agent,
                "itemtype": itemtype,
                "tag": tag,
                "content": content,
            })),
        }
    };
    estate.devices.iter().map(message).collect()
}

fn content(device: &Device, estate: &Estate, mapping: &Mapping) -> (&'static str, Value) {
    let mut content = match device.kinds.glpi.as_str() {
        "Computer" => computer(device, mapping),
        // GLPI's phones have neither ports nor a network device.
        "Phone" => machine(device, mapping),
        _ => network_device(device, estate, mapping),
    };
    if let Some(content) = content.as_object_mut() {
        let version = concat!("Arpenteur_v", env!("CARGO_PKG_VERSION"));
        content.insert("versionclient".to_owned(), version.into());
        if let Some(version) = &device.firmware {
            let name = device.model.as_deref().unwrap_or(&device.name);
            let firmware = json!([{
                "name": name, "type": "device", "version": version,
                "manufacturer": manufacturer(device, mapping),
            }]);
            content.insert("firmwares".to_owned(), firmware);
        }
    }
    let itemtype = TYPES
        .iter()
        .find(|(own, _)| *own == device.kinds.glpi)
        .map_or("Unmanaged", |(_, itemtype)| itemtype);
    match device.kinds.glpi.as_str() {
        "Computer" => ("Computer", content),
        "Phone" => ("Phone", content),
        _ => (itemtype, content),
    }
}

fn manufacturer<'a>(device: &'a Device, mapping: &'a Mapping) -> Option<&'a str> {
    let own = device.manufacturer.as_deref()?;
    (!mapping.ignore.contains(&Field::Manufacturer)).then(|| mapping.manufacturer(own))
}

fn network_device(device: &Device, estate: &Estate, mapping: &Mapping) -> Value {
    let wanted = |field| !mapping.ignore.contains(&field);
    let kind = TYPES
        .iter()
        .find(|(own, _)| *own == device.kinds.glpi)
        .map_or("Unmanaged", |(own, _)| own);
    let site = estate.sites.iter().find(|(id, _)| *id == device.site);
    let site = site.map_or(device.site.0.as_str(), |(_, name)| name);
    let location = device
        .location
        .as_deref()
        .unwrap_or_else(|| mapping.site(&device.site.0, site));
    let ips: Vec<IpAddr> = device.addresses.iter().map(|address| address.ip).collect();
    let own = json!({
        "type": kind,
        "name": wanted(Field::Name).then_some(&device.name),
        "serial": device.serial.as_ref().filter(|_| wanted(Field::Serial)),
        "manufacturer": manufacturer(device, mapping),
        "model": device.model.as_ref().filter(|_| wanted(Field::Model)),
        "firmware": device.firmware,
        "description": device.description.as_ref().filter(|_| wanted(Field::Description)),
        "location": wanted(Field::Location).then_some(location),
        "contact": device.contact.as_ref().filter(|_| wanted(Field::Contact)),
        "mac": device.mac,
        "ips": ips,
        "uptime": device.uptime.map(uptime),
        "ram": device.memory.map(|bytes| bytes / MIB),
    });
    if kind == "Unmanaged" {
        // GLPI's unmanaged devices have neither ports nor components.
        return json!({"network_device": own});
    }
    json!({
        "network_device": own,
        "network_ports": network_ports(device),
        "network_components": components(device),
    })
}

/// As net-snmp prints it: `12 days, 03:04:05`.
fn uptime(seconds: u64) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    format!("{days} days, {hours:02}:{minutes:02}:{seconds:02}")
}

/// Ports of the whole device, once, however many units it is made of. A port without an ifIndex
/// has nothing that the server could recognise it by, and is left out.
fn network_ports(device: &Device) -> Vec<Value> {
    let mut members: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for port in &device.ports {
        if let (Some(aggregate), Some(index)) = (&port.aggregate, port.index) {
            members.entry(aggregate).or_default().push(index);
        }
    }
    let ports = device.ports.iter().filter(|port| port.index.is_some());
    ports
        .map(|port| network_port(device, port, members.get(port.name.as_str())))
        .collect()
}

fn network_port(device: &Device, port: &Port, members: Option<&Vec<u32>>) -> Value {
    let on_port = |address: &&Address| address.port.as_deref() == Some(port.name.as_str());
    let ips: Vec<IpAddr> = device
        .addresses
        .iter()
        .filter(on_port)
        .map(|a| a.ip)
        .collect();
    let (lldp, connections) = match &port.neighbour {
        Some(neighbour) => (true, Some(json!([announced(neighbour)]))),
        None if port.learnt.is_empty() => (false, None),
        None => (false, Some(json!([{"mac": port.learnt}]))),
    };
    let vlans = vlans(device, port);
    json!({
        "ifnumber": port.index,
        "ifname": port.name,
        "ifdescr": port.name,
        "ifalias": port.description,
        "iftype": port.iftype,
        "ifspeed": port.speed,
        "ifmtu": port.mtu,
        "ifinternalstatus": port.enabled.map(|up| if up { 1 } else { 2 }),
        "ifstatus": port.oper_status.as_deref().and_then(oper_status),
        "ifportduplex": port.duplex.as_deref().and_then(duplex),
        "mac": port.mac,
        "ips": (!ips.is_empty()).then_some(ips),
        "aggregate": members,
        "vlans": (!vlans.is_empty()).then_some(vlans),
        "trunk": port.tagged_all || !port.tagged.is_empty(),
        "lldp": lldp.then_some(true),
        "connections": connections,
    })
}

/// ifOperStatus (RFC 2863).
fn oper_status(status: &str) -> Option<u8> {
    Some(match status {
        "up" => 1,
        "down" => 2,
        "testing" => 3,
        "unknown" => 4,
        "dormant" => 5,
        "not-present" => 6,
        "lower-layer-down" => 7,
        _ => return None,
    })
}

/// dot3StatsDuplexStatus (RFC 3635).
fn duplex(duplex: &str) -> Option<u8> {
    Some(match duplex {
        "unknown" => 1,
        "half" => 2,
        "full" => 3,
        _ => return None,
    })
}

fn vlans(device: &Device, port: &Port) -> Vec<Value> {
    let one = |id: u16, tagged: bool| {
        let name = device.vlans.get(&id).cloned().flatten();
        let name = name.unwrap_or_else(|| format!("VLAN {id}"));
        json!({"number": id, "name": name, "tagged": u8::from(tagged)})
    };
    let all = device.vlans.keys().filter(|_| port.tagged_all);
    let tagged = port.tagged.iter().chain(all);
    let tagged: std::collections::BTreeSet<u16> = tagged
        .copied()
        .filter(|id| Some(*id) != port.untagged)
        .collect();
    let untagged = port.untagged.map(|id| one(id, false));
    let tagged = tagged.into_iter().map(|id| one(id, true));
    untagged.into_iter().chain(tagged).collect()
}

fn announced(neighbour: &Neighbour) -> Value {
    let port = neighbour.port_description.as_ref();
    json!({
        "sysmac": neighbour.chassis_mac,
        "sysname": neighbour.name,
        "sysdescr": neighbour.description,
        "ifdescr": neighbour.port_id.as_ref().or(port),
        "ip": neighbour.address.as_ref().filter(|text| text.parse::<IpAddr>().is_ok()),
        "model": neighbour.description.as_ref().filter(|_| neighbour.protocol == "cdp"),
    })
}

/// The physical parts; where the device told none, a stack with a chassis for each unit.
fn components(device: &Device) -> Vec<Value> {
    let told = !device.components.is_empty();
    // The only chassis is the device: without its number GLPI takes two modules for a stack.
    let is_chassis = |class: Option<&str>| class == Some("chassis");
    let chassis = device.components.iter();
    let chassis = chassis
        .filter(|part| is_chassis(part.class.as_deref()))
        .count();
    let own = device.serial.as_ref().filter(|_| chassis == 1);
    let mut all: Vec<Value> = device.components.iter().map(|part| {
        json!({
            "index": part.index,
            "contained_index": part.parent.unwrap_or(0),
            "type": part.class.as_deref().map_or("unknown", component_type),
            "name": part.name,
            "description": part.description,
            "manufacturer": part.mfg_name,
            "model": part.model_name,
            "serial": part.serial_num.as_ref().or(own.filter(|_| is_chassis(part.class.as_deref()))),
            "stack_number": stack_number(device, part.serial_num.as_deref(), part.class.as_deref()),
        })
    }).collect();
    if !told && device.units.len() > 1 {
        all.push(json!({"index": 1, "contained_index": 0, "type": "stack", "name": device.name}));
        for (index, unit) in (2_u32..).zip(&device.units) {
            all.push(json!({
                "index": index,
                "contained_index": 1,
                "type": "chassis",
                "name": unit.number,
                "model": unit.model_name,
                "serial": unit.serial_num,
                "firmware": unit.software_rev,
                "stack_number": unit.number.parse::<u32>().ok(),
            }));
        }
    }
    all
}

/// Classes of RFC 8348 in the words of the format's examples.
fn component_type(class: &str) -> &str {
    match class {
        "power-supply" => "powerSupply",
        other => other,
    }
}

fn stack_number(device: &Device, serial: Option<&str>, class: Option<&str>) -> Option<u32> {
    let serial = serial.filter(|_| class == Some("chassis"))?;
    let unit = device
        .units
        .iter()
        .find(|unit| unit.serial_num.as_deref() == Some(serial))?;
    unit.number.parse().ok()
}

/// What a computer and a phone have alike.
fn machine(device: &Device, mapping: &Mapping) -> Value {
    let wanted = |field| !mapping.ignore.contains(&field);
    json!({
        "hardware": {
            "name": wanted(Field::Name).then_some(&device.name),
            "uuid": device.uuid,
            "memory": device.memory.map(|bytes| bytes / MIB),
            "description": device.description.as_ref().filter(|_| wanted(Field::Description)),
        },
        "bios": {
            "ssn": device.serial.as_ref().filter(|_| wanted(Field::Serial)),
            "smanufacturer": manufacturer(device, mapping),
            "smodel": device.model.as_ref().filter(|_| wanted(Field::Model)),
        },
        "networks": networks(device),
    })
}

fn computer(device: &Device, mapping: &Mapping) -> Value {
    let cpus = device.processors.map(|count| {
        let arch = device
            .architecture
            .as_deref()
            .filter(|arch| known_arch(arch));
        // One entry says how many: which of them share a package is not known.
        json!([{"core": count, "arch": arch}])
    });
    let named = device
        .software
        .iter()
        .filter(|software| !clean(&software.name).is_empty());
    let softwares: Vec<Value> = named
        .map(|software| json!({"name": software.name, "version": software.version}))
        .collect();
    // GLPI wants a name of a system.
    let name = device.os_name.as_ref().or(device.os_family.as_ref());
    let system = name.map(|name| {
        json!({
            "name": name,
            "version": device.os_version,
            "arch": device.architecture,
            "kernel_name": device.os_family,
            "kernel_version": device.kernel,
        })
    });
    let mut content = machine(device, mapping);
    if let Some(content) = content.as_object_mut() {
        insert(content, "operatingsystem", system);
        insert(content, "cpus", cpus);
        insert(
            content,
            "softwares",
            (!softwares.is_empty()).then(|| softwares.into()),
        );
        let named = device
            .guests
            .iter()
            .filter(|guest| !clean(&guest.name).is_empty());
        let guests: Vec<Value> = named.map(guest).collect();
        insert(
            content,
            "virtualmachines",
            (!guests.is_empty()).then(|| guests.into()),
        );
    }
    content
}

fn insert(content: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        content.insert(key.to_owned(), value);
    }
}

fn known_arch(arch: &str) -> bool {
    let known = [
        "mips",
        "mips64",
        "alpha",
        "sparc",
        "sparc64",
        "m68k",
        "x86_64",
        "powerpc",
        "powerpc64",
        "aarch64",
        "i386",
        "i486",
        "i586",
        "i686",
    ];
    known.contains(&arch) || arch.starts_with("arm")
}

fn guest(guest: &crate::model::Guest) -> Value {
    let status = match guest.state.as_deref() {
        Some("running") => Some("running"),
        Some("stopped") => Some("off"),
        Some("suspended") => Some("paused"),
        _ => None,
    };
    json!({
        "name": guest.name,
        "status": status,
        "memory": guest.memory.map(|bytes| bytes / MIB),
        "vcpu": guest.processors,
        "operatingsystem": guest.os.as_ref().map(|name| json!({"full_name": name})),
    })
}

/// One entry for each address of an interface, as agents write them; one for an interface without.
fn networks(device: &Device) -> Vec<Value> {
    let entry = |name: &str, port: Option<&Port>, address: Option<&Address>| {
        let (v4, v6) = match address.map(|address| address.ip) {
            Some(IpAddr::V4(v4)) => (Some(v4), None),
            Some(IpAddr::V6(v6)) => (None, Some(v6)),
            None => (None, None),
        };
        json!({
            "description": if clean(name).is_empty() { "unknown" } else { name },
            "ipaddress": v4,
            "ipmask": v4.and(address).and_then(|address| address.prefix_length).and_then(mask),
            "ipaddress6": v6,
            "mac": port.and_then(|port| port.mac.as_ref()),
            "mtu": port.and_then(|port| port.mtu),
            "speed": port.and_then(card_speed),
            "status": port.and_then(|port| port.oper_status.as_deref()).and_then(status),
            "type": port.and_then(|port| port.iftype).and_then(network_type),
        })
    };
    let mut all = Vec::new();
    for port in &device.ports {
        let own = |address: &&Address| address.port.as_deref() == Some(port.name.as_str());
        let before = all.len();
        let addresses = device.addresses.iter().filter(own);
        all.extend(addresses.map(|address| entry(&port.name, Some(port), Some(address))));
        if all.len() == before {
            all.push(entry(&port.name, Some(port), None));
        }
    }
    let known = |name: &str| device.ports.iter().any(|port| port.name == name);
    for address in &device.addresses {
        let name = address.port.as_deref().unwrap_or("unknown");
        if !known(name) {
            all.push(entry(name, None, Some(address)));
        }
    }
    all
}

fn card_speed(port: &Port) -> Option<String> {
    let speed = port.speed? / 1_000_000;
    (speed <= CARD_SPEED).then(|| speed.to_string())
}

fn mask(prefix: u8) -> Option<std::net::Ipv4Addr> {
    let host = 32_u32.checked_sub(prefix.into())?;
    let bits = u32::MAX.checked_shl(host).unwrap_or(0);
    Some(bits.into())
}

/// RFC 8343 in the format's words.
fn status(status: &str) -> Option<&'static str> {
    Some(match status {
        "up" => "up",
        "down" => "down",
        "testing" => "testing",
        "unknown" => "unknown",
        "dormant" => "dormant",
        "not-present" => "notpresent",
        "lower-layer-down" => "lowerlayerdown",
        _ => return None,
    })
}

/// IANA ifType in the format's words.
fn network_type(iftype: u32) -> Option<&'static str> {
    Some(match iftype {
        6 => "ethernet",
        24 => "loopback",
        56 => "fibrechannel",
        71 => "wifi",
        161 => "aggregate",
        199 => "infiniband",
        209 => "bridge",
        _ => return None,
    })
}
