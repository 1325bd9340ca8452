//! Executes a plan: each object is looked at before it is written, so that an interrupted run is
//! taken up by running it again.
use super::journal::{self, Intent, Journal, Line};
use super::{Answer, Step, Target};
use arpenteur_core::cmdb::{Action, Change, Find, Object, Operation, Plan, references, same};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a plan's execution came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Objects made.
    pub created: usize,
    /// Objects changed.
    pub updated: usize,
    /// Operations that were done before, or needed no write.
    pub already: usize,
    /// What was not done: label and reason.
    pub conflicts: Vec<(String, Failed)>,
}

/// Why an operation was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The object is no longer as the plan saw it.
    Changed,
    /// The server refuses it, in its words.
    Refused(String),
    /// What it refers to was not made.
    Depends,
}

/// Executes what the journal does not say is done.
///
/// # Errors
/// Where the server cannot be reached, or the journal not written; the rest is done by applying
/// the plan again.
pub fn apply(
    plan: &Plan,
    target: &mut dyn Target,
    journal: &mut Journal,
) -> Result<Report, Box<dyn std::error::Error>> {
    let mut run = Run {
        ids: BTreeMap::new(),
        made: BTreeSet::new(),
        report: Report::default(),
    };
    let mut rest = plan.operations.as_slice();
    while !rest.is_empty() {
        let size = batch(rest, target.batch());
        let (now, later) = rest.split_at(size);
        run.batch(now, target, journal)?;
        rest = later;
    }
    journal.write(&[Line::Ended {
        what: "apply".to_owned(),
    }])?;
    Ok(run.report)
}

/// How many operations can go together: one kind, one action, none referring to another.
fn batch(operations: &[Operation], most: usize) -> usize {
    let Some(first) = operations.first() else {
        return 0;
    };
    let mut keys = BTreeSet::new();
    let alike = operations.iter().take(most).take_while(|operation| {
        let refers = operation.fields.values().any(|change| {
            references(&change.after)
                .iter()
                .any(|key| keys.contains(*key))
        });
        keys.insert(operation.key.as_str());
        !refers && operation.collection == first.collection && operation.action == first.action
    });
    alike.count().max(1)
}

struct Run {
    ids: BTreeMap<String, Value>,
    /// Ids of the objects that this plan made.
    made: BTreeSet<(String, String)>,
    report: Report,
}

impl Run {
    fn batch(
        &mut self,
        operations: &[Operation],
        target: &mut dyn Target,
        journal: &mut Journal,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let mut steps = Vec::new();
        for operation in operations {
            let done = journal
                .entries
                .get(&operation.key)
                .and_then(|entry| entry.outcome.as_ref());
            if let Some(done) = done {
                self.known(operation, &done.id, done.ours);
                self.report.already += 1;
                continue;
            }
            match step(operation, &self.ids) {
                Some(step) => steps.push(step),
                None => self.fail(operation, Failed::Depends),
            }
        }
        let mut steps = self.look(steps, target, journal)?;
        let mut attempts = 0;
        while !steps.is_empty() {
            let intents: Vec<Line> = steps
                .iter()
                .map(|step| Line::Intent(intent(step)))
                .collect();
            journal.write(&intents)?;
            // What is to be made goes before what is there already.
            steps.sort_by_key(|step| !step.object.is_null());
            let there = steps.partition_point(|step| step.object.is_null());
            let (make, change) = steps.split_at(there);
            let mut answers = Vec::new();
            for part in [make, change].into_iter().filter(|part| !part.is_empty()) {
                answers.extend(target.write(part));
            }
            let mut lines = Vec::new();
            let mut unknown = Vec::new();
            let mut why = None;
            for (step, answer) in steps.into_iter().zip(answers) {
                match answer {
                    Answer::Done(object) => {
                        self.done(step.operation, &object, true);
                        lines.push(journal::outcome(&step.operation.key, &object, true));
                    }
                    Answer::Refused(words) => self.fail(step.operation, Failed::Refused(words)),
                    Answer::Changed => self.fail(step.operation, Failed::Changed),
                    Answer::Unknown(error) => {
                        why = Some(error);
                        journal.entries.insert(
                            step.operation.key.clone(),
                            journal::Entry {
                                intent: intent(&step),
                                outcome: None,
                            },
                        );
                        unknown.push(step);
                    }
                }
            }
            journal.write(&lines)?;
            if let Some(error) = why {
                attempts += 1;
                if attempts > 3 {
                    return Err(error.into());
                }
            }
            // What may or may not have been written is looked up before it is written again.
            steps = self.look(unknown, target, journal)?;
        }
        Ok(())
    }

    /// Looks at each object; gives the steps that are still to be written.
    fn look<'a>(
        &mut self,
        steps: Vec<Step<'a>>,
        target: &mut dyn Target,
        journal: &mut Journal,
    ) -> Result<Vec<Step<'a>>, Box<dyn std::error::Error>> {
        if steps.is_empty() {
            return Ok(steps);
        }
        let current = target.current(&steps)?;
        let (mut lines, mut rest) = (Vec::new(), Vec::new());
        for (step, object) in steps.into_iter().zip(current) {
            let key = &step.operation.key;
            let begun = journal.entries.contains_key(key);
            match (step.operation.action, object) {
                (Action::Create, None) => rest.push(step),
                (_, Some(object)) if is_as_wanted(&step, &object) => {
                    if !begun {
                        lines.push(Line::Intent(intent(&step)));
                    }
                    lines.push(journal::outcome(key, &object, begun));
                    self.done(step.operation, &object, begun);
                }
                (Action::Update, Some(object)) if is_as_planned(&step, &object) => rest.push(step),
                (Action::Create, Some(object)) if self.came_along(&step) => {
                    rest.push(taken_up(step, &object, target));
                }
                (Action::Create | Action::Update, _) => self.fail(step.operation, Failed::Changed),
            }
        }
        journal.write(&lines)?;
        Ok(rest)
    }

    fn done(&mut self, operation: &Operation, object: &Object, ours: bool) {
        self.known(operation, &object.id, ours);
        match (ours, operation.action) {
            (false, _) => self.report.already += 1,
            (true, Action::Create) => self.report.created += 1,
            (true, Action::Update) => self.report.updated += 1,
        }
    }

    fn known(&mut self, operation: &Operation, id: &Value, ours: bool) {
        self.ids.insert(operation.key.clone(), id.clone());
        if ours && operation.action == Action::Create {
            self.made
                .insert((operation.collection.clone(), id.to_string()));
        }
    }

    /// Whether an object hangs on one that this plan has made: the server made it along with that
    /// one, by a template, and nobody else can have.
    fn came_along(&self, step: &Step<'_>) -> bool {
        let fields = step.operation.fields.iter();
        let mut refers = fields.flat_map(|(name, change)| {
            let keys = references(&change.after);
            keys.into_iter().map(move |key| (name, key))
        });
        let below = step.find.as_ref().map(|find| find.filter.as_str());
        refers.any(|(name, key)| {
            let collection = key.split(' ').next().unwrap_or_default();
            let id = self.ids.get(key).map(Value::to_string).unwrap_or_default();
            below.is_some_and(|below| below.strip_suffix("_id") == Some(name))
                && self.made.contains(&(collection.to_owned(), id))
        })
    }

    fn fail(&mut self, operation: &Operation, why: Failed) {
        self.report.conflicts.push((operation.label.clone(), why));
    }
}

/// A step that changes what is there in place of making it.
fn taken_up<'a>(step: Step<'a>, object: &Object, target: &dyn Target) -> Step<'a> {
    let differs =
        |(field, value): &(String, Value)| !same(object.get(field), value) && !target.keeps(field);
    let values: BTreeMap<_, _> = step.values.into_iter().filter(differs).collect();
    Step {
        object: object.id.clone(),
        before: values
            .keys()
            .map(|field| (field.clone(), object.get(field).clone()))
            .collect(),
        values,
        ..step
    }
}

/// Whether an object has every value that is to be written. What a server adds of its own inside
/// a value (a termination's details) is normalised by its kind of target.
fn is_as_wanted(step: &Step<'_>, object: &Object) -> bool {
    step.values
        .iter()
        .all(|(field, value)| same(object.get(field), value))
}

/// Whether every field is as the plan saw it, or as it is wanted.
fn is_as_planned(step: &Step<'_>, object: &Object) -> bool {
    step.values.iter().all(|(field, value)| {
        let now = object.get(field);
        let before = step
            .operation
            .fields
            .get(field)
            .map(|change| &change.before);
        same(now, value) || before.is_some_and(|before| same(now, before))
    })
}

fn intent(step: &Step<'_>) -> Intent {
    let operation = step.operation;
    let of = |value: fn(&Change) -> Option<&Value>| {
        let fields = operation.fields.iter();
        fields
            .filter_map(|(name, change)| Some((name.clone(), value(change)?.clone())))
            .collect()
    };
    Intent {
        key: operation.key.clone(),
        collection: operation.collection.clone(),
        label: operation.label.clone(),
        id: step.object.clone(),
        before: step.before.clone(),
        after: step.values.clone(),
        last: of(|change| change.last.as_ref()),
        agreed: operation.agreed.clone(),
    }
}

/// The operation with ids in place of references; nothing where one is missing.
fn step<'a>(operation: &'a Operation, ids: &BTreeMap<String, Value>) -> Option<Step<'a>> {
    let values = operation
        .fields
        .iter()
        .map(|(name, change)| Some((name.clone(), resolved(&change.after, ids)?)));
    let find = match &operation.find {
        None => None,
        Some(find) => Some(Find {
            filter: find.filter.clone(),
            value: resolved(&find.value, ids)?,
            fields: find
                .fields
                .iter()
                .map(|(name, value)| Some((name.clone(), resolved(value, ids)?)))
                .collect::<Option<_>>()?,
        }),
    };
    Some(Step {
        operation,
        object: resolved(&operation.object, ids)?,
        before: operation
            .fields
            .iter()
            .map(|(name, change)| (name.clone(), change.before.clone()))
            .collect(),
        values: values.collect::<Option<_>>()?,
        find,
    })
}

fn resolved(value: &Value, ids: &BTreeMap<String, Value>) -> Option<Value> {
    match value {
        Value::Object(map) => match map.get("ref") {
            Some(Value::String(key)) if map.len() == 1 => ids.get(key).cloned(),
            _ => {
                let fields = map
                    .iter()
                    .map(|(name, value)| Some((name.clone(), resolved(value, ids)?)));
                fields.collect::<Option<_>>().map(Value::Object)
            }
        },
        Value::Array(items) => {
            let items = items.iter().map(|item| resolved(item, ids));
            items.collect::<Option<_>>().map(Value::Array)
        }
        other => Some(other.clone()),
    }
}
