//! The index at the size of a large provider: the time to fill it, its size, the history of one
//! device, two large runs compared. Run by `benches/store`, for one database.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark prints, reads the clock, and stops where something is wrong"
)]
use arpenteur::store::{AuditFolder, Index, Place, RunFolder};
use arpenteur_core::model::{
    Asset, AssetState, Confidence, FactSheet, Finding, Identity, KnownAsset, Locator, Outcome,
    Provenance, RESULTS_VERSION, Severity, SiteId, Target, UnreadReason,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Devices of each of the two runs compared.
const LARGE: usize = 10_000;
/// Of a hundred devices, those that differ from the run before.
const CHURN: usize = 10;
/// Checks that fail, and that are unanswered, on each device.
const OPEN: usize = 8;
const UNREAD: usize = 30;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let place = Place::parse(&arguments.next().unwrap()).unwrap();
    let mut number = || arguments.next().unwrap().parse::<usize>().unwrap();
    let (clients, runs, devices) = (number(), number(), number());
    let home = tempfile::tempdir().unwrap();
    let mut index = Index::open(&place).unwrap();

    let mut filling = Duration::ZERO;
    for client in 0..clients {
        let audit = Uuid::from_u128(client as u128 + 1);
        let folder = folder(home.path(), audit);
        for run in 0..runs {
            write_run(folder.path(), audit, run, devices);
        }
        let start = Instant::now();
        assert_eq!(index.catch_up(&folder, audit).unwrap().runs, runs);
        filling += start.elapsed();
        std::fs::remove_dir_all(folder.path()).unwrap();
    }
    let each = filling / u32::try_from(clients * runs).unwrap();
    println!("{clients} clients, {runs} runs, {devices} devices");
    println!("fill                       {filling:.1?}, {each:.2?} a run");

    let mut times: Vec<Duration> = (0..51)
        .map(|at| {
            let audit = Uuid::from_u128((at * 7 % clients) as u128 + 1);
            let start = Instant::now();
            let found = index
                .find(audit, &format!("10.0.0.{}", at % devices % 200))
                .unwrap();
            let past = index.history(audit, found[0]).unwrap();
            let spent = start.elapsed();
            assert_eq!(past.iter().filter(|(_, seen)| seen.is_some()).count(), runs);
            spent
        })
        .collect();
    times.sort();
    println!(
        "history, median of 51      {:.2?}, slowest {:.2?}",
        times[25], times[50]
    );

    let audit = Uuid::from_u128(u128::MAX);
    let folder = folder(home.path(), audit);
    for run in 0..2 {
        write_run(folder.path(), audit, run, LARGE);
    }
    let start = Instant::now();
    index.catch_up(&folder, audit).unwrap();
    println!("two runs of {LARGE}, indexed {:.2?}", start.elapsed());
    let runs = folder.all_runs();
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let named = |run: &RunFolder| (run.name(), run.judged_stamp().unwrap());
            let (first, second) = (named(&runs[0]), named(&runs[1]));
            let states = index.states(audit, (&first.0, &first.1), (&second.0, &second.1));
            let (before, after) = states.unwrap().unwrap();
            let changed = after.devices_since(&before).len();
            let drift = after.drift_since(&before);
            let spent = start.elapsed();
            assert_eq!(changed, LARGE * CHURN / 100);
            assert_eq!(drift.entries.len(), LARGE * OPEN);
            spent
        })
        .collect();
    times.sort();
    println!("diff of {LARGE} devices, median of 5 {:.2?}", times[2]);
}

fn folder(home: &Path, audit: Uuid) -> AuditFolder {
    let path = home.join(audit.to_string());
    std::fs::create_dir_all(path.join("runs")).unwrap();
    std::fs::write(path.join("audit.yaml"), format!("id: {audit}\n")).unwrap();
    AuditFolder::open(&path).unwrap()
}

fn write_run(folder: &Path, audit: Uuid, run: usize, devices: usize) {
    let path: PathBuf = folder.join(format!("runs/2026{run:04}T000000Z-000000"));
    std::fs::create_dir(&path).unwrap();
    let as_of = format!("20{:02}-01-01T00:00:00Z", 26 + run);
    let assets: Vec<Asset> = (0..devices).map(|at| asset(audit, run, at)).collect();
    let findings: Vec<Finding> = assets.iter().flat_map(findings).collect();
    let checks: Vec<Value> = (0..135).map(|check| json!({"id": id(check)})).collect();
    let results = json!({
        "version": RESULTS_VERSION,
        "audit": {"id": audit, "client": {"name": "client"}},
        "as_of": as_of,
        "evidence": {"complete": true},
        "inventory": {"assets": assets, "sites": [], "links": [], "neighbours": []},
        "checks": checks,
        "findings": findings,
    });
    let known: Vec<KnownAsset> = assets
        .iter()
        .map(|asset| KnownAsset {
            arpenteur_id: asset.arpenteur_id,
            identity: asset.identity.clone(),
            keys: vec![asset.identity.clone(); 6],
            name: asset.name.clone(),
            site: asset.site.clone(),
            first_seen: None,
            last_seen: Some(as_of.parse().unwrap()),
            missed: 0,
            missed_at: None,
        })
        .collect();
    std::fs::write(
        path.join("identities.json"),
        serde_json::to_vec(&known).unwrap(),
    )
    .unwrap();
    std::fs::write(
        path.join("results.json"),
        serde_json::to_vec(&results).unwrap(),
    )
    .unwrap();
}

fn id(check: usize) -> String {
    format!("CHK-{check:03}")
}

/// A tenth of the devices has another version in each run.
fn asset(audit: Uuid, run: usize, at: usize) -> Asset {
    let version = (run + CHURN - at % CHURN) / CHURN;
    let mut sheet = FactSheet::new();
    for (path, value) in [
        ("hardware.mfg_name", "Maker".to_owned()),
        ("hardware.model_name", format!("Model {}", at % 17)),
        ("hardware.serial_num", format!("SERIAL{at:06}")),
        ("os.name", "System".to_owned()),
        ("os.version", format!("{version}.0")),
    ] {
        sheet.set(&path.parse().unwrap(), json!(value), provenance());
    }
    let address = format!("10.0.{}.{}", at / 200, at % 200).parse().unwrap();
    Asset {
        arpenteur_id: Uuid::new_v5(&audit, &at.to_be_bytes()),
        identity: Identity {
            key: "serial_num".to_owned(),
            value: format!("maker/SERIAL{at:06}"),
        },
        name: format!("device-{at}"),
        site: SiteId("site".to_owned()),
        state: AssetState::Observed,
        targets: vec![Target {
            site: SiteId("site".to_owned()),
            locator: Locator::Address(address),
        }],
        address: Some(address),
        class: "switch".to_owned(),
        class_confidence: Confidence::Certain,
        family: None,
        third_party: None,
        tags: Vec::new(),
        criticality: None,
        authenticated: true,
        sheet,
        merges: Vec::new(),
        complaints: Vec::new(),
    }
}

fn provenance() -> Provenance {
    Provenance {
        confidence: Confidence::Certain,
        ..Provenance::default()
    }
}

fn findings(asset: &Asset) -> Vec<Finding> {
    let verdict = |check: usize, outcome: Outcome| Finding {
        check: id(check),
        revision: 1,
        asset: asset.arpenteur_id,
        severity: Severity::Medium,
        confidence: Confidence::Certain,
        effort: "S".to_owned(),
        outcome,
        items: Vec::new(),
        evidence: Vec::new(),
        exchanges: Vec::new(),
        waived: None,
    };
    let unread = || Outcome::Unknown {
        reason: UnreadReason::NoCredentials,
        fact: "os.version".to_owned(),
    };
    let open = (0..OPEN).map(|check| verdict(check, Outcome::Fail));
    let unknown = (OPEN..OPEN + UNREAD).map(|check| verdict(check, unread()));
    open.chain(unknown).collect()
}
