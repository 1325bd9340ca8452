//! `arpenteur models …`.
use super::args::ModelsCommand;
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Data;

pub(crate) fn run(command: &ModelsCommand, data: &Data, output: &Output<'_>) -> Outcome {
    match command {
        // Both models were checked when they were loaded: what is left is what differs.
        ModelsCommand::Lint => {
            for change in data.sizing.changes(&data.default_sizing) {
                let old = change.default.unwrap_or_default();
                output.result(&format!(
                    "{}: {old} → {}",
                    change.path,
                    change.value.unwrap_or_default()
                ));
            }
            output.say("cli-lint-clean", &[("count", "2")]);
        }
        ModelsCommand::Explain => {
            for class in data.knowledge.classes.iter() {
                let name = output.language.of(&class.names);
                let unit = class.work_unit.as_deref().unwrap_or("");
                let level = class
                    .inferred_criticality(None)
                    .map_or(String::new(), |level| format!("{level:?}"));
                output.result(&format!(
                    "{:<20} {name:<32} {unit:<8} {level}",
                    class.id.as_str()
                ));
            }
        }
    }
    Ok(Exit::Complete)
}
