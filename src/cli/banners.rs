//! `arpenteur banners …`.
use super::args::BannersCommand;
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Knowledge;

pub(crate) fn run(command: &BannersCommand, knowledge: &Knowledge, output: &Output<'_>) -> Outcome {
    let banners = knowledge.families.banners();
    match command {
        BannersCommand::List => {
            for (protocol, count) in banners.counts() {
                output.result(&format!("{protocol:<28} {count}"));
            }
        }
        BannersCommand::Test => {
            let failures = banners.test(&knowledge.classes);
            for failure in &failures {
                output.result(failure);
            }
            return Ok(output.tally(banners.len(), failures.len()));
        }
        BannersCommand::Explain { protocol, text } => {
            if !banners.counts().any(|(known, _)| known == protocol) {
                return Err(output.text("cli-unknown-id", &[("id", protocol)]).into());
            }
            output.json(&banners.identify(protocol, text));
        }
    }
    Ok(Exit::Complete)
}
