//! First messages to services that show something before any login, and their answers' ends.
use arpenteur_wire::{datastore, dns, ipmi, rdp, rpc, smart_install, smb};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Number of our RPC calls and DNS questions: one question is one connection, and the answer
/// must come from where the question went.
pub(crate) const NUMBER: u16 = 0x4172;
/// The name asked of DNS servers: reserved for examples (RFC 2606), nobody's own.
const PROBED_NAME: &str = "example.com";
/// Port of SMB in a NetBIOS session (RFC 1001).
const NETBIOS_SESSION: u16 = 139;

/// The UDP probes beside SNMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UdpProbe {
    /// A TFTP read request (RFC 1350) for a random name: any TFTP answer shows a server.
    Tftp,
    /// An NTP client's packet (RFC 5905). The answer repeats the time that we gave.
    Ntp,
    /// A recursive DNS query (RFC 1035) for a fixed name.
    Dns,
    /// IPMI Get Channel Authentication Capabilities (IPMI 2.0 section 22.13).
    IpmiAuthentication,
    /// RMCP+ Open Session Request with cipher suite 0 (section 13.17), never completed.
    IpmiCipherZero,
}

impl UdpProbe {
    /// The datagram, where it is the same every time.
    pub fn request(self) -> Option<Vec<u8>> {
        match self {
            Self::Tftp | Self::Ntp => None,
            Self::Dns => dns::query(NUMBER, PROBED_NAME, dns::QueryType::A, true).ok(),
            Self::IpmiAuthentication => Some(ipmi::authentication_capabilities()),
            Self::IpmiCipherZero => Some(ipmi::open_without_cipher(u32::from(NUMBER))),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Tftp => "tftp",
            Self::Ntp => "ntp",
            Self::Dns => "dns",
            Self::IpmiAuthentication => "ipmi authentication",
            Self::IpmiCipherZero => "ipmi cipher 0",
        }
    }
}

impl fmt::Display for UdpProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One message over TCP and one answer. None of them writes anything; [`Self::is_login`] says
/// which asks for a session.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum TcpProbe {
    /// SMB 1 negotiation of NT LM 0.12 (MS-SMB 2.2.4.52).
    Smb1,
    /// SMB 2 negotiation of one dialect (MS-SMB2 2.2.3).
    Smb2 {
        /// Dialect revision.
        dialect: u16,
    },
    /// Redis `PING`.
    Redis,
    /// memcached `version`.
    Memcached,
    /// MongoDB `listDatabases`, names alone.
    MongodbDatabases,
    /// PostgreSQL SSLRequest.
    PostgresTls,
    /// PostgreSQL startup as `postgres`, without a password.
    PostgresStartup,
    /// Nothing: MySQL speaks first.
    MysqlGreeting,
    /// SQL Server PRELOGIN (MS-TDS 2.2.6.5).
    MssqlPrelogin,
    /// RDP connection request (MS-RDPBCGR 2.2.1.1).
    Rdp,
    /// Cisco Smart Install's own question.
    SmartInstall,
    /// Port of the mount daemon, asked of the portmapper (RFC 1833).
    MountPort,
    /// Exported directories (RFC 1813 section 5.2.5).
    MountExports,
    /// A whole zone (RFC 5936).
    DnsTransfer {
        /// Its name.
        zone: String,
    },
}

impl TcpProbe {
    /// What is sent; nothing where the probe cannot be put. `random` is an SMB client's id.
    pub fn request(&self, port: u16, random: &[u8; 32]) -> Option<Vec<u8>> {
        let in_session = |message: Vec<u8>| match port {
            NETBIOS_SESSION => [smb::netbios_session(), message].concat(),
            _ => message,
        };
        Some(match self {
            Self::Smb1 => in_session(smb::negotiate1()),
            Self::Smb2 { dialect } => in_session(smb::negotiate2(*dialect, random)),
            Self::Redis => datastore::REDIS.to_vec(),
            Self::Memcached => datastore::MEMCACHED.to_vec(),
            Self::MongodbDatabases => datastore::mongodb_databases(u32::from(NUMBER)),
            Self::PostgresTls => datastore::POSTGRES_TLS.to_vec(),
            Self::PostgresStartup => datastore::postgres_startup(),
            Self::MysqlGreeting => Vec::new(),
            Self::MssqlPrelogin => datastore::mssql_prelogin(),
            Self::Rdp => rdp::connection_request(),
            Self::SmartInstall => smart_install::request(),
            Self::MountPort => rpc::mount_port(u32::from(NUMBER)),
            Self::MountExports => rpc::exports(u32::from(NUMBER)),
            Self::DnsTransfer { zone } => {
                let query = dns::query(NUMBER, zone, dns::QueryType::Axfr, false).ok()?;
                dns::over_tcp(&query)
            }
        })
    }

    /// Whether the answer is there in whole, so that no more need be waited for.
    pub fn is_whole(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Smb1 | Self::Smb2 { .. } => smb::is_whole(bytes),
            Self::Redis | Self::Memcached => datastore::is_line(bytes),
            Self::MongodbDatabases => datastore::is_mongodb_message(bytes),
            Self::PostgresTls => !bytes.is_empty(),
            Self::PostgresStartup => datastore::is_postgres_answer(bytes),
            Self::MysqlGreeting => datastore::is_mysql_packet(bytes),
            Self::MssqlPrelogin => datastore::is_tds_packet(bytes),
            Self::Rdp => rdp::is_whole(bytes),
            Self::SmartInstall => bytes.len() >= smart_install::request().len(),
            Self::MountPort | Self::MountExports => rpc::is_whole(bytes),
            // The head shows whether the zone is given: its content is the client's own.
            Self::DnsTransfer { .. } => dns::is_whole(bytes),
        }
    }

    /// Whether this asks for a session with an account: only where the mandate allows it.
    pub fn is_login(&self) -> bool {
        matches!(self, Self::PostgresStartup)
    }
}

impl fmt::Display for TcpProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smb1 => "smb1 negotiate",
            Self::Smb2 { dialect } => return write!(f, "smb2 negotiate {dialect:#06x}"),
            Self::Redis => "redis PING",
            Self::Memcached => "memcached version",
            Self::MongodbDatabases => "mongodb listDatabases",
            Self::PostgresTls => "postgresql SSLRequest",
            Self::PostgresStartup => "postgresql startup as postgres",
            Self::MysqlGreeting => "mysql greeting",
            Self::MssqlPrelogin => "mssql prelogin",
            Self::Rdp => "rdp connection request",
            Self::SmartInstall => "smart install",
            Self::MountPort => "portmapper getport mount",
            Self::MountExports => "mount export",
            Self::DnsTransfer { zone } => return write!(f, "axfr {zone}"),
        })
    }
}
