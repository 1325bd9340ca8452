//! What changed between two judgements of one audit.
//!
//! A verdict is the same one where check, device identity and item key are: never by address or
//! line number, which change by themselves.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::model::{Change, Drift, DriftEntry, Finding, Inventory, Outcome, RunResults, Severity};

/// What a later run needs to know of an earlier one: read from its `results.json`.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Baseline {
    /// Judgement date.
    pub as_of: Option<Timestamp>,
    /// Its verdicts.
    pub findings: Vec<Finding>,
    inventory: Names,
}

/// Names of what was judged.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Names {
    assets: Vec<Named>,
    sites: Vec<NamedSite>,
}

#[derive(Debug, Clone, Deserialize)]
struct Named {
    arpenteur_id: Uuid,
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
struct NamedSite {
    arpenteur_id: Uuid,
    id: String,
}

impl Names {
    fn map(&self) -> BTreeMap<Uuid, &str> {
        let assets = self.assets.iter();
        let assets = assets.map(|asset| (asset.arpenteur_id, asset.name.as_str()));
        let sites = self
            .sites
            .iter()
            .map(|site| (site.arpenteur_id, site.id.as_str()));
        assets.chain(sites).collect()
    }
}

impl Baseline {
    /// A judgement to compare later ones with.
    #[must_use]
    pub fn of(results: &RunResults) -> Self {
        Self::new(&results.inventory, &results.findings, Some(results.as_of))
    }

    /// The same from its parts.
    #[must_use]
    pub fn new(inventory: &Inventory, findings: &[Finding], as_of: Option<Timestamp>) -> Self {
        let assets = inventory.assets.iter().map(|asset| Named {
            arpenteur_id: asset.arpenteur_id,
            name: asset.name.clone(),
        });
        let sites = inventory.sites.iter().map(|site| NamedSite {
            arpenteur_id: site.arpenteur_id,
            id: site.id.0.clone(),
        });
        Self {
            as_of,
            findings: findings.to_vec(),
            inventory: Names {
                assets: assets.collect(),
                sites: sites.collect(),
            },
        }
    }

    /// The same where only names and verdicts are known.
    pub fn of_parts(
        as_of: Option<Timestamp>,
        findings: Vec<Finding>,
        names: impl Iterator<Item = (Uuid, String)>,
    ) -> Self {
        let assets = names.map(|(arpenteur_id, name)| Named { arpenteur_id, name });
        Self {
            as_of,
            findings,
            inventory: Names {
                assets: assets.collect(),
                sites: Vec::new(),
            },
        }
    }

    /// What became of every failed verdict from `before` to this one.
    #[must_use]
    pub fn since(&self, before: &Self) -> Drift {
        let (old, new) = (before.by_key(), self.by_key());
        let (old_names, new_names) = (before.inventory.map(), self.inventory.map());
        let keys: BTreeSet<Key<'_>> = old.keys().chain(new.keys()).copied().collect();
        let mut entries: Vec<DriftEntry> = keys
            .into_iter()
            .filter_map(|key| {
                let (was, is) = (old.get(&key).copied(), new.get(&key).copied());
                let mut entry = compare(key, was, is)?;
                let name = new_names.get(&key.1).or_else(|| old_names.get(&key.1));
                entry.name = name.map_or_else(String::new, |name| (*name).to_owned());
                Some(entry)
            })
            .collect();
        entries.sort_by(|a, b| {
            let rank = |entry: &DriftEntry| (entry.change, std::cmp::Reverse(entry.severity));
            (rank(a), &a.check, &a.name).cmp(&(rank(b), &b.check, &b.name))
        });
        let mut counts = BTreeMap::new();
        for entry in &entries {
            *counts.entry(entry.change).or_default() += 1;
        }
        Drift {
            since: before.as_of,
            counts,
            entries,
        }
    }

    fn by_key(&self) -> BTreeMap<Key<'_>, &Finding> {
        let findings = self.findings.iter();
        findings
            .map(|finding| ((finding.check.as_str(), finding.asset), finding))
            .collect()
    }
}

/// Check and device.
type Key<'a> = (&'a str, Uuid);

/// What became of one verdict; `None` where it fails in neither run.
fn compare(key: Key<'_>, was: Option<&Finding>, is: Option<&Finding>) -> Option<DriftEntry> {
    let fails = |finding: Option<&Finding>| finding.is_some_and(|finding| finding.is_open());
    let (before, after) = (failed_items(was), failed_items(is));
    let items_new: Vec<String> = after
        .difference(&before)
        .map(|item| (*item).to_owned())
        .collect();
    let items_fixed: Vec<String> = before
        .difference(&after)
        .map(|item| (*item).to_owned())
        .collect();
    let severity = |finding: Option<&Finding>| finding.map(|finding| finding.severity);
    let worse = severity(is) > severity(was) || !items_new.is_empty();
    let change = match (fails(was), fails(is)) {
        (false, true) => Change::New,
        (true, true) if worse => Change::Worsened,
        (true, true) => Change::Unchanged,
        (true, false) => match is.map(|finding| &finding.outcome) {
            None => Change::Gone,
            Some(Outcome::Unknown { .. } | Outcome::Error { .. }) => Change::Lost,
            Some(_) => Change::Fixed,
        },
        (false, false) => return None,
    };
    Some(DriftEntry {
        change,
        check: key.0.to_owned(),
        asset: key.1,
        name: String::new(),
        severity: severity(is.or(was)).unwrap_or(Severity::Info),
        items_new,
        items_fixed,
    })
}

/// Keys of the items that fail and are not waived.
fn failed_items(finding: Option<&Finding>) -> BTreeSet<&str> {
    let items = finding.into_iter().flat_map(|finding| finding.items.iter());
    items
        .filter(|item| item.outcome == Outcome::Fail && !item.waived)
        .map(|item| item.item.as_str())
        .collect()
}
