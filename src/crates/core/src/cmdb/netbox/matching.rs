//! Which device of NetBox a device of the estate is: by our id, by serial number, by name.
use super::words::{cut, marked};
use super::{Snapshot, custom_field};
use crate::cmdb::{Note, Object};
use crate::export::{Device, Estate, Mapping};
use crate::model::SiteId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Length of a device's name in NetBox.
const NAME: usize = 64;
/// Length of a serial number in NetBox.
pub(super) const SERIAL: usize = 50;

/// What was found of a device.
#[derive(Debug, Clone)]
pub(super) enum Match<'a> {
    /// It is this object, and is to be called so.
    Found(&'a Object, String),
    /// It is not there, and is to be called so.
    New(String),
    /// It cannot be told, or its place is taken.
    Conflict(Note),
}

pub(super) struct Matcher<'a, 'b> {
    by_id: BTreeMap<String, Vec<&'a Object>>,
    by_serial: BTreeMap<String, Vec<&'a Object>>,
    by_name: BTreeMap<(String, String), Vec<&'a Object>>,
    field: String,
    sites: &'b BTreeMap<SiteId, Value>,
}

impl<'a, 'b> Matcher<'a, 'b> {
    pub(super) fn new(
        mapping: &Mapping,
        snapshot: &'a Snapshot,
        tenant: &Value,
        sites: &'b BTreeMap<SiteId, Value>,
    ) -> Self {
        let field = format!("custom_fields.{}", custom_field(mapping, "arpenteur_id"));
        let ours = |object: &Object| {
            let theirs = object.get("tenant");
            theirs.is_null() || theirs == tenant
        };
        let text = |object: &Object, name: &str| {
            let text = object.text(name).trim().to_lowercase();
            (!text.is_empty()).then_some(text)
        };
        let devices = "dcim/devices";
        Self {
            by_id: snapshot.index(devices, |object| text(object, &field)),
            by_serial: snapshot.index(devices, |object| {
                text(object, "serial").filter(|_| ours(object))
            }),
            by_name: snapshot.index(devices, |object| {
                let name = text(object, "name").filter(|_| object.get("tenant") == tenant);
                Some((name?, object.get("site").to_string()))
            }),
            field,
            sites,
        }
    }

    /// Every device; two of them are never the same object.
    pub(super) fn all(&self, estate: &Estate) -> BTreeMap<Uuid, Match<'a>> {
        let names = names(estate);
        let mut serials: BTreeMap<String, usize> = BTreeMap::new();
        for device in &estate.devices {
            if let Some(serial) = serial(device) {
                *serials.entry(serial.to_lowercase()).or_default() += 1;
            }
        }
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut found = BTreeMap::new();
        // What carries our id goes first: no other device may take it by its serial or name.
        let (known, rest): (Vec<&Device>, Vec<&Device>) = estate
            .devices
            .iter()
            .partition(|device| self.by_id.contains_key(&device.id.to_string()));
        for device in known.into_iter().chain(rest) {
            let name = names.get(&device.id).cloned().unwrap_or_default();
            let alone = serial(device)
                .is_some_and(|serial| serials.get(&serial.to_lowercase()) == Some(&1));
            let mut is = self.one(device, &name, alone);
            if let Match::Found(object, _) = &is
                && !taken.insert(object.id.to_string())
            {
                is = Match::Conflict(Note::new(
                    "same-object",
                    &name,
                    &[("other", object.text("name"))],
                ));
            }
            found.insert(device.id, is);
        }
        found
    }

    fn one(&self, device: &Device, name: &str, serial_is_its_own: bool) -> Match<'a> {
        let id = device.id.to_string();
        match self.by_id.get(&id).map(Vec::as_slice) {
            Some([object]) => return Match::Found(object, name.to_owned()),
            Some(_) => return Match::Conflict(Note::new("ambiguous-id", name, &[("id", &id)])),
            None => {}
        }
        if let Some(serial) = serial(device).filter(|_| serial_is_its_own) {
            let theirs = self.by_serial.get(&serial.to_lowercase());
            match theirs.map(Vec::as_slice) {
                Some([object]) if self.is_nobodys(object) => {
                    return Match::Found(object, name.to_owned());
                }
                Some([object]) => {
                    let with = [("serial", serial.as_str()), ("other", object.text("name"))];
                    return Match::Conflict(Note::new("serial-of-other", name, &with));
                }
                Some(several) => {
                    let others: Vec<&str> =
                        several.iter().map(|other| other.text("name")).collect();
                    let with = [("serial", serial.as_str()), ("others", &others.join(", "))];
                    return Match::Conflict(Note::new("ambiguous-serial", name, &with));
                }
                None => {}
            }
        }
        self.by_name(device, name)
    }

    fn by_name(&self, device: &Device, name: &str) -> Match<'a> {
        let Some(site) = self.sites.get(&device.site) else {
            return Match::New(name.to_owned());
        };
        let theirs = self.by_name.get(&(name.to_lowercase(), site.to_string()));
        match theirs.map(Vec::as_slice) {
            None => Match::New(name.to_owned()),
            Some([object]) => {
                let own = serial(device).unwrap_or_default();
                let their = object.text("serial").trim();
                let agrees = their.is_empty() || own.is_empty() || own.eq_ignore_ascii_case(their);
                if agrees && self.is_nobodys(object) {
                    return Match::Found(object, name.to_owned());
                }
                let with = [("serial", own.as_str()), ("theirs", their)];
                Match::Conflict(Note::new("name-taken", name, &with))
            }
            Some(_) => Match::Conflict(Note::new("ambiguous-name", name, &[])),
        }
    }

    /// Whether an object carries no id of ours yet.
    fn is_nobodys(&self, object: &Object) -> bool {
        object.text(&self.field).is_empty()
    }
}

/// The serial number as NetBox takes it.
pub(super) fn serial(device: &Device) -> Option<String> {
    device.serial.as_deref().map(|serial| cut(serial, SERIAL))
}

/// Names as NetBox takes them: unique within a site whatever their case, at most 64 characters.
fn names(estate: &Estate) -> BTreeMap<Uuid, String> {
    let mut devices: Vec<&Device> = estate.devices.iter().collect();
    devices.sort_by_key(|device| device.id);
    let mut seen = BTreeSet::new();
    let mut names = BTreeMap::new();
    for device in devices {
        let mut name = cut(&device.name, NAME);
        if !seen.insert((device.site.clone(), name.to_lowercase())) {
            let id = device.id.to_string();
            name = marked(&name, id.get(..8).unwrap_or_default(), NAME);
            seen.insert((device.site.clone(), name.to_lowercase()));
        }
        names.insert(device.id, name);
    }
    names
}
