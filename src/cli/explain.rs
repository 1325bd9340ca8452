//! `arpenteur explain …`: what an answer rests on.
use super::args::ExplainCommand;
use super::audit::{judge_last, last_recording};
use super::exit::Exit;
use super::identify::observations;
use super::{Failure, Outcome, Output};
use crate::data::Data;
use arpenteur_core::check::{Check, CheckScope, Expect};
use arpenteur_core::inventory;
use arpenteur_core::model::Outcome as Verdict;
use arpenteur_core::model::{
    Asset, EvidenceId, Exchange, Fact, FactPath, FactSheet, FactState, Finding, Observation, Target,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) fn run(command: &ExplainCommand, data: &Data, output: &Output<'_>) -> Outcome {
    match command {
        ExplainCommand::Device { path, device } => device_of(path, device.as_deref(), data, output),
        ExplainCommand::Merge { dir, device, other } => {
            merge(dir, device, other.as_deref(), data, output)
        }
    }
}

/// Every fact of one device with where it comes from.
fn device_of(path: &Path, device: Option<&str>, data: &Data, output: &Output<'_>) -> Outcome {
    if path.is_dir() {
        let results = judge_last(path, data)?;
        let asset = find(
            &results.inventory.assets,
            device.unwrap_or_default(),
            output,
        )?;
        let questions = questions(&last_recording(path)?);
        output.result(&asset.name);
        sheet(&asset.sheet, &|_| true, &questions, output);
        return Ok(Exit::Complete);
    }
    let file = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    for (observation, exchanges) in observations(path, &file, &data.knowledge)? {
        let named = device.is_none_or(|name| observation.target.locator.to_string() == name);
        if named {
            output.result(&observation.target.locator.to_string());
            let families: Vec<String> = observation
                .families
                .iter()
                .map(|(id, score)| format!("{id} ({score})"))
                .collect();
            output.result(&output.text(
                "cli-explain-families",
                &[("families", &families.join(", "))],
            ));
            sheet(
                &observation.sheet,
                &|_| true,
                &questions(&exchanges),
                output,
            );
        }
    }
    Ok(Exit::Complete)
}

/// Why a check says what it says of a device: its verdict, replayed from the newest run, and the
/// facts that it rests on.
pub(crate) fn verdict(
    dir: &Path,
    check: &Check,
    device: &str,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let results = judge_last(dir, data)?;
    let sites = &results.inventory.sites;
    let site = sites
        .iter()
        .find(|site| check.scope == CheckScope::Site && site.id.0 == device);
    let (subject, facts) = match site {
        Some(site) => (site.arpenteur_id, &site.sheet),
        None => {
            let asset = find(&results.inventory.assets, device, output)?;
            (asset.arpenteur_id, &asset.sheet)
        }
    };
    let of_check = |finding: &&Finding| finding.check == check.id && finding.asset == subject;
    let Some(finding) = results.findings.iter().find(of_check) else {
        return Err(output
            .text(
                "cli-not-judged",
                &[("check", &check.id), ("device", device)],
            )
            .into());
    };
    if output.json {
        output.json(finding);
        return Ok(Exit::Complete);
    }
    output.result(&format!(
        "{}  {}",
        check.id,
        output.language.of(&check.title)
    ));
    output.result(&format!("{device}: {}", told(&finding.outcome, output)));
    for item in &finding.items {
        output.result(&format!(
            "    {}: {}",
            item.item,
            told(&item.outcome, output)
        ));
    }
    if let Some(waived) = &finding.waived {
        let until = waived.until.to_string();
        let values = [("until", until.as_str()), ("reason", &waived.reason)];
        output.result(&output.text("cli-waived", &values));
    }
    for (name, expression) in [
        ("applies", Some(check.applies())),
        ("where", check.filter()),
        ("pass", Some(check.pass())),
    ] {
        if let Some(expression) = expression {
            output.result(&format!("{name}: {expression}"));
        }
    }
    let listed: Vec<FactPath> = check.facts.iter().map(FactPath::schema_path).collect();
    let wanted = |path: &FactPath| {
        let path = path.schema_path();
        listed
            .iter()
            .any(|fact| path.starts_with(fact) || fact.starts_with(&path))
    };
    sheet(facts, &wanted, &questions(&last_recording(dir)?), output);
    Ok(Exit::Complete)
}

/// An outcome in words, with the reason of an unknown.
fn told(outcome: &Verdict, output: &Output<'_>) -> String {
    let word = output.word("outcome", Expect::from(outcome).as_str());
    match outcome {
        Verdict::Unknown { reason, fact } => {
            format!(
                "{word} ({}: {fact})",
                output.word("unread", reason.as_str())
            )
        }
        Verdict::Error { message } => format!("{word} ({message})"),
        _ => word,
    }
}

/// Short names of the exchanges, by their ids.
fn questions(exchanges: &[Exchange]) -> BTreeMap<EvidenceId, String> {
    exchanges
        .iter()
        .map(|exchange| (exchange.id(), exchange.question.to_string()))
        .collect()
}

/// Facts with where they come from, as far as they are wanted.
fn sheet(
    sheet: &FactSheet,
    wanted: &dyn Fn(&FactPath) -> bool,
    questions: &BTreeMap<EvidenceId, String>,
    output: &Output<'_>,
) {
    for (path, state) in sheet.states().iter().filter(|(path, _)| wanted(path)) {
        let (value, provenance) = match state {
            FactState::Known(provenance) => (known(sheet, path, output), provenance),
            FactState::Absent(provenance) => (output.text("cli-explain-absent", &[]), provenance),
            FactState::Unread { reason, provenance } => {
                let why = output.word("unread", reason.as_str());
                (
                    output.text("cli-explain-unread", &[("why", &why)]),
                    provenance,
                )
            }
        };
        output.result(&format!("{path}: {value}"));
        let evidence: Vec<String> = provenance
            .evidence
            .iter()
            .map(|id| match questions.get(id) {
                Some(question) => format!("{question} [{id}]"),
                None => format!("[{id}]"),
            })
            .collect();
        let sure = confidence(provenance.confidence, output);
        output.result(&format!(
            "    {sure}; {}; {}",
            provenance.by,
            evidence.join(", ")
        ));
        for other in &provenance.disagreed {
            let text = other.value.to_string();
            let sure = confidence(other.confidence, output);
            output.result(&format!(
                "    {}",
                output.text(
                    "cli-explain-disagreed",
                    &[("value", &text), ("by", &other.by), ("sure", &sure)]
                )
            ));
        }
    }
}

fn known(sheet: &FactSheet, path: &FactPath, output: &Output<'_>) -> String {
    match sheet.get(path) {
        Fact::Known(Value::Array(items)) => {
            output.text("cli-explain-items", &[("count", &items.len().to_string())])
        }
        Fact::Known(value) => value.to_string(),
        _ => output.text("cli-explain-absent", &[]),
    }
}

fn confidence(confidence: arpenteur_core::model::Confidence, output: &Output<'_>) -> String {
    output.word("confidence", &format!("{confidence:?}").to_lowercase())
}

/// Why a device's addresses are one device; or what speaks for and against two being one.
fn merge(
    dir: &Path,
    device: &str,
    other: Option<&str>,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let results = judge_last(dir, data)?;
    let assets = &results.inventory.assets;
    let asset = find(assets, device, output)?;
    let Some(other) = other else {
        let addresses: Vec<String> = asset.targets.iter().map(label).collect();
        output.result(&format!("{}: {}", asset.name, addresses.join(", ")));
        if asset.merges.is_empty() {
            output.say("cli-explain-single", &[]);
        }
        for reason in &asset.merges {
            let targets: Vec<String> = reason.targets.iter().map(label).collect();
            output.result(&format!("{} ({})", targets.join(" = "), reason.weight));
            for (key, value) in &reason.keys {
                output.result(&format!("    {key}: {value}"));
            }
        }
        output.say("cli-explain-undo", &[]);
        return Ok(Exit::Complete);
    };
    let exchanges = last_recording(dir)?;
    let observe = |name: &str| -> Result<Observation, Failure> {
        let asset = find(assets, name, output)?;
        let target = asset
            .targets
            .iter()
            .find(|target| target.locator.to_string() == name)
            .or(asset.targets.first());
        let target = target.ok_or_else(|| output.text("cli-unknown-id", &[("id", name)]))?;
        let own: Vec<Exchange> = exchanges
            .iter()
            .filter(|exchange| exchange.target == *target)
            .cloned()
            .collect();
        Ok(data
            .knowledge
            .families
            .observe(target, &own, &data.knowledge.classes))
    };
    let (a, b) = (observe(device)?, observe(other)?);
    let found = inventory::compare(&a, &b);
    if output.json {
        output.json(&found);
        return Ok(Exit::Complete);
    }
    for (key, value, weight) in &found.agreed {
        output.result(&format!("{weight:+5}  {key}: {value}"));
    }
    for (key, one, two, weight) in &found.contradicted {
        output.result(&format!("{weight:+5}  {key}: {one} ≠ {two}"));
    }
    let one = find(assets, other, output)?.arpenteur_id == asset.arpenteur_id;
    let key = if one {
        "cli-explain-one"
    } else {
        "cli-explain-two"
    };
    let numbers = (found.weight.to_string(), found.enough.to_string());
    output.result(&output.text(key, &[("weight", &numbers.0), ("enough", &numbers.1)]));
    Ok(Exit::Complete)
}

fn label(target: &Target) -> String {
    target.locator.to_string()
}

/// A device by id, address or name.
fn find<'a>(assets: &'a [Asset], wanted: &str, output: &Output<'_>) -> Result<&'a Asset, Failure> {
    let is = |asset: &&Asset| {
        asset.arpenteur_id.to_string() == wanted
            || asset.targets.iter().any(|target| label(target) == wanted)
            || asset.name.eq_ignore_ascii_case(wanted)
    };
    let mut found = assets.iter().filter(is);
    match (found.next(), found.next()) {
        (Some(asset), None) => Ok(asset),
        (Some(_), Some(_)) => Err(output
            .text("cli-explain-several", &[("name", wanted)])
            .into()),
        (None, _) => Err(output.text("cli-unknown-id", &[("id", wanted)]).into()),
    }
}
