//! Merges seen from outside: explained, undone and forced.
use crate::support::{folder, head, results, root, run};
use serde_json::Value;

/// One server's objects replayed at three addresses.
fn replay(more: &str) -> (tempfile::TempDir, Vec<Vec<String>>) {
    let files: Vec<String> = ["10.1.0.7", "10.2.0.7", "10.3.0.7"]
        .iter()
        .map(|address| format!("{{file: s.snmprec, address: {address}}}"))
        .collect();
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [10.1.0.0/24, 10.2.0.0/24, 10.3.0.0/24]}}]\nreplay: [{}]\n{more}",
        head(),
        files.join(", ")
    ));
    let file = root().join("fixtures/scenarios/multi-homed.snmprec");
    std::fs::copy(file, folder.path().join("s.snmprec")).unwrap();
    let dir = folder.path().to_str().unwrap();
    run(&["audit", dir, "--as-of", "2026-11-22"]).code(0);
    let inventory = results(folder.path())["inventory"].clone();
    let of = |asset: &Value| -> Vec<String> {
        let targets = asset["targets"].as_array().unwrap().iter();
        targets
            .map(|target| target["locator"].as_str().unwrap().to_owned())
            .collect()
    };
    let assets = inventory["assets"].as_array().unwrap().iter().map(of);
    let assets = assets.collect();
    (folder, assets)
}

#[test]
fn a_server_with_three_addresses_is_one_device_and_its_merge_can_be_undone() {
    let (folder, assets) = replay("");
    assert_eq!(assets, [["10.1.0.7", "10.2.0.7", "10.3.0.7"]]);
    let dir = folder.path().to_str().unwrap();
    let told = run(&["--lang", "en", "explain", "merge", dir, "10.1.0.7"]).code(0);
    for key in ["address_table", "interface_mac", "separate_devices"] {
        assert!(told.stdout.contains(key), "{key}\n{}", told.stdout);
    }
    let told = run(&[
        "--lang", "en", "explain", "merge", dir, "10.1.0.7", "10.3.0.7",
    ])
    .code(0);
    assert!(told.stdout.contains("One device"), "{}", told.stdout);
    let (folder, two) = replay("declared: {separate_devices: [[10.1.0.7, 10.3.0.7]]}\n");
    assert_eq!(two.len(), 2, "{two:?}");
    let both = |one: &&Vec<String>| {
        ["10.1.0.7", "10.3.0.7"]
            .iter()
            .all(|address| one.iter().any(|own| own == address))
    };
    assert_eq!(two.iter().find(both), None);
    let dir = folder.path().to_str().unwrap();
    let told = run(&[
        "--lang", "en", "explain", "merge", dir, "10.1.0.7", "10.3.0.7",
    ])
    .code(0);
    assert!(told.stdout.contains("Two devices"), "{}", told.stdout);
}
