//! The facts of one asset under judgement: each looked up and bound at most once, however many
//! checks use it, and not at all where none wants it.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use cel::common::value::Val;
use serde_json::Value as Json;

use super::path;
use super::value::{self, Boxed, Shape};
use crate::model::{
    FactPath, FactSchema, FactSheet, FactState, FactType, Provenance, UnreadReason,
};

/// Every fact that the checks of a catalogue name, each with a number.
#[derive(Debug, Default)]
pub(super) struct FactTable {
    numbers: BTreeMap<FactPath, usize>,
    facts: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: FactPath,
    /// How items of a list of objects are bound.
    shape: Option<Shape>,
}

impl FactTable {
    /// The number of a fact, a new one where it has none yet.
    pub(super) fn number(&mut self, path: &FactPath) -> usize {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let spec = FactSchema::get().spec(path);
        let items = spec.is_some_and(|spec| spec.r#type == FactType::Items);
        let number = self.facts.len();
        self.numbers.insert(path.clone(), number);
        self.facts.push(Entry {
            path: path.clone(),
            shape: items.then(|| Shape::of(&path.item(""))),
        });
        number
    }
}

/// What is known of one fact of one asset.
#[derive(Debug)]
pub(super) struct Status<'a> {
    /// The fact itself cannot be used.
    pub(super) unread: Option<UnreadReason>,
    /// It, or something below it, items included, is unread: which, and why.
    pub(super) deep_unread: Option<(FactPath, UnreadReason)>,
    /// It was read, and there is none.
    pub(super) absent: bool,
    /// What below it has a state of its own: items (`list[]`) or fields of items, schema paths.
    pub(super) item_states: BTreeSet<FactPath>,
    /// Where it comes from.
    pub(super) provenance: Option<&'a Provenance>,
}

/// One asset's facts, bound when first wanted.
pub(super) struct Bound<'a> {
    pub(super) sheet: &'a FactSheet,
    table: &'a FactTable,
    cells: Vec<Cell<'a>>,
}

#[derive(Default)]
struct Cell<'a> {
    status: OnceLock<Option<Status<'a>>>,
    value: OnceLock<Boxed<'a>>,
}

impl<'a> Bound<'a> {
    pub(super) fn new(table: &'a FactTable, sheet: &'a FactSheet) -> Self {
        let cells = table.facts.iter().map(|_| Cell::default()).collect();
        Self {
            sheet,
            table,
            cells,
        }
    }

    /// The state of a numbered fact.
    pub(super) fn status(&self, number: usize) -> Option<&Status<'a>> {
        let cell = self.cells.get(number)?;
        let status = || Some(self.look_up(&self.table.facts.get(number)?.path));
        cell.status.get_or_init(status).as_ref()
    }

    fn look_up(&self, path: &FactPath) -> Status<'a> {
        let state = self.sheet.state(path);
        let provenance = state.map(|state| match state {
            FactState::Known(provenance)
            | FactState::Absent(provenance)
            | FactState::Unread { provenance, .. } => provenance,
        });
        let unread = self.sheet.unread(path);
        Status {
            unread,
            deep_unread: path::deep_unread(self.sheet, path),
            absent: unread.is_none() && self.sheet.value(path).is_none(),
            item_states: self
                .sheet
                .states_below(path)
                .filter(|(known, _)| *known != path)
                .map(|(known, _)| known.schema_path())
                .collect(),
            provenance,
        }
    }

    /// The JSON value of a numbered fact that is known.
    pub(super) fn json(&self, number: usize) -> Option<&'a Json> {
        self.status(number)
            .filter(|status| status.unread.is_none())?;
        self.sheet.value(&self.table.facts.get(number)?.path)
    }

    /// A numbered fact as expressions see it: `null` where it is absent.
    pub(super) fn value(&self, number: usize) -> Option<&(dyn Val + 'a)> {
        let cell = self.cells.get(number)?;
        let entry = self.table.facts.get(number)?;
        let bind = || match (self.json(number), &entry.shape) {
            (None, _) => value::from_json(&Json::Null),
            (Some(value), None) => value::from_json(value),
            (Some(value), Some(shape)) => {
                let items = value.as_array().into_iter().flatten();
                value::list(items.map(|item| shape.bind(item)))
            }
        };
        Some(cell.value.get_or_init(bind).as_ref())
    }
}
