//! From an inventory to an estate.
use super::{Address, Cable, Device, Estate, Neighbour, Port};
use crate::export::mapping::Mapping;
use crate::model::class::ClassTable;
use crate::model::{
    Asset, Confidence, Facts, Interface, KnownAsset, LinkEnd, RunResults, SiteId, same_port,
};
use ipnetwork::IpNetwork;
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

impl Estate {
    /// The estate of one judgement. `known` is what the audit remembers of its devices.
    #[must_use]
    pub fn new(
        results: &RunResults,
        known: &[KnownAsset],
        classes: &ClassTable,
        mapping: &Mapping,
    ) -> Self {
        let assets = &results.inventory.assets;
        let devices: Vec<Device> = assets
            .iter()
            .filter_map(|asset| device(asset, classes, mapping.minimum_confidence))
            .collect();
        let (cables, loose_links) = cables(results, &devices);
        let there = |known: &&KnownAsset| {
            let mut ids = assets.iter().map(|asset| asset.arpenteur_id);
            !ids.any(|id| id == known.arpenteur_id)
        };
        Self {
            audit: results.audit.id,
            mandate: results.audit.mandate.clone(),
            client: results.audit.client.name.clone(),
            sites: results
                .audit
                .sites
                .iter()
                .map(|site| (site.id.clone(), site.name.clone()))
                .collect(),
            networks: networks(results),
            as_of: results.as_of,
            complete: results.evidence.complete,
            devices,
            cables,
            loose_links,
            missing: known.iter().filter(there).cloned().collect(),
        }
    }
}

fn networks(results: &RunResults) -> Vec<(SiteId, IpNetwork)> {
    let sites = results.audit.sites.iter();
    let of = |site: &crate::model::SiteSummary| {
        let networks = site.networks.iter().filter_map(|text| text.parse().ok());
        networks
            .map(|net| (site.id.clone(), net))
            .collect::<Vec<_>>()
    };
    sites.flat_map(of).collect()
}

/// Nothing where the class table knows no class of it, not even `unknown`.
fn device(asset: &Asset, classes: &ClassTable, least: Confidence) -> Option<Device> {
    let class = if asset.class_confidence < least {
        "unknown"
    } else {
        &asset.class
    };
    let kinds = classes.get(class).or_else(|| classes.get("unknown"))?;
    let facts = asset.sheet.facts().unwrap_or_default();
    let sure = |path: &str| {
        path.parse()
            .ok()
            .and_then(|path| asset.sheet.provenance(&path))
            .is_some_and(|from| from.confidence >= least)
    };
    let text = |path: &str, value: &Option<String>| {
        let value = value.as_ref().map(|text| text.trim().to_owned());
        value.filter(|text| !text.is_empty() && sure(path))
    };
    let (hardware, os, system) = (&facts.hardware, &facts.os, &facts.system);
    let mut seen_at: Vec<IpAddr> = asset
        .targets
        .iter()
        .filter_map(|target| target.locator.address())
        .collect();
    seen_at.sort();
    Some(Device {
        id: asset.arpenteur_id,
        name: asset.name.clone(),
        site: asset.site.clone(),
        class: class.to_owned(),
        kinds: kinds.cmdb.clone(),
        state: asset.state,
        third_party: asset.third_party.clone(),
        role: facts.device.role.clone(),
        owner: facts.device.owner.clone(),
        criticality: asset.criticality.clone(),
        tags: asset.tags.clone(),
        manufacturer: text("hardware.mfg_name", &hardware.mfg_name),
        model: text("hardware.model_name", &hardware.model_name),
        serial: text("hardware.serial_num", &hardware.serial_num),
        uuid: text("identity.product_uuid", &facts.identity.product_uuid),
        hardware_rev: text("hardware.hardware_rev", &hardware.hardware_rev),
        firmware: text("hardware.firmware_rev", &hardware.firmware_rev)
            .or_else(|| text("hardware.software_rev", &hardware.software_rev)),
        os_family: text("os.family", &os.family),
        os_name: text("os.name", &os.name),
        os_version: text("os.version", &os.version),
        architecture: text("os.architecture", &os.architecture),
        kernel: text("os.kernel", &os.kernel),
        description: text("system.description", &system.description),
        location: text("system.location", &system.location),
        contact: text("system.contact", &system.contact),
        uptime: system.uptime,
        end_of_support: facts.device.end_of_support.clone(),
        memory: facts.capacity.memory_total,
        processors: facts.capacity.processors,
        address: asset.address,
        seen_at,
        snmp: system.object_id.is_some(),
        mac: text("identity.mac_address", &facts.identity.mac_address)
            .or_else(|| text("bridge.address", &facts.bridge.address))
            .map(|mac| mac.to_lowercase()),
        ports: ports(&facts),
        addresses: addresses(asset, &facts),
        vlans: facts
            .bridge
            .vlans
            .iter()
            .filter_map(|vlan| Some((vlan_id(vlan.id.parse().ok()?)?, vlan.name.clone())))
            .collect(),
        components: hardware.components.clone(),
        units: hardware.units.clone(),
        guests: facts.guests.clone(),
        software: facts.software.clone(),
        services: services(&facts),
    })
}

fn vlan_id(id: u32) -> Option<u16> {
    u16::try_from(id).ok().filter(|id| (1..=4094).contains(id))
}

fn ports(facts: &Facts) -> Vec<Port> {
    let mut learnt: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for entry in &facts.bridge.fdb {
        if let (Some(port), Some(mac)) = (&entry.port, &entry.mac) {
            learnt.entry(port).or_default().push(mac.to_lowercase());
        }
    }
    let neighbours = neighbours(facts);
    let mut ports: Vec<Port> = facts.interfaces.iter().map(port).collect();
    let names: Vec<String> = ports.iter().map(|port| port.name.clone()).collect();
    for port in &mut ports {
        if let Some(mut macs) = learnt.remove(port.name.as_str()) {
            macs.sort();
            macs.dedup();
            port.learnt = macs;
        }
        port.neighbour = neighbours.get(port.name.as_str()).cloned();
        let configured = facts
            .config
            .interfaces
            .iter()
            .find(|configured| same_port(&configured.name, &port.name));
        if let Some(configured) = configured {
            let untagged = match configured.mode.as_deref() {
                Some("trunk") => configured.native_vlan,
                _ => configured.access_vlan.or(configured.native_vlan),
            };
            if port.aggregate.is_none() {
                port.aggregate = configured.aggregate.as_ref().and_then(|group| {
                    let mut names = names.iter();
                    names.find(|name| same_port(name, group)).cloned()
                });
            }
            port.untagged = untagged.and_then(vlan_id);
            port.tagged = ranges(configured.trunk_vlans.as_deref().unwrap_or_default());
            port.tagged_all =
                configured.trunk_all == Some(true) && configured.mode.as_deref() == Some("trunk");
        }
    }
    ports
}

fn port(interface: &Interface) -> Port {
    Port {
        name: interface.name.clone(),
        index: interface.if_index,
        description: interface
            .description
            .clone()
            .filter(|text| !text.is_empty()),
        iftype: interface.iftype,
        enabled: interface
            .admin_status
            .as_deref()
            .map(|status| status == "up"),
        oper_status: interface.oper_status.clone(),
        mac: interface
            .phys_address
            .as_ref()
            .map(|mac| mac.to_lowercase())
            .filter(|mac| is_mac(mac)),
        speed: interface.speed,
        mtu: interface.mtu,
        duplex: interface.duplex.clone(),
        aggregate: interface.aggregate.clone(),
        unit: interface.unit.clone(),
        ..Port::default()
    }
}

/// Whether a text is a hardware address of 48 bits that is not blank.
fn is_mac(text: &str) -> bool {
    let pairs: Vec<&str> = text.split(':').collect();
    let hex = |pair: &&str| pair.len() == 2 && pair.chars().all(|c| c.is_ascii_hexdigit());
    pairs.len() == 6 && pairs.iter().all(hex) && text != "00:00:00:00:00:00"
}

/// By own port's name; LLDP before CDP, the first where a port has several.
fn neighbours(facts: &Facts) -> BTreeMap<&str, Neighbour> {
    let mut found: BTreeMap<&str, Neighbour> = BTreeMap::new();
    for lldp in &facts.lldp.neighbors {
        let Some(port) = &lldp.local_port else {
            continue;
        };
        found.entry(port).or_insert_with(|| Neighbour {
            protocol: "lldp".to_owned(),
            chassis_mac: lldp
                .chassis_id
                .as_ref()
                .map(|id| id.to_lowercase())
                .filter(|id| is_mac(id)),
            name: lldp.system_name.clone(),
            description: lldp.system_description.clone(),
            port_id: lldp.port_id.clone(),
            port_description: lldp.port_description.clone(),
            address: lldp.management_addresses.first().cloned(),
        });
    }
    for cdp in &facts.cdp.neighbors {
        let Some(port) = &cdp.local_port else {
            continue;
        };
        found.entry(port).or_insert_with(|| Neighbour {
            protocol: "cdp".to_owned(),
            chassis_mac: None,
            name: cdp.device_id.clone(),
            description: cdp.platform.clone(),
            port_id: cdp.port_id.clone(),
            port_description: None,
            address: cdp.management_addresses.first().cloned(),
        });
    }
    found
}

/// `10,20-30` as numbers.
fn ranges(text: &str) -> Vec<u16> {
    let mut ids: Vec<u16> = text
        .split(',')
        .filter_map(|part| {
            let (from, to) = part
                .trim()
                .split_once('-')
                .unwrap_or((part.trim(), part.trim()));
            let (from, to) = (vlan_id(from.parse().ok()?)?, vlan_id(to.parse().ok()?)?);
            Some(from..=to)
        })
        .flatten()
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Its own list, without loopback, link-local and group addresses; else where it answered.
fn addresses(asset: &Asset, facts: &Facts) -> Vec<Address> {
    let mut all: Vec<Address> = facts
        .addresses
        .iter()
        .filter_map(|address| {
            Some(Address {
                ip: address.ip.parse().ok()?,
                prefix_length: address.prefix_length,
                port: address.interface.clone(),
            })
        })
        .filter(|address| is_of_the_network(address.ip))
        .collect();
    for target in &asset.targets {
        let Some(ip) = target.locator.address() else {
            continue;
        };
        if !all.iter().any(|address| address.ip == ip) {
            all.push(Address {
                ip,
                prefix_length: None,
                port: None,
            });
        }
    }
    all.sort();
    all.dedup_by_key(|address| address.ip);
    all
}

fn is_of_the_network(address: IpAddr) -> bool {
    let elsewhere = match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_link_local() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unicast_link_local(),
    };
    !elsewhere && !address.is_unspecified() && !address.is_multicast()
}

/// What answers on open TCP ports, named by what was recognised there.
fn services(facts: &Facts) -> Vec<(u16, String)> {
    let name = |port: u16| {
        let http = facts.http.servers.iter().find(|server| server.port == port);
        let tls = facts.tls.endpoints.iter().any(|end| end.port == port);
        match (port, http, tls) {
            (_, Some(server), _) if server.tls => "https".to_owned(),
            (_, Some(_), _) => "http".to_owned(),
            (22, None, _) if facts.ssh.software.is_some() => "ssh".to_owned(),
            (_, None, true) => format!("tls-{port}"),
            (_, None, false) => format!("tcp-{port}"),
        }
    };
    let open = facts.ports.tcp_open.iter();
    open.map(|port| (*port, name(*port))).collect()
}

fn cables(results: &RunResults, devices: &[Device]) -> (Vec<Cable>, Vec<String>) {
    let known: BTreeMap<Uuid, &Device> = devices.iter().map(|device| (device.id, device)).collect();
    let (mut cables, mut loose) = (Vec::new(), Vec::new());
    let end = |end: &LinkEnd| {
        let device = known.get(&end.asset?)?;
        let port = end.port.clone()?;
        Some((device.id, port))
    };
    let label = |end: &LinkEnd| {
        let port = end.port.as_deref().unwrap_or("?");
        format!("{} {port}", end.name)
    };
    for link in &results.inventory.links {
        match (end(&link.a), end(&link.b)) {
            (Some(a), Some(b)) if a.0 != b.0 => {
                let (a, b) = if a <= b { (a, b) } else { (b, a) };
                cables.push(Cable { a, b });
            }
            _ => loose.push(format!("{} — {}", label(&link.a), label(&link.b))),
        }
    }
    cables.sort();
    cables.dedup();
    (cables, loose)
}
