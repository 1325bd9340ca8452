//! Verdicts: what a check says of a device.
use super::{Confidence, EvidenceId, UnreadReason};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A text in both languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// How bad a failed check is (catalogue.md, severity rule).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A notice.
    Info,
    /// Hygiene.
    Low,
    /// Weakens a defence or a redundancy.
    Medium,
    /// One step from control or data, or loss of recovery.
    High,
    /// Unauthenticated control or data, now.
    Critical,
}

/// What a check says. An unread fact gives `Unknown`, never `Pass` and never `NotApplicable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The desired state holds.
    Pass,
    /// It does not.
    Fail,
    /// The check does not concern this device.
    NotApplicable,
    /// A fact that the check needs is unread.
    Unknown {
        /// Why.
        reason: UnreadReason,
        /// The fact's path.
        fact: String,
    },
    /// The check itself is wrong; the run is incomplete.
    Error {
        /// What went wrong.
        message: String,
    },
}

/// The verdict on one item of a `for_each` check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemOutcome {
    /// The item's key, as the fact schema defines it.
    pub item: String,
    /// Its verdict.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Evidence values, masked: fact path and value; none where the item passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<(String, serde_json::Value)>,
    /// Whether it failed and an approved exception covers it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waived: bool,
}

/// An approved exception beside a failed verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Why the risk is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approved_by: String,
    /// Last day (UTC, inclusive).
    pub until: Date,
}

/// What became of an approved exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverState {
    /// Check id.
    pub check: String,
    /// Device pattern.
    pub device: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Item pattern.
    pub item: Option<String>,
    /// What it says.
    #[serde(flatten)]
    pub waived: Waived,
    /// Whether the judgement date lies within its days.
    pub in_force: bool,
    /// Failed verdicts that it covers.
    pub covers: u32,
}

/// One check's verdict on one asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Check id, `SSH-006`.
    pub check: String,
    /// The check's revision.
    pub revision: u32,
    /// Id of the asset, or of the site for a check of `scope: site` (`arpenteur_id`); nil for a
    /// finding about the audit's own files.
    pub asset: uuid::Uuid,
    /// Severity, already capped by confidence.
    pub severity: Severity,
    /// Confidence.
    pub confidence: Confidence,
    /// Effort class of the fix: S, M, L or XL.
    pub effort: String,
    /// Verdict; of a `for_each` check the worst of its items.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Verdict per item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemOutcome>,
    /// Evidence values, masked: fact path and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<(String, serde_json::Value)>,
    /// Exchanges behind those facts, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<EvidenceId>,
    /// The approved exception that covers it: all of its failed items, where it has items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

impl Finding {
    /// Whether it fails and no approved exception covers it.
    pub fn is_open(&self) -> bool {
        self.outcome == Outcome::Fail && self.waived.is_none()
    }
}
