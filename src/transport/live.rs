//! The live session: every question to the client that asks it, through the gate.
use super::gate::Gate;
use super::raw::{Heard, NotPrivileged, RawSockets};
use super::snmp::{Access, FACTORY, SnmpClient};
use super::ssh::{self, SshClient};
use super::tls::TlsClient;
use super::vault::Vault;
use super::{Boxed, Session, http, probe, random, tcp, udp};
use arpenteur_core::family::FactoryLogins;
use arpenteur_core::model::{
    Answer, Exchange, Failure, LedgerProtocol, Question, Redactor, Target,
};
use arpenteur_core::scope::{Credential, CredentialKind, Scope};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::time::Instant;

/// How long a neighbour on the same wire may take.
const NEIGHBOUR_PATIENCE: Duration = Duration::from_millis(400);
/// How long an echo may take.
const ECHO_PATIENCE: Duration = Duration::from_millis(800);
/// Times that an ARP or ICMP question is put.
const RAW_TRIES: usize = 2;

/// What keeps a live session from starting.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The mandate names the scanner's addresses, and packets would carry another.
    #[error(
        "packets would be sent from {0}, which is not among the mandate's source addresses
help: scan from the machine that the mandate names, or correct mandate.source_addresses"
    )]
    SourceAddress(IpAddr),
    /// A socket cannot be opened.
    #[error("cannot open a socket: {0}")]
    Socket(#[from] std::io::Error),
    /// TLS cannot be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// Talks to the network.
pub struct Live {
    gate: Arc<Gate>,
    vault: Vault,
    factory_logins: FactoryLogins,
    redactor: Redactor,
    raw: Result<RawSockets, NotPrivileged>,
    snmp: SnmpClient,
    ssh: SshClient,
    tls: TlsClient,
    sources: Vec<IpAddr>,
}

impl Live {
    /// Opens the sockets of a run. `folder` is the audit folder (known hosts).
    ///
    /// # Errors
    /// See [`LiveError`].
    pub async fn open(
        gate: Arc<Gate>,
        vault: Vault,
        factory_logins: FactoryLogins,
        folder: &Path,
        raw_wanted: bool,
    ) -> Result<Self, LiveError> {
        let audit = gate.scope().audit();
        let sources = source_addresses(gate.scope())?;
        let raw = if raw_wanted {
            RawSockets::open()
        } else {
            Err(NotPrivileged("raw sockets are switched off".to_owned()))
        };
        Ok(Self {
            redactor: Redactor::new(vault.values()),
            snmp: SnmpClient::new(audit.limits.retries).await?,
            ssh: SshClient::new(folder, audit.ssh.host_keys),
            tls: TlsClient::new()?,
            raw,
            sources,
            gate,
            vault,
            factory_logins,
        })
    }

    /// Why ARP and ICMP are not used, where they are not.
    pub fn unprivileged(&self) -> Option<&NotPrivileged> {
        self.raw.as_ref().err()
    }

    /// Addresses that we send from.
    pub fn sources(&self) -> &[IpAddr] {
        &self.sources
    }

    async fn answer(&self, target: &Target, question: &Question) -> Answer {
        let gate = &*self.gate;
        let patience = gate.patience(target).max(Duration::from_secs(1)) * 2;
        match question {
            Question::Neighbour => self.neighbour(target).await,
            Question::Ping => self.ping(target).await,
            Question::SnmpEngine => self.snmp.engine(gate, target).await,
            Question::Udp { port, probe } => udp::probe(gate, target, *port, *probe).await,
            Question::SnmpGet {
                version,
                credential,
                oids,
            } => match self.snmp_access(target, credential) {
                Some(access) => {
                    self.snmp
                        .get((gate, &self.vault), target, (*version, access), oids)
                        .await
                }
                None => Answer::failed(Failure::NoCredentials, ""),
            },
            Question::SnmpWalk {
                version,
                credential,
                root,
            } => match self.snmp_access(target, credential) {
                Some(access) => {
                    self.snmp
                        .walk((gate, &self.vault), target, (*version, access), root)
                        .await
                }
                None => Answer::failed(Failure::NoCredentials, ""),
            },
            Question::SnmpNext {
                version,
                credential,
                roots,
            } => match self.snmp_access(target, credential) {
                Some(access) => {
                    self.snmp
                        .next((gate, &self.vault), target, (*version, access), roots)
                        .await
                }
                None => Answer::failed(Failure::NoCredentials, ""),
            },
            Question::SshExec {
                port,
                credential,
                command,
                sudo,
            } => match self.credential(target, credential, &[CredentialKind::Ssh]) {
                Some(given) => {
                    let sudo = if *sudo { "sudo -n -- " } else { "" };
                    let command = format!("{sudo}{command}");
                    self.ssh
                        .exec((gate, &self.vault), target, (*port, given), &command)
                        .await
                }
                None => Answer::failed(Failure::NoCredentials, ""),
            },
            Question::SshShell {
                port,
                credential,
                command,
            } => match self.credential(target, credential, &[CredentialKind::Ssh]) {
                Some(given) => {
                    self.ssh
                        .shell((gate, &self.vault), target, (*port, given), command)
                        .await
                }
                None => Answer::failed(Failure::NoCredentials, ""),
            },
            // The rest opens connections of its own: the login session gives its place up.
            question => {
                self.ssh.close(target).await;
                self.conversation(target, question, patience).await
            }
        }
    }

    async fn conversation(
        &self,
        target: &Target,
        question: &Question,
        patience: Duration,
    ) -> Answer {
        let gate = &*self.gate;
        match question {
            Question::TcpConnect { port } => tcp::probe(gate, target, *port).await,
            Question::SshKex { port } => ssh::kexinit(gate, target, *port, patience).await,
            Question::SshHostKeys { port } => ssh::host_keys(gate, target, *port).await,
            Question::Tcp { port, probe } => {
                probe::tcp(gate, target, (*port, probe), patience).await
            }
            Question::Tls { port, version } => {
                let offer = (*port, *version, &[][..]);
                self.tls
                    .probe(gate, target, offer, random(), patience)
                    .await
            }
            Question::TlsWeak {
                port,
                version,
                kinds,
            } => {
                let offer = (*port, *version, kinds.as_slice());
                self.tls
                    .probe(gate, target, offer, random(), patience)
                    .await
            }
            Question::Http { port, tls, path } => {
                let page = self.page(*port, *tls, path);
                http::get(gate, target, page, patience).await
            }
            Question::HttpFactory {
                port,
                tls,
                path,
                account,
            } => match self.factory_logins.get(account) {
                Some(account) => {
                    let page = self.page(*port, *tls, path);
                    http::factory(gate, target, page, account, patience).await
                }
                None => Answer::failed(Failure::NoCredentials, "no such factory account"),
            },
            Question::Banner { port } => tcp::banner(gate, target, *port, patience).await,
            Question::Telnet { port } => tcp::negotiate(gate, target, *port, patience).await,
            _ => Answer::failed(Failure::Unsupported, "not a TCP question"),
        }
    }

    fn page<'a>(&'a self, port: u16, tls: bool, path: &'a str) -> http::Page<'a> {
        let tls = tls.then_some(&self.tls);
        http::Page { port, path, tls }
    }

    async fn neighbour(&self, target: &Target) -> Answer {
        let (Ok(raw), Some(address)) = (&self.raw, target.locator.address()) else {
            return Answer::failed(Failure::Unsupported, "no raw sockets");
        };
        if !raw.attached(address) {
            return Answer::failed(Failure::Unsupported, "not on an attached network");
        }
        for _ in 0..RAW_TRIES {
            if let Err(answer) = self
                .gate
                .datagram(target, LedgerProtocol::Neighbour, 0)
                .await
            {
                return answer;
            }
            let started = Instant::now();
            match raw.neighbour(address, NEIGHBOUR_PATIENCE).await {
                Heard::Yes(mac) => {
                    self.gate.answered(target, started.elapsed());
                    let octets: Vec<String> =
                        mac.iter().map(|octet| format!("{octet:02x}")).collect();
                    return Answer::Hardware {
                        mac: octets.join(":"),
                    };
                }
                Heard::No => {}
                Heard::Inapplicable => {
                    return Answer::failed(Failure::Unsupported, "not on an attached network");
                }
            }
        }
        Answer::failed(Failure::Timeout, "no answer")
    }

    async fn ping(&self, target: &Target) -> Answer {
        let (Ok(raw), Some(address)) = (&self.raw, target.locator.address()) else {
            return Answer::failed(Failure::Unsupported, "no raw sockets");
        };
        for _ in 0..RAW_TRIES {
            if let Err(answer) = self.gate.datagram(target, LedgerProtocol::Icmp, 0).await {
                return answer;
            }
            let started = Instant::now();
            match raw.echo(address, ECHO_PATIENCE).await {
                Heard::Yes(()) => {
                    self.gate.answered(target, started.elapsed());
                    return Answer::Present;
                }
                Heard::No => {}
                Heard::Inapplicable => {
                    return Answer::failed(Failure::Unsupported, "no raw socket of its family");
                }
            }
        }
        Answer::failed(Failure::Timeout, "no answer")
    }

    fn credential(
        &self,
        target: &Target,
        name: &str,
        kinds: &[CredentialKind],
    ) -> Option<&Credential> {
        self.gate
            .scope()
            .credentials(target, kinds)
            .into_iter()
            .find(|credential| credential.name == name)
    }

    fn snmp_access<'a>(&'a self, target: &Target, name: &'a str) -> Option<Access<'a>> {
        if name.starts_with(FACTORY) {
            let allowed = self.gate.scope().audit().mandate.probes.default_credentials;
            return allowed.then_some(Access::Factory(name));
        }
        let kinds = [
            CredentialKind::SnmpV1,
            CredentialKind::SnmpV2c,
            CredentialKind::SnmpV3,
        ];
        self.credential(target, name, &kinds).map(Access::Given)
    }
}

impl Session for Live {
    fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange> {
        Box::pin(async move {
            let started = Instant::now();
            let answer = self.redactor.answer(self.answer(target, &question).await);
            Exchange {
                target: target.clone(),
                question,
                answer,
                at: Some(Timestamp::now()),
                elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            }
        })
    }

    fn done<'a>(&'a self, target: &'a Target) -> Boxed<'a, ()> {
        Box::pin(self.ssh.close(target))
    }

    fn privileged(&self) -> bool {
        self.raw.is_ok()
    }
}

/// The addresses that packets to the scope's networks will really carry, by the routing
/// table's word. Asking it sends nothing. Where the mandate names addresses, all must be
/// among them.
fn source_addresses(scope: &Scope) -> Result<Vec<IpAddr>, LiveError> {
    let networks = scope.audit().sites.iter().flat_map(|site| &site.networks);
    let mut sources: Vec<IpAddr> = networks
        .filter_map(|network| {
            let host = network
                .prefix()
                .iter()
                .nth(1)
                .unwrap_or(network.prefix().ip());
            let any: SocketAddr = if host.is_ipv4() {
                (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
            } else {
                (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
            };
            let socket = std::net::UdpSocket::bind(any).ok()?;
            // No route, no packet: such a network shows as unreachable later.
            socket.connect((host, 9)).ok()?;
            socket.local_addr().ok().map(|local| local.ip())
        })
        .collect();
    sources.sort();
    sources.dedup();
    let named = &scope.audit().mandate.source_addresses;
    match sources
        .iter()
        .find(|source| !named.is_empty() && !named.contains(source))
    {
        Some(other) => Err(LiveError::SourceAddress(*other)),
        None => Ok(sources),
    }
}
