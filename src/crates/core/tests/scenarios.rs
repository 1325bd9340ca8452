//! Devices that are hard to tell apart, or to keep whole, replayed from fixtures/scenarios.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]
use arpenteur_core::family::Families;
use arpenteur_core::inventory::{Context, build, compare};
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{Asset, Exchange, Facts, Observation, Recording, Target};
use std::collections::BTreeMap;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn knowledge() -> (Families, ClassTable) {
    let bytes = fs::read(root().join("models/classes.yaml")).unwrap();
    let classes = ClassTable::load("models/classes.yaml", &bytes).unwrap();
    let mut files = Vec::new();
    for folder in ["cisco", "net-snmp", "generic"] {
        for file in fs::read_dir(root().join("families").join(folder)).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            files.push((
                format!("families/{folder}/{name}"),
                fs::read(&path).unwrap(),
            ));
        }
    }
    files.sort();
    let families = Families::load(&files, &classes).unwrap_or_else(|errors| panic!("{errors}"));
    (families, classes)
}

/// What is observed of each target of a scenario.
fn observations(scenario: &str) -> Vec<Observation> {
    let (families, classes) = knowledge();
    let bytes = fs::read(root().join(format!("fixtures/scenarios/{scenario}.jsonl"))).unwrap();
    let mut by_target: BTreeMap<Target, Vec<Exchange>> = BTreeMap::new();
    for exchange in Recording::parse(&bytes).unwrap().exchanges {
        let own = by_target.entry(exchange.target.clone()).or_default();
        own.push(exchange);
    }
    by_target
        .iter()
        .map(|(target, exchanges)| families.observe(target, exchanges, &classes))
        .collect()
}

fn assets(scenario: &str, context: &Context) -> Vec<Asset> {
    build(observations(scenario), context, &knowledge().1).assets
}

/// Addresses of each asset.
fn addresses(assets: &[Asset]) -> Vec<Vec<String>> {
    let of = |asset: &Asset| -> Vec<String> {
        let targets = asset.targets.iter();
        targets.map(|target| target.locator.to_string()).collect()
    };
    let mut all: Vec<_> = assets.iter().map(of).collect();
    all.sort();
    all
}

#[test]
fn a_stack_is_one_device_of_two_units_with_their_ports() {
    let assets = assets("stack", &Context::default());
    assert_eq!(addresses(&assets), [["10.1.0.1", "10.2.0.1"]]);
    let facts: Facts = assets[0].sheet.facts().unwrap();
    let units: Vec<_> = facts
        .hardware
        .units
        .iter()
        .map(|unit| (unit.number.as_str(), unit.serial_num.as_deref()))
        .collect();
    assert_eq!(
        units,
        [("1", Some("FOC0000TST1")), ("2", Some("FOC0000TST2"))]
    );
    let unit_of = |name: &str| {
        let port = facts.interfaces.iter().find(|port| port.name == name);
        port.unwrap().unit.clone()
    };
    assert_eq!(unit_of("GigabitEthernet1/0/1").as_deref(), Some("1"));
    assert_eq!(unit_of("GigabitEthernet2/0/1").as_deref(), Some("2"));
    assert_eq!(unit_of("Vlan1"), None);
}

#[test]
fn a_router_is_one_device_in_all_its_vrfs() {
    let assets = assets("vrf", &Context::default());
    assert_eq!(addresses(&assets), [["10.1.0.2", "10.3.0.2"]]);
}

#[test]
fn a_pair_that_shares_its_engine_and_its_name_is_two_devices() {
    let found = assets("ha-pair", &Context::default());
    assert_eq!(addresses(&found), [["10.1.0.3"], ["10.1.0.4"]]);
    let seen = observations("ha-pair");
    let why = compare(&seen[0], &seen[1]);
    let keys = |list: Vec<&String>| list.into_iter().cloned().collect::<Vec<_>>();
    let agreed = keys(why.agreed.iter().map(|(key, ..)| key).collect());
    let contradicted = keys(why.contradicted.iter().map(|(key, ..)| key).collect());
    assert_eq!(agreed, ["engine_id", "hostname"]);
    assert_eq!(contradicted, ["serial_num"]);
    assert!(!why.is_one());
    let pair: Vec<IpAddr> = vec!["10.1.0.3".parse().unwrap(), "10.1.0.4".parse().unwrap()];
    let together = Context {
        same_device: vec![pair],
        ..Context::default()
    };
    let found = assets("ha-pair", &together);
    assert_eq!(addresses(&found), [["10.1.0.3", "10.1.0.4"]]);
}

#[test]
fn copies_of_a_virtual_machine_are_devices_of_their_own() {
    let assets = assets("clones", &Context::default());
    assert_eq!(addresses(&assets), [["10.1.0.5"], ["10.1.0.6"]]);
}

#[test]
fn a_server_with_three_addresses_is_one_device() {
    let assets = assets("multi-homed", &Context::default());
    assert_eq!(addresses(&assets), [["10.1.0.7", "10.2.0.7", "10.3.0.7"]]);
}
