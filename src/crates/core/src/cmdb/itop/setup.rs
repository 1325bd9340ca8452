//! What devices refer to: organisation, locations, sources, and the named objects that are found
//! by name and made where missing. None of them is ever changed.
use super::classes::{Class, INTERFACE, SOURCE};
use super::{LONGEST, Maker, Settings, Snapshot, source_name};
use crate::cmdb::words::cut;
use crate::cmdb::{Object, Rule, Wanted};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The organisation, where it is there.
pub(super) fn organization<'a>(settings: &Settings, snapshot: &'a Snapshot) -> Option<&'a Object> {
    named(snapshot, "Organization", &settings.organization, &[])
}

/// An object by name in any case, and by other fields.
pub(super) fn named<'a>(
    snapshot: &'a Snapshot,
    class: &str,
    name: &str,
    more: &[(&str, Value)],
) -> Option<&'a Object> {
    let lower = name.trim().to_lowercase();
    let mut objects = snapshot.all(class).iter();
    objects.find(|object| {
        object.text("name").trim().to_lowercase() == lower
            && more.iter().all(|(field, value)| object.get(field) == value)
    })
}

impl Maker<'_> {
    /// Everything that is there before the first device.
    pub(super) fn setup(&mut self) {
        let settings = self.settings;
        let active = [("status", json!("active"))];
        self.organization = self.named("Organization", &settings.organization, &[], &active);
        for (id, name) in &self.estate.sites {
            let name = self.mapping.site(&id.0, name);
            let of = [("org_id", self.organization.clone())];
            let location = self.named("Location", name, &of, &active);
            self.locations.insert(id.clone(), location);
        }
    }

    /// One source for each class that has rows.
    pub(super) fn sources(&mut self, of: impl Iterator<Item = &'static Class>) {
        let mut classes = BTreeSet::new();
        for class in of {
            classes.insert(class.name);
            if class.connectable {
                classes.insert(INTERFACE);
            }
        }
        for class in classes {
            self.source(class);
        }
    }

    fn source(&mut self, class: &str) {
        // Two sources of two audits may hold one class; the name says whose they are. Objects are
        // never deleted, marked or locked by the source itself: absence retires nothing.
        let name = source_name(self.estate.audit, class);
        let existing = named(self.snapshot, SOURCE, &name, &[]);
        let user = self
            .snapshot
            .all("User")
            .first()
            .map(|user| user.id.clone());
        let settings = [
            ("status", "production"),
            ("scope_class", class),
            ("reconciliation_policy", "use_attributes"),
            ("action_on_zero", "create"),
            ("action_on_one", "update"),
            ("action_on_multiple", "error"),
            ("delete_policy", "ignore"),
            ("user_delete_policy", "everybody"),
        ];
        let mut wanted = Wanted::new(SOURCE, class, name.clone())
            .with("name", name.clone(), Rule::Initial)
            .with(
                "description",
                cut(&self.estate.client, LONGEST),
                Rule::Initial,
            )
            .maybe("user_id", user, Rule::Initial)
            .found_by("name", name, &[]);
        for (field, value) in settings {
            wanted = wanted.with(field, value, Rule::Initial);
        }
        self.put(wanted, existing);
    }

    /// An object with a name, made where it is missing. `of` says among which it is looked for,
    /// `more` what it is made with besides.
    pub(super) fn named(
        &mut self,
        class: &'static str,
        name: &str,
        of: &[(&str, Value)],
        more: &[(&str, Value)],
    ) -> Value {
        let name = cut(name, LONGEST);
        if let Some(object) = named(self.snapshot, class, &name, of) {
            return object.id.clone();
        }
        let key = of.iter().fold(name.to_lowercase(), |key, (_, value)| {
            format!("{key} {value}")
        });
        let full = format!("{class} {key}");
        if self.builder.makes(&full) {
            return json!({ "ref": full });
        }
        let mut wanted = Wanted::new(class, &key, name.clone())
            .with("name", name.clone(), Rule::Initial)
            .found_by("name", name, of);
        for (field, value) in of.iter().chain(more) {
            wanted = wanted.with(field, value.clone(), Rule::Initial);
        }
        self.put(wanted, None)
    }
}
