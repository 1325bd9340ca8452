//! Updates where packages are RPM: dnf(8) and dnf-automatic, zypper(8).
use super::answers::{file, found, outcome, privileged};
use super::date::Now;
use super::services::Services;
use super::{OS_RELEASE, Subject};
use crate::family::draft::{Pen, path};
use crate::family::text::assignments;
use crate::family::view::View;
use crate::model::{Confidence, UnreadReason};
use std::collections::BTreeSet;

/// From what is cached, so that no index is fetched.
const DNF: &str = "dnf -C -q updateinfo list --security";
const DNF_CACHE: &str =
    "find /var/cache/dnf /var/cache/libdnf5 -name \"*primary.xml*\" -exec stat -c %Y {} +";
const DNF_AUTOMATIC: &str = "cat /etc/dnf/automatic.conf";
const ZYPPER: &str = "zypper --no-refresh -q list-patches --category security";
/// zypper touches a repository's index when it finds it unchanged.
const ZYPP_CACHE: &str = "find /var/cache/zypp/raw -name repomd.xml -exec stat -c %Y {} +";
const INSTALLED: &str = "rpm -qa --qf \"%{INSTALLTIME}\\n\"";

pub(super) const DNF_SUBJECT: Subject = Subject {
    when: |view| is(view, &["rhel", "fedora", "centos", "amzn", "ol"]),
    plain: &[DNF_CACHE, DNF_AUTOMATIC, INSTALLED],
    guarded: &[DNF],
    fuller: &[],
    read: dnf,
};
pub(super) const ZYPPER_SUBJECT: Subject = Subject {
    when: |view| is(view, &["suse", "opensuse", "sles"]),
    plain: &[ZYPPER, ZYPP_CACHE, INSTALLED],
    guarded: &[],
    fuller: &[],
    read: zypper,
};

fn is(view: &View<'_>, wanted: &[&str]) -> bool {
    let Some(text) = file(view, OS_RELEASE) else {
        return false;
    };
    let fields = assignments(text);
    let names = ["ID", "ID_LIKE"]
        .iter()
        .filter_map(|name| fields.get(*name));
    names
        .flat_map(|names| names.split(' '))
        .any(|name| wanted.contains(&name))
}

/// CentOS publishes no advisories: an empty list says nothing there.
fn without_advisories(view: &View<'_>) -> bool {
    let id = file(view, OS_RELEASE).and_then(|text| assignments(text).get("ID").cloned());
    id.as_deref() == Some("centos")
}

fn dnf(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "updates.security_pending";
    match privileged(view, DNF) {
        Some(Ok((_, id))) if without_advisories(view) => {
            pen.unread(at, UnreadReason::Unsupported, &[id]);
        }
        // `RHSA-2024:1234 Important/Sec. openssl-1:3.0.7-27.el9.x86_64`: dnf 5 puts the package
        // third too, and has a heading.
        Some(Ok((text, id))) => {
            let package = |row: &str| {
                let words: Vec<&str> = row.split_whitespace().collect();
                let advisory = words.first()?.contains('-');
                advisory.then_some(())?;
                words
                    .iter()
                    .find(|word| word.matches('-').count() >= 2 && word.matches('.').count() >= 2)
                    .map(|word| (*word).to_owned())
            };
            let packages: BTreeSet<String> = text.lines().filter_map(package).collect();
            let unread = packages.is_empty() && !text.trim().is_empty() && text.contains("-20");
            match u32::try_from(packages.len()) {
                Ok(count) if !unread => pen.set(at, count, &[id]),
                _ => pen.unread(at, UnreadReason::ParseFailed, &[id]),
            }
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
    ages(view, pen, DNF_CACHE);
    dnf_automatic(view, pen);
}

/// dnf-automatic(8): its timer is on, and it installs; `dnf-automatic-install` does whatever the
/// file says.
fn dnf_automatic(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "updates.automatic";
    let Some(services) = Services::of(view) else {
        return;
    };
    let on = |unit| services.starts(unit);
    let mut evidence = services.evidence.clone();
    if on("dnf-automatic-install.timer") == Some(true) {
        return pen.set(at, true, &evidence);
    }
    let timers = [on("dnf-automatic.timer"), on("dnf5-automatic.timer")];
    match found(view, DNF_AUTOMATIC) {
        _ if timers == [Some(false), Some(false)] => pen.set(at, false, &evidence),
        _ if timers.contains(&None) => pen.unread(at, UnreadReason::Unsupported, &evidence),
        Some(Ok((text, id))) => {
            evidence.push(id);
            let mut applies = text.lines().filter_map(|row| {
                let (name, value) = row.split_once('=')?;
                (name.trim() == "apply_updates").then(|| value.trim().to_lowercase())
            });
            let applies = applies.next_back();
            let yes = ["yes", "true", "1", "on"];
            pen.set(
                at,
                applies.is_some_and(|value| yes.contains(&value.as_str())),
                &evidence,
            );
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => pen.unread(at, UnreadReason::NotCollected, &evidence),
    }
}

fn zypper(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "updates.security_pending";
    match outcome(view, ZYPPER) {
        // `Repository | Name | Category | Severity | Interactive | Status | Since | Summary`
        Some(Ok((text, id))) => {
            let patches: BTreeSet<&str> = text.lines().filter_map(needed).collect();
            // A table of which no row was understood is no empty table.
            let unread = patches.is_empty() && text.contains("security");
            match u32::try_from(patches.len()) {
                Ok(count) if !unread => pen.set(at, count, &[id]),
                _ => pen.unread(at, UnreadReason::ParseFailed, &[id]),
            }
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
    ages(view, pen, ZYPP_CACHE);
    let timers = ["transactional-update.timer", "os-update.timer"];
    if let Some(services) = Services::of(view).filter(|_| outcome(view, ZYPPER).is_some()) {
        let at = "updates.automatic";
        let on: Vec<_> = timers.iter().map(|unit| services.starts(unit)).collect();
        let evidence = services.evidence.clone();
        match () {
            () if on.contains(&Some(true)) => pen.set(at, true, &evidence),
            () if on.contains(&None) => pen.unread(at, UnreadReason::Unsupported, &evidence),
            // YaST's online update may run from cron.
            () => pen.offer(&path(at), false.into(), Confidence::Likely, &evidence),
        }
    }
}

/// The patch of a row, where it is for security and needed.
fn needed(row: &str) -> Option<&str> {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let wanted = cells.contains(&"security") && cells.contains(&"needed");
    cells.get(1).copied().filter(|_| wanted)
}

/// Age of the newest index, and of the newest package, which an update or a first installation
/// brought.
fn ages(view: &View<'_>, pen: &mut Pen<'_>, cache: &str) {
    let Some(now) = Now::of(view) else {
        return;
    };
    for (at, command) in [
        ("updates.index_age", cache),
        ("updates.days_since_update", INSTALLED),
    ] {
        match found(view, command) {
            Some(Ok((text, id))) => {
                let newest = text
                    .lines()
                    .filter_map(|row| row.trim().parse::<i64>().ok())
                    .max();
                let evidence = [id, now.id.clone()];
                match newest.and_then(|second| now.days_since(second)) {
                    Some(days) => pen.offer(&path(at), days.into(), Confidence::Likely, &evidence),
                    None => pen.unread(at, UnreadReason::ParseFailed, &evidence),
                }
            }
            Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
            None => {}
        }
    }
}
