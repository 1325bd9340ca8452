//! SNMPv3: engines, their clocks and the keys made for them, kept for the run.
use super::Reply;
use super::socket::SnmpSocket;
use crate::transport::gate::Gate;
use crate::transport::tcp::hex;
use crate::transport::vault::Vault;
use arpenteur_core::model::{Answer, Failure, Target};
use arpenteur_core::scope::{self, Credential, KeyExtension as ScopeExtension, UsmUser};
use arpenteur_wire::WireError;
use arpenteur_wire::snmp::Pdu;
use arpenteur_wire::snmp::usm::{
    AuthProtocol, KeyExtension, LocalizedKey, MasterKey, PrivProtocol, PrivacyKey,
};
use arpenteur_wire::snmp::v3::{Incoming, Outgoing, ReportKind, ScopedPdu, Security, discovery};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

/// An authoritative engine and its clock, as last heard.
#[derive(Debug, Clone)]
struct Engine {
    id: Vec<u8>,
    boots: u32,
    time: u32,
    heard: Instant,
}

impl Engine {
    /// snmpEngineTime now.
    fn now(&self) -> u32 {
        let elapsed = u32::try_from(self.heard.elapsed().as_secs()).unwrap_or(u32::MAX);
        self.time.saturating_add(elapsed)
    }
}

/// Keys of one user at one engine.
struct UserKeys {
    auth: Option<LocalizedKey>,
    privacy: Option<PrivacyKey>,
}

/// A credential's name and the id of the engine that its keys are for.
type CredentialAtEngine = (String, Vec<u8>);

/// Engines by target, master keys by credential, localized keys by both.
pub(super) struct Engines {
    engines: Mutex<HashMap<Target, Engine>>,
    masters: Mutex<HashMap<(String, &'static str), Arc<MasterKey>>>,
    keys: Mutex<HashMap<CredentialAtEngine, Arc<UserKeys>>>,
    salt: AtomicU64,
}

impl Default for Engines {
    fn default() -> Self {
        // A random start, so that no salt is used twice under one key (RFC 3826 section 3.1.2.1).
        let start =
            u64::try_from(uuid::Uuid::new_v4().as_u128() & u128::from(u64::MAX)).unwrap_or(1);
        Self {
            engines: Mutex::default(),
            masters: Mutex::default(),
            keys: Mutex::default(),
            salt: AtomicU64::new(start),
        }
    }
}

impl Engines {
    /// Asks an agent for its engine; no user is named.
    pub(super) async fn discover(
        &self,
        socket: &SnmpSocket,
        gate: &Gate,
        target: &Target,
    ) -> Answer {
        let encode = |id| discovery(id).encode(Security::None, 0).unwrap_or_default();
        let bytes = match socket.exchange(gate, target, &encode).await {
            Ok(bytes) => bytes,
            Err(answer) => return answer,
        };
        let incoming = match Incoming::decode(&bytes) {
            Ok(incoming) => incoming,
            Err(error) => return Answer::failed(Failure::ParseFailed, error.to_string()),
        };
        if incoming.engine_id.is_empty() {
            return Answer::failed(Failure::ParseFailed, "the agent names no engine");
        }
        let engine = self.heard(target, &incoming);
        Answer::Engine {
            engine_id: hex(&engine.id),
            boots: engine.boots,
            time: engine.time,
        }
    }

    fn heard(&self, target: &Target, incoming: &Incoming<'_>) -> Engine {
        let engine = Engine {
            id: incoming.engine_id.to_vec(),
            boots: incoming.engine_boots,
            time: incoming.engine_time,
            heard: Instant::now(),
        };
        if let Ok(mut engines) = self.engines.lock() {
            engines.insert(target.clone(), engine.clone());
        }
        engine
    }

    async fn engine(
        &self,
        socket: &SnmpSocket,
        gate: &Gate,
        target: &Target,
    ) -> Result<Engine, Answer> {
        let known = || {
            self.engines
                .lock()
                .ok()
                .and_then(|engines| engines.get(target).cloned())
        };
        if let Some(engine) = known() {
            return Ok(engine);
        }
        match self.discover(socket, gate, target).await {
            Answer::Engine { .. } => {
                known().ok_or_else(|| Answer::failed(Failure::Local, "no engine"))
            }
            answer => Err(answer),
        }
    }

    /// One request as a user; a clock that is off is set once and the request repeated.
    pub(super) async fn request(
        &self,
        socket: &SnmpSocket,
        (gate, vault): (&Gate, &Vault),
        target: &Target,
        credential: &Credential,
        pdu: &(dyn Fn(i32) -> Pdu + Sync),
    ) -> Reply {
        let user = credential
            .snmp_v3
            .as_ref()
            .ok_or_else(|| Answer::failed(Failure::NoCredentials, ""))?;
        let mut engine = self.engine(socket, gate, target).await?;
        for attempt in 0..2 {
            let keys = self.user_keys(credential, user, vault, &engine.id)?;
            let salt = self.salt.fetch_add(1, Ordering::Relaxed);
            let outgoing = |id| Outgoing {
                msg_id: id,
                engine_id: engine.id.clone(),
                engine_boots: engine.boots,
                engine_time: engine.now(),
                user_name: user.user.as_bytes().to_vec(),
                scoped: ScopedPdu {
                    context_engine_id: engine.id.clone(),
                    context_name: user.context.as_bytes().to_vec(),
                    pdu: pdu(id),
                },
            };
            let encode = |id| {
                outgoing(id)
                    .encode(keys.security(), salt)
                    .unwrap_or_default()
            };
            let bytes = socket.exchange(gate, target, &encode).await?;
            let incoming = Incoming::decode(&bytes)
                .map_err(|error| Answer::failed(Failure::ParseFailed, error.to_string()))?;
            match (read(&incoming, &keys), attempt) {
                (
                    Err(Answer::Failed {
                        failure: Failure::NotInTimeWindow,
                        ..
                    }),
                    0,
                ) => {
                    engine = self.heard(target, &incoming);
                }
                (reply, _) => return reply,
            }
        }
        Err(Answer::failed(
            Failure::NotInTimeWindow,
            "the agent's clock cannot be followed",
        ))
    }

    fn user_keys(
        &self,
        credential: &Credential,
        user: &UsmUser,
        vault: &Vault,
        engine_id: &[u8],
    ) -> Result<Arc<UserKeys>, Answer> {
        let place = (credential.name.clone(), engine_id.to_vec());
        if let Some(keys) = self
            .keys
            .lock()
            .ok()
            .and_then(|keys| keys.get(&place).cloned())
        {
            return Ok(keys);
        }
        let mut keys = UserKeys {
            auth: None,
            privacy: None,
        };
        if let Some(auth) = &user.auth {
            let protocol = auth_protocol(auth.protocol);
            let master = self.master(&credential.name, "snmp_v3/auth/password", protocol, vault)?;
            keys.auth = Some(master.localize(engine_id));
            if let Some(privacy) = &user.privacy {
                let master = self.master(
                    &credential.name,
                    "snmp_v3/privacy/password",
                    protocol,
                    vault,
                )?;
                let localized = master.localize(engine_id);
                keys.privacy = Some(localized.privacy_key(priv_protocol(privacy), engine_id));
            }
        }
        let keys = Arc::new(keys);
        if let Ok(mut known) = self.keys.lock() {
            known.insert(place, Arc::clone(&keys));
        }
        Ok(keys)
    }

    /// The master key costs a mebibyte of hashing: made once per credential.
    fn master(
        &self,
        credential: &str,
        path: &'static str,
        protocol: AuthProtocol,
        vault: &Vault,
    ) -> Result<Arc<MasterKey>, Answer> {
        let place = (credential.to_owned(), path);
        if let Some(master) = self
            .masters
            .lock()
            .ok()
            .and_then(|masters| masters.get(&place).cloned())
        {
            return Ok(master);
        }
        let password = vault.secret(credential, path).unwrap_or_default();
        let master = MasterKey::from_password(protocol, password.as_bytes())
            .map_err(|error| Answer::failed(Failure::NoCredentials, error.to_string()))?;
        let master = Arc::new(master);
        if let Ok(mut masters) = self.masters.lock() {
            masters.insert(place, Arc::clone(&master));
        }
        Ok(master)
    }
}

impl UserKeys {
    fn security(&self) -> Security<'_> {
        match (&self.auth, &self.privacy) {
            (Some(auth), Some(privacy)) => Security::AuthPriv(auth, privacy),
            (Some(auth), None) => Security::Auth(auth),
            (None, _) => Security::None,
        }
    }
}

/// The content of a reply, or what the engine's Report says.
fn read(incoming: &Incoming<'_>, keys: &UserKeys) -> Reply {
    match incoming.open(keys.security()) {
        Ok(scoped) => match ReportKind::of(&scoped.pdu) {
            None => Ok(scoped.pdu),
            Some(report) => Err(report_answer(&report)),
        },
        Err(error) => Err(match incoming.unauthenticated_report() {
            Some(report) => report_answer(&report),
            None => wire_answer(&error),
        }),
    }
}

fn wire_answer(error: &WireError) -> Answer {
    let failure = match error {
        WireError::WrongDigest => Failure::WrongDigest,
        WireError::Decryption => Failure::WrongPrivacyKey,
        _ => Failure::ParseFailed,
    };
    Answer::failed(failure, error.to_string())
}

fn report_answer(report: &ReportKind) -> Answer {
    let (failure, detail) = match report {
        ReportKind::UnknownUserName => (Failure::UnknownUser, "the agent does not know the user"),
        ReportKind::WrongDigest => (
            Failure::WrongDigest,
            "wrong authentication password or protocol",
        ),
        ReportKind::DecryptionError => (
            Failure::WrongPrivacyKey,
            "wrong privacy password or protocol",
        ),
        ReportKind::NotInTimeWindow => (Failure::NotInTimeWindow, "not in the agent's time window"),
        ReportKind::UnsupportedSecurityLevel => (
            Failure::UnsupportedSecurityLevel,
            "the user has another security level",
        ),
        ReportKind::UnknownContext | ReportKind::UnavailableContext => (
            Failure::UnknownContext,
            "the agent does not know the context",
        ),
        _ => (
            Failure::Unsupported,
            "the agent refuses with another report",
        ),
    };
    Answer::failed(failure, detail)
}

fn auth_protocol(protocol: scope::AuthProtocol) -> AuthProtocol {
    match protocol {
        scope::AuthProtocol::Md5 => AuthProtocol::Md5,
        scope::AuthProtocol::Sha1 => AuthProtocol::Sha1,
        scope::AuthProtocol::Sha224 => AuthProtocol::Sha224,
        scope::AuthProtocol::Sha256 => AuthProtocol::Sha256,
        scope::AuthProtocol::Sha384 => AuthProtocol::Sha384,
        scope::AuthProtocol::Sha512 => AuthProtocol::Sha512,
    }
}

fn priv_protocol(privacy: &scope::UsmPrivacy) -> PrivProtocol {
    let extension = match privacy.key_extension {
        ScopeExtension::Blumenthal => KeyExtension::Blumenthal,
        ScopeExtension::Reeder => KeyExtension::Reeder,
    };
    match privacy.protocol {
        scope::PrivacyProtocol::Des => PrivProtocol::Des,
        scope::PrivacyProtocol::Aes128 => PrivProtocol::Aes128,
        scope::PrivacyProtocol::Aes192 => PrivProtocol::Aes192(extension),
        scope::PrivacyProtocol::Aes256 => PrivProtocol::Aes256(extension),
    }
}
