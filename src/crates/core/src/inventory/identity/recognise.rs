//! Which device of earlier runs an asset is: weighted evidence, as for merging, over time.
//!
//! What a device was made with (serial number, base address, product UUID) outweighs what it was
//! given (name, address), so that a renamed or moved device keeps its id and its replacement
//! does not take it. The place alone is enough where nothing contradicts: a device that lets
//! nobody in today is the one that stood there yesterday.
use crate::model::{Identity, KnownAsset};
use std::collections::{BTreeMap, BTreeSet};

/// Weight from which an asset is a known device.
const ENOUGH: i32 = 50;
/// A key that more known devices than this share says nothing.
const COMMONPLACE: usize = 32;
/// A serial number shorter than this is a number, not a name.
const SHORTEST_SERIAL: usize = 4;

/// Kinds of key, weight where they agree, and where both sides have one and none agrees.
const WEIGHTS: [(&str, i32, i32); 9] = [
    ("base_mac", 60, -30),
    ("product_uuid", 60, -40),
    ("chassis_id", 30, 0),
    ("engine_id", 50, -20),
    ("ssh_host_key", 50, -20),
    ("machine_id", 40, -20),
    ("mac_address", 50, -30),
    ("hostname", 25, -15),
    ("locator", 50, 0),
];
/// The chassis' own serial number agrees.
const SERIAL: i32 = 100;
/// A member of a stack agrees: one came, went, or leads now.
const MEMBER: i32 = 80;
/// Both sides have serial numbers and share none: another box, whatever it is called.
const SERIAL_DIFFERS: i32 = -100;

/// Devices of earlier runs, by their keys.
pub(super) struct Register<'k> {
    known: &'k [KnownAsset],
    by_key: BTreeMap<(&'k str, &'k str), Vec<usize>>,
}

impl<'k> Register<'k> {
    pub(super) fn new(known: &'k [KnownAsset]) -> Self {
        let mut by_key: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (index, known) in known.iter().enumerate() {
            let keys: BTreeSet<(&str, &str)> = known.keys.iter().filter_map(bucket).collect();
            for key in keys {
                by_key.entry(key).or_default().push(index);
            }
        }
        Self { known, by_key }
    }

    /// Known devices that share a key with `keys` and are likely enough, with their score.
    pub(super) fn candidates(&self, keys: &[&Identity]) -> Vec<(i32, usize)> {
        let shared: BTreeSet<usize> = keys
            .iter()
            .filter_map(|key| self.by_key.get(&bucket(key)?))
            .filter(|sharers| sharers.len() <= COMMONPLACE)
            .flatten()
            .copied()
            .collect();
        let score = |index: usize| {
            let known = self.known.get(index)?;
            let score = score(keys, &known.keys);
            (score >= ENOUGH).then_some((score, index))
        };
        shared.into_iter().filter_map(score).collect()
    }
}

/// Where a key is looked up: serial numbers of chassis and members in one place, without maker.
pub(super) fn bucket(key: &Identity) -> Option<(&str, &str)> {
    match key.key.as_str() {
        "serial_num" | "unit_serial" => serial(key).map(|serial| ("serial", serial)),
        kind => Some((kind, &key.value)),
    }
}

/// The serial number of a key, without its maker: makers' names change with better families.
fn serial(key: &Identity) -> Option<&str> {
    let serial = match key.key.as_str() {
        "serial_num" => key
            .value
            .split_once('/')
            .map_or(&*key.value, |(_, serial)| serial),
        "unit_serial" => &key.value,
        _ => return None,
    };
    (serial.len() >= SHORTEST_SERIAL).then_some(serial)
}

fn score(now: &[&Identity], before: &[Identity]) -> i32 {
    let before: Vec<&Identity> = before.iter().collect();
    let of_kind = |keys: &[&Identity], kind: &str| -> BTreeSet<String> {
        let keys = keys.iter().filter(|key| key.key == kind);
        keys.map(|key| key.value.clone()).collect()
    };
    let mut score = serials(now, &before);
    for (kind, agree, differ) in WEIGHTS {
        let (a, b) = (of_kind(now, kind), of_kind(&before, kind));
        if a.is_empty() || b.is_empty() {
            continue;
        }
        score += if a.is_disjoint(&b) { differ } else { agree };
    }
    score
}

fn serials(now: &[&Identity], before: &[&Identity]) -> i32 {
    let all = |keys: &[&'_ Identity]| -> BTreeSet<String> {
        let serials = keys.iter().filter_map(|key| serial(key));
        serials.map(str::to_uppercase).collect()
    };
    let chassis = |keys: &[&'_ Identity]| {
        let mut own = keys.iter().filter(|key| key.key == "serial_num");
        own.find_map(|key| serial(key)).map(str::to_uppercase)
    };
    let (a, b) = (all(now), all(before));
    match (chassis(now), chassis(before)) {
        (Some(a), Some(b)) if a == b => SERIAL,
        _ if a.is_empty() || b.is_empty() => 0,
        _ if a.is_disjoint(&b) => SERIAL_DIFFERS,
        _ => MEMBER,
    }
}
