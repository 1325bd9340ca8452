//! The file format, as it is read: `checks/<family>/<ID>.yaml`.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::data::Spanned;
use crate::model::estimate::Effort;
use crate::model::{Confidence, Severity, UnreadReason};

/// Where a check stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Judged, and may still change.
    Preview,
    /// Proven by its tests; changes raise its revision.
    Stable,
    /// Kept so that old reports can be read; see `replaced_by`.
    Deprecated,
}

/// Which way a parameter's value is looser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looser {
    /// Higher numbers.
    Higher,
    /// Lower numbers.
    Lower,
    /// More elements in the list.
    More,
    /// Fewer elements in the list.
    Fewer,
}

/// What a check judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckScope {
    /// Every device by itself.
    #[default]
    Device,
    /// Each site as a whole, by the facts below `site`.
    Site,
}

/// What a listed fact that is absent means for the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsentRule {
    /// Having none is the desired state.
    Pass,
    /// Having none is the fault.
    Fail,
    /// Nothing to judge.
    NotApplicable,
    /// The expression decides; the fact is `null` in it.
    Evaluate,
}

/// The five outcomes, as a test names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// Pass.
    Pass,
    /// Fail.
    Fail,
    /// Not applicable.
    NotApplicable,
    /// Unknown.
    Unknown,
    /// Error: the check itself is wrong.
    Error,
}

impl Expect {
    /// The name in files, `not_applicable`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not_applicable",
            Self::Unknown => "unknown",
            Self::Error => "error",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: Spanned<String>,
    pub(super) revision: Spanned<u32>,
    pub(super) status: Spanned<Status>,
    pub(super) replaced_by: Option<Spanned<String>>,
    /// A built-in check whose place this one takes: in a user's own folder alone.
    pub(super) overrides: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) aliases: Vec<Spanned<String>>,
    pub(super) title: Spanned<RawText>,
    pub(super) why: Spanned<RawText>,
    pub(super) fix: Spanned<RawText>,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) effort: Effort,
    #[serde(default)]
    pub(super) scope: CheckScope,
    pub(super) applies: Spanned<String>,
    pub(super) facts: Spanned<Vec<Spanned<String>>>,
    pub(super) for_each: Option<Spanned<String>>,
    pub(super) r#where: Option<Spanned<String>>,
    pub(super) pass: Spanned<String>,
    #[serde(default)]
    pub(super) absent: BTreeMap<String, Spanned<AbsentRule>>,
    #[serde(default)]
    pub(super) params: BTreeMap<String, Spanned<RawParam>>,
    pub(super) evidence: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) masks: Vec<Spanned<String>>,
    pub(super) refs: RawRefs,
    pub(super) tests: Vec<Spanned<RawTest>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub(super) fr: Option<Spanned<String>>,
    pub(super) en: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawParam {
    pub(super) default: serde_json::Value,
    pub(super) strictest: Option<serde_json::Value>,
    pub(super) looser: Option<Looser>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRefs {
    pub(super) anssi_hygiene: Vec<Spanned<String>>,
    pub(super) cis_v8: Vec<Spanned<String>>,
    pub(super) iso27001_2022: Vec<Spanned<String>>,
    pub(super) nis2_21_2: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTest {
    pub(super) name: String,
    #[serde(default)]
    pub(super) facts: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    pub(super) unread: BTreeMap<String, Spanned<UnreadReason>>,
    #[serde(default)]
    pub(super) absent: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) params: BTreeMap<String, Spanned<serde_json::Value>>,
    pub(super) as_of: Option<Spanned<String>>,
    pub(super) expect: Expect,
    #[serde(default)]
    pub(super) items: BTreeMap<Expect, usize>,
    pub(super) raw: Option<RawInput>,
}

/// What a device printed, to be read by a parser of the families room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawInput {
    /// The parser's name.
    pub parser: String,
    /// The text.
    pub text: String,
}
