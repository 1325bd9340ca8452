//! Devices that are hard to tell apart, or to keep whole, replayed from fixtures/scenarios.
use crate::support::{folder, head, results, root, run};
use serde_json::Value;

/// Replays a scenario; the audit folder and what the inventory makes of it.
fn replay(scenario: &str, more: &str) -> (tempfile::TempDir, Value) {
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [10.1.0.0/24, 10.2.0.0/24, 10.3.0.0/24]}}]\nreplay: [s.jsonl]\n{more}",
        head()
    ));
    let file = root().join(format!("fixtures/scenarios/{scenario}.jsonl"));
    std::fs::copy(file, folder.path().join("s.jsonl")).unwrap();
    run(&["audit", folder.path().to_str().unwrap()]).code(0);
    let inventory = results(folder.path())["inventory"].clone();
    (folder, inventory)
}

/// Addresses of each asset.
fn assets(inventory: &Value) -> Vec<Vec<String>> {
    let of = |asset: &Value| -> Vec<String> {
        let targets = asset["targets"].as_array().unwrap().iter();
        targets
            .map(|target| target["locator"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut all: Vec<_> = inventory["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect();
    all.sort();
    all
}

#[test]
fn a_stack_is_one_device_of_two_units_with_their_ports() {
    let (_folder, inventory) = replay("stack", "");
    assert_eq!(assets(&inventory), [["10.1.0.1", "10.2.0.1"]]);
    let values = &inventory["assets"][0]["sheet"]["values"];
    let units: Vec<_> = values["hardware"]["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| {
            (
                unit["number"].as_str().unwrap(),
                unit["serial_num"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(units, [("1", "FOC0000TST1"), ("2", "FOC0000TST2")]);
    let unit_of = |name: &str| {
        let ports = values["interfaces"].as_array().unwrap();
        let port = ports.iter().find(|port| port["name"] == name).unwrap();
        port["unit"].as_str().map(str::to_owned)
    };
    assert_eq!(unit_of("GigabitEthernet1/0/1").as_deref(), Some("1"));
    assert_eq!(unit_of("GigabitEthernet2/0/1").as_deref(), Some("2"));
    assert_eq!(unit_of("Vlan1"), None);
}

#[test]
fn a_router_is_one_device_in_all_its_vrfs() {
    let (_folder, inventory) = replay("vrf", "");
    assert_eq!(assets(&inventory), [["10.1.0.2", "10.3.0.2"]]);
}

#[test]
fn a_pair_that_shares_its_engine_and_its_name_is_two_devices() {
    let (folder, inventory) = replay("ha-pair", "");
    assert_eq!(assets(&inventory), [["10.1.0.3"], ["10.1.0.4"]]);
    let dir = folder.path().to_str().unwrap();
    let told = run(&[
        "--lang", "en", "explain", "merge", dir, "10.1.0.3", "10.1.0.4",
    ])
    .code(0);
    for line in [
        "engine_id",
        "serial_num: JAD0000TSTA ≠ JAD0000TSTB",
        "Two devices",
    ] {
        assert!(told.stdout.contains(line), "{line}\n{}", told.stdout);
    }
}

#[test]
fn copies_of_a_virtual_machine_are_devices_of_their_own() {
    let (_folder, inventory) = replay("clones", "");
    assert_eq!(assets(&inventory), [["10.1.0.5"], ["10.1.0.6"]]);
}

#[test]
fn a_server_with_three_addresses_is_one_device_and_its_merge_can_be_undone() {
    let (folder, inventory) = replay("multi-homed", "");
    assert_eq!(assets(&inventory), [["10.1.0.7", "10.2.0.7", "10.3.0.7"]]);
    let dir = folder.path().to_str().unwrap();
    let told = run(&["--lang", "en", "explain", "merge", dir, "10.1.0.7"]).code(0);
    for key in ["address_table", "interface_mac", "separate_devices"] {
        assert!(told.stdout.contains(key), "{key}\n{}", told.stdout);
    }
    let apart = "declared: {separate_devices: [[10.1.0.7, 10.3.0.7]]}\n";
    let (_folder, inventory) = replay("multi-homed", apart);
    let two = assets(&inventory);
    assert_eq!(two.len(), 2, "{two:?}");
    assert!(
        two.iter()
            .all(|one| !(one.contains(&"10.1.0.7".to_owned())
                && one.contains(&"10.3.0.7".to_owned())))
    );
}

#[test]
fn a_pair_can_be_declared_to_be_one_device() {
    let together = "declared: {same_device: [[10.1.0.3, 10.1.0.4]]}\n";
    let (_folder, inventory) = replay("ha-pair", together);
    assert_eq!(assets(&inventory), [["10.1.0.3", "10.1.0.4"]]);
}
