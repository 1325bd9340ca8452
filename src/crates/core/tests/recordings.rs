//! Recordings as files: every version is read, whatever is done to one.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]
use arpenteur_core::family::Families;
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{Exchange, Recording, RecordingError, Target};
use std::collections::BTreeMap;
use std::path::Path;

const V1: &[u8] = include_bytes!("../../../../fixtures/recordings/v1.jsonl");
const SEED: u64 = 0x6172_7065_6e74_6575;
const CASES: usize = 100_000;

#[test]
fn version_1_is_read() {
    let recording = Recording::parse(V1).unwrap();
    assert_eq!(recording.header.version, 1);
    assert_eq!(recording.exchanges.len(), 9);
    assert_eq!(recording.ledger[0].packets, 3);
    assert_eq!((recording.complete, recording.addresses), (true, 254));
    assert_eq!(recording.end().unwrap().to_string(), "2026-11-22T08:00:10Z");
}

#[test]
fn written_and_read_again_it_is_the_same() {
    let recording = Recording::parse(V1).unwrap();
    let text: Vec<String> = recording
        .lines()
        .map(|line| serde_json::to_string(&line).unwrap())
        .collect();
    assert_eq!(
        Recording::parse(text.join("\n").as_bytes()).unwrap(),
        recording
    );
}

#[test]
fn a_line_cut_short_by_a_crash_is_dropped_and_one_in_the_middle_is_named() {
    let cut = &V1[..V1.len() - 30];
    let recording = Recording::parse(cut).unwrap();
    assert!(!recording.complete);
    let broken =
        String::from_utf8_lossy(V1).replacen("\"ask\":\"neighbour\"", "\"ask\":\"nonsense\"", 1);
    let error = Recording::parse(broken.as_bytes()).unwrap_err();
    assert!(
        matches!(error, RecordingError::Line { line: 2, .. }),
        "{error}"
    );
}

fn folder(name: &str) -> Vec<(String, Vec<u8>)> {
    fn add(folder: &Path, below: &str, files: &mut Vec<(String, Vec<u8>)>) {
        let mut entries: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            let name = format!("{below}/{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() {
                add(&path, &name, files);
            } else {
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    add(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../..")
            .join(name),
        name,
        &mut files,
    );
    files
}

/// xorshift64*: the same cases everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % below.max(1)
    }
}

fn mutate(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(bytes.len());
        match dice.roll(5) {
            0 => bytes[at] ^= 1 << dice.roll(8),
            1 => bytes.truncate(at),
            2 => {
                bytes.insert(at, u8::try_from(dice.roll(256)).unwrap());
            }
            3 => {
                let to = (at + dice.roll(40)).min(bytes.len());
                bytes.drain(at..to);
            }
            _ => {
                let (from, length) = (dice.roll(bytes.len()), dice.roll(60));
                let piece: Vec<u8> = bytes[from..(from + length).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn a_hundred_thousand_damaged_recordings_are_read_or_refused_and_interpreted() {
    let classes = ClassTable::load(
        "models/classes.yaml",
        &std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/classes.yaml"))
            .unwrap(),
    )
    .unwrap();
    let families = Families::load(&folder("families"), &classes).unwrap();
    let mut dice = Dice(SEED);
    let (mut read, mut refused, mut interpreted) = (0, 0, 0);
    for case in 0..CASES {
        let mut bytes = V1.to_vec();
        mutate(&mut dice, &mut bytes);
        let Ok(recording) = Recording::parse(&bytes) else {
            refused += 1;
            continue;
        };
        read += 1;
        // Interpreting costs more than reading: one in sixteen.
        if case % 16 == 0 {
            let mut by_target: BTreeMap<Target, Vec<Exchange>> = BTreeMap::new();
            for exchange in recording.exchanges {
                by_target
                    .entry(exchange.target.clone())
                    .or_default()
                    .push(exchange);
            }
            for (target, exchanges) in by_target {
                families.observe(&target, &exchanges, &classes);
                interpreted += 1;
            }
        }
    }
    println!("seed {SEED:#x}: {read} read, {refused} refused, {interpreted} targets interpreted");
    assert!(
        read > CASES / 10 && refused > CASES / 10 && interpreted > 100,
        "the damage is neither too small nor too great"
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .trim()
        .parse()
        .unwrap();
    assert!(peak < 256 * 1024, "peak RSS {peak} kB");
}
