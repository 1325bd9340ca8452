//! Two audits of thirty devices: what changed between them is told, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
use arpenteur_core::check::Baseline;
use arpenteur_core::model::{
    Asset, AssetState, Change, Confidence, FactSheet, Finding, Identity, Inventory, ItemOutcome,
    Outcome, Severity, SiteId, UnreadReason,
};
use uuid::Uuid;

const CHECKS: [&str; 4] = ["CAP-001", "CLR-001", "SNMP-003", "SSH-006"];

fn asset(number: u128) -> Asset {
    Asset {
        arpenteur_id: Uuid::from_u128(number),
        identity: Identity {
            key: "serial_num".to_owned(),
            value: number.to_string(),
        },
        name: format!("device-{number}"),
        site: SiteId("siege".to_owned()),
        state: AssetState::Observed,
        targets: Vec::new(),
        address: None,
        class: "server".to_owned(),
        class_confidence: Confidence::Certain,
        family: None,
        third_party: None,
        tags: Vec::new(),
        criticality: None,
        authenticated: true,
        sheet: FactSheet::new(),
        merges: Vec::new(),
        complaints: Vec::new(),
    }
}

/// Thirty devices, four verdicts each: every fifth one fails, of `CAP-001` by its item `/`.
fn estate() -> (Inventory, Vec<Finding>) {
    let mut findings = Vec::new();
    for number in 1..=30 {
        for (place, check) in CHECKS.into_iter().enumerate() {
            let fails = (number as usize + place).is_multiple_of(5);
            findings.push(finding(check, number, fails));
        }
    }
    let inventory = Inventory {
        assets: (1..=30).map(asset).collect(),
        ..Inventory::default()
    };
    (inventory, findings)
}

fn finding(check: &str, asset: u128, fails: bool) -> Finding {
    let outcome = if fails { Outcome::Fail } else { Outcome::Pass };
    let item = ItemOutcome {
        item: "/".to_owned(),
        outcome: outcome.clone(),
        evidence: Vec::new(),
        waived: false,
    };
    Finding {
        check: check.to_owned(),
        revision: 1,
        asset: Uuid::from_u128(asset),
        severity: Severity::High,
        confidence: Confidence::Certain,
        effort: "S".to_owned(),
        outcome,
        items: if check == "CAP-001" {
            vec![item]
        } else {
            Vec::new()
        },
        evidence: Vec::new(),
        exchanges: Vec::new(),
        waived: None,
    }
}

fn baseline((inventory, findings): &(Inventory, Vec<Finding>)) -> Baseline {
    Baseline::new(
        inventory,
        findings,
        Some("2026-08-20T00:00:00Z".parse().unwrap()),
    )
}

fn place(findings: &mut [Finding], check: &str, asset: u128) -> usize {
    let id = Uuid::from_u128(asset);
    findings
        .iter()
        .position(|finding| finding.check == check && finding.asset == id)
        .unwrap()
}

#[test]
fn nothing_changes_between_equal_runs() {
    let before = baseline(&estate());
    let drift = baseline(&estate()).since(&before);
    assert_eq!(
        drift.counts.keys().collect::<Vec<_>>(),
        [&Change::Unchanged]
    );
    assert_eq!(
        drift.counts[&Change::Unchanged],
        24,
        "a fifth of 120 verdicts fails"
    );
}

#[test]
fn exactly_the_planted_changes_are_told() {
    let before = baseline(&estate());
    let mut after = estate();
    let found = &mut after.1;
    // Device 1 opens Telnet; 5 has a second full file system; 4's root login is mended; nobody
    // may look at 10's file systems any more; 30 is gone; 2 gets a waiver for what it fails.
    let at = place(found, "CLR-001", 1);
    found[at] = finding("CLR-001", 1, true);
    let at = place(found, "CAP-001", 5);
    let mut second = found[at].items[0].clone();
    second.item = "/srv".to_owned();
    found[at].items.push(second);
    let at = place(found, "CLR-001", 4);
    found[at] = finding("CLR-001", 4, false);
    let at = place(found, "CAP-001", 10);
    found[at].outcome = Outcome::Unknown {
        reason: UnreadReason::Denied,
        fact: "capacity.filesystems".to_owned(),
    };
    found[at].items.clear();
    found.retain(|finding| finding.asset != Uuid::from_u128(30));
    after.0.assets.retain(|asset| asset.name != "device-30");
    let drift = baseline(&after).since(&before);
    let changed: Vec<(Change, &str, &str)> = drift
        .entries
        .iter()
        .filter(|entry| entry.change != Change::Unchanged)
        .map(|entry| (entry.change, entry.check.as_str(), entry.name.as_str()))
        .collect();
    assert_eq!(
        changed,
        [
            (Change::New, "CLR-001", "device-1"),
            (Change::Worsened, "CAP-001", "device-5"),
            (Change::Lost, "CAP-001", "device-10"),
            (Change::Fixed, "CLR-001", "device-4"),
            (Change::Gone, "CAP-001", "device-30"),
        ]
    );
    let worse = drift
        .entries
        .iter()
        .find(|entry| entry.change == Change::Worsened)
        .unwrap();
    assert_eq!(worse.items_new, ["/srv"]);
    assert_eq!(drift.counts[&Change::Unchanged], 24 - 4);
}

#[test]
fn a_higher_severity_is_worse_and_a_new_waiver_is_no_fault() {
    let before = baseline(&estate());
    let mut after = estate();
    let at = place(&mut after.1, "CAP-001", 5);
    after.1[at].severity = Severity::Critical;
    let at = place(&mut after.1, "CAP-001", 10);
    after.1[at].waived = Some(arpenteur_core::model::Waived {
        reason: "r".to_owned(),
        owner: "o".to_owned(),
        approved_by: "a".to_owned(),
        until: "2027-01-01".parse().unwrap(),
    });
    let drift = baseline(&after).since(&before);
    assert_eq!(drift.counts[&Change::Worsened], 1);
    assert_eq!(drift.counts[&Change::Fixed], 1, "covered: no longer open");
    assert!(!drift.counts.contains_key(&Change::New));
}

#[test]
fn a_renumbered_device_is_the_same_one() {
    let before = baseline(&estate());
    let mut after = estate();
    for asset in &mut after.0.assets {
        asset.address = Some("10.9.9.9".parse().unwrap());
        asset.name = format!("renamed-{}", asset.name);
    }
    let drift = baseline(&after).since(&before);
    assert_eq!(
        drift.counts.keys().collect::<Vec<_>>(),
        [&Change::Unchanged]
    );
}
