//! What is kept of every device from run to run, and what changed between two runs.
//!
//! A [`Snapshot`] is small and the same as long as nothing that matters changes: counters, dates
//! and evidence stay in the run's own files.

use crate::check::Baseline;
use crate::model::{
    Asset, AssetState, Confidence, Drift, Finding, Inventory, ItemOutcome, Outcome,
    RESULTS_VERSION, Severity, UnreadReason,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use uuid::Uuid;

#[cfg(test)]
mod tests;

/// A device, or a site, as one run saw it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// Name.
    pub name: String,
    /// Site.
    pub site: String,
    /// Class id; empty for a site.
    pub class: String,
    /// Whether and how it was met; nothing for a site, which has verdicts too.
    pub state: Option<AssetState>,
    /// Addresses that answered, sorted.
    pub addresses: Vec<IpAddr>,
    /// Manufacturer.
    pub vendor: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Serial number of the chassis.
    pub serial: Option<String>,
    /// Operating system, else its family.
    pub os: Option<String>,
    /// Its version, else the firmware's.
    pub version: Option<String>,
    /// Members of a stack: number and serial number.
    pub units: Vec<(String, Option<String>)>,
    /// Criticality, A to D.
    pub criticality: Option<String>,
    /// Checks that fail and are not waived.
    pub open: BTreeMap<String, Open>,
    /// Checks that could not be answered.
    pub unread: BTreeSet<String>,
}

/// A failed check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Severity.
    pub severity: Severity,
    /// Keys of the items that fail and are not waived.
    pub items: Vec<String>,
}

/// Everything that one judged run says of its devices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunState {
    /// Judgement date.
    pub as_of: Option<Timestamp>,
    /// Checks that judged.
    pub checks: BTreeSet<String>,
    /// Devices and sites, by `arpenteur_id`.
    pub seen: BTreeMap<Uuid, Snapshot>,
}

/// Of a `results.json` what is kept.
#[derive(Debug, Deserialize)]
pub struct Judged {
    /// Version of its layout.
    pub version: u32,
    /// Whose audit.
    pub audit: JudgedAudit,
    /// Judgement date.
    pub as_of: Timestamp,
    /// Whether every target was finished.
    pub evidence: JudgedEvidence,
    inventory: Inventory,
    checks: Vec<JudgedCheck>,
    findings: Vec<Finding>,
}

/// Whose audit it was.
#[derive(Debug, Deserialize)]
pub struct JudgedAudit {
    /// Id of the audit.
    pub id: Uuid,
    /// The client.
    pub client: JudgedClient,
}

/// Whose network.
#[derive(Debug, Deserialize)]
pub struct JudgedClient {
    /// Name.
    pub name: String,
}

/// How the evidence was taken.
#[derive(Debug, Deserialize)]
pub struct JudgedEvidence {
    /// Whether every target was finished.
    pub complete: bool,
}

#[derive(Debug, Deserialize)]
struct JudgedCheck {
    id: String,
}

impl Judged {
    /// Reads a `results.json` of this version.
    ///
    /// # Errors
    /// In words, where it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let Versioned { version } = serde_json::from_slice(bytes)
            .map_err(|error| format!("no results of this version: {error}"))?;
        if version != RESULTS_VERSION {
            return Err(format!(
                "results of version {version}, not {RESULTS_VERSION}\nhelp: `arpenteur audit --last` judges the newest run again"
            ));
        }
        serde_json::from_slice(bytes)
            .map_err(|error| format!("no results of this version: {error}"))
    }

    /// What is kept of it.
    #[must_use]
    pub fn state(&self) -> RunState {
        let mut seen: BTreeMap<Uuid, Snapshot> = BTreeMap::new();
        for asset in &self.inventory.assets {
            seen.insert(asset.arpenteur_id, Snapshot::of(asset));
        }
        for site in &self.inventory.sites {
            seen.insert(
                site.arpenteur_id,
                Snapshot {
                    name: site.id.0.clone(),
                    site: site.id.0.clone(),
                    ..Snapshot::default()
                },
            );
        }
        for finding in &self.findings {
            let of = seen.entry(finding.asset).or_default();
            match &finding.outcome {
                Outcome::Fail if finding.is_open() => {
                    of.open.insert(finding.check.clone(), Open::of(finding));
                }
                Outcome::Unknown { .. } | Outcome::Error { .. } => {
                    of.unread.insert(finding.check.clone());
                }
                _ => {}
            }
        }
        RunState {
            as_of: Some(self.as_of),
            checks: self.checks.iter().map(|check| check.id.clone()).collect(),
            seen,
        }
    }
}

impl Open {
    fn of(finding: &Finding) -> Self {
        let failed = |item: &&ItemOutcome| item.outcome == Outcome::Fail && !item.waived;
        Self {
            severity: finding.severity,
            items: finding
                .items
                .iter()
                .filter(failed)
                .map(|item| item.item.clone())
                .collect(),
        }
    }
}

impl Snapshot {
    /// What is kept of an asset, verdicts aside.
    fn of(asset: &Asset) -> Self {
        let facts = asset.sheet.facts().unwrap_or_default();
        let (hardware, os) = (facts.hardware, facts.os);
        let mut addresses: Vec<IpAddr> = asset
            .targets
            .iter()
            .filter_map(|target| target.locator.address())
            .collect();
        addresses.sort();
        addresses.dedup();
        Self {
            name: asset.name.clone(),
            site: asset.site.0.clone(),
            class: asset.class.clone(),
            state: Some(asset.state),
            addresses,
            vendor: hardware.mfg_name,
            model: hardware.model_name,
            serial: hardware.serial_num,
            os: os.name.or(os.family),
            version: os
                .version
                .or(hardware.firmware_rev)
                .or(hardware.software_rev),
            units: hardware
                .units
                .into_iter()
                .map(|unit| (unit.number, unit.serial_num))
                .collect(),
            criticality: asset.criticality.clone(),
            ..Self::default()
        }
    }

    /// Whether it is a device, not a site.
    #[must_use]
    pub fn is_device(&self) -> bool {
        self.state.is_some()
    }

    /// What it may be asked for by: name, addresses, serial numbers, in lower case.
    #[must_use]
    pub fn words(&self) -> BTreeSet<String> {
        let addresses = self.addresses.iter().map(IpAddr::to_string);
        let units = self.units.iter().filter_map(|(_, serial)| serial.clone());
        let serials = self.serial.iter().cloned().chain(units);
        let all = addresses.chain(serials).chain([self.name.clone()]);
        all.map(|word| word.trim().to_lowercase())
            .filter(|word| !word.is_empty())
            .collect()
    }

    /// Fields that differ, verdicts aside, by their names in the snapshot.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<FieldChange> {
        let (old, new) = (before.fields(), self.fields());
        let differs = |(field, after): (&String, &Value)| {
            let before = old.get(field).cloned().unwrap_or_default();
            (before != *after).then(|| FieldChange {
                field: field.clone(),
                before,
                after: after.clone(),
            })
        };
        new.iter().filter_map(differs).collect()
    }

    fn fields(&self) -> Map<String, Value> {
        let bare = Self {
            open: BTreeMap::new(),
            unread: BTreeSet::new(),
            ..self.clone()
        };
        match serde_json::to_value(bare) {
            Ok(Value::Object(mut fields)) => {
                fields.retain(|name, _| name != "open" && name != "unread");
                fields
            }
            _ => Map::new(),
        }
    }
}

/// A field that differs between two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// Value in the earlier run.
    pub before: Value,
    /// Value in the later run.
    pub after: Value,
}

/// What became of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceEvent {
    /// Only the later run has it.
    Appeared,
    /// Only the earlier run has it.
    Disappeared,
    /// Both have it, and it differs.
    Altered,
}

/// A device that differs between two runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceChange {
    /// What became of it.
    pub event: DeviceEvent,
    /// Its id.
    pub id: Uuid,
    /// Its name, the newer one where both runs have it.
    pub name: String,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

impl RunState {
    /// Devices that appeared, disappeared or differ, in that order, each by name.
    #[must_use]
    pub fn devices_since(&self, before: &Self) -> Vec<DeviceChange> {
        let ids: BTreeSet<&Uuid> = before.seen.keys().chain(self.seen.keys()).collect();
        let mut changes: Vec<DeviceChange> = ids
            .into_iter()
            .filter_map(|id| device_change(*id, before.seen.get(id), self.seen.get(id)))
            .collect();
        changes.sort_by(|a, b| (a.event, &a.name, a.id).cmp(&(b.event, &b.name, b.id)));
        changes
    }

    /// What became of every failed verdict.
    #[must_use]
    pub fn drift_since(&self, before: &Self) -> Drift {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let ids: BTreeSet<&Uuid> = before.seen.keys().chain(self.seen.keys()).collect();
        for id in ids {
            let (was, is) = (before.seen.get(id), self.seen.get(id));
            let open = |at: Option<&Snapshot>| {
                let open = at.into_iter().flat_map(|at| &at.open);
                open.map(|(check, open)| (check.clone(), open.severity))
                    .collect::<BTreeMap<_, _>>()
            };
            let mut checks = open(was);
            for (check, severity) in open(is) {
                checks.entry(check).or_insert(severity);
            }
            for (check, severity) in checks {
                old.extend(before.verdict(*id, &check, severity));
                new.extend(self.verdict(*id, &check, severity));
            }
        }
        self.baseline(new).since(&before.baseline(old))
    }

    fn baseline(&self, findings: Vec<Finding>) -> Baseline {
        let names = self.seen.iter();
        let names = names.map(|(id, at)| (*id, at.name.clone()));
        Baseline::of_parts(self.as_of, findings, names)
    }

    /// What a check said of an asset; nothing where it did not judge it.
    fn verdict(&self, id: Uuid, check: &str, severity: Severity) -> Option<Finding> {
        let at = self.seen.get(&id)?;
        let (severity, outcome, items) = if let Some(open) = at.open.get(check) {
            (open.severity, Outcome::Fail, open.items.as_slice())
        } else if at.unread.contains(check) {
            let unknown = Outcome::Unknown {
                reason: UnreadReason::NotCollected,
                fact: String::new(),
            };
            (severity, unknown, [].as_slice())
        } else if self.checks.contains(check)
            && matches!(at.state, None | Some(AssetState::Observed))
        {
            (severity, Outcome::Pass, [].as_slice())
        } else {
            return None;
        };
        let failed = |item: &String| ItemOutcome {
            item: item.clone(),
            outcome: Outcome::Fail,
            evidence: Vec::new(),
            waived: false,
        };
        Some(Finding {
            check: check.to_owned(),
            revision: 0,
            asset: id,
            severity,
            confidence: Confidence::Certain,
            effort: String::new(),
            outcome,
            items: items.iter().map(failed).collect(),
            evidence: Vec::new(),
            exchanges: Vec::new(),
            waived: None,
        })
    }
}

fn device_change(id: Uuid, was: Option<&Snapshot>, is: Option<&Snapshot>) -> Option<DeviceChange> {
    let (event, at, fields) = match (was, is) {
        (None, Some(is)) => (DeviceEvent::Appeared, is, Vec::new()),
        (Some(was), None) => (DeviceEvent::Disappeared, was, Vec::new()),
        (Some(was), Some(is)) => (DeviceEvent::Altered, is, is.changed_since(was)),
        (None, None) => return None,
    };
    let told = event != DeviceEvent::Altered || !fields.is_empty();
    (told && at.is_device()).then(|| DeviceChange {
        event,
        id,
        name: at.name.clone(),
        fields,
    })
}
