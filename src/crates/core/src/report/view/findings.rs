//! Verdicts by check, and what deserves attention first.

use super::front::SEVERITIES;
use super::{View, anchor, chart, known, plain};
use crate::model::{CheckSummary, Finding, Outcome, Severity, UnreadReason};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Findings told in words on the page of vigilance points.
const POINTS: usize = 8;

pub(super) fn section(view: &View<'_>) -> Value {
    let results = view.results;
    let mut by_check: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &results.findings {
        by_check.entry(&finding.check).or_default().push(finding);
    }
    let summaries: BTreeMap<&str, &CheckSummary> = results
        .checks
        .iter()
        .map(|check| (check.id.as_str(), check))
        .collect();
    for id in summaries.keys() {
        by_check.entry(id).or_default();
    }
    let mut checks: Vec<(Severity, usize, &str, Value)> = by_check
        .into_iter()
        .map(|(id, findings)| {
            let summary = summaries.get(id).copied();
            let worst = findings.iter().filter(|f| f.outcome == Outcome::Fail);
            let worst = worst.map(|finding| finding.severity).max();
            let severity = worst
                .or(summary.map(|s| s.severity))
                .unwrap_or(Severity::Info);
            let failed = findings
                .iter()
                .filter(|f| f.outcome == Outcome::Fail)
                .count();
            (
                severity,
                failed,
                id,
                check(view, id, severity, summary, &findings),
            )
        })
        .collect();
    // Failed checks first, the most severe and the most frequent before the others.
    checks.sort_by(|a, b| {
        let key = |c: &(Severity, usize, &str, Value)| {
            (c.1 == 0, std::cmp::Reverse(c.0), std::cmp::Reverse(c.1))
        };
        key(a).cmp(&key(b)).then(a.2.cmp(b.2))
    });
    let counts = grid(&results.findings);
    let failed = checks.iter().filter(|check| check.1 > 0).count();
    let checks: Vec<Value> = checks.into_iter().map(|check| check.3).collect();
    // What passes everywhere is told by its line in the table.
    let open = |check: &&Value| {
        let some = |key: &str| check.get(key).and_then(Value::as_u64).unwrap_or(0) > 0;
        some("fail") || some("unknown") || some("error")
    };
    json!({
        "count": results.findings.len(),
        "failed": failed,
        "chart": chart::grid::draw(&counts, view.messages),
        "sheets": checks.iter().filter(open).collect::<Vec<_>>(),
        "checks": checks,
    })
}

/// Failures by severity and effort.
fn grid(findings: &[Finding]) -> BTreeMap<(Severity, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.is_open()) {
        *counts
            .entry((finding.severity, finding.effort.clone()))
            .or_default() += 1;
    }
    counts
}

fn check(
    view: &View<'_>,
    id: &str,
    severity: Severity,
    summary: Option<&CheckSummary>,
    findings: &[&Finding],
) -> Value {
    let count = |keep: fn(&Outcome) -> bool| findings.iter().filter(|f| keep(&f.outcome)).count();
    let fails: Vec<Value> = findings
        .iter()
        .filter(|finding| finding.outcome == Outcome::Fail)
        .map(|finding| failure(view, finding))
        .collect();
    let mut refs = Vec::new();
    for (framework, measures) in summary.iter().flat_map(|summary| &summary.refs) {
        refs.push(json!({"framework": framework, "measures": measures}));
    }
    let effort = findings.first().map(|finding| finding.effort.as_str());
    json!({
        "id": id,
        "severity": severity,
        "effort": effort,
        "title": summary.map(|s| &s.title),
        "why": summary.map(|s| &s.why),
        "fix": summary.map(|s| &s.fix),
        "refs": refs,
        "pass": count(|o| *o == Outcome::Pass),
        "fail": fails.len(),
        "unknown": count(|o| matches!(o, Outcome::Unknown { .. })),
        "not_applicable": count(|o| *o == Outcome::NotApplicable),
        "error": count(|o| matches!(o, Outcome::Error { .. })),
        "fails": fails,
        "unknowns": unknowns(view, findings),
        "errors": errors(view, findings),
    })
}

fn failure(view: &View<'_>, finding: &Finding) -> Value {
    let values = |evidence: &[(String, Value)]| -> Vec<Value> {
        evidence
            .iter()
            .map(|(path, value)| json!({"path": path, "value": plain(value)}))
            .collect()
    };
    let items: Vec<Value> = finding
        .items
        .iter()
        .filter(|item| item.outcome == Outcome::Fail)
        .map(|item| json!({"item": item.item, "evidence": values(&item.evidence)}))
        .collect();
    json!({
        "device": view.device(finding.asset),
        "severity": finding.severity,
        "confidence": finding.confidence,
        "evidence": values(&finding.evidence),
        "items": items,
        "exchanges": finding.exchanges,
        "waived": finding.waived,
    })
}

/// Devices that could not be judged, by reason.
fn unknowns(view: &View<'_>, findings: &[&Finding]) -> Vec<Value> {
    let mut reasons: BTreeMap<UnreadReason, (Vec<Value>, Vec<&str>)> = BTreeMap::new();
    for finding in findings {
        if let Outcome::Unknown { reason, fact } = &finding.outcome {
            let (devices, facts) = reasons.entry(*reason).or_default();
            devices.push(view.device(finding.asset));
            if !facts.contains(&fact.as_str()) {
                facts.push(fact);
            }
        }
    }
    reasons
        .into_iter()
        .map(|(reason, (devices, facts))| {
            json!({"reason": reason, "count": devices.len(), "devices": devices, "facts": facts})
        })
        .collect()
}

fn errors(view: &View<'_>, findings: &[&Finding]) -> Vec<Value> {
    let told = findings
        .iter()
        .filter_map(|finding| match &finding.outcome {
            Outcome::Error { message } => {
                Some(json!({"device": view.device(finding.asset), "message": message}))
            }
            _ => None,
        });
    told.collect()
}

/// What a reader must know if he reads nothing else.
pub(super) fn vigilance(view: &View<'_>, findings: &Value) -> Value {
    let checks = findings.get("checks").and_then(Value::as_array);
    let severe = |check: &&Value| {
        let failed = check.get("fail").and_then(Value::as_u64).unwrap_or(0) > 0;
        let severity = check.get("severity").and_then(Value::as_str);
        let matters = SEVERITIES
            .iter()
            .filter(|severity| **severity >= Severity::Medium)
            .any(|known| severity == Some(super::name_of(known).as_str()));
        failed && matters
    };
    let points: Vec<Value> = checks
        .into_iter()
        .flatten()
        .filter(severe)
        .take(POINTS)
        .map(|check| {
            let take = |key: &str| check.get(key).cloned().unwrap_or_default();
            json!({
                "id": take("id"),
                "severity": take("severity"),
                "title": take("title"),
                "why": take("why"),
                "fail": take("fail"),
            })
        })
        .collect();
    json!({"points": points, "support": ends_of_support(view)})
}

/// Declared ends of support, past or within a year of the judgement, the oldest first.
fn ends_of_support(view: &View<'_>) -> Vec<Value> {
    use jiff::civil::Date;
    use jiff::{Span, tz::TimeZone};
    let today = view.results.as_of.to_zoned(TimeZone::UTC).date();
    let horizon = today.checked_add(Span::new().years(1)).unwrap_or(today);
    let mut ends: Vec<(Date, String, Value)> = Vec::new();
    for asset in &view.results.inventory.assets {
        let date = known(&asset.sheet, "device.end_of_support");
        let Some(date) = date.and_then(|text| text.parse::<Date>().ok()) else {
            continue;
        };
        if date <= horizon {
            let row = json!({
                "name": asset.name,
                "anchor": anchor(asset),
                "class": view.class_name(&asset.class),
                "date": date,
                "past": date < today,
            });
            ends.push((date, asset.name.clone(), row));
        }
    }
    ends.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    ends.into_iter().map(|(_, _, row)| row).collect()
}
