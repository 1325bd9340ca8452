//! The SNMP agent itself: engine, versions, users, factory communities.
use super::snmpd_conf;
use super::table::rows;
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::view::{Coverage, FACTORY, View};
use crate::model::{
    Answer, Confidence, EvidenceId, Failure, Question, SnmpUser, SnmpVersion, UnreadReason,
};
use arpenteur_wire::snmp::Value;
use arpenteur_wire::text::printable;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// usmUserTable (RFC 3414).
pub(super) const USERS: &[u32] = &[1, 3, 6, 1, 6, 3, 15, 1, 2, 2];

/// snmpTargetAddrTable (RFC 3413).
pub(super) const TARGETS: &[u32] = &[1, 3, 6, 1, 6, 3, 12, 1, 2];
/// snmpUDPDomain, and transportDomainUdpIpv4 and transportDomainUdpIpv6 (RFC 3417, RFC 3419).
const UDP_DOMAINS: [&[u32]; 3] = [
    &[1, 3, 6, 1, 6, 1, 1],
    &[1, 3, 6, 1, 2, 1, 100, 1, 1],
    &[1, 3, 6, 1, 2, 1, 100, 1, 2],
];

/// What questions to the agent showed of it.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "snmp/agent");
    engine(view, &mut pen);
    versions(view, &mut pen);
    factory(view, &mut pen);
    users(view, &mut pen);
    receivers(view, &mut pen);
    reach(view, &mut pen);
}

/// Where traps go. Nearly every agent has the table, many keep it out of their views, and
/// older ones send traps without it: an empty one proves nothing.
fn receivers(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "snmp.trap_receivers";
    let evidence = view.evidence(TARGETS);
    let address = |row: &super::table::Row<'_>| {
        let Some(Value::ObjectIdentifier(domain)) = row.get(2) else {
            return None;
        };
        let octets = row.octets(3)?;
        let known = UDP_DOMAINS.contains(&domain.sub_ids());
        let ip = match octets.split_last_chunk::<2>()?.0 {
            four @ [_, _, _, _] => IpAddr::from(<[u8; 4]>::try_from(four).ok()?),
            sixteen => IpAddr::from(<[u8; 16]>::try_from(sixteen).ok()?),
        };
        known.then(|| ip.to_string())
    };
    let found: BTreeSet<String> = rows(view, TARGETS).values().filter_map(address).collect();
    match view.coverage(TARGETS) {
        Coverage::Complete if found.is_empty() => {
            pen.unread(at, UnreadReason::Unsupported, &evidence);
        }
        Coverage::Complete => pen.set(at, found.into_iter().collect::<Vec<_>>(), &evidence),
        Coverage::Cut(reason) | Coverage::Failed(reason) => pen.unread(at, reason, &evidence),
        Coverage::NotAsked => {}
    }
}

/// Whether the agent can be reached from here. That no engine shows itself proves nothing: an
/// agent without version 3 stays silent.
fn reach(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "reach.snmp";
    for (exchange, id) in view.exchanges() {
        let evidence = std::slice::from_ref(id);
        match (&exchange.question, &exchange.answer) {
            (Question::SnmpEngine, Answer::Engine { .. }) => pen.set(at, true, evidence),
            (Question::SnmpGet { credential, .. }, Answer::Snmp { .. })
                if !credential.is_empty() =>
            {
                pen.set(at, true, evidence);
            }
            (Question::SnmpEngine, Answer::Closed) => pen.set(at, false, evidence),
            (Question::SnmpEngine, Answer::Failed { failure, .. }) => {
                pen.unread(at, failure.unread(), evidence);
            }
            _ => {}
        }
    }
}

fn engine(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "identity.engine_id";
    for (exchange, id) in view.exchanges() {
        if exchange.question != Question::SnmpEngine {
            continue;
        }
        let evidence = std::slice::from_ref(id);
        match &exchange.answer {
            Answer::Engine { engine_id, .. } if is_engine_id(engine_id) => {
                pen.set(at, engine_id.to_lowercase(), evidence);
            }
            Answer::Closed => pen.set(at, Json::Null, evidence),
            Answer::Failed { failure, .. } => pen.unread(at, failure.unread(), evidence),
            _ => pen.unread(at, UnreadReason::ParseFailed, evidence),
        }
    }
}

/// 5 to 32 octets, neither all zeros nor all ones (RFC 3411 SnmpEngineID).
fn is_engine_id(hex: &str) -> bool {
    let digits = hex.len().is_multiple_of(2) && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let all = |digit: char| hex.chars().all(|other| other.eq_ignore_ascii_case(&digit));
    digits && (10..=64).contains(&hex.len()) && !all('0') && !all('f')
}

/// A version is proven enabled by a login that worked. That v3 works proves nothing of the
/// others, so that alone leaves the list unread.
fn versions(view: &View<'_>, pen: &mut Pen<'_>) {
    let mut proven: BTreeSet<&str> = BTreeSet::new();
    let mut evidence: Vec<EvidenceId> = Vec::new();
    for (exchange, id) in view.exchanges() {
        let version = match &exchange.question {
            Question::SnmpGet { version, .. } | Question::SnmpWalk { version, .. } => *version,
            _ => continue,
        };
        // A client's file was made with we do not know which version.
        let ours = exchange
            .question
            .credential()
            .is_some_and(|name| !name.is_empty());
        if ours && matches!(exchange.answer, Answer::Snmp { .. }) {
            if proven.insert(version.as_str()) {
                evidence.push(id.clone());
            }
            if version == SnmpVersion::V3 {
                continue;
            }
        }
    }
    if proven.iter().any(|version| *version != "v3") {
        let list: Vec<&str> = proven.into_iter().collect();
        pen.offer(
            &path("snmp.versions"),
            list.into(),
            Confidence::Likely,
            &evidence,
        );
    }
}

fn factory(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "snmp.probe.accepted";
    let mut accepted: BTreeSet<&str> = BTreeSet::new();
    let mut evidence = Vec::new();
    let mut refused = None;
    for (exchange, id) in view.exchanges() {
        let name = exchange
            .question
            .credential()
            .and_then(|name| name.strip_prefix(FACTORY));
        let (Some(name), Question::SnmpGet { .. } | Question::SnmpWalk { .. }) =
            (name, &exchange.question)
        else {
            continue;
        };
        evidence.push(id.clone());
        match &exchange.answer {
            Answer::Snmp { .. } => {
                accepted.insert(name);
            }
            Answer::Failed { failure, .. } => {
                // Silence is how an agent refuses a community.
                let told = matches!(
                    failure,
                    Failure::Timeout | Failure::Denied | Failure::Refused
                );
                refused = refused.or((!told).then(|| failure.unread()));
            }
            _ => {}
        }
    }
    match refused {
        _ if view.exchanges().next().is_none() => {}
        _ if evidence.is_empty() => pen.unread(at, UnreadReason::NotAuthorised, &evidence),
        Some(reason) if accepted.is_empty() => pen.unread(at, reason, &evidence),
        _ => pen.set(at, accepted.into_iter().collect::<Vec<_>>(), &evidence),
    }
}

/// Users of the table and of the configuration, each filling what the other leaves open.
fn users(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "snmp.v3_users";
    let configured = snmpd_conf::users(view);
    let table = table_users(view);
    let mut evidence = view.evidence(USERS);
    let covered = view.coverage(USERS);
    let mut users: BTreeMap<String, SnmpUser> = BTreeMap::new();
    if let Some((found, id)) = &configured {
        evidence.push(id.clone());
        users.extend(found.iter().map(|user| (user.name.clone(), user.clone())));
    }
    for user in table {
        let merged = users.entry(user.name.clone()).or_insert_with(|| SnmpUser {
            name: user.name.clone(),
            ..SnmpUser::default()
        });
        merged.auth_protocol = user.auth_protocol.or(merged.auth_protocol.take());
        merged.priv_protocol = user.priv_protocol.or(merged.priv_protocol.take());
        merged.security_level = merged.security_level.take().or(user.security_level);
    }
    let speaks_v3 = view
        .exchanges()
        .any(|(exchange, _)| matches!(exchange.answer, Answer::Engine { .. }));
    match covered {
        _ if !users.is_empty() => {}
        _ if configured.is_some() => return pen.set(at, Json::Null, &evidence),
        // An agent that speaks v3 and shows no user hides the table, as net-snmp's views do.
        Coverage::Complete if speaks_v3 => return pen.unread(at, UnreadReason::Denied, &evidence),
        Coverage::Complete => return pen.unread(at, UnreadReason::Unsupported, &evidence),
        Coverage::Cut(reason) | Coverage::Failed(reason) => {
            return pen.unread(at, reason, &evidence);
        }
        Coverage::NotAsked => return,
    }
    let reason = match covered {
        Coverage::Complete => UnreadReason::Denied,
        Coverage::Cut(reason) | Coverage::Failed(reason) => reason,
        Coverage::NotAsked => UnreadReason::NotCollected,
    };
    for user in users.values() {
        let item = path(at).item(&user.name);
        let open = [
            ("auth_protocol", user.auth_protocol.is_none(), reason),
            ("priv_protocol", user.priv_protocol.is_none(), reason),
            (
                "security_level",
                user.security_level.is_none(),
                UnreadReason::Denied,
            ),
        ];
        for (field, _, reason) in open.into_iter().filter(|(_, open, _)| *open) {
            pen.item_unread(item.field(field), reason, &evidence);
        }
    }
    let list: Vec<SnmpUser> = users.into_values().collect();
    pen.set(
        at,
        serde_json::to_value(list).unwrap_or_default(),
        &evidence,
    );
}

fn table_users(view: &View<'_>) -> Vec<SnmpUser> {
    let mut users: BTreeMap<String, SnmpUser> = BTreeMap::new();
    for (index, row) in rows(view, USERS) {
        let Some(name) = user_name(&index) else {
            continue;
        };
        let auth_protocol = row.get(5).and_then(|value| protocol(value, &AUTH));
        let priv_protocol = row.get(8).and_then(|value| protocol(value, &PRIV));
        // Without a key there is nothing to check; with one, the agent may still ask for less.
        let open = auth_protocol.as_deref() == Some("none");
        let security_level = open.then(|| "noAuthNoPriv".to_owned());
        users.insert(
            name.clone(),
            SnmpUser {
                name,
                auth_protocol,
                priv_protocol,
                security_level,
            },
        );
    }
    users.into_values().collect()
}

/// The second part of the index: engine id, then user name, each with its length.
fn user_name(index: &[u32]) -> Option<String> {
    let (engine, rest) = index.split_first()?;
    let rest = rest.get(usize::try_from(*engine).ok()?..)?;
    let (length, name) = rest.split_first()?;
    let name = name.get(..usize::try_from(*length).ok()?)?;
    let bytes: Option<Vec<u8>> = name
        .iter()
        .map(|letter| u8::try_from(*letter).ok())
        .collect();
    Some(printable(&bytes?, 64)).filter(|name| !name.is_empty())
}

type Protocols = [(&'static [u32], &'static str)];

/// RFC 3414, RFC 7860.
const AUTH: [(&[u32], &str); 7] = [
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 1], "none"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 2], "md5"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 3], "sha1"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 4], "sha224"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 5], "sha256"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 6], "sha384"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 1, 7], "sha512"),
];

/// RFC 3414, RFC 3826; the longer keys are net-snmp's and Cisco's own.
const PRIV: [(&[u32], &str); 8] = [
    (&[1, 3, 6, 1, 6, 3, 10, 1, 2, 1], "none"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 2, 2], "des"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 2, 3], "3des"),
    (&[1, 3, 6, 1, 6, 3, 10, 1, 2, 4], "aes128"),
    (&[1, 3, 6, 1, 4, 1, 14832, 1, 3], "aes192"),
    (&[1, 3, 6, 1, 4, 1, 14832, 1, 4], "aes256"),
    (&[1, 3, 6, 1, 4, 1, 9, 12, 6, 1, 1], "aes192"),
    (&[1, 3, 6, 1, 4, 1, 9, 12, 6, 1, 2], "aes256"),
];

fn protocol(value: &Value, known: &Protocols) -> Option<String> {
    let Value::ObjectIdentifier(oid) = value else {
        return None;
    };
    let found = known.iter().find(|(id, _)| *id == oid.sub_ids());
    found.map(|(_, name)| (*name).to_owned())
}
