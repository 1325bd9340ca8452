//! What devices refer to: tenant, sites, VRF, tags, custom fields, and the named objects that are
//! found by name or slug and made where missing. None of them is ever changed.
use super::words::{cut, slug};
use super::{Maker, Settings, Snapshot, custom_field};
use crate::cmdb::{Note, Object, Rule, Wanted};
use crate::export::{Estate, Mapping};
use crate::model::SiteId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Custom fields: our name, type, and the label that people see.
pub(super) const FIELDS: [(&str, &str, &str); 8] = [
    ("arpenteur_id", "text", "Arpenteur: id"),
    ("last_seen", "date", "Arpenteur: last seen"),
    ("version", "text", "Arpenteur: system version"),
    ("contact", "text", "Arpenteur: contact"),
    ("owner", "text", "Arpenteur: owner"),
    ("criticality", "text", "Arpenteur: criticality"),
    ("third_party", "text", "Arpenteur: third party"),
    ("end_of_support", "date", "Arpenteur: end of support"),
];

/// Our name of a tag.
pub(super) const TAG_DECLARED: &str = "arpenteur-declared";
pub(super) const TAG_THIRD_PARTY: &str = "arpenteur-third-party";
pub(super) const TAG_RETIRED: &str = "arpenteur-retired";

/// The tenant, where it is there.
pub(super) fn tenant<'a>(settings: &Settings, snapshot: &'a Snapshot) -> Option<&'a Object> {
    named(snapshot, "tenancy/tenants", &settings.tenant, |_| true)
}

/// The sites that are there. A site of another tenant is not ours, whatever its name.
pub(super) fn sites(
    estate: &Estate,
    mapping: &Mapping,
    settings: &Settings,
    snapshot: &Snapshot,
) -> BTreeMap<SiteId, Value> {
    let tenant = tenant(settings, snapshot).map(|tenant| &tenant.id);
    let mut found = BTreeMap::new();
    for (id, name) in &estate.sites {
        let name = mapping.site(&id.0, name);
        let names = [name.to_owned(), with_client(name, settings)];
        let ours = |site: &Object| {
            let theirs = site.get("tenant");
            theirs.is_null() || Some(theirs) == tenant
        };
        let mut sites = names
            .iter()
            .filter_map(|name| named(snapshot, "dcim/sites", name, ours));
        if let Some(site) = sites.next() {
            found.insert(id.clone(), site.id.clone());
        }
    }
    found
}

/// Name of a site where another client's has the same.
fn with_client(site: &str, settings: &Settings) -> String {
    cut(&format!("{site} — {}", settings.tenant), 100)
}

/// An object by name in any case, or by slug.
fn named<'a>(
    snapshot: &'a Snapshot,
    collection: &str,
    name: &str,
    fits: impl Fn(&Object) -> bool,
) -> Option<&'a Object> {
    let objects = || {
        snapshot
            .all(collection)
            .iter()
            .filter(|object| fits(object))
    };
    let lower = name.trim().to_lowercase();
    objects()
        .find(|object| object.text("name").to_lowercase() == lower)
        .or_else(|| objects().find(|object| object.text("slug") == slug(name)))
}

impl Maker<'_> {
    /// Everything that is there before the first device.
    pub(super) fn setup(&mut self) {
        let settings = self.settings;
        self.tenant = self.named("tenancy/tenants", &settings.tenant, &[], |_| true);
        self.vrf();
        self.sites();
        self.custom_fields();
    }

    /// An object with a name and a slug, made where it is missing.
    pub(super) fn named(
        &mut self,
        collection: &'static str,
        name: &str,
        more: &[(&str, Value)],
        fits: impl Fn(&Object) -> bool,
    ) -> Value {
        let name = cut(name, 100);
        if let Some(object) = named(self.snapshot, collection, &name, fits) {
            return object.id.clone();
        }
        let key = more.iter().fold(name.to_lowercase(), |key, (_, value)| {
            format!("{key} {value}")
        });
        let full = format!("{collection} {key}");
        if self.builder.makes(&full) {
            return json!({ "ref": full });
        }
        let slug = self.free_slug(collection, &slug(&name));
        let mut wanted = Wanted::new(collection, &key, name.clone())
            .with("name", name, Rule::Initial)
            .with("slug", slug.clone(), Rule::Initial);
        // Names of locations are unique within their site alone.
        let of: Vec<_> = more
            .iter()
            .filter(|(field, _)| *field == "site")
            .cloned()
            .collect();
        wanted = wanted.found_by("slug", slug, &of);
        for (field, value) in more {
            wanted = wanted.with(field, value.clone(), Rule::Initial);
        }
        self.put(wanted, None)
    }

    /// A slug that nothing else of the kind has: they are unique.
    pub(super) fn free_slug(&mut self, collection: &'static str, wish: &str) -> String {
        let there = |slug: &str| {
            let mut objects = self.snapshot.all(collection).iter();
            objects.any(|object| object.text("slug") == slug)
        };
        let mut slug = wish.to_owned();
        let mut number = 2;
        while there(&slug) || self.slugs.contains(&(collection, slug.clone())) {
            slug = format!("{}-{number}", cut(wish, 95));
            number += 1;
        }
        self.slugs.insert((collection, slug.clone()));
        slug
    }

    fn vrf(&mut self) {
        let settings = self.settings;
        let Some(name) = &settings.vrf else { return };
        let mut vrfs = self.snapshot.all("ipam/vrfs").iter();
        self.vrf = match vrfs.find(|vrf| vrf.text("name").eq_ignore_ascii_case(name)) {
            Some(vrf) => vrf.id.clone(),
            None => {
                let wanted = Wanted::new("ipam/vrfs", name, name.clone())
                    .with("name", name.clone(), Rule::Initial)
                    .with("enforce_unique", true, Rule::Initial)
                    .with("tenant", self.tenant.clone(), Rule::Initial)
                    .found_by("name", name.clone(), &[]);
                self.put(wanted, None)
            }
        };
    }

    fn sites(&mut self) {
        self.sites = sites(self.estate, self.mapping, self.settings, self.snapshot);
        for (id, name) in &self.estate.sites {
            if self.sites.contains_key(id) {
                continue;
            }
            let name = self.mapping.site(&id.0, name);
            // It is there, and another tenant's: names of sites are unique.
            let taken = named(self.snapshot, "dcim/sites", name, |_| true).is_some();
            let name = if taken {
                with_client(name, self.settings)
            } else {
                name.to_owned()
            };
            let more = [("status", json!("active")), ("tenant", self.tenant.clone())];
            let site = self.named("dcim/sites", &name, &more, |_| false);
            self.sites.insert(id.clone(), site);
        }
    }

    fn custom_fields(&mut self) {
        for (own, kind, label) in FIELDS {
            let name = self.custom(own);
            let mut fields = self.snapshot.all("extras/custom-fields").iter();
            let existing = fields.find(|field| field.text("name") == name);
            if own == "arpenteur_id"
                && existing.is_some_and(|field| *field.get("unique") != json!(true))
            {
                self.builder
                    .unplaced(Note::new("field-not-unique", &name, &[]));
            }
            let mut types = vec![json!("dcim.device")];
            if let Some(Value::Array(theirs)) = existing.map(|field| field.get("object_types")) {
                types.extend(
                    theirs
                        .iter()
                        .filter(|kind| **kind != json!("dcim.device"))
                        .cloned(),
                );
            }
            let mut wanted = Wanted::new("extras/custom-fields", &name, name.clone())
                .with("object_types", types, Rule::Ours)
                .with("name", name.clone(), Rule::Initial)
                .with("type", kind, Rule::Initial)
                .with("label", label, Rule::Initial)
                .found_by("name", name, &[]);
            if own == "arpenteur_id" {
                wanted = wanted.with("unique", true, Rule::Initial).with(
                    "filter_logic",
                    "exact",
                    Rule::Initial,
                );
            }
            self.put(wanted, existing);
        }
    }

    /// A tag.
    pub(super) fn tag(&mut self, name: &str) -> Value {
        self.named("extras/tags", name, &[], |_| true)
    }
}

/// Name of the field that holds our id.
pub(super) fn id_field(mapping: &Mapping) -> String {
    format!("custom_fields.{}", custom_field(mapping, "arpenteur_id"))
}
