//! `arpenteur findings DIR`.
use super::audit::{judge_last, last_recording};
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Data;
use arpenteur_core::export::{self, Wanted};
use arpenteur_core::model::{EvidenceId, RunResults};
use std::collections::BTreeMap;
use std::path::Path;

/// Prints the findings of the newest run, judged again as `export` does: what was judged by
/// other data files is never shown as if these had judged it.
pub(crate) fn run(dir: &Path, wanted: Wanted<'_>, data: &Data, output: &Output<'_>) -> Outcome {
    let results = judge_last(dir, data)?;
    let judged = |id: &str| results.checks.iter().any(|check| check.id == id);
    if let Some(id) = wanted.check.filter(|id| !judged(id)) {
        return Err(output.text("cli-unknown-id", &[("id", id)]).into());
    }
    if output.json {
        output.json(&export::table_json(&results, output.messages(), wanted));
        return Ok(Exit::Complete);
    }
    let sources: BTreeMap<EvidenceId, String> = last_recording(dir)?
        .iter()
        .map(|exchange| {
            let question = exchange.question.to_string();
            let told = match exchange.at {
                Some(at) => format!("{question}, {}", at.strftime("%Y-%m-%d %H:%MZ")),
                None => question,
            };
            (exchange.id(), told)
        })
        .collect();
    let source = |id: &EvidenceId| sources.get(id).cloned();
    for line in export::table(&results, output.messages(), wanted, &source) {
        output.result(&line);
    }
    measures(&results, output);
    Ok(Exit::Complete)
}

/// How many measures of each framework were assessed, and whose mapping that is.
fn measures(results: &RunResults, output: &Output<'_>) {
    for view in &results.compliance {
        let figure = |count: usize| count.to_string();
        let told = output.text(
            "compliance-coverage",
            &[
                ("assessed", &figure(view.assessed)),
                ("supported", &figure(view.views.len())),
                ("measures", &figure(view.measures)),
            ],
        );
        let name = output.word("framework", &view.framework);
        output.line(&format!("{name}: {told}"));
    }
    output.say("compliance-intro", &[]);
}
