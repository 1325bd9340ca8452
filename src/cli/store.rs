//! `arpenteur store rebuild [DIR…]`: the index made again from the run folders.
use super::args::General;
use super::exit::Exit;
use super::index::open;
use super::{Outcome, Output};
use crate::store::AuditFolder;
use std::path::PathBuf;

/// Every folder that the index knows and those named. A folder that is not there keeps its rows:
/// its disk may only be away.
pub(crate) fn rebuild(dirs: &[PathBuf], general: &General, output: &Output<'_>) -> Outcome {
    let mut index = open(general)?;
    let mut folders = Vec::new();
    for dir in dirs {
        let folder = AuditFolder::open(dir)?;
        folders.push((folder.audit_id()?, folder));
    }
    let mut exit = Exit::Complete;
    for (audit, path) in index.audits()? {
        if folders.iter().any(|(named, _)| *named == audit) {
            continue;
        }
        let folder = AuditFolder::open(&path).ok();
        match folder.filter(|folder| folder.audit_id().ok() == Some(audit)) {
            Some(folder) => folders.push((audit, folder)),
            None => {
                exit = Exit::Incomplete;
                let dir = path.to_string_lossy();
                output.say("cli-store-folder-gone", &[("dir", &dir)]);
            }
        }
    }
    for (audit, folder) in &folders {
        index.forget_runs(*audit)?;
        let indexed = index.catch_up(folder, *audit)?;
        let dir = folder.path().to_string_lossy();
        for (run, reason) in &indexed.left_out {
            exit = Exit::Incomplete;
            let values = [("run", run.as_str()), ("reason", reason.as_str())];
            output.say("cli-store-left-out", &values);
        }
        let runs = indexed.runs.to_string();
        output.say("cli-store-rebuilt", &[("dir", &dir), ("runs", &runs)]);
    }
    Ok(exit)
}
