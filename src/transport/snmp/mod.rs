//! SNMP as a client: one UDP socket per address family for all targets, a window of
//! requests in flight, retries with back-off, walks by GETBULK of adaptive size.
mod socket;
mod usm;
mod walk;

pub(super) use socket::SnmpSocket;

use super::gate::Gate;
use super::login::Account;
use super::vault::Vault;
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, SnmpVersion, Target, WalkEnd};
use arpenteur_core::scope::Credential;
use arpenteur_wire::snmp::{ErrorStatus, Oid, Pdu};
use std::collections::HashSet;
use std::sync::Mutex;
use usm::Engines;

/// The agent's port (RFC 3417 section 3.1).
pub(super) const PORT: u16 = 161;
/// Factory communities are asked under credential names of this form.
pub const FACTORY: &str = "factory:";

/// The SNMP side of the live session.
pub(super) struct SnmpClient {
    socket: SnmpSocket,
    engines: Engines,
    /// Credentials that worked, by target: from then on a silence is no failed login.
    proven: Mutex<HashSet<(Target, String)>>,
}

/// What one request came to.
type Reply = Result<Pdu, Answer>;

impl SnmpClient {
    pub(super) async fn new(retries: u32) -> std::io::Result<Self> {
        Ok(Self {
            socket: SnmpSocket::bind(retries).await?,
            engines: Engines::default(),
            proven: Mutex::default(),
        })
    }

    /// Engine discovery (RFC 3414 section 4): no login.
    pub(super) async fn engine(&self, gate: &Gate, target: &Target) -> Answer {
        self.engines.discover(&self.socket, gate, target).await
    }

    /// GET.
    pub(super) async fn get(
        &self,
        (gate, vault): (&Gate, &Vault),
        target: &Target,
        (version, credential): (SnmpVersion, Access<'_>),
        oids: &[Oid],
    ) -> Answer {
        let request = |id| Pdu::get(id, oids);
        match self
            .request((gate, vault), target, (version, credential), &request)
            .await
        {
            Ok(pdu) => match pdu.status() {
                // SNMPv1 names a missing object by failing the whole request.
                ErrorStatus::NoError | ErrorStatus::NoSuchName => Answer::Snmp {
                    varbinds: pdu.varbinds,
                    end: WalkEnd::Complete,
                },
                _ => Answer::Snmp {
                    varbinds: Vec::new(),
                    end: WalkEnd::ErrorStatus,
                },
            },
            Err(answer) => answer,
        }
    }

    /// One request under a credential, its login counted on first use.
    async fn request(
        &self,
        (gate, vault): (&Gate, &Vault),
        target: &Target,
        (version, access): (SnmpVersion, Access<'_>),
        pdu: &(dyn Fn(i32) -> Pdu + Sync),
    ) -> Reply {
        let name = access.name();
        let known = (target.clone(), name.to_owned());
        let proven = self
            .proven
            .lock()
            .is_ok_and(|proven| proven.contains(&known));
        if !proven {
            gate.login(target, name, Account::PerDevice)?;
        }
        let reply = match (version, access) {
            (SnmpVersion::V3, Access::Given(credential)) => {
                self.engines
                    .request(&self.socket, (gate, vault), target, credential, pdu)
                    .await
            }
            (SnmpVersion::V3, Access::Factory(_)) => Err(Answer::failed(
                Failure::Unsupported,
                "no factory SNMPv3 users",
            )),
            (version, access) => match access.community(vault) {
                Some(community) => {
                    self.socket
                        .request(gate, target, version, community, pdu)
                        .await
                }
                None => Err(Answer::failed(Failure::NoCredentials, "no community")),
            },
        };
        if !proven && let Some(success) = login_outcome(&reply) {
            let place = (LedgerProtocol::Udp, PORT);
            gate.count_login(target, place, name, Account::PerDevice, success);
            if success && let Ok(mut proven) = self.proven.lock() {
                proven.insert(known);
            }
        }
        reply
    }
}

/// Whether a first request was a login at all, and whether it succeeded. An unanswered
/// community counts as refused: agents do not answer a wrong one.
fn login_outcome(reply: &Reply) -> Option<bool> {
    match reply {
        Ok(_) => Some(true),
        Err(Answer::Failed { failure, .. }) => match failure {
            Failure::Timeout
            | Failure::Denied
            | Failure::UnknownUser
            | Failure::WrongDigest
            | Failure::WrongPrivacyKey
            | Failure::UnsupportedSecurityLevel => Some(false),
            _ => None,
        },
        Err(_) => None,
    }
}

/// With which secret an agent is asked.
#[derive(Clone, Copy)]
pub(super) enum Access<'a> {
    /// A credential of the audit folder.
    Given(&'a Credential),
    /// A factory community, tried because the mandate allows it.
    Factory(&'a str),
}

impl<'a> Access<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Given(credential) => &credential.name,
            Self::Factory(name) => name,
        }
    }

    fn community(&self, vault: &'a Vault) -> Option<&'a str> {
        match self {
            Self::Given(credential) => vault
                .secret(&credential.name, "snmp_v2c/community")
                .or_else(|| vault.secret(&credential.name, "snmp_v1/community")),
            Self::Factory(name) => name.strip_prefix(FACTORY),
        }
    }
}
