//! Cover, key figures, scope.

use super::View;
use super::chart;
use crate::model::{AssetState, Outcome, Severity};
use serde_json::{Value, json};

/// All severities, the worst first.
pub(in crate::report) const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
];

pub(super) fn audit(view: &View<'_>) -> Value {
    let audit = &view.results.audit;
    let auditors: Vec<Value> = audit
        .auditors
        .iter()
        .map(|(name, address)| json!({"name": name, "address": address}))
        .collect();
    let third_parties: Vec<Value> = audit
        .third_parties
        .iter()
        .map(|party| {
            let consent = party.authorisation.as_ref();
            json!({
                "name": party.name,
                "networks": party.networks,
                "devices": party.devices,
                "authorisation": consent.map(|(reference, date)| json!({"reference": reference, "date": date})),
            })
        })
        .collect();
    let credentials: Vec<Value> = audit
        .credentials
        .iter()
        .map(|(name, kind, networks)| json!({"name": name, "kind": kind, "networks": networks}))
        .collect();
    let services: Vec<Value> = audit
        .declared
        .services
        .iter()
        .map(|(kind, name, count)| json!({"kind": kind, "name": name, "has_count": count.is_some(), "count": count}))
        .collect();
    let declared = &audit.declared;
    json!({
        "id": audit.id,
        "client": audit.client,
        "provider": audit.provider,
        "auditors": auditors,
        "mandate": audit.mandate,
        "signed_by": audit.signed_by,
        "valid_from": audit.valid_from,
        "valid_to": audit.valid_to,
        "source_addresses": audit.source_addresses,
        "default_credentials": audit.default_credentials,
        "sites": audit.sites,
        "excluded": audit.sites.iter().any(|site| !site.exclusions.is_empty()),
        "third_parties": third_parties,
        "credentials": credentials,
        "rate_all": audit.rate.0,
        "rate_host": audit.rate.1,
        "declared": {
            "by": declared.by,
            "on": declared.on,
            "has_users": declared.users.is_some(),
            "users": declared.users,
            "has_workstations": declared.workstations.is_some(),
            "workstations": declared.workstations.map(|(all, _)| all),
            "old_workstations": declared.workstations.map(|(_, old)| old),
            "coverage": declared.coverage,
            "on_call_wish": match declared.on_call {
                Some(true) => "yes",
                Some(false) => "no",
                None => "not_declared",
            },
            "services": services,
            "devices": declared.devices,
        },
    })
}

/// The figures of the first page.
pub(super) fn glance(view: &View<'_>) -> Value {
    let results = view.results;
    let count = |state| {
        let assets = results.inventory.assets.iter();
        assets.filter(|asset| asset.state == state).count()
    };
    let failed = |severity| {
        let findings = results.findings.iter();
        findings
            .filter(|finding| finding.outcome == Outcome::Fail && finding.severity == severity)
            .count()
    };
    let severities: Vec<Value> = SEVERITIES
        .iter()
        .map(|severity| json!({"severity": severity, "count": failed(*severity)}))
        .collect();
    let estimate = &results.estimate;
    json!({
        "devices": results.inventory.assets.len(),
        "observed": count(AssetState::Observed),
        "declared": count(AssetState::Declared),
        "not_contacted": count(AssetState::NotContacted),
        "in_scope": estimate.in_scope,
        "failed": results.coverage.fail,
        "severities": severities,
        "euros": estimate.euros_interval,
        "hours": estimate.hours_interval,
        "on_call": estimate.on_call.needed,
        "transition": estimate.transition.euros.likely,
        "remediation": estimate.remediation.euros.likely,
        "chart": chart::interval::draw(&estimate.euros_interval, view.messages),
    })
}

pub(super) fn coverage(view: &View<'_>) -> Value {
    let coverage = &view.results.coverage;
    let reasons: Vec<Value> = coverage
        .unknown_by_reason
        .iter()
        .map(|(reason, count)| json!({"reason": reason, "count": count}))
        .collect();
    json!({
        "assessed": coverage.assessed,
        "total": coverage.total,
        "pass": coverage.pass,
        "fail": coverage.fail,
        "unknown": coverage.unknown,
        "not_applicable": coverage.not_applicable,
        "error": coverage.error,
        "unknown_by_reason": reasons,
        "has_score": coverage.score.is_some(),
        "score": coverage.score,
    })
}

/// When and how evidence was taken.
pub(super) fn evidence(view: &View<'_>) -> Value {
    let evidence = &view.results.evidence;
    json!({
        "started": evidence.started,
        "ended": evidence.ended,
        "complete": evidence.complete,
        "addresses": evidence.addresses,
        "exchanges": evidence.exchanges,
        "source_addresses": evidence.source_addresses,
        "foreign": evidence.privileged.is_none(),
        "privileged": evidence.privileged,
    })
}
