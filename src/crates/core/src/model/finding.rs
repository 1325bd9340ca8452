//! Verdicts: what a check says of a device.
use super::{Confidence, EvidenceId, UnreadReason};
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
    /// Evidence values, masked: fact path and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<(String, serde_json::Value)>,
}

/// One check's verdict on one asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Check id, `SSH-006`.
    pub check: String,
    /// The check's revision.
    pub revision: u32,
    /// Asset id (`arpenteur_id`).
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
}

impl Finding {
    /// What this finding is about, stable from run to run: check, asset and item; never
    /// an address or a line number.
    pub fn fingerprint(&self) -> String {
        format!("{}:{}", self.check, self.asset)
    }
}
