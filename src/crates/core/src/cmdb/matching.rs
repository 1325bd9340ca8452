//! Which object of the target a device of the estate is: by our id, by serial number, by name.
use super::words::{cut, marked};
use super::{Note, Object};
use crate::export::{Device, Estate};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

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

/// What a target has to say of its devices' identities. Keys are in lower case.
pub(super) struct Matcher<'a, 'b> {
    /// Objects by the id of ours that they carry.
    pub by_id: BTreeMap<String, Vec<&'a Object>>,
    /// Objects by serial number.
    pub by_serial: BTreeMap<String, Vec<&'a Object>>,
    /// Objects by place and name.
    pub by_name: BTreeMap<(String, String), Vec<&'a Object>>,
    /// Field that holds our id.
    pub id_field: String,
    /// Field that holds the serial number.
    pub serial_field: &'static str,
    /// Within what a device's name is unique; nothing where the place is not there yet.
    pub place: &'b dyn Fn(&Device) -> Option<String>,
    /// Longest name and serial number, characters.
    pub longest: (usize, usize),
}

impl<'a> Matcher<'a, '_> {
    /// Every device; two of them are never the same object.
    pub(super) fn all(&self, estate: &Estate) -> BTreeMap<Uuid, Match<'a>> {
        let names = self.names(estate);
        let mut serials: BTreeMap<String, usize> = BTreeMap::new();
        for device in &estate.devices {
            if let Some(serial) = self.serial(device) {
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
            let alone = self
                .serial(device)
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
        if let Some(serial) = self.serial(device).filter(|_| serial_is_its_own) {
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
        let Some(place) = (self.place)(device) else {
            return Match::New(name.to_owned());
        };
        let theirs = self.by_name.get(&(place, name.to_lowercase()));
        match theirs.map(Vec::as_slice) {
            None => Match::New(name.to_owned()),
            Some([object]) => {
                let own = self.serial(device).unwrap_or_default();
                let their = object.text(self.serial_field).trim();
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
        object.text(&self.id_field).is_empty()
    }

    fn serial(&self, device: &Device) -> Option<String> {
        device
            .serial
            .as_deref()
            .map(|serial| cut(serial, self.longest.1))
    }

    /// Names as the target takes them: unique within a place whatever their case.
    fn names(&self, estate: &Estate) -> BTreeMap<Uuid, String> {
        let longest = self.longest.0;
        let mut devices: Vec<&Device> = estate.devices.iter().collect();
        devices.sort_by_key(|device| device.id);
        let mut seen = BTreeSet::new();
        let mut names = BTreeMap::new();
        for device in devices {
            let place = (self.place)(device).unwrap_or_else(|| device.site.0.clone());
            let mut name = cut(&device.name, longest);
            if !seen.insert((place.clone(), name.to_lowercase())) {
                let id = device.id.to_string();
                name = marked(&name, id.get(..8).unwrap_or_default(), longest);
                seen.insert((place, name.to_lowercase()));
            }
            names.insert(device.id, name);
        }
        names
    }
}

/// A field's text in lower case; nothing where it is blank.
pub(super) fn lower(object: &Object, field: &str) -> Option<String> {
    let text = object.text(field).trim().to_lowercase();
    (!text.is_empty()).then_some(text)
}
