//! What the templates see: plain values, grouped and sorted for reading. Figures stay exact
//! decimals (as text) and enums stay words of closed lists; helpers print both.

mod annex;
mod compliance;
mod devices;
mod drift;
mod findings;
mod front;
mod network;
mod sizing;

use super::chart;
use super::messages::Messages;
use crate::model::class::ClassTable;
use crate::model::{Asset, Fact, FactPath, FactSheet, RunResults};
pub(super) use front::SEVERITIES;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// What every part of the page is made from.
pub(super) struct View<'a> {
    pub(super) results: &'a RunResults,
    pub(super) classes: &'a ClassTable,
    pub(super) messages: &'a Messages,
    assets: HashMap<Uuid, &'a Asset>,
}

/// The whole page.
pub(super) fn root(results: &RunResults, classes: &ClassTable, messages: &Messages) -> Value {
    let assets = &results.inventory.assets;
    let view = View {
        results,
        classes,
        messages,
        assets: assets
            .iter()
            .map(|asset| (asset.arpenteur_id, asset))
            .collect(),
    };
    let findings = findings::section(&view);
    json!({
        "zone": view.zone(),
        "tool_version": results.tool_version,
        "as_of": results.as_of,
        "audit": front::audit(&view),
        "evidence": front::evidence(&view),
        "draft": results.draft,
        "glance": front::glance(&view),
        "sources": results.sources,
        "coverage": front::coverage(&view),
        "network": network::section(&view),
        "inventory": devices::inventory(&view),
        "vigilance": findings::vigilance(&view, &findings),
        "findings": findings,
        "tiers": compliance::tiers(&view),
        "frameworks": compliance::frameworks(&view),
        "drift": drift::section(&view),
        "waivers": drift::waivers(&view),
        "capacity": devices::capacity(&view),
        "levels": sizing::levels(&view),
        "sizing": sizing::section(&view),
        "transition": sizing::transition(&view),
        "remediation": sizing::remediation(&view),
        "not_seen": annex::not_seen(&view),
        "annex": annex::section(&view),
    })
}

impl<'a> View<'a> {
    /// The time zone in which people read dates: that of the first site.
    fn zone(&self) -> &'a str {
        let first = self.results.audit.sites.first();
        first.map_or("Europe/Paris", |site| site.timezone.as_str())
    }

    fn asset(&self, id: Uuid) -> Option<&'a Asset> {
        self.assets.get(&id).copied()
    }

    /// A class's name in the page's language; its id where the class table lacks it.
    fn class_name(&self, id: &str) -> String {
        use crate::model::Language;
        let names = self.classes.get(id).map(|class| &class.names);
        match (names, self.messages.language()) {
            (Some(names), Language::Fr) => names.fr.clone(),
            (Some(names), Language::En) => names.en.clone(),
            (None, _) => id.to_owned(),
        }
    }

    /// Name and place in the page of a device.
    fn device(&self, id: Uuid) -> Value {
        match self.asset(id) {
            Some(asset) => json!({"name": asset.name, "anchor": anchor(asset)}),
            None => json!({"name": self.subject(id), "anchor": ""}),
        }
    }
}

impl View<'_> {
    /// A site's name; nothing for what is about the audit's own files.
    fn subject(&self, id: Uuid) -> String {
        let sites = &self.results.inventory.sites;
        let site = sites.iter().find(|site| site.arpenteur_id == id);
        let named = self.results.audit.sites.iter();
        let mut named = named.filter(|known| site.is_some_and(|site| site.id == known.id));
        named
            .next()
            .map_or_else(String::new, |site| site.name.clone())
    }
}

fn anchor(asset: &Asset) -> String {
    format!("d-{}", asset.arpenteur_id.as_simple())
}

/// One fact for a table cell: `known` with its text, `absent`, or `unread` with its reason.
fn cell(sheet: &FactSheet, path: &str) -> Value {
    let Ok(path) = path.parse::<FactPath>() else {
        return json!({"known": null, "unread": null});
    };
    match sheet.get(&path) {
        Fact::Known(value) => json!({"known": plain(value), "unread": null}),
        Fact::Absent => json!({"known": null, "unread": null}),
        Fact::Unread(reason) => json!({"known": null, "unread": reason}),
    }
}

/// A known text fact.
fn known(sheet: &FactSheet, path: &str) -> Option<String> {
    match sheet.get(&path.parse().ok()?) {
        Fact::Known(value) => Some(plain(value)),
        _ => None,
    }
}

/// Longest evidence value printed, in characters; the rest stands in `results.json`.
const VALUE_LENGTH: usize = 300;

/// A value as a person reads it: texts without quotes, lists by commas.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            items.join(", ")
        }
        other => other.to_string(),
    };
    match text.char_indices().nth(VALUE_LENGTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text,
    }
}

/// The name of an enum's value in files, which is also its word in the messages.
pub(super) fn name_of(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
