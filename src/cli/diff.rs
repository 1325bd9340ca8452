//! `arpenteur diff RUN RUN`.
use super::args::General;
use super::exit::Exit;
use super::history::changed;
use super::index::open;
use super::{Failure, Outcome, Output};
use crate::store::{AuditFolder, RunFolder, read_file};
use arpenteur_core::history::{DeviceChange, Judged, RunState};
use arpenteur_core::model::{Change, Drift, DriftEntry};
use serde::Serialize;
use std::path::Path;

/// What `--json` prints: the verdicts as ever, and the devices.
#[derive(Serialize)]
struct Differences {
    #[serde(flatten)]
    drift: Drift,
    devices: Vec<DeviceChange>,
}

/// Prints what changed; exits with 1 where something is new or worse.
pub(crate) fn run(before: &Path, after: &Path, general: &General, output: &Output<'_>) -> Outcome {
    let (before, after) = match indexed(before, after, general) {
        Some(states) => states,
        None => (state(before)?, state(after)?),
    };
    let all = Differences {
        drift: after.drift_since(&before),
        devices: after.devices_since(&before),
    };
    let drift = &all.drift;
    if output.json {
        output.json(&all);
    } else {
        for change in &all.devices {
            let event = output.named("device-event", change.event);
            output.result(&format!("{event:<11} {} {}", change.name, change.id));
            for field in &change.fields {
                output.result(&changed(field, output));
            }
        }
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

/// What a run saw, from its file.
fn state(path: &Path) -> Result<RunState, Failure> {
    let name = path.display();
    let bytes = if path.is_dir() {
        RunFolder::at(path).read_results()?
    } else {
        read_file(path)?
    };
    let bytes = bytes.ok_or_else(|| {
        format!("cannot read {name}: there is no results.json\nhelp: name a run's folder, or its results.json")
    })?;
    Ok(Judged::parse(&bytes)
        .map_err(|error| format!("{name}: {error}"))?
        .state())
}

/// What two runs of one audit saw, from the index. Nothing where it cannot tell, for whatever
/// reason: the files can.
fn indexed(before: &Path, after: &Path, general: &General) -> Option<(RunState, RunState)> {
    let run = |path: &Path| {
        let path = path.canonicalize().ok().filter(|path| path.is_dir())?;
        let run = RunFolder::at(&path);
        let stamp = run.judged_stamp()?;
        let audit = AuditFolder::open(path.parent()?.parent()?).ok()?;
        Some((audit.audit_id().ok()?, run.name(), stamp))
    };
    let ((audit, first, first_stamp), (other, second, second_stamp)) = (run(before)?, run(after)?);
    if audit != other {
        return None;
    }
    let mut index = open(general).ok()?;
    let states = index.states(audit, (&first, &first_stamp), (&second, &second_stamp));
    states.ok()?
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
