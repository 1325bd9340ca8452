//! Which checks are shown to fail on a planted weakness and to pass where it is mended, and by
//! what: counted here, compared with `fixtures/proof.yaml`.
use crate::support::{latest, results, root, run};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The least that must be shown.
const LEAST: usize = 90;
/// The configuration that belongs to a switch of the estate.
const OF_THE_CORE: &str = "cisco_ios";

/// Of each check, how it is shown: `lab`, `recording`, `configuration`, `declaration`, or
/// `missing: reason`.
pub(crate) fn list() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("fixtures/proof.yaml")).unwrap();
    let mut list = BTreeMap::new();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap().trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (check, how) = line.split_once(": ").unwrap();
        let how = how.trim_matches('"').to_owned();
        let twice = list.insert(check.to_owned(), how);
        assert_eq!(twice, None, "{check} is named twice");
    }
    list
}

/// Checks with at least one fail and at least one pass in some results.
pub(crate) fn shown<'r>(all: impl IntoIterator<Item = &'r Value>) -> BTreeSet<String> {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for results in all {
        for finding in results["findings"].as_array().unwrap() {
            let check = finding["check"].as_str().unwrap();
            let outcome = finding["outcome"].as_str().unwrap();
            seen.entry(check).or_default().insert(outcome);
        }
    }
    let both = |outcomes: &BTreeSet<&str>| outcomes.contains("fail") && outcomes.contains("pass");
    let shown = seen.into_iter().filter(|(_, outcomes)| both(outcomes));
    shown.map(|(check, _)| check.to_owned()).collect()
}

/// Half of the estate through the real program, with or without what the client declares and the
/// configurations of that half.
fn half(kind: &str, declared: bool, configured: bool) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let from = root().join("fixtures/scenarios/estate").join(kind);
    for entry in std::fs::read_dir(&from).unwrap().flatten() {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    if !declared {
        let audit = folder.path().join("audit.yaml");
        let text = std::fs::read_to_string(&audit).unwrap();
        let (head, rest) = text.split_once("declared:").unwrap();
        let (_, replay) = rest.split_once("replay:").unwrap();
        // Class and role make no verdict by themselves: without them nothing is the core.
        let roles = "declared: {devices: [{match: {address: 10.60.2.1}, role: core switch}]}\n";
        std::fs::write(&audit, format!("{head}{roles}replay:{replay}")).unwrap();
    }
    let dir = folder.path().to_str().unwrap();
    let mut arguments = vec!["audit".to_owned(), dir.to_owned()];
    if configured {
        arguments.push("--config".to_owned());
        arguments.extend(configurations(kind, &from));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&arguments).code(0);
    results(folder.path())
}

fn configurations(kind: &str, estate: &Path) -> Vec<String> {
    let fixtures = root().join("src/crates/core/tests/fixtures/configs");
    let mut files: Vec<PathBuf> = std::fs::read_dir(fixtures)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(&format!("-{kind}.txt")))
        .collect();
    files.sort();
    assert_eq!(files.len(), 11, "one configuration a language");
    let place = |path: PathBuf| {
        let name = path.to_str().unwrap().to_owned();
        if name.contains(OF_THE_CORE) {
            format!("{name}@10.60.2.1")
        } else {
            name
        }
    };
    let mut given: Vec<String> = files.into_iter().map(place).collect();
    let own = |name: &str| estate.join(name).to_str().unwrap().to_owned();
    // The access point and a switch: among the workstations, or on the management network.
    let zone = if kind == "weak" { "10.61.0" } else { "10.61.2" };
    given.push(format!("{}@{zone}.71", own("ap-atelier.rsc")));
    given.push(own("rtr-wan.txt"));
    given
}

fn both(declared: bool, configured: bool) -> BTreeSet<String> {
    let halves = ["weak", "hardened"].map(|kind| half(kind, declared, configured));
    shown(&halves)
}

#[test]
fn ninety_checks_are_shown_by_what_the_list_says() {
    let list = list();
    let named: BTreeSet<&str> = list.keys().map(String::as_str).collect();
    let catalogue: BTreeSet<String> = crate::lab::catalogue().into_values().flatten().collect();
    assert_eq!(named, catalogue.iter().map(String::as_str).collect());
    // What less evidence shows needs no more.
    let none = BTreeSet::new();
    let recorded = both(false, false);
    let configured = both(false, true);
    let all = both(true, true);
    let mut wrong = Vec::new();
    for (check, how) in &list {
        let (enough, too_little) = match how.as_str() {
            "recording" => (&recorded, &none),
            "configuration" => (&configured, &recorded),
            "declaration" => (&all, &configured),
            // tests/integration/lab.rs
            "lab" => continue,
            missing if missing.starts_with("missing: ") => (&catalogue, &all),
            other => panic!("{check}: {other}"),
        };
        if !enough.contains(check) {
            wrong.push(format!("{check} is not shown by a {how}"));
        }
        if too_little.contains(check) {
            wrong.push(format!("{check} is shown without: {how}"));
        }
    }
    let by = |wanted: &str| list.values().filter(|how| how.starts_with(wanted)).count();
    let shown = list.len() - by("missing");
    println!(
        "{shown} of {} checks shown: lab {}, recording {}, configuration {}, declaration {}",
        list.len(),
        by("lab"),
        by("recording"),
        by("configuration"),
        by("declaration"),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown >= LEAST, "{shown} checks are shown");
}

/// What of the list the lab must show, and does not.
pub(crate) fn not_shown_by_the_lab(results: &Value) -> Vec<String> {
    let shown = shown([results]);
    let list = list();
    let wanted = list.iter().filter(|(_, how)| *how == "lab");
    let missing = wanted.filter(|(check, _)| !shown.contains(*check));
    missing
        .map(|(check, _)| format!("{check} has not both a fail and a pass"))
        .collect()
}

#[test]
fn a_configuration_that_is_cut_short_leaves_every_net_check_unknown() {
    let whole = root().join("src/crates/core/tests/fixtures/configs/cisco_ios-hardened.txt");
    let text = std::fs::read_to_string(whole).unwrap();
    let cut = text.get(..text.len() / 2).unwrap();
    let (folder, results) = alone("sw.txt", cut.as_bytes());
    assert!(latest(folder.path()).join("report.fr.html").is_file());
    let name = &results["inventory"]["assets"][0]["targets"][0]["locator"];
    assert_eq!(name, "file:acc-quai-1");
    let findings = results["findings"].as_array().unwrap().iter();
    let net = findings.filter(|finding| finding["check"].as_str().unwrap().starts_with("NET-"));
    let outcomes: Vec<_> = net
        .map(|finding| (&finding["check"], &finding["outcome"]))
        .collect();
    assert_eq!(outcomes.len(), 35);
    for (check, outcome) in outcomes {
        assert_eq!(outcome, "unknown", "{check}");
    }
}

/// An audit of one configuration and nothing else.
fn alone(name: &str, bytes: &[u8]) -> (tempfile::TempDir, Value) {
    let folder = empty();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    let dir = folder.path().to_str().unwrap();
    let file = file.to_str().unwrap();
    run(&[
        "audit",
        dir,
        "--offline",
        "--config",
        file,
        "--as-of",
        "2026-11-22",
    ])
    .code(0);
    let results = results(folder.path());
    (folder, results)
}

fn empty() -> tempfile::TempDir {
    let head = crate::support::head();
    crate::support::folder(&format!(
        "{head}sites: [{{id: a, networks: [10.0.0.0/24]}}]\n"
    ))
}

#[test]
fn a_configuration_is_replayed_from_the_recording_of_its_run() {
    let weak = root().join("src/crates/core/tests/fixtures/configs/cisco_ios-weak.txt");
    let (folder, live) = alone("sw.txt", &std::fs::read(weak).unwrap());
    let recording = folder.path().join("kept.jsonl.gz");
    std::fs::copy(latest(folder.path()).join("recording.jsonl.gz"), &recording).unwrap();
    let elsewhere = empty();
    let (dir, file) = (
        elsewhere.path().to_str().unwrap(),
        recording.to_str().unwrap(),
    );
    run(&["audit", dir, "--replay", file, "--as-of", "2026-11-22"]).code(0);
    assert_eq!(live["findings"], results(elsewhere.path())["findings"]);
    // The secret of its administrator is in none of the run's files.
    let packed = std::fs::read(&recording).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(&*packed), &mut text)
        .unwrap();
    assert!(text.contains("SW-ETAGE2") && !text.contains("070C285F4D06"));
}

#[test]
fn what_is_no_configuration_is_refused_with_help() {
    let folder = empty();
    let dir = folder.path().to_str().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("letter"), "Dear client,\n").unwrap();
    std::fs::write(path("huge"), vec![b'!'; (4 << 20) + 1]).unwrap();
    let config = "hostname sw1\nversion 15.2\ninterface GigabitEthernet1/0/1\nline vty 0 4\nend\n";
    std::fs::write(path("sw1"), config).unwrap();
    std::fs::write(path("sw2"), config).unwrap();
    let here = |names: &[&str]| -> Vec<String> { names.iter().map(|name| path(name)).collect() };
    let cases = [
        (here(&["absent"]), "cannot read"),
        (vec![dir.to_owned()], "it is no file"),
        (here(&["letter"]), "no running configuration"),
        (here(&["huge"]), "larger than 4 MiB"),
        (
            vec![format!("{}@192.0.2.1", path("sw1"))],
            "no network of audit.yaml",
        ),
        (here(&["sw1", "sw2"]), "another configuration"),
    ];
    for (files, message) in cases {
        let mut arguments = vec!["audit", dir, "--offline", "--config"];
        arguments.extend(files.iter().map(String::as_str));
        let ran = run(&arguments).code(2);
        assert!(ran.stderr.contains(message), "{message}: {}", ran.stderr);
        assert!(ran.stderr.contains("\nhelp: "), "{}", ran.stderr);
    }
    assert!(!folder.path().join("runs/latest").exists());
}
