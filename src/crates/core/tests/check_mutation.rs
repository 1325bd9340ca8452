//! Breaks every stable check in every way that matters: each time one of its own tests must
//! notice, or the loader must refuse.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed"
)]
#[path = "check_files/mod.rs"]
mod check_files;

use arpenteur_core::check::Catalogue;
use check_files::{files, read_raw};
use serde_json::{Value, json};

/// Whether a check's own tests notice that it was changed.
enum Noticed {
    Refused,
    ByTests,
    No,
}

fn load(path: &str, check: &Value) -> Result<Catalogue, String> {
    // JSON is YAML.
    let bytes = serde_json::to_vec(check).unwrap();
    Catalogue::load(&[(path.to_owned(), bytes)]).map_err(|errors| errors.to_string())
}

fn noticed(path: &str, mutant: &Value) -> Noticed {
    let Ok(catalogue) = load(path, mutant) else {
        return Noticed::Refused;
    };
    let results = catalogue.test(&read_raw);
    assert!(!results.is_empty());
    if results.iter().any(|result| result.failure.is_some()) {
        Noticed::ByTests
    } else {
        Noticed::No
    }
}

fn changed(check: &Value, key: &str, value: Value) -> Value {
    let mut mutant = check.clone();
    mutant[key] = value;
    mutant
}

/// Mutants that load: facts stay in use, so that only the verdict changes.
fn expressions(check: &Value) -> Vec<(String, Value)> {
    let mut mutants = Vec::new();
    let pass = check["pass"].as_str().unwrap();
    for (name, text) in [
        ("pass negated", format!("!({pass})")),
        ("pass true", format!("({pass}) || true")),
        ("pass false", format!("({pass}) && false")),
    ] {
        mutants.push((name.to_owned(), changed(check, "pass", json!(text))));
    }
    let applies = check["applies"].as_str().unwrap();
    if applies != "true" {
        let text = format!("({applies}) || true");
        mutants.push((
            "applies dropped".to_owned(),
            changed(check, "applies", json!(text)),
        ));
        for (index, _) in applies.match_indices(" && ") {
            let (before, after) = applies.split_at(index);
            let after = after.trim_start_matches(" && ");
            let text = format!("({before} || true) && ({after})");
            mutants.push((
                format!("applies without `{before}`"),
                changed(check, "applies", json!(text)),
            ));
        }
    }
    if let Some(filter) = check.get("where").and_then(Value::as_str) {
        let text = format!("({filter}) || true");
        mutants.push((
            "where dropped".to_owned(),
            changed(check, "where", json!(text)),
        ));
    }
    mutants
}

/// Each listed fact unread in every test.
fn unread(check: &Value) -> Vec<(String, Value)> {
    let facts = check["facts"].as_array().unwrap();
    facts
        .iter()
        .map(|fact| {
            let fact = fact.as_str().unwrap();
            let mut mutant = check.clone();
            for test in mutant["tests"].as_array_mut().unwrap() {
                let unread = test
                    .as_object_mut()
                    .unwrap()
                    .entry("unread")
                    .or_insert(json!({}));
                unread[fact] = json!("timeout");
            }
            (format!("`{fact}` unread"), mutant)
        })
        .collect()
}

/// Absent rules changed for each other.
fn absent_rules(check: &Value) -> Vec<(String, Value)> {
    let rules = check.get("absent").and_then(Value::as_object);
    let rules = rules.into_iter().flatten();
    rules
        .filter(|(_, rule)| *rule != "evaluate")
        .map(|(fact, rule)| {
            let mut mutant = check.clone();
            let other = if rule == "fail" { "pass" } else { "fail" };
            mutant["absent"][fact] = json!(other);
            (format!("`{fact}` absent: {other} for {rule}"), mutant)
        })
        .collect()
}

#[test]
fn every_mutant_of_a_stable_check_is_noticed_by_its_own_tests() {
    let (mut made, mut survivors) = (0, Vec::new());
    for (path, bytes) in files() {
        let text = std::str::from_utf8(&bytes).unwrap();
        let check: Value = serde_saphyr::from_str(text).unwrap();
        if check["status"] != "stable" {
            continue;
        }
        let whole = load(&path, &check).unwrap_or_else(|errors| panic!("{errors}"));
        let results = whole.test(&read_raw);
        assert!(
            results.iter().all(|result| result.failure.is_none()),
            "{path}: {results:?}"
        );
        let mutants = [expressions(&check), unread(&check), absent_rules(&check)].concat();
        for (name, mutant) in mutants {
            made += 1;
            match noticed(&path, &mutant) {
                Noticed::ByTests => {}
                Noticed::No => survivors.push(format!("{path}: {name}")),
                Noticed::Refused => {
                    panic!(
                        "{path}: {name}: does not load: {}",
                        load(&path, &mutant).err().unwrap_or_default()
                    );
                }
            }
        }
    }
    assert!(
        survivors.is_empty(),
        "{} of {made} survive:\n{}",
        survivors.len(),
        survivors.join("\n")
    );
    assert!(made > 25 * 4, "{made} mutants");
}

#[test]
fn a_fact_taken_out_of_the_list_is_refused_at_load() {
    for (path, bytes) in files() {
        let check: Value = serde_saphyr::from_str(std::str::from_utf8(&bytes).unwrap()).unwrap();
        for index in 0..check["facts"].as_array().unwrap().len() {
            let mut mutant = check.clone();
            let fact = mutant["facts"].as_array_mut().unwrap().remove(index);
            let noticed = noticed(&path, &mutant);
            assert!(matches!(noticed, Noticed::Refused), "{path} without {fact}");
        }
    }
}
