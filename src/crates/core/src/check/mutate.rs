//! Breaks every stable check in every way that matters: each time one of its own tests must
//! notice, or the loader must refuse.
use serde_json::{Value as Json, json};

use super::{Catalogue, Check, RawParser, Status, TestResult};
use crate::data::{Diagnostics, Limits, Source};

/// What mutation of a catalogue showed.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Mutation {
    /// Mutants made.
    pub made: usize,
    /// Those that no test of their check noticed: check id, and what was changed.
    pub survivors: Vec<(String, String)>,
}

/// Breaks the stable checks of a catalogue that are `wanted`, one at a time. `files` are those
/// that it was loaded from, a user's own first.
///
/// # Errors
/// Files that cannot be read.
pub fn mutate(
    catalogue: &Catalogue,
    files: &[(String, Vec<u8>)],
    wanted: &dyn Fn(&Check) -> bool,
    raw: &RawParser<'_>,
) -> Result<Mutation, Diagnostics> {
    let mut mutation = Mutation::default();
    for check in catalogue.checks() {
        if check.status != Status::Stable || !wanted(check) {
            continue;
        }
        let file = files.iter().find(|(path, _)| *path == check.file);
        let Some((path, bytes)) = file else { continue };
        let tree: Json = Source::new(path, bytes, Limits::default())?.parse()?;
        for (change, mutant) in mutants(&tree) {
            mutation.made += 1;
            if !noticed(path, &mutant, raw) {
                mutation.survivors.push((check.id.clone(), change));
            }
        }
    }
    Ok(mutation)
}

/// Whether the loader refuses the mutant or one of its own tests fails.
fn noticed(path: &str, mutant: &Json, raw: &RawParser<'_>) -> bool {
    // JSON is YAML.
    let bytes = serde_json::to_vec(mutant).unwrap_or_default();
    match Catalogue::load(&[(path.to_owned(), bytes)]) {
        Ok(catalogue) => catalogue
            .test(raw)
            .iter()
            .any(|TestResult { failure, .. }| failure.is_some()),
        Err(_) => true,
    }
}

/// Every change of one check, with its name.
fn mutants(check: &Json) -> Vec<(String, Json)> {
    let mut mutants = pass(check);
    mutants.extend(applies(check));
    mutants.extend(filter(check));
    mutants.extend(unread(check));
    mutants.extend(absent_rules(check));
    mutants.extend(facts(check));
    mutants
}

fn text<'c>(check: &'c Json, key: &str) -> Option<&'c str> {
    check.get(key).and_then(Json::as_str)
}

fn with(check: &Json, key: &str, value: Json) -> Json {
    let mut mutant = check.clone();
    if let Some(object) = mutant.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
    mutant
}

/// The verdict turned round, and fixed either way. Facts stay in use, so that it loads.
fn pass(check: &Json) -> Vec<(String, Json)> {
    let pass = text(check, "pass").unwrap_or_default();
    let change = |name: &str, text: String| (name.to_owned(), with(check, "pass", json!(text)));
    vec![
        change("pass negated", format!("({pass}) == false")),
        change("pass always true", format!("({pass}) || true")),
        change("pass always false", format!("({pass}) && false")),
    ]
}

/// `applies` dropped as a whole and part by part.
fn applies(check: &Json) -> Vec<(String, Json)> {
    let applies = text(check, "applies").unwrap_or_default();
    if applies == "true" {
        return Vec::new();
    }
    let dropped = with(check, "applies", json!(format!("({applies}) || true")));
    let mut mutants = vec![("applies dropped".to_owned(), dropped)];
    for (index, _) in applies.match_indices(" && ") {
        let (before, after) = applies.split_at(index);
        let after = after.trim_start_matches(" && ");
        let text = format!("({before} || true) && ({after})");
        mutants.push((
            format!("applies without `{before}`"),
            with(check, "applies", json!(text)),
        ));
    }
    mutants
}

fn filter(check: &Json) -> Option<(String, Json)> {
    let filter = text(check, "where")?;
    let dropped = with(check, "where", json!(format!("({filter}) || true")));
    Some(("where dropped".to_owned(), dropped))
}

/// The fact paths of the check's list.
fn listed(check: &Json) -> impl Iterator<Item = &str> {
    let facts = check.get("facts").and_then(Json::as_array);
    facts.into_iter().flatten().filter_map(Json::as_str)
}

/// Each listed fact unread in every test.
fn unread(check: &Json) -> Vec<(String, Json)> {
    let change = |fact: &str| {
        let mut mutant = check.clone();
        let tests = mutant.get_mut("tests").and_then(Json::as_array_mut);
        for test in tests.into_iter().flatten() {
            let Some(test) = test.as_object_mut() else {
                continue;
            };
            let unread = test.entry("unread").or_insert(json!({}));
            if let Some(unread) = unread.as_object_mut() {
                unread.insert(fact.to_owned(), json!("timeout"));
            }
        }
        (format!("`{fact}` unread"), mutant)
    };
    listed(check).map(change).collect()
}

/// Each listed fact taken out of the list: the loader must refuse.
fn facts(check: &Json) -> Vec<(String, Json)> {
    let change = |fact: &str| {
        let rest: Vec<&str> = listed(check).filter(|other| *other != fact).collect();
        (
            format!("`{fact}` not listed"),
            with(check, "facts", json!(rest)),
        )
    };
    listed(check).map(change).collect()
}

/// What absence means, turned round.
fn absent_rules(check: &Json) -> Vec<(String, Json)> {
    let rules = check.get("absent").and_then(Json::as_object);
    let rules = rules.into_iter().flatten();
    rules
        .filter(|(_, rule)| *rule != "evaluate")
        .map(|(fact, rule)| {
            let other = if rule == "fail" { "pass" } else { "fail" };
            let mut mutant = check.clone();
            if let Some(absent) = mutant.get_mut("absent").and_then(Json::as_object_mut) {
                absent.insert(fact.clone(), json!(other));
            }
            (format!("`{fact}` absent: {other} for {rule}"), mutant)
        })
        .collect()
}
