//! Time, names, files and remote control: NTP, DNS, NFS, IPMI, RDP.
use super::ports::Port;
use super::probed::{Probed, over_tcp, over_udp, states};
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::view::View;
use crate::model::{
    Answer, Confidence, EvidenceId, NUMBER, NfsExport, TcpProbe, UdpProbe, UnreadReason,
};
use arpenteur_wire::{dns, ipmi, ntp, rdp, rpc};
use serde_json::Value as Json;
use std::net::Ipv4Addr;

const RDP: u16 = 3389;
const PORTMAPPER: u16 = 111;
/// Milliseconds of error beside the round trip: rounding, and our own reading of the clock.
const RESOLUTION: i64 = 1;

/// What each of them showed.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    clock(view, draft);
    names(view, draft);
    exports(view, draft);
    controller(view, draft);
    desktop(view, draft);
}

/// The offset of a clock that serves time, against the scanner's: its time enters with the
/// exchange. A closed port says nothing of the clock.
fn clock(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/ntp");
    let Some((result, id)) = over_udp(view, UdpProbe::Ntp) else {
        return;
    };
    let evidence = std::slice::from_ref(&id);
    let mut unread = |reason| {
        for at in ["clock.offset", "clock.offset_error", "clock.sources"] {
            pen.unread(at, reason, evidence);
        }
    };
    let bytes = match result {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return unread(UnreadReason::Unsupported),
        Err(reason) => return unread(reason),
    };
    let arrived = view.exchanges().find(|(_, known)| **known == id);
    let arrived = arrived.and_then(|(exchange, _)| exchange.at);
    let (Ok(answer), Some(arrived)) = (ntp::parse(&bytes), arrived) else {
        return unread(UnreadReason::ParseFailed);
    };
    if answer.stratum == 0 {
        return unread(UnreadReason::Denied);
    }
    let arrived = ntp::Time::from_unix_micros(arrived.as_microsecond());
    let (offset, delay) = answer.offset(arrived);
    pen.set("clock.offset", offset / 1000, evidence);
    let error = (delay / 2000).saturating_add(RESOLUTION);
    pen.set("clock.offset_error", error, evidence);
    // One of its sources, the one that it follows; 127.127.0.0/16 is ntpd's own clock. Of an
    // IPv6 source the id is a hash: likely, no more.
    let source = Ipv4Addr::from(answer.reference);
    if answer.synchronised
        && answer.stratum >= 2
        && !source.is_loopback()
        && !source.is_unspecified()
    {
        let sources = Json::from(vec![source.to_string()]);
        pen.offer(
            &path("clock.sources"),
            sources,
            Confidence::Likely,
            evidence,
        );
    } else {
        pen.unread("clock.sources", UnreadReason::Unsupported, evidence);
    }
}

/// The DNS server. Recursion is what it offers us; that it failed upstream leaves it open.
fn names(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/dns");
    let Some((result, id)) = over_udp(view, UdpProbe::Dns) else {
        return;
    };
    let evidence = std::slice::from_ref(&id);
    let answer = match result.map(|bytes| bytes.map(|bytes| dns::parse(&bytes))) {
        Ok(Some(Ok(answer))) if answer.id == NUMBER => answer,
        Ok(None) => {
            pen.set("dns.server", false, evidence);
            pen.set("dns.recursion", Json::Null, evidence);
            return pen.set("dns.transfers", Json::Null, evidence);
        }
        other => {
            let reason = other.err().unwrap_or(UnreadReason::ParseFailed);
            for at in ["dns.server", "dns.recursion", "dns.transfers"] {
                pen.unread(at, reason, evidence);
            }
            return;
        }
    };
    pen.set("dns.server", true, evidence);
    const NO_ERROR: u8 = 0;
    const NO_SUCH_NAME: u8 = 3;
    const REFUSED: u8 = 5;
    match (answer.recursion_available, answer.rcode) {
        (false, _) | (_, REFUSED) => pen.set("dns.recursion", false, evidence),
        (true, NO_ERROR) if answer.answers > 0 => pen.set("dns.recursion", true, evidence),
        (true, NO_SUCH_NAME) => pen.set("dns.recursion", true, evidence),
        _ => pen.unread("dns.recursion", UnreadReason::Unsupported, evidence),
    }
    transfers(view, draft);
}

fn transfers(view: &View<'_>, draft: &mut Draft) {
    let at = "dns.transfers";
    let mut pen = draft.pen(Origin::Reader, "net/dns");
    let (mut given, mut evidence, mut unclear) = (Vec::new(), Vec::new(), None);
    for probed in over_tcp(view) {
        let TcpProbe::DnsTransfer { zone } = probed.probe else {
            continue;
        };
        evidence.push(probed.id);
        // A server that closes the connection refuses (RFC 5936 section 2.2).
        match probed
            .answer
            .map(|bytes| dns::parse(bytes.get(2..).unwrap_or_default()))
        {
            Ok(Ok(answer)) if answer.rcode == 0 && answer.starts_zone => given.push(zone.clone()),
            Ok(Ok(_)) | Err(UnreadReason::Denied) => {}
            Ok(Err(_)) => unclear = Some(UnreadReason::ParseFailed),
            Err(reason) => unclear = Some(reason),
        }
    }
    let closed = states(view, &[53])
        .into_iter()
        .find(|(_, state, _)| *state == Port::Closed);
    match (unclear, closed) {
        (Some(reason), _) if given.is_empty() => pen.unread(at, reason, &evidence),
        // Transfers need TCP (RFC 5936 section 4.2).
        (None, Some((.., id))) if evidence.is_empty() => {
            pen.set(at, Json::Array(Vec::new()), &[id])
        }
        (None, None) if evidence.is_empty() => {
            pen.unread(at, UnreadReason::NotCollected, &evidence)
        }
        _ => {
            given.sort();
            pen.set(at, given, &evidence);
        }
    }
}

/// The port of the mount daemon that a portmapper's answer names.
pub(in crate::family) fn mount_port(answer: &Answer) -> Option<u16> {
    let Answer::Bytes { hex } = answer else {
        return None;
    };
    let bytes = crate::family::text::unhex(hex);
    rpc::read_port(&bytes, u32::from(NUMBER)).ok().flatten()
}

/// Exported directories. A host that registers no mount daemon for version 3 may still serve
/// version 4, whose exports are told by none: then they are unread.
fn exports(view: &View<'_>, draft: &mut Draft) {
    let at = "nfs.exports";
    let mut pen = draft.pen(Origin::Reader, "net/nfs");
    let number = u32::from(NUMBER);
    let nfs = states(view, &[PORTMAPPER, 2049]);
    let mut evidence: Vec<EvidenceId> = nfs.iter().map(|(.., id)| id.clone()).collect();
    let closed = |wanted: u16| {
        nfs.iter()
            .any(|(port, state, _)| *port == wanted && *state == Port::Closed)
    };
    let probes = over_tcp(view);
    let listed = probes
        .iter()
        .find(|probed| *probed.probe == TcpProbe::MountExports);
    if let Some(listed) = listed {
        evidence.push(listed.id.clone());
        return listed_exports(listed, &evidence, &mut pen);
    }
    let registered = probes
        .iter()
        .find(|probed| *probed.probe == TcpProbe::MountPort);
    match registered {
        Some(probed) => {
            evidence.push(probed.id.clone());
            let port = probed
                .answer
                .as_ref()
                .map(|bytes| rpc::read_port(bytes, number));
            match port {
                Ok(Ok(None)) if closed(2049) => pen.set(at, Json::Null, &evidence),
                Ok(Ok(_)) => pen.unread(at, UnreadReason::Unsupported, &evidence),
                Ok(Err(_)) => pen.unread(at, UnreadReason::ParseFailed, &evidence),
                Err(reason) => pen.unread(at, *reason, &evidence),
            }
        }
        None if closed(PORTMAPPER) && closed(2049) => pen.set(at, Json::Null, &evidence),
        None if closed(PORTMAPPER) => pen.unread(at, UnreadReason::Unsupported, &evidence),
        None if nfs.iter().any(|(_, state, _)| *state == Port::Silent) => {
            pen.unread(at, UnreadReason::Timeout, &evidence);
        }
        None => {}
    }
}

fn listed_exports(listed: &Probed<'_>, evidence: &[EvidenceId], pen: &mut Pen<'_>) {
    let at = "nfs.exports";
    let read = |bytes: &Vec<u8>| rpc::read_exports(bytes, u32::from(NUMBER));
    match listed.answer.as_ref().map(read) {
        Ok(Ok(exports)) => {
            let export = |export: rpc::Export| NfsExport {
                path: export.path,
                clients: export.groups,
            };
            let list: Vec<NfsExport> = exports.into_iter().map(export).collect();
            pen.set(at, serde_json::to_value(list).unwrap_or_default(), evidence);
        }
        Ok(Err(_)) => pen.unread(at, UnreadReason::ParseFailed, evidence),
        Err(reason) => pen.unread(at, *reason, evidence),
    }
}

/// The management controller.
fn controller(view: &View<'_>, draft: &mut Draft) {
    const PATHS: [&str; 3] = ["ipmi.answers", "ipmi.anonymous", "ipmi.cipher_zero"];
    let mut pen = draft.pen(Origin::Reader, "net/ipmi");
    let Some((result, id)) = over_udp(view, UdpProbe::IpmiAuthentication) else {
        return;
    };
    let evidence = std::slice::from_ref(&id);
    let capable = match result.map(|bytes| bytes.map(|bytes| ipmi::read_authentication(&bytes))) {
        Ok(Some(Ok(capable))) => capable,
        Ok(None) => {
            pen.set("ipmi.answers", false, evidence);
            pen.set("ipmi.anonymous", Json::Null, evidence);
            return pen.set("ipmi.cipher_zero", Json::Null, evidence);
        }
        other => {
            let reason = other.err().unwrap_or(UnreadReason::ParseFailed);
            return PATHS.iter().for_each(|at| pen.unread(at, reason, evidence));
        }
    };
    pen.set("ipmi.answers", true, evidence);
    pen.set(
        "ipmi.anonymous",
        capable.none || capable.anonymous,
        evidence,
    );
    let at = "ipmi.cipher_zero";
    match over_udp(view, UdpProbe::IpmiCipherZero) {
        None if !capable.rmcp_plus => pen.set(at, Json::Null, evidence),
        None => pen.unread(at, UnreadReason::NotCollected, evidence),
        Some((Ok(Some(bytes)), id)) => match ipmi::read_open_session(&bytes) {
            Ok(opened) => pen.set(at, opened, &[id]),
            Err(_) => pen.unread(at, UnreadReason::ParseFailed, &[id]),
        },
        Some((_, id)) if !capable.rmcp_plus => pen.set(at, Json::Null, &[id]),
        // A controller that ignores the offer refuses it, or the datagram was lost.
        Some((Ok(None), id)) => pen.unread(at, UnreadReason::Denied, &[id]),
        Some((Err(reason), id)) => pen.unread(at, reason, &[id]),
    }
}

/// Remote desktop.
fn desktop(view: &View<'_>, draft: &mut Draft) {
    const PATHS: [&str; 2] = ["rdp.answers", "rdp.security"];
    let mut pen = draft.pen(Origin::Reader, "net/rdp");
    let probed = over_tcp(view)
        .into_iter()
        .find(|probed| *probed.probe == TcpProbe::Rdp);
    if let Some(probed) = probed {
        let evidence = std::slice::from_ref(&probed.id);
        return match probed.answer.map(|bytes| rdp::parse(&bytes)) {
            Ok(Ok(security)) => {
                pen.set("rdp.answers", true, evidence);
                pen.set("rdp.security", security.as_str(), evidence);
            }
            // Another protocol, or a hang-up without a word.
            Ok(Err(_)) | Err(UnreadReason::Denied) => {
                pen.set("rdp.answers", false, evidence);
                pen.set("rdp.security", Json::Null, evidence);
            }
            Err(reason) => PATHS.iter().for_each(|at| pen.unread(at, reason, evidence)),
        };
    }
    match states(view, &[RDP]).into_iter().next() {
        Some((_, Port::Closed, id)) => {
            pen.set("rdp.answers", false, std::slice::from_ref(&id));
            pen.set("rdp.security", Json::Null, &[id]);
        }
        Some((_, Port::Silent, id)) => {
            let reason = UnreadReason::Timeout;
            PATHS
                .iter()
                .for_each(|at| pen.unread(at, reason, std::slice::from_ref(&id)));
        }
        _ => {}
    }
}
