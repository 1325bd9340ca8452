//! SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format, with errata 01).
use super::verdict::{Audit, Subject, object, own_key, severity_name, values};
use crate::model::{
    Change, DriftEntry, Finding, ItemOutcome, Outcome, RunResults, Severity, Waived,
};
use crate::report::{Messages, plain};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Name and version of the fingerprint of a failure (section 3.27.17).
const FAILURE: &str = "arpenteurFailure/v1";
/// The same of any other verdict: a pass is not what became of the failure before it.
const VERDICT: &str = "arpenteurVerdict/v1";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

/// Section 3.14.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    language: &'static str,
    automation_details: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_guid: Option<String>,
    invocations: [Value; 1],
    results: Vec<Verdict<'a>>,
    properties: Value,
}

/// A `result` (section 3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    /// Present in every result: empty means that nothing accepts the risk (section 3.27.23).
    suppressions: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    properties: Value,
}

/// The verdicts as one run, texts in the language of `messages`: the same results give the same
/// bytes. Verdicts that ended in an error are notifications of the invocation.
#[must_use]
pub fn sarif(results: &RunResults, messages: &Messages) -> String {
    let audit = Audit::new(results, messages);
    let since = results.drift.as_ref().and_then(|drift| drift.since);
    let guid = |at: jiff::Timestamp| audit.named(&format!("run\n{at}")).to_string();
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: tool(&audit),
            language: messages.language().code(),
            automation_details: json!({
                "id": format!("arpenteur/{}/{}", results.audit.id, results.as_of),
                "guid": guid(results.as_of),
                "correlationGuid": audit.named("audit"),
            }),
            baseline_guid: since.map(guid),
            invocations: [invocation(&audit)],
            results: verdicts(&audit),
            properties: json!({
                "asOf": results.as_of,
                "profile": results.profile,
                "coverage": results.coverage,
                "tiers": results.tiers,
                "sources": results.sources,
            }),
        }],
    };
    // Nothing in it can fail to be written; were it so, an empty file would be refused as SARIF.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

/// The program and its checks as rules (sections 3.19 and 3.49).
fn tool(audit: &Audit<'_>) -> Value {
    let rules = audit.results.checks.iter().map(|check| {
        let mut tags = vec!["security".to_owned()];
        for (framework, measures) in &check.refs {
            tags.extend(
                measures
                    .iter()
                    .map(|measure| format!("{framework}:{measure}")),
            );
        }
        let title = audit.text(&check.title);
        json!({
            "id": check.id,
            "name": title,
            "shortDescription": {"text": title},
            "fullDescription": {"text": audit.text(&check.why)},
            "help": {"text": audit.text(&check.fix)},
            "defaultConfiguration": {"level": level(check.severity)},
            "properties": {
                "tags": tags,
                "security-severity": score(check.severity),
                "severity": severity_name(check.severity),
                "references": check.refs,
            },
        })
    });
    json!({"driver": {
        "name": "Arpenteur",
        "version": audit.results.tool_version,
        "semanticVersion": audit.results.tool_version,
        "rules": rules.collect::<Vec<_>>(),
    }})
}

/// `level` (section 3.27.10).
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// `security-severity`, which code hosts read on CVSS's scale: the middle of the severity's band
/// in CVSS v3.1 section 5. Not a CVSS score of the device.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

/// How the judgement went (section 3.20).
fn invocation(audit: &Audit<'_>) -> Value {
    let results = audit.results;
    let mut notifications: Vec<Value> = Vec::new();
    for finding in &results.findings {
        if !matches!(finding.outcome, Outcome::Error { .. }) {
            continue;
        }
        let subject = audit.subject(finding.asset, "");
        let rule = json!({"id": finding.check, "index": audit.index(&finding.check)});
        notifications.push(json!({
            "level": "error",
            "message": {"text": audit.statement(&finding.check, &finding.outcome)},
            "associatedRule": object(rule),
            "locations": [location(audit, &subject, None)],
        }));
    }
    let successful = notifications.is_empty() && results.evidence.complete;
    if !results.evidence.complete {
        let text = audit.say("export-interrupted", &[]);
        notifications.push(json!({"level": "warning", "message": {"text": text}}));
    }
    object(json!({
        "executionSuccessful": successful,
        "startTimeUtc": results.evidence.started,
        "endTimeUtc": results.evidence.ended,
        "toolExecutionNotifications": notifications,
    }))
}

fn verdicts<'a>(audit: &Audit<'a>) -> Vec<Verdict<'a>> {
    let mut all = Vec::new();
    for finding in &audit.results.findings {
        if matches!(finding.outcome, Outcome::Error { .. }) {
            continue;
        }
        let told = finding.items.iter().filter(|item| {
            finding.outcome == Outcome::Fail
                && matches!(item.outcome, Outcome::Fail | Outcome::Unknown { .. })
        });
        let before = all.len();
        all.extend(told.map(|item| verdict(audit, finding, Some(item))));
        if all.len() == before {
            all.push(verdict(audit, finding, None));
        }
    }
    let drift = audit.results.drift.iter().flat_map(|drift| &drift.entries);
    all.extend(drift.flat_map(|entry| absent(audit, entry)));
    all
}

fn verdict<'a>(
    audit: &Audit<'a>,
    finding: &'a Finding,
    item: Option<&'a ItemOutcome>,
) -> Verdict<'a> {
    let outcome = item.map_or(&finding.outcome, |item| &item.outcome);
    let subject = audit.subject(finding.asset, "");
    let key = item.map(|item| item.item.as_str());
    let state = audit
        .change(finding)
        .and_then(|entry| state(entry, outcome, key));
    let failure = *outcome == Outcome::Fail || state.is_some();
    let own = own_key(finding);
    let id = audit.id(
        "fingerprint",
        &finding.check,
        finding.asset,
        key.unwrap_or(&own),
    );
    let mut text = audit.statement(&finding.check, outcome);
    let shown = item
        .map(|item| &item.evidence)
        .filter(|evidence| !evidence.is_empty());
    let shown = values(shown.unwrap_or(&finding.evidence));
    if *outcome == Outcome::Fail && !shown.is_empty() {
        text = format!("{text}\n{shown}");
    }
    Verdict {
        rule_id: &finding.check,
        rule_index: audit.index(&finding.check),
        kind: kind(outcome),
        level: match outcome {
            Outcome::Fail => level(finding.severity),
            _ => "none",
        },
        message: json!({"text": text}),
        locations: [location(audit, &subject, key)],
        partial_fingerprints: [(if failure { FAILURE } else { VERDICT }, id.to_string())].into(),
        suppressions: suppressions(audit, finding, item),
        baseline_state: state,
        properties: json!({
            "asset": finding.asset,
            "severity": severity_name(finding.severity),
            "confidence": finding.confidence,
            "effort": finding.effort,
            "evidence": finding.exchanges,
        }),
    }
}

/// `kind` (section 3.27.9); errors are no results.
fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::NotApplicable => "notApplicable",
        Outcome::Unknown { .. } | Outcome::Error { .. } => "open",
    }
}

/// `baselineState` (section 3.27.24) of a failure, or of what hides one.
fn state(entry: &DriftEntry, outcome: &Outcome, item: Option<&str>) -> Option<&'static str> {
    let listed = |items: &[String]| item.is_some_and(|item| items.iter().any(|i| i == item));
    match (outcome, entry.change) {
        (Outcome::Fail, Change::New) => Some("new"),
        (Outcome::Fail, Change::Worsened) if listed(&entry.items_new) => Some("new"),
        // With no new item it is the severity that rose.
        (Outcome::Fail, Change::Worsened) if item.is_none() || entry.items_new.is_empty() => {
            Some("updated")
        }
        (Outcome::Fail, Change::Worsened | Change::Unchanged) => Some("unchanged"),
        (Outcome::Unknown { .. }, Change::Lost) => Some("updated"),
        _ => None,
    }
}

/// What failed before and does so no longer: `absent` results, one for each item.
fn absent<'a>(audit: &Audit<'a>, entry: &'a DriftEntry) -> Vec<Verdict<'a>> {
    let gone = matches!(entry.change, Change::Fixed | Change::Gone);
    let mut items: Vec<Option<&str>> = match entry.change {
        // Unknown now: not mended for all we know.
        Change::Lost => Vec::new(),
        _ => entry.items_fixed.iter().map(|i| Some(i.as_str())).collect(),
    };
    if items.is_empty() && gone {
        items.push(None);
    }
    let subject = audit.subject(entry.asset, &entry.name);
    let key = match entry.change {
        Change::Gone => "export-gone",
        _ => "export-fixed",
    };
    let text = audit.say(key, &[("title", &audit.title(&entry.check))]);
    let verdict = |item: Option<&'a str>| {
        let id = audit.id(
            "fingerprint",
            &entry.check,
            entry.asset,
            item.unwrap_or_default(),
        );
        Verdict {
            rule_id: &entry.check,
            rule_index: audit.index(&entry.check),
            kind: "fail",
            level: level(entry.severity),
            message: json!({"text": text}),
            locations: [location(audit, &subject, item)],
            partial_fingerprints: [(FAILURE, id.to_string())].into(),
            suppressions: Vec::new(),
            baseline_state: Some("absent"),
            properties: json!({"asset": entry.asset, "severity": severity_name(entry.severity)}),
        }
    };
    items.into_iter().map(verdict).collect()
}

/// Device and item as logical locations (section 3.33): there is no file to point into.
fn location(audit: &Audit<'_>, subject: &Subject<'_>, item: Option<&str>) -> Value {
    let name = audit.name(subject);
    let whole = format!("{}/{name}", plain(subject.site));
    let device = json!({"name": name, "fullyQualifiedName": whole, "kind": "resource"});
    let mut locations = vec![device];
    if let Some(item) = item {
        let item = plain(item);
        let whole = format!("{whole}/{item}");
        locations.push(json!({"name": item, "fullyQualifiedName": whole, "kind": "member"}));
    }
    json!({"logicalLocations": locations})
}

/// The approved exception (section 3.35).
fn suppressions(audit: &Audit<'_>, finding: &Finding, item: Option<&ItemOutcome>) -> Vec<Value> {
    let whole = finding.waived.is_some();
    let accepted = item.map_or(whole, |item| {
        item.waived || (whole && item.outcome == Outcome::Fail)
    });
    if !accepted {
        return Vec::new();
    }
    let waived = finding
        .waived
        .as_ref()
        .or_else(|| only_waiver(audit, finding));
    let justification = waived.map(|waived| audit.exception(waived));
    vec![object(json!({
        "kind": "external",
        "status": "accepted",
        "justification": justification,
    }))]
}

/// The exception that covers some items of a finding: told where there is no doubt which it is.
fn only_waiver<'a>(audit: &Audit<'a>, finding: &Finding) -> Option<&'a Waived> {
    let waivers = audit.results.waivers.iter();
    let mut named = waivers.filter(|state| state.in_force && state.check == finding.check);
    let first = named.next()?;
    named.next().is_none().then_some(&first.waived)
}
