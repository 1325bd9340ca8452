//! `arpenteur history DIR DEVICE` and `arpenteur show DIR [DEVICE]`: what the index tells.
use super::args::General;
use super::exit::Exit;
use super::index::open;
use super::{Failure, Outcome, Output};
use crate::store::{AuditFolder, Index, IndexedRun, Place};
use arpenteur_core::history::{FieldChange, Snapshot};
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;

/// One run of a device's history.
#[derive(Serialize)]
struct Step {
    run: IndexedRun,
    /// Nothing where the run did not see it.
    device: Option<Snapshot>,
    /// Fields that differ from the run that saw it before.
    changed: Vec<FieldChange>,
    /// Checks that fail now and did not then.
    opened: Vec<String>,
    /// Checks that failed then and do so no longer.
    closed: Vec<String>,
}

/// Each run's state of a device, and what changed.
pub(crate) fn run(dir: &Path, device: &str, general: &General, output: &Output<'_>) -> Outcome {
    let (mut index, audit) = of_folder(dir, general)?;
    let id = one(&mut index, audit, device, output)?;
    let mut steps: Vec<Step> = Vec::new();
    let mut last: Option<Snapshot> = None;
    for (run, device) in index.history(audit, id)? {
        let (mut changed, mut opened, mut closed) = (Vec::new(), Vec::new(), Vec::new());
        if let (Some(before), Some(now)) = (&last, &device) {
            changed = now.changed_since(before);
            opened = missing_from(now, before);
            closed = missing_from(before, now);
        }
        last = device.clone().or(last);
        steps.push(Step {
            run,
            device,
            changed,
            opened,
            closed,
        });
    }
    if output.json {
        output.json(&json!({"audit": audit, "device": id, "runs": steps}));
        return Ok(Exit::Complete);
    }
    output.line(&id.to_string());
    for step in &steps {
        print(step, output);
    }
    Ok(Exit::Complete)
}

/// The audit's runs, or a device as the newest run saw it.
pub(crate) fn show(
    dir: &Path,
    device: Option<&str>,
    general: &General,
    output: &Output<'_>,
) -> Outcome {
    let (mut index, audit) = of_folder(dir, general)?;
    let Some(device) = device else {
        let runs = index.runs(audit)?;
        if output.json {
            output.json(&json!({"audit": audit, "runs": runs}));
        } else {
            for run in &runs {
                output.result(&line(run, output));
            }
        }
        return Ok(Exit::Complete);
    };
    let id = one(&mut index, audit, device, output)?;
    let mut past = index.history(audit, id)?.into_iter().rev();
    let seen = past.find_map(|(run, at)| Some((run, at?)));
    let known = index.known(audit, &[])?;
    let known = known.into_iter().find(|known| known.arpenteur_id == id);
    if output.json {
        let (run, at) = seen.unzip();
        output.json(&json!({"audit": audit, "id": id, "run": run, "device": at, "known": known}));
        return Ok(Exit::Complete);
    }
    output.result(&id.to_string());
    if let Some((run, at)) = seen {
        output.result(&line(&run, output));
        for change in at.changed_since(&Snapshot::default()) {
            let field = output.word("device-field", &change.field);
            output.result(&format!("  {field} : {}", value(&change.after)));
        }
        for (check, open) in &at.open {
            let severity = output.named("severity", open.severity);
            output.result(&format!("  {check} {severity} {}", open.items.join(", ")));
        }
    }
    if let Some(known) = known {
        let (key, value) = (&known.identity.key, &known.identity.value);
        let date = |date: Option<jiff::Timestamp>| date.map_or_else(String::new, day);
        output.say(
            "cli-show-identity",
            &[
                ("key", key.as_str()),
                ("value", value.as_str()),
                ("first", &date(known.first_seen)),
                ("last", &date(known.last_seen)),
            ],
        );
        for key in &known.keys {
            output.result(&format!("  {} {}", key.key, key.value));
        }
    }
    Ok(Exit::Complete)
}

/// The index, with all that the folder has, and the audit's id.
fn of_folder(dir: &Path, general: &General) -> Result<(Index, Uuid), Failure> {
    let folder = AuditFolder::open(dir)?;
    let audit = folder.audit_id()?;
    let mut index = if folder.has_encrypted_runs() {
        Index::open(&Place::Memory)?
    } else {
        open(general)?
    };
    let indexed = index.catch_up(&folder, audit)?;
    // Encrypted runs that no key opens are no history.
    if let (true, Some((_, reason))) = (indexed.runs == 0, indexed.left_out.first()) {
        return Err(reason.clone().into());
    }
    Ok((index, audit))
}

fn one(index: &mut Index, audit: Uuid, word: &str, output: &Output<'_>) -> Result<Uuid, Failure> {
    let found = index.find(audit, word)?;
    match found.as_slice() {
        [id] => Ok(*id),
        [] => Err(output.text("cli-unknown-id", &[("id", word)]).into()),
        several => {
            let ids: Vec<String> = several.iter().map(Uuid::to_string).collect();
            let values = [("id", word), ("ids", &ids.join(", "))];
            Err(output.text("cli-several-devices", &values).into())
        }
    }
}

/// Checks that fail in the first and not in the second.
fn missing_from(first: &Snapshot, second: &Snapshot) -> Vec<String> {
    let checks = first.open.keys();
    checks
        .filter(|check| !second.open.contains_key(*check))
        .cloned()
        .collect()
}

fn print(step: &Step, output: &Output<'_>) {
    let what = match &step.device {
        Some(at) => at.name.clone(),
        None => output.text("cli-history-unseen", &[]),
    };
    let when = step.run.as_of.map_or_else(String::new, day);
    output.result(&format!("{when}  {}  {what}", step.run.name));
    for change in &step.changed {
        output.result(&changed(change, output));
    }
    for (sign, checks) in [("+", &step.opened), ("-", &step.closed)] {
        for check in checks {
            output.result(&format!("  {sign}{check}"));
        }
    }
}

/// A field, before and after.
pub(super) fn changed(change: &FieldChange, output: &Output<'_>) -> String {
    let field = output.word("device-field", &change.field);
    format!(
        "  {field} : {} → {}",
        value(&change.before),
        value(&change.after)
    )
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(self::value).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn day(date: jiff::Timestamp) -> String {
    date.strftime("%Y-%m-%d %H:%MZ").to_string()
}

fn line(run: &IndexedRun, output: &Output<'_>) -> String {
    let when = run.as_of.map_or_else(String::new, day);
    let key = if run.complete {
        "cli-show-run"
    } else {
        "cli-show-run-incomplete"
    };
    output.text(
        key,
        &[
            ("name", run.name.as_str()),
            ("date", &when),
            ("devices", &run.devices.to_string()),
            ("failed", &run.failed.to_string()),
        ],
    )
}
