//! What is wrong in a family file is refused where it stands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use arpenteur_core::family::{Ask, Families};
use arpenteur_core::model::class::ClassTable;
use std::fs;
use std::path::Path;

const GOOD: &str = "\
version: 1
id: acme/switch
title: Acme switch
basis: documentation
recognise:
  - {sys_object_id: 1.3.6.1.4.1.99999.1, weight: 80}
  - {in: sys_descr, matches: '^Acme', weight: 20}
ask:
  - {get: [1.3.6.1.4.1.99999.2.1.0]}
read:
  - in: sys_descr
    pattern: '^Acme (?P<model>[A-Z0-9]+) v(?P<version>[0-9.]+)'
    set: {hardware.model_name: '{model}', os.version: '{version}'}
set:
  device.class: switch
examples:
  - title: an access switch
    evidence: {sys_descr: Acme S24 v1.2, sys_object_id: 1.3.6.1.4.1.99999.1.7}
    expect: {device.class: switch, hardware.model_name: S24, os.version: '1.2'}
";

fn classes() -> ClassTable {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/classes.yaml");
    ClassTable::load("models/classes.yaml", &fs::read(path).unwrap()).unwrap()
}

fn load(text: &str) -> Result<Families, String> {
    let file = (
        "families/acme/switch.yaml".to_owned(),
        text.as_bytes().to_vec(),
    );
    Families::load(&[file], &classes()).map_err(|errors| errors.to_string())
}

#[test]
fn a_good_file_is_read_and_tested() {
    let families = load(GOOD).unwrap();
    assert_eq!(families.test(&classes()), []);
    let known = families.explain("acme/switch").unwrap();
    assert_eq!(
        known.facts,
        ["device.class", "hardware.model_name", "os.version"]
    );
    assert_eq!(known.ask, ["snmp get 1.3.6.1.4.1.99999.2.1.0"]);
    assert!(
        families.asks(&[]).is_empty(),
        "nobody is asked before a login worked"
    );
    let changed = load(&GOOD.replace("weight: 20", "weight: 30")).unwrap();
    assert_ne!(families.sha256(), changed.sha256());
}

#[test]
fn an_example_that_does_not_hold_is_told() {
    let families = load(&GOOD.replace("model_name: S24", "model_name: S48")).unwrap();
    let failures = families.test(&classes());
    assert_eq!(failures.len(), 1);
    assert!(
        failures[0]
            .message
            .contains("expected \"S48\", found \"S24\""),
        "{}",
        failures[0]
    );
}

#[test]
fn mistakes_are_shown_with_their_place_and_a_way_out() {
    let cases = [
        (
            "os.version: '{version}'}",
            "os.versoin: '{version}'}",
            "13:",
            "did you mean `os.version`?",
        ),
        (
            "'{version}'}",
            "'{release}'}",
            "13:",
            "nothing is captured as `release`",
        ),
        (
            "device.class: switch\nex",
            "device.class: swich\nex",
            "15:",
            "did you mean `switch`?",
        ),
        (
            "device.class: switch\nex",
            "device.class: 7\nex",
            "15:",
            "another type of value",
        ),
        (
            "device.class: switch\nex",
            "interfaces: x\nex",
            "15:",
            "not one plain value",
        ),
        ("'^Acme', weight", "'^Ac(me', weight", "7:", "not a pattern"),
        ("weight: 80", "weight: 0", "6:", "a weight is from"),
        (
            "weight: 80}",
            "weight: 80, has: 1.3.6.1}",
            "6:",
            "exactly one condition",
        ),
        ("99999.1, w", "9999x.1, w", "6:", "9999x"),
        ("id: acme/switch", "id: acme/router", "2:", "name the file"),
        (
            "in: sys_descr, m",
            "in: sys_desc, m",
            "7:",
            "did you mean `sys_descr`?",
        ),
        (
            "{get: [1.3.6.1.4.1.99999.2.1.0]}",
            "{sudo: true}",
            "9:",
            "not one question",
        ),
        (
            "basis: documentation",
            "basis: documentation\nextends: acme/base",
            "acme/switch.yaml:",
            "no family `acme/base`",
        ),
    ];
    for (good, bad, place, message) in cases {
        assert!(GOOD.contains(good), "{good}");
        let error = load(&GOOD.replace(good, bad)).unwrap_err();
        assert!(
            error.contains(place) && error.contains(message),
            "{bad}\n{error}"
        );
    }
}

#[test]
fn a_family_without_an_example_is_refused() {
    let (head, _) = GOOD.split_once("examples:").unwrap();
    let error = load(&format!("{head}examples: []\n")).unwrap_err();
    assert!(error.contains("missing key `examples`"), "{error}");
    assert!(load(head).unwrap_err().contains("missing key `examples`"));
}

#[test]
fn a_later_file_of_the_same_id_takes_the_place_of_the_first() {
    let first = (
        "families/acme/switch.yaml".to_owned(),
        GOOD.as_bytes().to_vec(),
    );
    let text = GOOD.replace("title: Acme switch", "title: Ours");
    let second = ("own/acme/switch.yaml".to_owned(), text.into_bytes());
    let families = Families::load(&[first, second], &classes()).unwrap();
    let titles: Vec<_> = families
        .list()
        .into_iter()
        .map(|family| family.title)
        .collect();
    assert_eq!(titles, ["Ours"]);
}

#[test]
fn hidden_command_lines_are_never_asked_for() {
    // hrSWRunParameters and its table lie below hrSWRun (HOST-RESOURCES-MIB).
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../families");
    let folders = |path: &Path| -> Vec<_> {
        fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    let files: Vec<_> = folders(&root)
        .iter()
        .flat_map(|vendor| folders(vendor))
        .map(|path| {
            (
                path.to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect();
    let families = Families::load(&files, &classes()).unwrap();
    let exchange: arpenteur_core::model::Exchange = serde_json::from_value(serde_json::json!({
        "target": {"site": "s", "locator": "192.0.2.1"},
        "question": {"ask": "snmp_get", "version": "v2c", "credential": "ro", "oids": []},
        "answer": {"got": "snmp", "varbinds": [], "end": "complete"},
    }))
    .unwrap();
    let asks = families.asks(&[exchange]);
    assert!(asks.len() > 10);
    let hidden = [1, 3, 6, 1, 2, 1, 25, 4];
    for ask in asks {
        let roots = match ask {
            Ask::SnmpGet(oids) => oids,
            Ask::SnmpWalk(root) => vec![root],
            Ask::SnmpNext(roots) => roots,
            Ask::SshExec { .. } | Ask::SshShell(_) => Vec::new(),
        };
        for root in roots {
            let root = root.sub_ids();
            assert!(
                !root.starts_with(&hidden) && !hidden.starts_with(root),
                "{root:?}"
            );
        }
    }
}

/// A device that shows nothing but a private subtree is asked for it, and known by it.
#[test]
fn a_sign_is_asked_for_before_any_family_has_a_claim() {
    let hidden = GOOD
        .replace("  - {sys_object_id: 1.3.6.1.4.1.99999.1, weight: 80}\n", "")
        .replace(
            "{in: sys_descr, matches: '^Acme', weight: 20}",
            "{has: 1.3.6.1.4.1.99999.7, weight: 80}",
        );
    let families = load(&hidden).unwrap();
    let exchange = |question: serde_json::Value, varbinds: serde_json::Value| {
        serde_json::from_value::<arpenteur_core::model::Exchange>(serde_json::json!({
            "target": {"site": "s", "locator": "192.0.2.1"},
            "question": question,
            "answer": {"got": "snmp", "varbinds": varbinds, "end": "complete"},
        }))
        .unwrap()
    };
    let get = serde_json::json!({"ask": "snmp_get", "version": "v2c", "credential": "ro", "oids": ["1.3.6.1.2.1.1.2.0"]});
    let toolkit = serde_json::json!([{"oid": "1.3.6.1.2.1.1.2.0", "value": {"type": "object_identifier", "value": "1.3.6.1.4.1.8072.3.2.10"}}]);
    let first = exchange(get, toolkit);
    let root: arpenteur_wire::snmp::Oid = "1.3.6.1.4.1.99999.7".parse().unwrap();
    let asked = families.asks(std::slice::from_ref(&first));
    assert!(asked.contains(&Ask::SnmpNext(vec![root])), "{asked:?}");
    let next = serde_json::json!({"ask": "snmp_next", "version": "v2c", "credential": "ro", "roots": ["1.3.6.1.4.1.99999.7"]});
    let shown = serde_json::json!([{"oid": "1.3.6.1.4.1.99999.7.1.0", "value": {"type": "integer", "value": 1}}]);
    let target = first.target.clone();
    let seen = families.observe(&target, &[first, exchange(next, shown)], &classes());
    assert_eq!(seen.families, [("acme/switch".to_owned(), 80)]);
}
