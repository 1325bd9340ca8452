//! `arpenteur export DIR --to json|csv|sarif|junit|oscal --out DIR`.
use super::args::ExportFormat;
use super::audit::judge_last;
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Data;
use arpenteur_core::export;
use std::path::Path;

pub(crate) fn run(
    dir: &Path,
    to: ExportFormat,
    out: &Path,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let results = judge_last(dir, data)?;
    std::fs::create_dir_all(out)?;
    let (name, text) = match to {
        ExportFormat::Json => ("results.json", export::json(&results)),
        ExportFormat::Csv => (
            "inventory.csv",
            export::csv(&results.inventory, &data.knowledge.classes, output.language),
        ),
        ExportFormat::Sarif => ("findings.sarif", export::sarif(&results, output.messages())),
        ExportFormat::Junit => (
            "findings.junit.xml",
            export::junit(&results, output.messages()),
        ),
        ExportFormat::Oscal => (
            "assessment-results.json",
            export::oscal(&results, output.messages()),
        ),
    };
    let file = out.join(name);
    std::fs::write(&file, text)?;
    output.say("cli-exported", &[("file", &file.to_string_lossy())]);
    Ok(Exit::Complete)
}
