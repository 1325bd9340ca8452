//! The tests inside a check's file: facts in, outcome out.
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::expr::Now;
use super::facts::{Bound, FactTable};
use super::format::{Expect, RawInput, RawTest};
use super::judge;
use super::load::Loader;
use super::path::ItemField;
use super::{Check, RawParser};
use crate::data::Spanned;
use crate::model::{
    Fact, FactPath, FactSchema, FactSheet, FactType, Facts, Outcome, Provenance, UnreadReason,
};

/// The judgement date of a test that names none: 2026-01-01T00:00:00Z, in seconds.
const DEFAULT_DATE: i64 = 1_767_225_600;

/// One embedded test.
#[derive(Debug, Serialize)]
pub struct CheckTest {
    /// Its name.
    pub name: String,
    /// Facts that it gives; a null is an absence.
    #[serde(skip)]
    pub(super) facts: Vec<(FactPath, Json)>,
    #[serde(skip)]
    pub(super) unread: Vec<(FactPath, UnreadReason)>,
    #[serde(skip)]
    pub(super) params: BTreeMap<String, Json>,
    /// Judgement date.
    pub as_of: Timestamp,
    /// Outcome expected.
    pub expect: Expect,
    /// Number of items expected with each outcome; outcomes not named are not counted.
    pub items: BTreeMap<Expect, usize>,
    /// Text to be read by a parser first.
    pub raw: Option<RawInput>,
}

/// How one embedded test went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestResult {
    /// Check id.
    pub check: String,
    /// The test's name.
    pub test: String,
    /// What differs from what the test expects; `None` when it passed.
    pub failure: Option<String>,
}

/// Reads a check's tests.
pub(super) fn load(
    loader: &mut Loader<'_>,
    raw: &[Spanned<RawTest>],
    check: &Check,
) -> Vec<CheckTest> {
    raw.iter().map(|test| one(loader, test, check)).collect()
}

fn one(loader: &mut Loader<'_>, raw: &Spanned<RawTest>, check: &Check) -> CheckTest {
    let test = &raw.value;
    let tree = Json::Object(test.facts.clone());
    if let Err(error) = serde_json::from_value::<Facts>(tree) {
        let message = format!("facts of test `{}`: {error}", test.name);
        loader.at(
            raw,
            message,
            Some("`arpenteur schema facts` lists every fact".to_owned()),
        );
    }
    let mut facts = Vec::new();
    leaves(&test.facts, &FactPath::root(), &mut facts);
    for text in &test.absent {
        if let Some(path) = listed_path(loader, text) {
            facts.push((path, Json::Null));
        }
    }
    let unread = test.unread.iter().filter_map(|(path, reason)| {
        let text = Spanned::new(path.clone(), reason.referenced, reason.defined);
        listed_path(loader, &text).map(|path| (path, reason.value))
    });
    let unread = unread.collect();
    for (name, value) in &test.params {
        if !check.params.contains_key(name) {
            loader.at(value, format!("unknown parameter `{name}`"), None);
        }
    }
    let as_of = test.as_of.as_ref().and_then(|text| loader.date(text));
    CheckTest {
        name: test.name.clone(),
        facts,
        unread,
        params: test
            .params
            .iter()
            .map(|(name, value)| (name.clone(), value.value.clone()))
            .collect(),
        as_of: as_of
            .or_else(|| Timestamp::from_second(DEFAULT_DATE).ok())
            .unwrap_or_default(),
        expect: test.expect,
        items: test.items.clone(),
        raw: test.raw.clone(),
    }
}

fn listed_path(loader: &mut Loader<'_>, text: &Spanned<String>) -> Option<FactPath> {
    let path: Option<FactPath> = text.value.parse().ok();
    // A whole item (`tls.endpoints[8443]`) has no entry of its own in the schema.
    let item = |path: &FactPath| {
        let list = FactSchema::get().spec(&path.parent());
        path.to_string().ends_with(']') && list.is_some_and(|list| list.r#type == FactType::Items)
    };
    let known = path.filter(|path| FactSchema::get().spec(path).is_some() || item(path));
    if known.is_none() {
        let help = text
            .value
            .parse()
            .ok()
            .and_then(|path| super::analyse::unknown_fact_help(&path));
        loader.at(text, format!("unknown fact `{}`", text.value), help);
    }
    known
}

/// The tree's facts, one by one: groups are opened, lists and maps are values.
fn leaves(tree: &Map<String, Json>, at: &FactPath, out: &mut Vec<(FactPath, Json)>) {
    for (name, value) in tree {
        let path = at.field(name);
        let spec = FactSchema::get().spec(&path);
        match (spec.map(|spec| spec.r#type), value) {
            (Some(FactType::Group), Json::Object(below)) => leaves(below, &path, out),
            _ => out.push((path, value.clone())),
        }
    }
}

impl CheckTest {
    /// The facts as an asset would have them.
    fn sheet(&self, parser: &RawParser<'_>) -> Result<FactSheet, String> {
        let mut sheet = match &self.raw {
            Some(raw) => parser(&raw.parser, &raw.text)?,
            None => FactSheet::new(),
        };
        for (path, value) in &self.facts {
            if !self
                .unread
                .iter()
                .any(|(unread, _)| path.starts_with(unread))
            {
                sheet.set(path, value.clone(), Provenance::default());
            }
        }
        for (path, reason) in &self.unread {
            for path in every_item(&sheet, path) {
                sheet.set_item_unread(&path, *reason, Provenance::default());
            }
        }
        Ok(sheet)
    }

    pub(super) fn run(
        &self,
        check: &Check,
        table: &FactTable,
        parser: &RawParser<'_>,
    ) -> TestResult {
        TestResult {
            check: check.id.clone(),
            test: self.name.clone(),
            failure: self.failure(check, table, parser),
        }
    }

    fn failure(&self, check: &Check, table: &FactTable, parser: &RawParser<'_>) -> Option<String> {
        let sheet = match self.sheet(parser) {
            Ok(sheet) => sheet,
            Err(error) => return Some(format!("raw text: {error}")),
        };
        let params = check.params_with(&self.params);
        let bound = Bound::new(table, &sheet);
        let verdict = judge::verdict(check, &params, &bound, &Now::new(self.as_of));
        let got = Expect::from(&verdict.outcome);
        if got != self.expect {
            let detail = serde_json::to_string(&verdict.outcome).unwrap_or_default();
            return Some(format!("expected {}, got {detail}", self.expect.as_str()));
        }
        self.items.iter().find_map(|(outcome, expected)| {
            let of_outcome =
                |item: &&crate::model::ItemOutcome| Expect::from(&item.outcome) == *outcome;
            let count = verdict.items.iter().filter(of_outcome).count();
            (count != *expected).then(|| {
                format!(
                    "expected {expected} items {}, got {count}",
                    outcome.as_str()
                )
            })
        })
    }
}

/// `list[].field` stands for that field of every item; another path for itself.
fn every_item(sheet: &FactSheet, path: &FactPath) -> Vec<FactPath> {
    let Some(field) = ItemField::of(path) else {
        return vec![path.clone()];
    };
    let key = FactSchema::get()
        .spec(&field.list)
        .and_then(|spec| spec.key.as_deref());
    let Fact::Known(Json::Array(items)) = sheet.get(&field.list) else {
        return Vec::new();
    };
    let keys = items.iter().enumerate();
    keys.map(|(index, item)| field.at(&judge::item_key(item, key.unwrap_or_default(), index)))
        .collect()
}

impl From<&Outcome> for Expect {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail => Self::Fail,
            Outcome::NotApplicable => Self::NotApplicable,
            Outcome::Unknown { .. } => Self::Unknown,
            Outcome::Error { .. } => Self::Error,
        }
    }
}
