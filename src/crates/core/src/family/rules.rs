//! Runs a family's read rules.
use super::draft::Pen;
use super::fill::{Captures, Filled, fill, fill_as_told, fill_list, filled};
use super::format::{Family, From, Read, Rows};
use super::text::{Sourced, Texts, multiline};
use super::view::{Output, View};
use crate::model::{Confidence, EvidenceId, FactPath, FactType, UnreadReason};
use arpenteur_wire::snmp::Oid;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most items that rules add to one list.
const MOST_ITEMS: usize = 20_000;
/// Fields that makers fill with nothing (`To be filled by O.E.M.`), whatever tells of them.
const MAKERS_FIELDS: [&str; 3] = ["mfg_name", "model_name", "serial_num"];

/// A list that rules fill.
#[derive(Default)]
struct List {
    /// Items by their key.
    items: BTreeMap<String, Value>,
    evidence: Vec<EvidenceId>,
    /// What was told of the items that have a number alone.
    told: BTreeSet<String>,
}

type Lists<'f> = BTreeMap<&'f FactPath, List>;

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
    let mut lists = Lists::new();
    let speaks = |read: &&Read| {
        let shown = |root: &Oid| view.below(root.sub_ids()).next().is_some();
        read.has.is_empty() || read.has.iter().any(shown)
    };
    for read in family.reads.iter().filter(speaks) {
        match &read.rows {
            Some(rows) => items(read, rows, view, &mut lists, pen),
            None => plain(read, view, texts, pen, spoken),
        }
    }
    for (path, list) in lists {
        let items = list.items.into_values().collect();
        // What a standard's reader gives is certain, and beats it.
        pen.offer(
            path,
            Value::Array(items),
            Confidence::Likely,
            &list.evidence,
        );
    }
    let (confidence, evidence) = recognised;
    for (path, value) in &family.set {
        if spoken.insert(path.clone()) {
            pen.offer(path, value.clone(), confidence, evidence);
        }
    }
}

/// Sets plain values by the first source text that gives any.
fn plain(
    read: &Read,
    view: &View<'_>,
    texts: &Texts,
    pen: &mut Pen<'_>,
    spoken: &mut BTreeSet<FactPath>,
) {
    for (captures, id) in sources(read, view, texts) {
        let Some(captures) = captured(read, captures, view) else {
            continue;
        };
        let mut gave = false;
        for (path, kind, template) in &read.set {
            let text = match filled(template, &captures) {
                Some(Filled::Value(text)) => text,
                Some(Filled::Placeholder(text)) => {
                    pen.placeholder(path, text, std::slice::from_ref(&id));
                    continue;
                }
                None => continue,
            };
            if let Some(value) = typed(text, *kind) {
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

/// Adds an item for every row; a row whose key is not told is left out, and of two rows with
/// one key the later completes the earlier. Where nothing tells the key, items that differ are
/// counted, and the first command that tells any has the word.
fn items<'f>(
    read: &'f Read,
    rows: &'f Rows,
    view: &View<'_>,
    lists: &mut Lists<'f>,
    pen: &mut Pen<'_>,
) {
    if let From::Tabular(command, _) = &read.from
        && let Some((output, id)) = output(view, command)
        && output.truncated
    {
        // A list that lacks items would say that they are not there.
        pen.complain(format!(
            "the output of `{command}` was cut: no rows are read"
        ));
        pen.unread(&rows.path.to_string(), UnreadReason::ParseFailed, &[id]);
        return;
    }
    let no_texts = Texts::none();
    let counted = !rows.fields.iter().any(|(field, ..)| *field == rows.key);
    for (captures, id) in sources(read, view, &no_texts) {
        let Some(captures) = captured(read, captures, view) else {
            continue;
        };
        let text = |field: &str, template: &str| match read.from {
            From::Tabular(..) if !MAKERS_FIELDS.contains(&field) => {
                fill_as_told(template, &captures)
            }
            _ => fill(template, &captures),
        };
        let mut item = Map::new();
        for (field, kind, template) in &rows.fields {
            let value = match kind {
                FactType::List => Some(fill_list(template, &captures)),
                kind => text(field, template).and_then(|text| typed(text, *kind)),
            };
            if let Some(value) = value {
                item.insert(field.clone(), value);
            }
        }
        let told = item.get(&rows.key).and_then(Value::as_str);
        let mut key = told.map(str::to_owned).unwrap_or_default();
        if key.is_empty() && (!counted || item.is_empty()) {
            continue;
        }
        let list = lists.entry(&rows.path).or_default();
        if counted {
            let foreign = list.evidence.iter().any(|known| *known != id);
            if foreign || !list.told.insert(format!("{item:?}")) {
                continue;
            }
            let number = list.items.len() + 1;
            item.insert(rows.key.clone(), Value::from(number));
            key = format!("{number:06}");
        }
        if list.items.len() >= MOST_ITEMS && !list.items.contains_key(&key) {
            return;
        }
        if !list.evidence.contains(&id) {
            list.evidence.push(id);
        }
        match list
            .items
            .entry(key)
            .or_insert_with(|| Value::Object(Map::new()))
        {
            Value::Object(known) => {
                for (field, value) in item {
                    known.entry(field).or_insert(value);
                }
            }
            other => *other = Value::Object(item),
        }
    }
}

fn value_of(text: String) -> Captures {
    Captures::from([("value".to_owned(), vec![text])])
}

/// The source's texts, each as captures: `value`, or a row's cells by name.
fn sources(read: &Read, view: &View<'_>, texts: &Texts) -> Vec<(Captures, EvidenceId)> {
    match &read.from {
        From::Text(source) => {
            let texts: &[Sourced] = texts.get(*source);
            texts
                .iter()
                .map(|(text, id)| (value_of(text.clone()), id.clone()))
                .collect()
        }
        From::Scalar(oid) => {
            let oid = oid.sub_ids();
            let found = view.value(oid).zip(view.source(oid));
            found
                .map(|(value, id)| (value_of(multiline(value)), id.clone()))
                .into_iter()
                .collect()
        }
        From::Column(column) => {
            let column = column.sub_ids();
            let cells = view.below(column).filter_map(|(index, value)| {
                let oid: Vec<u32> = column.iter().chain(index).copied().collect();
                Some((value_of(multiline(value)), view.source(&oid)?.clone()))
            });
            cells.collect()
        }
        From::Table(table) => {
            let Some(id) = view.evidence(table.sub_ids()).first().cloned() else {
                return Vec::new();
            };
            let rows = super::readers::table::rows(view, table.sub_ids());
            let row = |(index, row): (Vec<u32>, super::readers::table::Row<'_>)| {
                let mut captures: Captures = row
                    .cells()
                    .map(|(column, value)| (format!("c{column}"), vec![multiline(value)]))
                    .collect();
                let index: Vec<String> = index.iter().map(ToString::to_string).collect();
                captures.insert("index".to_owned(), vec![index.join(".")]);
                (captures, id.clone())
            };
            rows.into_iter().map(row).collect()
        }
        From::Command(command) => output(view, command)
            .map(|(output, id)| (value_of(whole_lines(&output).to_owned()), id))
            .into_iter()
            .collect(),
        From::Tabular(command, template) => {
            let Some((output, id)) = output(view, command) else {
                return Vec::new();
            };
            let rows = template.rows(output.stdout).into_iter();
            rows.map(|row| (row, id.clone())).collect()
        }
    }
}

/// The output of a command that went well, as we are or else as root.
fn output<'a>(view: &View<'a>, command: &str) -> Option<(Output<'a>, EvidenceId)> {
    let ran = view
        .exec(command, false)
        .or_else(|| view.exec(command, true))?;
    let (output, id) = ran;
    (output.status.unwrap_or(0) == 0).then(|| (output, id.clone()))
}

/// What a command said, without the line in which it was cut: half a serial number is none.
fn whole_lines<'a>(output: &Output<'a>) -> &'a str {
    if !output.truncated {
        return output.stdout;
    }
    output
        .stdout
        .rsplit_once('\n')
        .map_or("", |(whole, _)| whole)
}

/// Captures with those of the pattern and of further objects, mapped; nothing where the
/// pattern or a map does not know the text.
fn captured(read: &Read, mut found: Captures, view: &View<'_>) -> Option<Captures> {
    if let Some(pattern) = &read.pattern {
        let text = found.get("value")?.first()?.clone();
        for (name, group) in pattern.captures(&text)? {
            found.insert(name.to_owned(), vec![group.trim().to_owned()]);
        }
    }
    for (name, oid) in &read.with {
        let value = view.value(oid.sub_ids())?;
        found.insert(name.clone(), vec![multiline(value)]);
    }
    for (name, map) in &read.map {
        let value = found.get(name)?.first().cloned().unwrap_or_default();
        let mapped = map.get(value.trim()).or_else(|| map.get("*"))?.clone();
        found.insert(name.clone(), vec![mapped]);
    }
    Some(found)
}

fn typed(text: String, kind: FactType) -> Option<Value> {
    match kind {
        FactType::Integer => text.replace(',', "").parse::<i64>().ok().map(Value::from),
        FactType::Boolean => text.parse::<bool>().ok().map(Value::from),
        _ => Some(Value::String(text)),
    }
}
