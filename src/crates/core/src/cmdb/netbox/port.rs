//! VLANs, interfaces, hardware addresses and IP addresses.
use super::words::{cut, interface_type, port_names};
use super::{Maker, PlacedPort};
use crate::cmdb::networks::vlan_names;
use crate::cmdb::{Note, Object, Rule, Wanted};
use crate::export::{Address, Device, Field, Port};
use crate::model::{AssetState, SiteId};
use ipnetwork::IpNetwork;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use uuid::Uuid;

/// What addresses are assigned to.
const INTERFACE: &str = "dcim.interface";
/// Port that holds the addresses of which the device names none.
const MANAGEMENT: &str = "management";
/// Length of an interface's name in NetBox.
const NAME: usize = 64;
/// Largest speed and MTU that NetBox takes (kbit/s; octets).
const SPEED: u64 = i32::MAX as u64;
const MTU: u32 = 65_536;

impl<'a> Maker<'a> {
    /// VLANs of each site: those that devices list, and those that ports are in.
    pub(super) fn vlans(&mut self) {
        let estate = self.estate;
        let there = self.snapshot.index("ipam/vlans", |vlan| {
            Some((vlan.get("site").to_string(), vlan.get("vid").as_u64()?))
        });
        let mut all = Vec::new();
        let sites: BTreeSet<&SiteId> = estate.devices.iter().map(|device| &device.site).collect();
        for site in sites {
            let devices = estate
                .devices
                .iter()
                .filter(|device| device.site == *site && self.devices.contains_key(&device.id));
            let names = vlan_names(devices, 64).into_iter();
            all.extend(names.map(|(id, name)| (site.clone(), id, name)));
        }
        for (site, id, name) in all {
            let name = if name.is_empty() {
                format!("VLAN {id}")
            } else {
                name
            };
            let at = self.sites.get(&site).cloned().unwrap_or_default();
            let existing = there.get(&(at.to_string(), u64::from(id)));
            let existing = existing.and_then(|vlans| vlans.first().copied());
            let wanted = Wanted::new(
                "ipam/vlans",
                &format!("{} {id}", site.0),
                format!("VLAN {id} {name}"),
            )
            .with("vid", id, Rule::Initial)
            .with("name", name, Rule::Initial)
            .with("site", at.clone(), Rule::Initial)
            .with("status", "active", Rule::Initial)
            .with("tenant", self.tenant.clone(), Rule::Initial)
            .found_by("site_id", at, &[("vid", json!(id))]);
            let reference = self.put(wanted, existing);
            self.vlans.insert((site, id), reference);
        }
    }

    /// Interfaces, aggregates first: their members refer to them.
    pub(super) fn interfaces(&mut self) {
        let estate = self.estate;
        let there = self.snapshot.index("dcim/interfaces", |port| {
            Some((
                port.get("device").to_string(),
                port.text("name").to_lowercase(),
            ))
        });
        for device in &estate.devices {
            if !self.devices.contains_key(&device.id) {
                continue;
            }
            let aggregates: BTreeSet<&str> = device
                .ports
                .iter()
                .filter_map(|port| port.aggregate.as_deref())
                .collect();
            let names = port_names(device, NAME);
            let (first, rest): (Vec<_>, Vec<_>) = device
                .ports
                .iter()
                .zip(names)
                .partition(|(port, _)| aggregates.contains(port.name.as_str()));
            for (port, name) in first.into_iter().chain(rest) {
                self.interface(
                    device,
                    port,
                    &name,
                    aggregates.contains(port.name.as_str()),
                    &there,
                );
            }
            if self.needs_management(device) {
                let port = Port {
                    name: MANAGEMENT.to_owned(),
                    iftype: Some(53),
                    ..Port::default()
                };
                self.interface(device, &port, MANAGEMENT, false, &there);
            }
        }
    }

    fn interface(
        &mut self,
        device: &Device,
        port: &Port,
        name: &str,
        aggregates: bool,
        there: &BTreeMap<(String, String), Vec<&'a Object>>,
    ) {
        let Some(placed) = self.devices.get(&device.id).cloned() else {
            return;
        };
        let existing = placed.object.and_then(|object| {
            let found = there.get(&(object.id.to_string(), name.to_lowercase()))?;
            found.first().copied()
        });
        let kind = interface_type(port, aggregates);
        let lag = port.aggregate.as_ref().and_then(|lag| {
            let lag = self.ports.get(&(device.id, lag.clone()))?;
            (lag.kind == "lag" && lag.name != name && kind != "virtual")
                .then(|| lag.reference.clone())
        });
        let speed = port
            .speed
            .map(|speed| speed / 1000)
            .filter(|speed| (1..=SPEED).contains(speed));
        let duplex = port
            .duplex
            .as_deref()
            .filter(|duplex| matches!(*duplex, "full" | "half"));
        let label = format!("{} {name}", device.name);
        let mut wanted = Wanted::new("dcim/interfaces", &format!("{} {name}", device.id), label)
            .with("device", placed.reference.clone(), Rule::Initial)
            .with("name", name, Rule::Initial)
            .with("type", kind, Rule::Initial)
            .maybe("enabled", port.enabled, Rule::Ours)
            .maybe("lag", lag, Rule::Ours)
            .maybe("speed", speed, Rule::Ours)
            .maybe("duplex", duplex, Rule::Ours)
            .maybe(
                "mtu",
                port.mtu.filter(|mtu| (1..=MTU).contains(mtu)),
                Rule::Ours,
            )
            .maybe(
                "description",
                port.description.as_deref().map(|text| cut(text, 200)),
                Rule::IfEmpty,
            )
            .found_by("device_id", placed.reference, &[("name", json!(name))]);
        wanted = self.with_vlans(wanted, device, port);
        let reference = self.put(wanted, existing);
        let kind = existing.map_or(kind, |port| port.text("type")).to_owned();
        let placed = PlacedPort {
            reference,
            object: existing,
            kind,
            name: name.to_owned(),
        };
        self.ports
            .entry((device.id, port.name.clone()))
            .or_insert(placed);
    }

    fn with_vlans(&self, wanted: Wanted, device: &Device, port: &Port) -> Wanted {
        // A port takes VLANs of its own site alone: people may have moved the device.
        let at = self.sites.get(&device.site).cloned().unwrap_or_default();
        let object = self
            .devices
            .get(&device.id)
            .and_then(|placed| placed.object);
        if object.is_some_and(|object| *object.get("site") != at) {
            return wanted;
        }
        let vlan = |id: u16| self.vlans.get(&(device.site.clone(), id)).cloned();
        let mode = match (port.tagged_all, port.tagged.is_empty(), port.untagged) {
            (true, ..) => "tagged-all",
            (false, false, _) => "tagged",
            (false, true, Some(_)) => "access",
            (false, true, None) => return wanted,
        };
        // Other modes take none: those that are there have to go with the mode.
        let tagged: Vec<Value> = match mode {
            "tagged" => port.tagged.iter().copied().filter_map(vlan).collect(),
            _ => Vec::new(),
        };
        let untagged = port.untagged.and_then(vlan);
        wanted
            .with("mode", mode, Rule::Ours)
            .maybe("untagged_vlan", untagged, Rule::Ours)
            .with("tagged_vlans", tagged, Rule::Ours)
    }

    /// Hardware addresses: objects of their own, one for each port, then named as its main one.
    pub(super) fn macs(&mut self) {
        let estate = self.estate;
        let there = self.snapshot.index("dcim/mac-addresses", |mac| {
            (mac.text("assigned_object_type") == INTERFACE).then(|| {
                (
                    mac.get("assigned_object_id").to_string(),
                    mac.text("mac_address").to_uppercase(),
                )
            })
        });
        let mut main = Vec::new();
        for device in &estate.devices {
            let mut seen = BTreeSet::new();
            for port in &device.ports {
                let Some(placed) = self.ports.get(&(device.id, port.name.clone())).cloned() else {
                    continue;
                };
                let Some(mac) = port
                    .mac
                    .as_ref()
                    .filter(|_| seen.insert(placed.name.clone()))
                else {
                    continue;
                };
                let mac = mac.to_uppercase();
                let existing = placed.object.and_then(|object| {
                    there
                        .get(&(object.id.to_string(), mac.clone()))?
                        .first()
                        .copied()
                });
                let label = format!("{} {} {mac}", device.name, placed.name);
                let key = format!("{} {} {mac}", device.id, placed.name);
                let wanted = Wanted::new("dcim/mac-addresses", &key, label.clone())
                    .with("mac_address", mac.clone(), Rule::Initial)
                    .with("assigned_object_type", INTERFACE, Rule::Initial)
                    .with(
                        "assigned_object_id",
                        placed.reference.clone(),
                        Rule::Initial,
                    )
                    .found_by(
                        "mac_address",
                        mac,
                        &[("assigned_object_id", placed.reference.clone())],
                    );
                let reference = self.put(wanted, existing);
                main.push((placed, reference, label));
            }
        }
        for (port, mac, label) in main {
            let wanted = Wanted::new("dcim/interfaces", &format!("{label} main"), label).with(
                "primary_mac_address",
                mac,
                Rule::IfEmpty,
            );
            self.builder.then(wanted, &port.reference, port.object);
        }
    }

    /// Addresses that it may be given: none of a device that did not answer.
    fn own_addresses(device: &Device) -> &[Address] {
        match device.state {
            AssetState::Observed => &device.addresses,
            AssetState::Declared | AssetState::NotContacted => &[],
        }
    }

    fn needs_management(&self, device: &Device) -> bool {
        let known = |port: &str| device.ports.iter().any(|own| own.name == port);
        let mut addresses = Self::own_addresses(device).iter();
        addresses.any(|address| !address.port.as_deref().is_some_and(known))
    }

    /// IP addresses, then the main one of each device.
    pub(super) fn addresses(&mut self) {
        let estate = self.estate;
        let owners = owners(&estate.devices);
        let vrf = self.vrf.clone();
        let there = self.snapshot.index("ipam/ip-addresses", |address| {
            let host: IpNetwork = address.text("address").parse().ok()?;
            (*address.get("vrf") == vrf).then_some(host.ip())
        });
        let mut main: Vec<(&Device, Value, IpAddr)> = Vec::new();
        for device in &estate.devices {
            for address in Self::own_addresses(device) {
                match owners.get(&address.ip) {
                    Some(Some(owner)) if *owner == device.id => {}
                    Some(Some(_)) => continue,
                    _ => {
                        let note = Note::new("address-shared", address.ip.to_string(), &[]);
                        self.builder.unplaced(note);
                        continue;
                    }
                }
                if let Some(reference) = self.address(device, address, &there) {
                    main.push((device, reference, address.ip));
                }
            }
        }
        self.main_addresses(&main);
    }

    fn address(
        &mut self,
        device: &Device,
        address: &Address,
        there: &BTreeMap<IpAddr, Vec<&'a Object>>,
    ) -> Option<Value> {
        self.devices.get(&device.id)?;
        let port = address
            .port
            .clone()
            .and_then(|port| self.ports.get(&(device.id, port)));
        let port = port
            .or_else(|| self.ports.get(&(device.id, MANAGEMENT.to_owned())))?
            .clone();
        let theirs = there.get(&address.ip).map_or(&[][..], Vec::as_slice);
        let existing = match theirs {
            [] => None,
            [one] => Some(*one),
            _ => {
                let note = Note::new("ambiguous-address", address.ip.to_string(), &[]);
                self.builder.unplaced(note);
                return None;
            }
        };
        if let Some(object) = existing
            && self.is_anothers(device, object)
        {
            let with = [("device", device.name.as_str())];
            self.builder
                .conflict(Note::new("address-taken", address.ip.to_string(), &with));
            return None;
        }
        let length = address
            .prefix_length
            .or_else(|| self.scope_length(&device.site, address.ip));
        // The server refuses the first and the last address of a network.
        let length = length.filter(|length| is_host(address.ip, *length));
        let length = length.unwrap_or(if address.ip.is_ipv4() { 32 } else { 128 });
        let mask = if address.prefix_length.is_some() {
            Rule::Ours
        } else {
            Rule::Initial
        };
        let text = format!("{}/{length}", address.ip);
        let wanted = Wanted::new(
            "ipam/ip-addresses",
            &address.ip.to_string(),
            format!("{text} {}", device.name),
        )
        .with("address", text, mask)
        .with("status", "active", Rule::Initial)
        .with("vrf", self.vrf.clone(), Rule::Initial)
        .with("tenant", self.tenant.clone(), Rule::IfEmpty)
        .with("assigned_object_type", INTERFACE, Rule::IfEmpty)
        .with("assigned_object_id", port.reference, Rule::IfEmpty)
        .found_by(
            "address",
            address.ip.to_string(),
            &[("vrf", self.vrf.clone())],
        );
        if let Some(object) = existing {
            self.release(device, object);
        }
        Some(self.put(wanted, existing))
    }

    /// Takes an address that moves away from the device whose main one it is: the server moves no
    /// main address.
    fn release(&mut self, device: &Device, address: &Object) {
        let own = self
            .devices
            .get(&device.id)
            .and_then(|placed| placed.object);
        for holder in self.snapshot.all("dcim/devices") {
            if own.is_some_and(|own| own.id == holder.id) {
                continue;
            }
            for field in ["primary_ip4", "primary_ip6"] {
                if *holder.get(field) == address.id {
                    let name = holder.text("name");
                    let key = format!("{} without {field}", holder.id);
                    let wanted = Wanted::new("dcim/devices", &key, name).mapped(
                        field,
                        Value::Null,
                        Rule::Ours,
                        Field::Address,
                    );
                    self.builder.then(wanted, &holder.id, Some(holder));
                    self.released.insert(holder.id.to_string());
                }
            }
        }
    }

    /// Whether an address of the target is somebody else's: at another device, or a tenant's that
    /// is not ours. What we wrote ourselves may move.
    fn is_anothers(&self, device: &Device, object: &Object) -> bool {
        let tenant = object.get("tenant");
        if !tenant.is_null() && *tenant != self.tenant {
            return true;
        }
        let at = object.get("assigned_object_id");
        if at.is_null() {
            return false;
        }
        if object.text("assigned_object_type") != INTERFACE {
            return true;
        }
        let field = "assigned_object_id";
        if self.written.last("ipam/ip-addresses", &object.id, field) == Some(at) {
            return false;
        }
        let port = self.snapshot.get("dcim/interfaces", at);
        let own = self
            .devices
            .get(&device.id)
            .and_then(|placed| placed.object);
        match (port, own) {
            (Some(port), Some(own)) => *port.get("device") != own.id,
            _ => true,
        }
    }

    /// Length of the narrowest network of the scope that holds an address.
    fn scope_length(&self, site: &SiteId, address: IpAddr) -> Option<u8> {
        let networks = self.estate.networks.iter();
        let around = networks.filter(|(at, network)| at == site && network.contains(address));
        around.map(|(_, network)| network.prefix()).max()
    }

    fn main_addresses(&mut self, placed: &[(&Device, Value, IpAddr)]) {
        for device in &self.estate.devices {
            let Some(at) = self.devices.get(&device.id).cloned() else {
                continue;
            };
            let of = |version: fn(&IpAddr) -> bool| {
                let own = placed
                    .iter()
                    .filter(|(owner, _, ip)| owner.id == device.id && version(ip));
                let own: Vec<_> = own.collect();
                let seen = device
                    .address
                    .into_iter()
                    .chain(device.seen_at.iter().copied());
                let mut seen = seen.filter(version);
                let main = seen.find_map(|ip| own.iter().find(|(.., at)| *at == ip));
                main.map(|(_, reference, _)| reference.clone())
            };
            let mut wanted = Wanted::new(
                "dcim/devices",
                &format!("{} main", device.id),
                device.name.clone(),
            );
            for (field, address) in [
                ("primary_ip4", of(IpAddr::is_ipv4)),
                ("primary_ip6", of(IpAddr::is_ipv6)),
            ] {
                if let Some(address) = address {
                    wanted = wanted.mapped(field, address, Rule::Ours, Field::Address);
                }
            }
            // A device that its main address was taken from is no longer as it was read.
            let released = self.released.contains(&at.reference.to_string());
            let object = at.object.filter(|_| !released);
            self.builder.then(wanted, &at.reference, object);
        }
    }
}

/// Whether an address is one that a host of its network can have.
fn is_host(ip: IpAddr, length: u8) -> bool {
    match (ip, IpNetwork::new(ip, length)) {
        (IpAddr::V4(ip), Ok(IpNetwork::V4(net))) if length < 31 => {
            ip != net.network() && ip != net.broadcast()
        }
        _ => true,
    }
}

/// Whose an address is: of the one device that answered at it, else of the only one that lists
/// it. Nobody's where several do (a virtual address, a container bridge).
fn owners(devices: &[Device]) -> BTreeMap<IpAddr, Option<Uuid>> {
    let mut lists: BTreeMap<IpAddr, (BTreeSet<Uuid>, BTreeSet<Uuid>)> = BTreeMap::new();
    for device in devices
        .iter()
        .filter(|device| device.state == AssetState::Observed)
    {
        for address in &device.addresses {
            let (answered, listed) = lists.entry(address.ip).or_default();
            listed.insert(device.id);
            if device.seen_at.contains(&address.ip) {
                answered.insert(device.id);
            }
        }
    }
    let one = |ids: &BTreeSet<Uuid>| ids.first().copied().filter(|_| ids.len() == 1);
    lists
        .into_iter()
        .map(|(ip, (answered, listed))| (ip, one(&answered).or_else(|| one(&listed))))
        .collect()
}
