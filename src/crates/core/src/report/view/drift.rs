//! What changed since the run before, and the approved exceptions.
use super::View;
use crate::model::{Change, DriftEntry, WaiverState};
use jiff::Span;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Days before its end from which on a waiver is told to end soon.
const SOON_DAYS: i64 = 30;

/// Entries of each change but the unchanged, which are counted alone.
pub(super) fn section(view: &View<'_>) -> Value {
    let Some(drift) = &view.results.drift else {
        return Value::Null;
    };
    let counts: Vec<Value> = drift
        .counts
        .iter()
        .map(|(change, count)| json!({"change": change, "count": count}))
        .collect();
    let changed = drift
        .entries
        .iter()
        .filter(|entry| entry.change != Change::Unchanged);
    let rows: Vec<Value> = changed.map(|entry| row(view, entry)).collect();
    json!({"since": drift.since, "counts": counts, "rows": rows})
}

fn row(view: &View<'_>, entry: &DriftEntry) -> Value {
    let mut device = view.device(entry.asset);
    // What is gone stands in no inventory: the entry has its name.
    if let Some(device) = device.as_object_mut() {
        device.insert("name".to_owned(), json!(entry.name));
    }
    json!({
        "change": entry.change,
        "check": entry.check,
        "severity": entry.severity,
        "device": device,
        "items_new": entry.items_new,
        "items_fixed": entry.items_fixed,
    })
}

/// Approved exceptions, as the client's profile has them.
pub(super) fn waivers(view: &View<'_>) -> Value {
    let today = view.results.as_of.to_zoned(TimeZone::UTC).date();
    let soon = today.saturating_add(Span::new().days(SOON_DAYS));
    let row = |state: &WaiverState| {
        let scope = [&state.device, &state.site, &state.item];
        let scope: Vec<&String> = scope.into_iter().flatten().collect();
        json!({
            "check": state.check,
            "scope": scope,
            "reason": state.waived.reason,
            "owner": state.waived.owner,
            "approved_by": state.waived.approved_by,
            "until": state.waived.until,
            "expired": state.waived.until < today,
            "soon": state.waived.until >= today && state.waived.until <= soon,
            "covers": state.covers,
        })
    };
    view.results.waivers.iter().map(row).collect()
}
