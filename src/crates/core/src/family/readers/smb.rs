//! SMB servers: dialects and signatures, by negotiation alone.
use super::ports::Port;
use super::probed::{Probed, over_tcp, states};
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::{EvidenceId, TcpProbe, UnreadReason};
use arpenteur_wire::smb::{self, Answer};
use serde_json::Value as Json;

const PORTS: [u16; 2] = [445, 139];
const DIALECTS: &str = "smb.dialects";
const SIGNING: &str = "smb.signing_required";

/// What the negotiations showed.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/smb");
    let probed: Vec<Probed<'_>> = over_tcp(view)
        .into_iter()
        .filter(|probed| matches!(probed.probe, TcpProbe::Smb1 | TcpProbe::Smb2 { .. }))
        .collect();
    let ports = states(view, &PORTS);
    let mut evidence: Vec<EvidenceId> = ports.iter().map(|(.., id)| id.clone()).collect();
    evidence.extend(probed.iter().map(|probed| probed.id.clone()));
    let mut unread = |reason| {
        pen.unread(DIALECTS, reason, &evidence);
        pen.unread(SIGNING, reason, &evidence);
    };
    if probed.is_empty() {
        let in_state = |wanted| ports.iter().any(|(_, state, _)| *state == wanted);
        match () {
            () if ports.len() < PORTS.len() => {}
            () if in_state(Port::Open) => unread(UnreadReason::NotCollected),
            () if in_state(Port::Silent) => unread(UnreadReason::Timeout),
            () => {
                pen.set(DIALECTS, Json::Array(Vec::new()), &evidence);
                pen.set(SIGNING, Json::Null, &evidence);
            }
        }
        return;
    }
    let (mut dialects, mut signing) = (Vec::new(), Vec::new());
    for probed in &probed {
        match accepted(probed) {
            Ok(Some((dialect, required))) => {
                dialects.push(dialect);
                signing.push(required);
            }
            Ok(None) => {}
            Err(reason) => return unread(reason),
        }
    }
    if dialects.is_empty() {
        return unread(UnreadReason::Unsupported);
    }
    dialects.sort_unstable();
    dialects.dedup();
    pen.set(DIALECTS, dialects, &evidence);
    pen.set(SIGNING, signing.iter().all(|required| *required), &evidence);
}

/// The dialect, where it was accepted; a server that hangs up on an offer refuses it.
fn accepted(probed: &Probed<'_>) -> Result<Option<(&'static str, bool)>, UnreadReason> {
    let bytes = match &probed.answer {
        Ok(bytes) => bytes,
        Err(UnreadReason::Denied) => return Ok(None),
        Err(reason) => return Err(*reason),
    };
    let asked = match probed.probe {
        TcpProbe::Smb2 { dialect } => *dialect,
        _ => 1,
    };
    match smb::parse(bytes) {
        Ok(Answer::Accepted {
            dialect,
            signing_required,
        }) if dialect == asked => Ok(name(dialect).map(|name| (name, signing_required))),
        Ok(_) => Ok(None),
        Err(_) => Err(UnreadReason::ParseFailed),
    }
}

fn name(dialect: u16) -> Option<&'static str> {
    match dialect {
        1 => Some("1"),
        0x0202 => Some("2.0.2"),
        0x0210 => Some("2.1"),
        0x0300 => Some("3.0"),
        0x0302 => Some("3.0.2"),
        0x0311 => Some("3.1.1"),
        _ => None,
    }
}
