//! Evidence: what was asked, of whom, when, and what came back.
use super::{Target, TcpProbe, UdpProbe, UnreadReason};
use arpenteur_wire::snmp::{Oid, VarBind};
use arpenteur_wire::tls::WeakKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A protocol version that TLS endpoints are asked for one at a time.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TlsVersion {
    /// SSL 2.0 (1995 Netscape draft).
    Ssl2,
    /// SSL 3.0 (RFC 6101).
    Ssl3,
    /// TLS 1.0 (RFC 2246).
    Tls10,
    /// TLS 1.1 (RFC 4346).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

impl TlsVersion {
    /// Every version we probe, oldest first.
    pub const ALL: [Self; 6] = [
        Self::Ssl2,
        Self::Ssl3,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
        Self::Tls13,
    ];
}

/// A kind of weak cipher suite that TLS endpoints are asked for; worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WeakCipher {
    /// No encryption.
    #[serde(rename = "null")]
    Null,
    /// No authentication of the server.
    #[serde(rename = "anon")]
    Anonymous,
    /// Keys of 40 or 56 bits.
    #[serde(rename = "export")]
    Export,
    /// RC4 (RFC 7465).
    #[serde(rename = "rc4")]
    Rc4,
    /// DES.
    #[serde(rename = "des")]
    Des,
    /// Triple DES.
    #[serde(rename = "3des")]
    TripleDes,
}

impl WeakCipher {
    /// Every kind, worst first.
    pub const ALL: [Self; 6] = [
        Self::Null,
        Self::Anonymous,
        Self::Export,
        Self::Rc4,
        Self::Des,
        Self::TripleDes,
    ];

    /// Name in the facts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Anonymous => "anon",
            Self::Export => "export",
            Self::Rc4 => "rc4",
            Self::Des => "des",
            Self::TripleDes => "3des",
        }
    }

    /// The kind of a suite (IANA value).
    pub fn of(suite: u32) -> Option<Self> {
        let kind = WeakKind::of(u16::try_from(suite).ok()?)?;
        Self::ALL.into_iter().find(|known| known.wire() == kind)
    }

    /// The same for the wire.
    pub fn wire(self) -> WeakKind {
        match self {
            Self::Null => WeakKind::Null,
            Self::Anonymous => WeakKind::Anonymous,
            Self::Export => WeakKind::Export,
            Self::Rc4 => WeakKind::Rc4,
            Self::Des => WeakKind::Des,
            Self::TripleDes => WeakKind::TripleDes,
        }
    }
}

/// A version of SNMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SnmpVersion {
    /// RFC 1157.
    V1,
    /// RFC 1901.
    V2c,
    /// RFC 3410.
    V3,
}

impl SnmpVersion {
    /// `v1`, `v2c` or `v3`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2c => "v2c",
            Self::V3 => "v3",
        }
    }
}

/// What may be asked of one target. A closed list: nothing else can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// ARP request or neighbour solicitation on an attached network.
    Neighbour,
    /// ICMP echo.
    Ping,
    /// TCP connection, closed at once.
    TcpConnect {
        /// TCP port.
        port: u16,
    },
    /// One UDP probe.
    Udp {
        /// UDP port.
        port: u16,
        /// Which datagram.
        probe: UdpProbe,
    },
    /// One message over TCP and its answer.
    Tcp {
        /// TCP port.
        port: u16,
        /// Which message.
        probe: TcpProbe,
    },
    /// SNMPv3 engine discovery (RFC 3414 §4): no login.
    SnmpEngine,
    /// SNMP GET.
    SnmpGet {
        /// Version spoken.
        version: SnmpVersion,
        /// Name of the credential in `audit.yaml`, never its value.
        credential: String,
        /// Objects, in request order.
        oids: Vec<Oid>,
    },
    /// SNMP walk of one subtree.
    SnmpWalk {
        /// Version spoken.
        version: SnmpVersion,
        /// Name of the credential in `audit.yaml`.
        credential: String,
        /// Root of the subtree.
        root: Oid,
    },
    /// SNMP GETNEXT of several roots at once: which of these subtrees the agent has.
    SnmpNext {
        /// Version spoken.
        version: SnmpVersion,
        /// Name of the credential in `audit.yaml`.
        credential: String,
        /// Roots, in request order; the answer holds the first object below each that has any.
        roots: Vec<Oid>,
    },
    /// SSH identification string and KEXINIT, without login (RFC 4253 §4.2, §7.1).
    SshKex {
        /// TCP port.
        port: u16,
    },
    /// The host keys that the server shows, one key exchange per key type, without login.
    SshHostKeys {
        /// TCP port.
        port: u16,
    },
    /// One read-only command in its own exec channel (RFC 4254 §6.5).
    SshExec {
        /// TCP port.
        port: u16,
        /// Name of the credential in `audit.yaml`.
        credential: String,
        /// The command line.
        command: String,
        /// Run through `sudo -n`.
        sudo: bool,
    },
    /// One read-only command typed into an interactive shell (RFC 4254 §6.5), for devices whose
    /// command line is no Unix shell.
    SshShell {
        /// TCP port.
        port: u16,
        /// Name of the credential in `audit.yaml`.
        credential: String,
        /// The command line, one that [`only_shows`](super::only_shows); the empty one is
        /// answered by the device's greeting and prompt.
        command: String,
    },
    /// One TLS handshake that offers exactly one version.
    Tls {
        /// TCP port.
        port: u16,
        /// The version offered.
        version: TlsVersion,
    },
    /// One TLS handshake that offers weak suites alone.
    TlsWeak {
        /// TCP port.
        port: u16,
        /// The version offered.
        version: TlsVersion,
        /// Kinds of suites offered.
        kinds: Vec<WeakCipher>,
    },
    /// HTTP GET.
    Http {
        /// TCP port.
        port: u16,
        /// Over TLS.
        tls: bool,
        /// Absolute path.
        path: String,
    },
    /// HTTP GET with an account that a maker sets at the factory (RFC 7617): a login.
    HttpFactory {
        /// TCP port.
        port: u16,
        /// Over TLS.
        tls: bool,
        /// Absolute path.
        path: String,
        /// Name of the account in `models/factory_logins.yaml`, never its password.
        account: String,
    },
    /// What a server says first.
    Banner {
        /// TCP port.
        port: u16,
    },
    /// Telnet option negotiation (RFC 854), nothing typed.
    Telnet {
        /// TCP port.
        port: u16,
    },
    /// A configuration file that the client gave: never sent, and answered as a command is.
    Config,
}

impl Question {
    /// The credential that answering this question uses, by name.
    pub fn credential(&self) -> Option<&str> {
        match self {
            Self::SnmpGet { credential, .. }
            | Self::SnmpWalk { credential, .. }
            | Self::SnmpNext { credential, .. }
            | Self::SshExec { credential, .. }
            | Self::SshShell { credential, .. } => Some(credential),
            _ => None,
        }
    }

    /// Whether silence is the ordinary answer: recordings leave such silence out.
    pub fn is_probe(&self) -> bool {
        matches!(
            self,
            Self::Neighbour
                | Self::Ping
                | Self::TcpConnect { .. }
                | Self::Udp { .. }
                | Self::SnmpEngine
        )
    }
}

/// Short text for people: `snmp walk 1.3.6.1.2.1.1`, `ssh exec sshd -T`.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Neighbour => f.write_str("arp"),
            Self::Ping => f.write_str("icmp echo"),
            Self::TcpConnect { port } => write!(f, "tcp {port}"),
            Self::Udp { port, probe } => write!(f, "udp {port} {probe}"),
            Self::Tcp { port, probe } => write!(f, "tcp {port} {probe}"),
            Self::SnmpEngine => f.write_str("snmpv3 engine discovery"),
            Self::SnmpGet { oids, .. } => match oids.as_slice() {
                [one] => write!(f, "snmp get {one}"),
                [first, rest @ ..] => write!(f, "snmp get {first} (+{})", rest.len()),
                [] => f.write_str("snmp get"),
            },
            Self::SnmpWalk { root, .. } => write!(f, "snmp walk {root}"),
            Self::SnmpNext { roots, .. } => match roots.as_slice() {
                [first, rest @ ..] => write!(f, "snmp next {first} (+{})", rest.len()),
                [] => f.write_str("snmp next"),
            },
            Self::SshKex { port } => write!(f, "ssh kexinit {port}"),
            Self::SshHostKeys { port } => write!(f, "ssh host keys {port}"),
            Self::SshExec { command, sudo, .. } => {
                write!(
                    f,
                    "ssh exec {}{command}",
                    if *sudo { "sudo -n " } else { "" }
                )
            }
            Self::SshShell { command, .. } => write!(f, "ssh shell {command}"),
            Self::Tls { port, version } => write!(f, "tls {port} {version:?}"),
            Self::TlsWeak {
                port,
                version,
                kinds,
            } => {
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
                write!(f, "tls {port} {version:?} {} alone", kinds.join(","))
            }
            Self::Http { port, tls, path } => {
                write!(
                    f,
                    "{} {port} GET {path}",
                    if *tls { "https" } else { "http" }
                )
            }
            Self::HttpFactory {
                port,
                tls,
                path,
                account,
            } => {
                let scheme = if *tls { "https" } else { "http" };
                write!(f, "{scheme} {port} GET {path} as factory account {account}")
            }
            Self::Banner { port } => write!(f, "banner {port}"),
            Self::Telnet { port } => write!(f, "telnet {port}"),
            Self::Config => f.write_str("configuration file"),
        }
    }
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalkEnd {
    /// The agent's next object lies outside the subtree, or its MIB view ended.
    Complete,
    /// The agent stopped answering.
    Timeout,
    /// The agent returned an object that is not after the last one.
    Looping,
    /// More objects than we take from one subtree.
    TooLarge,
    /// The agent answered with an error status (RFC 3416 §3).
    ErrorStatus,
}

/// What one TLS handshake showed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TlsAnswer {
    /// Whether the server chose the version offered.
    pub accepted: bool,
    /// Cipher suite chosen (IANA value), where the server got so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher_suite: Option<u32>,
    /// Alert description that refused (RFC 8446 §6), where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<u8>,
    /// Certificate chain, leaf first, each DER in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Nothing came back in time.
    Timeout,
    /// The connection was refused or reset.
    Refused,
    /// The scope forbids the question.
    NotAuthorised,
    /// No credential is bound to this network for this protocol.
    NoCredentials,
    /// The peer refused the login, or the permission.
    Denied,
    /// SNMPv3: unknown user name (usmStatsUnknownUserNames).
    UnknownUser,
    /// SNMPv3: wrong authentication password or protocol (usmStatsWrongDigests).
    WrongDigest,
    /// SNMPv3: wrong privacy password or protocol (usmStatsDecryptionErrors).
    WrongPrivacyKey,
    /// SNMPv3: clock outside the window, even after resynchronisation.
    NotInTimeWindow,
    /// SNMPv3: unknown context.
    UnknownContext,
    /// SNMPv3: security level not supported.
    UnsupportedSecurityLevel,
    /// The peer cannot do this (no such subsystem, no common algorithm).
    Unsupported,
    /// The answer could not be understood.
    ParseFailed,
    /// Not asked: the cap of failed logins was reached.
    LoginCap,
    /// Not asked: the run was stopped.
    Interrupted,
    /// The recording holds no answer to this question.
    NotRecorded,
    /// The local system refused (no route, no permission, no descriptor left).
    Local,
}

impl Failure {
    /// The reason that facts left unread by this failure carry.
    pub fn unread(self) -> UnreadReason {
        match self {
            Self::Timeout | Self::NotInTimeWindow => UnreadReason::Timeout,
            Self::NotAuthorised | Self::LoginCap => UnreadReason::NotAuthorised,
            Self::NoCredentials => UnreadReason::NoCredentials,
            Self::Denied
            | Self::UnknownUser
            | Self::WrongDigest
            | Self::WrongPrivacyKey
            | Self::UnknownContext
            | Self::UnsupportedSecurityLevel
            | Self::Refused => UnreadReason::Denied,
            Self::Unsupported => UnreadReason::Unsupported,
            Self::ParseFailed => UnreadReason::ParseFailed,
            Self::Interrupted | Self::NotRecorded | Self::Local => UnreadReason::NotCollected,
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "got", rename_all = "snake_case")]
pub enum Answer {
    /// A hardware address (colon hexadecimal), to [`Question::Neighbour`].
    Hardware {
        /// Six octets, `02:00:5e:10:00:01`.
        mac: String,
    },
    /// An echo reply, an open port, a UDP reply whose bytes do not matter.
    Present,
    /// A reset, or an ICMP port unreachable: a host, but no service.
    Closed,
    /// SNMP objects, in the agent's order.
    Snmp {
        /// Objects.
        varbinds: Vec<VarBind>,
        /// How the walk ended; `Complete` for a GET.
        end: WalkEnd,
    },
    /// The authoritative engine of an SNMPv3 agent.
    Engine {
        /// snmpEngineID in hexadecimal.
        engine_id: String,
        /// snmpEngineBoots.
        boots: u32,
        /// snmpEngineTime, seconds.
        time: u32,
    },
    /// Bytes as they came: a banner, a KEXINIT, a Telnet negotiation.
    Bytes {
        /// Hexadecimal.
        hex: String,
    },
    /// SSH host keys, one per key type that the server showed.
    HostKeys {
        /// Public key blobs (RFC 4253 §6.6), hexadecimal.
        keys: Vec<String>,
    },
    /// A command's result.
    Exec {
        /// Exit status, where the server sent one; of a shell 1 where the device refused the
        /// command.
        status: Option<u32>,
        /// Standard output, lossy UTF-8.
        stdout: String,
        /// Standard error, lossy UTF-8.
        stderr: String,
        /// Whether a limit, or the device, cut the output.
        truncated: bool,
    },
    /// A TLS handshake.
    Tls(TlsAnswer),
    /// An HTTP response.
    Http {
        /// Status code.
        status: u16,
        /// Header names in lower case, and values, in order.
        headers: Vec<(String, String)>,
        /// First bytes of the body, lossy UTF-8.
        body: String,
    },
    /// No answer.
    Failed {
        /// Why.
        failure: Failure,
        /// Detail for people; never a secret.
        detail: String,
    },
}

impl Answer {
    /// A failure with its detail.
    pub fn failed(failure: Failure, detail: impl Into<String>) -> Self {
        Self::Failed {
            failure,
            detail: detail.into(),
        }
    }

    /// Whether anything at all came back from the peer.
    pub fn shows_host(&self) -> bool {
        match self {
            Self::Failed { failure, .. } => matches!(
                failure,
                Failure::Refused
                    | Failure::Denied
                    | Failure::UnknownUser
                    | Failure::WrongDigest
                    | Failure::WrongPrivacyKey
                    | Failure::ParseFailed
            ),
            _ => true,
        }
    }
}

/// A stable name for one exchange: the same question to the same target has the same
/// id live, replayed and resumed.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct EvidenceId(pub String);

impl EvidenceId {
    /// First twelve hexadecimal digits of the SHA-256 of target and question.
    pub fn of(target: &Target, question: &Question) -> Self {
        let mut hash = Sha256::new();
        hash.update(target.to_string());
        hash.update([0]);
        hash.update(serde_json::to_vec(question).unwrap_or_default());
        Self(
            hash.finalize()
                .iter()
                .take(6)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Whom.
    pub target: Target,
    /// What.
    pub question: Question,
    /// The answer.
    pub answer: Answer,
    /// When the answer was complete; `None` where a foreign file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How long it took, microseconds.
    #[serde(default)]
    pub elapsed_us: u64,
}

impl Exchange {
    /// This exchange's stable name.
    pub fn id(&self) -> EvidenceId {
        EvidenceId::of(&self.target, &self.question)
    }
}
