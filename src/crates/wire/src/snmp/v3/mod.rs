//! SNMPv3 messages (RFC 3412 §6) under the user-based security model.
//!
//! Sending: fill an [`Outgoing`] and [`Outgoing::encode`] it. Receiving:
//! [`Incoming::decode`] reads the header only, which is not authenticated;
//! [`Incoming::open`] verifies, decrypts and gives the [`ScopedPdu`], and
//! [`Incoming::unauthenticated_report`] tells why an engine refused.

mod report;
mod send;

pub use report::ReportKind;
pub use send::{Outgoing, discovery};

use super::message::open as open_message;
use super::pdu::{Pdu, PduKind};
use super::usm::{LocalizedKey, PrivacyKey};
use crate::ber::{self, Writer};
use crate::reader::{Reader, WireError};
use crate::snmp::usm::Moment;

const FLAG_AUTH: u8 = 1;
const FLAG_PRIV: u8 = 2;
const FLAG_REPORTABLE: u8 = 4;
const SECURITY_MODEL_USM: i32 = 3;
const MAX_ENGINE_ID: usize = 32;

/// The security level of a message, with the keys that it needs.
#[derive(Debug, Clone, Copy)]
pub enum Security<'k> {
    /// noAuthNoPriv.
    None,
    /// authNoPriv.
    Auth(&'k LocalizedKey),
    /// authPriv.
    AuthPriv(&'k LocalizedKey, &'k PrivacyKey),
}

impl<'k> Security<'k> {
    fn auth(self) -> Option<&'k LocalizedKey> {
        match self {
            Self::None => None,
            Self::Auth(auth) | Self::AuthPriv(auth, _) => Some(auth),
        }
    }

    fn flags(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Auth(_) => FLAG_AUTH,
            Self::AuthPriv(..) => FLAG_AUTH | FLAG_PRIV,
        }
    }
}

/// A PDU and the context that it speaks of (RFC 3412 §6.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopedPdu {
    /// The engine that has the objects, mostly the one that is talked to.
    pub context_engine_id: Vec<u8>,
    /// The context, mostly empty.
    pub context_name: Vec<u8>,
    /// The request or response.
    pub pdu: Pdu,
}

impl ScopedPdu {
    fn encode(&self, writer: &mut Writer) {
        writer.constructed(ber::SEQUENCE, |scoped| {
            scoped.octets(&self.context_engine_id);
            scoped.octets(&self.context_name);
            self.pdu.encode(scoped);
        });
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let mut scoped = ber::expect(&mut reader, ber::SEQUENCE, "the scoped PDU")?;
        Ok(Self {
            context_engine_id: ber::read_octets(&mut scoped, "the context engine id")?.to_vec(),
            context_name: ber::read_octets(&mut scoped, "the context name")?.to_vec(),
            pdu: Pdu::decode(&mut scoped)?,
        })
    }
}

/// A received message whose header is read and whose content is still closed.
///
/// Nothing here is authenticated before [`Incoming::open`] succeeds.
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// Pairs a response with its request.
    pub msg_id: i32,
    /// The largest message that the peer accepts, in bytes.
    pub max_size: u32,
    /// The peer's engine id, at most 32 bytes.
    pub engine_id: &'a [u8],
    /// How often the peer's engine started.
    pub engine_boots: u32,
    /// Seconds since it last started.
    pub engine_time: u32,
    /// The user that the message claims.
    pub user_name: &'a [u8],
    flags: u8,
    whole: &'a [u8],
    digest: &'a [u8],
    digest_at: usize,
    privacy_parameters: &'a [u8],
    data: &'a [u8],
}

impl<'a> Incoming<'a> {
    /// Reads the header of one UDP datagram.
    ///
    /// # Errors
    /// When it is not an SNMPv3 message under USM, or its engine id is longer
    /// than 32 bytes (RFC 3411 §5).
    pub fn decode(bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut message = open_message(bytes)?;
        let end = message.offset() + message.left();
        let whole = bytes.get(..end).unwrap_or(bytes);
        if ber::read_i32(&mut message, "the SNMP version")? != 3 {
            let (what, why) = ("the SNMP version", "it is not v3");
            return Err(WireError::Invalid { what, why });
        }
        let (msg_id, max_size, flags) = read_header(&mut message)?;
        let mut octets = ber::expect(&mut message, ber::OCTET_STRING, "the security parameters")?;
        let mut usm = ber::expect(&mut octets, ber::SEQUENCE, "the security parameters")?;
        let engine_id = ber::read_octets(&mut usm, "the engine id")?;
        if engine_id.len() > MAX_ENGINE_ID {
            let (what, limit) = ("the engine id", MAX_ENGINE_ID);
            return Err(WireError::TooLarge { what, limit });
        }
        let engine_boots = read_u32(&mut usm, "the engine boots")?;
        let engine_time = read_u32(&mut usm, "the engine time")?;
        let user_name = ber::read_octets(&mut usm, "the user name")?;
        let mut digest = ber::expect(&mut usm, ber::OCTET_STRING, "the digest")?;
        Ok(Self {
            msg_id,
            max_size,
            engine_id,
            engine_boots,
            engine_time,
            user_name,
            flags,
            whole,
            digest_at: digest.offset(),
            digest: digest.rest(),
            privacy_parameters: ber::read_octets(&mut usm, "the privacy parameters")?,
            data: message.rest(),
        })
    }

    /// Whether the message says that it carries a digest.
    #[must_use]
    pub fn is_authenticated(&self) -> bool {
        self.flags & FLAG_AUTH != 0
    }

    /// Whether the message says that it is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.flags & FLAG_PRIV != 0
    }

    /// Verifies and decrypts with the keys of the request, and reads the content.
    ///
    /// A message must be as secure as its request; only a Report may come
    /// authenticated but in clear, as engines send it when they cannot decrypt.
    ///
    /// # Errors
    /// [`WireError::WrongDigest`], [`WireError::Decryption`], or what is wrong
    /// with the content.
    pub fn open(&self, security: Security<'_>) -> Result<ScopedPdu, WireError> {
        if let Some(auth) = security.auth() {
            if !self.is_authenticated() {
                return Err(LESS_SECURE);
            }
            auth.verify(&self.with_blank_digest(), self.digest)?;
        }
        match (security, self.is_encrypted()) {
            (Security::AuthPriv(_, key), true) => self.decrypted(key),
            (_, true) => Err(WireError::Decryption),
            (Security::AuthPriv(..), false) => match ScopedPdu::decode(self.data)? {
                scoped if scoped.pdu.kind == PduKind::Report => Ok(scoped),
                _ => Err(LESS_SECURE),
            },
            (_, false) => ScopedPdu::decode(self.data),
        }
    }

    /// What a Report in clear says, whether or not it is authenticated; nothing
    /// when the message is encrypted or no Report.
    ///
    /// Anyone on the path can forge it: believe it for a diagnosis, not for
    /// facts.
    #[must_use]
    pub fn unauthenticated_report(&self) -> Option<ReportKind> {
        if self.is_encrypted() {
            return None;
        }
        let scoped = ScopedPdu::decode(self.data).ok()?;
        ReportKind::of(&scoped.pdu)
    }

    fn with_blank_digest(&self) -> Vec<u8> {
        let mut message = self.whole.to_vec();
        let field = self.digest_at..self.digest_at + self.digest.len();
        if let Some(field) = message.get_mut(field) {
            field.fill(0);
        }
        message
    }

    fn decrypted(&self, key: &PrivacyKey) -> Result<ScopedPdu, WireError> {
        let mut data = Reader::new(self.data);
        let mut bytes = ber::read_octets(&mut data, "the encrypted PDU")?.to_vec();
        let moment = Moment {
            engine_boots: self.engine_boots,
            engine_time: self.engine_time,
        };
        key.decrypt(&mut bytes, &moment, self.privacy_parameters)?;
        // A wrong key gives noise, and noise does not begin as a scoped PDU.
        let begins = ber::expect(&mut Reader::new(&bytes), ber::SEQUENCE, "the scoped PDU");
        begins.map_err(|_| WireError::Decryption)?;
        ScopedPdu::decode(&bytes)
    }
}

const LESS_SECURE: WireError = WireError::Invalid {
    what: "the response",
    why: "it is less secure than the request",
};

/// msgGlobalData: message id, largest size, flags.
fn read_header(message: &mut Reader<'_>) -> Result<(i32, u32, u8), WireError> {
    let mut header = ber::expect(message, ber::SEQUENCE, "the message header")?;
    let msg_id = ber::read_i32(&mut header, "the message id")?;
    let max_size = read_u32(&mut header, "the largest message size")?;
    let flags =
        ber::expect(&mut header, ber::OCTET_STRING, "the message flags")?.u8("the flags")?;
    if ber::read_i32(&mut header, "the security model")? != SECURITY_MODEL_USM {
        let (what, why) = ("the security model", "it is not USM");
        return Err(WireError::Invalid { what, why });
    }
    if flags & (FLAG_AUTH | FLAG_PRIV) == FLAG_PRIV {
        let (what, why) = ("the message flags", "privacy without authentication");
        return Err(WireError::Invalid { what, why });
    }
    Ok((msg_id, max_size, flags))
}

fn read_u32(reader: &mut Reader<'_>, what: &'static str) -> Result<u32, WireError> {
    ber::unsigned32_content(ber::expect(reader, ber::INTEGER, what)?.rest(), what)
}

#[cfg(test)]
mod tests;
