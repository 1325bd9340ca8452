//! DNS: one question, and what its answer says of the server (RFC 1035, RFC 5936).

use crate::reader::{Reader, WireError};

/// A query type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueryType {
    /// A host address.
    A,
    /// A whole zone (RFC 5936).
    Axfr,
}

impl QueryType {
    fn number(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Axfr => 252,
        }
    }
}

const TYPE_SOA: u16 = 6;
const LONGEST_NAME: usize = 255;
const LONGEST_LABEL: usize = 63;

/// The head of an answer and the type of its first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Transaction id.
    pub id: u16,
    /// 0 is no error, 5 refused (RFC 1035 §4.1.1).
    pub rcode: u8,
    /// Whether the server offers to resolve names of others (RA).
    pub recursion_available: bool,
    /// Number of answer records announced.
    pub answers: u16,
    /// Whether the first answer record is a start of authority, as a zone transfer begins.
    pub starts_zone: bool,
}

/// Whether a name can be asked for: letters, digits, hyphens and underscores in labels.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() < LONGEST_NAME - 1 && name.split('.').all(label)
}

/// One question of class IN, as a datagram holds it.
///
/// # Errors
/// When the name is none.
pub fn query(id: u16, name: &str, kind: QueryType, recursion: bool) -> Result<Vec<u8>, WireError> {
    if !is_name(name) {
        let (what, why) = ("the DNS name", "it is empty, too long or not a host's");
        return Err(WireError::Invalid { what, why });
    }
    let mut bytes = id.to_be_bytes().to_vec();
    bytes.extend([u8::from(recursion), 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap_or(0));
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes.extend(kind.number().to_be_bytes());
    bytes.extend(1_u16.to_be_bytes());
    Ok(bytes)
}

/// A message with the length that TCP puts before it (RFC 1035 §4.2.2).
#[must_use]
pub fn over_tcp(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], message].concat()
}

/// Whether the first message over TCP is there in whole.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    reader
        .u16("the length")
        .is_ok_and(|length| reader.left() >= usize::from(length))
}

/// Reads an answer; one from TCP without its length.
///
/// # Errors
/// When it is none, or cut within its question or its first record's head.
pub fn parse(bytes: &[u8]) -> Result<Answer, WireError> {
    let what = "the DNS answer";
    let mut reader = Reader::new(bytes);
    let id = reader.u16(what)?;
    let [high, low] = reader.array(what)?;
    if high & 0x80 == 0 {
        let why = "it is a question";
        return Err(WireError::Invalid { what, why });
    }
    let (questions, answers) = (reader.u16(what)?, reader.u16(what)?);
    reader.take(4, what)?;
    if questions > 1 {
        let why = "it repeats several questions";
        return Err(WireError::Invalid { what, why });
    }
    if questions == 1 {
        skip_name(&mut reader)?;
        reader.take(4, what)?;
    }
    let mut starts_zone = false;
    if answers > 0 {
        skip_name(&mut reader)?;
        starts_zone = reader.u16(what)? == TYPE_SOA;
    }
    Ok(Answer {
        id,
        rcode: low & 0x0f,
        recursion_available: low & 0x80 != 0,
        answers,
        starts_zone,
    })
}

/// Passes over a name; a pointer ends it (RFC 1035 §4.1.4) and is not followed.
fn skip_name(reader: &mut Reader<'_>) -> Result<(), WireError> {
    let what = "the DNS name";
    let mut length = 0;
    loop {
        match reader.u8(what)? {
            0 => return Ok(()),
            pointer if pointer & 0xc0 == 0xc0 => return reader.u8(what).map(|_| ()),
            label if label & 0xc0 == 0 => {
                length += 1 + usize::from(label);
                if length > LONGEST_NAME {
                    let limit = LONGEST_NAME;
                    return Err(WireError::TooLarge { what, limit });
                }
                reader.take(usize::from(label), what)?;
            }
            found => return Err(WireError::Unexpected { what, found }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &[u8] = b"\x07example\x03com\0\0\x01\0\x01";

    #[test]
    fn a_query_is_that_of_the_rfc() {
        let asked = query(0x1234, "example.com", QueryType::A, true).unwrap();
        let head = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0";
        assert_eq!(asked, [&head[..], QUESTION].concat());
        assert_eq!(over_tcp(b"ab"), b"\0\x02ab");
        assert!(is_whole(b"\0\x02ab") && !is_whole(b"\0\x02a") && !is_whole(b"\0"));
        for name in ["", "a..b", "a b", "é.fr", &"a.".repeat(200)] {
            assert!(query(1, name, QueryType::Axfr, false).is_err(), "{name}");
        }
    }

    #[test]
    fn answers_are_told_apart() {
        let resolved = [
            b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0".as_slice(),
            QUESTION,
            b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01",
        ];
        let read = parse(&resolved.concat()).unwrap();
        assert!(read.recursion_available && read.answers == 1 && read.rcode == 0);
        assert!(!read.starts_zone);
        let refused = parse(b"\x12\x34\x81\x05\0\0\0\0\0\0\0\0").unwrap();
        assert!(!refused.recursion_available && refused.rcode == 5);
        let zone = parse(b"\0\x01\x84\0\0\0\0\x02\0\0\0\0\x03lab\x04test\0\0\x06\0\x01").unwrap();
        assert!(zone.starts_zone);
    }

    #[test]
    fn hostile_names_and_questions_are_errors() {
        assert!(parse(QUESTION).is_err() && parse(b"").is_err());
        assert!(parse(&query(1, "a", QueryType::A, true).unwrap()).is_err());
        let endless = [
            b"\0\x01\x84\0\0\x01\0\0\0\0\0\0".to_vec(),
            b"\x3faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".repeat(9),
        ];
        assert!(parse(&endless.concat()).is_err());
        assert!(parse(b"\0\x01\x84\0\0\x01\0\0\0\0\0\0\x80").is_err());
    }
}
