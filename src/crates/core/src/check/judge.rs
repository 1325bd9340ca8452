//! One check against the facts of one asset.
//!
//! The order is the whole point: whether the check applies, whether its facts were read,
//! what their absence means, and only then the expression. So an expression never meets a
//! fact that nobody vouches for, and an unread fact can give neither a pass nor a fail.
use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::expr::{EvalError, Expr, Now, Scope, Truth};
use super::facts::{Bound, Status};
use super::format::AbsentRule;
use super::functions;
use super::path::{self, ItemField};
use super::value::Boxed;
use super::{Check, ForEach};
use crate::model::{
    Confidence, EvidenceId, FactPath, ItemOutcome, Outcome, Severity, UnreadReason,
    WELL_KNOWN_COMMUNITIES,
};

/// Items of one list that a check judges on one asset; those beyond are unknown.
pub(super) const MAX_ITEMS: usize = 4096;
/// Verdicts on different items that are remembered.
const REMEMBERED: usize = 16;

/// What stands for a masked value in evidence.
const MASK: &str = "<masked>";

/// A fact of a check's list, and all that is known of it before a run.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) path: FactPath,
    /// Its number in the catalogue's table; that of the list where it is a field of an item.
    pub(super) number: usize,
    /// The field of an item that it is.
    pub(super) field: Option<ItemField>,
    /// Whether `applies` uses it.
    pub(super) applies: bool,
    /// Whether `where` uses it.
    pub(super) filter: bool,
    pub(super) absent: Option<AbsentRule>,
}

/// A fact that is shown with a verdict.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) name: String,
    /// Its number in the catalogue's table.
    pub(super) number: usize,
    pub(super) field: Option<ItemField>,
    /// Whether a mask lies on it, above or below.
    pub(super) masked: bool,
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
    pub(super) fn severity(&self, severity: Severity) -> Severity {
        match self.confidence {
            Confidence::Heuristic => severity.min(Severity::Medium),
            Confidence::Likely | Confidence::Certain => severity,
        }
    }
}

/// One check at work on one asset.
struct Judge<'j, 'a> {
    check: &'j Check,
    params: &'j [Boxed<'j>],
    bound: &'j Bound<'a>,
    now: &'j Now,
}

/// Judges.
pub(super) fn verdict(
    check: &Check,
    params: &[Boxed<'_>],
    bound: &Bound<'_>,
    now: &Now,
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

impl Judge<'_, '_> {
    fn outcome(&self, items: &mut Vec<ItemOutcome>) -> Outcome {
        for listed in self.check.listed.iter().filter(|listed| listed.applies) {
            let Some(status) = self.bound.status(listed.number) else {
                continue;
            };
            if let Some((fact, reason)) = &status.deep_unread {
                return unknown(*reason, fact);
            }
            if status.absent && listed.absent.is_none() {
                return unknown(UnreadReason::Unsupported, &listed.path);
            }
        }
        match self.evaluate(&self.check.applies, None, &FactPath::root) {
            Ok(true) => {}
            Ok(false) => return Outcome::NotApplicable,
            Err(outcome) => return outcome,
        }
        if let Some(outcome) = self.unread_or_absent() {
            return outcome;
        }
        match &self.check.for_each {
            None => self.pass(None, &|| {
                self.check.facts.first().cloned().unwrap_or_default()
            }),
            Some(each) => {
                *items = self.items(each);
                worst(items)
            }
        }
    }

    /// The outcome that follows from a listed fact being unread, else absent.
    fn unread_or_absent(&self) -> Option<Outcome> {
        let each = self.check.for_each.as_ref();
        let listed = self.check.listed.iter();
        let whole: Vec<(&Listed, &Status<'_>)> = listed
            .filter(|listed| listed.field.is_none())
            .filter_map(|listed| Some((listed, self.bound.status(listed.number)?)))
            .collect();
        for (listed, status) in &whole {
            // Items of the list that is judged one by one are looked at one by one.
            let unread = match (each, &status.deep_unread) {
                (Some(each), _) if each.list == listed.path => {
                    status.unread.map(|reason| (&listed.path, reason))
                }
                (_, Some((fact, reason))) => Some((fact, *reason)),
                _ => None,
            };
            if let Some((fact, reason)) = unread {
                return Some(unknown(reason, fact));
            }
        }
        let mut absent = whole.iter().filter(|(_, status)| status.absent);
        absent.find_map(|(listed, _)| absence(listed, &listed.path, UnreadReason::Unsupported))
    }

    fn pass(&self, item: Option<&Json>, about: &dyn Fn() -> FactPath) -> Outcome {
        match self.evaluate(&self.check.pass, item, about) {
            Ok(true) => Outcome::Pass,
            Ok(false) => Outcome::Fail,
            Err(outcome) => outcome,
        }
    }

    fn evaluate(
        &self,
        expression: &Expr,
        item: Option<&Json>,
        about: &dyn Fn() -> FactPath,
    ) -> Result<bool, Outcome> {
        if expression.source() == "true" {
            return Ok(true);
        }
        let scope = Scope {
            bound: self.bound,
            params: self.params,
            item,
            shape: self.check.for_each.as_ref().map(|each| &each.shape),
            now: self.now,
        };
        match expression.evaluate(&scope) {
            Ok(Truth::Yes) => Ok(true),
            Ok(Truth::No) => Ok(false),
            Ok(Truth::CannotTell) => Err(unknown(UnreadReason::NotCollected, &about())),
            Err(EvalError::Data(_)) => Err(unknown(UnreadReason::ParseFailed, &about())),
            Err(EvalError::Check(message)) => Err(Outcome::Error { message }),
        }
    }

    fn items(&self, each: &ForEach) -> Vec<ItemOutcome> {
        let list = match self.bound.json(each.number) {
            Some(Json::Array(list)) => list.as_slice(),
            _ => &[],
        };
        let status = self.bound.status(each.number);
        let own_states = status.is_none_or(|status| self.meets(&status.item_states));
        let mut memory = Memory::default();
        let mut outcomes = Vec::new();
        for (index, item) in list.iter().take(MAX_ITEMS).enumerate() {
            let judge = || self.item(each, item, index, own_states);
            let judged = match &each.looked_at {
                Some(fields) if !own_states => memory.recall(fields, item, judge),
                _ => judge(),
            };
            let Some(outcome) = judged else { continue };
            let key = item_key(item, &each.key, index);
            let shown = self.shown_key(each, &key, index);
            outcomes.push(ItemOutcome {
                // A passed item shows nothing: what is shown is what is to be mended or asked.
                evidence: match outcome {
                    Outcome::Pass => Vec::new(),
                    _ => self.item_evidence(item, &key, &shown),
                },
                outcome: without_key(outcome, &key, &shown),
                item: shown,
                waived: false,
            });
        }
        if own_states {
            self.missing_items(each, list, &mut outcomes);
        }
        if list.len() > MAX_ITEMS {
            outcomes.push(ItemOutcome {
                item: format!("+{}", list.len() - MAX_ITEMS),
                outcome: unknown(UnreadReason::Unsupported, &each.list),
                evidence: Vec::new(),
                waived: false,
            });
        }
        outcomes
    }

    /// Whether states of single items concern this check: they are of whole items, or of fields
    /// that it lists.
    fn meets(&self, states: &BTreeSet<FactPath>) -> bool {
        let fields = || {
            self.check
                .listed
                .iter()
                .filter(|listed| listed.field.is_some())
        };
        states.iter().any(|state| {
            ItemField::of(state).is_none_or(|field| field.names.is_empty())
                || fields()
                    .any(|listed| listed.path.starts_with(state) || state.starts_with(&listed.path))
        })
    }

    /// Items that are unread and stand in no list.
    fn missing_items(&self, each: &ForEach, list: &[Json], outcomes: &mut Vec<ItemOutcome>) {
        let items = list.iter().take(MAX_ITEMS).enumerate();
        let seen: BTreeSet<String> = items
            .map(|(index, item)| item_key(item, &each.key, index))
            .collect();
        let missing =
            path::unread_items(self.bound.sheet, &each.list).filter(|(key, _)| !seen.contains(key));
        for (index, (key, reason)) in missing.take(MAX_ITEMS).enumerate() {
            let shown = self.shown_key(each, &key, list.len() + index);
            outcomes.push(ItemOutcome {
                outcome: unknown(reason, &each.list.item(&shown)),
                item: shown,
                evidence: Vec::new(),
                waived: false,
            });
        }
    }

    /// The verdict on one item; `None` when `where` leaves it out.
    fn item(&self, each: &ForEach, item: &Json, index: usize, own_states: bool) -> Option<Outcome> {
        let key = || item_key(item, &each.key, index);
        let about = || each.list.item(&key());
        let missing = |wanted: &dyn Fn(&Listed) -> bool| {
            let unread = own_states
                .then(|| self.item_unread(&key(), wanted))
                .flatten();
            unread.or_else(|| self.item_absent(item, &key, wanted))
        };
        if let Some(filter) = &self.check.filter {
            if let Some(outcome) = missing(&|listed| listed.filter) {
                return Some(outcome);
            }
            match self.evaluate(filter, Some(item), &about) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(outcome) => return Some(outcome),
            }
        }
        let no_fields = || {
            self.check
                .listed
                .iter()
                .all(|listed| listed.field.is_none())
        };
        if own_states
            && no_fields()
            && let Some(reason) = self.bound.sheet.unread(&about())
        {
            return Some(unknown(reason, &about()));
        }
        let missing = missing(&|_| true);
        Some(missing.unwrap_or_else(|| self.pass(Some(item), &about)))
    }

    /// Listed fields of items, as far as they are wanted.
    fn fields<'c>(
        &'c self,
        wanted: &'c dyn Fn(&Listed) -> bool,
    ) -> impl Iterator<Item = (&'c Listed, &'c ItemField)> {
        let listed = self
            .check
            .listed
            .iter()
            .filter(move |listed| wanted(listed));
        listed.filter_map(|listed| Some((listed, listed.field.as_ref()?)))
    }

    /// The outcome that follows from a listed field of an item being unread.
    fn item_unread(&self, key: &str, wanted: &dyn Fn(&Listed) -> bool) -> Option<Outcome> {
        self.fields(wanted).find_map(|(_, field)| {
            let at = field.at(key);
            Some(unknown(self.bound.sheet.unread(&at)?, &at))
        })
    }

    /// The outcome that follows from a listed field of an item being absent; `None` when the
    /// expression can be evaluated.
    fn item_absent(
        &self,
        item: &Json,
        key: &dyn Fn() -> String,
        wanted: &dyn Fn(&Listed) -> bool,
    ) -> Option<Outcome> {
        let mut absent = self
            .fields(wanted)
            .filter(|(_, field)| field.value(item).is_none());
        absent.find_map(|(listed, field)| {
            absence(listed, &field.at(&key()), UnreadReason::NotCollected)
        })
    }

    fn evidence(&self) -> Vec<(String, Json)> {
        let whole = self
            .check
            .shown
            .iter()
            .filter(|shown| shown.field.is_none());
        whole
            .filter(|shown| {
                let status = self.bound.status(shown.number);
                status.is_some_and(|status| status.unread.is_none())
            })
            .map(|shown| {
                let value = self.bound.json(shown.number);
                let value = value.map_or(Json::Null, |value| shown.value(value));
                (shown.name.clone(), value)
            })
            .collect()
    }

    fn item_evidence(&self, item: &Json, key: &str, name: &str) -> Vec<(String, Json)> {
        let fields = self.check.shown.iter();
        fields
            .filter_map(|shown| Some((shown, shown.field.as_ref()?)))
            .filter(|(_, field)| self.bound.sheet.unread(&field.at(key)).is_none())
            .map(|(shown, field)| {
                let value = field.value(item).unwrap_or(&Json::Null);
                (field.at(name).to_string(), shown.value(value))
            })
            .collect()
    }

    /// An item's key; a masked one keeps its place in the list, to stay distinct.
    fn shown_key(&self, each: &ForEach, key: &str, index: usize) -> String {
        if !each.key_masked {
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
        for listed in &self.check.listed {
            let status = self.bound.status(listed.number);
            let Some(provenance) = status.and_then(|status| status.provenance) else {
                continue;
            };
            if status.is_some_and(|status| status.unread.is_none()) {
                confidence = confidence.min(provenance.confidence);
            }
            exchanges.extend(provenance.evidence.iter().cloned());
        }
        (exchanges.into_iter().collect(), confidence)
    }
}

/// What the absence of a fact means; `None` when the expression decides. A fact that is never
/// absent and has no rule was not delivered: unknown, for `reason`.
fn absence(listed: &Listed, at: &FactPath, reason: UnreadReason) -> Option<Outcome> {
    match listed.absent {
        Some(AbsentRule::Pass) => Some(Outcome::Pass),
        Some(AbsentRule::Fail) => Some(Outcome::Fail),
        Some(AbsentRule::NotApplicable) => Some(Outcome::NotApplicable),
        Some(AbsentRule::Evaluate) => None,
        None => Some(unknown(reason, at)),
    }
}

impl Shown {
    /// A value as evidence shows it: whole if no mask lies on or below it.
    fn value(&self, value: &Json) -> Json {
        if self.masked {
            masked(value)
        } else {
            value.clone()
        }
    }
}

/// Verdicts on items that are alike in all that a check looks at: the ports of a switch differ
/// in little more than their name.
#[derive(Default)]
struct Memory<'a>(Vec<(Vec<Option<&'a Json>>, Option<Outcome>)>);

impl<'a> Memory<'a> {
    fn recall(
        &mut self,
        fields: &[ItemField],
        item: &'a Json,
        judge: impl FnOnce() -> Option<Outcome>,
    ) -> Option<Outcome> {
        let fields = fields.iter();
        let looked_at: Vec<Option<&Json>> = fields.map(|field| field.value(item)).collect();
        if let Some((_, known)) = self.0.iter().find(|(known, _)| *known == looked_at) {
            return known.clone();
        }
        let judged = judge();
        // An unknown names the item that it is about.
        let general = matches!(judged, None | Some(Outcome::Pass | Outcome::Fail));
        if general && self.0.len() < REMEMBERED {
            self.0.push((looked_at, judged.clone()));
        }
        judged
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
