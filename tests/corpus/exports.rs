//! Exports against their published schemas, in the folder `schemas/` of the corpus: SARIF 2.1.0
//! (OASIS) and OSCAL 1.1.3 (NIST). JUnit has no published schema and is looked at in the tests of
//! the core alone. Formats (`date-time`, `uri`) are annotations here, and not validated.
use crate::support::{arpenteur, corpus};
use arpenteur_core::data::sha256_hex;
use arpenteur_core::export;
use arpenteur_core::model::{Language, RunResults};
use arpenteur_core::report::Messages;
use jsonschema::Validator;
use serde_json::Value;
use std::path::Path;

#[path = "../../src/crates/core/tests/report/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the core")]
mod fixture;

fn schema(file: &str) -> Validator {
    let text = std::fs::read_to_string(corpus().join("schemas").join(file)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn sarif() -> Validator {
    schema("sarif/sarif-schema-2.1.0.json")
}

fn oscal() -> Validator {
    schema("oscal/oscal_complete_schema-1.1.3.json")
}

fn words(language: Language) -> Messages {
    let path = format!("i18n/{}.ftl", language.code());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read(root.join("templates").join(&path)).unwrap();
    Messages::of_files(&[(path, text)], language).unwrap()
}

#[track_caller]
fn valid(schema: &Validator, text: &str) {
    let document: Value = serde_json::from_str(text).unwrap();
    let errors = schema.iter_errors(&document).take(10);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error:.300}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// A schema that accepts everything would make the tests below worthless.
#[test]
fn the_schemas_refuse_what_is_wrong() {
    let results = fixture::full(20);
    let words = words(Language::En);
    let mut document: Value = serde_json::from_str(&export::sarif(&results, &words)).unwrap();
    document["runs"][0]["results"][0]["kind"] = "failed".into();
    assert!(!sarif().is_valid(&document));
    let mut document: Value = serde_json::from_str(&export::oscal(&results, &words)).unwrap();
    document["assessment-results"]["results"][0]["observations"][0]["uuid"] = "x".into();
    assert!(!oscal().is_valid(&document));
}

#[test]
fn every_kind_of_verdict_and_hostile_names_keep_the_schemas() {
    let (sarif, oscal) = (sarif(), oscal());
    let all: [RunResults; 2] = [fixture::full(40), fixture::empty()];
    for results in &all {
        for language in Language::ALL {
            let words = words(language);
            valid(&sarif, &export::sarif(results, &words));
            valid(&oscal, &export::oscal(results, &words));
        }
    }
}

#[test]
fn the_demo_keeps_the_schemas_and_is_written_twice_alike() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo"),
        &demo,
    );
    let dir = demo.to_str().unwrap();
    arpenteur(&["audit", dir, "--quiet"], &[]);
    let mut hashes = Vec::new();
    for out in ["a", "b"] {
        let out = folder.path().join(out);
        for to in ["sarif", "oscal"] {
            let arguments = ["export", dir, "--to", to, "--out", out.to_str().unwrap()];
            arpenteur(&arguments, &[]);
        }
        let text = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
        let (log, results) = (text("findings.sarif"), text("assessment-results.json"));
        valid(&sarif(), &log);
        valid(&oscal(), &results);
        hashes.push((sha256_hex(log.as_bytes()), sha256_hex(results.as_bytes())));
    }
    assert_eq!(hashes[0], hashes[1]);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() && entry.file_name() != "runs" {
            copy(&path, &target);
        } else if path.is_file() {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
