//! Community-based messages: SNMPv1 and SNMPv2c.

use std::fmt;

use super::pdu::Pdu;
use crate::ber::{self, Writer};
use crate::reader::{Reader, WireError};

/// A community-based version of SNMP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// SNMPv1 (RFC 1157).
    V1,
    /// SNMPv2c (RFC 1901).
    V2c,
}

/// The version field of any SNMP message (0 is v1, 1 is v2c, 3 is v3), to know
/// which decoder to call.
///
/// # Errors
/// When the bytes do not begin as an SNMP message.
pub fn version_number(bytes: &[u8]) -> Result<i32, WireError> {
    let mut message = open(bytes)?;
    ber::read_i32(&mut message, "the SNMP version")
}

/// The outer sequence; bytes after it are ignored, as some agents pad.
pub(super) fn open(bytes: &[u8]) -> Result<Reader<'_>, WireError> {
    ber::expect(&mut Reader::new(bytes), ber::SEQUENCE, "the SNMP message")
}

/// An SNMPv1 or SNMPv2c message. Its `Debug` hides the community.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The version.
    pub version: Version,
    /// The community, which is a password.
    pub community: Vec<u8>,
    /// The request or response.
    pub pdu: Pdu,
}

impl Message {
    /// The bytes of one UDP datagram.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.constructed(ber::SEQUENCE, |message| {
            message.integer(match self.version {
                Version::V1 => 0,
                Version::V2c => 1,
            });
            message.octets(&self.community);
            self.pdu.encode(message);
        });
        writer.into_bytes()
    }

    /// Reads one UDP datagram.
    ///
    /// # Errors
    /// When it is not a v1 or v2c message with a request, response or report.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut message = open(bytes)?;
        let version = match ber::read_i32(&mut message, "the SNMP version")? {
            0 => Version::V1,
            1 => Version::V2c,
            _ => {
                let what = "the SNMP version";
                let why = "it is neither v1 nor v2c";
                return Err(WireError::Invalid { what, why });
            }
        };
        Ok(Self {
            version,
            community: ber::read_octets(&mut message, "the community")?.to_vec(),
            pdu: Pdu::decode(&mut message)?,
        })
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Message")
            .field("version", &self.version)
            .field("community", &"<secret>")
            .field("pdu", &self.pdu)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oid;
    use crate::snmp::{ErrorStatus, PduKind, Value, VarBind};

    fn get() -> Message {
        Message {
            version: Version::V2c,
            community: b"public".to_vec(),
            pdu: Pdu::get(0x1234, &[oid!(1, 3, 6, 1, 2, 1, 1, 1, 0)]),
        }
    }

    #[test]
    fn a_get_is_the_bytes_that_the_standard_says() {
        let expected = [
            &[0x30, 0x27, 2, 1, 1, 4, 6][..],
            b"public",
            &[0xa0, 0x1a, 2, 2, 0x12, 0x34, 2, 1, 0, 2, 1, 0],
            &[
                0x30, 0x0e, 0x30, 0x0c, 6, 8, 0x2b, 6, 1, 2, 1, 1, 1, 0, 5, 0,
            ],
        ]
        .concat();
        assert_eq!(get().encode(), expected);
        assert_eq!(Message::decode(&expected), Ok(get()));
        assert_eq!(version_number(&expected), Ok(1));
    }

    #[test]
    fn every_kind_comes_back() {
        let oids = [oid!(1, 3, 6, 1), oid!(1, 3, 6, 2)];
        let varbinds = vec![VarBind {
            oid: oid!(1, 3, 6, 1),
            value: Value::Counter64(1),
        }];
        let report = Pdu {
            kind: PduKind::Report,
            ..Pdu::response(5, varbinds.clone())
        };
        for pdu in [
            Pdu::get_next(-1, &oids),
            Pdu::get_bulk(i32::MAX, 1, 25, &oids),
            Pdu::response(i32::MIN, varbinds),
            report,
        ] {
            for version in [Version::V1, Version::V2c] {
                let message = Message {
                    version,
                    pdu: pdu.clone(),
                    ..get()
                };
                assert_eq!(Message::decode(&message.encode()), Ok(message));
            }
        }
    }

    #[test]
    fn what_we_never_speak_is_a_clean_error() {
        let bytes = get().encode();
        // SetRequest, SNMPv1 trap, SNMPv2 trap, inform.
        for tag in [0xa3, 0xa4, 0xa7, 0xa6] {
            let mut other = bytes.clone();
            other[13] = tag;
            let error = Message::decode(&other).unwrap_err().to_string();
            assert!(error.contains("unexpected type"), "{error}");
        }
        let mut v3 = bytes.clone();
        v3[4] = 3;
        assert!(Message::decode(&v3).is_err());
        assert!(Message::decode(b"SSH-2.0-OpenSSH").is_err());
    }

    #[test]
    fn every_truncation_is_an_error_and_padding_is_not() {
        let bytes = get().encode();
        for end in 0..bytes.len() {
            assert!(Message::decode(&bytes[..end]).is_err(), "{end}");
        }
        assert!(Message::decode(&[&bytes[..], &[0; 4]].concat()).is_ok());
    }

    #[test]
    fn the_status_has_a_name_and_the_community_is_not_shown() {
        let mut message = get();
        message.pdu.error_status = 2;
        assert_eq!(message.pdu.status(), ErrorStatus::NoSuchName);
        assert!(!format!("{message:?}").contains("112"), "{message:?}");
        assert!(format!("{message:?}").contains("<secret>"));
    }
}
