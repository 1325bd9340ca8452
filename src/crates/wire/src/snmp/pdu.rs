//! Protocol data units (RFC 3416 §3).

use serde::{Deserialize, Serialize};

use super::oid::Oid;
use super::value::Value;
use crate::ber::{self, Writer};
use crate::reader::{Reader, WireError};

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VarBind {
    /// The object instance.
    pub oid: Oid,
    /// Its value, [`Value::Null`] in a request.
    pub value: Value,
}

/// What a PDU is for.
///
/// There is no SetRequest: an audit reads, and what cannot be expressed cannot
/// be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum PduKind {
    /// GetRequest.
    Get = 0xa0,
    /// GetNextRequest.
    GetNext = 0xa1,
    /// Response.
    Response = 0xa2,
    /// GetBulkRequest; unknown to SNMPv1.
    GetBulk = 0xa5,
    /// Report, by which an SNMPv3 engine says why it will not answer.
    Report = 0xa8,
}

impl PduKind {
    fn from_tag(found: u8) -> Result<Self, WireError> {
        Ok(match found {
            0xa0 => Self::Get,
            0xa1 => Self::GetNext,
            0xa2 => Self::Response,
            0xa5 => Self::GetBulk,
            0xa8 => Self::Report,
            _ => {
                let what = "a request, response or report";
                return Err(WireError::Unexpected { what, found });
            }
        })
    }
}

/// The error-status of a response (RFC 3416 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorStatus {
    /// The request was carried out.
    NoError,
    /// The answer does not fit a message: ask for less.
    TooBig,
    /// SNMPv1's only way to say that an object is not there, or that a walk ended.
    NoSuchName,
    /// A general failure of the agent.
    GenErr,
    /// The view of these credentials does not include the object.
    NoAccess,
    /// The credentials may not do this.
    AuthorizationError,
    /// Any other number.
    Other(i32),
}

/// A protocol data unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdu {
    /// What it is for.
    pub kind: PduKind,
    /// Pairs a response with its request.
    pub request_id: i32,
    /// error-status; in a GetBulk the number of non-repeaters.
    pub error_status: i32,
    /// error-index, 1 for the first variable; in a GetBulk the maximum number
    /// of repetitions.
    pub error_index: i32,
    /// Names and values.
    pub varbinds: Vec<VarBind>,
}

impl Pdu {
    /// A GetRequest for these instances.
    #[must_use]
    pub fn get(request_id: i32, oids: &[Oid]) -> Self {
        Self::request(PduKind::Get, request_id, oids)
    }

    /// A GetNextRequest for what follows these.
    #[must_use]
    pub fn get_next(request_id: i32, oids: &[Oid]) -> Self {
        Self::request(PduKind::GetNext, request_id, oids)
    }

    /// A GetBulkRequest: once what follows each of the first `non_repeaters`,
    /// and up to `max_repetitions` times what follows the others.
    #[must_use]
    pub fn get_bulk(
        request_id: i32,
        non_repeaters: u16,
        max_repetitions: u16,
        oids: &[Oid],
    ) -> Self {
        Self {
            error_status: i32::from(non_repeaters),
            error_index: i32::from(max_repetitions),
            ..Self::request(PduKind::GetBulk, request_id, oids)
        }
    }

    /// A Response without error, as an agent's stand-in sends it.
    #[must_use]
    pub fn response(request_id: i32, varbinds: Vec<VarBind>) -> Self {
        Self {
            varbinds,
            ..Self::request(PduKind::Response, request_id, &[])
        }
    }

    fn request(kind: PduKind, request_id: i32, oids: &[Oid]) -> Self {
        let varbind = |oid: &Oid| VarBind {
            oid: oid.clone(),
            value: Value::Null,
        };
        Self {
            kind,
            request_id,
            error_status: 0,
            error_index: 0,
            varbinds: oids.iter().map(varbind).collect(),
        }
    }

    /// The error-status by name. Means nothing for a GetBulk.
    #[must_use]
    pub fn status(&self) -> ErrorStatus {
        match self.error_status {
            0 => ErrorStatus::NoError,
            1 => ErrorStatus::TooBig,
            2 => ErrorStatus::NoSuchName,
            5 => ErrorStatus::GenErr,
            6 => ErrorStatus::NoAccess,
            16 => ErrorStatus::AuthorizationError,
            other => ErrorStatus::Other(other),
        }
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        writer.constructed(self.kind as u8, |pdu| {
            pdu.integer(self.request_id);
            pdu.integer(self.error_status);
            pdu.integer(self.error_index);
            pdu.constructed(ber::SEQUENCE, |list| {
                for varbind in &self.varbinds {
                    list.constructed(ber::SEQUENCE, |pair| {
                        varbind.oid.encode(pair);
                        varbind.value.encode(pair);
                    });
                }
            });
        });
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let (tag, mut pdu) = ber::any(reader, "the PDU")?;
        let kind = PduKind::from_tag(tag)?;
        let request_id = ber::read_i32(&mut pdu, "the request id")?;
        let error_status = ber::read_i32(&mut pdu, "the error status")?;
        let error_index = ber::read_i32(&mut pdu, "the error index")?;
        let mut list = ber::expect(&mut pdu, ber::SEQUENCE, "the variable bindings")?;
        let mut varbinds = Vec::new();
        while !list.is_empty() {
            let mut pair = ber::expect(&mut list, ber::SEQUENCE, "a variable binding")?;
            let name = ber::expect(&mut pair, ber::OBJECT_IDENTIFIER, "a variable's name")?;
            varbinds.push(VarBind {
                oid: Oid::decode_content(name)?,
                value: Value::decode(&mut pair)?,
            });
        }
        Ok(Self {
            kind,
            request_id,
            error_status,
            error_index,
            varbinds,
        })
    }
}
