//! Devices by site and class, and their capacity.

use super::{View, anchor, cell, known, name_of};
use crate::model::{Asset, AssetState};
use serde_json::{Value, json};

/// Percentage of use from which a file system is marked.
const FULL: u64 = 80;

pub(super) fn inventory(view: &View<'_>) -> Value {
    let inventory = &view.results.inventory;
    let mut sites: Vec<Value> = Vec::new();
    let audit_sites = &view.results.audit.sites;
    let mut rest = inventory.assets.as_slice();
    // Assets are sorted by site.
    while let Some(first) = rest.first() {
        let end = rest
            .partition_point(|asset| asset.site <= first.site)
            .max(1);
        let (here, after) = rest.split_at(end);
        rest = after;
        let named = audit_sites.iter().find(|site| site.id == first.site);
        sites.push(json!({
            "id": first.site,
            "name": named.map_or(first.site.0.as_str(), |site| site.name.as_str()),
            "count": here.len(),
            "classes": classes(view, here),
        }));
    }
    json!({"count": inventory.assets.len(), "sites": sites})
}

/// Devices of one site by class, in the order of the class table.
fn classes(view: &View<'_>, assets: &[Asset]) -> Vec<Value> {
    let known_ids: Vec<&str> = view.classes.ids().collect();
    let other = |asset: &&Asset| !known_ids.contains(&asset.class.as_str());
    let mut groups: Vec<(&str, Vec<&Asset>)> = known_ids
        .iter()
        .map(|id| {
            (
                *id,
                assets.iter().filter(|asset| asset.class == *id).collect(),
            )
        })
        .collect();
    groups.push(("unknown", assets.iter().filter(other).collect()));
    groups
        .into_iter()
        .filter(|(_, assets)| !assets.is_empty())
        .map(|(id, assets)| {
            let devices: Vec<Value> = assets.iter().map(|asset| device(view, asset)).collect();
            json!({"name": view.class_name(id), "count": devices.len(), "devices": devices})
        })
        .collect()
}

/// How well a device is known, a word of the list `level`.
fn evidence_level(asset: &Asset) -> &'static str {
    match (asset.state, asset.authenticated) {
        (AssetState::NotContacted, _) => "not_contacted",
        (AssetState::Declared, _) => "declared",
        (AssetState::Observed, true) => "authenticated",
        (AssetState::Observed, false) if asset.class == "unknown" => "unknown",
        (AssetState::Observed, false) => "unauthenticated",
    }
}

fn device(view: &View<'_>, asset: &Asset) -> Value {
    let sheet = &asset.sheet;
    let merges: Vec<Value> = asset
        .merges
        .iter()
        .map(|merge| {
            let keys: Vec<Value> = merge
                .keys
                .iter()
                .map(|(key, value)| json!({"key": key, "value": value}))
                .collect();
            let targets: Vec<String> = merge.targets.iter().map(ToString::to_string).collect();
            json!({"targets": targets, "keys": keys, "weight": merge.weight})
        })
        .collect();
    let targets: Vec<String> = asset
        .targets
        .iter()
        .map(|t| t.locator.to_string())
        .collect();
    let level = evidence_level(asset);
    json!({
        "anchor": anchor(asset),
        "id": asset.arpenteur_id,
        "name": asset.name,
        "address": asset.address,
        "level": level,
        "reached": asset.state == AssetState::Observed,
        "confidence": name_of(asset.class_confidence),
        "identity_key": asset.identity.key,
        "identity_value": asset.identity.value,
        "os": cell(sheet, "os.name"),
        "os_version": known(sheet, "os.version"),
        "maker": known(sheet, "hardware.mfg_name"),
        "model": cell(sheet, "hardware.model_name"),
        "serial": cell(sheet, "hardware.serial_num"),
        "location": known(sheet, "system.location"),
        "role": known(sheet, "device.role"),
        "owner": known(sheet, "device.owner"),
        "end_of_support": known(sheet, "device.end_of_support"),
        "family": asset.family,
        "third_party": asset.third_party,
        "tags": asset.tags,
        "criticality": asset.criticality,
        "targets": targets,
        "merges": merges,
        "class": view.class_name(&asset.class),
    })
}

pub(super) fn capacity(view: &View<'_>) -> Value {
    let mut devices = Vec::new();
    let mut unread = 0_usize;
    let observed = |asset: &&Asset| asset.state == AssetState::Observed;
    for asset in view.results.inventory.assets.iter().filter(observed) {
        let Ok(facts) = asset.sheet.facts() else {
            unread += 1;
            continue;
        };
        let capacity = facts.capacity;
        if capacity.filesystems.is_empty() && capacity.memory_total.is_none() {
            unread += 1;
            continue;
        }
        let filesystems: Vec<Value> = capacity
            .filesystems
            .iter()
            .map(|fs| {
                json!({
                    "mount_point": fs.mount_point,
                    "size": fs.size,
                    "used": fs.used,
                    "used_percent": fs.used_percent,
                    "full": u64::from(fs.used_percent) >= FULL,
                })
            })
            .collect();
        devices.push(json!({
            "name": asset.name,
            "anchor": anchor(asset),
            "processors": capacity.processors,
            "memory_total": capacity.memory_total,
            "memory_available": capacity.memory_available,
            "filesystems": filesystems,
            "rows": filesystems.len().max(1),
        }));
    }
    json!({"devices": devices, "unread": unread, "full": FULL})
}
