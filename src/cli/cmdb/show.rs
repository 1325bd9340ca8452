//! What `cmdb` says: a plan, and what became of it.
use crate::cli::Output;
use crate::cmdb::{Failed, Report};
use arpenteur_core::cmdb::{Action, Note, Plan};
use serde_json::{Value, json};

/// A line of the result, where no JSON is asked for.
pub(super) fn result(output: &Output<'_>, line: &str) {
    if !output.json {
        output.result(line);
    }
}

/// The plan for people, or as it is.
pub(super) fn show(plan: &Plan, output: &Output<'_>) {
    if output.json {
        output.json(plan);
        return;
    }
    for operation in &plan.operations {
        let sign = match operation.action {
            Action::Create => '+',
            Action::Update => '~',
        };
        output.result(&format!(
            "{sign} {} {}",
            operation.collection, operation.label
        ));
        if operation.action == Action::Update {
            for (field, change) in &operation.fields {
                output.result(&format!(
                    "    {field}: {} → {}",
                    text(&change.before),
                    text(&change.after)
                ));
            }
        }
    }
    for note in &plan.conflicts {
        output.result(&format!("! {}", sentence(note, output)));
    }
    for kept in &plan.kept {
        let (theirs, ours) = (text(&kept.theirs), text(&kept.ours));
        let values = [
            ("object", kept.object.as_str()),
            ("field", &kept.field),
            ("theirs", &theirs),
            ("ours", &ours),
        ];
        output.result(&format!("= {}", output.text("cmdb-kept", &values)));
    }
    for note in &plan.unplaced {
        output.result(&format!("? {}", sentence(note, output)));
    }
    for missing in &plan.missing {
        let key = if missing.due {
            "cmdb-missing-due"
        } else {
            "cmdb-missing"
        };
        let missed = missing.missed.to_string();
        output.result(&format!(
            "- {}",
            output.text(key, &[("object", &missing.name), ("missed", &missed)])
        ));
    }
    let count = |action| {
        let operations = plan
            .operations
            .iter()
            .filter(|operation| operation.action == action);
        operations.count().to_string()
    };
    let number = |count: usize| count.to_string();
    output.say(
        "cmdb-planned",
        &[
            ("create", &count(Action::Create)),
            ("update", &count(Action::Update)),
            ("unchanged", &number(plan.unchanged)),
            ("conflicts", &number(plan.conflicts.len())),
            ("kept", &number(plan.kept.len())),
            ("unplaced", &number(plan.unplaced.len())),
        ],
    );
}

/// A note in words.
fn sentence(note: &Note, output: &Output<'_>) -> String {
    let mut values = vec![("object", note.object.as_str())];
    values.extend(
        note.with
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    output.text(&format!("cmdb-note-{}", note.code), &values)
}

/// A value on one line.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "∅".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("ref") {
            Some(Value::String(key)) => key.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// What an execution came to.
pub(super) fn told(report: &Report, output: &Output<'_>) {
    if output.json {
        let conflicts = report.conflicts.iter();
        let conflicts: Vec<Value> = conflicts
            .map(|(object, why)| match why {
                Failed::Changed => json!({"object": object, "why": "changed"}),
                Failed::Depends => json!({"object": object, "why": "depends"}),
                Failed::Refused(words) => {
                    json!({"object": object, "why": "refused", "server": words})
                }
            })
            .collect();
        output.json(&json!({
            "created": report.created,
            "updated": report.updated,
            "already": report.already,
            "conflicts": conflicts,
        }));
    }
    for (object, why) in &report.conflicts {
        let (key, words) = match why {
            Failed::Changed => ("cmdb-failed-changed", ""),
            Failed::Depends => ("cmdb-failed-depends", ""),
            Failed::Refused(words) => ("cmdb-failed-refused", words.as_str()),
        };
        result(
            output,
            &format!(
                "! {}",
                output.text(key, &[("object", object), ("words", words)])
            ),
        );
    }
    let number = |count: usize| count.to_string();
    output.say(
        "cmdb-applied",
        &[
            ("created", &number(report.created)),
            ("updated", &number(report.updated)),
            ("already", &number(report.already)),
            ("conflicts", &number(report.conflicts.len())),
        ],
    );
}
