//! Several addresses, one device: weighted evidence, never one weak key.
//!
//! Keys that agree add their weight, keys that contradict take it away; two targets are
//! one device from [`ENOUGH`] on, which no single weak key reaches. A clone shares what
//! was copied (machine-id, DMI) and differs in what was made afterwards (host keys,
//! engine, interfaces); a pair of firewalls shares its configuration and differs in serials.
use super::Context;
use super::keys::Keys;
use super::sheet;
use crate::model::class::ClassTable;
use crate::model::{
    Asset, AssetState, Comparison, Confidence, Identity, Locator, MergeReason, Observation, Target,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use uuid::Uuid;

/// Weight from which two targets are one device.
const ENOUGH: i32 = 80;
/// A key that more targets than this share says nothing.
const COMMONPLACE: usize = 32;

/// Weights of agreement and contradiction.
mod weight {
    pub(super) const SERIAL: i32 = 60;
    pub(super) const SERIAL_DIFFERS: i32 = -100;
    pub(super) const HOST_KEYS: i32 = 50;
    pub(super) const HOST_KEYS_DIFFER: i32 = -60;
    pub(super) const ENGINE: i32 = 40;
    pub(super) const ENGINE_DIFFERS: i32 = -60;
    pub(super) const MACHINE_ID: i32 = 30;
    pub(super) const MACHINE_ID_DIFFERS: i32 = -60;
    pub(super) const PRODUCT_UUID: i32 = 30;
    pub(super) const CHASSIS: i32 = 50;
    pub(super) const CHASSIS_DIFFERS: i32 = -60;
    pub(super) const INTERFACES: i32 = 50;
    pub(super) const HOSTNAME: i32 = 20;
    pub(super) const HOSTNAME_DIFFERS: i32 = -30;
    /// One lists the other's address as its own.
    pub(super) const ADDRESS_TABLE: i32 = 50;
    /// Both do.
    pub(super) const ADDRESS_TABLES: i32 = 70;
}

/// One asset per device, in no particular order.
pub(super) fn assets(
    mut observations: Vec<Observation>,
    context: &Context,
    classes: &ClassTable,
) -> Vec<Asset> {
    observations.sort_by(|a, b| a.target.cmp(&b.target));
    let keys: Vec<Keys> = observations
        .iter()
        .map(|observation| Keys::of(&observation.sheet))
        .collect();
    let mut groups = Groups::new(&observations, &context.separate_devices);
    let mut reasons: Vec<(usize, MergeReason)> = Vec::new();
    for (a, b) in declared_pairs(&observations, &context.same_device) {
        if let (Some(left), Some(right)) = (observations.get(a), observations.get(b))
            && groups.unite(a, b)
        {
            let keys = vec![("declared".to_owned(), "same_device".to_owned())];
            reasons.push((a, reason(left, right, keys, ENOUGH)));
        }
    }
    for (a, b) in candidates(&observations, &keys) {
        let (Some(left), Some(right)) = (observations.get(a), observations.get(b)) else {
            continue;
        };
        let (Some(left_keys), Some(right_keys)) = (keys.get(a), keys.get(b)) else {
            continue;
        };
        let found = weigh((&left.target, left_keys), (&right.target, right_keys));
        if found.is_one() && groups.unite(a, b) {
            let agreed = found.agreed.into_iter().map(|(key, value, _)| (key, value));
            reasons.push((a, reason(left, right, agreed.collect(), found.weight)));
        }
    }
    let mut members: BTreeMap<usize, Vec<Observation>> = BTreeMap::new();
    for (index, observation) in observations.into_iter().enumerate() {
        members
            .entry(groups.root(index))
            .or_default()
            .push(observation);
    }
    let mut why: BTreeMap<usize, Vec<MergeReason>> = BTreeMap::new();
    for (index, reason) in reasons {
        why.entry(groups.root(index)).or_default().push(reason);
    }
    members
        .into_iter()
        .map(|(root, members)| asset(members, why.remove(&root).unwrap_or_default(), classes))
        .collect()
}

fn reason(
    left: &Observation,
    right: &Observation,
    keys: Vec<(String, String)>,
    weight: i32,
) -> MergeReason {
    MergeReason {
        targets: vec![left.target.clone(), right.target.clone()],
        keys,
        weight: weight.unsigned_abs(),
    }
}

/// Observations joined so far, and those that must stay apart, also by way of others.
struct Groups {
    parent: Vec<usize>,
    apart: Vec<(usize, usize)>,
}

impl Groups {
    fn new(observations: &[Observation], separate: &[Vec<IpAddr>]) -> Self {
        Self {
            parent: (0..observations.len()).collect(),
            apart: declared_pairs(observations, separate),
        }
    }

    fn root(&self, mut index: usize) -> usize {
        let up = |index: usize| self.parent.get(index).copied();
        while let Some(parent) = up(index).filter(|parent| *parent != index) {
            index = parent;
        }
        index
    }

    /// Joins two groups; refuses where members of both were declared to be apart.
    fn unite(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        let forbidden = self.apart.iter().any(|(x, y)| {
            let ends = (self.root(*x), self.root(*y));
            ends == (a, b) || ends == (b, a)
        });
        if forbidden {
            return false;
        }
        if let Some(parent) = self.parent.get_mut(a.max(b)) {
            *parent = a.min(b);
        }
        true
    }
}

/// Every pair of a declared group's addresses that answered, of one site.
fn declared_pairs(observations: &[Observation], groups: &[Vec<IpAddr>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for group in groups {
        let members: Vec<usize> = observations
            .iter()
            .enumerate()
            .filter(|(_, seen)| {
                let address = seen.target.locator.address();
                address.is_some_and(|address| group.contains(&address))
            })
            .map(|(index, _)| index)
            .collect();
        let site = |index: &usize| observations.get(*index).map(|seen| &seen.target.site);
        for (place, a) in members.iter().enumerate() {
            let others = members.iter().skip(place + 1);
            pairs.extend(others.filter(|b| site(a) == site(b)).map(|b| (*a, *b)));
        }
    }
    pairs
}

/// Pairs of targets of one site that share a key, each once, in order.
fn candidates(observations: &[Observation], keys: &[Keys]) -> BTreeSet<(usize, usize)> {
    let mut buckets: BTreeMap<(&str, &str, String), Vec<usize>> = BTreeMap::new();
    let mut by_address: BTreeMap<(&str, IpAddr), usize> = BTreeMap::new();
    for (index, (observation, keys)) in observations.iter().zip(keys).enumerate() {
        let site = observation.target.site.0.as_str();
        let mut add = |kind, value: &str| {
            buckets
                .entry((site, kind, value.to_owned()))
                .or_default()
                .push(index)
        };
        let single = [
            ("serial", &keys.serial_num),
            ("engine", &keys.engine_id),
            ("machine", &keys.machine_id),
            ("chassis", &keys.chassis_id),
            ("hostname", &keys.hostname),
        ];
        for (kind, value) in single {
            if let Some(value) = value {
                add(kind, value);
            }
        }
        keys.ssh_host_keys
            .iter()
            .for_each(|key| add("host key", key));
        keys.interface_macs
            .iter()
            .for_each(|mac| add("interface", mac));
        if let Some(address) = observation.target.locator.address() {
            by_address.insert((site, address), index);
        }
    }
    let mut pairs = BTreeSet::new();
    for bucket in buckets
        .values()
        .filter(|bucket| bucket.len() <= COMMONPLACE)
    {
        for (position, a) in bucket.iter().enumerate() {
            pairs.extend(
                bucket
                    .iter()
                    .skip(position + 1)
                    .filter(|b| a != *b)
                    .map(|b| (*a.min(b), *a.max(b))),
            );
        }
    }
    for (index, (observation, keys)) in observations.iter().zip(keys).enumerate() {
        for address in &keys.addresses {
            let other = by_address.get(&(observation.target.site.0.as_str(), *address));
            pairs.extend(
                other
                    .filter(|other| **other != index)
                    .map(|other| (index.min(*other), index.max(*other))),
            );
        }
    }
    pairs
}

/// What speaks for and against two observations' being one device.
pub fn compare(a: &Observation, b: &Observation) -> Comparison {
    let (a_keys, b_keys) = (Keys::of(&a.sheet), Keys::of(&b.sheet));
    weigh((&a.target, &a_keys), (&b.target, &b_keys))
}

fn weigh((a_target, a): (&Target, &Keys), (b_target, b): (&Target, &Keys)) -> Comparison {
    let mut found = Comparison {
        enough: ENOUGH,
        ..Comparison::default()
    };
    let single = [
        (
            "serial_num",
            &a.serial_num,
            &b.serial_num,
            (weight::SERIAL, weight::SERIAL_DIFFERS),
        ),
        (
            "engine_id",
            &a.engine_id,
            &b.engine_id,
            (weight::ENGINE, weight::ENGINE_DIFFERS),
        ),
        (
            "machine_id",
            &a.machine_id,
            &b.machine_id,
            (weight::MACHINE_ID, weight::MACHINE_ID_DIFFERS),
        ),
        (
            "product_uuid",
            &a.product_uuid,
            &b.product_uuid,
            (weight::PRODUCT_UUID, 0),
        ),
        (
            "chassis_id",
            &a.chassis_id,
            &b.chassis_id,
            (weight::CHASSIS, weight::CHASSIS_DIFFERS),
        ),
        (
            "hostname",
            &a.hostname,
            &b.hostname,
            (weight::HOSTNAME, weight::HOSTNAME_DIFFERS),
        ),
    ];
    for (name, a, b, weights) in single {
        if let (Some(a), Some(b)) = (a, b) {
            found.weigh(name, (a, b), (a == b).then_some(a), weights);
        }
    }
    let several = [
        (
            "ssh_host_key",
            &a.ssh_host_keys,
            &b.ssh_host_keys,
            (weight::HOST_KEYS, weight::HOST_KEYS_DIFFER),
        ),
        (
            "interface_mac",
            &a.interface_macs,
            &b.interface_macs,
            (weight::INTERFACES, 0),
        ),
    ];
    for (name, a, b, weights) in several {
        if let (Some(first), Some(second)) = (a.first(), b.first()) {
            found.weigh(name, (first, second), a.intersection(b).next(), weights);
        }
    }
    let lists = |keys: &Keys, target: &Target| {
        target
            .locator
            .address()
            .filter(|address| keys.addresses.contains(address))
    };
    let listed = match (lists(a, b_target), lists(b, a_target)) {
        (Some(address), Some(_)) => Some((address, weight::ADDRESS_TABLES)),
        (Some(address), None) | (None, Some(address)) => Some((address, weight::ADDRESS_TABLE)),
        (None, None) => None,
    };
    if let Some((address, weight)) = listed {
        let address = address.to_string();
        found
            .agreed
            .push(("address_table".to_owned(), address, weight));
        found.weight += weight;
    }
    // One key alone is never enough, however heavy.
    if found.agreed.len() < 2 {
        found.weight = found.weight.min(ENOUGH - 1);
    }
    found
}

impl Comparison {
    fn weigh(
        &mut self,
        name: &str,
        (a, b): (&str, &str),
        shared: Option<&String>,
        (same, different): (i32, i32),
    ) {
        match shared {
            Some(shared) => {
                self.agreed.push((name.to_owned(), shared.clone(), same));
                self.weight += same;
            }
            None if different != 0 => {
                let both = (name.to_owned(), a.to_owned(), b.to_owned(), different);
                self.contradicted.push(both);
                self.weight += different;
            }
            None => {}
        }
    }
}

/// One asset of one or more observations.
fn asset(mut members: Vec<Observation>, merges: Vec<MergeReason>, classes: &ClassTable) -> Asset {
    let targets: Vec<Target> = members.iter().map(|member| member.target.clone()).collect();
    // The lowest address that let us in leads: the same one in every run.
    members.sort_by_key(|member| (!member.authenticated, member.target.clone()));
    let authenticated = members.iter().any(|member| member.authenticated);
    let family = members
        .iter()
        .find_map(|member| member.families.first())
        .map(|(id, _)| id.clone());
    let mut complaints: Vec<String> = members
        .iter()
        .flat_map(|member| {
            member
                .complaints
                .iter()
                .map(|text| format!("{}: {text}", member.target.locator))
        })
        .collect();
    complaints.sort();
    let sheet = sheet::merged(members.into_iter().map(|member| member.sheet).collect());
    let read = |path: &str| {
        path.parse()
            .ok()
            .and_then(|path| super::keys::text(&sheet, &path))
    };
    let class = read("device.class").filter(|class| classes.get(class).is_some());
    let confidence = "device.class"
        .parse()
        .ok()
        .and_then(|path| sheet.provenance(&path).map(|from| from.confidence));
    let address = targets
        .iter()
        .filter_map(|target| target.locator.address())
        .min();
    let first = targets.first();
    let name = read("system.hostname")
        .or_else(|| address.map(|address| address.to_string()))
        .or_else(|| first.map(|target| target.locator.to_string()))
        .unwrap_or_default();
    Asset {
        arpenteur_id: Uuid::nil(),
        identity: Identity {
            key: String::new(),
            value: String::new(),
        },
        name,
        site: first
            .map(|target| target.site.clone())
            .unwrap_or_else(|| crate::model::SiteId(String::new())),
        state: AssetState::Observed,
        address,
        class_confidence: confidence
            .filter(|_| class.is_some())
            .unwrap_or(Confidence::Heuristic),
        class: class.unwrap_or_else(|| "unknown".to_owned()),
        family,
        third_party: None,
        tags: Vec::new(),
        criticality: None,
        authenticated,
        sheet,
        merges,
        complaints,
        targets,
    }
}

/// The lowest locator, where no key is left.
pub(super) fn locator(asset: &Asset) -> Locator {
    asset.targets.first().map_or_else(
        || Locator::File(asset.name.clone()),
        |target| target.locator.clone(),
    )
}
