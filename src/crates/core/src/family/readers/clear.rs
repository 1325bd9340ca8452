//! Services without encryption: Telnet, FTP, TFTP, the r-services, small ones, Smart Install.
use super::ports::{Port, tried};
use crate::family::draft::{Draft, Origin, Pen};
use crate::family::text::unhex;
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, Failure, Question, TcpProbe, UdpProbe, UnreadReason};
use arpenteur_wire::{banner, smart_install, telnet};
use serde_json::Value as Json;
use std::collections::BTreeMap;

const FTP: u16 = 21;
const TELNET: u16 = 23;
/// rexec, rlogin, rsh.
const R_SERVICES: [u16; 3] = [512, 513, 514];

/// echo, discard, daytime, chargen (RFC 862 to 864, 867), finger (RFC 1288).
const SMALL_SERVICES: [u16; 5] = [7, 9, 13, 19, 79];
const SMART_INSTALL: u16 = 4786;

type Ports = BTreeMap<u16, (Port, EvidenceId)>;

/// Which of them answer.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/clear");
    let ports = tried(view);
    for (exchange, id) in view.exchanges() {
        let evidence = std::slice::from_ref(id);
        match (&exchange.question, &exchange.answer) {
            (Question::Telnet { port: TELNET }, answer) => {
                conversation("clear.telnet", answer, evidence, &mut pen, |bytes| {
                    telnet::parse(bytes).negotiated
                })
            }
            (Question::Banner { port: FTP }, answer) => {
                conversation("clear.ftp", answer, evidence, &mut pen, |bytes| {
                    greeting(bytes).is_some()
                });
                if let Answer::Bytes { hex } = answer {
                    let text = greeting(&unhex(hex)).map(Json::from);
                    pen.set("clear.ftp_banner", text.unwrap_or(Json::Null), evidence);
                }
            }
            (
                Question::Udp {
                    probe: UdpProbe::Tftp,
                    ..
                },
                answer,
            ) => tftp(answer, evidence, &mut pen),
            (
                Question::Tcp {
                    probe: TcpProbe::SmartInstall,
                    ..
                },
                answer,
            ) => match answer {
                // Hung up without a word: something else listens.
                Answer::Failed {
                    failure: Failure::Refused,
                    ..
                } => pen.set("clear.smart_install", false, evidence),
                answer => conversation(
                    "clear.smart_install",
                    answer,
                    evidence,
                    &mut pen,
                    smart_install::is_answer,
                ),
            },
            _ => {}
        }
    }
    without_server(&ports, TELNET, &["clear.telnet"], &mut pen);
    without_server(&ports, FTP, &["clear.ftp", "clear.ftp_banner"], &mut pen);
    without_server(&ports, SMART_INSTALL, &["clear.smart_install"], &mut pen);
    listeners(&ports, &R_SERVICES, "clear.r_services", &mut pen);
    listeners(&ports, &SMALL_SERVICES, "clear.small_services", &mut pen);
}

/// True where the server's first words are the service's own, false where they are another's.
fn conversation(
    at: &str,
    answer: &Answer,
    evidence: &[EvidenceId],
    pen: &mut Pen<'_>,
    is_service: impl Fn(&[u8]) -> bool,
) {
    match answer {
        // Nothing was said in time: it may be slow, or wait for us.
        Answer::Bytes { hex } if hex.is_empty() => pen.unread(at, UnreadReason::Timeout, evidence),
        Answer::Bytes { hex } => pen.set(at, is_service(&unhex(hex)), evidence),
        Answer::Closed => pen.set(at, false, evidence),
        Answer::Failed { failure, .. } => pen.unread(at, failure.unread(), evidence),
        _ => pen.unread(at, UnreadReason::ParseFailed, evidence),
    }
}

/// The 220 greeting (RFC 959 §5.4).
fn greeting(bytes: &[u8]) -> Option<String> {
    let lines = banner::lines(bytes);
    let first = lines.iter().find(|line| line.starts_with("220"))?;
    Some(
        first
            .get(3..)
            .unwrap_or_default()
            .trim_start_matches(['-', ' '])
            .to_owned(),
    )
}

fn tftp(answer: &Answer, evidence: &[EvidenceId], pen: &mut Pen<'_>) {
    let at = "clear.tftp";
    match answer {
        Answer::Present | Answer::Bytes { .. } => pen.set(at, true, evidence),
        Answer::Closed => pen.set(at, false, evidence),
        Answer::Failed { failure, .. } => pen.unread(at, failure.unread(), evidence),
        _ => pen.unread(at, UnreadReason::ParseFailed, evidence),
    }
}

/// A closed port has no service; of a silent one nothing is known.
fn without_server(ports: &Ports, port: u16, paths: &[&str], pen: &mut Pen<'_>) {
    let Some((state, id)) = ports.get(&port) else {
        return;
    };
    let evidence = std::slice::from_ref(id);
    for at in paths {
        match state {
            Port::Closed if at.ends_with("banner") => pen.set(at, Json::Null, evidence),
            Port::Closed => pen.set(at, false, evidence),
            Port::Silent => pen.unread(at, UnreadReason::Timeout, evidence),
            Port::Open => {}
        }
    }
}

/// Which of some ports accept connections.
fn listeners(ports: &Ports, wanted: &[u16], at: &str, pen: &mut Pen<'_>) {
    let found: Vec<_> = wanted
        .iter()
        .filter_map(|port| Some((*port, ports.get(port)?)))
        .collect();
    let evidence: Vec<_> = found.iter().map(|(_, (_, id))| id.clone()).collect();
    let in_state = |wanted: Port| {
        let ports = found.iter().filter(move |(_, (state, _))| *state == wanted);
        ports.map(|(port, _)| *port).collect::<Vec<u16>>()
    };
    let open = in_state(Port::Open);
    if found.len() < wanted.len() && open.is_empty() {
        return;
    }
    if open.is_empty() && !in_state(Port::Silent).is_empty() {
        pen.unread(at, UnreadReason::Timeout, &evidence);
    } else {
        pen.set(at, open, &evidence);
    }
}
