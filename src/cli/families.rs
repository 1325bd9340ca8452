//! `arpenteur families …`.
use super::args::FamiliesCommand;
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Knowledge;
use arpenteur_core::family::Explanation;

pub(crate) fn run(
    command: &FamiliesCommand,
    knowledge: &Knowledge,
    output: &Output<'_>,
) -> Outcome {
    let families = &knowledge.families;
    match command {
        FamiliesCommand::List if output.json => output.json(&families.list()),
        FamiliesCommand::List => {
            for family in families.list() {
                output.result(&format!("{:<28} {}", family.id, family.title));
            }
        }
        FamiliesCommand::Explain { id } => match families.explain(id) {
            Some(explanation) if output.json => output.json(&explanation),
            Some(explanation) => explain(&explanation, output),
            None => return Err(output.text("cli-unknown-id", &[("id", id)]).into()),
        },
        FamiliesCommand::Lint => {
            let objections = families.lint();
            for objection in &objections {
                output.result(&objection.to_string());
            }
            let count = families.list().len();
            return Ok(output.tally(count, objections.len()));
        }
        FamiliesCommand::Test => {
            let failures = families.test(&knowledge.classes);
            for failure in &failures {
                output.result(&failure.to_string());
            }
            let examples = families.list().iter().map(|family| family.examples).sum();
            return Ok(output.tally(examples, failures.len()));
        }
    }
    Ok(Exit::Complete)
}

fn explain(explanation: &Explanation, output: &Output<'_>) {
    output.result(&format!(
        "{}: {}",
        explanation.summary.id, explanation.summary.title
    ));
    let parts = [
        ("cli-family-recognise", &explanation.recognise),
        ("cli-family-ask", &explanation.ask),
        ("cli-family-read", &explanation.facts),
    ];
    for (key, lines) in parts {
        if !lines.is_empty() {
            output.result(&output.text(key, &[]));
        }
        for line in lines {
            output.result(&format!("  {line}"));
        }
    }
}
