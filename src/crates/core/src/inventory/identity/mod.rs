//! The id that an asset keeps: derived from its strongest evidence when first seen, and
//! found again by any good evidence later. `docs/identity.md` has the rules in words.

mod recognise;

use super::Context;
use super::keys::Keys;
use super::merge::locator;
use crate::model::{Asset, Fact, FactPath, Identity, Inventory, KnownAsset};
use jiff::Timestamp;
use recognise::{Register, bucket};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the audit knows of its devices after this run: those seen now, and those seen before
/// that were not. `covered` tells whether a complete run looked where a device was last seen; it
/// has missed the device then.
pub fn remember(
    known: &[KnownAsset],
    inventory: &Inventory,
    as_of: Timestamp,
    covered: &dyn Fn(&KnownAsset) -> bool,
) -> Vec<KnownAsset> {
    let before: BTreeMap<Uuid, &KnownAsset> = known
        .iter()
        .map(|known| (known.arpenteur_id, known))
        .collect();
    let mut all: BTreeMap<Uuid, KnownAsset> = BTreeMap::new();
    for asset in &inventory.assets {
        let earlier = before.get(&asset.arpenteur_id);
        all.insert(asset.arpenteur_id, seen(asset, earlier.copied(), as_of));
    }
    for known in known {
        all.entry(known.arpenteur_id).or_insert_with(|| {
            let mut known = known.clone();
            let newer = |date: Option<Timestamp>| date.is_none_or(|date| date < as_of);
            if newer(known.last_seen) && newer(known.missed_at) && covered(&known) {
                known.missed = known.missed.saturating_add(1);
                known.missed_at = Some(as_of);
            }
            known
        });
    }
    all.into_values().collect()
}

/// A device that this run saw. Evidence older than what is known of it changes only its first date.
fn seen(asset: &Asset, earlier: Option<&KnownAsset>, as_of: Timestamp) -> KnownAsset {
    let first_seen = earlier
        .and_then(|known| known.first_seen)
        .map_or(as_of, |first| first.min(as_of));
    if let Some(known) = earlier.filter(|known| known.last_seen > Some(as_of)) {
        return KnownAsset {
            first_seen: Some(first_seen),
            ..known.clone()
        };
    }
    let mut keys = identities(asset);
    // A key that could not be read this time, for want of a login, still tells the device.
    let read: BTreeSet<String> = keys.iter().map(|key| key.key.clone()).collect();
    let earlier_keys = earlier.into_iter().flat_map(|known| &known.keys);
    keys.extend(earlier_keys.filter(|key| !read.contains(&key.key)).cloned());
    KnownAsset {
        arpenteur_id: asset.arpenteur_id,
        identity: asset.identity.clone(),
        keys,
        name: asset.name.clone(),
        site: asset.site.clone(),
        first_seen: Some(first_seen),
        last_seen: Some(as_of),
        missed: 0,
        missed_at: None,
    }
}

/// Every key of an asset, strongest first. The site is part of the weak ones: two customers' or
/// two sites' plans may be alike.
fn identities(asset: &Asset) -> Vec<Identity> {
    let text = |path: &str| {
        let path: FactPath = path.parse().ok()?;
        match asset.sheet.get(&path) {
            Fact::Known(Value::String(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    };
    let keys = Keys::of(&asset.sheet);
    let maker = text("hardware.mfg_name").unwrap_or_default().to_lowercase();
    let serial = |serial: String| format!("{maker}/{serial}");
    let base = text("bridge.address").map(|mac| mac.to_lowercase());
    let base = text("system.object_id")
        .zip(base.or_else(|| keys.chassis_id.clone()))
        .map(|(object_id, mac)| format!("{object_id}/{mac}"));
    let one = |key: &str, value: Option<String>| {
        let key = key.to_owned();
        value.map(|value| Identity { key, value })
    };
    let several = |key: &str, values: BTreeSet<String>| {
        let key = key.to_owned();
        values.into_iter().map(move |value| Identity {
            key: key.clone(),
            value,
        })
    };
    let mut all: Vec<Identity> = Vec::new();
    all.extend(one("serial_num", keys.serial_num.map(serial)));
    all.extend(several("unit_serial", keys.unit_serials));
    all.extend(one("base_mac", base));
    all.extend(one("product_uuid", keys.product_uuid));
    all.extend(one("chassis_id", keys.chassis_id));
    all.extend(one("engine_id", keys.engine_id));
    all.extend(several("ssh_host_key", keys.ssh_host_keys));
    all.extend(one("machine_id", keys.machine_id));
    all.extend(one("mac_address", keys.mac_address));
    let name = keys.hostname.map(|name| format!("{}/{name}", asset.site));
    all.extend(one("hostname", name));
    let places = asset
        .targets
        .iter()
        .map(|target| target.locator.to_string());
    let mut places: BTreeSet<String> = places.map(|at| format!("{}/{at}", asset.site)).collect();
    if places.is_empty() {
        places.insert(format!("{}/{}", asset.site, locator(asset)));
    }
    all.extend(several("locator", places));
    all
}

/// Gives every asset its id: first those that earlier runs know, the surest first, each known
/// device once; then new ones. The order of discovery changes nothing.
pub(super) fn assign(assets: &mut [Asset], context: &Context) {
    let all: Vec<Vec<Identity>> = assets.iter().map(identities).collect();
    let mut carriers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for keys in &all {
        let keys: BTreeSet<(&str, &str)> = keys.iter().filter_map(bucket).collect();
        for key in keys {
            *carriers.entry(key).or_default() += 1;
        }
    }
    // A key that two assets carry (a cloned machine's serial) names neither.
    let alone = |key: &&Identity| bucket(key).is_some_and(|key| carriers.get(&key) == Some(&1));
    let own: Vec<Vec<&Identity>> = all
        .iter()
        .map(|keys| keys.iter().filter(alone).collect())
        .collect();
    let register = Register::new(&context.known);
    let mut matches: Vec<(i32, usize, usize)> = Vec::new();
    for (index, keys) in own.iter().enumerate() {
        let found = register.candidates(keys);
        matches.extend(
            found
                .into_iter()
                .map(|(score, known)| (score, known, index)),
        );
    }
    matches.sort_by_key(|(score, known, index)| {
        let seen = context.known.get(*known).map(|known| known.last_seen);
        (Reverse(*score), Reverse(seen), *known, all.get(*index))
    });
    let mut given: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (_, known, index) in matches {
        if !given.contains_key(&index) && taken.insert(known) {
            given.insert(index, known);
        }
    }
    let mut used: BTreeSet<Uuid> = context
        .known
        .iter()
        .map(|known| known.arpenteur_id)
        .collect();
    let mut new: Vec<usize> = Vec::new();
    for (index, asset) in assets.iter_mut().enumerate() {
        match given
            .get(&index)
            .and_then(|known| context.known.get(*known))
        {
            Some(known) => {
                asset.arpenteur_id = known.arpenteur_id;
                asset.identity = known.identity.clone();
            }
            None => new.push(index),
        }
    }
    // Two devices that nothing tells apart (no key of their own) are numbered by their keys.
    new.sort_by_key(|index| all.get(*index));
    for index in new {
        let (Some(asset), Some(keys)) = (assets.get_mut(index), all.get(index)) else {
            continue;
        };
        let own = own.get(index).and_then(|keys| keys.first().copied());
        if let Some(identity) = own.or(keys.last()) {
            asset.arpenteur_id = unused(context.audit_id, identity, &mut used);
            asset.identity = identity.clone();
        }
    }
}

/// UUIDv5 (RFC 9562 section 5.5) of an identity in the audit's name space; of the identity and a
/// number where the id is another device's already (a replacement at the same place, say).
fn unused(audit_id: Uuid, identity: &Identity, used: &mut BTreeSet<Uuid>) -> Uuid {
    let name = format!("{}={}", identity.key, identity.value);
    let first = std::iter::once(name.clone());
    let numbered = (2_u32..).map(|number| format!("{name}#{number}"));
    let ids = first
        .chain(numbered)
        .map(|name| Uuid::new_v5(&audit_id, name.as_bytes()));
    // The numbers do not end before an unused id comes.
    let id = ids
        .into_iter()
        .find(|id| !used.contains(id))
        .unwrap_or_default();
    used.insert(id);
    id
}

#[cfg(test)]
mod tests;
