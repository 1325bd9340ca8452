//! Devices, with manufacturer, type, role, platform and location.
use super::matching::serial;
use super::setup::{TAG_DECLARED, TAG_THIRD_PARTY};
use super::words::{cut, slug, title};
use super::{Maker, Placed};
use crate::cmdb::matching::Match;
use crate::cmdb::{Object, Rule, Wanted};
use crate::export::{Device, Field, Lifecycle};
use crate::model::AssetState;
use serde_json::{Value, json};

/// Texts that agents carry from the factory: they place nothing.
const NOWHERE: [&str; 6] = [
    "unknown",
    "sitting on the dock of the bay",
    "right here, right now",
    "not specified",
    "none",
    "location",
];

impl<'a> Maker<'a> {
    /// Every device that has a place; the others are conflicts.
    pub(super) fn devices(&mut self) {
        let (snapshot, estate) = (self.snapshot, self.estate);
        let matches = super::matches(estate, self.mapping, snapshot, &self.tenant, &self.sites);
        for device in &estate.devices {
            match matches.get(&device.id) {
                Some(Match::Found(object, name)) => self.device(device, name, Some(object)),
                Some(Match::New(name)) => self.device(device, name, None),
                Some(Match::Conflict(note)) => self.builder.conflict(note.clone()),
                None => {}
            }
        }
    }

    fn device(&mut self, device: &'a Device, name: &str, object: Option<&'a Object>) {
        let site = self.sites.get(&device.site).cloned().unwrap_or_default();
        let (kind, sure, manufacturer) = self.device_type(device);
        let own = self
            .mapping
            .role(&device.class, &device.kinds.netbox)
            .to_owned();
        let role = self.named(
            "dcim/device-roles",
            &title(&own),
            &[("color", json!("607d8b"))],
            |_| true,
        );
        let platform = device.os_name.as_deref().or(device.os_family.as_deref());
        let platform = platform.and_then(|name| self.platform(name, object, &manufacturer));
        // A location stands at its site alone: people may have moved the device.
        let moved = object.is_some_and(|object| *object.get("site") != site);
        let location = if moved {
            None
        } else {
            self.location(device, &site)
        };
        let tags = self.tags(device, object);
        let (state, status) = match device.state {
            AssetState::Observed | AssetState::NotContacted => (Lifecycle::Seen, "active"),
            AssetState::Declared => (Lifecycle::Declared, "planned"),
        };
        let status = self.mapping.status(state, status).to_owned();
        let known = if sure { Rule::IfEmpty } else { Rule::Initial };
        let id = device.id.to_string();
        let custom = self.custom("arpenteur_id");
        let mut wanted = Wanted::new("dcim/devices", &id, name)
            .mapped("name", name, Rule::Ours, Field::Name)
            .mapped("site", site, Rule::IfEmpty, Field::Site)
            .with("tenant", self.tenant.clone(), Rule::IfEmpty)
            .mapped("device_type", kind, known, Field::Model)
            .mapped("role", role, Rule::IfEmpty, Field::Role)
            .mapped("status", status, Rule::Ours, Field::Status)
            .with(&format!("custom_fields.{custom}"), id.clone(), Rule::Ours)
            .found_by(&format!("cf_{custom}"), id, &[]);
        if let Some(serial) = serial(device) {
            wanted = wanted.mapped("serial", serial, Rule::Ours, Field::Serial);
        }
        if let Some(platform) = platform {
            wanted = wanted.mapped("platform", platform, Rule::IfEmpty, Field::Platform);
        }
        if let Some(location) = location {
            wanted = wanted.mapped("location", location, Rule::IfEmpty, Field::Location);
        }
        if let Some(text) = &device.description {
            wanted = wanted.mapped(
                "description",
                cut(text, 200),
                Rule::IfEmpty,
                Field::Description,
            );
        }
        if !tags.is_empty() {
            wanted = wanted.with("tags", tags, Rule::Ours);
        }
        let wanted = self.with_custom_fields(wanted, device);
        let reference = self.put(wanted, object);
        self.devices.insert(device.id, Placed { reference, object });
    }

    fn with_custom_fields(&self, mut wanted: Wanted, device: &Device) -> Wanted {
        let version = device.os_version.as_ref().or(device.firmware.as_ref());
        let seen = (device.state == AssetState::Observed)
            .then(|| self.estate.as_of.strftime("%Y-%m-%d").to_string());
        let fields = [
            ("last_seen", seen, None),
            ("version", version.cloned(), None),
            ("contact", device.contact.clone(), Some(Field::Contact)),
            ("owner", device.owner.clone(), None),
            (
                "criticality",
                device.criticality.clone(),
                Some(Field::Criticality),
            ),
            (
                "third_party",
                device.third_party.clone(),
                Some(Field::Contract),
            ),
            ("end_of_support", device.end_of_support.clone(), None),
        ];
        for (own, value, field) in fields {
            let Some(value) = value else { continue };
            let rule = if field.is_some() {
                Rule::IfEmpty
            } else {
                Rule::Ours
            };
            let name = format!("custom_fields.{}", self.custom(own));
            wanted
                .fields
                .push((name, json!(cut(&value, 200)), rule, field));
        }
        wanted
    }

    /// A platform that the device may have: one of no manufacturer, or of its own.
    fn platform(
        &mut self,
        name: &str,
        object: Option<&Object>,
        manufacturer: &Value,
    ) -> Option<Value> {
        let snapshot = self.snapshot;
        let theirs = object.and_then(|object| {
            let kind = snapshot.get("dcim/device-types", object.get("device_type"))?;
            Some(kind.get("manufacturer"))
        });
        let own = theirs.unwrap_or(manufacturer);
        let fits = |platform: &Object| {
            let limited = platform.get("manufacturer");
            limited.is_null() || limited == own
        };
        let all = snapshot.all("dcim/platforms").iter();
        let mut named = all.filter(|platform| platform.text("name").eq_ignore_ascii_case(name));
        let taken = named.clone().next().is_some();
        // Two platforms of one name: since 4.4.
        (!taken || named.any(fits) || snapshot.version >= (4, 4))
            .then(|| self.named("dcim/platforms", name, &[], fits))
    }

    /// The device type, whether the model was read, and the manufacturer.
    fn device_type(&mut self, device: &Device) -> (Value, bool, Value) {
        let maker = device.manufacturer.as_deref().unwrap_or("Unknown");
        let maker = self.mapping.manufacturer(maker).to_owned();
        let manufacturer = self.named("dcim/manufacturers", &maker, &[], |_| true);
        let sure = device.model.is_some();
        let model = match &device.model {
            Some(model) => cut(model, 100),
            None => format!("Unknown {}", device.kinds.netbox),
        };
        let mut types = self.snapshot.all("dcim/device-types").iter();
        let there = types.find(|kind| {
            *kind.get("manufacturer") == manufacturer
                && kind.text("model").to_lowercase() == model.to_lowercase()
        });
        if let Some(kind) = there {
            return (kind.id.clone(), sure, manufacturer);
        }
        let key = format!("{} {}", maker.to_lowercase(), model.to_lowercase());
        let full = format!("dcim/device-types {key}");
        if self.builder.makes(&full) {
            return (json!({ "ref": full }), sure, manufacturer);
        }
        let slug = self.free_slug("dcim/device-types", &slug(&format!("{maker} {model}")));
        let wanted = Wanted::new("dcim/device-types", &key, format!("{maker} {model}"))
            .with("manufacturer", manufacturer.clone(), Rule::Initial)
            .with("model", model, Rule::Initial)
            .with("slug", slug.clone(), Rule::Initial)
            .with("u_height", 0, Rule::Initial)
            .found_by("slug", slug, &[]);
        (self.put(wanted, None), sure, manufacturer)
    }

    fn location(&mut self, device: &Device, site: &Value) -> Option<Value> {
        let name = cut(device.location.as_deref()?, 100);
        let lower = name.to_lowercase();
        if lower.is_empty() || NOWHERE.iter().any(|nowhere| lower.starts_with(nowhere)) {
            return None;
        }
        let more = [
            ("site", site.clone()),
            ("status", json!("active")),
            ("tenant", self.tenant.clone()),
        ];
        Some(self.named("dcim/locations", &name, &more, |location| {
            location.get("site") == site
        }))
    }

    /// Tags that it has, and ours.
    fn tags(&mut self, device: &Device, object: Option<&Object>) -> Vec<Value> {
        let mut names: Vec<&str> = device.tags.iter().map(String::as_str).collect();
        if device.state == AssetState::Declared {
            names.push(TAG_DECLARED);
        }
        if device.third_party.is_some() {
            names.push(TAG_THIRD_PARTY);
        }
        if names.is_empty() {
            return Vec::new();
        }
        let theirs = object.map(|object| object.get("tags").clone());
        let mut tags = match theirs {
            Some(Value::Array(tags)) => tags,
            _ => Vec::new(),
        };
        for name in names {
            let tag = self.tag(name);
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }
}
