//! A bounded reader over received bytes, and the error of every parser.

/// Why bytes could not be turned into a message, or a message into bytes.
///
/// Each text reads after "failed to".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The peer's bytes end before the field does.
    #[error("read {what}: {needed} bytes needed, {left} left")]
    Truncated {
        /// The field that was being read.
        what: &'static str,
        /// Bytes the field needs.
        needed: usize,
        /// Bytes that are there.
        left: usize,
    },
    /// Another kind of element stands where a certain one must.
    #[error("read {what}: unexpected type {found:#04x}")]
    Unexpected {
        /// The field that was expected.
        what: &'static str,
        /// The type byte that was found.
        found: u8,
    },
    /// A field is there but cannot mean anything.
    #[error("read {what}: {why}")]
    Invalid {
        /// The field.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A field is larger than we accept from a peer, or than its format allows.
    #[error("handle {what}: more than {limit} allowed")]
    TooLarge {
        /// The field.
        what: &'static str,
        /// The largest size accepted, in the field's own unit.
        limit: usize,
    },
    /// The SNMPv3 digest does not match: wrong key, or a forged message.
    #[error("authenticate the message: the digest does not match")]
    WrongDigest,
    /// The SNMPv3 scoped PDU could not be decrypted: wrong privacy key.
    #[error("decrypt the message: the privacy key does not fit")]
    Decryption,
}

/// Reads forward over a slice and never past its end.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// How many bytes are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    /// How far the next byte is from the start of the outermost reader.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes not read yet, which stay unread.
    #[must_use]
    pub fn peek(&self) -> &'a [u8] {
        self.bytes
    }

    /// Takes everything that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        self.offset += self.bytes.len();
        std::mem::take(&mut self.bytes)
    }

    /// Takes exactly `len` bytes; on error nothing is consumed.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer are left.
    pub fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], WireError> {
        match self.bytes.split_at_checked(len) {
            Some((head, tail)) => {
                self.bytes = tail;
                self.offset += len;
                Ok(head)
            }
            None => Err(WireError::Truncated {
                what,
                needed: len,
                left: self.bytes.len(),
            }),
        }
    }

    /// Takes exactly `N` bytes as an array.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer are left.
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], WireError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    /// Takes `len` bytes as a reader of their own.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer are left.
    pub fn sub(&mut self, len: usize, what: &'static str) -> Result<Reader<'a>, WireError> {
        let offset = self.offset;
        let bytes = self.take(len, what)?;
        Ok(Reader { bytes, offset })
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`WireError::Truncated`] at the end.
    pub fn u8(&mut self, what: &'static str) -> Result<u8, WireError> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    /// Takes a big-endian 16-bit number.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer bytes are left.
    pub fn u16(&mut self, what: &'static str) -> Result<u16, WireError> {
        self.array(what).map(u16::from_be_bytes)
    }

    /// Takes a big-endian 24-bit number, as TLS uses for lengths.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer bytes are left.
    pub fn u24(&mut self, what: &'static str) -> Result<u32, WireError> {
        self.array(what)
            .map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// Takes a big-endian 32-bit number.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer bytes are left.
    pub fn u32(&mut self, what: &'static str) -> Result<u32, WireError> {
        self.array(what).map(u32::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_read_consumes_nothing_and_says_what_is_missing() {
        let mut reader = Reader::new(&[1, 2]);
        let error = reader.u32("the packet length").unwrap_err();
        assert_eq!(
            error.to_string(),
            "read the packet length: 4 bytes needed, 2 left"
        );
        assert_eq!(reader.u16("a pair"), Ok(0x0102));
        assert!(reader.is_empty());
    }

    #[test]
    fn an_inner_reader_knows_where_it_stands_in_the_whole() {
        let mut outer = Reader::new(&[0; 10]);
        outer.u16("x").unwrap();
        let mut inner = outer.sub(5, "x").unwrap();
        inner.u8("x").unwrap();
        assert_eq!((inner.offset(), outer.offset()), (3, 7));
        outer.rest();
        assert_eq!(outer.offset(), 10);
    }

    #[test]
    fn a_length_near_the_address_space_is_only_an_error() {
        assert!(Reader::new(&[0; 8]).take(usize::MAX, "x").is_err());
    }
}
