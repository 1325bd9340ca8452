//! Configurations that we invented, one pair a language: on the hardened one the NET checks
//! pass, on the weak one they fail.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
#[path = "check_files/mod.rs"]
mod check_files;

use arpenteur_core::check::Catalogue;
use arpenteur_core::family::config::raw;
use arpenteur_core::model::{FactPath, FactSheet, Provenance};
use check_files::files;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PLATFORMS: [&str; 11] = [
    "cisco_ios",
    "cisco_nxos",
    "cisco_asa",
    "procurve",
    "aos_cx",
    "comware",
    "vrp",
    "junos",
    "fortios",
    "routeros",
    "aos",
];

fn text(platform: &str, kind: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs");
    std::fs::read_to_string(format!("{folder}/{platform}-{kind}.txt")).unwrap()
}

/// The facts of a fixture as those of a device of that kind.
fn sheet(platform: &str, kind: &str) -> FactSheet {
    let mut sheet = raw(platform, &text(platform, kind)).unwrap();
    let class = sheet.values()["device"]["class"]
        .as_str()
        .unwrap_or("?")
        .to_owned();
    let codes = match class.as_str() {
        "switch" => json!(["net", "sw"]),
        "router" => json!(["net", "rtr"]),
        "firewall" => json!(["net", "fw"]),
        other => panic!("{platform}: class {other}"),
    };
    let mut set = |at: &str, value: Value| {
        sheet.set(
            &at.parse::<FactPath>().unwrap(),
            value,
            Provenance::default(),
        );
    };
    set("device.codes", codes);
    set("device.zone", json!("servers"));
    set("clear.smart_install", json!(false));
    sheet
}

/// Outcome of every NET check: `pass`, `fail`, `unknown` or `not_applicable`.
fn verdicts(catalogue: &Catalogue, sheet: &FactSheet) -> BTreeMap<String, String> {
    let outcomes = catalogue.outcomes(sheet, "2026-03-02T12:00:00Z".parse().unwrap());
    let net = outcomes
        .into_iter()
        .filter(|(check, _)| check.starts_with("NET-"));
    net.map(|(check, outcome)| {
        let outcome = serde_json::to_value(&outcome).unwrap();
        (check, outcome["outcome"].as_str().unwrap().to_owned())
    })
    .collect()
}

fn of<'v>(verdicts: &'v BTreeMap<String, String>, wanted: &str) -> Vec<&'v str> {
    let found = verdicts.iter().filter(|(_, outcome)| *outcome == wanted);
    found
        .map(|(check, _)| check.trim_start_matches("NET-"))
        .collect()
}

#[test]
fn hardened_configurations_pass_and_weak_ones_fail() {
    let catalogue = Catalogue::load(&files()).unwrap_or_else(|errors| panic!("{errors}"));
    let mut told = String::new();
    for platform in PLATFORMS {
        let hardened = verdicts(&catalogue, &sheet(platform, "hardened"));
        let weak = verdicts(&catalogue, &sheet(platform, "weak"));
        for (kind, verdicts) in [("hardened", &hardened), ("weak", &weak)] {
            for outcome in ["pass", "fail", "unknown", "error"] {
                let checks = of(verdicts, outcome);
                if !checks.is_empty() {
                    told.push_str(&format!(
                        "{platform} {kind} {outcome}: {}\n",
                        checks.join(" ")
                    ));
                }
            }
        }
    }
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/configs/verdicts.txt"
    );
    if std::env::var_os("ARPENTEUR_WRITE_VERDICTS").is_some() {
        std::fs::write(path, &told).unwrap();
    }
    assert_eq!(told, std::fs::read_to_string(path).unwrap_or_default());
    for line in told.lines() {
        assert!(
            !line.contains("hardened fail") && !line.contains(" error: "),
            "{line}"
        );
    }
}
