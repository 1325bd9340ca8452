//! The part of BER (ITU-T X.690) that SNMP uses (RFC 3417 §8): one-byte tags,
//! definite lengths.
//!
//! Reading forgives what deployed agents get wrong without ambiguity (long-form
//! lengths, padded integers, unsigned counters written with a sign); writing is
//! always minimal.

use crate::reader::{Reader, WireError};

/// Universal INTEGER.
pub const INTEGER: u8 = 0x02;
/// Universal OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// Universal NULL.
pub const NULL: u8 = 0x05;
/// Universal OBJECT IDENTIFIER.
pub const OBJECT_IDENTIFIER: u8 = 0x06;
/// Universal SEQUENCE, constructed.
pub const SEQUENCE: u8 = 0x30;

/// Reads one element whatever its tag: the tag and the content.
///
/// # Errors
/// When the element is cut short, has a multi-byte tag or an indefinite length.
pub fn any<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<(u8, Reader<'a>), WireError> {
    let tag = reader.u8(what)?;
    if tag & 0x1f == 0x1f {
        return Err(WireError::Unexpected { what, found: tag });
    }
    let length = length(reader, what)?;
    Ok((tag, reader.sub(length, what)?))
}

/// Reads one element that must have `tag`, and gives its content.
///
/// # Errors
/// As [`any`], and when another tag stands there.
pub fn expect<'a>(
    reader: &mut Reader<'a>,
    tag: u8,
    what: &'static str,
) -> Result<Reader<'a>, WireError> {
    match any(reader, what)? {
        (found, content) if found == tag => Ok(content),
        (found, _) => Err(WireError::Unexpected { what, found }),
    }
}

/// Reads an INTEGER that must fit 32 bits.
///
/// # Errors
/// As [`expect`], and when the number is empty or too large.
pub fn read_i32(reader: &mut Reader<'_>, what: &'static str) -> Result<i32, WireError> {
    signed_content(expect(reader, INTEGER, what)?.rest(), what)
}

/// Reads an OCTET STRING.
///
/// # Errors
/// As [`expect`].
pub fn read_octets<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], WireError> {
    Ok(expect(reader, OCTET_STRING, what)?.rest())
}

/// A length: short form, or long form of up to four bytes.
fn length(reader: &mut Reader<'_>, what: &'static str) -> Result<usize, WireError> {
    let first = reader.u8(what)?;
    if first < 0x80 {
        return Ok(usize::from(first));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 {
        let why = "its length is indefinite or longer than four bytes";
        return Err(WireError::Invalid { what, why });
    }
    let length = reader
        .take(count, what)?
        .iter()
        .fold(0_u32, |length, byte| length << 8 | u32::from(*byte));
    usize::try_from(length).map_err(|_| WireError::TooLarge {
        what,
        limit: usize::MAX,
    })
}

/// Integer content as 32 signed bits.
///
/// Padding is dropped. A number between 2³¹ and 2³², which some agents send for
/// an overflown Integer32, keeps its 32 bits, as net-snmp does.
pub(crate) fn signed_content(bytes: &[u8], what: &'static str) -> Result<i32, WireError> {
    let wide = sign_extended(bytes, what)?;
    i32::try_from(wide)
        .ok()
        .or_else(|| u32::try_from(wide).ok().map(u32::cast_signed))
        .ok_or(WireError::Invalid {
            what,
            why: "the number does not fit 32 bits",
        })
}

/// Counter content as 32 unsigned bits; a sign that an agent forgot to pad away
/// is read as the top bit.
pub(crate) fn unsigned32_content(bytes: &[u8], what: &'static str) -> Result<u32, WireError> {
    let wide = sign_extended(bytes, what)?;
    u32::try_from(wide)
        .ok()
        .or_else(|| i32::try_from(wide).ok().map(i32::cast_unsigned))
        .ok_or(WireError::Invalid {
            what,
            why: "the number does not fit 32 bits",
        })
}

/// Counter content as 64 unsigned bits.
pub(crate) fn unsigned64_content(bytes: &[u8], what: &'static str) -> Result<u64, WireError> {
    // Nine bytes with a leading zero are the proper form of a number from 2⁶³ on.
    let bytes = match bytes {
        [0, rest @ ..] if !rest.is_empty() => strip_zeros(rest),
        _ => return sign_extended(bytes, what).map(i64::cast_unsigned),
    };
    if bytes.len() > 8 {
        let why = "the number does not fit 64 bits";
        return Err(WireError::Invalid { what, why });
    }
    Ok(bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn strip_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn sign_extended(bytes: &[u8], what: &'static str) -> Result<i64, WireError> {
    let Some(first) = bytes.first() else {
        let why = "the number has no bytes";
        return Err(WireError::Invalid { what, why });
    };
    let fill = if first & 0x80 == 0 { 0 } else { 0xff };
    let padding = bytes.len().saturating_sub(8);
    let (pad, digits) = bytes.split_at(padding);
    let number = digits
        .iter()
        .fold(if fill == 0 { 0_i64 } else { -1 }, |number, byte| {
            number << 8 | i64::from(*byte)
        });
    // What was cut off must be nothing but the sign.
    if pad.iter().any(|byte| *byte != fill) || (padding > 0 && (number < 0) != (fill != 0)) {
        let why = "the number does not fit 64 bits";
        return Err(WireError::Invalid { what, why });
    }
    Ok(number)
}

/// Writes elements one after the other.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Writes an element with this content.
    pub fn element(&mut self, tag: u8, content: &[u8]) {
        self.constructed(tag, |inner| inner.raw(content));
    }

    /// Writes bytes that are encoded already.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes an element whose content `fill` writes.
    pub fn constructed(&mut self, tag: u8, fill: impl FnOnce(&mut Self)) {
        self.bytes.push(tag);
        let start = self.bytes.len();
        fill(self);
        let length = self.bytes.len() - start;
        let header = length_bytes(length);
        self.bytes.splice(start..start, header);
    }

    /// Writes an INTEGER.
    pub fn integer(&mut self, number: i32) {
        self.signed(INTEGER, i64::from(number));
    }

    /// Writes an OCTET STRING.
    pub fn octets(&mut self, octets: &[u8]) {
        self.element(OCTET_STRING, octets);
    }

    /// Writes a signed number in its shortest form under `tag`.
    pub fn signed(&mut self, tag: u8, number: i64) {
        self.shortest(tag, &i128::from(number).to_be_bytes());
    }

    /// Writes an unsigned number in its shortest form under `tag`.
    pub fn unsigned(&mut self, tag: u8, number: u64) {
        self.shortest(tag, &i128::from(number).to_be_bytes());
    }

    fn shortest(&mut self, tag: u8, mut bytes: &[u8]) {
        // A leading byte goes when the next one already carries its sign.
        while let [first @ (0 | 0xff), rest @ ..] = bytes {
            match rest.first() {
                Some(next) if next & 0x80 == first & 0x80 => bytes = rest,
                _ => break,
            }
        }
        self.element(tag, bytes);
    }
}

fn length_bytes(length: usize) -> Vec<u8> {
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => vec![short],
        _ => {
            let bytes = length.to_be_bytes();
            let digits = strip_zeros(&bytes);
            // A usize has at most eight digits, so the count fits seven bits.
            let count = digits.len() as u8;
            let mut header = vec![0x80 | count];
            header.extend_from_slice(digits);
            header
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
        let mut writer = Writer::new();
        write(&mut writer);
        writer.into_bytes()
    }

    #[test]
    fn integers_are_written_in_their_shortest_form() {
        for (number, content) in [
            (0, &[0][..]),
            (127, &[127]),
            (128, &[0, 128]),
            (256, &[1, 0]),
            (-1, &[0xff]),
            (-128, &[0x80]),
            (-129, &[0xff, 0x7f]),
            (i32::MAX, &[0x7f, 0xff, 0xff, 0xff]),
            (i32::MIN, &[0x80, 0, 0, 0]),
        ] {
            let bytes = written(|writer| writer.integer(number));
            assert_eq!(&bytes[2..], content, "{number}");
            assert_eq!(read_i32(&mut Reader::new(&bytes), "a number"), Ok(number));
        }
    }

    #[test]
    fn padded_and_unsigned_integers_are_forgiven() {
        assert_eq!(signed_content(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 5], "x"), Ok(5));
        assert_eq!(signed_content(&[0xff; 12], "x"), Ok(-1));
        assert_eq!(signed_content(&[0, 0xff, 0xff, 0xff, 0xff], "x"), Ok(-1));
        assert_eq!(unsigned32_content(&[0xff; 4], "x"), Ok(u32::MAX));
        assert_eq!(unsigned32_content(&[0x80, 0, 0, 0], "x"), Ok(1 << 31));
        assert_eq!(
            unsigned32_content(&[0, 0xff, 0xff, 0xff, 0xff], "x"),
            Ok(u32::MAX)
        );
        assert_eq!(unsigned64_content(&[0xff; 8], "x"), Ok(u64::MAX));
        assert_eq!(
            unsigned64_content(&[0, 0x80, 0, 0, 0, 0, 0, 0, 0], "x"),
            Ok(1 << 63)
        );
    }

    #[test]
    fn numbers_that_do_not_fit_are_errors() {
        assert!(signed_content(&[], "x").is_err());
        assert!(signed_content(&[1, 0, 0, 0, 0], "x").is_err());
        assert!(unsigned32_content(&[1, 0, 0, 0, 0], "x").is_err());
        assert!(unsigned64_content(&[1; 9], "x").is_err());
        assert!(unsigned64_content(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0], "x").is_err());
        assert!(sign_extended(&[0, 0xff, 0, 0, 0, 0, 0, 0, 0], "x").is_err());
    }

    #[test]
    fn every_size_of_length_comes_back() {
        for size in [0, 127, 128, 255, 256, 65_535, 65_536] {
            let bytes = written(|writer| writer.octets(&vec![7; size]));
            let mut reader = Reader::new(&bytes);
            assert_eq!(read_octets(&mut reader, "x").unwrap().len(), size);
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn long_form_is_accepted_where_short_would_do() {
        let mut reader = Reader::new(&[0x04, 0x83, 0, 0, 1, 9]);
        assert_eq!(read_octets(&mut reader, "x"), Ok(&[9][..]));
    }

    #[test]
    fn hostile_lengths_are_errors() {
        for bytes in [
            &[0x04, 0x80, 1, 0, 0][..],
            &[0x04, 0x85, 0, 0, 0, 0, 1, 9],
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x04, 0xff],
            &[0x1f, 0x01, 0x00],
            &[0x04],
        ] {
            assert!(any(&mut Reader::new(bytes), "x").is_err(), "{bytes:?}");
        }
    }
}
