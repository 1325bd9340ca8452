//! `arpenteur gc [DIR] --keep N`: old runs go, and what the index holds of them.
use super::args::General;
use super::exit::Exit;
use super::index::open;
use super::{Failure, Outcome, Output};
use crate::store::{AuditFolder, Index, Lock, RunFolder};
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;
use uuid::Uuid;

/// What is to go, and whether it does.
pub(crate) struct Wanted {
    /// Judged runs that stay, the newest ones.
    pub(crate) keep: usize,
    /// Otherwise nothing is removed, only told.
    pub(crate) apply: bool,
}

/// The folder named, else every folder that the index knows.
pub(crate) fn run(
    dir: Option<&Path>,
    wanted: &Wanted,
    general: &General,
    output: &Output<'_>,
) -> Outcome {
    if wanted.keep == 0 {
        return Err(output.text("cli-gc-keep", &[]).into());
    }
    let mut index = open(general)?;
    let mut removed = Vec::new();
    match dir {
        Some(dir) => {
            let folder = AuditFolder::open(dir)?;
            let audit = folder.audit_id()?;
            removed.extend(of_folder(&folder, audit, wanted, &mut index)?);
        }
        None => {
            for (audit, path) in index.audits()? {
                let folder = AuditFolder::open(&path).ok();
                let folder = folder.filter(|folder| folder.audit_id().ok() == Some(audit));
                if let Some(folder) = folder {
                    removed.extend(of_folder(&folder, audit, wanted, &mut index)?);
                }
            }
        }
    }
    if output.json {
        let runs: Vec<&Path> = removed.iter().map(RunFolder::path).collect();
        output.json(&json!({"applied": wanted.apply, "runs": runs}));
        return Ok(Exit::Complete);
    }
    for run in &removed {
        output.result(&run.path().to_string_lossy());
    }
    let key = if wanted.apply {
        "cli-gc-done"
    } else {
        "cli-gc-would"
    };
    output.say(key, &[("runs", &removed.len().to_string())]);
    Ok(Exit::Complete)
}

fn of_folder(
    folder: &AuditFolder,
    audit: Uuid,
    wanted: &Wanted,
    index: &mut Index,
) -> Result<Vec<RunFolder>, Failure> {
    if !wanted.apply {
        return Ok(old_runs(folder, wanted.keep)?);
    }
    // No run starts, and none is judged again, meanwhile.
    let _lock = Lock::take(&folder.runs(), Timestamp::now())?;
    index.catch_up(folder, audit)?;
    let old = old_runs(folder, wanted.keep)?;
    for run in &old {
        folder.remove_run(run)?;
    }
    folder.remove_leftovers()?;
    index.forget_gone(folder, audit)?;
    Ok(old)
}

/// Judged runs beyond the newest, save those that something else needs: the run that the newest
/// one is compared with, and those that a journal of a CMDB export names. A run that was never
/// judged, or was interrupted, is evidence that nothing else holds: it stays.
fn old_runs(folder: &AuditFolder, keep: usize) -> Result<Vec<RunFolder>, crate::store::StoreError> {
    let mut judged = folder.all_runs();
    judged.retain(|run| run.judged_stamp().is_some() && !run.journal().is_file());
    let newest = judged.last().and_then(RunFolder::judged_at);
    let earlier = |run: &&RunFolder| run.judged_at().is_some_and(|date| Some(date) < newest);
    let baseline = judged.iter().rev().find(earlier).map(RunFolder::name);
    let older = judged.len().saturating_sub(keep);
    judged.truncate(older);
    judged.retain(|run| Some(run.name()) != baseline);
    if judged.is_empty() {
        return Ok(judged);
    }
    let named = folder.named_in_journals()?;
    judged.retain(|run| !named.iter().any(|text| text.contains(&run.name())));
    Ok(judged)
}
