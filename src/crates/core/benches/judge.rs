//! Judging on synthetic facts of realistic size: the time to load the catalogue, to judge one
//! device, and to judge ten thousand. Run by `benches/judge`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark prints, reads the clock, and stops where something is wrong"
)]
#[path = "../tests/check_files/mod.rs"]
mod check_files;

use arpenteur_core::check::{Catalogue, Policy};
use arpenteur_core::model::{
    Asset, AssetState, Confidence, FactPath, FactSchema, FactSheet, FactType, Identity, Inventory,
    Provenance, SiteId,
};
use serde_json::{Map, Value, json};
use std::time::Instant;
use uuid::Uuid;

const DEVICES: usize = 10_000;
/// Devices whose facts are made at a time: the facts are the benchmark's, not the program's.
const AT_A_TIME: usize = 500;

fn main() {
    let files = check_files::files();
    let mut loads: Vec<_> = (0..15)
        .map(|_| {
            let start = Instant::now();
            Catalogue::load(&files).unwrap();
            start.elapsed()
        })
        .collect();
    loads.sort();
    let catalogue = Catalogue::load(&files).unwrap();
    println!("checks                     {}", catalogue.checks().len());
    println!("load, median of 15         {:.1?}", loads[7]);

    let as_of = "2026-11-22T00:00:00Z".parse().unwrap();
    let policy = Policy::default();
    let one = inventory(0..1);
    let start = Instant::now();
    for _ in 0..200 {
        drop(catalogue.judge(&one, &policy, as_of));
    }
    println!("one device, mean of 200    {:.2?}", start.elapsed() / 200);

    let (mut findings, mut spent) = (0, 0.0);
    for first in (0..DEVICES).step_by(AT_A_TIME) {
        let part = inventory(first..first + AT_A_TIME);
        let before = cpu_seconds();
        catalogue.judge_each(&part, &policy, as_of, &mut |_| findings += 1);
        spent += cpu_seconds() - before;
    }
    println!("{DEVICES} devices, CPU          {spent:.1} s, {findings} findings");
}

/// User and system time of the whole process (proc_pid_stat(5), fields 14 and 15).
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

fn inventory(devices: std::ops::Range<usize>) -> Inventory {
    Inventory {
        assets: devices.map(asset).collect(),
        ..Inventory::default()
    }
}

/// Two switches, then a Linux server, and so on.
fn asset(index: usize) -> Asset {
    let switch = !index.is_multiple_of(3);
    Asset {
        arpenteur_id: Uuid::from_u128(index as u128 + 1),
        identity: Identity {
            key: "serial_num".to_owned(),
            value: format!("S{index}"),
        },
        name: format!("device-{index}"),
        site: SiteId("site".to_owned()),
        state: AssetState::Observed,
        targets: Vec::new(),
        address: None,
        class: if switch { "switch" } else { "server" }.to_owned(),
        class_confidence: Confidence::Certain,
        family: None,
        third_party: None,
        tags: Vec::new(),
        criticality: None,
        authenticated: true,
        sheet: sheet(index, switch),
        merges: Vec::new(),
        complaints: Vec::new(),
    }
}

/// Every fact of the schema, lists of interfaces with 24 to 48 items, others with 4.
fn sheet(index: usize, switch: bool) -> FactSheet {
    let mut sheet = FactSheet::new();
    let schema = FactSchema::get();
    for (path, spec) in schema.paths() {
        let text = path.to_string();
        if text.contains("[]") || text.starts_with("site.") {
            continue;
        }
        let value = match spec.r#type {
            FactType::Group => continue,
            FactType::Boolean => json!(true),
            FactType::Integer => json!(10),
            FactType::String if text.ends_with("_end") => json!("2029-06-30"),
            FactType::String => json!(format!("value-{index}")),
            FactType::List => json!(["first", "second", "third"]),
            FactType::Map => json!({"permitrootlogin": "no", "passwordauthentication": "no"}),
            FactType::Items => items(path, 24 + index % 25),
        };
        sheet.set(path, value, provenance());
    }
    let codes = if switch {
        ["net", "sw"]
    } else {
        ["lin", "srv"]
    };
    set(&mut sheet, "device.codes", json!(codes));
    set(
        &mut sheet,
        "os.family",
        json!(if switch { "ios" } else { "linux" }),
    );
    sheet
}

fn set(sheet: &mut FactSheet, path: &str, value: Value) {
    sheet.set(&path.parse().unwrap(), value, provenance());
}

fn provenance() -> Provenance {
    Provenance {
        by: "benchmark".to_owned(),
        ..Provenance::default()
    }
}

fn items(list: &FactPath, interfaces: usize) -> Value {
    let text = list.to_string();
    let count = if text.ends_with("interfaces") {
        interfaces
    } else {
        4
    };
    let fields: Vec<_> = FactSchema::get()
        .paths()
        .filter(|(path, _)| path.parent() == list.item(""))
        .map(|(path, spec)| {
            (
                path.to_string().rsplit('.').next().unwrap().to_owned(),
                spec.r#type,
            )
        })
        .collect();
    let item = |number: usize| {
        let mut item = Map::new();
        for (name, kind) in &fields {
            let value = match (name.as_str(), kind) {
                ("name" | "key", _) => json!(format!("GigabitEthernet1/0/{number}")),
                ("admin_status" | "oper_status", _) => json!("up"),
                ("kind", _) => json!("physical"),
                ("mode", _) => json!("access"),
                ("type", _) => json!(6),
                ("in_packets" | "out_packets", _) => json!(1_000_000 + number),
                (_, FactType::Boolean) => json!(!number.is_multiple_of(5)),
                (_, FactType::Integer) => json!(number),
                (_, FactType::List) => json!(["10.0.0.1/24"]),
                _ => json!(format!("{name} {number}")),
            };
            item.insert(name.clone(), value);
        }
        Value::Object(item)
    };
    Value::Array((1..=count).map(item).collect())
}
