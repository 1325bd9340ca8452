//! The inventory as CSV (RFC 4180), one line per device.

use crate::model::Language;
use crate::model::class::ClassTable;
use crate::model::{Asset, Fact, Inventory};
use serde_json::Value;

/// Columns, in order.
const COLUMNS: [&str; 24] = [
    "arpenteur_id",
    "name",
    "site",
    "state",
    "class",
    "class_name",
    "class_confidence",
    "address",
    "all_addresses",
    "authenticated",
    "family",
    "mfg_name",
    "model_name",
    "serial_num",
    "os_name",
    "os_version",
    "location",
    "role",
    "owner",
    "criticality",
    "end_of_support",
    "third_party",
    "tags",
    "identity",
];

/// The inventory; `language` chooses the names of classes alone. UTF-8, lines end with CR LF,
/// several values in one cell are separated by `; `. Unread and absent facts are empty cells.
///
/// A cell that a spreadsheet would take for a formula gets a leading apostrophe.
#[must_use]
pub fn csv(inventory: &Inventory, classes: &ClassTable, language: Language) -> String {
    let mut out = COLUMNS.join(",");
    out.push_str("\r\n");
    for asset in &inventory.assets {
        let cells = row(asset, classes, language);
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn row(asset: &Asset, classes: &ClassTable, language: Language) -> [String; COLUMNS.len()] {
    let class_name = classes
        .get(&asset.class)
        .map(|class| language.of(&class.names).to_owned());
    let addresses: Vec<String> = asset
        .targets
        .iter()
        .map(|t| t.locator.to_string())
        .collect();
    let fact = |path: &str| text(asset, path);
    let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        asset.arpenteur_id.to_string(),
        asset.name.clone(),
        asset.site.to_string(),
        name_of(&asset.state),
        asset.class.clone(),
        class_name.unwrap_or_default(),
        name_of(&asset.class_confidence),
        asset
            .address
            .map(|address| address.to_string())
            .unwrap_or_default(),
        addresses.join("; "),
        asset.authenticated.to_string(),
        or_empty(&asset.family),
        fact("hardware.mfg_name"),
        fact("hardware.model_name"),
        fact("hardware.serial_num"),
        fact("os.name"),
        fact("os.version"),
        fact("system.location"),
        fact("device.role"),
        fact("device.owner"),
        or_empty(&asset.criticality),
        fact("device.end_of_support"),
        or_empty(&asset.third_party),
        asset.tags.join("; "),
        format!("{}: {}", asset.identity.key, asset.identity.value),
    ]
}

fn text(asset: &Asset, path: &str) -> String {
    let Ok(path) = path.parse() else {
        return String::new();
    };
    match asset.sheet.get(&path) {
        Fact::Known(Value::String(text)) => text.clone(),
        Fact::Known(other) => other.to_string(),
        Fact::Absent | Fact::Unread(_) => String::new(),
    }
}

fn name_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// One cell: harmless to spreadsheets, quoted where RFC 4180 section 2 asks for it.
pub(super) fn quoted(cell: &str) -> String {
    // A blank before the sign does not stop a spreadsheet, a tab or a line end starts one anew.
    let first = cell.trim_start().chars().next();
    let formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) || cell.starts_with(['\t', '\r', '\n']);
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\r', '\n', ';', '\'']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
