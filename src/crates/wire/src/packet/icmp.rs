//! ICMP echo for IPv4 (RFC 792) and IPv6 (RFC 4443 §4).

use std::net::Ipv6Addr;

use crate::reader::{Reader, WireError};

/// An echo reply, or the request that it repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo<'a> {
    /// Whether this is the reply.
    pub reply: bool,
    /// Tells one pinger from another; unprivileged sockets overwrite it.
    pub identifier: u16,
    /// Tells one request from another.
    pub sequence: u16,
    /// What the request carried, repeated.
    pub payload: &'a [u8],
}

impl Echo<'_> {
    /// An ICMPv4 message with its checksum, without IP header.
    #[must_use]
    pub fn encode_v4(&self) -> Vec<u8> {
        self.encode(if self.reply { 0 } else { 8 }, 0)
    }

    /// An ICMPv6 message with its checksum, which covers both addresses, without
    /// IP header.
    #[must_use]
    pub fn encode_v6(&self, source: Ipv6Addr, destination: Ipv6Addr) -> Vec<u8> {
        let sum = pseudo_header(source, destination, 8 + self.payload.len());
        self.encode(if self.reply { 129 } else { 128 }, sum)
    }

    fn encode(&self, kind: u8, sum: u64) -> Vec<u8> {
        let mut message = vec![kind, 0, 0, 0];
        message.extend_from_slice(&self.identifier.to_be_bytes());
        message.extend_from_slice(&self.sequence.to_be_bytes());
        message.extend_from_slice(self.payload);
        fill_checksum(&mut message, sum);
        message
    }
}

/// Reads an ICMPv4 echo, with or without the IPv4 header that raw sockets give.
///
/// # Errors
/// When it is another message, cut short, or its checksum is wrong.
pub fn decode_v4(bytes: &[u8]) -> Result<Echo<'_>, WireError> {
    let message = match bytes.first() {
        // No ICMP type that is in use begins with 4 as IPv4 headers do.
        Some(first) if first >> 4 == 4 => bytes
            .get(usize::from(first & 0x0f) * 4..)
            .unwrap_or_default(),
        _ => bytes,
    };
    if checksum(message, 0) != 0 {
        let (what, why) = ("the ICMP message", "its checksum is wrong");
        return Err(WireError::Invalid { what, why });
    }
    decode(message, 8, 0)
}

/// Reads an ICMPv6 echo without IP header. The kernel has verified its checksum.
///
/// # Errors
/// When it is another message or cut short.
pub fn decode_v6(bytes: &[u8]) -> Result<Echo<'_>, WireError> {
    decode(bytes, 128, 129)
}

fn decode(message: &[u8], request: u8, reply: u8) -> Result<Echo<'_>, WireError> {
    let what = "the ICMP echo";
    let mut reader = Reader::new(message);
    let found = reader.u8(what)?;
    if found != request && found != reply {
        return Err(WireError::Unexpected { what, found });
    }
    reader.take(3, what)?;
    Ok(Echo {
        reply: found == reply,
        identifier: reader.u16(what)?,
        sequence: reader.u16(what)?,
        payload: reader.rest(),
    })
}

/// What the ICMPv6 checksum covers besides the message (RFC 8200 §8.1).
pub(super) fn pseudo_header(source: Ipv6Addr, destination: Ipv6Addr, length: usize) -> u64 {
    let addresses = sum_words(&source.octets()) + sum_words(&destination.octets());
    addresses + length as u64 + 58
}

/// Writes the Internet checksum into bytes 2 and 3 of a message.
pub(super) fn fill_checksum(message: &mut [u8], pseudo_header: u64) {
    let sum = checksum(message, pseudo_header).to_be_bytes();
    if let Some(field) = message.get_mut(2..4) {
        field.copy_from_slice(&sum);
    }
}

/// RFC 1071: the complement of the one's complement sum. Over a message whose
/// checksum is right it gives 0.
fn checksum(message: &[u8], pseudo_header: u64) -> u16 {
    let mut sum = sum_words(message) + pseudo_header;
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

fn sum_words(bytes: &[u8]) -> u64 {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let even: u64 = pairs
        .iter()
        .map(|pair| u64::from(u16::from_be_bytes(*pair)))
        .sum();
    even + odd.first().map_or(0, |byte| u64::from(*byte) << 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(payload: &[u8]) -> Echo<'_> {
        Echo {
            reply: false,
            identifier: 0x1234,
            sequence: 7,
            payload,
        }
    }

    #[test]
    fn the_checksum_is_that_of_rfc_1071() {
        // The example of RFC 1071 §3 sums to ddf2.
        let bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(checksum(&bytes, 0), !0xddf2);
    }

    #[test]
    fn an_echo_comes_back_with_and_without_ip_header() {
        for payload in [&b""[..], b"odd", b"even"] {
            let bytes = request(payload).encode_v4();
            assert_eq!(decode_v4(&bytes), Ok(request(payload)));
            let mut packet = vec![0x46; 24];
            packet.extend(&bytes);
            assert_eq!(decode_v4(&packet), Ok(request(payload)));
            let mut reply = request(payload);
            reply.reply = true;
            assert_eq!(decode_v4(&reply.encode_v4()), Ok(reply));
        }
    }

    #[test]
    fn a_wrong_checksum_or_type_is_refused() {
        let mut bytes = request(b"data").encode_v4();
        bytes[9] ^= 1;
        assert!(decode_v4(&bytes).is_err());
        let mut unreachable = vec![3, 1, 0, 0, 0, 0, 0, 0];
        fill_checksum(&mut unreachable, 0);
        assert!(decode_v4(&unreachable).is_err());
        for bytes in [&[][..], &[0x4f], &[8, 0, 0xf7, 0xff]] {
            assert!(decode_v4(bytes).is_err());
        }
    }

    #[test]
    fn the_version_6_checksum_covers_the_addresses() {
        let (ours, theirs) = (Ipv6Addr::LOCALHOST, "2001:db8::1".parse().unwrap());
        let bytes = request(b"x").encode_v6(ours, theirs);
        assert_eq!(
            checksum(&bytes, pseudo_header(ours, theirs, bytes.len())),
            0
        );
        assert_eq!(decode_v6(&bytes), Ok(request(b"x")));
    }
}
