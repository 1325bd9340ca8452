//! The inventory as configuration databases see it: what is sure enough, in one place, so that
//! no exporter reads facts by itself.
use super::mapping::Mapping;
use crate::model::class::{ClassTable, CmdbKinds};
use crate::model::{
    Asset, AssetState, Confidence, Facts, Interface, KnownAsset, LinkEnd, RunResults, SiteId,
    same_port,
};
use ipnetwork::IpNetwork;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

/// Everything that an audit has to say to a configuration database.
#[derive(Debug, Clone, PartialEq)]
pub struct Estate {
    /// Id of the audit: the scope of every identity in it.
    pub audit: Uuid,
    /// Reference of the mandate.
    pub mandate: String,
    /// Client's name.
    pub client: String,
    /// Sites: id and name to print.
    pub sites: Vec<(SiteId, String)>,
    /// Networks of the scope, each with its site.
    pub networks: Vec<(SiteId, IpNetwork)>,
    /// Judgement date.
    pub as_of: Timestamp,
    /// Whether the run saw its whole scope: only then may anything be retired.
    pub complete: bool,
    /// Devices, in the inventory's order.
    pub devices: Vec<Device>,
    /// Links whose two ends are known, different and have a port, once a pair of ports.
    pub cables: Vec<Cable>,
    /// Links that are no cable, in words: one end unknown, without a port, or a device to itself.
    pub loose_links: Vec<String>,
    /// Devices of earlier runs that this one did not see.
    pub missing: Vec<KnownAsset>,
}

/// One device.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// The id that every target stores.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Site.
    pub site: SiteId,
    /// Class id of `models/classes.yaml`.
    pub class: String,
    /// What each target calls that class.
    pub kinds: CmdbKinds,
    /// Whether and how it was met.
    pub state: AssetState,
    /// Third party that owns or runs it.
    pub third_party: Option<String>,
    /// Role that the client declared.
    pub role: Option<String>,
    /// Owner that the client declared.
    pub owner: Option<String>,
    /// Criticality, A to D.
    pub criticality: Option<String>,
    /// Tags that the client declared.
    pub tags: Vec<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number of the chassis.
    pub serial: Option<String>,
    /// DMI product UUID.
    pub uuid: Option<String>,
    /// Hardware revision.
    pub hardware_rev: Option<String>,
    /// Firmware revision, else software revision.
    pub firmware: Option<String>,
    /// Operating system family: `linux`, `ios`, …
    pub os_family: Option<String>,
    /// Operating system.
    pub os_name: Option<String>,
    /// Its version.
    pub os_version: Option<String>,
    /// Processor architecture.
    pub architecture: Option<String>,
    /// Kernel release.
    pub kernel: Option<String>,
    /// sysDescr.
    pub description: Option<String>,
    /// sysLocation.
    pub location: Option<String>,
    /// sysContact.
    pub contact: Option<String>,
    /// Seconds since the start.
    pub uptime: Option<u64>,
    /// End of the maker's support (RFC 3339 full-date).
    pub end_of_support: Option<String>,
    /// Physical memory in bytes.
    pub memory: Option<u64>,
    /// Logical processors.
    pub processors: Option<u32>,
    /// Management address: the lowest that answered.
    pub address: Option<IpAddr>,
    /// Every address that answered, sorted.
    pub seen_at: Vec<IpAddr>,
    /// Whether an SNMP agent let us read.
    pub snmp: bool,
    /// Hardware address seen from the scanner, else that of the bridge.
    pub mac: Option<String>,
    /// Interfaces, in the device's order.
    pub ports: Vec<Port>,
    /// Addresses that it has.
    pub addresses: Vec<Address>,
    /// VLANs, by id.
    pub vlans: BTreeMap<u16, Option<String>>,
    /// Physical components.
    pub components: Vec<crate::model::Component>,
    /// Members of a stack.
    pub units: Vec<crate::model::Unit>,
    /// Virtual machines.
    pub guests: Vec<crate::model::Guest>,
    /// Installed software.
    pub software: Vec<crate::model::Software>,
    /// TCP services that answered: port and name.
    pub services: Vec<(u16, String)>,
}

/// One interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Port {
    /// ifName, else ifDescr.
    pub name: String,
    /// ifIndex.
    pub index: Option<u32>,
    /// ifAlias.
    pub description: Option<String>,
    /// IANA ifType.
    pub iftype: Option<u32>,
    /// Administrative state.
    pub enabled: Option<bool>,
    /// RFC 8343 oper-status.
    pub oper_status: Option<String>,
    /// Hardware address, colon hexadecimal in lower case.
    pub mac: Option<String>,
    /// Bits per second.
    pub speed: Option<u64>,
    /// MTU in octets.
    pub mtu: Option<u32>,
    /// `full`, `half` or `unknown`.
    pub duplex: Option<String>,
    /// Name of the aggregate that it is a member of.
    pub aggregate: Option<String>,
    /// Number of the stack member that it stands in.
    pub unit: Option<String>,
    /// Untagged VLAN.
    pub untagged: Option<u16>,
    /// Tagged VLANs, sorted.
    pub tagged: Vec<u16>,
    /// Whether it carries every VLAN tagged.
    pub tagged_all: bool,
    /// Hardware addresses learnt on it, sorted.
    pub learnt: Vec<String>,
    /// What announced itself on it.
    pub neighbour: Option<Neighbour>,
}

/// Who announced itself on a port (LLDP, CDP).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Neighbour {
    /// `lldp` or `cdp`.
    pub protocol: String,
    /// Chassis id, where it is a hardware address.
    pub chassis_mac: Option<String>,
    /// System name, or device id.
    pub name: Option<String>,
    /// System description, or platform.
    pub description: Option<String>,
    /// Port id.
    pub port_id: Option<String>,
    /// Port description.
    pub port_description: Option<String>,
    /// First management address.
    pub address: Option<String>,
}

/// One address of a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Prefix length, where told.
    pub prefix_length: Option<u8>,
    /// Interface name.
    pub port: Option<String>,
}

/// One cable: two ports of two devices, the smaller end first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cable {
    /// Device and port.
    pub a: (Uuid, String),
    /// Device and port.
    pub b: (Uuid, String),
}

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

impl Estate {
    /// A site's name to print, else its id.
    #[must_use]
    pub fn site_name<'a>(&'a self, site: &'a SiteId) -> &'a str {
        let mut sites = self.sites.iter();
        let found = sites.find(|(id, _)| id == site);
        found.map_or(&site.0, |(_, name)| name)
    }
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
