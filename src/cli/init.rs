//! `arpenteur init DIR`.
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::audit_template;
use crate::store::AuditFolder;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;

pub(crate) fn run(dir: &Path, output: &Output<'_>) -> Outcome {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let template = audit_template(output.language.code());
    let text = arpenteur_core::scope::audit_template(&template, uuid::Uuid::new_v4(), today);
    let folder = AuditFolder::create(dir, &text)?;
    output.say(
        "cli-init-written",
        &[("file", &folder.audit_file().to_string_lossy())],
    );
    Ok(Exit::Complete)
}
