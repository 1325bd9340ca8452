//! TCP ports and hardware address as seen from the scanner's place.
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, Failure, Question};
use std::collections::BTreeMap;

/// How a port answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Port {
    Open,
    Closed,
    Silent,
}

/// Every port that was tried; of two tries the one that answered counts.
pub(super) fn tried(view: &View<'_>) -> BTreeMap<u16, (Port, EvidenceId)> {
    let mut ports: BTreeMap<u16, (Port, EvidenceId)> = BTreeMap::new();
    for (exchange, id) in view.exchanges() {
        let Question::TcpConnect { port } = exchange.question else {
            continue;
        };
        let state = match &exchange.answer {
            Answer::Present => Port::Open,
            Answer::Closed
            | Answer::Failed {
                failure: Failure::Refused,
                ..
            } => Port::Closed,
            Answer::Failed {
                failure: Failure::Timeout,
                ..
            } => Port::Silent,
            _ => continue,
        };
        let entry = ports.entry(port).or_insert((state, id.clone()));
        if state < entry.0 {
            *entry = (state, id.clone());
        }
    }
    ports
}

/// Lists of ports, and what ARP or neighbour discovery answered.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/ports");
    let ports = tried(view);
    if !ports.is_empty() {
        let lists = [
            ("ports.tcp_open", Port::Open),
            ("ports.tcp_closed", Port::Closed),
            ("ports.tcp_silent", Port::Silent),
        ];
        for (at, wanted) in lists {
            let of = || ports.iter().filter(move |(_, (state, _))| *state == wanted);
            let evidence: Vec<_> = of().map(|(_, (_, id))| id.clone()).collect();
            let list: Vec<u16> = of().map(|(port, _)| *port).collect();
            pen.set(at, list, &evidence);
        }
    }
    for (exchange, id) in view.exchanges() {
        if let (Question::Neighbour, Answer::Hardware { mac }) =
            (&exchange.question, &exchange.answer)
        {
            pen.set(
                "identity.mac_address",
                mac.to_lowercase(),
                std::slice::from_ref(id),
            );
        }
    }
}
