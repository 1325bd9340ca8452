//! Where logs are kept and sent: journald.conf(5), rsyslog, syslog-ng, auditd.
use super::Subject;
use super::answers::{found, outcome};
use super::services::Services;
use crate::family::draft::{Pen, path};
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{Confidence, EvidenceId, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The file and what was laid over it, in the order in which systemd reads them.
const JOURNALD: &str = "systemd-analyze cat-config systemd/journald.conf";
const JOURNAL: &str = "ls -d /var/log/journal";
const RSYSLOG: &str = "grep -Rh . /etc/rsyslog.conf /etc/rsyslog.d";
const SYSLOG_NG: &str = "grep -Rh . /etc/syslog-ng/syslog-ng.conf /etc/syslog-ng/conf.d";
const UPLOAD: &str = "cat /etc/systemd/journal-upload.conf";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[JOURNALD, JOURNAL],
    guarded: &[RSYSLOG, SYSLOG_NG, UPLOAD],
    fuller: &[],
    read,
};

/// Agents that send logs where their own configuration says.
const SHIPPERS: [&str; 14] = [
    "filebeat",
    "elastic-agent",
    "fluent-bit",
    "fluentd",
    "td-agent",
    "promtail",
    "alloy",
    "vector",
    "nxlog",
    "splunkd",
    "SplunkForwarder",
    "wazuh-agent",
    "wazuh-agentd",
    "azuremonitoragent",
];

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let Some(services) = Services::of(view) else {
        return;
    };
    let evidence = services.evidence.clone();
    match services.running(&["auditd"]) {
        Ok(runs) => pen.set("logs.auditd", runs, &evidence),
        Err(reason) => pen.unread("logs.auditd", reason, &evidence),
    }
    persistent(view, pen, &services);
    servers(view, pen, &services);
}

/// A daemon that writes files, or a journal on disk: `Storage=auto` keeps one where its folder is.
fn persistent(view: &View<'_>, pen: &mut Pen<'_>, services: &Services) {
    const DAEMONS: [&str; 5] = [
        "rsyslog",
        "rsyslogd",
        "syslog-ng",
        "syslogd",
        "busybox-syslogd",
    ];
    let at = "logs.persistent";
    let mut evidence = services.evidence.clone();
    let daemon = services.running(&DAEMONS);
    if daemon == Ok(true) {
        return pen.offer(&path(at), true.into(), Confidence::Likely, &evidence);
    }
    let journal = match (outcome(view, JOURNALD), found(view, JOURNAL)) {
        (Some(Ok((text, id))), Some(Ok((folder, other)))) => {
            evidence.extend([id, other]);
            let assigned = text
                .lines()
                .filter_map(|row| row.trim().strip_prefix("Storage="));
            match assigned.map(str::trim).next_back() {
                Some("persistent") => Ok(true),
                Some("volatile" | "none") => Ok(false),
                _ => Ok(!folder.trim().is_empty()),
            }
        }
        // No systemd, no journal.
        (Some(Err((UnreadReason::Unsupported, _))), _) => Ok(false),
        (Some(Err((reason, _))), _) | (_, Some(Err((reason, _)))) => Err(reason),
        _ => Err(UnreadReason::NotCollected),
    };
    match (journal, daemon) {
        (Ok(true), _) => pen.set(at, true, &evidence),
        (Ok(false), Ok(_)) => pen.set(at, false, &evidence),
        (Ok(false), Err(reason)) | (Err(reason), _) => pen.unread(at, reason, &evidence),
    }
}

/// Names of a daemon, the command that shows its configuration, and who reads that.
type Daemon = (
    &'static [&'static str],
    &'static str,
    fn(&str) -> Vec<String>,
);

/// Destinations of the daemons that run. An agent whose configuration is not read, or a daemon
/// that takes its server from its command line, leaves the question open.
fn servers(view: &View<'_>, pen: &mut Pen<'_>, services: &Services) {
    let at = "logs.servers";
    let daemons: [Daemon; 3] = [
        (&["rsyslog", "rsyslogd"], RSYSLOG, rsyslog),
        (&["syslog-ng"], SYSLOG_NG, syslog_ng),
        (&["systemd-journal-upload"], UPLOAD, upload),
    ];
    let mut servers = BTreeSet::new();
    let mut evidence: Vec<EvidenceId> = services.evidence.clone();
    let mut open = services.open();
    for (names, command, parse) in daemons {
        if services.state(names) != Some(true) {
            continue;
        }
        match found(view, command) {
            Some(Ok((text, id))) => {
                servers.extend(parse(&text));
                evidence.push(id);
            }
            Some(Err((reason, id))) => {
                open = open.or(Some(reason));
                evidence.push(id);
            }
            None => open = open.or(Some(UnreadReason::NotCollected)),
        }
    }
    let others =
        services.state(&SHIPPERS) == Some(true) || services.state(&["syslogd"]) == Some(true);
    let open = open.or(others.then_some(UnreadReason::Unsupported));
    match open {
        Some(reason) if servers.is_empty() => pen.unread(at, reason, &evidence),
        _ => pen.set(
            at,
            Json::from(servers.into_iter().collect::<Vec<_>>()),
            &evidence,
        ),
    }
}

/// `*.* @@host:port;template`, or `action(type="omfwd" target="host" port="514")`.
fn rsyslog(text: &str) -> Vec<String> {
    let rows = text
        .lines()
        .map(str::trim)
        .filter(|row| !row.starts_with('#'));
    let rows: Vec<&str> = rows.collect();
    let old = rows.iter().filter_map(|row| {
        let action = row.split_whitespace().nth(1)?;
        let server = action.strip_prefix('@')?.trim_start_matches('@');
        // `(o)` and the like are options.
        let server = server.rsplit_once(')').map_or(server, |(_, server)| server);
        let server = server.split(';').next().unwrap_or_default();
        Some(line(server.as_bytes())).filter(|server| !server.is_empty())
    });
    let whole = rows.join(" ");
    let actions = whole.split("action(").skip(1);
    let new = actions.filter_map(|rest| {
        let action = rest.split(')').next().unwrap_or_default();
        let kind = option(action, "type")?;
        let target = option(action, "target").filter(|_| kind == "omfwd" || kind == "omrelp")?;
        let port = option(action, "port").map(|port| format!(":{port}"));
        Some(target + &port.unwrap_or_default())
    });
    old.chain(new).collect()
}

/// `name="value"` of rsyslog's own language, in any case.
fn option(action: &str, name: &str) -> Option<String> {
    let lower = action.to_ascii_lowercase();
    let at = lower.match_indices(name).find(|(at, _)| {
        let before = lower.get(..*at).and_then(|text| text.chars().last());
        before.is_none_or(|letter| letter.is_whitespace() || letter == '"')
    })?;
    let rest = action
        .get(at.0 + name.len()..)?
        .trim_start()
        .strip_prefix('=')?;
    let value = rest.trim_start().strip_prefix('"')?.split('"').next()?;
    Some(line(value.as_bytes()))
}

/// `network("host" …)`, `syslog("host" …)`, `tcp(…)`, `udp(…)` inside a `destination` that a
/// `log` statement may name.
fn syslog_ng(text: &str) -> Vec<String> {
    let rows = text
        .lines()
        .map(str::trim)
        .filter(|row| !row.starts_with('#'));
    let whole = rows.collect::<Vec<_>>().join(" ");
    let mut servers = Vec::new();
    for destination in whole.split("destination ").skip(1) {
        let body = destination.split("};").next().unwrap_or_default();
        let Some((_, body)) = body.split_once('{') else {
            continue;
        };
        for driver in ["network", "syslog", "tcp", "udp", "tcp6", "udp6"] {
            let call = body
                .split_once(driver)
                .and_then(|(_, rest)| rest.trim_start().strip_prefix('('));
            if let Some(host) = call.and_then(|rest| rest.trim_start().strip_prefix('"')) {
                let host = host.split('"').next().unwrap_or_default();
                servers.push(line(host.as_bytes()));
            }
        }
    }
    servers
}

/// journal-upload.conf(5).
fn upload(text: &str) -> Vec<String> {
    let url = text
        .lines()
        .filter_map(|row| row.trim().strip_prefix("URL="));
    let url = url
        .map(|url| line(url.as_bytes()))
        .filter(|url| !url.is_empty());
    url.collect()
}
