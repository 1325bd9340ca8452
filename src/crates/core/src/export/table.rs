//! Findings as lines of a terminal: what the operator sees.
use super::verdict::{Audit, Subject, outcome_name, values};
use crate::model::{
    Asset, Change, EvidenceId, Finding, ItemOutcome, Outcome, RunResults, Severity, Tier,
};
use crate::report::{MessageValue, Messages, plain};
use serde_json::{Value, json};

/// Items of one finding that are printed; the exports have them all.
const ITEMS: usize = 10;
/// Questions that are named behind a finding.
const SOURCES: usize = 3;

/// Which findings are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Every verdict; else failures and errors.
    pub all: bool,
    /// Of one check only, by id.
    pub check: Option<&'a str>,
    /// Of one device or site only: name, address, id.
    pub device: Option<&'a str>,
}

/// The findings, their coverage, and what would answer the unknown ones, one line each, in the
/// language of `messages`. `source` tells what was asked in an exchange, and when.
#[must_use]
pub fn table(
    results: &RunResults,
    messages: &Messages,
    wanted: Wanted<'_>,
    source: &dyn Fn(&EvidenceId) -> Option<String>,
) -> Vec<String> {
    let audit = Audit::new(results, messages);
    let mut lines = Vec::new();
    for finding in chosen(&audit, wanted) {
        entry(&audit, finding, source, &mut lines);
    }
    lines.push(coverage(&audit));
    lines.extend(tiers(&audit));
    lines
}

/// The same for machines.
#[must_use]
pub fn table_json(results: &RunResults, messages: &Messages, wanted: Wanted<'_>) -> Value {
    let audit = Audit::new(results, messages);
    let rows = chosen(&audit, wanted).map(|finding| {
        let subject = audit.subject(finding.asset, "");
        json!({
            "device": audit.name(&subject),
            "site": subject.site,
            "title": audit.title(&finding.check),
            "change": audit.change(finding).map(|entry| entry.change),
            "finding": finding,
        })
    });
    json!({
        "findings": rows.collect::<Vec<_>>(),
        "coverage": results.coverage,
        "tiers": results.tiers,
        "waivers": results.waivers,
        "since": results.drift.as_ref().and_then(|drift| drift.since),
    })
}

fn chosen<'a>(
    audit: &Audit<'a>,
    wanted: Wanted<'a>,
) -> impl Iterator<Item = &'a Finding> + use<'a> {
    let about: Option<Vec<uuid::Uuid>> = wanted.device.map(|name| {
        let inventory = &audit.results.inventory;
        let assets = inventory.assets.iter().filter(|asset| is(asset, name));
        let sites = inventory.sites.iter().filter(|site| site.id.0 == name);
        let assets = assets.map(|asset| asset.arpenteur_id);
        assets.chain(sites.map(|site| site.arpenteur_id)).collect()
    });
    audit.results.findings.iter().filter(move |finding| {
        let loud = matches!(finding.outcome, Outcome::Fail | Outcome::Error { .. });
        (wanted.all || loud)
            && wanted.check.is_none_or(|check| finding.check == check)
            && about
                .as_ref()
                .is_none_or(|ids| ids.contains(&finding.asset))
    })
}

fn is(asset: &Asset, name: &str) -> bool {
    asset.name.eq_ignore_ascii_case(name)
        || asset.arpenteur_id.to_string() == name
        || asset.targets.iter().any(|t| t.locator.to_string() == name)
}

/// One finding: what, what shows it, how to mend it.
fn entry(
    audit: &Audit<'_>,
    finding: &Finding,
    source: &dyn Fn(&EvidenceId) -> Option<String>,
    lines: &mut Vec<String>,
) {
    let subject: Subject<'_> = audit.subject(finding.asset, "");
    let outcome = outcome_name(&finding.outcome);
    let word = audit.messages.word("outcome", outcome);
    let fails: Vec<&ItemOutcome> = finding
        .items
        .iter()
        .filter(|item| item.outcome == Outcome::Fail)
        .collect();
    let items = match finding.items.len() {
        0 => String::new(),
        all => format!(" {}/{all}", fails.len()),
    };
    lines.push(line(&format!(
        "{} {} {} {}{items}  {}",
        finding.check,
        letter(finding.severity),
        word.unwrap_or_else(|| outcome.to_owned()),
        audit.name(&subject),
        audit.title(&finding.check),
    )));
    match &finding.outcome {
        Outcome::Fail => failure(audit, finding, &fails, source, lines),
        Outcome::Unknown { .. } | Outcome::Error { .. } => {
            let said = audit.reason(&finding.outcome);
            lines.push(line(&format!("  {said}")));
        }
        Outcome::Pass | Outcome::NotApplicable => {}
    }
}

fn failure(
    audit: &Audit<'_>,
    finding: &Finding,
    fails: &[&ItemOutcome],
    source: &dyn Fn(&EvidenceId) -> Option<String>,
    lines: &mut Vec<String>,
) {
    for item in fails.iter().take(ITEMS) {
        let shown = values(&item.evidence);
        lines.push(line(&format!("  {} {shown}", item.item)));
    }
    if fails.len() > ITEMS {
        lines.push(format!("  … +{}", fails.len() - ITEMS));
    }
    let mut told: Vec<String> = finding.exchanges.iter().filter_map(source).collect();
    told.dedup();
    let more = told.len().saturating_sub(SOURCES);
    told.truncate(SOURCES);
    if more > 0 {
        told.push(format!("+{more}"));
    }
    let shown = [values(&finding.evidence), format!("[{}]", told.join(" ; "))];
    let shown: Vec<String> = shown
        .into_iter()
        .filter(|text| !text.is_empty() && text != "[]")
        .collect();
    if !shown.is_empty() {
        lines.push(line(&format!("  {}", shown.join("  "))));
    }
    if let Some(waived) = &finding.waived {
        lines.push(line(&format!("  {}", audit.exception(waived))));
    }
    lines.push(line(&format!("  {}", remedy(audit, finding))));
}

/// Fix, effort, and since when it fails.
fn remedy(audit: &Audit<'_>, finding: &Finding) -> String {
    let check = audit.check(&finding.check);
    let fix = check.map_or_else(String::new, |check| audit.text(&check.fix));
    let mut remedy = audit.say(
        "findings-remedy",
        &[("fix", &fix), ("effort", &finding.effort)],
    );
    let since = audit.results.drift.as_ref().and_then(|drift| drift.since);
    let new = audit.change(finding).map(|entry| entry.change) == Some(Change::New);
    if let (Some(since), true) = (since, new) {
        let date = since.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        let text = audit.say("findings-new-since", &[("date", &date)]);
        remedy = format!("{remedy}  {text}");
    }
    remedy
}

/// How much was assessed, all findings together.
fn coverage(audit: &Audit<'_>) -> String {
    let (results, of) = (audit.results, &audit.results.coverage);
    let in_force = || results.waivers.iter().filter(|waiver| waiver.in_force);
    let text = |figure: usize| figure.to_string();
    let mut line = audit.say(
        "findings-coverage",
        &[
            ("assessed", &text(of.assessed)),
            ("total", &text(of.total)),
            ("pass", &text(of.pass)),
            ("fail", &text(of.fail)),
            ("unknown", &text(of.unknown)),
            ("waivers", &text(in_force().count())),
        ],
    );
    if let Some(until) = in_force().map(|waiver| waiver.waived.until).min() {
        let first = in_force().filter(|waiver| waiver.waived.until == until);
        let values = [
            ("count", MessageValue::from(first.count())),
            ("date", MessageValue::Text(&until.to_string())),
        ];
        line = format!("{line} {}", audit.messages.text("findings-expiry", &values));
    }
    line
}

/// Unknown verdicts by the access that would answer them; the one that would answer most first.
fn tiers(audit: &Audit<'_>) -> Vec<String> {
    let name = |tier: Tier| {
        let name = match tier {
            Tier::Probe => "probe",
            Tier::Snmp => "snmp",
            Tier::Login => "login",
            Tier::Declaration => "declaration",
            Tier::Inventory => "inventory",
        };
        let word = audit.messages.word("tier", name);
        word.unwrap_or_else(|| name.to_owned())
    };
    let mut lines: Vec<String> = Vec::new();
    for tier in &audit.results.tiers {
        let values = [
            ("tier", MessageValue::Text(&name(tier.tier))),
            ("unknown", tier.unknown.into()),
            ("checks", tier.checks.into()),
            ("devices", tier.devices.into()),
            ("access", tier.for_want_of_access.into()),
        ];
        lines.push(audit.messages.text("findings-tier", &values));
    }
    let best = audit.results.tiers.first();
    if let Some(best) = best.filter(|best| best.for_want_of_access > 0) {
        let tier = name(best.tier);
        lines.push(audit.say("findings-best-tier", &[("tier", &tier)]));
    }
    lines
}

fn letter(severity: Severity) -> char {
    match severity {
        Severity::Info => 'I',
        Severity::Low => 'L',
        Severity::Medium => 'M',
        Severity::High => 'H',
        Severity::Critical => 'C',
    }
}

/// One line, whatever a device put into it.
fn line(text: &str) -> String {
    let text = plain(text).replace(['\n', '\t'], " ");
    text.trim_end().to_owned()
}
