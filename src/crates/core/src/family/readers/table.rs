//! Rows of SMI tables, and lists of facts made of them.
use crate::family::draft::Pen;
use crate::family::text::{integer, plain};
use crate::family::view::{Coverage, View};
use arpenteur_wire::snmp::Value;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Most rows that are made into facts: a hostile agent must not fill the report.
pub(super) const MOST_ROWS: usize = 20_000;

/// One row: values by column.
#[derive(Default)]
pub(in crate::family) struct Row<'a>(BTreeMap<u32, &'a Value>);

impl<'a> Row<'a> {
    /// The cell.
    pub(super) fn get(&self, column: u32) -> Option<&'a Value> {
        self.0.get(&column).copied()
    }

    /// Every cell with its column.
    pub(in crate::family) fn cells(&self) -> impl Iterator<Item = (u32, &'a Value)> {
        self.0.iter().map(|(column, value)| (*column, *value))
    }

    /// The cell as a line of text, where it holds any.
    pub(super) fn text(&self, column: u32) -> Option<String> {
        self.get(column).map(plain).filter(|text| !text.is_empty())
    }

    /// The cell as a number that fits.
    pub(super) fn number<T: TryFrom<i128>>(&self, column: u32) -> Option<T> {
        self.get(column).and_then(integer)
    }

    /// The cell's octets.
    pub(super) fn octets(&self, column: u32) -> Option<&'a [u8]> {
        match self.get(column) {
            Some(Value::OctetString(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

/// Rows of the table whose entry lies at `table`.1, by index.
pub(in crate::family) fn rows<'a>(view: &View<'a>, table: &[u32]) -> BTreeMap<Vec<u32>, Row<'a>> {
    let entry: Vec<u32> = table.iter().copied().chain([1]).collect();
    let mut rows: BTreeMap<Vec<u32>, Row<'a>> = BTreeMap::new();
    for (place, value) in view.below(&entry) {
        let Some((column, index)) = place.split_first() else {
            continue;
        };
        if rows.len() >= MOST_ROWS && !rows.contains_key(index) {
            continue;
        }
        rows.entry(index.to_vec())
            .or_default()
            .0
            .insert(*column, value);
    }
    rows
}

/// Offers a list read from a table: absent where the whole table came and is empty, unread
/// where it came only in part, for a short list must not pass for a whole one.
pub(super) fn offer_list<T: Serialize>(
    pen: &mut Pen<'_>,
    view: &View<'_>,
    (at, root): (&str, &[u32]),
    items: Vec<T>,
) {
    let evidence = view.evidence(root);
    match view.coverage(root) {
        Coverage::Complete if items.is_empty() => pen.set(at, Json::Null, &evidence),
        Coverage::Complete => {
            pen.set(
                at,
                serde_json::to_value(items).unwrap_or_default(),
                &evidence,
            );
        }
        Coverage::Cut(reason) => {
            pen.complain(format!(
                "{at}: the table broke off after {} rows ({reason})",
                items.len()
            ));
            pen.unread(at, reason, &evidence);
        }
        Coverage::Failed(reason) => pen.unread(at, reason, &evidence),
        Coverage::NotAsked => {}
    }
}

/// Numbered names for what several items are called.
pub(super) fn distinct(name: String, seen: &mut BTreeMap<String, u32>) -> String {
    let count = seen.entry(name.clone()).or_insert(0);
    *count += 1;
    match *count {
        1 => name,
        count => format!("{name} #{count}"),
    }
}

/// A word of a closed list whose MIB counts from 1.
pub(super) fn word(words: &[&str], number: Option<usize>) -> Option<String> {
    let place = number?.checked_sub(1)?;
    words.get(place).map(|word| (*word).to_owned())
}
