//! Two runs compared.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]
use super::*;
use crate::model::Change;

fn device(name: &str) -> Snapshot {
    Snapshot {
        name: name.to_owned(),
        site: "hq".to_owned(),
        state: Some(AssetState::Observed),
        addresses: vec!["10.0.0.1".parse().unwrap()],
        serial: Some("ABC".to_owned()),
        ..Snapshot::default()
    }
}

fn state(seen: &[(u128, Snapshot)]) -> RunState {
    RunState {
        as_of: None,
        checks: ["SSH-006", "SNMP-003", "NTP-001"].map(str::to_owned).into(),
        seen: seen
            .iter()
            .map(|(id, at)| (Uuid::from_u128(*id), at.clone()))
            .collect(),
    }
}

fn failing(mut at: Snapshot, check: &str, items: &[&str]) -> Snapshot {
    at.open.insert(
        check.to_owned(),
        Open {
            severity: Severity::High,
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        },
    );
    at
}

#[test]
fn devices_appear_disappear_and_differ_by_field() {
    let renamed = Snapshot {
        version: Some("2".to_owned()),
        ..device("b2")
    };
    let before = state(&[(1, device("a")), (2, device("b")), (4, device("same"))]);
    let after = state(&[(2, renamed), (3, device("c")), (4, device("same"))]);
    let changes = after.devices_since(&before);
    let told: Vec<(DeviceEvent, &str)> = changes
        .iter()
        .map(|change| (change.event, change.name.as_str()))
        .collect();
    let expected = [
        (DeviceEvent::Appeared, "c"),
        (DeviceEvent::Disappeared, "a"),
        (DeviceEvent::Altered, "b2"),
    ];
    assert_eq!(told, expected);
    let fields: Vec<&str> = changes[2]
        .fields
        .iter()
        .map(|change| change.field.as_str())
        .collect();
    assert_eq!(fields, ["name", "version"]);
    assert_eq!(changes[2].fields[1].before, Value::Null);
}

#[test]
fn a_site_is_no_device() {
    let site = Snapshot {
        name: "hq".to_owned(),
        ..Snapshot::default()
    };
    let changes = state(&[(1, site)]).devices_since(&state(&[]));
    assert!(changes.is_empty());
}

#[test]
fn verdicts_are_new_worse_lost_fixed_or_gone() {
    let mut lost = device("lost");
    lost.unread.insert("SSH-006".to_owned());
    let before = state(&[
        (2, failing(device("worse"), "SNMP-003", &["eth0"])),
        (3, failing(device("lost"), "SSH-006", &[])),
        (4, failing(device("fixed"), "SSH-006", &[])),
        (5, failing(device("gone"), "SSH-006", &[])),
        (6, failing(device("dropped"), "OLD-001", &[])),
    ]);
    let after = state(&[
        (1, failing(device("new"), "NTP-001", &[])),
        (2, failing(device("worse"), "SNMP-003", &["eth0", "eth1"])),
        (3, lost),
        (4, device("fixed")),
        (6, device("dropped")),
    ]);
    let drift = after.drift_since(&before);
    let told: Vec<(Change, &str)> = drift
        .entries
        .iter()
        .map(|entry| (entry.change, entry.name.as_str()))
        .collect();
    let expected = [
        (Change::New, "new"),
        (Change::Worsened, "worse"),
        (Change::Lost, "lost"),
        (Change::Fixed, "fixed"),
        (Change::Gone, "dropped"),
        (Change::Gone, "gone"),
    ];
    assert_eq!(told, expected);
    assert_eq!(drift.entries[1].items_new, ["eth1"]);
}

#[test]
fn words_are_lower_case_and_never_empty() {
    let mut at = device("SW-1");
    at.units = vec![
        ("1".to_owned(), Some("Unit1".to_owned())),
        ("2".to_owned(), None),
    ];
    at.serial = Some(" ".to_owned());
    let words: Vec<String> = at.words().into_iter().collect();
    assert_eq!(words, ["10.0.0.1", "sw-1", "unit1"]);
}
