//! Devices, with brand, model, type and system.
use super::classes::{Class, NETWORK};
use super::snapshot::{CLASS, PRIMARY_KEY};
use super::{LONGEST, Maker, Placed, class};
use crate::cmdb::matching::Match;
use crate::cmdb::words::{cut, title};
use crate::cmdb::{Note, Object, Rule, Wanted};
use crate::export::{Device, Field, Lifecycle};
use crate::model::AssetState;
use serde_json::{Value, json};
use std::net::IpAddr;

/// Values of PhysicalDevice's `status`.
const PRODUCTION: &str = "production";
const IMPLEMENTATION: &str = "implementation";
pub(super) const OBSOLETE: &str = "obsolete";

impl<'a> Maker<'a> {
    /// Every device that has a place; the others are conflicts.
    pub(super) fn devices(&mut self) {
        let (snapshot, estate) = (self.snapshot, self.estate);
        let matches = super::matching::matches(estate, self.settings, snapshot);
        let mut placed = Vec::new();
        for device in &estate.devices {
            let (name, object) = match matches.get(&device.id) {
                Some(Match::Found(object, name)) => (name, Some(*object)),
                Some(Match::New(name)) => (name, None),
                Some(Match::Conflict(note)) => {
                    self.builder.conflict(note.clone());
                    continue;
                }
                None => continue,
            };
            // What people have put into a class stays in it.
            let name_of_class = object.map_or(device.kinds.itop.as_str(), |it| it.text(CLASS));
            match class(name_of_class) {
                Some(class) if class.is_loaded() && snapshot.has_class(class.name) => {
                    placed.push((device, name, object, class));
                }
                _ => {
                    let with = [("class", name_of_class)];
                    self.builder.conflict(Note::new("no-class", name, &with));
                }
            }
        }
        self.sources(placed.iter().map(|(.., class)| *class));
        for (device, name, object, class) in placed {
            self.device(device, name, object, class);
        }
    }

    fn device(
        &mut self,
        device: &'a Device,
        name: &str,
        object: Option<&'a Object>,
        class: &'static Class,
    ) {
        let id = device.id.to_string();
        let (state, status) = match device.state {
            AssetState::Observed | AssetState::NotContacted => (Lifecycle::Seen, PRODUCTION),
            AssetState::Declared => (Lifecycle::Declared, IMPLEMENTATION),
        };
        let status = self.mapping.status(state, status).to_owned();
        let location = self.locations.get(&device.site).cloned();
        let organization = self.organization.clone();
        let mut wanted = Wanted::new(class.name, &id, name)
            .mapped("name", name, Rule::Ours, Field::Name)
            .with("org_id", organization.clone(), Rule::Initial)
            .with(PRIMARY_KEY, id, Rule::Ours)
            .mapped("status", status, Rule::Ours, Field::Status)
            .mapped(
                "location_id",
                location.unwrap_or_default(),
                Rule::IfEmpty,
                Field::Site,
            )
            .found_by("name", name, &[("org_id", organization)]);
        if let Some(serial) = &device.serial {
            wanted = wanted.mapped(
                "serialnumber",
                cut(serial, LONGEST),
                Rule::Ours,
                Field::Serial,
            );
        }
        if let Some(text) = &device.description {
            let text = cut(text, LONGEST);
            wanted = wanted.mapped("description", text, Rule::IfEmpty, Field::Description);
        }
        if let Some(criticality) = device.criticality.as_deref().map(criticity) {
            let rule = Rule::IfEmpty;
            wanted = wanted.mapped("business_criticity", criticality, rule, Field::Criticality);
        }
        if class.has("managementip")
            && let Some(IpAddr::V4(address)) = device.address
        {
            let address = address.to_string();
            wanted = wanted.mapped("managementip", address, Rule::Ours, Field::Address);
        }
        // A virtual machine is of no maker and at no place.
        let brand = if class.has("brand_id") {
            self.brand(device)
        } else {
            None
        };
        wanted = self.with_model(wanted, device, object, class, brand.as_ref());
        wanted = self.with_system(wanted, device, class, brand);
        wanted
            .fields
            .retain(|(field, ..)| class.has(field) || field == PRIMARY_KEY);
        let reference = self.put(wanted, object);
        let placed = Placed {
            reference,
            object,
            class,
        };
        self.devices.insert(device.id, placed);
    }

    fn brand(&mut self, device: &Device) -> Option<Value> {
        let own = device.manufacturer.as_deref()?;
        let name = self.mapping.manufacturer(own).to_owned();
        Some(self.named("Brand", &name, &[], &[]))
    }

    /// Brand and model. A model is of one brand and one class: where people chose another brand,
    /// ours stays out.
    fn with_model(
        &mut self,
        wanted: Wanted,
        device: &Device,
        object: Option<&Object>,
        class: &Class,
        brand: Option<&Value>,
    ) -> Wanted {
        let Some(brand) = brand else { return wanted };
        let theirs = object.map_or(&Value::Null, |object| object.get("brand_id"));
        let others = theirs.as_str().is_some_and(|id| !id.is_empty()) && theirs != brand;
        let wanted = wanted.mapped(
            "brand_id",
            brand.clone(),
            Rule::IfEmpty,
            Field::Manufacturer,
        );
        let Some(model) = device.model.as_deref().filter(|_| !others) else {
            return wanted;
        };
        match self.model(model, brand, class) {
            Some(model) => wanted.mapped("model_id", model, Rule::IfEmpty, Field::Model),
            None => wanted,
        }
    }

    /// The model; nothing where the brand has one of that name for another class: the server takes no
    /// second.
    fn model(&mut self, name: &str, brand: &Value, class: &Class) -> Option<Value> {
        let kind = json!(class.name);
        let of = [("brand_id", brand.clone())];
        let key = format!("{} {brand}", cut(name, LONGEST).to_lowercase());
        let known = self.models.entry(key).or_insert_with(|| {
            super::setup::named(self.snapshot, "Model", name, &of)
                .map_or(kind.clone(), |model| model.get("type").clone())
        });
        let fits = *known == kind;
        fits.then(|| self.named("Model", name, &of, &[("type", kind)]))
    }

    /// Type and system of a network device; system, processors and memory of a computer.
    fn with_system(
        &mut self,
        mut wanted: Wanted,
        device: &Device,
        class: &Class,
        brand: Option<Value>,
    ) -> Wanted {
        let version = device.os_version.as_ref().or(device.firmware.as_ref());
        let system = device.os_name.as_ref().or(device.os_family.as_ref());
        if class.name == NETWORK {
            let own = self.mapping.role(&device.class, &device.kinds.netbox);
            let kind = self.named("NetworkDeviceType", &title(own), &[], &[]);
            wanted = wanted.mapped("networkdevicetype_id", kind, Rule::IfEmpty, Field::Role);
            if let (Some(version), Some(brand)) = (version, brand) {
                let words = system.map_or(version.clone(), |system| format!("{system} {version}"));
                let version = self.named("IOSVersion", &words, &[("brand_id", brand)], &[]);
                wanted = wanted.mapped("iosversion_id", version, Rule::IfEmpty, Field::Platform);
            }
        }
        if class.has("osfamily_id")
            && let Some(system) = system
        {
            let family = self.named("OSFamily", system, &[], &[]);
            if let Some(version) = &device.os_version {
                let of = [("osfamily_id", family.clone())];
                let version = self.named("OSVersion", version, &of, &[]);
                wanted = wanted.mapped("osversion_id", version, Rule::IfEmpty, Field::Platform);
            }
            wanted = wanted.mapped("osfamily_id", family, Rule::IfEmpty, Field::Platform);
        }
        if class.has("cpu") {
            let memory = device.memory.map(|bytes| bytes.div_ceil(1 << 30));
            wanted = wanted
                .maybe(
                    "cpu",
                    device.processors.map(|n| n.to_string()),
                    Rule::IfEmpty,
                )
                .maybe("ram", memory.map(|gib| format!("{gib} GiB")), Rule::IfEmpty);
        }
        wanted
    }
}

/// A to D as the three values of `business_criticity`.
fn criticity(class: &str) -> &'static str {
    match class {
        "A" => "high",
        "B" => "medium",
        _ => "low",
    }
}
