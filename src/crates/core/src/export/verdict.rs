//! What every export says of a verdict: whom it is about, in which words, under which id.
use crate::model::{
    CheckSummary, DriftEntry, Finding, Outcome, RunResults, Severity, Text, Waived,
};
use crate::report::{Messages, plain};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Characters of one value that are printed: a device chooses how long its texts are.
const VALUE: usize = 400;

/// Results, looked up by id, and the words of one language.
pub(super) struct Audit<'a> {
    pub(super) results: &'a RunResults,
    pub(super) messages: &'a Messages,
    subjects: HashMap<Uuid, Subject<'a>>,
    checks: HashMap<&'a str, usize>,
    drift: HashMap<(&'a str, Uuid), &'a DriftEntry>,
}

/// Whom a verdict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject<'a> {
    /// Device, site, or nil for the audit's own files.
    pub(super) id: Uuid,
    pub(super) site: &'a str,
    /// Name of the device; `None` for a site as a whole.
    pub(super) device: Option<&'a str>,
}

impl<'a> Audit<'a> {
    pub(super) fn new(results: &'a RunResults, messages: &'a Messages) -> Self {
        let sites = results.inventory.sites.iter().map(|site| Subject {
            id: site.arpenteur_id,
            site: &site.id.0,
            device: None,
        });
        let assets = results.inventory.assets.iter().map(|asset| Subject {
            id: asset.arpenteur_id,
            site: &asset.site.0,
            device: Some(&asset.name),
        });
        let checks = results.checks.iter().enumerate();
        let entries = results.drift.iter().flat_map(|drift| &drift.entries);
        Self {
            results,
            messages,
            subjects: sites
                .chain(assets)
                .map(|subject| (subject.id, subject))
                .collect(),
            checks: checks
                .map(|(index, check)| (check.id.as_str(), index))
                .collect(),
            drift: entries
                .map(|entry| ((entry.check.as_str(), entry.asset), entry))
                .collect(),
        }
    }

    /// Whom a verdict is about; `name` stands for what is in the inventory no longer.
    pub(super) fn subject(&self, id: Uuid, name: &'a str) -> Subject<'a> {
        let unknown = Subject {
            id,
            site: "",
            device: Some(name),
        };
        self.subjects.get(&id).copied().unwrap_or(unknown)
    }

    /// Name to print.
    pub(super) fn name(&self, subject: &Subject<'_>) -> String {
        if subject.id.is_nil() {
            return self.say("export-own-files", &[]);
        }
        plain(subject.device.unwrap_or(subject.site))
    }

    /// Place of a check in the results.
    pub(super) fn index(&self, check: &str) -> Option<usize> {
        self.checks.get(check).copied()
    }

    /// What the catalogue says of a check.
    pub(super) fn check(&self, check: &str) -> Option<&'a CheckSummary> {
        self.results.checks.get(self.index(check)?)
    }

    /// What became of a failed verdict since the run before.
    pub(super) fn change(&self, finding: &Finding) -> Option<&'a DriftEntry> {
        self.drift
            .get(&(finding.check.as_str(), finding.asset))
            .copied()
    }

    /// A text of the catalogue in the language of the export.
    pub(super) fn text(&self, text: &Text) -> String {
        plain(self.messages.language().of(text))
    }

    /// The desired state that a check looks for.
    pub(super) fn title(&self, check: &str) -> String {
        let summary = self.check(check);
        summary.map_or_else(|| plain(check), |summary| self.text(&summary.title))
    }

    /// A message whose values are texts.
    pub(super) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (*name, (*value).into()))
            .collect();
        self.messages.text(key, &values)
    }

    /// A verdict in words.
    pub(super) fn statement(&self, check: &str, outcome: &Outcome) -> String {
        let title = self.title(check);
        let title = ("title", title.as_str());
        match outcome {
            Outcome::Pass => self.say("export-passed", &[title]),
            Outcome::Fail => self.say("export-failed", &[title]),
            Outcome::NotApplicable => self.say("export-not-applicable", &[title]),
            Outcome::Unknown { .. } => {
                self.say("export-unknown", &[title, ("why", &self.reason(outcome))])
            }
            Outcome::Error { .. } => {
                self.say("export-error", &[title, ("message", &self.reason(outcome))])
            }
        }
    }

    /// Why there is no verdict; empty where there is one.
    pub(super) fn reason(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Unknown { reason, fact } => {
                let why = self.messages.word("unread", reason.as_str());
                let why = why.unwrap_or_else(|| reason.as_str().to_owned());
                let fact = plain(fact);
                self.say("export-reason", &[("why", &why), ("fact", &fact)])
            }
            Outcome::Error { message } => plain(message),
            Outcome::Pass | Outcome::Fail | Outcome::NotApplicable => String::new(),
        }
    }

    /// An approved exception in words.
    pub(super) fn exception(&self, waived: &Waived) -> String {
        let until = waived.until.to_string();
        self.say(
            "export-waived",
            &[
                ("until", &until),
                ("reason", &plain(&waived.reason)),
                ("owner", &plain(&waived.owner)),
                ("by", &plain(&waived.approved_by)),
            ],
        )
    }

    /// A name that stays the same from run to run: check, device's identity, item's key; never
    /// an address or a line, which change by themselves. `kind` keeps ids of different things
    /// apart.
    pub(super) fn id(&self, kind: &str, check: &str, asset: Uuid, item: &str) -> Uuid {
        // Neither a check's id nor a UUID has a line end, so no two names are written alike.
        self.named(&format!("{kind}\n{check}\n{asset}\n{item}"))
    }

    /// UUIDv5 (RFC 9562, section 5.5) of a name in this audit.
    pub(super) fn named(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.results.audit.id, name.as_bytes())
    }
}

/// What tells findings of one check on one asset apart: those about the audit's own files, which
/// all have the nil asset, by what they show.
pub(super) fn own_key(finding: &Finding) -> String {
    if finding.asset.is_nil() {
        values(&finding.evidence)
    } else {
        String::new()
    }
}

/// Evidence values in one line.
pub(super) fn values(evidence: &[(String, Value)]) -> String {
    let each = evidence.iter().map(|(path, value)| {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        format!("{} = {}", plain(path), shortened(&plain(&value)))
    });
    each.collect::<Vec<_>>().join("; ")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}

/// An object without those of its members that are null.
pub(super) fn object(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// The name of a severity in the results' JSON.
pub(super) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// The name of an outcome in the results' JSON.
pub(super) fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::NotApplicable => "not_applicable",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Error { .. } => "error",
    }
}
