//! Approved exceptions at work: written beside the verdicts that they cover; those that are
//! expired, or cover nothing that needs it, are findings themselves.
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::policy::{Policy, Waiver, glob};
use crate::model::{
    CheckSummary, Confidence, Finding, Outcome, Severity, Text, Waived, WaiverState,
};

/// Whom a finding is about, as waivers name devices.
#[derive(Debug, Clone, Default)]
pub(super) struct Subject<'a> {
    pub(super) site: &'a str,
    /// Name, host name, addresses.
    pub(super) names: Vec<String>,
}

/// What became of each waiver of a policy during a judgement.
#[derive(Debug)]
pub(super) struct Waivers<'a> {
    waivers: Vec<Tracked<'a>>,
}

#[derive(Debug)]
struct Tracked<'a> {
    waiver: &'a Waiver,
    in_force: bool,
    expired: bool,
    /// Verdicts that it names, and of these those that it is needed for.
    named: u32,
    needed: u32,
}

impl<'a> Waivers<'a> {
    pub(super) fn new(policy: &'a Policy, as_of: Timestamp) -> Self {
        let today = as_of.to_zoned(TimeZone::UTC).date();
        let track = |waiver: &'a Waiver| Tracked {
            waiver,
            // Both days are inclusive.
            in_force: waiver.from.is_none_or(|from| from <= today) && today <= waiver.until,
            expired: waiver.until < today,
            named: 0,
            needed: 0,
        };
        Self {
            waivers: policy.waivers.iter().map(track).collect(),
        }
    }

    /// Writes the waivers in force beside the verdicts that they cover.
    pub(super) fn apply(&mut self, finding: &mut Finding, subject: &Subject<'_>) {
        for tracked in &mut self.waivers {
            if tracked.waiver.names(finding, subject) {
                tracked.cover(finding);
            }
        }
    }

    /// Findings about the waivers themselves.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for tracked in &self.waivers {
            let Some(problem) = tracked.problem() else {
                continue;
            };
            let waiver = tracked.waiver;
            let (id, _, severity, ..) = problem;
            let about = [&waiver.device, &waiver.site, &waiver.item];
            let about: Vec<&str> = about.into_iter().flatten().map(String::as_str).collect();
            findings.push(Finding {
                check: (*id).to_owned(),
                revision: 1,
                asset: Uuid::nil(),
                severity: *severity,
                confidence: Confidence::Certain,
                effort: "S".to_owned(),
                outcome: Outcome::Fail,
                items: Vec::new(),
                evidence: vec![
                    ("waiver.check".to_owned(), waiver.check.clone().into()),
                    ("waiver.scope".to_owned(), about.join(", ").into()),
                    ("waiver.until".to_owned(), waiver.until.to_string().into()),
                    ("waiver.owner".to_owned(), waiver.owner.clone().into()),
                ],
                exchanges: Vec::new(),
                waived: None,
            });
        }
        findings.sort_by(|a, b| a.check.cmp(&b.check));
        findings
    }

    /// What became of each, in the order of the file.
    pub(super) fn states(&self) -> Vec<WaiverState> {
        let state = |tracked: &Tracked<'_>| WaiverState {
            check: tracked.waiver.check.clone(),
            device: tracked.waiver.device.clone(),
            site: tracked.waiver.site.clone(),
            item: tracked.waiver.item.clone(),
            waived: tracked.waiver.waived(),
            in_force: tracked.in_force,
            covers: if tracked.in_force { tracked.needed } else { 0 },
        };
        self.waivers.iter().map(state).collect()
    }
}

/// Id, title, severity, why and fix of a finding about a waiver.
type Problem = (
    &'static str,
    [&'static str; 2],
    Severity,
    [&'static str; 2],
    [&'static str; 2],
);

/// What may be wrong with a waiver. No expressions: they judge the client's file, not a device.
static PROBLEMS: [Problem; 3] = [
    (
        "WVR-001",
        ["Aucune dérogation échue", "No expired waiver"],
        Severity::Low,
        [
            "Une dérogation échue ne couvre plus l’écart\u{202f}: le risque n’est plus accepté par personne.",
            "An expired waiver covers its deviation no longer: nobody accepts the risk any more.",
        ],
        [
            "Corriger l’écart, ou faire approuver une nouvelle échéance.",
            "Mend the deviation, or have a new date approved.",
        ],
    ),
    (
        "WVR-002",
        [
            "Chaque dérogation désigne un contrôle rendu",
            "Every waiver names a verdict",
        ],
        Severity::Info,
        [
            "Une dérogation qui ne désigne rien cache une faute de frappe ou un équipement disparu.",
            "A waiver that names nothing hides a misspelling or a device that is gone.",
        ],
        [
            "Corriger sa portée ou la retirer.",
            "Mend its scope or remove it.",
        ],
    ),
    (
        "WVR-003",
        [
            "Chaque dérogation couvre un écart",
            "Every waiver covers a deviation",
        ],
        Severity::Info,
        [
            "Une dérogation sur un contrôle réussi laisserait passer en silence le prochain écart.",
            "A waiver of a check that passes would let the next deviation through in silence.",
        ],
        ["La retirer.", "Remove it."],
    ),
];

/// What the report prints of the findings about waivers.
pub fn waiver_checks() -> impl Iterator<Item = CheckSummary> {
    let text = |[fr, en]: [&str; 2]| Text {
        fr: fr.to_owned(),
        en: en.to_owned(),
    };
    PROBLEMS
        .iter()
        .map(move |(id, title, severity, why, fix)| CheckSummary {
            id: (*id).to_owned(),
            title: text(*title),
            why: text(*why),
            fix: text(*fix),
            severity: *severity,
            refs: std::collections::BTreeMap::new(),
        })
}

impl Waiver {
    fn names(&self, finding: &Finding, subject: &Subject<'_>) -> bool {
        self.check == finding.check
            && self.site.as_ref().is_none_or(|site| site == subject.site)
            && self
                .device
                .as_ref()
                .is_none_or(|device| subject.names.iter().any(|name| glob(device, name)))
            && self
                .item
                .as_ref()
                .is_none_or(|pattern| finding.items.iter().any(|item| glob(pattern, &item.item)))
    }

    fn waived(&self) -> Waived {
        Waived {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            approved_by: self.approved_by.clone(),
            until: self.until,
        }
    }
}

impl Tracked<'_> {
    /// Covers a finding, or the items of it that the waiver names; a failed finding is waived
    /// once all its failed items are.
    fn cover(&mut self, finding: &mut Finding) {
        self.named += 1;
        let waiver = self.waiver;
        let mut covered = false;
        let named = |key: &str| {
            waiver
                .item
                .as_ref()
                .is_none_or(|pattern| glob(pattern, key))
        };
        for item in finding.items.iter_mut().filter(|item| named(&item.item)) {
            if item.outcome == Outcome::Fail {
                covered = true;
                item.waived |= self.in_force;
            }
        }
        let fails = finding.outcome == Outcome::Fail;
        if finding.items.is_empty() && waiver.item.is_none() {
            covered = fails;
        }
        self.needed += u32::from(covered);
        let open = |finding: &Finding| {
            let mut items = finding.items.iter();
            items.any(|item| item.outcome == Outcome::Fail && !item.waived)
        };
        if fails && covered && self.in_force && !open(finding) {
            finding.waived = Some(waiver.waived());
        }
    }

    fn problem(&self) -> Option<&'static Problem> {
        let [expired, names_nothing, covers_nothing] = &PROBLEMS;
        if self.expired {
            Some(expired)
        } else if self.named == 0 {
            Some(names_nothing)
        } else if self.needed == 0 {
            Some(covers_nothing)
        } else {
            None
        }
    }
}
