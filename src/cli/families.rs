//! `arpenteur families …`.
use super::args::FamiliesCommand;
use super::exit::Exit;
use super::{Failure, Outcome, Output};
use crate::data::Knowledge;
use arpenteur_core::family::Explanation;
use arpenteur_core::model::{Answer, Exchange, Locator, Question, SiteId, Target};

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
        FamiliesCommand::Docs { out } => {
            let pages = families.pages(&knowledge.classes);
            for (name, text) in &pages {
                let file = out.join(name);
                std::fs::create_dir_all(file.parent().unwrap_or(out))?;
                std::fs::write(&file, text)?;
            }
            output.say("cli-exported", &[("file", &out.to_string_lossy())]);
        }
        FamiliesCommand::Read { id, outputs } => read(id, outputs, knowledge, output)?,
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

/// What a family reads from outputs that stand in files.
fn read(
    id: &str,
    outputs: &[String],
    knowledge: &Knowledge,
    output: &Output<'_>,
) -> Result<(), Failure> {
    let target = Target {
        site: SiteId(String::new()),
        locator: Locator::File("outputs".to_owned()),
    };
    let mut exchanges = Vec::new();
    for pair in outputs {
        let (command, file) = pair.rsplit_once('=').ok_or("expected COMMAND=FILE")?;
        let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        exchanges.push(Exchange {
            target: target.clone(),
            question: Question::SshShell {
                port: 22,
                credential: "file".to_owned(),
                command: command.to_owned(),
            },
            answer: Answer::Exec {
                status: None,
                stdout: String::from_utf8_lossy(&bytes).into_owned(),
                stderr: String::new(),
                truncated: false,
            },
            at: None,
            elapsed_us: 0,
        });
    }
    let Knowledge {
        families, classes, ..
    } = knowledge;
    let observation = families
        .observe_as(id, &target, &exchanges, classes)
        .ok_or_else(|| output.text("cli-unknown-id", &[("id", id)]))?;
    output.json(observation.sheet.values());
    Ok(())
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
