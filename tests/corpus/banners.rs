//! Products by the greetings of services.
use super::support::{arpenteur, corpus, json_lines};
use serde_json::Value;
use std::collections::BTreeMap;

/// Protocols that count, with precision and recall per hundred.
const BOUNDS: [(&str, f64, f64); 5] = [
    ("ssh", 97.0, 90.0),
    ("http-server", 97.0, 90.0),
    ("ftp", 97.0, 90.0),
    ("telnet", 97.0, 90.0),
    ("snmp", 97.0, 90.0),
];
const PRODUCTS: [&str; 3] = ["service.product", "hw.product", "os.product"];

#[derive(Default)]
struct Tally {
    total: usize,
    answered: usize,
    right: usize,
}

#[test]
fn greetings_name_products() {
    let truth = corpus().join("banners/truth.jsonl");
    let printed = arpenteur(
        &["--lang", "en", "identify", "--banner"],
        std::slice::from_ref(&truth),
    );
    let found: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let expected = json_lines(&truth);
    assert_eq!(found.len(), expected.len());
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (expected, found) in expected.iter().zip(&found) {
        let named = |line: &Value, group: &str| -> Vec<(usize, String)> {
            let all = PRODUCTS.iter().enumerate();
            all.filter_map(|(place, key)| Some((place, folded(line[group][*key].as_str()?))))
                .filter(|(_, name)| !name.is_empty())
                .collect()
        };
        let (wanted, got) = (named(expected, "expected"), named(found, "found"));
        if wanted.is_empty() {
            continue;
        }
        let protocol = expected["protocol"].as_str().unwrap().to_owned();
        let tally = tallies.entry(protocol).or_default();
        tally.total += 1;
        tally.answered += usize::from(!got.is_empty());
        let right = wanted
            .iter()
            .any(|(_, wanted)| got.iter().any(|(_, got)| same(wanted, got)));
        tally.right += usize::from(right);
    }
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    for (protocol, tally) in &tallies {
        println!(
            "  {protocol:26} {:>5}  precision {:6.2} recall {:6.2}",
            tally.total,
            share(tally.right, tally.answered),
            share(tally.right, tally.total)
        );
    }
    let below: Vec<String> = BOUNDS
        .iter()
        .filter_map(|(protocol, precision, recall)| {
            let tally = &tallies[*protocol];
            let found = (
                share(tally.right, tally.answered),
                share(tally.right, tally.total),
            );
            (found.0 < *precision || found.1 < *recall)
                .then(|| format!("{protocol}: {:.2} / {:.2}", found.0, found.1))
        })
        .collect();
    assert!(below.is_empty(), "below the bounds: {below:#?}");
}

/// Letters and digits in lower case.
fn folded(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Equal, or one within the other: makers write `IOS` and `Cisco IOS`.
fn same(a: &str, b: &str) -> bool {
    a == b || a.len().min(b.len()) >= 3 && (a.contains(b) || b.contains(a))
}
