//! Prefixes, components, stacks, cables and services.
use super::Maker;
use super::matching::{SERIAL, serial};
use super::words::{cut, has_no_socket, marked};
use crate::cmdb::networks::networks;
use crate::cmdb::{Note, Object, Rule, Wanted};
use crate::export::Device;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Maker<'a> {
    /// Prefixes at their sites.
    pub(super) fn prefixes(&mut self) {
        let vrf = self.vrf.clone();
        let there = self.snapshot.index("ipam/prefixes", |prefix| {
            (*prefix.get("vrf") == vrf).then(|| prefix.text("prefix").to_owned())
        });
        let mut done = BTreeSet::new();
        for (site, network) in networks(self.estate) {
            let text = network.to_string();
            if !done.insert(text.clone()) {
                self.builder
                    .unplaced(Note::new("prefix-of-two-sites", text, &[]));
                continue;
            }
            let existing = there.get(&text).map_or(&[][..], Vec::as_slice);
            let anothers = |prefix: &&Object| {
                let tenant = prefix.get("tenant");
                !tenant.is_null() && *tenant != self.tenant
            };
            if existing.iter().any(anothers) {
                self.builder.conflict(Note::new("prefix-taken", text, &[]));
                continue;
            }
            let at = self.sites.get(&site).cloned().unwrap_or_default();
            let wanted = Wanted::new("ipam/prefixes", &text, text.clone())
                .with("prefix", text.clone(), Rule::Initial)
                .with("status", "active", Rule::Initial)
                .with("vrf", self.vrf.clone(), Rule::Initial)
                .with("tenant", self.tenant.clone(), Rule::IfEmpty)
                .with("scope_type", "dcim.site", Rule::Initial)
                .with("scope_id", at, Rule::Initial)
                .found_by("prefix", text, &[("vrf", self.vrf.clone())]);
            self.put(wanted, existing.first().copied());
        }
    }

    /// Components that have a serial number, and the members of a stack, as inventory items.
    pub(super) fn components(&mut self) {
        let estate = self.estate;
        let there = self.snapshot.index("dcim/inventory-items", |item| {
            Some((
                item.get("device").to_string(),
                item.text("name").to_lowercase(),
            ))
        });
        for device in &estate.devices {
            let Some(placed) = self.devices.get(&device.id).cloned() else {
                continue;
            };
            for item in items(device) {
                let existing = placed.object.and_then(|object| {
                    there
                        .get(&(object.id.to_string(), item.name.to_lowercase()))?
                        .first()
                        .copied()
                });
                let maker = item
                    .maker
                    .as_deref()
                    .map(|maker| self.mapping.manufacturer(maker).to_owned());
                let maker =
                    maker.map(|maker| self.named("dcim/manufacturers", &maker, &[], |_| true));
                let key = format!("{} {}", device.id, item.name);
                let label = format!("{} {}", device.name, item.name);
                let wanted = Wanted::new("dcim/inventory-items", &key, label)
                    .with("device", placed.reference.clone(), Rule::Initial)
                    .with("name", item.name.clone(), Rule::Initial)
                    .maybe("manufacturer", maker, Rule::IfEmpty)
                    .maybe("part_id", item.part.map(|part| cut(&part, 50)), Rule::Ours)
                    .maybe("serial", item.serial, Rule::Ours)
                    .maybe(
                        "description",
                        item.description.map(|text| cut(&text, 200)),
                        Rule::IfEmpty,
                    )
                    .with("discovered", true, Rule::Initial)
                    .found_by(
                        "device_id",
                        placed.reference.clone(),
                        &[("name", json!(item.name))],
                    );
                self.put(wanted, existing);
            }
        }
    }

    /// A stack is one device, the master of a virtual chassis; its members are inventory items.
    pub(super) fn stacks(&mut self) {
        let estate = self.estate;
        for device in estate
            .devices
            .iter()
            .filter(|device| device.units.len() > 1)
        {
            let Some(placed) = self.devices.get(&device.id).cloned() else {
                continue;
            };
            if placed
                .object
                .is_some_and(|object| !object.get("virtual_chassis").is_null())
            {
                continue;
            }
            let wanted = Wanted::new(
                "dcim/virtual-chassis",
                &device.id.to_string(),
                device.name.clone(),
            )
            .with("name", cut(&device.name, 64), Rule::Initial)
            .with(
                "domain",
                device.id.to_string().get(..30).unwrap_or_default(),
                Rule::Initial,
            )
            .with("master", placed.reference.clone(), Rule::Initial)
            .found_by("master_id", placed.reference, &[]);
            self.put(wanted, None);
        }
    }

    /// Cables: both ends known, one for each port.
    pub(super) fn cables(&mut self) {
        let estate = self.estate;
        for link in &estate.loose_links {
            self.builder
                .unplaced(Note::new("loose-link", link.clone(), &[]));
        }
        let there: BTreeSet<String> = self
            .snapshot
            .all("dcim/cables")
            .iter()
            .map(|cable| cable.get("terminations").to_string())
            .collect();
        let mut used = BTreeSet::new();
        for cable in &estate.cables {
            let label = self.cable_label(&cable.a, &cable.b);
            let (Some(a), Some(b)) = (self.ports.get(&cable.a), self.ports.get(&cable.b)) else {
                self.builder
                    .unplaced(Note::new("cable-without-port", label, &[]));
                continue;
            };
            let mut ends = [a.reference.as_u64(), b.reference.as_u64()];
            ends.sort_unstable();
            if there.contains(&json!(ends).to_string()) {
                self.builder.plan.unchanged += 1;
                continue;
            }
            let cabled = |port: &super::PlacedPort<'_>| {
                port.object
                    .is_some_and(|object| !object.get("cable").is_null())
            };
            let code = if has_no_socket(&a.kind) || has_no_socket(&b.kind) {
                Some("cable-without-socket")
            } else if cabled(a) || cabled(b) {
                Some("port-cabled")
            } else if used.contains(&cable.a) || used.contains(&cable.b) {
                Some("port-of-two-links")
            } else {
                None
            };
            if let Some(code) = code {
                self.builder.unplaced(Note::new(code, label, &[]));
                continue;
            }
            used.extend([cable.a.clone(), cable.b.clone()]);
            let (a, b) = (a.reference.clone(), b.reference.clone());
            let end = |id: &Value| json!([{"object_type": "dcim.interface", "object_id": id}]);
            let device = self
                .devices
                .get(&cable.a.0)
                .map(|placed| placed.reference.clone());
            let key = format!("{} {} {} {}", cable.a.0, cable.a.1, cable.b.0, cable.b.1);
            let wanted = Wanted::new("dcim/cables", &key, label)
                .with("a_terminations", end(&a), Rule::Initial)
                .with("b_terminations", end(&b), Rule::Initial)
                .with("status", "connected", Rule::Initial)
                .found_by(
                    "device_id",
                    device.unwrap_or_default(),
                    &[("terminations", json!([a, b]))],
                );
            self.put(wanted, None);
        }
    }

    fn cable_label(&self, a: &(uuid::Uuid, String), b: &(uuid::Uuid, String)) -> String {
        let name = |id: uuid::Uuid| {
            let mut devices = self.estate.devices.iter();
            devices
                .find(|device| device.id == id)
                .map_or("?", |device| device.name.as_str())
        };
        format!("{} {} — {} {}", name(a.0), a.1, name(b.0), b.1)
    }

    /// What answers on TCP ports.
    pub(super) fn services(&mut self) {
        let estate = self.estate;
        let parents = self.snapshot.version >= (4, 3);
        let parent = if parents {
            "parent_object_id"
        } else {
            "device"
        };
        let mut there: BTreeMap<(String, u64), &'a Object> = BTreeMap::new();
        let of_device =
            |service: &&Object| !parents || service.text("parent_object_type") == "dcim.device";
        for service in self.snapshot.all("ipam/services").iter().filter(of_device) {
            for port in service.get("ports").as_array().into_iter().flatten() {
                if let (Some(port), "tcp") = (port.as_u64(), service.text("protocol")) {
                    there.insert((service.get(parent).to_string(), port), service);
                }
            }
        }
        for device in &estate.devices {
            let Some(placed) = self.devices.get(&device.id).cloned() else {
                continue;
            };
            for (port, name) in &device.services {
                let existing = placed.object.and_then(|object| {
                    there
                        .get(&(object.id.to_string(), u64::from(*port)))
                        .copied()
                });
                let key = format!("{} tcp {port}", device.id);
                let mut wanted = Wanted::new(
                    "ipam/services",
                    &key,
                    format!("{} {name} {port}", device.name),
                )
                .with("name", cut(name, 100), Rule::Initial)
                .with("protocol", "tcp", Rule::Initial)
                .with("ports", json!([port]), Rule::Initial)
                .with(parent, placed.reference.clone(), Rule::Initial);
                if parents {
                    wanted = wanted.with("parent_object_type", "dcim.device", Rule::Initial);
                }
                let wanted = wanted.found_by(
                    "device_id",
                    placed.reference.clone(),
                    &[
                        ("protocol", json!("tcp")),
                        ("ports", json!([port])),
                        (parent, placed.reference.clone()),
                    ],
                );
                self.put(wanted, existing);
            }
        }
    }
}

struct Item {
    name: String,
    maker: Option<String>,
    part: Option<String>,
    serial: Option<String>,
    description: Option<String>,
}

/// Members of a stack by their number, then components; names are unique within a device.
fn items(device: &Device) -> Vec<Item> {
    let mut seen = BTreeSet::new();
    let mut serials: BTreeSet<String> = serial(device).into_iter().collect();
    let mut items = Vec::new();
    if device.units.len() > 1 {
        for unit in &device.units {
            let serial = unit.serial_num.as_deref().map(|serial| cut(serial, SERIAL));
            serials.extend(serial.clone());
            let name = cut(&format!("Unit {}", unit.number), 64);
            if seen.insert(name.to_lowercase()) {
                items.push(Item {
                    name,
                    maker: device.manufacturer.clone(),
                    part: unit.model_name.clone(),
                    serial,
                    description: unit.role.clone(),
                });
            }
        }
    }
    for component in &device.components {
        let serial = component
            .serial_num
            .as_deref()
            .map(|serial| cut(serial, SERIAL));
        let Some(serial) =
            serial.filter(|serial| !serial.is_empty() && serials.insert(serial.clone()))
        else {
            continue;
        };
        let name = component.name.as_ref().or(component.description.as_ref());
        let name = name
            .or(component.class.as_ref())
            .filter(|name| !name.trim().is_empty());
        let mut name = name.map_or_else(|| serial.clone(), |name| cut(name, 64));
        if !seen.insert(name.to_lowercase()) {
            name = marked(&name, &component.index.to_string(), 64);
            seen.insert(name.to_lowercase());
        }
        items.push(Item {
            name,
            maker: component
                .mfg_name
                .clone()
                .filter(|maker| !maker.trim().is_empty()),
            part: component.model_name.clone(),
            serial: Some(serial),
            description: component.description.clone(),
        });
    }
    items
}
