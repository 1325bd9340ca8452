//! Takes back what a journal holds, the last first; what others changed since stays.
use super::journal::{Entry, Journal, Line, Outcome};
use super::{Answer, Deletion, Step, Target};
use arpenteur_core::cmdb::{Action, Change, Object, Operation, same};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a rollback came to.
#[derive(Debug, Default)]
pub struct Undone {
    /// Objects deleted.
    pub deleted: usize,
    /// Objects that have their former values.
    pub restored: usize,
    /// What stays: label, and the server's words where it refused.
    pub left: Vec<(String, Option<String>)>,
}

/// Takes back every operation of a journal.
///
/// # Errors
/// Where the server cannot be reached, or the journal not written.
pub fn rollback(
    target: &mut dyn Target,
    journal: &mut Journal,
) -> Result<Undone, Box<dyn std::error::Error>> {
    let mut undone = Undone::default();
    let order = std::mem::take(&mut journal.order);
    for key in order.iter().rev() {
        let Some(entry) = journal.entries.get(key).cloned() else {
            continue;
        };
        let Some(outcome) = entry.outcome.clone() else {
            continue;
        };
        let gone = match (outcome.ours, entry.intent.id.is_null()) {
            (false, _) => true,
            (true, true) => delete(&entry, &outcome, target, &mut undone)?,
            (true, false) => restore(&entry, target, &mut undone)?,
        };
        if gone {
            journal.write(&[Line::Undone { key: key.clone() }])?;
        }
    }
    journal.write(&[Line::Ended {
        what: "rollback".to_owned(),
    }])?;
    Ok(undone)
}

fn delete(
    entry: &Entry,
    outcome: &Outcome,
    target: &mut dyn Target,
    undone: &mut Undone,
) -> Result<bool, Box<dyn std::error::Error>> {
    let intent = &entry.intent;
    let Some(now) = target.read(&intent.collection, &outcome.id)? else {
        return Ok(true);
    };
    if was_changed(outcome, &now) {
        undone.left.push((intent.label.clone(), None));
        return Ok(false);
    }
    match target.delete(&intent.collection, &outcome.id)? {
        Deletion::Done => {
            undone.deleted += 1;
            Ok(true)
        }
        Deletion::Refused(words) => {
            undone.left.push((intent.label.clone(), Some(words)));
            Ok(false)
        }
    }
}

/// Whether an object is no longer as the server gave it back when we made it. A count of what
/// hangs on it may only have grown by others' doing: ours was taken back before.
fn was_changed(outcome: &Outcome, now: &Object) -> bool {
    let fields = outcome.answer.keys().chain(now.fields.keys());
    let mut fields = fields.map(|field| (field, outcome.answer.get(field)));
    fields.any(|(field, then)| {
        let (then, now) = (then.unwrap_or(&Value::Null), now.get(field));
        if field.ends_with("_count") {
            return now.as_u64().unwrap_or(0) > then.as_u64().unwrap_or(0);
        }
        !same(then, now)
    })
}

fn restore(
    entry: &Entry,
    target: &mut dyn Target,
    undone: &mut Undone,
) -> Result<bool, Box<dyn std::error::Error>> {
    let intent = &entry.intent;
    let Some(now) = target.read(&intent.collection, &intent.id)? else {
        undone.left.push((intent.label.clone(), None));
        return Ok(false);
    };
    let (mut fields, mut values) = (BTreeMap::new(), BTreeMap::new());
    let mut whole = true;
    for (field, after) in &intent.after {
        let before = intent.before.get(field).cloned().unwrap_or_default();
        if same(now.get(field), after) {
            let change = Change {
                before: after.clone(),
                after: before.clone(),
                last: None,
            };
            fields.insert(field.clone(), change);
            values.insert(field.clone(), before);
        } else if !same(now.get(field), &before) {
            whole = false;
        }
    }
    if !whole {
        undone.left.push((intent.label.clone(), None));
    }
    if values.is_empty() {
        return Ok(whole);
    }
    let operation = Operation {
        key: intent.key.clone(),
        collection: intent.collection.clone(),
        label: intent.label.clone(),
        action: Action::Update,
        object: intent.id.clone(),
        fields,
        agreed: BTreeMap::new(),
        find: None,
    };
    let step = Step {
        operation: &operation,
        object: intent.id.clone(),
        before: intent.after.clone(),
        values,
        find: None,
    };
    match target.write(std::slice::from_ref(&step)).pop() {
        Some(Answer::Done(_)) => {
            undone.restored += 1;
            Ok(whole)
        }
        Some(Answer::Unknown(error)) => Err(error.into()),
        Some(Answer::Refused(words)) => {
            undone.left.push((intent.label.clone(), Some(words)));
            Ok(false)
        }
        Some(Answer::Changed) | None => {
            undone.left.push((intent.label.clone(), None));
            Ok(false)
        }
    }
}
