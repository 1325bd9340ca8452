//! Whether what was updated waits for a restart.
use super::answers::found;
use super::{Subject, UNAME};
use crate::family::draft::{Pen, path};
use crate::family::view::View;
use crate::model::{Confidence, UnreadReason};

/// Made by Debian's and Ubuntu's packages, and by zypper.
const FLAGS: &str = "ls /var/run/reboot-required /run/reboot-needed";
/// One folder per installed kernel, named as `uname -r` names it.
const KERNELS: &str = "ls /lib/modules";
/// dnf-utils: 0 where no restart is needed, 1 where one is.
const NEEDS: &str = "needs-restarting -r";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[FLAGS, KERNELS, NEEDS],
    guarded: &[],
    fuller: &[],
    read,
};

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "updates.reboot_pending";
    let mut evidence = Vec::new();
    if let Some((output, id)) = view
        .exec(NEEDS, false)
        .filter(|(output, _)| !output.truncated)
    {
        let told = output.stderr.trim().is_empty() && !output.stdout.trim().is_empty();
        match output.status {
            Some(1) if told => return pen.set(at, true, std::slice::from_ref(id)),
            Some(0) if told => return pen.set(at, false, std::slice::from_ref(id)),
            _ => {}
        }
    }
    match found(view, FLAGS) {
        Some(Ok((text, id))) => {
            if !text.trim().is_empty() {
                return pen.set(at, true, &[id]);
            }
            evidence.push(id);
        }
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    }
    // That nobody made the file says little; the kernel that runs says more.
    match (found(view, KERNELS), view.exec(UNAME, false)) {
        (Some(Ok((text, id))), Some((uname, other))) => {
            evidence.extend([id, other.clone()]);
            let running = uname.stdout.split_whitespace().nth(1).unwrap_or_default();
            match newer(&text, running) {
                Some(newer) => pen.offer(&path(at), newer.into(), Confidence::Likely, &evidence),
                // A container has no kernel of its own.
                None => pen.unread(at, UnreadReason::Unsupported, &evidence),
            }
        }
        (Some(Err((reason, id))), _) => pen.unread(at, reason, &[id]),
        _ => pen.unread(at, UnreadReason::NotCollected, &evidence),
    }
}

/// Whether a kernel of the same kind as the running one is installed and newer, or the running
/// one is gone from the disk. Nothing where none of its kind is there.
fn newer(installed: &str, running: &str) -> Option<bool> {
    let kind = |name: &str| {
        let last = name.rsplit(['-', '.']).next().unwrap_or_default();
        last.to_owned()
    };
    let numbers = |name: &str| -> Vec<u64> {
        let parts = name.split(|letter: char| !letter.is_ascii_digit());
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    let alike = |name: &&str| !name.is_empty() && kind(name) == kind(running);
    let newest = installed
        .split_whitespace()
        .filter(alike)
        .map(numbers)
        .max()?;
    let there = installed.split_whitespace().any(|name| name == running);
    Some(!there || newest > numbers(running))
}
