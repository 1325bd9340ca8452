//! How much was assessed, beside every score.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{Finding, Outcome, Severity, Text, UnreadReason};

/// The one formula of the score, as it is printed beside it.
pub const SCORE_FORMULA: [(&str, &str); 2] = [
    (
        "fr",
        "Score = points des contrôles réussis ÷ points des contrôles réussis, échoués et inconnus. \
         Un contrôle vaut autant qu’il réussisse ou qu’il échoue\u{202f}: critique 8, élevée 4, \
         moyenne 2, faible 1, information 0. Un contrôle sans objet ne compte pas.",
    ),
    (
        "en",
        "Score = points of passed checks ÷ points of passed, failed and unknown checks. A check is \
         worth the same whether it passes or fails: critical 8, high 4, medium 2, low 1, info 0. \
         A check that is not applicable does not count.",
    ),
];

/// Findings counted by outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Desired state holds.
    pub pass: u32,
    /// It does not.
    pub fail: u32,
    /// No object for the check.
    pub not_applicable: u32,
    /// Facts unread.
    pub unknown: u32,
    /// The check was wrong.
    pub error: u32,
    /// Unknown findings by reason.
    pub unknown_by_reason: BTreeMap<UnreadReason, u32>,
    /// Points of passed checks.
    pub points_passed: u64,
    /// Points of passed and failed checks.
    pub points_assessed: u64,
    /// Points of passed, failed, unknown and erroneous checks.
    pub points: u64,
}

impl Tally {
    /// Checks that gave a verdict.
    #[must_use]
    pub fn assessed(&self) -> u32 {
        self.pass + self.fail
    }

    /// Checks that should have given one: "assessed 91 of 124".
    #[must_use]
    pub fn total(&self) -> u32 {
        self.assessed() + self.unknown + self.error
    }

    /// [`SCORE_FORMULA`] in per cent, rounded down; `None` when there is nothing to score.
    #[must_use]
    pub fn score(&self) -> Option<u8> {
        percent(self.points_passed, self.points)
    }

    /// The same among what was assessed alone, to be shown beside [`Self::score`], never
    /// instead of it.
    #[must_use]
    pub fn score_of_assessed(&self) -> Option<u8> {
        percent(self.points_passed, self.points_assessed)
    }

    /// Counts one finding.
    pub fn add(&mut self, finding: &Finding) {
        let points = points(finding.severity);
        match &finding.outcome {
            Outcome::Pass => {
                self.pass += 1;
                self.points_passed += points;
                self.points_assessed += points;
            }
            Outcome::Fail => {
                self.fail += 1;
                self.points_assessed += points;
            }
            Outcome::Unknown { reason, .. } => {
                self.unknown += 1;
                *self.unknown_by_reason.entry(*reason).or_default() += 1;
            }
            Outcome::Error { .. } => self.error += 1,
            Outcome::NotApplicable => {
                self.not_applicable += 1;
                return;
            }
        }
        self.points += points;
    }
}

/// Points of a severity, one table for passes and failures.
fn points(severity: Severity) -> u64 {
    match severity {
        Severity::Info => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 4,
        Severity::Critical => 8,
    }
}

fn percent(part: u64, whole: u64) -> Option<u8> {
    u8::try_from((part * 100).checked_div(whole)?).ok()
}

/// Figures of a whole run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// All findings.
    pub all: Tally,
    /// By asset, in the order of the findings.
    pub assets: Vec<(Uuid, Tally)>,
}

impl Coverage {
    /// Counts findings as [`Catalogue::judge`](super::Catalogue::judge) returns them: those of
    /// one asset follow each other.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let mut coverage = Self::default();
        // Findings about the audit's own files say nothing of the network.
        for finding in findings.iter().filter(|finding| !finding.asset.is_nil()) {
            coverage.all.add(finding);
            match coverage.assets.last_mut() {
                Some((asset, tally)) if *asset == finding.asset => tally.add(finding),
                _ => {
                    let mut tally = Tally::default();
                    tally.add(finding);
                    coverage.assets.push((finding.asset, tally));
                }
            }
        }
        coverage
    }

    /// The formula of the score in a language: [`SCORE_FORMULA`] as a text.
    #[must_use]
    pub fn formula() -> Text {
        let [(_, fr), (_, en)] = SCORE_FORMULA;
        Text {
            fr: fr.to_owned(),
            en: en.to_owned(),
        }
    }
}
