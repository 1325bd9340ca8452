//! Values of managed objects.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::oid::Oid;
use crate::ber::{self, Writer};
use crate::reader::{Reader, WireError};

const IP_ADDRESS: u8 = 0x40;
const COUNTER32: u8 = 0x41;
const GAUGE32: u8 = 0x42;
const TIME_TICKS: u8 = 0x43;
const OPAQUE: u8 = 0x44;
const NSAP_ADDRESS: u8 = 0x45;
const COUNTER64: u8 = 0x46;
const UINTEGER32: u8 = 0x47;
const NO_SUCH_OBJECT: u8 = 0x80;
const NO_SUCH_INSTANCE: u8 = 0x81;
const END_OF_MIB_VIEW: u8 = 0x82;

/// A value of the SMI (RFC 2578 §7), or the exception that stands for it
/// (RFC 3416 §3).
///
/// Serialised as `{"type": "counter32", "value": 7}`. Octets are a string where
/// they are printable UTF-8 (tab and line ends included) and `{"hex": "00ff"}`
/// otherwise, so that every value comes back exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// INTEGER and Integer32.
    Integer(i32),
    /// OCTET STRING and BITS.
    OctetString(#[serde(with = "octets")] Vec<u8>),
    /// No value, as requests carry.
    Null,
    /// OBJECT IDENTIFIER.
    ObjectIdentifier(Oid),
    /// An IPv4 address.
    IpAddress(#[serde(with = "ipv4")] [u8; 4]),
    /// A counter that wraps at 2³².
    Counter32(u32),
    /// Gauge32 and Unsigned32.
    Gauge32(u32),
    /// Hundredths of a second.
    TimeTicks(u32),
    /// Bytes whose meaning the vendor knows.
    Opaque(#[serde(with = "octets")] Vec<u8>),
    /// A counter that wraps at 2⁶⁴.
    Counter64(u64),
    /// The agent does not know such an object.
    NoSuchObject,
    /// The object has no such instance.
    NoSuchInstance,
    /// A walk came to the end of what the agent shows.
    EndOfMibView,
}

impl Value {
    /// Whether the agent answered with an exception instead of a value.
    #[must_use]
    pub fn is_exception(&self) -> bool {
        matches!(
            self,
            Self::NoSuchObject | Self::NoSuchInstance | Self::EndOfMibView
        )
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Integer(number) => writer.integer(*number),
            Self::OctetString(octets) => writer.octets(octets),
            Self::Null => writer.element(ber::NULL, &[]),
            Self::ObjectIdentifier(oid) => oid.encode(writer),
            Self::IpAddress(address) => writer.element(IP_ADDRESS, address),
            Self::Counter32(number) => writer.unsigned(COUNTER32, u64::from(*number)),
            Self::Gauge32(number) => writer.unsigned(GAUGE32, u64::from(*number)),
            Self::TimeTicks(ticks) => writer.unsigned(TIME_TICKS, u64::from(*ticks)),
            Self::Opaque(octets) => writer.element(OPAQUE, octets),
            Self::Counter64(number) => writer.unsigned(COUNTER64, *number),
            Self::NoSuchObject => writer.element(NO_SUCH_OBJECT, &[]),
            Self::NoSuchInstance => writer.element(NO_SUCH_INSTANCE, &[]),
            Self::EndOfMibView => writer.element(END_OF_MIB_VIEW, &[]),
        }
    }

    /// Reads one value.
    ///
    /// An IpAddress that is not four bytes long, as some agents send for "none",
    /// and an NsapAddress of SNMPv2's first draft become octets; UInteger32 of
    /// the same draft becomes a gauge.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        const WHAT: &str = "a value";
        let (tag, mut content) = ber::any(reader, WHAT)?;
        if tag == ber::OBJECT_IDENTIFIER {
            return Oid::decode_content(content).map(Self::ObjectIdentifier);
        }
        let bytes = content.rest();
        Ok(match tag {
            ber::INTEGER => Self::Integer(ber::signed_content(bytes, "an integer")?),
            ber::OCTET_STRING | NSAP_ADDRESS => Self::OctetString(bytes.to_vec()),
            ber::NULL => Self::Null,
            IP_ADDRESS => match <[u8; 4]>::try_from(bytes) {
                Ok(address) => Self::IpAddress(address),
                Err(_) => Self::OctetString(bytes.to_vec()),
            },
            COUNTER32 => Self::Counter32(ber::unsigned32_content(bytes, "a counter")?),
            GAUGE32 | UINTEGER32 => Self::Gauge32(ber::unsigned32_content(bytes, "a gauge")?),
            TIME_TICKS => Self::TimeTicks(ber::unsigned32_content(bytes, "time ticks")?),
            OPAQUE => Self::Opaque(bytes.to_vec()),
            COUNTER64 => Self::Counter64(ber::unsigned64_content(bytes, "a counter")?),
            NO_SUCH_OBJECT => Self::NoSuchObject,
            NO_SUCH_INSTANCE => Self::NoSuchInstance,
            END_OF_MIB_VIEW => Self::EndOfMibView,
            found => return Err(WireError::Unexpected { what: WHAT, found }),
        })
    }
}

/// Octets as text where they are text, as hexadecimal digits otherwise.
mod octets {
    use super::{Deserialize, Serialize};
    use serde::{Deserializer, Serializer, de::Error};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged, deny_unknown_fields)]
    enum Form {
        Text(String),
        Hex { hex: String },
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) if is_printable(text) => out.serialize_str(text),
            _ => Form::Hex {
                hex: bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            }
            .serialize(out),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        match Form::deserialize(from)? {
            Form::Text(text) => Ok(text.into_bytes()),
            Form::Hex { hex } => unhex(&hex).ok_or_else(|| D::Error::custom("odd hex digits")),
        }
    }

    fn is_printable(text: &str) -> bool {
        text.chars()
            .all(|letter| !letter.is_control() || matches!(letter, '\t' | '\r' | '\n'))
    }

    fn unhex(text: &str) -> Option<Vec<u8>> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let pair = |&[high, low]: &[u8; 2]| u8::try_from(digit(high)? << 4 | digit(low)?).ok();
        rest.is_empty()
            .then(|| pairs.iter().map(pair).collect())
            .flatten()
    }
}

/// An IPv4 address in its dotted form.
mod ipv4 {
    use super::{Deserialize, Ipv4Addr, Serialize};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 4], out: S) -> Result<S::Ok, S::Error> {
        Ipv4Addr::from(*bytes).serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 4], D::Error> {
        Ipv4Addr::deserialize(from).map(|address| address.octets())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oid;

    fn all() -> Vec<(Value, &'static str)> {
        vec![
            (Value::Integer(-5), r#"{"type":"integer","value":-5}"#),
            (
                Value::OctetString(b"R\xc3\xa9seau\r\n".to_vec()),
                r#"{"type":"octet_string","value":"Réseau\r\n"}"#,
            ),
            (
                Value::OctetString(vec![0, 0xff]),
                r#"{"type":"octet_string","value":{"hex":"00ff"}}"#,
            ),
            (
                Value::OctetString(vec![]),
                r#"{"type":"octet_string","value":""}"#,
            ),
            (Value::Null, r#"{"type":"null"}"#),
            (
                Value::ObjectIdentifier(oid!(1, 3, 6, 1)),
                r#"{"type":"object_identifier","value":"1.3.6.1"}"#,
            ),
            (
                Value::IpAddress([192, 0, 2, 1]),
                r#"{"type":"ip_address","value":"192.0.2.1"}"#,
            ),
            (
                Value::Counter32(u32::MAX),
                r#"{"type":"counter32","value":4294967295}"#,
            ),
            (
                Value::Gauge32(1 << 31),
                r#"{"type":"gauge32","value":2147483648}"#,
            ),
            (Value::TimeTicks(9), r#"{"type":"time_ticks","value":9}"#),
            (
                Value::Opaque(vec![0x9f, 0x78, 4, 0, 0, 0, 0]),
                r#"{"type":"opaque","value":{"hex":"9f780400000000"}}"#,
            ),
            (
                Value::Counter64(u64::MAX),
                r#"{"type":"counter64","value":18446744073709551615}"#,
            ),
            (Value::NoSuchObject, r#"{"type":"no_such_object"}"#),
            (Value::NoSuchInstance, r#"{"type":"no_such_instance"}"#),
            (Value::EndOfMibView, r#"{"type":"end_of_mib_view"}"#),
        ]
    }

    #[test]
    fn every_value_survives_the_wire_and_json() {
        for (value, json) in all() {
            let mut writer = Writer::new();
            value.encode(&mut writer);
            let bytes = writer.into_bytes();
            let mut reader = Reader::new(&bytes);
            assert_eq!(Value::decode(&mut reader).as_ref(), Ok(&value));
            assert!(reader.is_empty());
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
        }
    }

    #[test]
    fn wrong_hex_is_refused() {
        for hex in ["0", "0g", "é", "+1"] {
            let json = format!(r#"{{"type":"opaque","value":{{"hex":"{hex}"}}}}"#);
            assert!(serde_json::from_str::<Value>(&json).is_err(), "{hex}");
        }
    }

    #[test]
    fn odd_addresses_and_old_types_keep_their_bytes() {
        let decode = |bytes: &[u8]| Value::decode(&mut Reader::new(bytes));
        assert_eq!(decode(&[0x40, 0]), Ok(Value::OctetString(vec![])));
        assert_eq!(decode(&[0x45, 1, 7]), Ok(Value::OctetString(vec![7])));
        assert_eq!(decode(&[0x47, 1, 7]), Ok(Value::Gauge32(7)));
        assert_eq!(decode(&[0x05, 1, 7]), Ok(Value::Null));
        assert!(decode(&[0x48, 1, 7]).is_err());
        assert!(decode(&[0x30, 0]).is_err());
    }
}
