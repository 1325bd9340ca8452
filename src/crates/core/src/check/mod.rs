//! Judges assets against the catalogue of checks.
//!
//! A check is one YAML file with its tests inside (`docs/writing-a-check.md`). The engine
//! keeps three promises: an unread fact gives [`Outcome::Unknown`](crate::model::Outcome) and
//! never a pass; whatever can be known to be wrong with a check is told when it is loaded,
//! at its place in the file; the same evidence, catalogue and date give the same bytes.
mod analyse;
mod coverage;
mod docs;
mod embedded;
mod explain;
mod expr;
mod format;
mod functions;
mod judge;
mod lint;
mod load;
mod path;
mod refs;
mod value;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

pub use coverage::{Coverage, SCORE_FORMULA, Tally};
pub use docs::reference;
pub use embedded::{CheckTest, TestResult};
pub use format::{AbsentRule, CheckScope, Expect, RawInput, Status};
pub use refs::Refs;

use crate::data::{Diagnostic, Diagnostics};
use crate::model::estimate::Effort;
use crate::model::{
    Asset, AssetState, Confidence, FactPath, FactSheet, Finding, Inventory, Outcome, Severity, Text,
};
use expr::{Expr, Now};
use judge::Bound;
use path::ItemField;
use value::{Layout, Shape};

/// Reads what a device printed into facts, by the parser's name: the families room's parsers,
/// handed in by the caller.
pub type RawParser<'a> = dyn Fn(&str, &str) -> Result<FactSheet, String> + 'a;

/// A parameter of a check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Param {
    /// Value when nobody chose another.
    pub default: Json,
    /// Loosest value with which the check still supports its references.
    pub strictest: Json,
}

/// The list whose items a check judges one by one.
#[derive(Debug)]
struct ForEach {
    list: FactPath,
    key: String,
    shape: Shape,
}

/// One check.
#[derive(Debug)]
pub struct Check {
    /// `SSH-006`.
    pub id: String,
    /// `ssh`.
    pub family: String,
    /// Raised when the verdict on the same facts may change.
    pub revision: u32,
    /// Where it stands in its life.
    pub status: Status,
    /// The check that replaces a deprecated one.
    pub replaced_by: Option<String>,
    /// Former ids.
    pub aliases: Vec<String>,
    /// The desired state.
    pub title: Text,
    /// What the fault makes possible.
    pub why: Text,
    /// How to mend it.
    pub fix: Text,
    /// Severity, before confidence caps it.
    pub severity: Severity,
    /// Most that may be claimed for a verdict.
    pub confidence: Confidence,
    /// Effort class of the fix.
    pub effort: Effort,
    /// What it judges.
    pub scope: CheckScope,
    /// Facts that must be read.
    pub facts: Vec<FactPath>,
    /// What the absence of a fact means.
    pub absent: BTreeMap<FactPath, AbsentRule>,
    /// Parameters.
    pub params: BTreeMap<String, Param>,
    /// Facts shown with a verdict.
    pub evidence: Vec<FactPath>,
    /// Facts whose texts are never shown.
    pub masks: Vec<FactPath>,
    /// References.
    pub refs: Refs,
    /// Embedded tests.
    pub tests: Vec<CheckTest>,
    /// The file it was read from.
    pub file: String,
    applies: Expr,
    filter: Option<Expr>,
    pass: Expr,
    for_each: Option<ForEach>,
}

impl Check {
    /// The expression that says which devices the check concerns.
    #[must_use]
    pub fn applies(&self) -> &str {
        self.applies.source()
    }

    /// The expression that is the desired state.
    #[must_use]
    pub fn pass(&self) -> &str {
        self.pass.source()
    }

    /// The expression that chooses among the items.
    #[must_use]
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_ref().map(Expr::source)
    }

    /// The list whose items are judged one by one.
    #[must_use]
    pub fn for_each(&self) -> Option<&FactPath> {
        self.for_each.as_ref().map(|each| &each.list)
    }

    /// Listed facts below the items of the `for_each` list.
    fn item_facts(&self) -> impl Iterator<Item = (&FactPath, ItemField)> {
        self.facts
            .iter()
            .filter_map(|fact| Some((fact, ItemField::of(fact)?)))
    }

    /// Facts to bind for this check alone.
    fn layout(&self) -> Layout {
        let mut layout = Layout::default();
        self.add_to(&mut layout);
        layout
    }

    fn add_to(&self, layout: &mut Layout) {
        let expressions = [Some(&self.applies), self.filter.as_ref(), Some(&self.pass)];
        for expression in expressions.into_iter().flatten() {
            for (fact, _) in &expression.uses().facts {
                if ItemField::of(fact).is_none() {
                    layout.add(fact);
                }
            }
        }
    }

    /// Parameter values as an object, with some of them replaced.
    fn params_with(&self, chosen: &BTreeMap<String, Json>) -> Json {
        let values = self.params.iter().map(|(name, param)| {
            let value = chosen.get(name).unwrap_or(&param.default);
            (name.clone(), value.clone())
        });
        Json::Object(values.collect::<Map<_, _>>())
    }
}

/// Every check, sorted by id.
#[derive(Debug)]
pub struct Catalogue {
    checks: Vec<Check>,
    layout: Layout,
    sha256: String,
}

impl Catalogue {
    /// Reads the catalogue from (path, bytes) of its files; other files than `.yaml` are
    /// ignored. Nothing is evaluated.
    ///
    /// # Errors
    /// Every problem of every file, with its place and how to mend it.
    pub fn load(files: &[(String, Vec<u8>)]) -> Result<Self, Diagnostics> {
        let mut files: Vec<_> = files
            .iter()
            .filter(|(path, _)| path.ends_with(".yaml"))
            .collect();
        files.sort();
        let mut errors = Diagnostics::default();
        let mut checks: Vec<Check> = Vec::new();
        let mut digest = Sha256::new();
        for (path, bytes) in files {
            digest.update(crate::data::sha256_hex(bytes));
            let Some((check, here)) = load::check(path, bytes, &mut errors) else {
                continue;
            };
            match checks.iter().find(|known| known.answers_to(&check)) {
                Some(first) => errors.push(here.help(format!("the first is {}", first.file))),
                None => checks.push(check),
            }
        }
        if checks.is_empty() && errors.0.is_empty() {
            errors.push(Diagnostic::file("checks", "no check found"));
        }
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        let mut layout = Layout::default();
        checks.iter().for_each(|check| check.add_to(&mut layout));
        let sha256 = crate::data::sha256_hex(&digest.finalize());
        errors.into_result(Self {
            checks,
            layout,
            sha256,
        })
    }

    /// The checks, sorted by id.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The check of that id or former id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Check> {
        let exact = self.checks.iter().find(|check| check.id == id);
        exact.or_else(|| {
            self.checks
                .iter()
                .find(|check| check.aliases.iter().any(|alias| alias == id))
        })
    }

    /// SHA-256 over the hashes of the files in the order of their paths.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Judges every observed asset: findings in the order of the inventory's assets, then of
    /// check ids. Deprecated checks are left out.
    #[must_use]
    pub fn judge(&self, inventory: &Inventory, as_of: Timestamp) -> Vec<Finding> {
        let now = Now::new(as_of);
        let active: Vec<(&Check, Json)> = self
            .checks
            .iter()
            .filter(|check| check.status != Status::Deprecated)
            .map(|check| (check, check.params_with(&BTreeMap::new())))
            .collect();
        let observed = inventory
            .assets
            .par_iter()
            .filter(|asset| asset.state == AssetState::Observed);
        let findings: Vec<Vec<Finding>> = observed
            .map(|asset| self.judge_asset(asset, &active, &now))
            .collect();
        findings.into_iter().flatten().collect()
    }

    fn judge_asset(&self, asset: &Asset, active: &[(&Check, Json)], now: &Now) -> Vec<Finding> {
        let bound = Bound::new(&self.layout, &asset.sheet);
        let judge = |(check, params): &(&Check, Json)| {
            let params = value::from_json(params);
            let verdict = judge::verdict(check, params.as_ref(), &bound, now);
            Finding {
                check: check.id.clone(),
                revision: check.revision,
                asset: asset.arpenteur_id,
                severity: verdict.severity(check),
                confidence: verdict.confidence,
                effort: effort_name(check.effort),
                outcome: verdict.outcome,
                items: verdict.items,
                evidence: verdict.evidence,
                exchanges: verdict.exchanges,
            }
        };
        active.iter().map(judge).collect()
    }

    /// What every active check says of one device's facts, by check id.
    #[must_use]
    pub fn outcomes(&self, sheet: &FactSheet, as_of: Timestamp) -> Vec<(String, Outcome)> {
        let now = Now::new(as_of);
        let bound = Bound::new(&self.layout, sheet);
        let active = self
            .checks
            .iter()
            .filter(|check| check.status != Status::Deprecated);
        let judged = active.map(|check| {
            let params = check.params_with(&BTreeMap::new());
            let params = value::from_json(&params);
            let verdict = judge::verdict(check, params.as_ref(), &bound, &now);
            (check.id.clone(), verdict.outcome)
        });
        judged.collect()
    }

    /// Runs every embedded test.
    #[must_use]
    pub fn test(&self, raw: &RawParser<'_>) -> Vec<TestResult> {
        let tests = self
            .checks
            .iter()
            .flat_map(|check| check.tests.iter().map(move |test| (check, test)));
        tests.map(|(check, test)| test.run(check, raw)).collect()
    }
}

impl Check {
    fn answers_to(&self, other: &Self) -> bool {
        self.id == other.id || self.aliases.contains(&other.id) || other.aliases.contains(&self.id)
    }
}

/// The class's name in files: S, M, L, XL.
fn effort_name(effort: Effort) -> String {
    match effort {
        Effort::S => "S",
        Effort::M => "M",
        Effort::L => "L",
        Effort::Xl => "XL",
        Effort::Project => "Project",
    }
    .to_owned()
}
