//! With a source of evidence gone, recall and confidence fall; precision does not.
use super::support::{arpenteur, observe, recordings, score};
use arpenteur_core::model::{Confidence, FactPath, Observation};

/// Wrong answers that a field may gain, per hundred recordings whose truth is known. Precision
/// itself also falls because fewer answers are left beside those that the truth contradicts
/// anyway; both are printed.
const MOST_GAINED: f64 = 2.0;

/// Whether a line of a recording goes.
type Gone = fn(&str) -> bool;

const CASES: [(&str, Gone); 3] = [
    ("private objects gone", |oid| {
        oid.starts_with("1.3.6.1.4.1.")
    }),
    ("sysObjectID gone", |oid| oid == "1.3.6.1.2.1.1.2.0"),
    ("sysDescr gone", |oid| oid == "1.3.6.1.2.1.1.1.0"),
];

#[test]
fn less_evidence_gives_silence_and_not_errors() {
    let arguments = ["--lang", "en", "identify", "--jsonl"];
    let whole = score("whole", &arpenteur(&arguments, &recordings()), None);
    let mut lost = Vec::new();
    for (title, gone) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let stripped: Vec<_> = recordings()
            .iter()
            .map(|path| {
                let bytes = std::fs::read(path).unwrap();
                let lines = bytes.split_inclusive(|byte| *byte == b'\n');
                let kept = lines.filter(|line| {
                    let end = line.iter().position(|byte| *byte == b'|').unwrap_or(0);
                    let oid = std::str::from_utf8(&line[..end]).unwrap_or("");
                    !gone(oid.trim().trim_start_matches('.'))
                });
                let to = folder.path().join(path.file_name().unwrap());
                // An agent always shows something.
                let mut kept: Vec<u8> = kept.flatten().copied().collect();
                kept.extend_from_slice(b"\n1.3.6.1.2.1.1.3.0|67|1\n");
                std::fs::write(&to, kept).unwrap();
                to
            })
            .collect();
        let found = score(title, &arpenteur(&arguments, &stripped), None);
        for field in ["vendor", "type", "model", "version", "serial", "sysName"] {
            let gained = found[field].wrong - whole[field].wrong;
            println!("  {title}: {field} gains {gained:.2} wrong answers a hundred");
            if gained > MOST_GAINED {
                lost.push(format!("{title}: {field} +{gained:.1}"));
            }
        }
    }
    assert!(lost.is_empty(), "wrong answers gained: {lost:#?}");
}

#[test]
fn less_evidence_gives_less_confidence() {
    let whole = certainty(&observe(|_| true));
    for (title, gone) in CASES {
        let found = certainty(&observe(|oid| !gone(oid)));
        println!("{title}: certain of {found:.1} % of what devices are; of {whole:.1} % whole");
        assert!(found < whole, "{title}");
    }
}

/// Share of recordings whose class is certain, per hundred.
fn certainty(seen: &[(String, Observation)]) -> f64 {
    let class: FactPath = "device.class".parse().unwrap();
    let certain = seen.iter().filter(|(_, seen)| {
        let provenance = seen.sheet.provenance(&class);
        provenance.is_some_and(|from| from.confidence == Confidence::Certain)
    });
    100.0 * certain.count() as f64 / seen.len() as f64
}
