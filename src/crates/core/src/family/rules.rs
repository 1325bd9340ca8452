//! Runs a family's read rules.
use super::draft::Pen;
use super::format::{Family, From, Read};
use super::names::meaningful;
use super::text::{Sourced, Texts, multiline};
use super::view::View;
use crate::model::{Confidence, EvidenceId, FactPath, FactType};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Longest value that a template gives, characters.
const LONGEST_VALUE: usize = 512;

/// Offers what a family reads and states. `spoken` keeps the paths spoken of, which later
/// constants leave alone.
pub(super) fn apply(
    family: &Family,
    view: &View<'_>,
    texts: &Texts,
    recognised: (Confidence, &[EvidenceId]),
    pen: &mut Pen<'_>,
    spoken: &mut BTreeSet<FactPath>,
) {
    for read in &family.reads {
        run(read, view, texts, pen, spoken);
    }
    let (confidence, evidence) = recognised;
    for (path, value) in &family.set {
        if spoken.insert(path.clone()) {
            pen.offer(path, value.clone(), confidence, evidence);
        }
    }
}

fn run(
    read: &Read,
    view: &View<'_>,
    texts: &Texts,
    pen: &mut Pen<'_>,
    spoken: &mut BTreeSet<FactPath>,
) {
    for (text, id) in sources(read, view, texts) {
        let Some(captures) = captures(read, &text, view) else {
            continue;
        };
        let mut gave = false;
        for (path, kind, template) in &read.set {
            if let Some(value) = fill(template, &captures).and_then(|text| typed(text, *kind)) {
                // Rules stand in order: an earlier one has the word at the same confidence.
                pen.offer(path, value, read.confidence, std::slice::from_ref(&id));
                spoken.insert(path.clone());
                gave = true;
            }
        }
        if gave {
            return;
        }
    }
}

fn sources(read: &Read, view: &View<'_>, texts: &Texts) -> Vec<Sourced> {
    match &read.from {
        From::Text(source) => texts.get(*source).to_vec(),
        From::Scalar(oid) => {
            let oid = oid.sub_ids();
            let found = view.value(oid).zip(view.source(oid));
            found
                .map(|(value, id)| (multiline(value), id.clone()))
                .into_iter()
                .collect()
        }
        From::Column(column) => {
            let column = column.sub_ids();
            let cells = view.below(column).filter_map(|(index, value)| {
                let oid: Vec<u32> = column.iter().chain(index).copied().collect();
                Some((multiline(value), view.source(&oid)?.clone()))
            });
            cells.collect()
        }
        From::Command(command) => {
            let ran = view
                .exec(command, false)
                .or_else(|| view.exec(command, true));
            ran.filter(|(output, _)| output.status.unwrap_or(0) == 0)
                .map(|(output, id)| (output.stdout.to_owned(), id.clone()))
                .into_iter()
                .collect()
        }
    }
}

/// Captures by name, mapped; nothing where the pattern or a map does not know the text.
fn captures(read: &Read, text: &str, view: &View<'_>) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    found.insert("value".to_owned(), text.trim().to_owned());
    if let Some(pattern) = &read.pattern {
        let captures = pattern.captures(text)?;
        for name in pattern.names() {
            if let Some(group) = captures.name(name) {
                found.insert(name.clone(), group.as_str().trim().to_owned());
            }
        }
    }
    for (name, oid) in &read.with {
        let value = view.value(oid.sub_ids())?;
        found.insert(name.clone(), multiline(value));
    }
    for (name, map) in &read.map {
        let value = found.get(name)?;
        let mapped = map.get(value).or_else(|| map.get("*"))?.clone();
        found.insert(name.clone(), mapped);
    }
    Some(found)
}

/// Names in braces.
pub(super) fn placeholders(template: &str) -> Vec<&str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

/// The template with captures in it; nothing where one is missing or the result says nothing.
fn fill(template: &str, captures: &BTreeMap<String, String>) -> Option<String> {
    let mut text = template.to_owned();
    for name in placeholders(template) {
        let value = captures.get(name).filter(|value| !value.is_empty())?;
        text = text.replace(&format!("{{{name}}}"), value);
    }
    let text = super::text::line(text.as_bytes());
    meaningful(text.chars().take(LONGEST_VALUE).collect())
}

fn typed(text: String, kind: FactType) -> Option<Value> {
    match kind {
        FactType::Integer => text.parse::<i64>().ok().map(Value::from),
        FactType::Boolean => text.parse::<bool>().ok().map(Value::from),
        _ => Some(Value::String(text)),
    }
}
