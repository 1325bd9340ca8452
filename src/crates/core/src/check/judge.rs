//! One check against the facts of one asset.
//!
//! The order is the whole point: whether the check applies, whether its facts were read,
//! what their absence means, and only then the expression. So an expression never meets a
//! fact that nobody vouches for, and an unread fact can give neither a pass nor a fail.
use std::collections::{BTreeSet, HashMap};

use cel::common::value::Val;
use serde_json::Value as Json;

use super::expr::{EvalError, Expr, Now, Scope, Truth};
use super::format::AbsentRule;
use super::functions;
use super::path::{self, ItemField};
use super::value::{Boxed, Layout};
use super::{Check, ForEach};
use crate::model::{
    Confidence, EvidenceId, Fact, FactPath, FactSheet, FactState, ItemOutcome, Outcome, Severity,
    UnreadReason, WELL_KNOWN_COMMUNITIES,
};

/// Items of one list that a check judges on one asset; those beyond are unknown.
pub(super) const MAX_ITEMS: usize = 4096;

/// What stands for a masked value in evidence.
const MASK: &str = "<masked>";

/// The facts of one asset, bound once for all checks.
pub(super) struct Bound<'a> {
    sheet: &'a FactSheet,
    values: HashMap<&'a str, Boxed<'a>>,
}

impl<'a> Bound<'a> {
    pub(super) fn new(layout: &'a Layout, sheet: &'a FactSheet) -> Self {
        Self {
            sheet,
            values: layout.bind(sheet),
        }
    }
}

/// What a check says of an asset.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) items: Vec<ItemOutcome>,
    pub(super) evidence: Vec<(String, Json)>,
    pub(super) exchanges: Vec<EvidenceId>,
    pub(super) confidence: Confidence,
}

impl Verdict {
    /// Severity, capped: a rule of thumb cannot raise more than a medium alarm.
    pub(super) fn severity(&self, check: &Check) -> Severity {
        match self.confidence {
            Confidence::Heuristic => check.severity.min(Severity::Medium),
            Confidence::Likely | Confidence::Certain => check.severity,
        }
    }
}

/// One check at work on one asset.
struct Judge<'a> {
    check: &'a Check,
    params: &'a (dyn Val + 'a),
    bound: &'a Bound<'a>,
    now: &'a Now,
}

/// Judges.
pub(super) fn verdict<'a>(
    check: &'a Check,
    params: &'a (dyn Val + 'a),
    bound: &'a Bound<'a>,
    now: &'a Now,
) -> Verdict {
    functions::start_budget();
    let judge = Judge {
        check,
        params,
        bound,
        now,
    };
    let mut items = Vec::new();
    let outcome = judge.outcome(&mut items);
    let (exchanges, confidence) = judge.provenance();
    Verdict {
        outcome,
        items,
        evidence: judge.evidence(),
        exchanges,
        confidence,
    }
}

fn unknown(reason: UnreadReason, fact: &FactPath) -> Outcome {
    Outcome::Unknown {
        reason,
        fact: fact.to_string(),
    }
}

impl Judge<'_> {
    fn outcome(&self, items: &mut Vec<ItemOutcome>) -> Outcome {
        let sheet = self.bound.sheet;
        for fact in &self.check.facts {
            if !self.check.applies.reads(fact) {
                continue;
            }
            if let Some((fact, reason)) = path::deep_unread(sheet, fact) {
                return unknown(reason, &fact);
            }
            if sheet.get(fact) == Fact::Absent && !self.check.absent.contains_key(fact) {
                return unknown(UnreadReason::Unsupported, fact);
            }
        }
        match self.evaluate(&self.check.applies, None, &FactPath::root()) {
            Ok(true) => {}
            Ok(false) => return Outcome::NotApplicable,
            Err(outcome) => return outcome,
        }
        let each = self.check.for_each.as_ref();
        let whole = self
            .check
            .facts
            .iter()
            .filter(|fact| ItemField::of(fact).is_none());
        for fact in whole.clone() {
            // Items of the list that is judged one by one are looked at one by one.
            let unread = match each {
                Some(each) if each.list == *fact => {
                    sheet.unread(fact).map(|reason| (fact.clone(), reason))
                }
                _ => path::deep_unread(sheet, fact),
            };
            if let Some((fact, reason)) = unread {
                return unknown(reason, &fact);
            }
        }
        for fact in whole {
            if sheet.get(fact) == Fact::Absent
                && let Some(outcome) = self.absent(fact, fact, UnreadReason::Unsupported)
            {
                return outcome;
            }
        }
        match each {
            None => self.pass(None, self.check.facts.first()),
            Some(each) => {
                *items = self.items(each);
                worst(items)
            }
        }
    }

    /// What the absence of a fact means; `None` when the expression decides. A fact that is
    /// never absent and has no rule was not delivered: unknown, for `reason`.
    fn absent(&self, fact: &FactPath, at: &FactPath, reason: UnreadReason) -> Option<Outcome> {
        match self.check.absent.get(fact) {
            Some(AbsentRule::Pass) => Some(Outcome::Pass),
            Some(AbsentRule::Fail) => Some(Outcome::Fail),
            Some(AbsentRule::NotApplicable) => Some(Outcome::NotApplicable),
            Some(AbsentRule::Evaluate) => None,
            None => Some(unknown(reason, at)),
        }
    }

    fn pass(&self, item: Option<&(dyn Val + '_)>, about: Option<&FactPath>) -> Outcome {
        let root = FactPath::root();
        match self.evaluate(&self.check.pass, item, about.unwrap_or(&root)) {
            Ok(true) => Outcome::Pass,
            Ok(false) => Outcome::Fail,
            Err(outcome) => outcome,
        }
    }

    fn evaluate(
        &self,
        expression: &Expr,
        item: Option<&(dyn Val + '_)>,
        about: &FactPath,
    ) -> Result<bool, Outcome> {
        if expression.source() == "true" {
            return Ok(true);
        }
        let scope = Scope {
            facts: &self.bound.values,
            params: self.params,
            item,
            now: self.now,
        };
        match expression.evaluate(&scope) {
            Ok(Truth::Yes) => Ok(true),
            Ok(Truth::No) => Ok(false),
            Ok(Truth::CannotTell) => Err(unknown(UnreadReason::NotCollected, about)),
            Err(EvalError::Data(_)) => Err(unknown(UnreadReason::ParseFailed, about)),
            Err(EvalError::Check(message)) => Err(Outcome::Error { message }),
        }
    }

    fn items(&self, each: &ForEach) -> Vec<ItemOutcome> {
        let sheet = self.bound.sheet;
        let list = match sheet.get(&each.list) {
            Fact::Known(Json::Array(list)) => list.as_slice(),
            _ => &[],
        };
        let mut outcomes = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, item) in list.iter().take(MAX_ITEMS).enumerate() {
            let key = item_key(item, &each.key, index);
            if let Some(outcome) = self.item(each, item, &key) {
                let shown = self.shown_key(each, &key, index);
                outcomes.push(ItemOutcome {
                    outcome: without_key(outcome, &key, &shown),
                    evidence: self.item_evidence(item, &key, &shown),
                    item: shown,
                });
            }
            seen.insert(key);
        }
        let missing = path::unread_items(sheet, &each.list).filter(|(key, _)| !seen.contains(key));
        for (index, (key, reason)) in missing.take(MAX_ITEMS).enumerate() {
            let shown = self.shown_key(each, &key, list.len() + index);
            outcomes.push(ItemOutcome {
                outcome: unknown(reason, &each.list.item(&shown)),
                item: shown,
                evidence: Vec::new(),
            });
        }
        if list.len() > MAX_ITEMS {
            outcomes.push(ItemOutcome {
                item: format!("+{}", list.len() - MAX_ITEMS),
                outcome: unknown(UnreadReason::Unsupported, &each.list),
                evidence: Vec::new(),
            });
        }
        outcomes
    }

    /// The verdict on one item; `None` when `where` leaves it out.
    fn item(&self, each: &ForEach, item: &Json, key: &str) -> Option<Outcome> {
        let bound = each.shape.bind(item);
        let about = each.list.item(key);
        if let Some(filter) = &self.check.filter {
            if let Some(outcome) = self.item_missing(item, key, |fact| filter.reads(fact)) {
                return Some(outcome);
            }
            match self.evaluate(filter, Some(bound.as_ref()), &about) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(outcome) => return Some(outcome),
            }
        }
        if let Some(reason) = self.bound.sheet.unread(&about)
            && self.check.item_facts().next().is_none()
        {
            return Some(unknown(reason, &about));
        }
        let missing = self.item_missing(item, key, |_| true);
        Some(missing.unwrap_or_else(|| self.pass(Some(bound.as_ref()), Some(&about))))
    }

    /// The outcome that follows from listed fields of an item being unread or absent; `None`
    /// when the expression can be evaluated.
    fn item_missing(
        &self,
        item: &Json,
        key: &str,
        wanted: impl Fn(&FactPath) -> bool,
    ) -> Option<Outcome> {
        let fields = self.check.item_facts().filter(|(fact, _)| wanted(fact));
        let fields: Vec<_> = fields
            .map(|(fact, field)| (fact, field.at(key), field))
            .collect();
        let unread = fields
            .iter()
            .find_map(|(_, at, _)| Some(unknown(self.bound.sheet.unread(at)?, at)));
        unread.or_else(|| {
            fields
                .iter()
                .filter(|(_, _, field)| field.value(item).is_none())
                .find_map(|(fact, at, _)| self.absent(fact, at, UnreadReason::NotCollected))
        })
    }

    fn evidence(&self) -> Vec<(String, Json)> {
        let whole = self
            .check
            .evidence
            .iter()
            .filter(|fact| ItemField::of(fact).is_none());
        whole
            .filter_map(|fact| match self.bound.sheet.get(fact) {
                Fact::Known(value) => Some((fact.to_string(), self.shown(fact, value))),
                Fact::Absent => Some((fact.to_string(), Json::Null)),
                Fact::Unread(_) => None,
            })
            .collect()
    }

    fn item_evidence(&self, item: &Json, key: &str, shown: &str) -> Vec<(String, Json)> {
        let fields = self.check.evidence.iter();
        fields
            .filter_map(|fact| Some((fact, ItemField::of(fact)?)))
            .filter(|(_, field)| self.bound.sheet.unread(&field.at(key)).is_none())
            .map(|(fact, field)| {
                let value = field.value(item).unwrap_or(&Json::Null);
                (field.at(shown).to_string(), self.shown(fact, value))
            })
            .collect()
    }

    fn masks(&self, fact: &FactPath) -> bool {
        self.check.masks.iter().any(|mask| fact.starts_with(mask))
    }

    /// A value as evidence shows it: whole if no mask lies on or below it.
    fn shown(&self, fact: &FactPath, value: &Json) -> Json {
        let below = self
            .check
            .masks
            .iter()
            .any(|mask| mask.schema_path().starts_with(fact));
        if self.masks(fact) || below {
            masked(value)
        } else {
            value.clone()
        }
    }

    /// An item's key; a masked one keeps its place in the list, to stay distinct.
    fn shown_key(&self, each: &ForEach, key: &str, index: usize) -> String {
        if !self.masks(&each.list.item("").field(&each.key)) {
            return key.to_owned();
        }
        match masked(&Json::String(key.to_owned())) {
            Json::String(shown) if shown == key => shown,
            _ => format!("{MASK}#{}", index + 1),
        }
    }

    /// Exchanges behind the listed facts, and the least confidence among check and facts.
    fn provenance(&self) -> (Vec<EvidenceId>, Confidence) {
        let mut exchanges = BTreeSet::new();
        let mut confidence = self.check.confidence;
        for fact in &self.check.facts {
            let list = ItemField::of(fact).map(|field| field.list);
            let Some(state) = self.bound.sheet.state(list.as_ref().unwrap_or(fact)) else {
                continue;
            };
            let provenance = match state {
                FactState::Known(provenance) | FactState::Absent(provenance) => {
                    confidence = confidence.min(provenance.confidence);
                    provenance
                }
                FactState::Unread { provenance, .. } => provenance,
            };
            exchanges.extend(provenance.evidence.iter().cloned());
        }
        (exchanges.into_iter().collect(), confidence)
    }
}

/// The outcome with a masked key in place of the real one.
fn without_key(outcome: Outcome, key: &str, shown: &str) -> Outcome {
    match outcome {
        Outcome::Unknown { reason, fact } if key != shown => Outcome::Unknown {
            reason,
            fact: fact.replace(&format!("[{key}]"), &format!("[{shown}]")),
        },
        other => other,
    }
}

/// The worst outcome: error, fail, unknown, pass; not applicable when there is nothing else.
fn worst(items: &[ItemOutcome]) -> Outcome {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Error { .. } => 4,
        Outcome::Fail => 3,
        Outcome::Unknown { .. } => 2,
        Outcome::Pass => 1,
        Outcome::NotApplicable => 0,
    };
    let mut worst = &Outcome::NotApplicable;
    for item in items {
        if rank(&item.outcome) > rank(worst) {
            worst = &item.outcome;
        }
    }
    worst.clone()
}

/// The text that names an item: its key, else its place in the list.
pub(super) fn item_key(item: &Json, key: &str, index: usize) -> String {
    match item.get(key) {
        Some(Json::String(text)) if !text.is_empty() => text.clone(),
        Some(Json::Number(number)) => number.to_string(),
        _ => format!("#{}", index + 1),
    }
}

/// A value with its texts hidden. What the redactor already replaced and well-known defaults
/// stay: the first is no secret any more, the second is the finding.
fn masked(value: &Json) -> Json {
    match value {
        Json::String(text) => {
            let replaced = text.starts_with("<secret:") || text.starts_with("<hash:");
            let open = replaced || WELL_KNOWN_COMMUNITIES.contains(&text.as_str());
            Json::String(if open { text.clone() } else { MASK.to_owned() })
        }
        Json::Array(list) => Json::Array(list.iter().map(masked).collect()),
        Json::Object(object) => {
            let entries = object
                .iter()
                .map(|(name, value)| (name.clone(), masked(value)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}
