//! What became of a command: its text, or why there is none.
use super::USER_ID;
use crate::family::view::{Output, View};
use crate::model::{EvidenceId, UnreadReason};

/// A command's text and the exchange that brought it; or why there is none.
pub(in crate::family::readers) type Outcome =
    Result<(String, EvidenceId), (UnreadReason, EvidenceId)>;

/// Whether a command went well and was read to its end.
pub(super) fn succeeded(output: &Output<'_>) -> bool {
    output.status.unwrap_or(0) == 0 && !output.truncated
}

/// Whether there is nothing more to read, as root neither: grep(1) ends with 1 where no line
/// matches, and cat, find, grep and stat with 1 or 2 where a file is not there.
pub(super) fn answered(output: &Output<'_>) -> bool {
    let found_out = matches!(output.status, Some(1 | 2)) && !output.truncated;
    succeeded(output) || found_out && output.stderr.lines().all(no_such_file)
}

fn no_such_file(row: &str) -> bool {
    let row = row.to_lowercase();
    [
        "no such file",
        "not a directory",
        "aucun fichier ou dossier",
    ]
    .iter()
    .any(|words| row.contains(words))
}

/// The output of a command that went well, without sudo.
pub(super) fn file<'a>(view: &View<'a>, command: &str) -> Option<&'a str> {
    let (output, _) = view.exec(command, false)?;
    succeeded(&output).then_some(output.stdout)
}

/// A command's output, as we are or else as root; or why there is none.
pub(in crate::family::readers) fn outcome(view: &View<'_>, command: &str) -> Option<Outcome> {
    text(view, command, [false, true], succeeded)
}

/// The same of a command that root sees more with.
pub(super) fn fullest(view: &View<'_>, command: &str) -> Option<Outcome> {
    text(view, command, [true, false], succeeded)
}

/// The same of a command that looks for lines or files: that there are none is an answer.
pub(super) fn found(view: &View<'_>, command: &str) -> Option<Outcome> {
    text(view, command, [false, true], answered)
}

/// The same of a program that only root's search path may have: that it is missing is believed
/// from root alone.
pub(super) fn privileged(view: &View<'_>, command: &str) -> Option<Outcome> {
    let as_root = is_root(view) || view.exec(command, true).is_some();
    outcome(view, command).map(|outcome| {
        outcome.map_err(|(reason, id)| match reason {
            UnreadReason::Unsupported if !as_root => (UnreadReason::Denied, id),
            _ => (reason, id),
        })
    })
}

/// Whether the login is root's own.
pub(super) fn is_root(view: &View<'_>) -> bool {
    file(view, USER_ID).is_some_and(|id| id.trim() == "0")
}

fn text(
    view: &View<'_>,
    command: &str,
    ways: [bool; 2],
    good: fn(&Output<'_>) -> bool,
) -> Option<Outcome> {
    let mut reason = None;
    for sudo in ways {
        if let Some((output, id)) = view.exec(command, sudo) {
            if good(&output) {
                return Some(Ok((output.stdout.to_owned(), id.clone())));
            }
            reason = Some((why(&output), id.clone()));
        } else if let Some((failure, id)) = view.exec_failure(command, sudo) {
            reason = reason.or(Some((failure.unread(), id.clone())));
        }
    }
    reason.map(Err)
}

/// Why a command gave nothing, by its status and words.
fn why(output: &Output<'_>) -> UnreadReason {
    const COMMAND_NOT_FOUND: u32 = 127;
    /// What a shell, sudo or systemctl says of what is not there, in the languages of our clients.
    const MISSING: [&str; 5] = [
        "no such file",
        "not found",
        "not a directory",
        "introuvable",
        "not been booted with systemd",
    ];
    if output.truncated {
        return UnreadReason::ParseFailed;
    }
    let words = output.stderr.to_lowercase();
    let missing = MISSING.iter().any(|word| words.contains(word)) || no_such_file(&words);
    // `sudo: nft: command not found`, which is not `sh: sudo: command not found`.
    let by_sudo = words.trim_start().strip_prefix("sudo: ");
    match (output.status, by_sudo) {
        (_, Some(said)) if missing && said.contains(": ") => UnreadReason::Unsupported,
        _ if words.contains("sudo:") => UnreadReason::Denied,
        (Some(COMMAND_NOT_FOUND), _) => UnreadReason::Unsupported,
        _ if missing => UnreadReason::Unsupported,
        _ => UnreadReason::Denied,
    }
}
