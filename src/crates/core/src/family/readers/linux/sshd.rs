//! The OpenSSH server's effective configuration, and who may log in by key.
use super::{ALL_KEYS, OWN_KEYS, SSHD, outcome};
use crate::family::draft::{Pen, path};
use crate::family::text::{line, unhex};
use crate::family::view::View;
use crate::model::{Answer, Confidence, Question, UnreadReason};
use std::collections::BTreeMap;

/// Options and keys.
pub(super) fn sshd(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "sshd.effective";
    match outcome(view, SSHD) {
        Some(Ok((text, id))) => {
            let mut options: BTreeMap<String, String> = BTreeMap::new();
            for row in text.lines() {
                let (name, value) = row.split_once(' ').unwrap_or((row, ""));
                let (name, value) = (line(name.as_bytes()).to_lowercase(), line(value.as_bytes()));
                if name.is_empty() {
                    continue;
                }
                let joined = options.entry(name).or_default();
                if !joined.is_empty() {
                    joined.push(' ');
                }
                joined.push_str(&value);
            }
            // Every server has this option; without it this is some other output.
            if options.contains_key("permitrootlogin") {
                pen.set(at, serde_json::to_value(options).unwrap_or_default(), &[id]);
            } else {
                pen.unread(at, UnreadReason::ParseFailed, &[id]);
            }
        }
        // The server is there, only not on the path of an ordinary account.
        Some(Err((UnreadReason::Unsupported, id))) if is_openssh(view) => {
            pen.unread(at, UnreadReason::Denied, &[id]);
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
    keys(view, pen);
}

fn is_openssh(view: &View<'_>) -> bool {
    view.exchanges().any(
        |(exchange, _)| match (&exchange.question, &exchange.answer) {
            (Question::SshKex { .. }, Answer::Bytes { hex }) => {
                unhex(hex).windows(8).any(|part| part == b"OpenSSH_")
            }
            _ => false,
        },
    )
}

/// As root every account's keys are counted. As anyone else one's own are, which makes at
/// least one account; without own keys nothing is known of the others.
fn keys(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "sshd.accounts_with_keys";
    if let Some(Ok((text, id))) = outcome(view, ALL_KEYS) {
        let count = text
            .lines()
            .filter(|row| row.ends_with("authorized_keys"))
            .count();
        return pen.set(at, count, &[id]);
    }
    match outcome(view, OWN_KEYS) {
        Some(Ok((text, id))) => {
            let size = text
                .split_whitespace()
                .next()
                .and_then(|size| size.parse::<u64>().ok());
            if size.is_some_and(|size| size > 0) {
                pen.offer(&path(at), 1.into(), Confidence::Likely, &[id]);
            } else {
                pen.unread(at, UnreadReason::Denied, &[id]);
            }
        }
        Some(Err((_, id))) => pen.unread(at, UnreadReason::Denied, &[id]),
        None => {}
    }
}
