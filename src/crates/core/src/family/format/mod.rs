//! The format of `families/<vendor>/<name>.yaml`, checked against the fact schema.
mod check;

use super::example::ExamplesText;
use super::pattern::Pattern;
use super::tabular::Tabular;
use super::text::TextSource;
use crate::data::{Diagnostics, Limits, Source, Spanned};
use crate::model::class::ClassTable;
use crate::model::{Confidence, FactPath, FactType};
use arpenteur_wire::snmp::Oid;
use check::Checker;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a family's rules rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Seen on real devices' recordings.
    Recording,
    /// The vendor's MIBs and manuals.
    Documentation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    id: Spanned<String>,
    title: String,
    basis: Basis,
    extends: Option<Spanned<String>>,
    #[serde(default)]
    fallback: bool,
    #[serde(default)]
    recognise: Vec<Spanned<RuleEntry>>,
    #[serde(default)]
    ask: Vec<Spanned<AskEntry>>,
    #[serde(default)]
    read: Vec<Spanned<ReadEntry>>,
    #[serde(default)]
    set: BTreeMap<String, Spanned<Value>>,
}

/// One weighted rule: exactly one condition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    weight: Spanned<i32>,
    sys_object_id: Option<Spanned<String>>,
    has: Option<Spanned<String>>,
    oid: Option<Spanned<String>>,
    #[serde(rename = "in")]
    text: Option<TextSource>,
    command: Option<String>,
    matches: Option<Spanned<String>>,
    answers: Option<Service>,
    #[serde(default)]
    required: bool,
}

/// A service whose mere answer is a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Service {
    /// An SNMP agent that accepted a credential.
    Snmp,
    /// A shell that ran a command.
    Shell,
    /// An SSH server.
    Ssh,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskEntry {
    get: Option<Vec<Spanned<String>>>,
    shell: Option<String>,
    walk: Option<Spanned<String>>,
    command: Option<String>,
    #[serde(default)]
    sudo: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadEntry {
    #[serde(rename = "in")]
    text: Option<TextSource>,
    oid: Option<Spanned<String>>,
    column: Option<Spanned<String>>,
    command: Option<String>,
    table: Option<Spanned<String>>,
    template: Option<Spanned<String>>,
    rows: Option<Spanned<String>>,
    pattern: Option<Spanned<String>>,
    #[serde(default)]
    with: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    map: BTreeMap<String, Spanned<BTreeMap<String, String>>>,
    set: BTreeMap<String, Spanned<String>>,
    confidence: Option<Confidence>,
}

/// What a rule looks at.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// sysObjectID at or below an OID.
    ObjectId(Oid),
    /// Any object at or below an OID.
    Has(Oid),
    /// A text matches.
    Text(TextSource, Pattern),
    /// A scalar's text matches.
    Scalar(Oid, Pattern),
    /// A command's output matches.
    Command(String, Pattern),
    /// A service answered.
    Answers(Service),
}

/// A condition and what it adds to the score.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) weight: i32,
    /// Of a family's required rules at least one must hold.
    pub(super) required: bool,
    pub(super) condition: Condition,
}

/// Where a read rule takes its text.
#[derive(Debug, Clone)]
pub(super) enum From {
    Text(TextSource),
    Scalar(Oid),
    Column(Oid),
    Command(String),
    /// Rows of an SMI table: `c1`, `c2`… by column, and `index`.
    Table(Oid),
    /// Rows of a command's output.
    Tabular(String, Tabular),
}

/// A list of facts that a rule fills, an item for each row.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) path: FactPath,
    /// The field that names an item.
    pub(super) key: String,
    pub(super) fields: Vec<(String, FactType, String)>,
}

/// Turns a text into facts.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) from: From,
    pub(super) pattern: Option<Pattern>,
    /// Further objects whose text the templates may name.
    pub(super) with: BTreeMap<String, Oid>,
    pub(super) map: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) set: Vec<(FactPath, FactType, String)>,
    /// In place of `set`.
    pub(super) rows: Option<Rows>,
    pub(super) confidence: Confidence,
}

/// A question of a family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Get(Vec<Oid>),
    Walk(Oid),
    Command { command: String, sudo: bool },
    Shell(String),
}

/// One family, checked.
#[derive(Debug, Clone)]
pub(super) struct Family {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) basis: Basis,
    pub(super) extends: Option<String>,
    /// What it states gives way to the table of makers, and is never certain.
    pub(super) fallback: bool,
    pub(super) rules: Vec<Rule>,
    pub(super) asks: Vec<Wish>,
    pub(super) reads: Vec<Read>,
    pub(super) set: Vec<(FactPath, Value)>,
    pub(super) examples: ExamplesText,
}

impl Family {
    /// Reads one file and checks it.
    ///
    /// # Errors
    /// Every error found, with its place.
    pub(super) fn load(
        (path, bytes, built_in): (&str, &[u8], bool),
        templates: &BTreeMap<String, Tabular>,
        classes: &ClassTable,
    ) -> Result<Self, Diagnostics> {
        let (rest, examples) = ExamplesText::split(path, bytes);
        let source = if built_in {
            Source::built_in(path, &rest, Limits::default())?
        } else {
            Source::new(path, &rest, Limits::default())?
        };
        let file: File = source.parse()?;
        let mut checker = Checker {
            source: &source,
            classes,
            templates,
            errors: Diagnostics::default(),
        };
        let family = checker.family(file, examples);
        checker.errors.into_result(family)
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:+} ", self.weight)?;
        match &self.condition {
            Condition::ObjectId(oid) => write!(f, "sys_object_id at or below {oid}"),
            Condition::Has(oid) => write!(f, "objects at or below {oid}"),
            Condition::Text(source, pattern) => {
                let name = TextSource::ALL.iter().find(|(known, _)| known == source);
                write!(
                    f,
                    "{} matches `{pattern}`",
                    name.map_or("", |(_, name)| name)
                )
            }
            Condition::Scalar(oid, pattern) => write!(f, "{oid} matches `{pattern}`"),
            Condition::Command(command, pattern) => write!(f, "`{command}` matches `{pattern}`"),
            Condition::Answers(Service::Snmp) => f.write_str("an SNMP agent answers"),
            Condition::Answers(Service::Shell) => f.write_str("a shell runs commands"),
            Condition::Answers(Service::Ssh) => f.write_str("an SSH server answers"),
        }
    }
}
