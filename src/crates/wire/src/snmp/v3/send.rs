//! Building SNMPv3 messages.

use super::{FLAG_REPORTABLE, SECURITY_MODEL_USM, ScopedPdu, Security};
use crate::ber::{self, Writer};
use crate::reader::WireError;
use crate::snmp::usm::Moment;
use crate::snmp::{Pdu, PduKind};

/// The largest message that we accept: what one UDP datagram over IPv4 holds.
const MAX_SIZE: u32 = 65_507;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Pairs the response with this request (0 to 2³¹-1).
    pub msg_id: i32,
    /// The peer's engine id, as discovery gave it.
    pub engine_id: Vec<u8>,
    /// How often the peer's engine started.
    pub engine_boots: u32,
    /// Our estimate of the seconds since it last started.
    pub engine_time: u32,
    /// The user.
    pub user_name: Vec<u8>,
    /// The request and its context.
    pub scoped: ScopedPdu,
}

impl Outgoing {
    /// The bytes of one UDP datagram.
    ///
    /// `salt` must differ from message to message under one privacy key (count
    /// up from a random start); it is not used without privacy.
    ///
    /// # Errors
    /// Only when a key does not fit its own protocol.
    pub fn encode(&self, security: Security<'_>, salt: u64) -> Result<Vec<u8>, WireError> {
        let (data, privacy_parameters) = self.data(security, salt)?;
        let digest_len = security.auth().map_or(0, |key| key.protocol().digest_len());
        let mut writer = Writer::new();
        writer.constructed(ber::SEQUENCE, |message| {
            message.integer(3);
            self.header(message, security);
            message.constructed(ber::OCTET_STRING, |octets| {
                octets.constructed(ber::SEQUENCE, |usm| {
                    usm.octets(&self.engine_id);
                    usm.unsigned(ber::INTEGER, u64::from(self.engine_boots));
                    usm.unsigned(ber::INTEGER, u64::from(self.engine_time));
                    usm.octets(&self.user_name);
                    usm.octets(&vec![0; digest_len]);
                    usm.octets(&privacy_parameters);
                });
            });
            message.raw(&data);
        });
        let mut bytes = writer.into_bytes();
        if let Some(key) = security.auth() {
            let digest = key.digest(&bytes)?;
            // Behind the digest stand the privacy parameters, with their tag and
            // length, and the data.
            let behind = 2 + privacy_parameters.len() + data.len();
            let field = bytes.len() - behind - digest_len..bytes.len() - behind;
            if let Some(field) = bytes.get_mut(field) {
                field.copy_from_slice(&digest);
            }
        }
        Ok(bytes)
    }

    fn header(&self, message: &mut Writer, security: Security<'_>) {
        let asks = matches!(
            self.scoped.pdu.kind,
            PduKind::Get | PduKind::GetNext | PduKind::GetBulk
        );
        let reportable = if asks { FLAG_REPORTABLE } else { 0 };
        message.constructed(ber::SEQUENCE, |header| {
            header.integer(self.msg_id);
            header.unsigned(ber::INTEGER, u64::from(MAX_SIZE));
            header.octets(&[security.flags() | reportable]);
            header.integer(SECURITY_MODEL_USM);
        });
    }

    /// The scoped PDU as it travels, and msgPrivacyParameters.
    fn data(&self, security: Security<'_>, salt: u64) -> Result<(Vec<u8>, Vec<u8>), WireError> {
        let mut writer = Writer::new();
        self.scoped.encode(&mut writer);
        let mut plain = writer.into_bytes();
        let Security::AuthPriv(_, key) = security else {
            return Ok((plain, Vec::new()));
        };
        let moment = Moment {
            engine_boots: self.engine_boots,
            engine_time: self.engine_time,
        };
        let parameters = key.encrypt(&mut plain, &moment, salt)?;
        let mut writer = Writer::new();
        writer.octets(&plain);
        Ok((writer.into_bytes(), parameters.to_vec()))
    }
}

/// The request that asks an engine for its id, boots and time (RFC 3414 §4).
///
/// It names no user and is no login; the answer is a Report of
/// [`UnknownEngineId`](super::ReportKind::UnknownEngineId).
#[must_use]
pub fn discovery(msg_id: i32) -> Outgoing {
    Outgoing {
        msg_id,
        engine_id: Vec::new(),
        engine_boots: 0,
        engine_time: 0,
        user_name: Vec::new(),
        scoped: ScopedPdu {
            context_engine_id: Vec::new(),
            context_name: Vec::new(),
            pdu: Pdu::get(msg_id, &[]),
        },
    }
}
