//! File exports of an estate whose devices say what they like. GLPI, CycloneDX and OCSF are held
//! against their schemas in `tests/corpus/exports.rs`, where these are at hand. ServiceNow,
//! Prometheus, Ansible, Zabbix and XLSX have no schema that we may read: what is tested of them
//! is here, and no server of theirs was asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

#[path = "report/estates.rs"]
mod estates;

use arpenteur_core::export::{self, Estate, File, Mapping};
use arpenteur_core::model::Language;
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::report::Messages;
use estates::{estate, nasty};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

const CLASSES: &[u8] = include_bytes!("../../../../models/classes.yaml");

fn classes() -> ClassTable {
    ClassTable::load("models/classes.yaml", CLASSES).unwrap()
}

fn words(language: Language) -> Messages {
    let path = format!("i18n/{}.ftl", language.code());
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../templates");
    let text = std::fs::read(format!("{root}/{path}")).unwrap();
    Messages::of_files(&[(path, text)], language).unwrap()
}

fn json(file: &File) -> Value {
    serde_json::from_slice(&file.bytes).unwrap_or_else(|error| panic!("{}: {error}", file.name))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Every text and key of a document.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => {
            for (key, value) in members {
                found.push(key.clone());
                texts(value, found);
            }
        }
        _ => {}
    }
}

/// Nothing in it commands a terminal or turns the direction of writing.
fn harmless(document: &Value, name: &str) {
    let mut all = Vec::new();
    texts(document, &mut all);
    let bad = |c: char| {
        c.is_control()
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    for text in all {
        assert!(!text.contains(bad), "{name}: {text:?}");
        assert!(
            text.chars().count() <= 2_000,
            "{name}: {} characters",
            text.len()
        );
    }
}

fn check_glpi(estate: &Estate) {
    let messages = export::glpi(estate, &Mapping::default(), None);
    let names: BTreeSet<&str> = messages
        .iter()
        .map(|message| message.file.as_str())
        .collect();
    assert_eq!(names.len(), messages.len(), "a file each");
    for message in &messages {
        harmless(&message.body, &message.file);
        assert_eq!(
            message.body["deviceid"],
            format!("arpenteur-{}", message.device)
        );
        let mut all = Vec::new();
        texts(&message.body, &mut all);
        assert!(!all.iter().any(|key| key == "credentials"));
    }
}

fn check_ansible(estate: &Estate) {
    let file = export::ansible(estate, &Mapping::default());
    let document = json(&file);
    harmless(&document, &file.name);
    let hosts: BTreeSet<&String> = document["_meta"]["hostvars"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    for (group, content) in document.as_object().unwrap() {
        if group == "_meta" {
            continue;
        }
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(
            group.chars().all(word) && !group.starts_with(|c: char| c.is_ascii_digit()),
            "{group}"
        );
        for host in list(&content["hosts"]) {
            assert!(
                hosts.contains(&host.as_str().unwrap().to_owned()),
                "{group}: {host}"
            );
        }
    }
    let text = String::from_utf8(file.bytes).unwrap();
    for template in ["{{", "{%", "{#"] {
        // Empty objects print as `{}`: only a template's own signs count.
        assert!(!text.contains(template), "{template}");
    }
}

fn check_prometheus(estate: &Estate) {
    let file = export::prometheus(estate, &Mapping::default());
    let document = json(&file);
    harmless(&document, &file.name);
    let wanted = |device: &&export::Device| device.snmp && device.address.is_some();
    assert_eq!(
        list(&document).len(),
        estate.devices.iter().filter(wanted).count()
    );
    for group in list(&document) {
        for (label, value) in group["labels"].as_object().unwrap() {
            let word = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(label.chars().all(word) && !label.starts_with("__") && value.is_string());
        }
    }
}

fn check_zabbix(estate: &Estate) {
    let file = export::zabbix(estate, &Mapping::default());
    let document = json(&file);
    harmless(&document, &file.name);
    let export = &document["zabbix_export"];
    let groups: BTreeSet<&str> = list(&export["groups"])
        .iter()
        .map(|group| group["name"].as_str().unwrap())
        .collect();
    for group in list(&export["groups"]) {
        let uuid = group["uuid"].as_str().unwrap();
        assert!(uuid.len() == 32 && &uuid[12..13] == "4", "{uuid}");
    }
    let (mut technical, mut visible) = (BTreeSet::new(), BTreeSet::new());
    for host in list(&export["hosts"]) {
        assert!(technical.insert(host["host"].as_str().unwrap()));
        if let Some(name) = host["name"].as_str() {
            assert!(visible.insert(name.to_lowercase()), "{name}");
            assert!(name.chars().count() <= 128);
        }
        for group in list(&host["groups"]) {
            assert!(groups.contains(group["name"].as_str().unwrap()));
        }
        for interface in list(&host["interfaces"]) {
            let community = &interface["details"]["community"];
            assert!(community.is_null() || community == "{$SNMP_COMMUNITY}");
        }
    }
}

fn check_servicenow(estate: &Estate) {
    let files = export::servicenow(estate, &Mapping::default());
    let mut related = 0;
    for file in files.iter().filter(|file| file.name.ends_with(".json")) {
        let document = json(file);
        harmless(&document, &file.name);
        let items = list(&document["items"]).len();
        for relation in list(&document["relations"]) {
            let end = |key: &str| usize::try_from(relation[key].as_u64().unwrap()).unwrap();
            assert!(end("parent") < items && end("child") < items && end("parent") != end("child"));
            related += 1;
        }
    }
    assert_eq!(related, estate.cables.len());
    let csv = String::from_utf8(files.last().unwrap().bytes.clone()).unwrap();
    let rows = rows(&csv);
    assert_eq!(rows.len(), estate.devices.len() + 1);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        assert!(
            !row.iter()
                .any(|cell| cell.starts_with(['=', '+', '-', '@'])),
            "{row:?}"
        );
    }
}

/// CSV as RFC 4180 says.
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = csv.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => cell.extend(letters.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\r', false) => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(letter),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty());
    rows
}

fn check_cyclonedx(estate: &Estate) {
    let file = export::cyclonedx(estate, &Mapping::default());
    let document = json(&file);
    harmless(&document, &file.name);
    assert_eq!(
        (&document["bomFormat"], &document["specVersion"]),
        (&"CycloneDX".into(), &"1.6".into())
    );
    let mut refs = BTreeSet::new();
    for component in list(&document["components"]) {
        assert!(
            refs.insert(component["bom-ref"].as_str().unwrap()),
            "{component}"
        );
    }
    assert_eq!(refs.len(), estate.devices.len());
}

fn check_ocsf(estate: &Estate) {
    let file = export::ocsf(estate, &Mapping::default());
    let text = String::from_utf8(file.bytes).unwrap();
    assert_eq!(text.lines().count(), estate.devices.len());
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        harmless(&event, "ocsf");
        assert_eq!(event["type_uid"], 500_102);
    }
}

/// Sheet name to its XML, and the shared strings.
fn workbook(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    let mut parts = BTreeMap::new();
    for name in names {
        let mut text = String::new();
        archive
            .by_name(&name)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        parts.insert(name, text);
    }
    parts
}

fn check_xlsx(estate: &Estate) {
    let classes = classes();
    for language in Language::ALL {
        let words = words(language);
        let write =
            || export::xlsx(estate, &Mapping::default(), &classes, (&words, language)).unwrap();
        let file = write();
        assert_eq!(file, write(), "the same bytes");
        let parts = workbook(&file.bytes);
        let sheets = parts
            .iter()
            .filter(|(name, _)| name.contains("worksheets/"));
        let mut rows = Vec::new();
        for (name, xml) in sheets {
            assert!(
                !xml.contains("<f>") && !xml.contains("<f "),
                "{name} has a formula"
            );
            rows.push(xml.matches("<row ").count());
        }
        let per_device = |count: usize| estate.devices.len() * count + 1;
        assert_eq!(
            rows,
            [
                per_device(1),
                per_device(4),
                per_device(2),
                estate.cables.len() + 1,
                per_device(6),
            ]
        );
        let mut reader = quick_xml::Reader::from_str(&parts["xl/sharedStrings.xml"]);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }
}

fn check_all(estate: &Estate) {
    check_glpi(estate);
    check_ansible(estate);
    check_prometheus(estate);
    check_zabbix(estate);
    check_servicenow(estate);
    check_cyclonedx(estate);
    check_ocsf(estate);
}

#[test]
fn every_class_of_device_with_hostile_texts_keeps_every_format() {
    let estate = estate(&classes(), &nasty());
    check_all(&estate);
    check_xlsx(&estate);
}

#[test]
fn an_empty_estate_is_empty_files() {
    let mut estate = estate(&classes(), &nasty());
    estate.devices.clear();
    estate.cables.clear();
    check_all(&estate);
    check_xlsx(&estate);
    let prometheus = export::prometheus(&estate, &Mapping::default());
    assert_eq!(json(&prometheus), Value::Array(Vec::new()));
}

#[test]
fn a_thousand_devices_go_into_several_payloads_each_bounded() {
    let one = estate(&classes(), &["sw".to_owned()]);
    let mut many = one.clone();
    let more = (0..1_100_u128).map(|index| {
        let mut device = one.devices[0].clone();
        device.id = uuid::Uuid::from_u128(index);
        device
    });
    many.devices = more.collect();
    many.cables.clear();
    let files = export::servicenow(&many, &Mapping::default());
    let sizes: Vec<usize> = files
        .iter()
        .filter(|file| file.name.ends_with(".json"))
        .map(|file| list(&json(file)["items"]).len())
        .collect();
    assert_eq!(sizes, [500, 500, 100]);
}

#[test]
fn a_mapping_renames_and_an_unknown_class_is_told_with_its_place() {
    let classes = classes();
    let text = b"version: 1\nroles: {switch: Acc\xc3\xa8s}\nsites: {a: Paris}\nmanufacturers: {ACME: Acme SA}\n";
    let mapping = Mapping::load("mapping.yaml", text, &classes).unwrap();
    let estate = estate(&classes, &["ACME".to_owned()]);
    let zabbix = json(&export::zabbix(&estate, &mapping));
    let hosts = list(&zabbix["zabbix_export"]["hosts"]);
    let switch = hosts
        .iter()
        .find(|host| host["inventory"]["type"] == "Accès")
        .unwrap();
    assert_eq!(switch["inventory"]["vendor"], "Acme SA");
    let groups = zabbix["zabbix_export"]["groups"].to_string();
    assert!(groups.contains("/Paris"), "{groups}");
    for (wrong, place) in [
        ("version: 1\nroles: {swich: x}\n", "mapping.yaml:2:16"),
        ("version: 2\n", "mapping.yaml:1:10"),
        ("roles: {}\n", "mapping.yaml:1:1"),
        ("version: 1\nrole: {}\n", "mapping.yaml:2:1"),
        ("version: 1\noverwrite: [colour]\n", "mapping.yaml:2"),
    ] {
        let error = Mapping::load("mapping.yaml", wrong.as_bytes(), &classes).unwrap_err();
        assert!(error.to_string().contains(place), "{wrong}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever devices say: every file is whole, parsed by a parser of its own.
    #[test]
    fn no_text_breaks_a_format(texts in prop::collection::vec(any::<String>(), 1..40)) {
        check_all(&estate(&classes(), &texts));
    }

    #[test]
    fn no_text_breaks_a_workbook(texts in prop::collection::vec("\\PC{0,60}|[=+@-].{0,40}", 1..20)) {
        check_xlsx(&estate(&classes(), &texts));
    }
}
