//! `arpenteur checks …`.
use super::args::ChecksCommand;
use super::exit::Exit;
use super::explain;
use super::{Outcome, Output};
use crate::data::{Data, check_template};
use arpenteur_core::check::{Catalogue, RawParser, reference};
use arpenteur_core::model::Language;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

pub(crate) fn run(
    command: &ChecksCommand,
    folder: Option<&Path>,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
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
        ChecksCommand::Explain {
            id,
            device: Some(device),
            dir,
        } => {
            let check = catalogue.get(id);
            let check = check.ok_or_else(|| output.text("cli-unknown-id", &[("id", id)]))?;
            return explain::verdict(dir, check, device, data, output);
        }
        ChecksCommand::Show { id } | ChecksCommand::Explain { id, .. } => {
            match catalogue.explain(id, output.language) {
                Some(text) => output.result(&text),
                None => return Err(output.text("cli-unknown-id", &[("id", id)]).into()),
            }
        }
        ChecksCommand::New { id, out } => return new(id, out, output),
        ChecksCommand::Docs { out } => {
            std::fs::create_dir_all(out)?;
            for language in Language::ALL {
                let file = out.join(format!("checks.{}.md", language.code()));
                std::fs::write(&file, reference(catalogue, language))?;
                output.say("cli-exported", &[("file", &file.to_string_lossy())]);
            }
        }
        ChecksCommand::Test { ids, mutants } => return test(ids, *mutants, folder, data, output),
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

/// Writes a check that loads and passes its own tests, for its author to change.
fn new(id: &str, out: &Path, output: &Output<'_>) -> Outcome {
    let text = check_template(id);
    let path = format!("checks/{}/{id}.yaml", family_of(id));
    Catalogue::load(&[(path.clone(), text.clone().into_bytes())])?;
    let file = out.join(path);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut new = std::fs::File::create_new(&file)
        .map_err(|error| format!("cannot create {}: {error}", file.display()))?;
    new.write_all(text.as_bytes())?;
    output.say("cli-exported", &[("file", &file.to_string_lossy())]);
    Ok(Exit::Complete)
}

/// The family of a check, which is the name of its folder.
fn family_of(id: &str) -> String {
    id.split('-').next().unwrap_or_default().to_lowercase()
}

/// Runs the tests inside the checks named, and breaks these checks where that is asked for.
fn test(
    ids: &[String],
    mutants: bool,
    folder: Option<&Path>,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let mut wanted = BTreeSet::new();
    for id in ids {
        match data.catalogue.get(id) {
            Some(check) => wanted.insert(check.id.as_str()),
            None => return Err(output.text("cli-unknown-id", &[("id", id)]).into()),
        };
    }
    let is_wanted = |id: &str| wanted.is_empty() || wanted.contains(id);
    let parser: &RawParser<'_> = &|parser, text| data.read_raw(parser, text);
    let mut results = data.catalogue.test(parser);
    results.retain(|result| is_wanted(&result.check));
    let failed = results.iter().filter(|result| result.failure.is_some());
    for result in failed.clone() {
        let why = result.failure.as_deref().unwrap_or_default();
        output.result(&format!("{} {}: {why}", result.check, result.test));
    }
    let tests = output.tally(results.len(), failed.count());
    if !mutants {
        return Ok(tests);
    }
    let mutation = data.mutate_checks(folder, &|check| is_wanted(&check.id))?;
    for (check, change) in &mutation.survivors {
        output.result(&output.text(
            "cli-mutant-survives",
            &[("check", check), ("change", change)],
        ));
    }
    let (made, left) = (
        mutation.made.to_string(),
        mutation.survivors.len().to_string(),
    );
    output.say("cli-mutants", &[("count", &made), ("survivors", &left)]);
    let noticed = match mutation.survivors.as_slice() {
        [] => Exit::Complete,
        _ => Exit::Findings,
    };
    Ok(tests.max(noticed))
}
