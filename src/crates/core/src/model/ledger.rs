//! What was sent, counted: the client receives it.
use super::Target;
use serde::{Deserialize, Serialize};

/// What kind of thing a ledger row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerProtocol {
    /// ARP requests and IPv6 neighbour solicitations that we built.
    Neighbour,
    /// ICMP echo requests.
    Icmp,
    /// TCP connections opened (one SYN each, the kernel's retransmissions apart).
    Tcp,
    /// UDP datagrams.
    Udp,
}

impl LedgerProtocol {
    /// Name in the CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neighbour => "neighbour",
            Self::Icmp => "icmp",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// One row: what went to one port of one target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LedgerRow {
    /// Whom.
    pub target: Target,
    /// Protocol.
    pub protocol: LedgerProtocol,
    /// Port; 0 where the protocol has none.
    pub port: u16,
    /// Packets (TCP: connections) sent.
    pub packets: u64,
    /// Logins tried.
    pub logins: u32,
    /// Of these, refused or unanswered.
    pub failed_logins: u32,
}
