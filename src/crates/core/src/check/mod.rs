//! Judges assets against the catalogue of checks.
//!
//! A check is one YAML file with its tests inside (`docs/writing-a-check.md`). The engine
//! keeps three promises: an unread fact gives [`Outcome::Unknown`](crate::model::Outcome) and
//! never a pass; whatever can be known to be wrong with a check is told when it is loaded,
//! at its place in the file; the same evidence, catalogue and date give the same bytes.
mod analyse;
mod compliance;
mod coverage;
mod docs;
mod drift;
mod embedded;
mod explain;
mod expr;
mod facts;
mod format;
mod functions;
mod judge;
mod lint;
mod load;
mod mutate;
mod path;
mod policy;
mod refs;
mod tier;
mod value;
mod waiver;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

pub use coverage::{Coverage, SCORE_FORMULA, Tally};
pub use docs::reference;
pub use drift::Baseline;
pub use embedded::{CheckTest, TestResult};
pub use format::{AbsentRule, CheckScope, Expect, Looser, RawInput, Status};
pub use mutate::{Mutation, mutate};
pub use policy::{Override, Policy, ProfileFile, Waiver};
pub use refs::Refs;
pub use tier::tiers;
pub use waiver::waiver_checks;

use crate::data::{Diagnostic, Diagnostics};
use crate::model::estimate::Effort;
use crate::model::{
    Asset, AssetState, Confidence, FactPath, FactSheet, Finding, Inventory, Outcome, Severity,
    Text, WaiverState,
};
use expr::{Expr, Now};
use facts::{Bound, FactTable};
use judge::{Listed, Shown};
use load::Loaded;
use path::ItemField;
use uuid::Uuid;
use value::{Boxed, Shape};
use waiver::{Subject, Waivers};

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
    /// Which way a value is looser; without it only `strictest` itself is known to be strict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looser: Option<Looser>,
}

/// The list whose items a check judges one by one.
#[derive(Debug)]
struct ForEach {
    list: FactPath,
    /// Its number in the catalogue's table.
    number: usize,
    key: String,
    shape: Shape,
    /// Whether a mask hides the key.
    key_masked: bool,
    /// All fields that a verdict on an item depends on; `None` where it depends on the whole item.
    looked_at: Option<Vec<ItemField>>,
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
    /// What the engine knows of `facts` and `evidence` beforehand.
    listed: Vec<Listed>,
    shown: Vec<Shown>,
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

    /// Numbers the check's facts by the catalogue's table: before that nothing can be judged.
    fn number(&mut self, table: &mut FactTable) {
        for expression in [
            Some(&mut self.applies),
            self.filter.as_mut(),
            Some(&mut self.pass),
        ] {
            expression
                .into_iter()
                .for_each(|expression| expression.number(table));
        }
        let listed = self.facts.iter().map(|path| {
            let field = ItemField::of(path);
            let whole = field.as_ref().map_or(path, |field| &field.list);
            Listed {
                number: table.number(whole),
                applies: self.applies.reads(path),
                filter: self
                    .filter
                    .as_ref()
                    .is_some_and(|filter| filter.reads(path)),
                absent: self.absent.get(path).copied(),
                path: path.clone(),
                field,
            }
        });
        self.listed = listed.collect();
        let masked = |path: &FactPath| {
            let masks = self.masks.iter();
            masks
                .map(FactPath::schema_path)
                .any(|mask| path.starts_with(&mask) || mask.starts_with(path))
        };
        let shown = self.evidence.iter().map(|path| Shown {
            field: ItemField::of(path),
            masked: masked(path),
            name: path.to_string(),
            number: table.number(path),
        });
        self.shown = shown.collect();
        let looked_at = self.looked_at();
        if let Some(each) = &mut self.for_each {
            let key = each.list.item("").field(&each.key);
            each.key_masked = self.masks.iter().any(|mask| key.starts_with(mask));
            each.number = table.number(&each.list);
            each.looked_at = looked_at;
        }
    }

    /// Fields of an item that are listed, or that an expression reads: the key need not be listed.
    fn looked_at(&self) -> Option<Vec<ItemField>> {
        let each = self.for_each.as_ref()?;
        let listed = self.facts.iter().filter_map(ItemField::of);
        let mut fields: Vec<ItemField> = listed.collect();
        for expression in self.filter.iter().chain([&self.pass]) {
            let names = expression.item_fields()?.iter().cloned();
            fields.extend(names.map(|names| ItemField {
                list: each.list.clone(),
                names,
            }));
        }
        Some(fields)
    }

    /// Parameter values in the order of their names, some of them replaced.
    fn params_with<'a>(&'a self, chosen: &'a BTreeMap<String, Json>) -> Vec<Boxed<'a>> {
        let values = self.params.iter();
        values
            .map(|(name, param)| value::from_json(chosen.get(name).unwrap_or(&param.default)))
            .collect()
    }
}

/// Assets judged side by side before their findings are handed on.
const ASSETS_AT_A_TIME: usize = 256;

/// A check that judges, as the policy has it.
struct Active<'a> {
    check: &'a Check,
    params: Vec<Boxed<'a>>,
    severity: Severity,
}

/// What a judgement came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judged {
    /// Verdicts.
    pub findings: Vec<Finding>,
    /// What became of the policy's waivers.
    pub waivers: Vec<WaiverState>,
}

/// Every check, sorted by id.
#[derive(Debug)]
pub struct Catalogue {
    checks: Vec<Check>,
    table: FactTable,
    sha256: String,
}

impl Catalogue {
    /// Reads the catalogue from (path, bytes) of its files; other files than `.yaml` are
    /// ignored. Nothing is evaluated.
    ///
    /// # Errors
    /// Every problem of every file, with its place and how to mend it.
    pub fn load(files: &[(String, Vec<u8>)]) -> Result<Self, Diagnostics> {
        Self::load_over(files, &[])
    }

    /// Reads the catalogue and a user's own checks. These have families of their own, or say by
    /// `overrides` which built-in check they take the place of.
    ///
    /// # Errors
    /// Every problem of every file, with its place and how to mend it.
    pub fn load_over(
        built_in: &[(String, Vec<u8>)],
        own: &[(String, Vec<u8>)],
    ) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut digest = Sha256::new();
        let mut checks: Vec<Check> = Vec::new();
        for loaded in load_files(built_in, &mut digest, &mut errors) {
            add(&mut checks, loaded, &mut errors);
        }
        let families: BTreeSet<String> = checks.iter().map(|check| check.family.clone()).collect();
        for loaded in load_files(own, &mut digest, &mut errors) {
            match &loaded.overrides {
                Some((id, error)) => {
                    let before = checks.len();
                    checks.retain(|check| check.id != *id);
                    if checks.len() == before {
                        errors.push(error.clone());
                    }
                }
                None if families.contains(&loaded.check.family) => {
                    let help = format!(
                        "give your own checks a prefix of their own, or add `overrides: {}`",
                        loaded.check.id
                    );
                    let error = Diagnostic {
                        message: format!(
                            "`{}` is a prefix of the built-in catalogue",
                            loaded.check.family.to_uppercase()
                        ),
                        ..loaded.twice
                    };
                    errors.push(error.help(help));
                    continue;
                }
                None => {}
            }
            add(&mut checks, loaded, &mut errors);
        }
        if checks.is_empty() && errors.0.is_empty() {
            errors.push(Diagnostic::file("checks", "no check found"));
        }
        checks.sort_by(|a, b| a.id.cmp(&b.id));
        let mut table = FactTable::default();
        for check in &mut checks {
            check.number(&mut table);
        }
        let sha256 = crate::data::sha256_hex(&digest.finalize());
        errors.into_result(Self {
            checks,
            table,
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

    /// Judges every observed asset, then every site: findings in the order of the inventory, then
    /// of check ids; those about waivers come last. Deprecated checks are left out.
    #[must_use]
    pub fn judge(&self, inventory: &Inventory, policy: &Policy, as_of: Timestamp) -> Judged {
        let mut findings = Vec::new();
        let waivers = self.judge_each(inventory, policy, as_of, &mut |finding| {
            findings.push(finding);
        });
        Judged { findings, waivers }
    }

    /// As [`Self::judge`], one finding after the other: memory holds those of a few assets only.
    pub fn judge_each(
        &self,
        inventory: &Inventory,
        policy: &Policy,
        as_of: Timestamp,
        sink: &mut dyn FnMut(Finding),
    ) -> Vec<WaiverState> {
        let now = Now::new(as_of);
        let mut waivers = Waivers::new(policy, as_of);
        let device = self.active(policy, CheckScope::Device);
        let mut put = |mut finding: Finding, subject: &Subject<'_>| {
            waivers.apply(&mut finding, subject);
            sink(finding);
        };
        for assets in inventory.assets.chunks(ASSETS_AT_A_TIME) {
            let observed = assets
                .par_iter()
                .filter(|asset| asset.state == AssetState::Observed);
            let judged: Vec<_> = observed
                .map(|asset| {
                    let findings =
                        self.judge_sheet(&asset.sheet, asset.arpenteur_id, &device, &now);
                    (asset, findings)
                })
                .collect();
            for (asset, findings) in judged {
                let subject = subject(asset);
                findings
                    .into_iter()
                    .for_each(|finding| put(finding, &subject));
            }
        }
        let site_checks = self.active(policy, CheckScope::Site);
        for site in &inventory.sites {
            let findings = self.judge_sheet(&site.sheet, site.arpenteur_id, &site_checks, &now);
            let subject = Subject {
                site: &site.id.0,
                names: vec![site.id.0.clone()],
            };
            findings
                .into_iter()
                .for_each(|finding| put(finding, &subject));
        }
        waivers.findings().into_iter().for_each(sink);
        waivers.states()
    }

    /// Checks that judge, with the parameters and the severity that the policy gives them.
    fn active<'a>(&'a self, policy: &'a Policy, scope: CheckScope) -> Vec<Active<'a>> {
        let judges = |check: &&Check| {
            check.scope == scope && check.status != Status::Deprecated && policy.is_active(check)
        };
        let active = |check: &'a Check| {
            let change = policy.overrides.get(&check.id);
            let none = const { &BTreeMap::new() };
            Active {
                check,
                params: check.params_with(change.map_or(none, |change| &change.params)),
                severity: change
                    .and_then(|change| change.severity)
                    .unwrap_or(check.severity),
            }
        };
        self.checks.iter().filter(judges).map(active).collect()
    }

    fn judge_sheet(
        &self,
        sheet: &FactSheet,
        subject: Uuid,
        active: &[Active<'_>],
        now: &Now,
    ) -> Vec<Finding> {
        let bound = Bound::new(&self.table, sheet);
        let judge = |active: &Active<'_>| {
            let check = active.check;
            let verdict = judge::verdict(check, &active.params, &bound, now);
            Finding {
                check: check.id.clone(),
                revision: check.revision,
                asset: subject,
                severity: verdict.severity(active.severity),
                confidence: verdict.confidence,
                effort: effort_name(check.effort),
                outcome: verdict.outcome,
                items: verdict.items,
                evidence: verdict.evidence,
                exchanges: verdict.exchanges,
                waived: None,
            }
        };
        active.iter().map(judge).collect()
    }

    /// What every active check says of one device's facts, by check id.
    #[must_use]
    pub fn outcomes(&self, sheet: &FactSheet, as_of: Timestamp) -> Vec<(String, Outcome)> {
        let (policy, now) = (Policy::default(), Now::new(as_of));
        let active = self.active(&policy, CheckScope::Device);
        let judged = self.judge_sheet(sheet, Uuid::nil(), &active, &now);
        judged
            .into_iter()
            .map(|finding| (finding.check, finding.outcome))
            .collect()
    }

    /// Runs every embedded test.
    #[must_use]
    pub fn test(&self, raw: &RawParser<'_>) -> Vec<TestResult> {
        let tests = self
            .checks
            .iter()
            .flat_map(|check| check.tests.iter().map(move |test| (check, test)));
        tests
            .map(|(check, test)| test.run(check, &self.table, raw))
            .collect()
    }
}

/// Reads the files side by side, in the order of their paths.
fn load_files(
    files: &[(String, Vec<u8>)],
    digest: &mut Sha256,
    errors: &mut Diagnostics,
) -> Vec<Loaded> {
    let mut files: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".yaml"))
        .collect();
    files.sort();
    let read: Vec<_> = files
        .par_iter()
        .map(|(path, bytes)| {
            let mut errors = Diagnostics::default();
            let check = load::check(path, bytes, &mut errors);
            (check, errors, crate::data::sha256_hex(bytes))
        })
        .collect();
    let mut loaded = Vec::new();
    for (check, mut wrong, sha256) in read {
        digest.update(sha256);
        errors.0.append(&mut wrong.0);
        loaded.extend(check);
    }
    loaded
}

/// Adds a check, unless another answers to its id.
fn add(checks: &mut Vec<Check>, loaded: Loaded, errors: &mut Diagnostics) {
    match checks.iter().find(|known| known.answers_to(&loaded.check)) {
        Some(first) => errors.push(loaded.twice.help(format!("the first is {}", first.file))),
        None => checks.push(loaded.check),
    }
}

impl Check {
    fn answers_to(&self, other: &Self) -> bool {
        self.id == other.id || self.aliases.contains(&other.id) || other.aliases.contains(&self.id)
    }
}

/// The asset as waivers name it.
fn subject(asset: &Asset) -> Subject<'_> {
    let targets = asset.targets.iter();
    let addresses = targets.filter_map(|target| target.locator.address());
    let mut names: Vec<String> = addresses.map(|address| address.to_string()).collect();
    names.push(asset.name.clone());
    Subject {
        site: &asset.site.0,
        names,
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
