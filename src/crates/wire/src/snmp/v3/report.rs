//! Why an SNMPv3 engine would not answer.

use crate::oid;
use crate::snmp::{Oid, Pdu, PduKind};

/// What a Report says, by the counter that it carries (RFC 3414 §5, RFC 3412
/// §5, RFC 3413 §5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReportKind {
    /// usmStatsUnsupportedSecLevels: the user exists, but not at this level.
    UnsupportedSecurityLevel,
    /// usmStatsNotInTimeWindows: our idea of the engine's clock is off.
    NotInTimeWindow,
    /// usmStatsUnknownUserNames.
    UnknownUserName,
    /// usmStatsUnknownEngineIDs: the answer to discovery.
    UnknownEngineId,
    /// usmStatsWrongDigests: the authentication key does not fit.
    WrongDigest,
    /// usmStatsDecryptionErrors: the privacy key or protocol does not fit.
    /// net-snmp sends none when a wrong key makes noise of the request; it stays
    /// silent, and only a request without privacy shows that the
    /// authentication key is right.
    DecryptionError,
    /// snmpUnknownSecurityModels: the engine does not speak USM.
    UnknownSecurityModel,
    /// snmpInvalidMsgs.
    InvalidMessage,
    /// snmpUnknownPDUHandlers: nobody there handles this context engine.
    UnknownPduHandler,
    /// snmpUnavailableContexts.
    UnavailableContext,
    /// snmpUnknownContexts: the context name is wrong.
    UnknownContext,
    /// A counter that this list does not know.
    Other(Oid),
}

impl ReportKind {
    /// What a Report says; nothing when the PDU is no Report or an empty one.
    #[must_use]
    pub fn of(pdu: &Pdu) -> Option<Self> {
        if pdu.kind != PduKind::Report {
            return None;
        }
        pdu.varbinds
            .first()
            .map(|varbind| Self::named(&varbind.oid))
    }

    fn named(oid: &Oid) -> Self {
        const USM_STATS: Oid = oid!(1, 3, 6, 1, 6, 3, 15, 1, 1);
        const MPD_STATS: Oid = oid!(1, 3, 6, 1, 6, 3, 11, 2, 1);
        const TARGET_STATS: Oid = oid!(1, 3, 6, 1, 6, 3, 12, 1);
        // Some agents leave out the instance, so only the column counts.
        let column = |table: &Oid| oid.strip_prefix(table)?.first().copied();
        match (
            column(&USM_STATS),
            column(&MPD_STATS),
            column(&TARGET_STATS),
        ) {
            (Some(1), ..) => Self::UnsupportedSecurityLevel,
            (Some(2), ..) => Self::NotInTimeWindow,
            (Some(3), ..) => Self::UnknownUserName,
            (Some(4), ..) => Self::UnknownEngineId,
            (Some(5), ..) => Self::WrongDigest,
            (Some(6), ..) => Self::DecryptionError,
            (_, Some(1), _) => Self::UnknownSecurityModel,
            (_, Some(2), _) => Self::InvalidMessage,
            (_, Some(3), _) => Self::UnknownPduHandler,
            (.., Some(4)) => Self::UnavailableContext,
            (.., Some(5)) => Self::UnknownContext,
            _ => Self::Other(oid.clone()),
        }
    }
}
