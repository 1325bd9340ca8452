//! Compares what is wanted with what is there and with what we wrote last.
use super::plan::{Action, Change, Find, Kept, Note, Operation, Plan};
use super::written::Written;
use crate::export::{Field, Mapping};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An object of the target, as its kind of target normalises it: references are ids, choices are
/// their values.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The server's id.
    pub id: Value,
    /// Fields by name.
    pub fields: BTreeMap<String, Value>,
}

impl Object {
    /// A field; null where there is none.
    #[must_use]
    pub fn get(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Null)
    }

    /// A field's text.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.get(field).as_str().unwrap_or_default()
    }
}

/// Who has the say over a field that we never wrote. Once we did, it is ours for as long as
/// nobody changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Ours.
    Ours,
    /// Theirs, where they filled it in; ours else.
    IfEmpty,
    /// Theirs; ours where the object is made by us.
    Initial,
}

/// An object that the target should have.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Natural key, unique in the plan.
    pub key: String,
    /// Kind of object.
    pub collection: &'static str,
    /// What people call it.
    pub label: String,
    /// Name, value and rule of each field.
    pub fields: Vec<(String, Value, Rule, Option<Field>)>,
    /// How it is looked up.
    pub find: Option<Find>,
}

impl Wanted {
    /// An object without fields.
    #[must_use]
    pub fn new(collection: &'static str, key: &str, label: impl Into<String>) -> Self {
        Self {
            key: format!("{collection} {key}"),
            collection,
            label: label.into(),
            fields: Vec::new(),
            find: None,
        }
    }

    /// With a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>, rule: Rule) -> Self {
        self.fields
            .push((name.to_owned(), value.into(), rule, None));
        self
    }

    /// With a field that the mapping file knows by name.
    #[must_use]
    pub fn mapped(mut self, name: &str, value: impl Into<Value>, rule: Rule, field: Field) -> Self {
        self.fields
            .push((name.to_owned(), value.into(), rule, Some(field)));
        self
    }

    /// With a field, where there is a value.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl Into<Value>>, rule: Rule) -> Self {
        match value {
            Some(value) => self.with(name, value, rule),
            None => self,
        }
    }

    /// Looked up by a filter of the server, and by fields.
    #[must_use]
    pub fn found_by(
        mut self,
        filter: &str,
        value: impl Into<Value>,
        fields: &[(&str, Value)],
    ) -> Self {
        self.find = Some(Find {
            filter: filter.to_owned(),
            value: value.into(),
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
        self
    }
}

/// Makes a plan, object by object, in the order of writing.
pub struct Builder<'a> {
    mapping: &'a Mapping,
    written: &'a Written,
    made: BTreeSet<String>,
    /// The plan so far.
    pub plan: Plan,
}

impl<'a> Builder<'a> {
    /// A builder over an empty plan.
    #[must_use]
    pub fn new(plan: Plan, mapping: &'a Mapping, written: &'a Written) -> Self {
        Self {
            mapping,
            written,
            made: BTreeSet::new(),
            plan,
        }
    }

    /// Whether the plan makes the object with this key.
    #[must_use]
    pub fn makes(&self, key: &str) -> bool {
        self.made.contains(key)
    }

    /// Wants an object: made where there is none, changed where the rules allow it. Gives what
    /// others refer to it by: its id, or a reference.
    pub fn put(&mut self, wanted: Wanted, existing: Option<&Object>) -> Value {
        match existing {
            Some(object) => {
                self.update(wanted, object);
                object.id.clone()
            }
            None => self.create(wanted),
        }
    }

    fn create(&mut self, wanted: Wanted) -> Value {
        let reference = json!({ "ref": wanted.key });
        if !self.made.insert(wanted.key.clone()) {
            return reference;
        }
        let ignored =
            |field: &Option<Field>| field.is_some_and(|field| self.mapping.ignore.contains(&field));
        // A name is part of the key: an object cannot be made without it.
        let fields = wanted.fields.into_iter().filter(|(_, value, _, field)| {
            !empty(value) && (!ignored(field) || *field == Some(Field::Name))
        });
        let fields = fields.map(|(name, after, ..)| (name, change(Value::Null, after, None)));
        let fields = fields.collect();
        self.plan.operations.push(Operation {
            key: wanted.key,
            collection: wanted.collection.to_owned(),
            label: wanted.label,
            action: Action::Create,
            object: Value::Null,
            fields,
            agreed: BTreeMap::new(),
            find: wanted.find,
        });
        reference
    }

    fn update(&mut self, wanted: Wanted, object: &Object) {
        let mut fields = BTreeMap::new();
        let mut agreed = BTreeMap::new();
        for (name, ours, rule, field) in wanted.fields {
            if field.is_some_and(|field| self.mapping.ignore.contains(&field)) {
                continue;
            }
            let theirs = object.get(&name);
            if same(theirs, &ours) {
                agreed.insert(name, ours);
                continue;
            }
            let last = self.written.last(wanted.collection, &object.id, &name);
            let forced = field.is_some_and(|field| self.mapping.overwrite.contains(&field));
            let edited = last.is_some_and(|last| !same(last, theirs));
            let filled = last.is_none() && rule == Rule::IfEmpty && !empty(theirs);
            if !forced && (edited || filled) {
                self.plan.kept.push(Kept {
                    object: wanted.label.clone(),
                    field: name,
                    theirs: theirs.clone(),
                    ours,
                });
            } else if forced || last.is_some() || rule != Rule::Initial {
                fields.insert(name, change(theirs.clone(), ours, last.cloned()));
            }
        }
        if fields.is_empty() {
            self.plan.unchanged += 1;
            return;
        }
        self.plan.operations.push(Operation {
            key: wanted.key,
            collection: wanted.collection.to_owned(),
            label: wanted.label,
            action: Action::Update,
            object: object.id.clone(),
            fields,
            agreed,
            find: None,
        });
    }

    /// Changes an object that the plan makes: what can only be said once others are there.
    /// `existing` is that object where it was there before.
    pub fn then(&mut self, wanted: Wanted, reference: &Value, existing: Option<&Object>) {
        if let Some(object) = existing {
            let before = self.plan.unchanged;
            self.update(wanted, object);
            // The object was counted when it was wanted.
            self.plan.unchanged = before;
            return;
        }
        let ignored =
            |field: &Option<Field>| field.is_some_and(|field| self.mapping.ignore.contains(&field));
        let fields: BTreeMap<String, Change> = wanted
            .fields
            .into_iter()
            .filter(|(_, value, _, field)| !empty(value) && !ignored(field))
            .map(|(name, after, ..)| (name, change(Value::Null, after, None)))
            .collect();
        if !fields.is_empty() {
            self.plan.operations.push(Operation {
                key: wanted.key,
                collection: wanted.collection.to_owned(),
                label: wanted.label,
                action: Action::Update,
                object: reference.clone(),
                fields,
                agreed: BTreeMap::new(),
                find: None,
            });
        }
    }

    /// What contradicts the target.
    pub fn conflict(&mut self, note: Note) {
        self.plan.conflicts.push(note);
    }

    /// What has no sure place.
    pub fn unplaced(&mut self, note: Note) {
        self.plan.unplaced.push(note);
    }
}

fn change(before: Value, after: Value, last: Option<Value>) -> Change {
    Change {
        before,
        after,
        last,
    }
}

/// Whether a value says nothing.
fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether two values say the same: lists in any order; blank, null and nothing are one.
#[must_use]
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len()
                && a.iter().all(|item| b.contains(item))
                && b.iter().all(|item| a.contains(item))
        }
        _ => a == b || (empty(a) && empty(b)),
    }
}
