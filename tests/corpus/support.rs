//! Where the corpus is, and the program run on it.
use arpenteur::data::Knowledge;
use arpenteur::transport::read_foreign;
use arpenteur_core::model::{
    Answer, Exchange, Locator, Observation, Question, SiteId, SnmpVersion, Target, WalkEnd,
};
use arpenteur_wire::snmp::Oid;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The corpus' folder.
pub(crate) fn corpus() -> PathBuf {
    let folder = std::env::var_os("ARPENTEUR_CORPUS");
    PathBuf::from(folder.expect("ARPENTEUR_CORPUS names the corpus' folder"))
}

/// Every recording of one device; those of single contexts left out.
pub(crate) fn recordings() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(corpus().join("snmp")).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "snmprec"))
        .filter(|path| !path.to_string_lossy().contains('@'))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no recording");
    files
}

/// JSON lines of a file.
pub(crate) fn json_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What `arpenteur` prints.
pub(crate) fn arpenteur(arguments: &[&str], files: &[PathBuf]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_arpenteur"))
        .args(arguments)
        .args(files)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// How well a field is answered, per hundred.
pub(crate) struct Figures {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    /// Wrong answers, of the recordings whose truth is known.
    pub(crate) wrong: f64,
}

/// Figures by field.
pub(crate) type Score = BTreeMap<String, Figures>;

/// Scores `identify --jsonl` lines with the scorer beside the corpus; prints its table.
pub(crate) fn score(title: &str, results: &str, only: Option<&Path>) -> Score {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.jsonl");
    std::fs::write(&file, results).unwrap();
    let mut scorer = Command::new("python3");
    scorer
        .arg(corpus().join("../tools/score.py"))
        .args(["--json", "--worst", "0", "--truth"])
        .arg(corpus().join("snmp/truth.jsonl"))
        .arg("--results")
        .arg(&file);
    if let Some(only) = only {
        scorer.arg("--only").arg(only);
    }
    let output = scorer.output().expect("python3 runs the scorer");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    println!("{title}");
    let fields = found["fields"].as_object().unwrap();
    let of = |(field, figures): (&String, &Value)| {
        let share = |name: &str| 100.0 * figures[name].as_f64().unwrap_or(0.0);
        let (precision, recall) = (share("precision"), share("recall"));
        println!(
            "  {field:8} {:>5} correct {:>5} wrong {:>4}  precision {precision:6.2} recall {recall:6.2}",
            figures["total"], figures["correct"], figures["wrong"]
        );
        let count = |name: &str| figures[name].as_f64().unwrap_or(0.0);
        let figures = Figures {
            precision,
            recall,
            wrong: 100.0 * count("wrong") / count("total").max(1.0),
        };
        (field.clone(), figures)
    };
    fields.iter().map(of).collect()
}

/// Asserts lower bounds, all of them, before it fails.
pub(crate) fn expect(score: &Score, bounds: &[(&str, f64, f64)]) {
    let below: Vec<String> = bounds
        .iter()
        .filter(|(field, precision, recall)| {
            let found = &score[*field];
            found.precision < *precision || found.recall < *recall
        })
        .map(|(field, precision, recall)| {
            let found = &score[*field];
            format!(
                "{field}: {:.2} / {:.2}, bound {precision} / {recall}",
                found.precision, found.recall
            )
        })
        .collect();
    assert!(below.is_empty(), "below the bounds: {below:#?}");
}

/// What is observed of every recording, each line of it kept or not.
pub(crate) fn observe(keep: impl Fn(&str) -> bool + Sync) -> Vec<(String, Observation)> {
    let knowledge = Knowledge::load(None).unwrap();
    recordings()
        .par_iter()
        .filter_map(|path| {
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(path).unwrap();
            let (mut objects, _) = read_foreign(&bytes).ok()?;
            objects.retain(|object| keep(&object.oid.to_string()));
            let target = Target {
                site: SiteId("corpus".to_owned()),
                locator: Locator::File(file.clone()),
            };
            let walk = |root: &'static [u32]| {
                let root = Oid::from_static(root);
                let own = objects
                    .iter()
                    .filter(|object| object.oid.starts_with(&root));
                Exchange {
                    target: target.clone(),
                    answer: Answer::Snmp {
                        varbinds: own.cloned().collect(),
                        end: WalkEnd::Complete,
                    },
                    question: Question::SnmpWalk {
                        version: SnmpVersion::V2c,
                        credential: "file".to_owned(),
                        root,
                    },
                    at: None,
                    elapsed_us: 0,
                }
            };
            let exchanges = [walk(&[1, 0]), walk(&[1, 2]), walk(&[1, 3])];
            let seen = knowledge
                .families
                .observe(&target, &exchanges, &knowledge.classes);
            Some((file, seen))
        })
        .collect()
}
