//! Updates on Debian and its relatives: apt-get(8), unattended-upgrades, dpkg's log.
use super::answers::{file, found, outcome};
use super::date::Now;
use super::services::Services;
use super::{OS_RELEASE, Subject};
use crate::family::draft::{Pen, path};
use crate::family::text::assignments;
use crate::family::view::View;
use crate::model::{Confidence, UnreadReason};
use jiff::civil::DateTime;
use std::collections::BTreeSet;

/// What would be installed, new packages (kernels) included; nothing is, and nothing is locked.
const UPGRADE: &str = "apt-get -s -o Debug::NoLocking=1 dist-upgrade";
const LISTS: &str = "ls /var/lib/apt/lists";
/// Written after a fetch that went well, where Ubuntu's or Debian's timers do it.
const FETCHED: &str = "stat -c %Y /var/lib/apt/periodic/update-success-stamp";
/// Touched by every fetch. The lists themselves carry the archive's dates.
const PARTIAL: &str = "stat -c %Y /var/lib/apt/lists/partial";
const LOG: &str = "zgrep -h \" upgrade \" /var/log/dpkg.log*";
const PERIODIC: &str = "apt-config dump APT::Periodic";
const ORIGINS: &str = "apt-config dump Unattended-Upgrade";
const PROGRAM: &str = "ls /usr/bin/unattended-upgrade";

pub(super) const SUBJECT: Subject = Subject {
    when: |view| file(view, OS_RELEASE).is_some_and(is_debian),
    plain: &[
        UPGRADE, LISTS, FETCHED, PARTIAL, LOG, PERIODIC, ORIGINS, PROGRAM,
    ],
    guarded: &[],
    fuller: &[],
    read,
};

fn is_debian(os_release: &str) -> bool {
    let fields = assignments(os_release);
    let names = ["ID", "ID_LIKE"]
        .iter()
        .filter_map(|name| fields.get(*name));
    names
        .flat_map(|names| names.split(' '))
        .any(|name| name == "debian" || name == "ubuntu")
}

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    pending(view, pen);
    if let Some(now) = Now::of(view) {
        index_age(view, pen, &now);
        last_update(view, pen, &now);
    }
    automatic(view, pen);
}

/// `Inst NAME [OLD] (NEW Debian-Security:12/stable-security [amd64])`. Without a security
/// archive among the lists nothing tells a security update from another.
fn pending(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "updates.security_pending";
    let (text, id) = match outcome(view, UPGRADE) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let mut evidence = vec![id];
    let secured = match outcome(view, LISTS) {
        Some(Ok((text, id))) => {
            evidence.push(id);
            text.lines()
                .any(|name| name.to_lowercase().contains("security"))
        }
        _ => false,
    };
    let security = |row: &&str| {
        let origin = row.split_once('(').map(|(_, origin)| origin.to_lowercase());
        row.starts_with("Inst ") && origin.is_some_and(|origin| origin.contains("-security"))
    };
    let names: BTreeSet<&str> = text
        .lines()
        .filter(security)
        .filter_map(|row| row.split_whitespace().nth(1))
        .collect();
    match u32::try_from(names.len()) {
        // Without a summary the list was not worked out to its end.
        _ if !text.lines().any(summary) => pen.unread(at, UnreadReason::ParseFailed, &evidence),
        Ok(count) if secured => pen.set(at, count, &evidence),
        _ => pen.unread(at, UnreadReason::Unsupported, &evidence),
    }
}

/// `3 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.`, in any language.
fn summary(row: &str) -> bool {
    row.starts_with(|letter: char| letter.is_ascii_digit())
        && row
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .count()
            == 4
}

fn index_age(view: &View<'_>, pen: &mut Pen<'_>, now: &Now) {
    let at = "updates.index_age";
    let stamp = |command| outcome(view, command).and_then(Result::ok);
    let Some((text, id)) = stamp(FETCHED).or_else(|| stamp(PARTIAL)) else {
        if let Some(Err((reason, id))) = outcome(view, PARTIAL) {
            pen.unread(at, reason, &[id]);
        }
        return;
    };
    let age = text
        .trim()
        .parse()
        .ok()
        .and_then(|second| now.days_since(second));
    let evidence = [id, now.id.clone()];
    match age {
        Some(age) => pen.offer(&path(at), age.into(), Confidence::Likely, &evidence),
        None => pen.unread(at, UnreadReason::ParseFailed, &evidence),
    }
}

/// `2026-11-22 05:56:04 upgrade openssh-client:amd64 …`. logrotate keeps a year of it: that no
/// upgrade stands there may be a young host or a lost log.
fn last_update(view: &View<'_>, pen: &mut Pen<'_>, now: &Now) {
    let at = "updates.days_since_update";
    let (text, id) = match found(view, LOG) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let date = |row: &str| row.get(..19)?.replace(' ', "T").parse::<DateTime>().ok();
    let last = text
        .lines()
        .filter(|row| row.contains(" upgrade "))
        .filter_map(date)
        .max();
    let evidence = [id, now.id.clone()];
    match last.and_then(|then| now.days_since_local(then)) {
        Some(days) => pen.set(at, days, &evidence),
        None => pen.unread(at, UnreadReason::ParseFailed, &evidence),
    }
}

/// The interval is set, the program is there, its timer is on, and it takes security updates.
fn automatic(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "updates.automatic";
    let (text, id) = match outcome(view, PERIODIC) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let mut evidence = vec![id];
    let set = |name: &str| {
        let row = text
            .lines()
            .find_map(|row| row.strip_prefix("APT::Periodic::")?.strip_prefix(name));
        row.map(|value| value.trim().trim_matches([';', '"']).to_owned())
    };
    let wanted =
        set("Unattended-Upgrade ").is_some_and(|interval| interval != "0" && !interval.is_empty());
    let off = set("Enable ").is_some_and(|value| value == "0");
    let program = match found(view, PROGRAM) {
        Some(Ok((text, id))) => {
            evidence.push(id);
            !text.trim().is_empty()
        }
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return pen.unread(at, UnreadReason::NotCollected, &evidence),
    };
    let taken = match outcome(view, ORIGINS) {
        Some(Ok((text, id))) => {
            evidence.push(id);
            let rows = text.lines().filter(|row| {
                row.contains("Allowed-Origins::") || row.contains("Origins-Pattern::")
            });
            // `${distro_codename}-security`, `label=Debian-Security`, `o=*`.
            let mut rows = rows.map(str::to_lowercase).peekable();
            rows.peek().is_none() || rows.any(|row| row.contains("security") || row.contains('*'))
        }
        _ => true,
    };
    let timer = Services::of(view).and_then(|services| services.starts("apt-daily-upgrade.timer"));
    let automatic = wanted && !off && program && taken && timer != Some(false);
    pen.set(at, automatic, &evidence);
}
