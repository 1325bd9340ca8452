//! Where the time and the names come from.
use super::Subject;
use super::answers::outcome;
use crate::family::draft::Pen;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{EvidenceId, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeSet;

const CHRONY_TRACKING: &str = "chronyc -n tracking";
/// `-N` shows names as configured (chrony 4), which are alike on all hosts where a pool's
/// addresses are not; older ones know `-n` alone.
const CHRONY_SOURCES: &str = "chronyc -N sources";
const CHRONY_SOURCES_OLD: &str = "chronyc -n sources";
const TIMESYNC: &str = "timedatectl timesync-status";
const NTPQ: &str = "ntpq -pn";
const RESOLV_CONF: &str = "cat /etc/resolv.conf";
/// What systemd-resolved asks, behind its own address in the file above.
const RESOLVED_CONF: &str = "cat /run/systemd/resolve/resolv.conf";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[
        CHRONY_TRACKING,
        CHRONY_SOURCES,
        CHRONY_SOURCES_OLD,
        TIMESYNC,
        NTPQ,
        RESOLV_CONF,
        RESOLVED_CONF,
    ],
    guarded: &[],
    fuller: &[],
    read,
};

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    resolvers(view, pen);
    let ways: [fn(&View<'_>) -> Option<Clock>; 3] = [chrony, timesyncd, ntpd];
    if let Some(clock) = ways.iter().find_map(|way| way(view)) {
        let evidence = clock.evidence;
        let sources: Vec<String> = clock.sources.into_iter().collect();
        pen.set("clock.sources", Json::from(sources), &evidence);
        // Without an offset from a reference the clock may still be compared with ours.
        if let Some((offset, error)) = clock.offset {
            pen.set("clock.offset", offset, &evidence);
            pen.set("clock.offset_error", error, &evidence);
        }
        return;
    }
    none(view, pen);
}

/// No time service answered. Absent would mean that there is none, which a service that is not
/// among the three belies.
fn none(view: &View<'_>, pen: &mut Pen<'_>) {
    let asked = [CHRONY_SOURCES, TIMESYNC, NTPQ];
    let said: Vec<_> = asked
        .iter()
        .filter_map(|command| outcome(view, command))
        .collect();
    let ids: Vec<EvidenceId> = said
        .iter()
        .map(|said| match said {
            Ok((_, id)) | Err((_, id)) => id.clone(),
        })
        .collect();
    let reason = said.into_iter().find_map(Result::err);
    if let Some((reason, _)) = reason {
        pen.unread("clock.sources", reason, &ids);
    }
}

/// What one time service says.
struct Clock {
    sources: BTreeSet<String>,
    /// Offset and how far off it may be, milliseconds.
    offset: Option<(i64, i64)>,
    evidence: Vec<EvidenceId>,
}

/// The first number after a name at the start of a line.
fn number(text: &str, name: &str) -> Option<f64> {
    let row = text
        .lines()
        .find_map(|row| row.trim_start().strip_prefix(name))?;
    let value = row
        .trim_start_matches([' ', ':'])
        .split_whitespace()
        .next()?;
    value.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Rounded up from zero, and no more than a century.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the clamp")]
fn whole(milliseconds: f64) -> i64 {
    const CENTURY: f64 = 3.2e12;
    let sign = milliseconds.signum();
    (milliseconds.abs().ceil() * sign).clamp(-CENTURY, CENTURY) as i64
}

/// chronyc(1): `System time : 0.000012 seconds slow of NTP time`, `^* 192.0.2.1 2 6 377 …`.
fn chrony(view: &View<'_>) -> Option<Clock> {
    let named = outcome(view, CHRONY_SOURCES).and_then(Result::ok);
    let (text, id) = named.or_else(|| outcome(view, CHRONY_SOURCES_OLD)?.ok())?;
    let mut evidence = vec![id];
    // `^` a server, `=` a peer; `#` is a clock of the host's own.
    let source = |row: &str| {
        let mut words = row.split_whitespace();
        let mode = words.next()?;
        let remote = mode.len() == 2 && mode.starts_with(['^', '=']);
        let name = words.next().filter(|_| remote)?;
        Some(line(name.as_bytes()))
    };
    let sources = text.lines().filter_map(source).collect();
    let tracking = outcome(view, CHRONY_TRACKING).and_then(Result::ok);
    let offset = tracking.and_then(|(text, id)| {
        evidence.push(id);
        let synchronised = text
            .lines()
            .any(|row| row.starts_with("Leap status") && !row.contains("Not synchronised"));
        let slow = text
            .lines()
            .any(|row| row.starts_with("System time") && row.contains("slow"));
        let offset = number(&text, "System time")? * if slow { -1000.0 } else { 1000.0 };
        let delay = number(&text, "Root delay")? * 500.0;
        let dispersion = number(&text, "Root dispersion")? * 1000.0;
        synchronised.then(|| (whole(offset), whole(delay + dispersion)))
    });
    Some(Clock {
        sources,
        offset,
        evidence,
    })
}

/// timedatectl(1): `Server: 192.0.2.1 (ntp.example.org)`, `Offset: -1.2ms`.
fn timesyncd(view: &View<'_>) -> Option<Clock> {
    let (text, id) = outcome(view, TIMESYNC)?.ok()?;
    let field = |name: &str| {
        let row = text
            .lines()
            .find_map(|row| row.trim_start().strip_prefix(name))?;
        Some(row.trim().to_owned())
    };
    let server = field("Server:")?;
    let named = server
        .split_once('(')
        .map(|(_, name)| name.trim_end_matches(')'));
    let name = named
        .or_else(|| server.split_whitespace().next())
        .filter(|name| *name != "null");
    let offset = field("Offset:").as_deref().and_then(span);
    let error = field("Delay:").as_deref().and_then(span);
    Some(Clock {
        sources: name.map(|name| line(name.as_bytes())).into_iter().collect(),
        offset: offset
            .zip(error)
            // It tells how far the reference is ahead.
            .map(|(offset, delay)| (whole(-offset), whole(delay / 2.0))),
        evidence: vec![id],
    })
}

/// systemd.time(7) in milliseconds: `-1.234ms`, `+2min 3.1s`.
fn span(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 6] = [
        ("us", 0.001),
        ("ms", 1.0),
        ("min", 60_000.0),
        ("h", 3_600_000.0),
        ("d", 86_400_000.0),
        ("s", 1000.0),
    ];
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let mut sum = None;
    for word in text.trim_start_matches(['+', '-']).split_whitespace() {
        let (unit, factor) = UNITS.iter().find(|(unit, _)| word.ends_with(unit))?;
        let value: f64 = word.strip_suffix(unit)?.parse().ok()?;
        sum = Some(sum.unwrap_or(0.0) + value * factor);
    }
    sum.map(|sum| sum * sign)
}

/// ntpq(8): a tally, then `remote refid st t when poll reach delay offset jitter`.
fn ntpd(view: &View<'_>) -> Option<Clock> {
    let (text, id) = outcome(view, NTPQ)?.ok()?;
    let mut sources = BTreeSet::new();
    let mut offset = None;
    for row in text.lines() {
        let tally = row.chars().next().unwrap_or(' ');
        let words: Vec<&str> = row
            .trim_start_matches([' ', '*', '#', 'o', '+', '-', 'x', '.'])
            .split_whitespace()
            .collect();
        let [remote, _, stratum, _, _, _, _, delay, off, jitter] = words.as_slice() else {
            continue;
        };
        if stratum.parse::<u8>().is_err() || remote.starts_with("127.127.") {
            continue;
        }
        sources.insert(line(remote.as_bytes()));
        let figures: Option<Vec<f64>> = [delay, off, jitter]
            .iter()
            .map(|text| text.parse().ok())
            .collect();
        if let (Some([delay, off, jitter]), '*' | 'o') = (figures.as_deref(), tally) {
            // ntpd tells how far the reference is ahead.
            offset = Some((whole(-off), whole(delay / 2.0 + jitter)));
        }
    }
    let clock = Clock {
        sources,
        offset,
        evidence: vec![id],
    };
    Some(clock).filter(|clock| !clock.sources.is_empty())
}

/// resolv.conf(5).
fn resolvers(view: &View<'_>, pen: &mut Pen<'_>) {
    const STUBS: [&str; 2] = ["127.0.0.53", "127.0.0.54"];
    let at = "dns.resolvers";
    let (text, id) = match outcome(view, RESOLV_CONF) {
        Some(Ok(found)) => found,
        Some(Err((UnreadReason::Unsupported, id))) => return pen.set(at, Json::Null, &[id]),
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let (mut list, mut evidence) = (nameservers(&text), vec![id]);
    if list.iter().any(|server| STUBS.contains(&server.as_str())) {
        match outcome(view, RESOLVED_CONF) {
            Some(Ok((text, id))) => {
                evidence.push(id);
                list = nameservers(&text);
            }
            Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
            None => return pen.unread(at, UnreadReason::NotCollected, &evidence),
        }
    }
    let value = if list.is_empty() {
        Json::Null
    } else {
        Json::from(list)
    };
    pen.set(at, value, &evidence);
}

fn nameservers(text: &str) -> Vec<String> {
    let server = |row: &str| {
        let mut words = row.split_whitespace();
        let address = words
            .next()
            .filter(|word| *word == "nameserver")
            .and(words.next())?;
        Some(line(address.as_bytes()))
    };
    text.lines().filter_map(server).collect()
}
