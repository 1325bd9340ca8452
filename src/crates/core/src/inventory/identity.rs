//! The id that an asset keeps: derived from its strongest evidence when first seen, and
//! found again by any good evidence later.
use super::Context;
use super::keys::Keys;
use super::merge::locator;
use crate::model::{Asset, Identity, Inventory, KnownAsset};
use jiff::Timestamp;
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
    KnownAsset {
        arpenteur_id: asset.arpenteur_id,
        identity: asset.identity.clone(),
        keys: identities(asset),
        name: asset.name.clone(),
        site: asset.site.clone(),
        first_seen: Some(first_seen),
        last_seen: Some(as_of),
        missed: 0,
        missed_at: None,
    }
}

/// Kinds of key that recognise an asset of an earlier run by themselves.
const STRONG: [&str; 4] = ["serial_num", "chassis_id", "engine_id", "ssh_host_key"];

/// Every key of an asset, strongest first. Site is part of the weak ones: two customers'
/// or two sites' plans may be alike.
fn identities(asset: &Asset) -> Vec<Identity> {
    let keys = Keys::of(&asset.sheet);
    let maker = asset
        .sheet
        .facts()
        .ok()
        .and_then(|facts| facts.hardware.mfg_name)
        .unwrap_or_default();
    let serial = keys
        .serial_num
        .map(|serial| format!("{}/{serial}", maker.to_lowercase()));
    let host_key = keys.ssh_host_keys.into_iter().next();
    let name = keys.hostname.map(|name| format!("{}/{name}", asset.site));
    let place = Some(format!("{}/{}", asset.site, locator(asset)));
    let all = [
        ("serial_num", serial),
        ("chassis_id", keys.chassis_id),
        ("engine_id", keys.engine_id),
        ("ssh_host_key", host_key),
        ("machine_id", keys.machine_id),
        ("mac_address", keys.mac_address),
        ("hostname", name),
        ("locator", place),
    ];
    let some = |(key, value): (&str, Option<String>)| {
        Some(Identity {
            key: key.to_owned(),
            value: value?,
        })
    };
    all.into_iter().filter_map(some).collect()
}

/// Gives every asset its id.
pub(super) fn assign(assets: &mut [Asset], context: &Context) {
    let all: Vec<Vec<Identity>> = assets.iter().map(identities).collect();
    let mut carriers: BTreeMap<(String, String), usize> = BTreeMap::new();
    for identity in all.iter().flatten() {
        *carriers
            .entry((identity.key.clone(), identity.value.clone()))
            .or_default() += 1;
    }
    // A key that two assets carry (a cloned machine's serial) names neither.
    let alone = |identity: &&Identity| {
        carriers.get(&(identity.key.clone(), identity.value.clone())) == Some(&1)
    };
    let mut taken: BTreeSet<Uuid> = BTreeSet::new();
    for (asset, identities) in assets.iter_mut().zip(&all) {
        let strongest = identities.iter().find(alone).or(identities.last());
        let Some(identity) = strongest else { continue };
        let found = recognise(identities, &alone, context)
            .filter(|known| !taken.contains(&known.arpenteur_id));
        let (id, identity) = match found {
            Some(known) => (known.arpenteur_id, known.identity.clone()),
            None => (derive(context.audit_id, identity), identity.clone()),
        };
        taken.insert(id);
        asset.arpenteur_id = id;
        asset.identity = identity;
    }
}

/// The earlier asset that shares a strong key, or two weaker ones.
fn recognise<'a>(
    identities: &[Identity],
    alone: &impl Fn(&&Identity) -> bool,
    context: &'a Context,
) -> Option<&'a KnownAsset> {
    let score = |known: &KnownAsset| -> usize {
        identities
            .iter()
            .filter(alone)
            .filter(|identity| known.keys.contains(identity))
            .map(|identity| {
                if STRONG.contains(&identity.key.as_str()) {
                    2
                } else {
                    1
                }
            })
            .sum()
    };
    let best = context
        .known
        .iter()
        .map(|known| (score(known), known))
        .max_by_key(|(score, known)| (*score, known.arpenteur_id))?;
    (best.0 >= 2).then_some(best.1)
}

/// UUIDv5 (RFC 9562 section 5.5) in the audit's name space.
fn derive(audit_id: Uuid, identity: &Identity) -> Uuid {
    Uuid::new_v5(
        &audit_id,
        format!("{}={}", identity.key, identity.value).as_bytes(),
    )
}
