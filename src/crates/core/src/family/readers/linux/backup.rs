//! Jobs that save this host: units of systemd, cron tables, agents of backup servers.
use super::Subject;
use super::UPTIME;
use super::answers::{found, outcome};
use super::date::{Now, written};
use super::services::Services;
use crate::family::draft::{Pen, path};
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{BackupJob, Confidence, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Units in memory by pattern; how the last run ended, in microseconds since the boot, whatever
/// the host's language and time zone.
const UNITS: &str = "systemctl show -p Id -p LoadState -p Type -p Result -p ExecMainStatus -p ExecMainExitTimestampMonotonic \"*backup*.service\" \"*sauvegarde*.service\" \"restic*.service\" \"borg*.service\" \"duplicity*.service\" \"rsnapshot*.service\" \"rclone*.service\" \"kopia*.service\" \"autorestic*.service\"";
/// Names of programs alone: what follows them may hold passwords.
const CRON: &str = "grep -RowE \"restic|borg|borgmatic|borgbackup|duplicity|rsnapshot|rdiff-backup|rclone|kopia|proxmox-backup-client|vzdump|backupninja|automysqlbackup\" /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /var/spool/cron /etc/crontabs";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[UNITS],
    guarded: &[CRON],
    fuller: &[],
    read,
};

/// Agents that a server commands: when it last succeeded is written there.
const AGENTS: [(&str, &[&str]); 10] = [
    ("Bareos", &["bareos-fd", "bareos-filedaemon"]),
    ("Bacula", &["bacula-fd"]),
    (
        "Veeam",
        &["veeamservice", "veeamdeployment", "veeamtransport"],
    ),
    ("UrBackup", &["urbackupclientbackend", "urbackupclientb"]),
    ("Acronis", &["acronis_mms", "aakore"]),
    ("Commvault", &["cvd", "commvault"]),
    ("NetBackup", &["bpcd", "vnetd"]),
    ("Networker", &["nsrexecd"]),
    ("Spectrum Protect", &["dsmc", "dsmcad"]),
    ("Amanda", &["amandad"]),
];
/// Units that save the system's own tables, by its distribution.
const OWN: [&str; 5] = [
    "dpkg-db-backup",
    "backup-rpmdb",
    "backup-sysconfig",
    "sgdisk-backup",
    "snapper-backup",
];

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "backup.jobs";
    let Some(services) = Services::of(view) else {
        return;
    };
    let mut evidence = services.evidence.clone();
    let mut open = services.open();
    let mut jobs: BTreeMap<String, Option<String>> = BTreeMap::new();
    match outcome(view, UNITS) {
        Some(Ok((text, id))) => {
            evidence.push(id);
            jobs.extend(units(&text, booted(view)));
        }
        Some(Err((UnreadReason::Unsupported, _))) => {}
        Some(Err((reason, _))) => open = open.or(Some(reason)),
        None => open = open.or(Some(UnreadReason::NotCollected)),
    }
    for (name, names) in AGENTS {
        if services.state(names).is_some() {
            jobs.entry(name.to_owned()).or_default();
        }
    }
    match found(view, CRON) {
        Some(Ok((text, id))) => {
            evidence.push(id);
            jobs.extend(text.lines().filter_map(scheduled).map(|name| (name, None)));
        }
        Some(Err((reason, id))) => {
            evidence.push(id);
            open = open.or(Some(reason));
        }
        None => open = open.or(Some(UnreadReason::NotCollected)),
    }
    match open {
        _ if !jobs.is_empty() => {
            let job = |(name, last_success)| BackupJob { name, last_success };
            let jobs: Vec<BackupJob> = jobs.into_iter().map(job).collect();
            pen.set(
                at,
                serde_json::to_value(jobs).unwrap_or_default(),
                &evidence,
            );
        }
        Some(reason) => pen.unread(at, reason, &evidence),
        // Of the programs that we know by name.
        None => pen.offer(&path(at), Json::Null, Confidence::Likely, &evidence),
    }
}

/// When the host started, in seconds of the epoch.
fn booted(view: &View<'_>) -> Option<i64> {
    let now = Now::of(view)?;
    let (text, _) = outcome(view, UPTIME)?.ok()?;
    let up: i64 = text.split('.').next()?.trim().parse().ok()?;
    now.instant.as_second().checked_sub(up)
}

/// Blocks of `NAME=value`, a blank line between them. A failed last run tells nothing of the
/// last that went well, and a unit that has not run since the boot nothing at all.
fn units(text: &str, booted: Option<i64>) -> Vec<(String, Option<String>)> {
    let job = |block: &str| {
        let field = |name: &str| {
            block
                .lines()
                .find_map(|row| row.strip_prefix(name)?.strip_prefix('='))
        };
        let name = line(field("Id")?.as_bytes());
        let stem = name.trim_end_matches(".service");
        // A daemon that runs on is an agent's or a server's.
        let job = field("Type") != Some("notify") && field("LoadState") == Some("loaded");
        if !job || OWN.contains(&stem) {
            return None;
        }
        let ended: i64 = field("ExecMainExitTimestampMonotonic")?.parse().ok()?;
        let well = field("Result") == Some("success") && field("ExecMainStatus") == Some("0");
        let moment = booted.and_then(|booted| booted.checked_add(ended / 1_000_000));
        let last = moment.filter(|_| well && ended > 0).and_then(written);
        Some((name, last))
    };
    text.split("\n\n").filter_map(job).collect()
}

/// `/etc/cron.d/borg:borgmatic`.
fn scheduled(row: &str) -> Option<String> {
    let (file, program) = row.rsplit_once(':')?;
    Some(format!(
        "{} ({})",
        line(program.as_bytes()),
        line(file.as_bytes())
    ))
}
