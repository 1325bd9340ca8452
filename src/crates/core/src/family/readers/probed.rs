//! What one message to a service brought back, for the readers of services.
use super::ports::{Port, tried};
use crate::family::text::unhex;
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, Question, TcpProbe, UdpProbe, UnreadReason};

/// One probe over TCP: bytes, or why there are none.
pub(super) struct Probed<'a> {
    pub(super) port: u16,
    pub(super) probe: &'a TcpProbe,
    pub(super) answer: Result<Vec<u8>, UnreadReason>,
    pub(super) id: EvidenceId,
}

/// Every probe over TCP.
pub(super) fn over_tcp<'a>(view: &View<'a>) -> Vec<Probed<'a>> {
    let probed = |(exchange, id): (&'a crate::model::Exchange, &EvidenceId)| {
        let Question::Tcp { port, probe } = &exchange.question else {
            return None;
        };
        Some(Probed {
            port: *port,
            probe,
            answer: bytes(&exchange.answer),
            id: id.clone(),
        })
    };
    view.exchanges().filter_map(probed).collect()
}

/// Bytes, nothing where no service listens, or why it is unread.
pub(super) type Datagram = Result<Option<Vec<u8>>, UnreadReason>;

/// What one probe over UDP gave.
pub(super) fn over_udp(view: &View<'_>, wanted: UdpProbe) -> Option<(Datagram, EvidenceId)> {
    view.exchanges().find_map(|(exchange, id)| {
        let Question::Udp { probe, .. } = exchange.question else {
            return None;
        };
        let result = match &exchange.answer {
            Answer::Closed => Ok(None),
            answer => bytes(answer).map(Some),
        };
        (probe == wanted).then(|| (result, id.clone()))
    })
}

fn bytes(answer: &Answer) -> Result<Vec<u8>, UnreadReason> {
    match answer {
        Answer::Bytes { hex } => Ok(unhex(hex)),
        Answer::Closed => Err(UnreadReason::Denied),
        Answer::Failed { failure, .. } => Err(failure.unread()),
        _ => Err(UnreadReason::ParseFailed),
    }
}

/// States of some ports, those that were tried.
pub(super) fn states(view: &View<'_>, ports: &[u16]) -> Vec<(u16, Port, EvidenceId)> {
    let tried = tried(view);
    let state = |port: &u16| {
        let (state, id) = tried.get(port)?;
        Some((*port, *state, id.clone()))
    };
    ports.iter().filter_map(state).collect()
}
