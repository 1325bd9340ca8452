//! `arpenteur export DIR --to FORMAT --out DIR`.
use super::args::ExportFormat;
use super::audit::judge_last;
use super::exit::Exit;
use super::{Failure, Outcome, Output};
use crate::data::Data;
use crate::store::AuditFolder;
use arpenteur_core::export::{self, Estate, File, Mapping};
use std::path::Path;

pub(crate) fn run(
    dir: &Path,
    to: ExportFormat,
    out: &Path,
    mapping: Option<&Path>,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let mapping = read_mapping(mapping, data)?;
    let results = judge_last(dir, data)?;
    let classes = &data.knowledge.classes;
    let one = |name: &str, text: String| {
        vec![File {
            name: name.to_owned(),
            bytes: text.into_bytes(),
        }]
    };
    let known = AuditFolder::open(dir)?.remembered()?;
    let estate = || Estate::new(&results, &known, classes, &mapping);
    let words = output.messages();
    let files = match to {
        ExportFormat::Json => one("results.json", export::json(&results)),
        ExportFormat::Csv => one(
            "inventory.csv",
            export::csv(&results.inventory, classes, output.language),
        ),
        ExportFormat::Sarif => one("findings.sarif", export::sarif(&results, words)),
        ExportFormat::Junit => one("findings.junit.xml", export::junit(&results, words)),
        ExportFormat::Oscal => one("assessment-results.json", export::oscal(&results, words)),
        ExportFormat::Glpi => export::glpi(&estate(), &mapping, None)
            .into_iter()
            .map(|message| File {
                bytes: format!("{:#}\n", message.body).into_bytes(),
                name: message.file,
            })
            .collect(),
        ExportFormat::Cyclonedx => vec![export::cyclonedx(&estate(), &mapping)],
        ExportFormat::Ocsf => vec![export::ocsf(&estate(), &mapping)],
        ExportFormat::Prometheus => vec![export::prometheus(&estate(), &mapping)],
        ExportFormat::Xlsx => {
            let language = (words, output.language);
            vec![export::xlsx(&estate(), &mapping, classes, language)?]
        }
        ExportFormat::Servicenow => export::servicenow(&estate(), &mapping),
        ExportFormat::Zabbix => vec![export::zabbix(&estate(), &mapping)],
        ExportFormat::Ansible => vec![export::ansible(&estate(), &mapping)],
    };
    std::fs::create_dir_all(out)?;
    for file in files {
        let path = out.join(&file.name);
        std::fs::write(&path, &file.bytes)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        output.say("cli-exported", &[("file", &path.to_string_lossy())]);
    }
    Ok(Exit::Complete)
}

fn read_mapping(file: Option<&Path>, data: &Data) -> Result<Mapping, Failure> {
    let Some(file) = file else {
        return Ok(Mapping::default());
    };
    let name = file.to_string_lossy();
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    Ok(Mapping::load(&name, &bytes, &data.knowledge.classes)?)
}
