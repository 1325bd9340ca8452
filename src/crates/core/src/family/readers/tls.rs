//! TLS endpoints: one handshake per version, and the certificate of the newest.
use super::ports::{Port, tried};
use crate::data::sha256_hex;
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::text::unhex;
use crate::family::view::View;
use crate::model::{
    Answer, Certificate, EvidenceId, Question, TlsAnswer, TlsEndpoint, TlsVersion, UnreadReason,
    WeakCipher,
};
use arpenteur_wire::tls::cipher_suite_name;
use arpenteur_wire::x509::{self, AltName};
use jiff::Timestamp;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Ports on which TLS is looked for.
const TLS_PORTS: [u16; 7] = [443, 636, 993, 995, 8006, 8443, 9443];
const AT: &str = "tls.endpoints";

/// What one version gave.
type Version<'a> = (Result<&'a TlsAnswer, UnreadReason>, &'a EvidenceId);

/// Every port that spoke TLS. The list is known to be empty where every port that could is
/// closed or speaks something else.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "net/tls");
    let ports = versions(view);
    let weak = weak_suites(view);
    let mut endpoints = Vec::new();
    let mut evidence = Vec::new();
    let mut unclear = None;
    for (port, versions) in &ports {
        evidence.extend(versions.values().map(|(_, id)| (*id).clone()));
        if versions
            .values()
            .any(|(result, _)| result.is_ok_and(speaks_tls))
        {
            let mut endpoint = endpoint(*port, versions, &mut pen);
            let asked = weak.get(port).map(Vec::as_slice).unwrap_or_default();
            evidence.extend(asked.iter().map(|(.., id)| (*id).clone()));
            match weak_kinds(&endpoint, asked) {
                Ok(kinds) => endpoint.weak_ciphers = kinds,
                Err(reason) => {
                    let field = path(AT).item(&port.to_string()).field("weak_ciphers");
                    pen.item_unread(field, reason, &[]);
                }
            }
            endpoints.push(endpoint);
        } else if versions
            .values()
            .any(|(result, _)| *result == Err(UnreadReason::Timeout))
        {
            unclear = Some(UnreadReason::Timeout);
        }
    }
    let tried = tried(view);
    for port in TLS_PORTS {
        if let Some((state, id)) = tried.get(&port) {
            evidence.push(id.clone());
            if *state == Port::Silent {
                unclear = Some(UnreadReason::Timeout);
            }
        }
    }
    match unclear {
        _ if evidence.is_empty() => {}
        Some(reason) if endpoints.is_empty() => pen.unread(AT, reason, &evidence),
        _ => {
            let list = serde_json::to_value(endpoints).unwrap_or(Json::Null);
            pen.set(AT, list, &evidence);
        }
    }
}

/// What each version gave, port by port; of two answers to one the better.
fn versions<'a>(view: &'a View<'_>) -> BTreeMap<u16, BTreeMap<TlsVersion, Version<'a>>> {
    let mut ports: BTreeMap<u16, BTreeMap<TlsVersion, Version<'_>>> = BTreeMap::new();
    for (exchange, id) in view.exchanges() {
        let Question::Tls { port, version } = exchange.question else {
            continue;
        };
        let result = match &exchange.answer {
            Answer::Tls(tls) => Ok(tls),
            Answer::Failed { failure, .. } => Err(failure.unread()),
            _ => Err(UnreadReason::ParseFailed),
        };
        let versions = ports.entry(port).or_default();
        if versions
            .get(&version)
            .is_none_or(|(known, _)| known.is_err())
        {
            versions.insert(version, (result, id));
        }
    }
    ports
}

/// One offer of weak suites: version, kinds offered, what came back.
type Offer<'a> = (
    TlsVersion,
    &'a [WeakCipher],
    Result<&'a TlsAnswer, UnreadReason>,
    &'a EvidenceId,
);

fn weak_suites<'a>(view: &'a View<'_>) -> BTreeMap<u16, Vec<Offer<'a>>> {
    let mut offers: BTreeMap<u16, Vec<Offer<'a>>> = BTreeMap::new();
    for (exchange, id) in view.exchanges() {
        let Question::TlsWeak {
            port,
            version,
            kinds,
        } = &exchange.question
        else {
            continue;
        };
        let result = match &exchange.answer {
            Answer::Tls(tls) => Ok(tls),
            Answer::Failed { failure, .. } => Err(failure.unread()),
            _ => Err(UnreadReason::ParseFailed),
        };
        offers
            .entry(*port)
            .or_default()
            .push((*version, kinds, result, id));
    }
    offers
}

/// The kinds accepted, worst first. Offers shrink kind by kind, so that the list is whole once
/// an offer was refused, or nothing was left to offer, at the oldest and the newest version.
fn weak_kinds(endpoint: &TlsEndpoint, offers: &[Offer<'_>]) -> Result<Vec<String>, UnreadReason> {
    let accepted = [
        (TlsVersion::Ssl3, endpoint.ssl3),
        (TlsVersion::Tls10, endpoint.tls10),
        (TlsVersion::Tls11, endpoint.tls11),
        (TlsVersion::Tls12, endpoint.tls12),
    ];
    let mut found: BTreeSet<WeakCipher> = BTreeSet::new();
    let versions = || {
        accepted
            .iter()
            .filter(|(_, accepted)| *accepted == Some(true))
    };
    for (version, _) in versions().next().into_iter().chain(versions().next_back()) {
        let mut whole = Err(UnreadReason::NotCollected);
        for (_, kinds, result, _) in offers.iter().filter(|(asked, ..)| asked == version) {
            match result {
                Ok(answer) if answer.accepted => {
                    let chosen = answer.cipher_suite.and_then(WeakCipher::of);
                    let chosen = chosen.filter(|kind| kinds.contains(kind));
                    let Some(chosen) = chosen else {
                        return Err(UnreadReason::ParseFailed);
                    };
                    found.insert(chosen);
                    if kinds.len() == 1 {
                        whole = Ok(());
                    }
                }
                Ok(_) => whole = Ok(()),
                Err(reason) => return Err(*reason),
            }
        }
        whole?;
    }
    // A version that was not heard may have suites of its own.
    if found.is_empty() && accepted.iter().any(|(_, accepted)| accepted.is_none()) {
        return Err(UnreadReason::NotCollected);
    }
    Ok(found.iter().map(|kind| kind.as_str().to_owned()).collect())
}

/// A hang-up without a word may come from any server; an alert or a hello is TLS.
fn speaks_tls(answer: &TlsAnswer) -> bool {
    answer.accepted || answer.alert.is_some() || !answer.chain.is_empty()
}

fn endpoint(
    port: u16,
    versions: &BTreeMap<TlsVersion, Version<'_>>,
    pen: &mut Pen<'_>,
) -> TlsEndpoint {
    let item = path(AT).item(&port.to_string());
    let mut endpoint = TlsEndpoint {
        port,
        ..TlsEndpoint::default()
    };
    for version in TlsVersion::ALL {
        let (field, place) = match version {
            TlsVersion::Ssl2 => ("ssl2", &mut endpoint.ssl2),
            TlsVersion::Ssl3 => ("ssl3", &mut endpoint.ssl3),
            TlsVersion::Tls10 => ("tls10", &mut endpoint.tls10),
            TlsVersion::Tls11 => ("tls11", &mut endpoint.tls11),
            TlsVersion::Tls12 => ("tls12", &mut endpoint.tls12),
            TlsVersion::Tls13 => ("tls13", &mut endpoint.tls13),
        };
        match versions.get(&version) {
            Some((Ok(answer), _)) => *place = Some(answer.accepted),
            Some((Err(reason), id)) => {
                pen.item_unread(item.field(field), *reason, std::slice::from_ref(*id));
            }
            None => pen.item_unread(item.field(field), UnreadReason::NotCollected, &[]),
        }
    }
    endpoint.chosen_suites = versions.iter().filter_map(chosen).collect();
    let chain = versions.values().rev().find_map(|(result, _)| {
        let chain = &result.ok()?.chain;
        (!chain.is_empty()).then_some(chain.len())
    });
    endpoint.chain_length = chain.and_then(|length| u32::try_from(length).ok());
    let newest = versions.values().rev().find_map(|(result, id)| {
        let answer = result.ok()?;
        Some((answer.chain.first()?, *id))
    });
    match newest.map(|(hex, id)| (certificate(&unhex(hex)), id)) {
        Some((Ok(certificate), _)) => endpoint.certificate = Some(certificate),
        Some((Err(message), id)) => {
            pen.complain(format!("port {port}: {message}"));
            pen.item_unread(
                item.field("certificate"),
                UnreadReason::ParseFailed,
                std::slice::from_ref(id),
            );
        }
        None => pen.item_unread(item.field("certificate"), UnreadReason::Unsupported, &[]),
    }
    endpoint
}

/// `tls12 TLS_…`; a suite that we never offer has its number for a name.
fn chosen((version, (result, _)): (&TlsVersion, &Version<'_>)) -> Option<String> {
    let answer = result.ok().filter(|answer| answer.accepted)?;
    let suite = u16::try_from(answer.cipher_suite?).ok()?;
    let name = cipher_suite_name(suite).map_or_else(|| format!("0x{suite:04x}"), str::to_owned);
    Some(format!("{} {name}", format!("{version:?}").to_lowercase()))
}

fn certificate(der: &[u8]) -> Result<Certificate, String> {
    let read = x509::parse(der).map_err(|error| error.to_string())?;
    let time = |seconds: i64| {
        let time =
            Timestamp::from_second(seconds).map_err(|_| "a date is out of range".to_owned())?;
        Ok::<_, String>(time.to_string())
    };
    let alt_name = |name: AltName| match name {
        AltName::Dns(name) | AltName::Email(name) | AltName::Uri(name) | AltName::Other(name) => {
            name
        }
        AltName::Ip(address) => address.to_string(),
    };
    // The length of these keys is fixed by their algorithm (RFC 8410).
    let bits = read
        .public_key_bits
        .or(match read.public_key_algorithm.as_str() {
            "ed25519" => Some(256),
            "ed448" => Some(456),
            _ => None,
        });
    Ok(Certificate {
        subject: read.subject,
        issuer: read.issuer,
        alt_names: read.subject_alt_names.into_iter().map(alt_name).collect(),
        not_before: time(read.not_before)?,
        not_after: time(read.not_after)?,
        key_algorithm: read.public_key_algorithm,
        key_bits: bits.unwrap_or(0),
        signature_algorithm: read.signature_algorithm,
        self_issued: read.self_issued,
        sha256: sha256_hex(der),
    })
}
