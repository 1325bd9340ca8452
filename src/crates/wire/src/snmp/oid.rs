//! Object identifiers.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ber::{self, Writer};
use crate::reader::{Reader, WireError};

/// An object identifier: 2 to 128 sub-identifiers (RFC 2578 §3.5), ordered as
/// GETNEXT orders them.
///
/// Displayed and serialised dotted, without a leading dot; parsing accepts one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "Cow<'_, str>")]
pub struct Oid(Cow<'static, [u32]>);

/// An [`Oid`] written in code and checked by the compiler:
/// `oid!(1, 3, 6, 1, 2, 1, 1, 1, 0)`.
#[macro_export]
macro_rules! oid {
    ($($sub_id:literal),+ $(,)?) => {
        const { $crate::snmp::Oid::from_static(&[$($sub_id),+]) }
    };
}

impl Oid {
    /// The most sub-identifiers that an object identifier may have.
    pub const MAX_LEN: usize = 128;

    /// An object identifier from its sub-identifiers.
    ///
    /// # Errors
    /// When there are fewer than 2 or more than 128, or when the first two
    /// cannot be encoded (X.690 §8.19.4: at most 2, and at most 39 below 2).
    pub fn new(sub_ids: impl Into<Vec<u32>>) -> Result<Self, WireError> {
        let sub_ids = sub_ids.into();
        if sub_ids.len() > Self::MAX_LEN {
            return Err(too_long());
        }
        if is_valid(&sub_ids) {
            Ok(Self(Cow::Owned(sub_ids)))
        } else {
            Err(invalid("its first two numbers are not those of an OID"))
        }
    }

    /// What [`oid!`](crate::oid) calls, where a wrong one does not compile.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_static(sub_ids: &'static [u32]) -> Self {
        assert!(is_valid(sub_ids), "not an object identifier");
        Self(Cow::Borrowed(sub_ids))
    }

    /// The sub-identifiers.
    #[must_use]
    pub fn sub_ids(&self) -> &[u32] {
        &self.0
    }

    /// Whether `self` is `prefix` or lies below it.
    #[must_use]
    pub fn starts_with(&self, prefix: &Oid) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// What follows `prefix` (the index of a table cell), or nothing when
    /// `self` does not lie below it.
    #[must_use]
    pub fn strip_prefix(&self, prefix: &Oid) -> Option<&[u32]> {
        self.0.strip_prefix(&*prefix.0)
    }

    /// The object identifier one step below.
    ///
    /// # Errors
    /// When it would have more than 128 sub-identifiers.
    pub fn child(&self, sub_id: u32) -> Result<Self, WireError> {
        self.join(&[sub_id])
    }

    /// The object identifier with `suffix` appended, such as a table index.
    ///
    /// # Errors
    /// When it would have more than 128 sub-identifiers.
    pub fn join(&self, suffix: &[u32]) -> Result<Self, WireError> {
        Self::new([self.sub_ids(), suffix].concat())
    }

    pub(crate) fn encode(&self, writer: &mut Writer) {
        writer.constructed(ber::OBJECT_IDENTIFIER, |inner| {
            let mut sub_ids = self.0.iter().map(|sub_id| u64::from(*sub_id));
            // Two sub-identifiers share the first number (X.690 §8.19.4).
            let first = sub_ids.next().unwrap_or(0) * 40 + sub_ids.next().unwrap_or(0);
            for sub_id in std::iter::once(first).chain(sub_ids) {
                inner.raw(base128(sub_id, &mut [0; 10]));
            }
        });
    }

    /// Reads the content of an OBJECT IDENTIFIER element.
    pub(crate) fn decode_content(mut content: Reader<'_>) -> Result<Self, WireError> {
        if content.is_empty() {
            // Agents that mean 0.0 (as an unset RowPointer) send no content.
            return Ok(Self(Cow::Borrowed(&[0, 0])));
        }
        // The whole is at most as long as its bytes, and those were received.
        let mut sub_ids = Vec::with_capacity(content.left().min(Self::MAX_LEN) + 1);
        let first = read_base128(&mut content)?;
        let top = (first / 40).min(2);
        for sub_id in [top, first - top * 40] {
            sub_ids.push(u32::try_from(sub_id).map_err(|_| invalid(TOO_LARGE))?);
        }
        while !content.is_empty() {
            if sub_ids.len() == Self::MAX_LEN {
                return Err(too_long());
            }
            let sub_id = read_base128(&mut content)?;
            sub_ids.push(u32::try_from(sub_id).map_err(|_| invalid(TOO_LARGE))?);
        }
        Ok(Self(Cow::Owned(sub_ids)))
    }
}

const TOO_LARGE: &str = "one of its numbers does not fit 32 bits";

const fn is_valid(sub_ids: &[u32]) -> bool {
    match sub_ids {
        [0 | 1, second, ..] => *second < 40 && sub_ids.len() <= Oid::MAX_LEN,
        [2, _, ..] => sub_ids.len() <= Oid::MAX_LEN,
        _ => false,
    }
}

fn invalid(why: &'static str) -> WireError {
    let what = "an object identifier";
    WireError::Invalid { what, why }
}

fn too_long() -> WireError {
    WireError::TooLarge {
        what: "an object identifier",
        limit: Oid::MAX_LEN,
    }
}

/// The number in groups of seven bits, filled from the end of `buffer`.
fn base128(mut number: u64, buffer: &mut [u8; 10]) -> &[u8] {
    let mut used = 0;
    for slot in buffer.iter_mut().rev() {
        let more = if used == 0 { 0 } else { 0x80 };
        // Masked to seven bits, so nothing is lost.
        *slot = (number & 0x7f) as u8 | more;
        number >>= 7;
        used += 1;
        if number == 0 {
            break;
        }
    }
    buffer.get(buffer.len() - used..).unwrap_or_default()
}

/// A number of at most 35 bits; larger ones cannot be sub-identifiers.
fn read_base128(reader: &mut Reader<'_>) -> Result<u64, WireError> {
    let mut number = 0_u64;
    loop {
        let byte = reader.u8("an object identifier")?;
        number = number << 7 | u64::from(byte & 0x7f);
        if number >= 1 << 35 {
            return Err(invalid(TOO_LARGE));
        }
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, sub_id) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(".")?;
            }
            write!(formatter, "{sub_id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Oid({self})")
    }
}

impl FromStr for Oid {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        let text = text.strip_prefix('.').unwrap_or(text);
        let mut sub_ids = Vec::new();
        for part in text.split('.') {
            if sub_ids.len() == Self::MAX_LEN {
                return Err(too_long());
            }
            // u32's own parser would let a plus sign pass.
            if !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid("it is not dotted numbers"));
            }
            let sub_id = part.parse();
            sub_ids.push(sub_id.map_err(|_| invalid("it is not dotted 32-bit numbers"))?);
        }
        Self::new(sub_ids)
    }
}

impl From<Oid> for String {
    fn from(oid: Oid) -> Self {
        oid.to_string()
    }
}

impl TryFrom<Cow<'_, str>> for Oid {
    type Error = WireError;

    fn try_from(text: Cow<'_, str>) -> Result<Self, WireError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(oid: &Oid) -> Vec<u8> {
        let mut writer = Writer::new();
        oid.encode(&mut writer);
        writer.into_bytes()
    }

    fn decoded(content: &[u8]) -> Result<Oid, WireError> {
        Oid::decode_content(Reader::new(content))
    }

    #[test]
    fn text_forms() {
        let oid = oid!(1, 3, 6, 1, 4, 1, 4294967295, 0);
        assert_eq!(oid.to_string(), "1.3.6.1.4.1.4294967295.0");
        assert_eq!(".1.3.6.1.4.1.4294967295.0".parse(), Ok(oid.clone()));
        let json = serde_json::to_string(&oid).unwrap();
        assert_eq!(json, "\"1.3.6.1.4.1.4294967295.0\"");
        assert_eq!(serde_json::from_str::<Oid>(&json).unwrap(), oid);
        for wrong in [
            "",
            ".",
            "1",
            "3.1",
            "1.40",
            "1.3.",
            "..1.3",
            "1.3.+6",
            "1.3. 6",
            "1.3.-6",
            "1.3.4294967296",
            "1.3.x",
        ] {
            assert!(wrong.parse::<Oid>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn encoding_follows_x690() {
        // X.690 §8.19.5 gives this one: {joint-iso-itu-t 100 3}.
        assert_eq!(encoded(&oid!(2, 100, 3)), [0x06, 0x03, 0x81, 0x34, 0x03]);
        let max = oid!(2, 4294967295, 4294967295);
        assert_eq!(decoded(&encoded(&max)[2..]), Ok(max));
        assert_eq!(decoded(&[]), Ok(oid!(0, 0)));
        assert_eq!(decoded(&[0x2b, 6, 1]), Ok(oid!(1, 3, 6, 1)));
        // A padded group is longer than needed but means the same.
        assert_eq!(decoded(&[0x2b, 0x80, 0x06]), Ok(oid!(1, 3, 6)));
    }

    #[test]
    fn broken_encodings_are_errors() {
        assert!(decoded(&[0x2b, 0x81]).is_err(), "cut in a number");
        assert!(
            decoded(&[0x2b, 0x90, 0x80, 0x80, 0x80, 0x00]).is_err(),
            "2^32"
        );
        assert!(decoded(&[0xff; 20]).is_err());
        assert!(decoded(&[1; 127]).is_ok(), "128 numbers");
        assert!(decoded(&[1; 128]).is_err(), "129 numbers");
    }

    #[test]
    fn order_and_prefix_are_those_of_a_walk() {
        let system = oid!(1, 3, 6, 1, 2, 1, 1);
        let descr = oid!(1, 3, 6, 1, 2, 1, 1, 1, 0);
        assert!(system < descr && descr < oid!(1, 3, 6, 1, 2, 1, 1, 10));
        assert!(descr.starts_with(&system) && !oid!(1, 3, 6, 1, 2, 1, 11).starts_with(&system));
        assert_eq!(descr.strip_prefix(&system), Some(&[1, 0][..]));
        assert_eq!(system.join(&[1, 0]), Ok(descr));
        assert!(system.join(&[0; 122]).is_err());
    }
}
