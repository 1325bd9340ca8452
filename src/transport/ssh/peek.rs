//! What an SSH server shows without a login: algorithms and host keys.
use super::session::{connect, legacy};
use super::{LOGIN_COST, LONGEST_LOGIN};
use crate::transport::gate::Gate;
use crate::transport::tcp::{self, bytes_answer, hex, read_up_to};
use arpenteur_core::model::{Answer, Failure, Target};
use arpenteur_wire::ssh as wire;
use russh::client::Handler;
use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::{Algorithm, EcdsaCurve, HashAlg};
use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// Packets of a KEXINIT exchange.
const KEXINIT_COST: u32 = 3;
/// Most bytes of identification and KEXINIT.
const LONGEST_KEXINIT: usize = 64 * 1024;

/// Identification string and KEXINIT, as they came: the packet after the line.
pub(in crate::transport) async fn kexinit(
    gate: &Gate,
    target: &Target,
    port: u16,
    patience: Duration,
) -> Answer {
    let mut connection = match tcp::connect(gate, target, port, KEXINIT_COST).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    // Some servers wait for our line before they send their KEXINIT.
    if let Err(error) = connection
        .stream
        .write_all(&wire::identification("2.0"))
        .await
    {
        return tcp::io_answer(&error);
    }
    let complete = |bytes: &[u8]| match wire::Identification::parse(bytes) {
        Ok(Some(ident)) => {
            let rest = bytes.get(ident.len..).unwrap_or_default();
            !ident.offers_ssh2() || !matches!(wire::parse_packet(rest), Ok(None))
        }
        Ok(None) => false,
        Err(_) => true,
    };
    let bytes = read_up_to(&mut connection.stream, patience, LONGEST_KEXINIT, complete).await;
    bytes_answer(&bytes)
}

/// The host keys that a server shows: one key exchange per key type, ended before login.
pub(in crate::transport) async fn host_keys(gate: &Gate, target: &Target, port: u16) -> Answer {
    let mut keys = Vec::new();
    let mut last = Answer::failed(Failure::Unsupported, "no host key of a known type");
    for algorithms in host_key_kinds() {
        match host_key(gate, target, port, algorithms).await {
            Ok(Some(key)) => keys.push(key),
            Ok(None) => {}
            Err(answer) => last = answer,
        }
    }
    if keys.is_empty() {
        return last;
    }
    keys.sort();
    Answer::HostKeys { keys }
}

fn host_key_kinds() -> Vec<Vec<Algorithm>> {
    let ecdsa = [
        EcdsaCurve::NistP256,
        EcdsaCurve::NistP384,
        EcdsaCurve::NistP521,
    ];
    vec![
        vec![Algorithm::Ed25519],
        ecdsa
            .into_iter()
            .map(|curve| Algorithm::Ecdsa { curve })
            .collect(),
        vec![
            Algorithm::Rsa {
                hash: Some(HashAlg::Sha512),
            },
            Algorithm::Rsa {
                hash: Some(HashAlg::Sha256),
            },
            Algorithm::Rsa { hash: None },
        ],
        vec![Algorithm::Dsa],
    ]
}

async fn host_key(
    gate: &Gate,
    target: &Target,
    port: u16,
    algorithms: Vec<Algorithm>,
) -> Result<Option<String>, Answer> {
    let permit = gate.connection(target, port).await?;
    gate.charge(target, tcp::ACCEPTED_COST + LOGIN_COST);
    // Nothing is trusted and no password sent: the weakest algorithms do.
    let mut preferred = legacy();
    preferred.key = Cow::Owned(algorithms);
    let seen = Arc::new(Mutex::new(None));
    let handler = KeyCatcher {
        seen: Arc::clone(&seen),
    };
    let attempt = connect(permit.to, preferred, handler, gate.patience(target));
    match tokio::time::timeout(LONGEST_LOGIN, attempt).await {
        Ok(Err(russh::Error::IO(error))) => return Err(tcp::io_answer(&error)),
        Err(_) => {
            return Err(Answer::failed(
                Failure::Timeout,
                "no end to the key exchange",
            ));
        }
        Ok(_) => {}
    }
    Ok(seen.lock().ok().and_then(|mut seen| seen.take()))
}

/// Notes the host key and refuses it, which ends the connection before any login.
struct KeyCatcher {
    seen: Arc<Mutex<Option<String>>>,
}

impl Handler for KeyCatcher {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        if let PublicKeyOrCertificate::PublicKey { key, .. } = key
            && let (Ok(blob), Ok(mut seen)) = (key.to_bytes(), self.seen.lock())
        {
            *seen = Some(hex(&blob));
        }
        Ok(false)
    }
}
