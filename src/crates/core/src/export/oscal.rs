//! OSCAL 1.1 assessment results (NIST, Open Security Controls Assessment Language).
//!
//! OSCAL expects a catalogue of controls and an assessment plan to point at. Ours are resources
//! of the back matter that say what they stand for: the checks by their ids, and the mandate.
use super::verdict::{Audit, object, outcome_name, own_key, severity_name, values};
use crate::model::{Finding, Outcome, RunResults};
use crate::report::{Messages, plain};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// The model that is followed.
const OSCAL: &str = "1.1.3";
/// Namespace of our properties.
const NS: &str = "urn:arpenteur:oscal";
/// Names from which ids of resources are derived.
const CATALOGUE: &str = "catalogue";
const MANDATE: &str = "mandate";
const RECORDING: &str = "recording";
const PROVIDER: &str = "provider";
const CLIENT: &str = "client";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    assessment_results: AssessmentResults,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResults {
    uuid: String,
    metadata: Value,
    import_ap: Value,
    results: [Assessed; 1],
    back_matter: Value,
}

/// A `result`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Assessed {
    uuid: String,
    title: String,
    description: String,
    start: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Timestamp>,
    #[serde(skip_serializing_if = "Value::is_null")]
    local_definitions: Value,
    reviewed_controls: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observations: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    risks: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Value>,
}

/// The verdicts as assessment results, texts in the language of `messages`. Ids are UUIDv5 of
/// check, device identity and item: the same results give the same bytes. OSCAL has no word for
/// a control that could not be assessed: such verdicts are observations without a finding.
#[must_use]
pub fn oscal(results: &RunResults, messages: &Messages) -> String {
    let audit = Audit::new(results, messages);
    let document = Document {
        assessment_results: AssessmentResults {
            uuid: audit
                .named(&format!("oscal\n{}", results.as_of))
                .to_string(),
            metadata: metadata(&audit),
            import_ap: json!({"href": reference(&audit, MANDATE)}),
            results: [assessed(&audit)],
            back_matter: back_matter(&audit),
        },
    };
    // Nothing in it can fail to be written; were it so, an empty file would be refused as OSCAL.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn metadata(audit: &Audit<'_>) -> Value {
    let summary = &audit.results.audit;
    let party = |name: &str, words: &str| {
        let words = one_line(words);
        object(json!({"uuid": audit.named(name), "type": "organization", "name": words}))
    };
    let role = |id: &str| json!({"id": id, "title": audit.say(&format!("export-role-{id}"), &[])});
    let holds =
        |role: &str, name: &str| json!({"role-id": role, "party-uuids": [audit.named(name)]});
    json!({
        "title": audit.say("export-title", &[("client", &plain(&summary.client.name))]),
        "last-modified": audit.results.as_of,
        "version": audit.results.as_of.to_string(),
        "oscal-version": OSCAL,
        "props": [prop("tool-version", &audit.results.tool_version)],
        "roles": [role("assessor"), role("client")],
        "parties": [
            party(PROVIDER, &summary.provider.name),
            party(CLIENT, &summary.client.name),
        ],
        "responsible-parties": [holds("assessor", PROVIDER), holds("client", CLIENT)],
    })
}

fn assessed(audit: &Audit<'_>) -> Assessed {
    let results = audit.results;
    let findings = &results.findings;
    let evidence = &results.evidence;
    let summary = &results.coverage;
    let description = audit.say(
        "export-coverage",
        &[
            ("assessed", &summary.assessed.to_string()),
            ("total", &summary.total.to_string()),
        ],
    );
    Assessed {
        uuid: audit
            .named(&format!("result\n{}", results.as_of))
            .to_string(),
        title: audit.say(
            "export-title",
            &[("client", &plain(&results.audit.client.name))],
        ),
        description,
        start: evidence.started.unwrap_or(results.as_of),
        end: evidence.ended,
        local_definitions: inventory(audit),
        reviewed_controls: controls(audit),
        observations: findings.iter().map(|f| observation(audit, f)).collect(),
        risks: findings.iter().filter_map(|f| risk(audit, f)).collect(),
        findings: findings.iter().filter_map(|f| verdict(audit, f)).collect(),
    }
}

/// Devices and sites, which observations name.
fn inventory(audit: &Audit<'_>) -> Value {
    let inventory = &audit.results.inventory;
    let sites = inventory.sites.iter().map(|site| {
        json!({
            "uuid": site.arpenteur_id,
            "description": plain(&site.id.0),
            "props": [prop("kind", "site")],
        })
    });
    let assets = inventory.assets.iter().map(|asset| {
        let mut props = vec![prop("kind", "device"), prop("class", &asset.class)];
        props.extend(one_line(&asset.site.0).map(|site| prop("site", &site)));
        json!({"uuid": asset.arpenteur_id, "description": plain(&asset.name), "props": props})
    });
    let items: Vec<Value> = sites.chain(assets).collect();
    if items.is_empty() {
        return Value::Null;
    }
    json!({"inventory-items": items})
}

/// The checks that judged, as controls.
fn controls(audit: &Audit<'_>) -> Value {
    let checks = audit.results.checks.iter();
    let ids: Vec<Value> = checks
        .map(|check| json!({"control-id": check.id}))
        .collect();
    let all = ids.is_empty().then(|| json!({}));
    let selection = object(json!({
        "description": audit.say("export-controls", &[]),
        "links": [{"href": reference(audit, CATALOGUE), "rel": "reference"}],
        "include-controls": some(ids),
        "include-all": all,
    }));
    json!({"control-selections": [selection]})
}

/// What was seen: one for each verdict.
fn observation(audit: &Audit<'_>, finding: &Finding) -> Value {
    let results = audit.results;
    let subject = (!finding.asset.is_nil()).then(|| {
        let title = audit.name(&audit.subject(finding.asset, ""));
        json!([{"subject-uuid": finding.asset, "type": "inventory-item", "title": title}])
    });
    object(json!({
        "uuid": id(audit, "observation", finding),
        "title": audit.title(&finding.check),
        "description": audit.statement(&finding.check, &finding.outcome),
        "props": [
            prop("check", &finding.check),
            prop("revision", &finding.revision.to_string()),
            prop("outcome", outcome_name(&finding.outcome)),
        ],
        "methods": ["TEST"],
        "types": ["finding"],
        "subjects": subject,
        "relevant-evidence": evidence(audit, finding),
        "collected": results.evidence.ended.unwrap_or(results.as_of),
    }))
}

/// Values, for each item that fails or is unknown; and the exchanges in the recording.
fn evidence(audit: &Audit<'_>, finding: &Finding) -> Vec<Value> {
    let mut all = Vec::new();
    for item in &finding.items {
        if item.outcome != Outcome::Pass {
            let shown = values(&item.evidence);
            all.push(json!({"description": format!("{}: {shown}", plain(&item.item))}));
        }
    }
    let exchanges = finding.exchanges.iter();
    let exchanges: Vec<Value> = exchanges.map(|id| prop("exchange", &id.0)).collect();
    all.push(object(json!({
        "href": reference(audit, RECORDING),
        "description": values(&finding.evidence),
        "props": some(exchanges),
    })));
    all
}

/// What is concluded, where something is: a pass or a failure.
fn verdict(audit: &Audit<'_>, finding: &Finding) -> Option<Value> {
    let failed = match finding.outcome {
        Outcome::Pass => false,
        Outcome::Fail => true,
        _ => return None,
    };
    let (state, reason) = match failed {
        true => ("not-satisfied", "fail"),
        false => ("satisfied", "pass"),
    };
    let risks = failed.then(|| json!([{"risk-uuid": id(audit, "risk", finding)}]));
    Some(object(json!({
        "uuid": id(audit, "finding", finding),
        "title": audit.title(&finding.check),
        "description": audit.statement(&finding.check, &finding.outcome),
        "target": {
            "type": "objective-id",
            "target-id": finding.check,
            "status": {"state": state, "reason": reason},
        },
        "related-observations": [{"observation-uuid": id(audit, "observation", finding)}],
        "related-risks": risks,
    })))
}

/// What a failure makes possible; approved where an exception covers it.
fn risk(audit: &Audit<'_>, finding: &Finding) -> Option<Value> {
    if finding.outcome != Outcome::Fail {
        return None;
    }
    let check = audit.check(&finding.check);
    let text = |of: fn(&crate::model::CheckSummary) -> &crate::model::Text| {
        check.map_or_else(String::new, |check| audit.text(of(check)))
    };
    let title = audit.title(&finding.check);
    let waived = finding.waived.as_ref();
    let exception = waived.map(|waived| {
        let uuid = id(audit, "exception", finding);
        json!([{"uuid": uuid, "description": audit.exception(waived)}])
    });
    Some(object(json!({
        "uuid": id(audit, "risk", finding),
        "title": title,
        "description": text(|check| &check.why),
        "statement": audit.statement(&finding.check, &finding.outcome),
        "props": [
            prop("severity", severity_name(finding.severity)),
            prop("effort", &finding.effort),
        ],
        "status": waived.map_or("open", |_| "deviation-approved"),
        "mitigating-factors": exception,
        // The last day is inclusive.
        "deadline": waived.map(|waived| format!("{}T23:59:59Z", waived.until)),
        "remediations": [{
            "uuid": id(audit, "remediation", finding),
            "lifecycle": "recommendation",
            "title": title,
            "description": text(|check| &check.fix),
        }],
        "related-observations": [{"observation-uuid": id(audit, "observation", finding)}],
    })))
}

/// What other parts point at.
fn back_matter(audit: &Audit<'_>) -> Value {
    let resource = |name: &str, described: String| {
        let title = audit.say(&format!("export-resource-{name}"), &[]);
        json!({"uuid": audit.named(name), "title": title, "description": described})
    };
    let hash = |name: &str| {
        let mut sources = audit.results.sources.iter();
        let source = sources.find(|source| source.name.starts_with(name));
        source.map_or_else(String::new, |source| format!("SHA-256 {}", source.sha256))
    };
    let summary = &audit.results.audit;
    let mandate = format!(
        "{}, {} – {}",
        plain(&summary.mandate),
        summary.valid_from,
        summary.valid_to
    );
    json!({"resources": [
        resource(MANDATE, mandate),
        resource(CATALOGUE, hash(CATALOGUE)),
        resource(RECORDING, hash(RECORDING)),
    ]})
}

fn id(audit: &Audit<'_>, kind: &str, finding: &Finding) -> String {
    let own = own_key(finding);
    audit
        .id(kind, &finding.check, finding.asset, &own)
        .to_string()
}

fn reference(audit: &Audit<'_>, name: &str) -> String {
    format!("#{}", audit.named(name))
}

/// A list that has something in it: OSCAL knows no empty ones.
fn some(list: Vec<Value>) -> Option<Vec<Value>> {
    Some(list).filter(|list| !list.is_empty())
}

fn prop(name: &str, value: &str) -> Value {
    json!({"name": name, "ns": NS, "value": value})
}

/// A text as OSCAL's StringDatatype wants it: in one line, with no blank at its ends; `None`
/// where nothing is left.
fn one_line(text: &str) -> Option<String> {
    let text = plain(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(words.join(" ")).filter(|line| !line.is_empty())
}
