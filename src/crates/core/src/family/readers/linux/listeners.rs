//! Sockets that wait for others: ss(8), or netstat(8) where there is no iproute2.
use super::Subject;
use super::answers::{Outcome, file, fullest};
use crate::family::draft::Pen;
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{Listener, UnreadReason};
use std::collections::{BTreeMap, BTreeSet};

const SS: &str = "ss -H -l -n -t -u -p";
const NETSTAT: &str = "netstat -lntup";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[],
    guarded: &[],
    fuller: &[SS],
    read,
};
/// Asked where there is no `ss`.
pub(super) const WITHOUT_SS: Subject = Subject {
    when: |view| view.exec(SS, false).is_some() && file(view, SS).is_none(),
    plain: &[],
    guarded: &[],
    fuller: &[NETSTAT],
    read: |_, _| {},
};

/// One socket: protocol, address, port, program.
type Socket = (&'static str, String, u16, Option<String>);

/// How one tool's row is read.
type Parser = fn(&str) -> Option<Socket>;

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "security.listeners";
    let ways: [(Option<Outcome>, Parser); 2] = [
        (fullest(view, SS), of_ss),
        (fullest(view, NETSTAT), of_netstat),
    ];
    let mut reason = None;
    for (outcome, socket) in ways {
        match outcome {
            Some(Ok((text, id))) => {
                // The login came in by a socket: no row is no answer.
                let sockets: Vec<Socket> = text.lines().filter_map(socket).collect();
                if sockets.is_empty() {
                    return pen.unread(at, UnreadReason::ParseFailed, &[id]);
                }
                let list = serde_json::to_value(listeners(sockets)).unwrap_or_default();
                return pen.set(at, list, &[id]);
            }
            Some(Err(error)) => reason = Some(error),
            None => {}
        }
    }
    if let Some((reason, id)) = reason {
        pen.unread(at, reason, &[id]);
    }
}

/// By protocol and port, loopback left out.
fn listeners(sockets: Vec<Socket>) -> Vec<Listener> {
    type Place = (BTreeSet<String>, Option<String>);
    let mut places: BTreeMap<(u16, &str), Place> = BTreeMap::new();
    for (protocol, address, port, program) in sockets.into_iter().take(MOST_ROWS) {
        if address.starts_with("127.") || ["::1", "localhost"].contains(&address.as_str()) {
            continue;
        }
        let place = places.entry((port, protocol)).or_default();
        place.0.insert(address);
        place.1 = place.1.take().or(program);
    }
    let listener = |((port, protocol), (addresses, program)): ((u16, &str), Place)| Listener {
        name: format!("{protocol}/{port}"),
        protocol: protocol.to_owned(),
        port,
        addresses: addresses.into_iter().collect(),
        program,
    };
    places.into_iter().map(listener).collect()
}

/// `tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=7,fd=3))`.
fn of_ss(row: &str) -> Option<Socket> {
    let words: Vec<&str> = row.split_whitespace().collect();
    let [protocol, _, _, _, local, _, rest @ ..] = words.as_slice() else {
        return None;
    };
    let program = rest.join(" ");
    let program = program.split('"').nth(1).map(|name| line(name.as_bytes()));
    let (address, port) = place(local)?;
    Some((known(protocol)?, address, port, program))
}

/// `tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 7/sshd`; `udp` has no state.
fn of_netstat(row: &str) -> Option<Socket> {
    let words: Vec<&str> = row.split_whitespace().collect();
    let [protocol, _, _, local, _, rest @ ..] = words.as_slice() else {
        return None;
    };
    let program = rest.iter().find_map(|word| {
        let (pid, name) = word.split_once('/')?;
        pid.parse::<u32>().ok()?;
        Some(line(name.trim_end_matches(':').as_bytes()))
    });
    let (address, port) = place(local)?;
    Some((known(protocol)?, address, port, program))
}

fn known(protocol: &str) -> Option<&'static str> {
    match protocol {
        "tcp" | "tcp6" => Some("tcp"),
        "udp" | "udp6" => Some("udp"),
        _ => None,
    }
}

/// `[fe80::1]%eth0:546`, `0.0.0.0%br0:68`, `*:80`, `:::22`.
fn place(local: &str) -> Option<(String, u16)> {
    let (address, port) = local.rsplit_once(':')?;
    let bare = address.split('%').next().unwrap_or_default();
    let bare = bare.trim_start_matches('[').trim_end_matches(']');
    let any = ["*", "0.0.0.0", "::"].contains(&bare);
    let address = if any {
        "*".to_owned()
    } else {
        line(bare.as_bytes())
    };
    Some((address, port.parse().ok()?))
}
