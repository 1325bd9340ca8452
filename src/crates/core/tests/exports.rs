//! SARIF, JUnit and OSCAL of one audit with every kind of verdict and hostile names: what their
//! schemas cannot say. SARIF and OSCAL are validated against their published schemas in
//! `tests/corpus/exports.rs` alone, where these are at hand. JUnit has no published standard, and
//! no schema of it was at hand: it is not validated against any, only read back as XML here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at its first surprise"
)]

#[path = "report/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the report")]
mod fixture;

use arpenteur_core::check::Baseline;
use arpenteur_core::export;
use arpenteur_core::model::{Change, Finding, Language, Outcome, RunResults};
use arpenteur_core::report::Messages;
use fixture::{HOSTILE, empty, files, full};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Export = fn(&RunResults, &Messages) -> String;
const EXPORTS: [(&str, Export); 3] = [
    ("sarif", export::sarif),
    ("junit", export::junit),
    ("oscal", export::oscal),
];

fn words(language: Language) -> Messages {
    Messages::of_files(&files(), language).unwrap_or_else(|errors| panic!("{errors}"))
}

fn sarif(results: &RunResults) -> Value {
    serde_json::from_str(&export::sarif(results, &words(Language::Fr))).unwrap()
}

fn oscal(results: &RunResults) -> Value {
    serde_json::from_str(&export::oscal(results, &words(Language::Fr))).unwrap()
}

fn count(results: &RunResults, keep: fn(&Finding) -> bool) -> usize {
    results.findings.iter().filter(|f| keep(f)).count()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Results of which every third failure is new, and some of the run before are gone.
fn compared() -> RunResults {
    let (mut before, mut after) = (full(40), full(40));
    let fails = |f: &Finding| f.outcome == Outcome::Fail;
    let failed = before.findings.iter_mut().filter(|f| fails(f));
    for (index, finding) in failed.enumerate() {
        match index % 3 {
            0 => finding.outcome = Outcome::Pass,
            1 if finding.items.is_empty() => {
                finding.severity = arpenteur_core::model::Severity::Info
            }
            _ => {}
        }
        if index % 3 == 0 {
            finding.items.clear();
        }
    }
    let failed = after.findings.iter_mut().filter(|f| fails(f));
    for finding in failed.skip(20).take(5) {
        finding.outcome = Outcome::Pass;
        finding.items.clear();
    }
    let last = after.findings.last().unwrap().asset;
    after
        .inventory
        .assets
        .retain(|asset| asset.arpenteur_id != last);
    after.findings.retain(|finding| finding.asset != last);
    after.drift = Some(Baseline::of(&after).since(&Baseline::of(&before)));
    after
}

#[test]
fn the_same_results_give_the_same_bytes_and_no_word_is_missing() {
    for results in [full(20), empty()] {
        for (name, export) in EXPORTS {
            for language in Language::ALL {
                let text = export(&results, &words(language));
                assert!(text == export(&results, &words(language)), "{name}");
                assert!(!text.contains('⟦'), "{name}: {text}");
            }
        }
    }
}

#[test]
fn hostile_names_neither_move_a_cursor_nor_turn_a_line_nor_leave_their_place() {
    let results = full(20);
    for (name, export) in EXPORTS {
        let text = export(&results, &words(Language::En));
        for bad in ["\u{202e}", "\\u202e", "\u{0}", "\\u0000", "\u{1b}"] {
            assert!(!text.contains(bad), "{name} holds {bad:?}");
        }
    }
    let xml = export::junit(&results, &words(Language::En));
    assert!(!xml.contains("<script") && !xml.contains("<img"));
    // The name is there, as text.
    let names: Vec<String> = elements(&xml)
        .iter()
        .filter_map(|(_, attributes, _)| attributes.get("hostname").cloned())
        .collect();
    assert!(names.iter().any(|name| name == HOSTILE[0]), "{names:?}");
}

#[test]
fn sarif_has_every_verdict_once() {
    let results = full(40);
    let log = sarif(&results);
    let run = &log["runs"][0];
    let of_kind = |kind: &str| {
        let told = list(&run["results"]).iter();
        told.filter(|r| r["kind"] == kind && r["baselineState"] != "absent")
            .count()
    };
    // No check of the fixture has two items.
    assert_eq!(
        of_kind("fail"),
        count(&results, |f| f.outcome == Outcome::Fail)
    );
    assert_eq!(
        of_kind("pass"),
        count(&results, |f| f.outcome == Outcome::Pass)
    );
    let unknown = |f: &Finding| matches!(f.outcome, Outcome::Unknown { .. });
    assert_eq!(of_kind("open"), count(&results, unknown));
    let not_applicable = |f: &Finding| f.outcome == Outcome::NotApplicable;
    assert_eq!(of_kind("notApplicable"), count(&results, not_applicable));
    let errors = count(&results, |f| matches!(f.outcome, Outcome::Error { .. }));
    let invocation = &run["invocations"][0];
    assert!(errors > 0);
    assert_eq!(
        list(&invocation["toolExecutionNotifications"]).len(),
        errors
    );
    assert_eq!(invocation["executionSuccessful"], false);
    let waived = list(&run["results"]).iter();
    let waived = waived.filter(|r| r["suppressions"][0]["status"] == "accepted");
    assert_eq!(waived.count(), count(&results, |f| f.waived.is_some()));
}

#[test]
fn sarif_results_keep_the_rules_that_no_schema_holds() {
    let log = sarif(&compared());
    let run = &log["runs"][0];
    let rules = list(&run["tool"]["driver"]["rules"]);
    let mut prints = BTreeSet::new();
    for result in list(&run["results"]) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        // Sections 3.27.10 and 3.27.23.
        assert_eq!(
            result["kind"] == "fail",
            result["level"] != "none",
            "{result}"
        );
        assert!(result["suppressions"].is_array(), "{result}");
        let print = result["partialFingerprints"].to_string();
        assert!(prints.insert(print), "twice: {result}");
    }
}

#[test]
fn sarif_says_what_changed() {
    let results = compared();
    let drift = results.drift.as_ref().unwrap();
    let log = sarif(&results);
    let in_state = |state: &str| {
        let told = list(&log["runs"][0]["results"]).iter();
        told.filter(|r| r["baselineState"] == state).count()
    };
    let of = |change| drift.counts.get(&change).copied().unwrap_or(0);
    for change in [Change::New, Change::Worsened, Change::Fixed, Change::Gone] {
        assert!(of(change) > 0, "{change:?}: {:?}", drift.counts);
    }
    assert_eq!(in_state("new"), of(Change::New));
    assert_eq!(in_state("unchanged"), of(Change::Unchanged));
    assert_eq!(in_state("updated"), of(Change::Worsened) + of(Change::Lost));
    assert_eq!(in_state("absent"), of(Change::Fixed) + of(Change::Gone));
    assert!(log["runs"][0]["baselineGuid"].is_string());
}

#[test]
fn fingerprints_outlive_addresses_and_names() {
    let prints = |results: &RunResults| -> BTreeSet<String> {
        let log = sarif(results);
        let told = list(&log["runs"][0]["results"]).iter();
        told.map(|r| r["partialFingerprints"].to_string()).collect()
    };
    let results = full(20);
    let mut moved = full(20);
    for asset in &mut moved.inventory.assets {
        asset.address = None;
        asset.targets.clear();
        asset.name.push_str("-renamed");
    }
    assert_eq!(prints(&results), prints(&moved));
}

/// Elements in order: name, attributes, names of those around it.
type Element = (String, BTreeMap<String, String>, Vec<String>);

fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    let (mut all, mut open): (Vec<Element>, Vec<String>) = (Vec::new(), Vec::new());
    let element = |start: &BytesStart<'_>, open: &[String]| {
        let name = start.name().as_ref().to_owned();
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let key = attribute.key.as_ref().to_owned();
            let value = quick_xml::escape::unescape(&attribute.value)
                .unwrap()
                .into_owned();
            (key, value)
        });
        (name, attributes.collect(), open.to_vec())
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let found = element(&start, &open);
                open.push(found.0.clone());
                all.push(found);
            }
            Event::Empty(start) => all.push(element(&start, &open)),
            Event::End(_) => drop(open.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    all
}

#[test]
fn junit_counts_are_those_of_its_elements() {
    let results = full(40);
    let all = elements(&export::junit(&results, &words(Language::Fr)));
    let named = |name: &str| all.iter().filter(|(n, ..)| n == name).count();
    let (root, rest) = all.split_first().unwrap();
    assert_eq!(root.0, "testsuites");
    let summed = |key: &str| -> usize {
        let suites = rest.iter().filter(|(name, ..)| name == "testsuite");
        suites
            .map(|(_, a, _)| a[key].parse::<usize>().unwrap())
            .sum()
    };
    for (attribute, element) in [
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(root.1[attribute], named(element).to_string(), "{attribute}");
        assert_eq!(summed(attribute), named(element), "{attribute}");
        assert!(named(element) > 0, "{element}");
    }
    assert_eq!(named("testcase"), results.findings.len());
    assert_eq!(named("failure"), count(&results, Finding::is_open));
    let mut cases = BTreeSet::new();
    for (_, attributes, _) in all.iter().filter(|(name, ..)| name == "testcase") {
        let id = (attributes["classname"].clone(), attributes["name"].clone());
        assert!(cases.insert(id), "twice: {attributes:?}");
    }
    let waived = |message: &str| message.starts_with("Accepté jusqu’au 2027-03-31");
    let messages = all.iter().filter(|(name, ..)| name == "skipped");
    let accepted = messages.filter(|(_, a, _)| waived(&a["message"])).count();
    assert_eq!(accepted, count(&results, |f| f.waived.is_some()));
}

#[test]
fn oscal_ids_are_unique_and_references_lead_somewhere() {
    let results = full(40);
    let document = oscal(&results);
    let document = &document["assessment-results"];
    let mut ids = BTreeSet::new();
    every(document, &mut |key, value| {
        if key == "uuid" {
            assert!(
                ids.insert(value.as_str().unwrap().to_owned()),
                "twice: {value}"
            );
        }
    });
    let mut references = 0;
    every(document, &mut |key, value| {
        let text = value.as_str().unwrap_or_default();
        let target = match key {
            "observation-uuid" | "risk-uuid" | "subject-uuid" => text,
            "href" => text.trim_start_matches('#'),
            _ => return,
        };
        references += 1;
        assert!(ids.contains(target), "{key} {text} leads nowhere");
    });
    assert!(references > results.findings.len());
    let result = &document["results"][0];
    let fails = count(&results, |f| f.outcome == Outcome::Fail);
    let passes = count(&results, |f| f.outcome == Outcome::Pass);
    assert_eq!(list(&result["observations"]).len(), results.findings.len());
    assert_eq!(list(&result["findings"]).len(), fails + passes);
    assert_eq!(list(&result["risks"]).len(), fails);
    let approved = list(&result["risks"]).iter();
    let approved = approved.filter(|risk| risk["status"] == "deviation-approved");
    assert_eq!(approved.count(), count(&results, |f| f.waived.is_some()));
}

/// Every member of every object.
fn every(value: &Value, look: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                look(key, member);
                every(member, look);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| every(item, look)),
        _ => {}
    }
}

/// Findings about the client's own files share the nil asset: several of one check stay apart.
#[test]
fn findings_about_the_audit_itself_stay_apart() {
    let mut results = full(3);
    for until in ["2026-01-01", "2026-02-01"] {
        let mut finding = results.findings[0].clone();
        finding.asset = uuid::Uuid::nil();
        finding.outcome = Outcome::Fail;
        finding.items.clear();
        finding.evidence = vec![("waiver.until".to_owned(), until.into())];
        results.findings.insert(0, finding);
    }
    let document = oscal(&results);
    let ids: BTreeSet<String> = list(&document["assessment-results"]["results"][0]["observations"])
        .iter()
        .map(|observation| observation["uuid"].to_string())
        .collect();
    assert_eq!(ids.len(), results.findings.len());
}

fn lines(results: &RunResults, wanted: export::Wanted<'_>) -> Vec<String> {
    let source = |id: &arpenteur_core::model::EvidenceId| Some(format!("asked {}", id.0));
    export::table(results, &words(Language::Fr), wanted, &source)
}

#[test]
fn the_table_tells_every_failure_and_what_would_answer_the_unknown() {
    let results = full(40);
    let shown = lines(&results, export::Wanted::default());
    let failures = shown.iter().filter(|line| line.contains(" échec "));
    assert_eq!(
        failures.count(),
        count(&results, |f| f.outcome == Outcome::Fail)
    );
    let coverage = shown.iter().find(|line| line.starts_with("Évalués "));
    assert!(
        coverage
            .unwrap()
            .contains("dérogations 1 (1 expire le 2027-03-31)")
    );
    let tiers = shown
        .iter()
        .filter(|line| line.contains("verdicts inconnus"));
    assert_eq!(tiers.count(), results.tiers.len());
    assert!(
        shown
            .last()
            .unwrap()
            .starts_with("L’accès qui répondrait au plus")
    );
    let every = export::Wanted {
        all: true,
        ..export::Wanted::default()
    };
    let heads = |lines: &[String]| {
        lines
            .iter()
            .filter(|line| line.contains('-') && !line.starts_with(' '))
            .count()
    };
    assert!(heads(&lines(&results, every)) >= results.findings.len());
}

#[test]
fn the_table_is_narrowed_to_a_check_and_a_device() {
    let results = full(40);
    let wanted = export::Wanted {
        all: true,
        check: Some("TLS-002"),
        device: Some("fw-siege"),
    };
    let shown = lines(&results, wanted);
    let heads: Vec<&String> = shown
        .iter()
        .filter(|line| line.starts_with("TLS-002 "))
        .collect();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].contains("fw-siege"), "{heads:?}");
    assert!(!shown.iter().any(|line| line.starts_with("SSH-006 ")));
    let told = export::table_json(&results, &words(Language::En), wanted);
    assert_eq!(list(&told["findings"]).len(), 1);
    assert_eq!(told["findings"][0]["device"], "fw-siege");
}

#[test]
fn the_table_leaves_the_terminal_alone() {
    let mut results = full(20);
    let hostile = "x\u{1b}[2J\u{202e}\ny\u{7}";
    for asset in &mut results.inventory.assets {
        asset.name = hostile.to_owned();
    }
    for finding in &mut results.findings {
        for item in &mut finding.items {
            item.item = hostile.to_owned();
        }
        for (_, value) in &mut finding.evidence {
            *value = hostile.into();
        }
    }
    for line in lines(&results, export::Wanted::default()) {
        assert!(!line.chars().any(char::is_control), "{line:?}");
        assert!(!line.contains('\u{202e}'), "{line:?}");
    }
}

/// No JSON Schema of `results.json` is published: its layout is held by its names, and by reading
/// back those parts that have a reader. The inventory's sheets and the estimate have none here.
#[test]
fn results_json_keeps_its_layout() {
    use arpenteur_core::model::{CheckSummary, Drift, JudgementCoverage, TierSummary, WaiverState};
    fn read<T: serde::de::DeserializeOwned>(tree: &Value, key: &str) -> T {
        serde_json::from_value(tree[key].clone()).unwrap()
    }
    let results = full(20);
    let tree: Value = serde_json::from_str(&export::json(&results)).unwrap();
    let names: Vec<&str> = tree
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = "as_of audit checks compliance coverage draft drift estimate evidence findings \
                    inventory ledger not_seen profile sources tiers tool_version version waivers";
    assert_eq!(names.join(" "), expected);
    assert_eq!(read::<Vec<Finding>>(&tree, "findings"), results.findings);
    assert_eq!(read::<Vec<CheckSummary>>(&tree, "checks"), results.checks);
    assert_eq!(
        read::<JudgementCoverage>(&tree, "coverage"),
        results.coverage
    );
    assert_eq!(read::<Vec<TierSummary>>(&tree, "tiers"), results.tiers);
    assert_eq!(read::<Vec<WaiverState>>(&tree, "waivers"), results.waivers);
    assert_eq!(read::<Option<Drift>>(&tree, "drift"), results.drift);
}
