//! The id that an asset keeps: derived from its strongest evidence when first seen, and
//! found again by any good evidence later.
use super::Context;
use super::keys::Keys;
use super::merge::locator;
use crate::model::{Asset, Identity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An asset of an earlier run: its id, and the keys by which it is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAsset {
    /// Its id.
    pub arpenteur_id: Uuid,
    /// Its identity when first seen.
    pub identity: Identity,
    /// Its keys, strongest first.
    pub keys: Vec<Identity>,
}

impl KnownAsset {
    /// What a later run needs to know of an asset.
    pub fn of(asset: &Asset) -> Self {
        Self {
            arpenteur_id: asset.arpenteur_id,
            identity: asset.identity.clone(),
            keys: identities(asset),
        }
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
