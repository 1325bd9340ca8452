//! `arpenteur schema …`.
use super::args::SchemaName;
use super::exit::Exit;
use super::{Outcome, Output};
use arpenteur_core::check::ProfileFile;
use arpenteur_core::export::Mapping;
use arpenteur_core::model::FactSchema;
use arpenteur_core::scope::AuditFile;

pub(crate) fn run(which: SchemaName, output: &Output<'_>) -> Outcome {
    match which {
        SchemaName::Audit => output.json(&schemars::schema_for!(AuditFile)),
        SchemaName::Profile => output.json(&schemars::schema_for!(ProfileFile)),
        SchemaName::Mapping => output.json(&schemars::schema_for!(Mapping)),
        SchemaName::Facts => output.json(FactSchema::get().json()),
    }
    Ok(Exit::Complete)
}
