//! `arpenteur checks …`.
use super::args::ChecksCommand;
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Data;
use arpenteur_core::check::RawParser;

pub(crate) fn run(command: &ChecksCommand, data: &Data, output: &Output<'_>) -> Outcome {
    let catalogue = &data.catalogue;
    match command {
        ChecksCommand::List if output.json => output.json(&catalogue.json()),
        ChecksCommand::List => {
            for check in catalogue.checks() {
                let severity =
                    output.word("severity", &format!("{:?}", check.severity).to_lowercase());
                output.result(&format!(
                    "{:<9} {severity:<9} {}",
                    check.id,
                    output.language.of(&check.title)
                ));
            }
        }
        ChecksCommand::Explain { id } => match catalogue.explain(id, output.language) {
            Some(text) => output.result(&text),
            None => return Err(output.text("cli-unknown-id", &[("id", id)]).into()),
        },
        ChecksCommand::Test => return Ok(test(data, output)),
        ChecksCommand::Lint => {
            let remarks = catalogue.lint();
            for (place, remark) in &remarks {
                output.result(&format!("{place}: {remark}"));
            }
            if !remarks.is_empty() {
                return Ok(Exit::Findings);
            }
            output.say(
                "cli-lint-clean",
                &[("count", &catalogue.checks().len().to_string())],
            );
        }
    }
    Ok(Exit::Complete)
}

fn test(data: &Data, output: &Output<'_>) -> Exit {
    let parser: &RawParser<'_> = &|parser, text| data.read_raw(parser, text);
    let results = data.catalogue.test(parser);
    let failed = results.iter().filter(|result| result.failure.is_some());
    for result in failed.clone() {
        let why = result.failure.as_deref().unwrap_or_default();
        output.result(&format!("{} {}: {why}", result.check, result.test));
    }
    output.tally(results.len(), failed.count())
}
