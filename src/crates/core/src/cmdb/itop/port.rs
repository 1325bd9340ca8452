//! Interfaces, VLANs, subnets and links.
use super::classes::{INTERFACE, LINK, MEMBERSHIP, NETWORK};
use super::snapshot::PRIMARY_KEY;
use super::{LONGEST, Maker, Placed};
use crate::cmdb::networks::{networks, vlan_names};
use crate::cmdb::words::{cut, port_names};
use crate::cmdb::{Note, Object, Rule, Wanted};
use crate::export::{Cable, Device, Field, Port};
use ipnetwork::{IpNetwork, Ipv4Network};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

/// Port that holds the address of a device that names none.
const MANAGEMENT: &str = "management";
/// One million bits per second, the unit of `speed`.
const MEGABIT: u64 = 1_000_000;

/// Objects by device and name.
type Known<'a> = BTreeMap<(String, String), Vec<&'a Object>>;

impl<'a> Maker<'a> {
    /// Interfaces of the devices whose class has them.
    pub(super) fn interfaces(&mut self) {
        let estate = self.estate;
        let there = self.snapshot.index(INTERFACE, |port| {
            let device = port.text("connectableci_id").to_owned();
            Some((device, port.text("name").to_lowercase()))
        });
        for device in &estate.devices {
            let Some(placed) = self.devices.get(&device.id).cloned() else {
                continue;
            };
            self.without_a_place(device, &placed);
            if !placed.class.connectable {
                continue;
            }
            let names = port_names(device, LONGEST);
            for (port, name) in device.ports.iter().zip(names) {
                if is_physical(port) || self.ipv4(device, &port.name).is_some() {
                    self.interface(device, &placed, port, &name, &there);
                }
            }
            if let Some(port) = self.management(device, &placed) {
                self.interface(device, &placed, &port, MANAGEMENT, &there);
            }
        }
    }

    /// Says which addresses the server has no place for: IPv6 is refused by its attributes, and
    /// some classes have neither a management address nor interfaces.
    fn without_a_place(&mut self, device: &Device, placed: &Placed<'_>) {
        let is_v6 = |ip: &IpAddr| ip.is_ipv6();
        let addresses = device.addresses.iter().map(|address| address.ip);
        if addresses.chain(device.address).any(|ip| is_v6(&ip)) {
            let note = Note::new("no-ipv6", &device.name, &[]);
            self.builder.unplaced(note);
        }
        let class = placed.class;
        if !class.connectable && device.address.is_some_and(|ip| !is_v6(&ip)) {
            let note = Note::new("no-address", &device.name, &[("class", class.name)]);
            self.builder.unplaced(note);
        }
    }

    /// The port that is made up for an address that stands on none, where the class has no
    /// attribute for it.
    fn management(&self, device: &Device, placed: &Placed<'_>) -> Option<Port> {
        let Some(IpAddr::V4(own)) = device.address else {
            return None;
        };
        let mut addresses = device.addresses.iter();
        let stands = addresses.any(|address| {
            let named = |port: &str| device.ports.iter().any(|other| other.name == port);
            address.ip == IpAddr::V4(own) && address.port.as_deref().is_some_and(named)
        });
        (!stands && !placed.class.has("managementip")).then(|| Port {
            name: MANAGEMENT.to_owned(),
            ..Port::default()
        })
    }

    fn interface(
        &mut self,
        device: &Device,
        placed: &Placed<'a>,
        port: &Port,
        name: &str,
        there: &Known<'a>,
    ) {
        let existing = placed.object.and_then(|object| {
            let id = object.id.as_str()?.to_owned();
            there.get(&(id, name.to_lowercase()))?.first().copied()
        });
        let key = cut(&format!("{}/{name}", device.id), LONGEST);
        let of = placed.reference.clone();
        let mut wanted = Wanted::new(INTERFACE, &key, format!("{} {name}", device.name))
            .with("name", name, Rule::Initial)
            .with("connectableci_id", of.clone(), Rule::Initial)
            .with(PRIMARY_KEY, key, Rule::Ours)
            .maybe("macaddress", port.mac.clone(), Rule::Ours)
            .found_by("connectableci_id", of, &[("name", json!(name))]);
        if let Some((address, mask)) = self.ipv4(device, &port.name) {
            wanted = wanted
                .mapped("ipaddress", address.to_string(), Rule::Ours, Field::Address)
                .maybe("ipmask", mask.map(|mask| mask.to_string()), Rule::Ours);
        }
        if let Some(text) = &port.description {
            let text = cut(text, LONGEST);
            wanted = wanted.mapped("comment", text, Rule::IfEmpty, Field::Description);
        }
        let speed = port.speed.map(|speed| speed / MEGABIT);
        let speed = speed
            .filter(|speed| *speed > 0)
            .map(|speed| speed.to_string());
        let wanted = wanted.maybe("speed", speed, Rule::Ours);
        let reference = self.put(wanted, existing);
        self.ports.insert((device.id, port.name.clone()), reference);
    }

    /// The lowest IPv4 address of a port, with its mask: the device's, else the scope's.
    fn ipv4(&self, device: &Device, port: &str) -> Option<(Ipv4Addr, Option<Ipv4Addr>)> {
        let on_port = device.addresses.iter().filter_map(|address| {
            let here = match address.port.as_deref() {
                Some(own) => own == port,
                None => port == MANAGEMENT && Some(address.ip) == device.address,
            };
            match address.ip {
                IpAddr::V4(ip) if here && !ip.is_loopback() => Some((ip, address.prefix_length)),
                _ => None,
            }
        });
        let made_up = match device.address {
            Some(IpAddr::V4(ip)) if port == MANAGEMENT => Some((ip, None)),
            _ => None,
        };
        let (ip, length) = on_port.min().or(made_up)?;
        let own = length.and_then(|length| Ipv4Network::new(ip, length).ok());
        let networks = self.estate.networks.iter();
        let scope = networks.filter_map(|(site, network)| match network {
            IpNetwork::V4(net) if *site == device.site && net.contains(ip) => Some(*net),
            _ => None,
        });
        let narrowest = scope.max_by_key(|network| network.prefix());
        Some((ip, own.or(narrowest).map(|network| network.mask())))
    }

    fn has_networks(&mut self, class: &'static str) -> bool {
        let has = self.snapshot.has_class(class);
        if !has {
            let note = Note::new("no-networks", class, &[]);
            self.builder.unplaced(note);
        }
        has
    }

    /// VLANs of the organisation, and the interfaces in them.
    pub(super) fn vlans(&mut self) {
        if !self.has_networks("VLAN") {
            return;
        }
        let estate = self.estate;
        let there = self
            .snapshot
            .index("VLAN", |vlan| Some(vlan.text("vlan_tag").to_owned()));
        let mut vlans: BTreeMap<u16, Option<Value>> = BTreeMap::new();
        let placed = estate
            .devices
            .iter()
            .filter(|device| self.devices.contains_key(&device.id));
        for (tag, name) in vlan_names(placed, LONGEST) {
            let text = tag.to_string();
            let existing = match there.get(&text).map(Vec::as_slice) {
                Some([vlan]) => Some(*vlan),
                Some([_, ..]) => {
                    let note = Note::new("ambiguous-vlan", &text, &[]);
                    self.builder.conflict(note);
                    vlans.insert(tag, None);
                    continue;
                }
                _ => None,
            };
            let of = self.organization.clone();
            let wanted = Wanted::new("VLAN", &text, format!("VLAN {tag} {name}"))
                .with("vlan_tag", text.clone(), Rule::Initial)
                .with("org_id", of.clone(), Rule::Initial)
                .with("description", name, Rule::Initial)
                .found_by("vlan_tag", text, &[("org_id", of)]);
            let reference = self.put(wanted, existing);
            vlans.insert(tag, Some(reference));
        }
        let members = self.snapshot.index(MEMBERSHIP, |link| {
            let port = link.text("physicalinterface_id").to_owned();
            Some((port, link.text("vlan_id").to_owned()))
        });
        for device in &estate.devices {
            for port in &device.ports {
                let tags: BTreeSet<u16> =
                    port.untagged.iter().chain(&port.tagged).copied().collect();
                for tag in tags {
                    let vlan = vlans.get(&tag).cloned().flatten();
                    self.membership(device, port, (tag, vlan), &members);
                }
            }
        }
    }

    fn membership(
        &mut self,
        device: &Device,
        port: &Port,
        (tag, vlan): (u16, Option<Value>),
        members: &Known<'a>,
    ) {
        let interface = self.ports.get(&(device.id, port.name.clone())).cloned();
        let (Some(interface), Some(vlan)) = (interface, vlan) else {
            return;
        };
        let existing = interface.as_str().zip(vlan.as_str()).and_then(|(a, b)| {
            let found = members.get(&(a.to_owned(), b.to_owned()))?;
            found.first().copied()
        });
        let key = format!("{}/{} {tag}", device.id, port.name);
        let label = format!("{} {} VLAN {tag}", device.name, port.name);
        let wanted = Wanted::new(MEMBERSHIP, &key, label)
            .with("physicalinterface_id", interface.clone(), Rule::Initial)
            .with("vlan_id", vlan.clone(), Rule::Initial)
            .found_by("physicalinterface_id", interface, &[("vlan_id", vlan)]);
        self.put(wanted, existing);
    }

    /// IPv4 networks.
    pub(super) fn subnets(&mut self) {
        if !self.has_networks("Subnet") {
            return;
        }
        let there = self.snapshot.index("Subnet", |subnet| {
            Some((
                subnet.text("ip").to_owned(),
                subnet.text("ip_mask").to_owned(),
            ))
        });
        let mut done = BTreeSet::new();
        for (site, network) in networks(self.estate) {
            let IpNetwork::V4(network) = network else {
                let note = Note::new("no-ipv6", network.to_string(), &[]);
                self.builder.unplaced(note);
                continue;
            };
            if !done.insert(network) {
                let note = Note::new("prefix-of-two-sites", network.to_string(), &[]);
                self.builder.unplaced(note);
                continue;
            }
            let (ip, mask) = (network.network().to_string(), network.mask().to_string());
            let existing = there.get(&(ip.clone(), mask.clone()));
            let existing = existing.and_then(|all| all.first().copied());
            let of = self.organization.clone();
            let name = self.mapping.site(&site.0, self.estate.site_name(&site));
            let text = network.to_string();
            let wanted = Wanted::new("Subnet", &text, text.clone())
                .with("ip", ip.clone(), Rule::Initial)
                .with("ip_mask", mask.clone(), Rule::Initial)
                .with("org_id", of.clone(), Rule::Initial)
                .with("subnet_name", cut(name, LONGEST), Rule::Initial)
                .found_by("ip", ip, &[("ip_mask", json!(mask)), ("org_id", of)]);
            self.put(wanted, existing);
        }
    }

    /// Links between a network device and another device, once a pair of ports. Between two
    /// network devices the server makes the mirrored link by itself.
    pub(super) fn links(&mut self) {
        let estate = self.estate;
        for link in &estate.loose_links {
            self.builder
                .unplaced(Note::new("loose-link", link.clone(), &[]));
        }
        let there: BTreeSet<[String; 4]> = self
            .snapshot
            .all(LINK)
            .iter()
            .map(|link| {
                [
                    "networkdevice_id",
                    "network_port",
                    "connectableci_id",
                    "device_port",
                ]
                .map(|field| link.text(field).to_lowercase())
            })
            .collect();
        let names: BTreeMap<Uuid, &str> = estate
            .devices
            .iter()
            .map(|device| (device.id, device.name.as_str()))
            .collect();
        for cable in &estate.cables {
            let name = |end: &(Uuid, String)| {
                let device = names.get(&end.0).copied().unwrap_or("?");
                format!("{device} {}", end.1)
            };
            let label = format!("{} — {}", name(&cable.a), name(&cable.b));
            self.link(cable, label, &there);
        }
    }

    fn link(&mut self, cable: &Cable, label: String, there: &BTreeSet<[String; 4]>) {
        let (Some(a), Some(b)) = (self.devices.get(&cable.a.0), self.devices.get(&cable.b.0))
        else {
            let note = Note::new("cable-without-port", label, &[]);
            return self.builder.unplaced(note);
        };
        let (network, network_port, device, device_port) = if a.class.name == NETWORK {
            (a.clone(), &cable.a.1, b.clone(), &cable.b.1)
        } else {
            (b.clone(), &cable.b.1, a.clone(), &cable.a.1)
        };
        if network.class.name != NETWORK || !device.class.connectable {
            return self.builder.unplaced(Note::new("no-link", label, &[]));
        }
        let (network_port, device_port) = (cut(network_port, LONGEST), cut(device_port, LONGEST));
        let id = |placed: &Placed<'_>| placed.reference.as_str().unwrap_or_default().to_owned();
        let one = [
            id(&network),
            network_port.to_lowercase(),
            id(&device),
            device_port.to_lowercase(),
        ];
        let [n, p, d, q] = one.clone();
        if there.contains(&one) || there.contains(&[d, q, n, p]) {
            self.builder.plan.unchanged += 1;
            return;
        }
        let key = format!("{} {} {} {}", cable.a.0, cable.a.1, cable.b.0, cable.b.1);
        let wanted = Wanted::new(LINK, &key, label)
            .with("networkdevice_id", network.reference.clone(), Rule::Initial)
            .with("connectableci_id", device.reference.clone(), Rule::Initial)
            .with("network_port", network_port.clone(), Rule::Initial)
            .with("device_port", device_port.clone(), Rule::Initial)
            .with("connection_type", "downlink", Rule::Initial)
            .found_by(
                "networkdevice_id",
                network.reference,
                &[
                    ("connectableci_id", device.reference),
                    ("network_port", json!(network_port)),
                    ("device_port", json!(device_port)),
                ],
            );
        self.put(wanted, None);
    }
}

/// Whether a port is no mere construct of software: IANA ifType softwareLoopback, propVirtual,
/// tunnel, l2vlan, l3ipvlan, mplsTunnel, ieee8023adLag and bridge are.
fn is_physical(port: &Port) -> bool {
    !matches!(
        port.iftype,
        Some(24 | 53 | 131 | 135 | 136 | 150 | 161 | 209)
    )
}
