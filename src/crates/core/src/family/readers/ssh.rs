//! The SSH server as it shows itself before a login (RFC 4253).
use super::hostkey;
use super::ports::{Port, tried};
use crate::family::draft::{Draft, Origin, Pen};
use crate::family::text::unhex;
use crate::family::view::View;
use crate::model::{Answer, EvidenceId, Question, SshHostKey, UnreadReason};
use arpenteur_wire::ssh::{Identification, KexInit, ServerMessage, parse_message, parse_packet};
use serde_json::Value as Json;
use std::collections::BTreeMap;

const SSH: u16 = 22;
const LISTS: [&str; 3] = ["ssh.kex", "ssh.ciphers", "ssh.macs"];

/// Identification, algorithms and host keys. With the port closed every list is known to be
/// empty: there is no server to judge.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/ssh");
    let mut seen = false;
    for (exchange, id) in view.exchanges() {
        let evidence = std::slice::from_ref(id);
        match (&exchange.question, &exchange.answer) {
            (Question::SshKex { .. }, Answer::Bytes { hex }) => {
                seen = true;
                greeting(&unhex(hex), &mut pen, evidence);
            }
            (Question::SshKex { .. }, Answer::Failed { failure, .. }) => {
                unread(&mut pen, failure.unread(), evidence);
            }
            (Question::SshHostKeys { .. }, Answer::Failed { failure, .. }) => {
                pen.unread("ssh.host_keys", failure.unread(), evidence);
                pen.unread("identity.ssh_host_keys", failure.unread(), evidence);
            }
            _ => {}
        }
    }
    host_keys(view, &mut pen);
    match tried(view).get(&SSH) {
        Some((Port::Closed, id)) if !seen => {
            let evidence = std::slice::from_ref(id);
            pen.set("ssh.software", Json::Null, evidence);
            pen.set("identity.ssh_host_keys", Json::Null, evidence);
            let empty = || Json::Array(Vec::new());
            for at in LISTS.into_iter().chain(["ssh.protocols", "ssh.host_keys"]) {
                pen.set(at, empty(), evidence);
            }
        }
        Some((Port::Silent, id)) if !seen => {
            unread(&mut pen, UnreadReason::Timeout, std::slice::from_ref(id));
        }
        _ => {}
    }
}

fn unread(pen: &mut Pen<'_>, reason: UnreadReason, evidence: &[EvidenceId]) {
    let others = [
        "ssh.software",
        "ssh.protocols",
        "ssh.host_keys",
        "identity.ssh_host_keys",
    ];
    for at in LISTS.into_iter().chain(others) {
        pen.unread(at, reason, evidence);
    }
}

fn greeting(bytes: &[u8], pen: &mut Pen<'_>, evidence: &[EvidenceId]) {
    let ident = match Identification::parse(bytes) {
        Ok(Some(ident)) => ident,
        Ok(None) => {
            pen.complain("the SSH identification is not complete");
            return unread(pen, UnreadReason::ParseFailed, evidence);
        }
        Err(error) => {
            pen.complain(error.to_string());
            return unread(pen, UnreadReason::ParseFailed, evidence);
        }
    };
    pen.set("ssh.software", ident.software.clone(), evidence);
    let mut protocols = Vec::new();
    if ident.offers_ssh1() {
        protocols.push("1");
    }
    if ident.offers_ssh2() {
        protocols.push("2");
    }
    pen.set("ssh.protocols", protocols, evidence);
    if !ident.offers_ssh2() {
        // Nothing to negotiate in protocol 1's first message.
        for at in LISTS {
            pen.set(at, Json::Array(Vec::new()), evidence);
        }
        return;
    }
    match kexinit(bytes.get(ident.len..).unwrap_or_default()) {
        Ok(kex) => algorithms(&kex, pen, evidence),
        Err(message) => {
            pen.complain(message);
            for at in LISTS {
                pen.unread(at, UnreadReason::ParseFailed, evidence);
            }
        }
    }
}

/// The first KEXINIT of what follows the identification.
fn kexinit(mut bytes: &[u8]) -> Result<Box<KexInit>, String> {
    loop {
        let packet = parse_packet(bytes).map_err(|error| error.to_string())?;
        let (payload, length) = packet.ok_or("no KEXINIT came")?;
        match parse_message(payload).map_err(|error| error.to_string())? {
            ServerMessage::KexInit(kex) => return Ok(kex),
            ServerMessage::Disconnect { description, .. } => {
                return Err(format!("the server hung up: {description}"));
            }
            ServerMessage::Other(_) if length > 0 => {
                bytes = bytes.get(length..).unwrap_or_default();
            }
            ServerMessage::Other(_) => return Err("an empty packet".to_owned()),
        }
    }
}

fn algorithms(kex: &KexInit, pen: &mut Pen<'_>, evidence: &[EvidenceId]) {
    // Signals among the methods (RFC 8308, strict key exchange) are no key exchange.
    let signal = |name: &&String| name.starts_with("ext-info-") || name.starts_with("kex-strict-");
    let methods: Vec<String> = kex
        .kex_algorithms
        .iter()
        .filter(|name| !signal(name))
        .cloned()
        .collect();
    let both = |one: &[String], other: &[String]| {
        let mut all = one.to_vec();
        all.extend(other.iter().filter(|name| !one.contains(name)).cloned());
        all
    };
    let ciphers = both(
        &kex.encryption_client_to_server,
        &kex.encryption_server_to_client,
    );
    let macs = both(&kex.mac_client_to_server, &kex.mac_server_to_client);
    for (at, list) in LISTS.into_iter().zip([methods, ciphers, macs]) {
        pen.set(at, list, evidence);
    }
}

fn host_keys(view: &View<'_>, pen: &mut Pen<'_>) {
    let mut keys: BTreeMap<String, SshHostKey> = BTreeMap::new();
    let mut evidence = Vec::new();
    for (exchange, id) in view.exchanges() {
        let (Question::SshHostKeys { .. }, Answer::HostKeys { keys: blobs }) =
            (&exchange.question, &exchange.answer)
        else {
            continue;
        };
        evidence.push(id.clone());
        for blob in blobs {
            match hostkey::parse(&unhex(blob)) {
                Some(key) => {
                    keys.insert(key.fingerprint.clone(), key);
                }
                None => pen.complain("a host key could not be read"),
            }
        }
    }
    if keys.is_empty() {
        if !evidence.is_empty() {
            pen.unread("ssh.host_keys", UnreadReason::ParseFailed, &evidence);
            pen.unread(
                "identity.ssh_host_keys",
                UnreadReason::ParseFailed,
                &evidence,
            );
        }
        return;
    }
    let fingerprints: Vec<String> = keys.keys().cloned().collect();
    let keys: Vec<SshHostKey> = keys.into_values().collect();
    pen.set(
        "ssh.host_keys",
        serde_json::to_value(keys).unwrap_or_default(),
        &evidence,
    );
    pen.set("identity.ssh_host_keys", fingerprints, &evidence);
}
