//! SSH protocol 1: its first packet, which proves that it really answers.

use crate::reader::{Reader, WireError};

const SMSG_PUBLIC_KEY: u8 = 2;
const MAX_PACKET: usize = 16 * 1024;

/// SSH_SMSG_PUBLIC_KEY of protocol 1.5 (draft-ylonen-ssh-protocol-00).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ssh1PublicKey {
    /// Bits of the key that changes hourly.
    pub server_key_bits: u32,
    /// Bits of the host's RSA key.
    pub host_key_bits: u32,
    /// Ciphers offered, one bit each (bit 3 is 3DES, bit 6 Blowfish).
    pub ciphers: u32,
    /// Ways of login offered, one bit each (bit 3 is a password).
    pub authentications: u32,
}

/// Reads the packet that follows the identification of an SSH-1 server; nothing
/// while more bytes are needed. The checksum is not verified.
///
/// # Errors
/// When it is another packet, or malformed.
pub fn parse_ssh1_public_key(bytes: &[u8]) -> Result<Option<Ssh1PublicKey>, WireError> {
    let what = "the SSH-1 packet";
    let mut reader = Reader::new(bytes);
    let Ok(length) = reader.u32(what) else {
        return Ok(None);
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > MAX_PACKET {
        let limit = MAX_PACKET;
        return Err(WireError::TooLarge { what, limit });
    }
    // Padding comes first and fills type, data and checksum to blocks of eight.
    let padding = 8 - length % 8;
    let Ok(mut packet) = reader.sub(padding + length, what) else {
        return Ok(None);
    };
    packet.take(padding, what)?;
    let found = packet.u8(what)?;
    if found != SMSG_PUBLIC_KEY {
        return Err(WireError::Unexpected { what, found });
    }
    packet.take(8, "the SSH-1 cookie")?;
    let server_key_bits = rsa_key(&mut packet)?;
    let host_key_bits = rsa_key(&mut packet)?;
    packet.u32("the protocol flags")?;
    Ok(Some(Ssh1PublicKey {
        server_key_bits,
        host_key_bits,
        ciphers: packet.u32("the cipher mask")?,
        authentications: packet.u32("the authentication mask")?,
    }))
}

/// Bits, exponent, modulus; the numbers carry their own length in bits.
fn rsa_key(packet: &mut Reader<'_>) -> Result<u32, WireError> {
    let bits = packet.u32("the key's bits")?;
    for _ in 0..2 {
        let length = usize::from(packet.u16("a key's number")?).div_ceil(8);
        packet.take(length, "a key's number")?;
    }
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_packet_of_protocol_1() {
        let mut content = vec![SMSG_PUBLIC_KEY];
        content.extend([9; 8]);
        for (bits, bytes) in [(768_u32, 96), (1024, 128)] {
            content.extend(bits.to_be_bytes());
            content.extend([0, 6, 37]);
            content.extend(u16::try_from(bits).unwrap().to_be_bytes());
            content.extend(vec![0xff; bytes]);
        }
        for mask in [2_u32, 0x48, 0x0c] {
            content.extend(mask.to_be_bytes());
        }
        content.extend([0; 4]);
        let length = u32::try_from(content.len()).unwrap();
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(vec![0; 8 - content.len() % 8]);
        bytes.extend(&content);
        for end in 0..bytes.len() {
            assert_eq!(parse_ssh1_public_key(&bytes[..end]), Ok(None), "{end}");
        }
        let expected = Ssh1PublicKey {
            server_key_bits: 768,
            host_key_bits: 1024,
            ciphers: 0x48,
            authentications: 0x0c,
        };
        assert_eq!(parse_ssh1_public_key(&bytes), Ok(Some(expected)));
        assert!(parse_ssh1_public_key(b"Protocol major versions differ.\n").is_err());
    }
}
