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
use std::path::{Path, PathBuf};

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

/// A copy of the demo company, judged, and the folder around it.
fn judged_demo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    copy(&original, &demo);
    arpenteur(&["audit", demo.to_str().unwrap(), "--quiet"], &[]);
    (folder, demo)
}

#[test]
fn the_demo_keeps_the_schemas_and_is_written_twice_alike() {
    let (folder, demo) = judged_demo();
    let dir = demo.to_str().unwrap();
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

/// CycloneDX 1.6 refers to two other schemas by file name.
fn cyclonedx() -> Validator {
    let read = |file: &str| -> Value {
        let path = corpus().join("schemas/cyclonedx").join(file);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let mut registry = jsonschema::Registry::new();
    for file in ["jsf-0.82.schema.json", "spdx.schema.json"] {
        let schema = read(file);
        let id = format!("http://cyclonedx.org/schema/{file}");
        registry = registry.add(id, schema).unwrap();
    }
    let registry = registry.prepare().unwrap();
    jsonschema::options()
        .with_registry(&registry)
        .build(&read("bom-1.6.schema.json"))
        .unwrap()
}

fn glpi() -> Validator {
    schema("glpi/inventory.schema.json")
}

/// What the compiled list of OCSF's attributes says of an object: required ones are there, names
/// are known, kinds and enumerations are kept. There is no JSON Schema of it.
fn ocsf(list: &Value, attributes: &Value, object: &Value, at: &str, wrong: &mut Vec<String>) {
    let members = object.as_object().unwrap();
    for (name, attribute) in attributes.as_object().unwrap() {
        if attribute["requirement"] == "required" && !members.contains_key(name) {
            wrong.push(format!("{at}.{name} is missing"));
        }
    }
    for (name, value) in members {
        let attribute = &attributes[name];
        let Some(kind) = attribute["type"].as_str() else {
            wrong.push(format!("{at}.{name} is not known"));
            continue;
        };
        let items = match (attribute["is_array"] == true, value) {
            (true, Value::Array(items)) => items.iter().collect(),
            (true, _) | (false, Value::Array(_)) => {
                wrong.push(format!("{at}.{name}: array or not"));
                continue;
            }
            (false, one) => vec![one],
        };
        for item in items {
            let fits = match kind {
                "integer_t" | "long_t" | "timestamp_t" => item.is_i64() || item.is_u64(),
                "boolean_t" => item.is_boolean(),
                "float_t" => item.is_number(),
                kind if kind.ends_with("_t") => item.is_string(),
                _ => item.is_object(),
            };
            // Of these two the list has the base class's enumeration; the class states its own.
            let of_class = matches!(name.as_str(), "category_uid" | "class_uid") && at == "event";
            if of_class && *item != list["class"][name] {
                wrong.push(format!("{at}.{name}: {item}"));
            }
            let allowed = attribute["enum"].as_array().filter(|_| !of_class);
            let listed = |value: &Value| {
                let text = value.to_string();
                allowed.is_none_or(|allowed| {
                    allowed
                        .iter()
                        .any(|one| one == value || one.as_str() == Some(text.as_str()))
                })
            };
            if !fits || !listed(item) {
                wrong.push(format!("{at}.{name}: {item} is no {kind} of the list"));
            }
            if let (true, Some(below)) = (item.is_object(), list["objects"].get(kind)) {
                ocsf(list, below, item, &format!("{at}.{name}"), wrong);
            }
        }
    }
}

#[path = "../../src/crates/core/tests/report/estates.rs"]
mod estates;

#[track_caller]
fn check_inventory_formats(estate: &export::Estate) {
    let mapping = export::Mapping::default();
    let (glpi, cyclonedx) = (glpi(), cyclonedx());
    for message in export::glpi(estate, &mapping, Some("tag")) {
        valid(&glpi, &message.body.to_string());
    }
    let bom = export::cyclonedx(estate, &mapping);
    valid(&cyclonedx, &String::from_utf8(bom.bytes).unwrap());
    let path = corpus().join("schemas/ocsf/inventory_info.compiled.json");
    let list: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let events = String::from_utf8(export::ocsf(estate, &mapping).bytes).unwrap();
    for line in events.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let mut wrong = Vec::new();
        ocsf(
            &list,
            &list["class"]["attributes"],
            &event,
            "event",
            &mut wrong,
        );
        assert!(wrong.is_empty(), "{}\n{event:#}", wrong.join("\n"));
    }
}

fn classes() -> arpenteur_core::model::class::ClassTable {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(root.join("models/classes.yaml")).unwrap();
    arpenteur_core::model::class::ClassTable::load("models/classes.yaml", &bytes).unwrap()
}

#[test]
fn every_class_of_device_with_hostile_texts_keeps_the_inventory_schemas() {
    check_inventory_formats(&estates::estate(&classes(), &estates::nasty()));
    check_inventory_formats(&estates::estate(&classes(), &["sw".to_owned()]));
}

/// Schemas and list that accept everything would make the test above worthless.
#[test]
fn the_inventory_schemas_refuse_what_is_wrong() {
    let estate = estates::estate(&classes(), &["sw".to_owned()]);
    let mapping = export::Mapping::default();
    let networking = export::glpi(&estate, &mapping, None)
        .into_iter()
        .find(|message| message.body["content"]["network_device"]["type"] == "Networking");
    let mut body = networking.unwrap().body;
    assert!(glpi().is_valid(&body));
    body["content"]["network_ports"][0]["ifstatus"] = "up".into();
    assert!(!glpi().is_valid(&body));
    let bom = export::cyclonedx(&estate, &mapping);
    let mut bom: Value = serde_json::from_slice(&bom.bytes).unwrap();
    bom["components"][0]["type"] = "gadget".into();
    assert!(!cyclonedx().is_valid(&bom));
}

#[test]
fn the_demos_inventory_keeps_the_schemas() {
    let (folder, demo) = judged_demo();
    let dir = demo.to_str().unwrap();
    let out = folder.path().join("out");
    for to in ["glpi", "cyclonedx"] {
        arpenteur(
            &["export", dir, "--to", to, "--out", out.to_str().unwrap()],
            &[],
        );
    }
    let (glpi, cyclonedx) = (glpi(), cyclonedx());
    let mut messages = 0;
    for entry in std::fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("\"bomFormat\"") {
            valid(&cyclonedx, &text);
        } else {
            valid(&glpi, &text);
            messages += 1;
        }
    }
    assert!(messages > 20, "{messages}");
}
