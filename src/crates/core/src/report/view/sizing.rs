//! Workload, price, service levels, transition, remediation.

use super::{View, chart, name_of};
use crate::model::class::Criticality;
use crate::model::estimate::{IntervalReason, Item, Level, Line, ProfileShare};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Columns of the table of lines.
const LEVELS: [Level; 5] = [
    Level::N1,
    Level::N2,
    Level::N3,
    Level::Governance,
    Level::OnCall,
];

pub(super) fn section(view: &View<'_>) -> Value {
    let estimate = &view.results.estimate;
    let counts: Vec<Value> = estimate
        .counts
        .iter()
        .filter(|count| count.sized > 0 || count.third_party > 0 || count.declared.is_some())
        .map(|count| {
            json!({
                "class": view.class_name(count.class.as_str()),
                "observed": count.observed,
                "has_declared": count.declared.is_some(),
                "declared": count.declared,
                "sized": count.sized,
                "end_of_support": count.end_of_support,
                "third_party": count.third_party,
                "origin": count.origin,
            })
        })
        .collect();
    let built_in = view
        .results
        .sources
        .iter()
        .find(|source| source.name == "sizing");
    let level_totals: Vec<Value> = LEVELS
        .iter()
        .map(|level| json!(estimate.levels.get(level).copied().unwrap_or_default()))
        .collect();
    let reasons: Vec<Value> = estimate.interval_reasons.iter().map(reason).collect();
    json!({
        "counts": counts,
        "inputs": estimate.inputs,
        "lines": estimate.lines.iter().map(|line| one_line(view, line)).collect::<Vec<_>>(),
        "level_totals": level_totals,
        "profiles": profiles(&estimate.profiles),
        "tickets": estimate.tickets,
        "on_call": estimate.on_call,
        "hours": estimate.hours,
        "euros": estimate.euros,
        "full_time_equivalents": estimate.full_time_equivalents,
        "visibility": estimate.visibility,
        "hours_interval": estimate.hours_interval,
        "euros_interval": estimate.euros_interval,
        "reasons": reasons,
        "scopes": estimate.scopes,
        "cross_checks": estimate.cross_checks,
        "model_sha256": estimate.model_sha256,
        "built_in": built_in.is_none_or(|source| source.built_in),
        "in_scope": estimate.in_scope,
        "third_party_devices": estimate.third_party_devices,
        "interval_chart": chart::interval::draw(&estimate.euros_interval, view.messages),
        "tornado_chart": chart::tornado::draw(estimate, view.messages),
    })
}

fn one_line(view: &View<'_>, line: &Line) -> Value {
    let levels: Vec<Value> = LEVELS
        .iter()
        .map(|level| json!(line.levels.get(level).map(|hours| hours.likely)))
        .collect();
    let parts: Vec<Value> = line
        .parts
        .iter()
        .map(|part| {
            json!({
                "item": item(view, &part.item),
                "quantity": part.quantity,
                "origin": part.origin,
                "hours": part.hours,
            })
        })
        .collect();
    json!({
        "id": line.id,
        "label": name_of(line.id).to_uppercase(),
        "parts": parts,
        "levels": levels,
        "hours": line.hours,
        "euros": line.euros,
    })
}

/// What a part of a sum is about, in words.
fn item(view: &View<'_>, item: &Item) -> String {
    match item {
        Item::Class(class) => view.class_name(class.as_str()),
        other => {
            let name = name_of(other);
            view.messages.word("item", &name).unwrap_or(name)
        }
    }
}

fn profiles(shares: &[ProfileShare]) -> Value {
    let hours: Decimal = shares.iter().map(|share| share.hours).sum();
    let euros: Decimal = shares.iter().map(|share| share.euros).sum();
    json!({"rows": shares, "hours": hours, "euros": euros})
}

fn reason(reason: &IntervalReason) -> Value {
    let (key, count) = match reason {
        IntervalReason::NotAuthenticated(count) => ("not_authenticated", u64::from(*count)),
        IntervalReason::DeclaredOnly(count) => ("declared_only", u64::from(*count)),
        IntervalReason::NoTicketHistory => ("no_ticket_history", 0),
        IntervalReason::AssumedCoefficients(count) => (
            "assumed_coefficients",
            u64::try_from(*count).unwrap_or(u64::MAX),
        ),
    };
    json!({"key": format!("reason-{}", key.replace('_', "-")), "count": count})
}

pub(super) fn levels(view: &View<'_>) -> Value {
    let service = &view.results.estimate.service_levels;
    let rows: Vec<Value> = service
        .devices
        .iter()
        .map(|device| {
            let asset = device.id.parse().ok().and_then(|id| view.asset(id));
            json!({
                "name": asset.map_or(device.id.as_str(), |asset| asset.name.as_str()),
                "anchor": asset.map(super::anchor),
                "class": asset.map(|asset| view.class_name(&asset.class)),
                "recommended": letter(device.recommended),
                "origin": device.origin,
                "tenable": letter(device.tenable),
                "lower": device.tenable < device.recommended,
                "reasons": device.reasons,
            })
        })
        .collect();
    json!({
        "service_hours": service.service_hours,
        "coverage": service.coverage,
        "coverage_origin": service.coverage_origin,
        "levels": service.levels,
        "restore_reserve": service.restore_reserve,
        "lower": service.devices.iter().filter(|d| d.tenable < d.recommended).count(),
        "devices": rows,
    })
}

fn letter(class: Criticality) -> String {
    name_of(class)
}

pub(super) fn transition(view: &View<'_>) -> Value {
    let transition = &view.results.estimate.transition;
    let parts: Vec<Value> = transition
        .parts
        .iter()
        .map(|part| {
            json!({
                "item": item(view, &part.item),
                "quantity": part.quantity,
                "hours": part.hours,
            })
        })
        .collect();
    json!({
        "parts": parts,
        "profiles": profiles(&transition.profiles),
        "hours": transition.hours,
        "euros": transition.euros,
    })
}

pub(super) fn remediation(view: &View<'_>) -> Value {
    let remediation = &view.results.estimate.remediation;
    let findings: u32 = remediation.parts.iter().map(|part| part.findings).sum();
    json!({
        "parts": remediation.parts,
        "findings": findings,
        "profiles": profiles(&remediation.profiles),
        "hours": remediation.hours,
        "euros": remediation.euros,
        "project_quotes": remediation.project_quotes,
    })
}
