//! `arpenteur diff RUN RUN`.
use super::audit::read_baseline;
use super::exit::Exit;
use super::{Outcome, Output};
use arpenteur_core::model::{Change, DriftEntry};
use std::path::Path;

/// Prints what changed; exits with 1 where something is new or worse.
pub(crate) fn run(before: &Path, after: &Path, output: &Output<'_>) -> Outcome {
    let drift = read_baseline(after)?.since(&read_baseline(before)?);
    if output.json {
        output.json(&drift);
    } else {
        for entry in &drift.entries {
            output.result(&line(entry, output));
        }
        let count = |change| drift.counts.get(&change).copied().unwrap_or(0).to_string();
        output.say(
            "cli-drift",
            &[
                ("new", &count(Change::New)),
                ("worsened", &count(Change::Worsened)),
                ("unchanged", &count(Change::Unchanged)),
                ("lost", &count(Change::Lost)),
                ("fixed", &count(Change::Fixed)),
                ("gone", &count(Change::Gone)),
            ],
        );
    }
    let worse = |entry: &DriftEntry| matches!(entry.change, Change::New | Change::Worsened);
    Ok(if drift.entries.iter().any(worse) {
        Exit::Findings
    } else {
        Exit::Complete
    })
}

fn line(entry: &DriftEntry, output: &Output<'_>) -> String {
    let mut line = format!(
        "{:<11} {:<9} {:<9} {}",
        output.named("change", entry.change),
        entry.check,
        output.named("severity", entry.severity),
        entry.name
    );
    for (sign, items) in [("+", &entry.items_new), ("-", &entry.items_fixed)] {
        for item in items {
            line.push_str(&format!(" {sign}{item}"));
        }
    }
    line
}
