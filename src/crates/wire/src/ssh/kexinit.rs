//! The unencrypted binary packet and SSH_MSG_KEXINIT.

use crate::reader::{Reader, WireError};
use crate::text::printable;

const MSG_DISCONNECT: u8 = 1;
const MSG_KEXINIT: u8 = 20;
/// RFC 4253 §6.1 asks implementations to take 35,000 bytes.
const MAX_PACKET: usize = 35_000;
const MAX_NAMES: usize = 512;

/// Reads one unencrypted packet (RFC 4253 §6): its payload and its whole
/// length; nothing while more bytes are needed.
///
/// # Errors
/// When the packet is longer than 35,000 bytes or its padding exceeds it.
pub fn parse_packet(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, WireError> {
    let what = "the SSH packet";
    let mut reader = Reader::new(bytes);
    let Ok(length) = reader.u32(what) else {
        return Ok(None);
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > MAX_PACKET {
        let limit = MAX_PACKET;
        return Err(WireError::TooLarge { what, limit });
    }
    let Ok(mut packet) = reader.sub(length, what) else {
        return Ok(None);
    };
    let padding = usize::from(packet.u8("the padding length")?);
    let payload = packet.left().checked_sub(padding);
    let payload = payload.ok_or(WireError::Invalid {
        what,
        why: "its padding is longer than itself",
    })?;
    Ok(Some((packet.take(payload, what)?, reader.offset())))
}

/// Wraps a payload in an unencrypted packet. The padding is zeros, as nothing
/// here is secret.
#[must_use]
pub fn packet(payload: &[u8]) -> Vec<u8> {
    // Length, padding length, payload and padding fill blocks of eight, and the
    // padding has at least four bytes.
    let padding = 4 + (8 - (4 + 1 + payload.len() + 4) % 8) % 8;
    let length = u32::try_from(1 + payload.len() + padding).unwrap_or(u32::MAX);
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.push(padding as u8); // at most eleven
    bytes.extend_from_slice(payload);
    bytes.resize(bytes.len() + padding, 0);
    bytes
}

/// What a server may send before keys are exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerMessage {
    /// The algorithms that it offers.
    KexInit(Box<KexInit>),
    /// It hangs up.
    Disconnect {
        /// The reason code (RFC 4253 §11.1).
        reason: u32,
        /// Its words, printable, at most 256 characters.
        description: String,
    },
    /// Another message, by number; 2 and 4 (ignore, debug) may be skipped.
    Other(u8),
}

/// Reads the payload of a packet.
///
/// # Errors
/// When the payload is empty or the message malformed.
pub fn parse_message(payload: &[u8]) -> Result<ServerMessage, WireError> {
    let mut reader = Reader::new(payload);
    match reader.u8("the SSH message number")? {
        MSG_KEXINIT => {
            KexInit::read(&mut reader).map(|offer| ServerMessage::KexInit(Box::new(offer)))
        }
        MSG_DISCONNECT => Ok(ServerMessage::Disconnect {
            reason: reader.u32("the disconnect reason")?,
            description: printable(string(&mut reader, "the disconnect description")?, 256),
        }),
        other => Ok(ServerMessage::Other(other)),
    }
}

/// SSH_MSG_KEXINIT (RFC 4253 §7.1): what one side offers, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KexInit {
    /// Random bytes of the sender.
    pub cookie: [u8; 16],
    /// Key exchange methods.
    pub kex_algorithms: Vec<String>,
    /// Types of host key.
    pub server_host_key_algorithms: Vec<String>,
    /// Ciphers from client to server.
    pub encryption_client_to_server: Vec<String>,
    /// Ciphers from server to client.
    pub encryption_server_to_client: Vec<String>,
    /// Message authentication from client to server.
    pub mac_client_to_server: Vec<String>,
    /// Message authentication from server to client.
    pub mac_server_to_client: Vec<String>,
    /// Compression from client to server.
    pub compression_client_to_server: Vec<String>,
    /// Compression from server to client.
    pub compression_server_to_client: Vec<String>,
    /// Languages from client to server.
    pub languages_client_to_server: Vec<String>,
    /// Languages from server to client.
    pub languages_server_to_client: Vec<String>,
    /// Whether a guessed key exchange packet follows.
    pub first_kex_packet_follows: bool,
}

impl KexInit {
    /// The payload that [`packet`] wraps.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![MSG_KEXINIT];
        bytes.extend_from_slice(&self.cookie);
        for names in [
            &self.kex_algorithms,
            &self.server_host_key_algorithms,
            &self.encryption_client_to_server,
            &self.encryption_server_to_client,
            &self.mac_client_to_server,
            &self.mac_server_to_client,
            &self.compression_client_to_server,
            &self.compression_server_to_client,
            &self.languages_client_to_server,
            &self.languages_server_to_client,
        ] {
            let names = names.join(",");
            let length = u32::try_from(names.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(names.as_bytes());
        }
        bytes.push(u8::from(self.first_kex_packet_follows));
        bytes.extend_from_slice(&[0; 4]);
        bytes
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            cookie: reader.array("the KEXINIT cookie")?,
            kex_algorithms: name_list(reader)?,
            server_host_key_algorithms: name_list(reader)?,
            encryption_client_to_server: name_list(reader)?,
            encryption_server_to_client: name_list(reader)?,
            mac_client_to_server: name_list(reader)?,
            mac_server_to_client: name_list(reader)?,
            compression_client_to_server: name_list(reader)?,
            compression_server_to_client: name_list(reader)?,
            languages_client_to_server: name_list(reader)?,
            languages_server_to_client: name_list(reader)?,
            first_kex_packet_follows: reader.u8("first_kex_packet_follows")? != 0,
        })
    }
}

fn string<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], WireError> {
    let length = usize::try_from(reader.u32(what)?).unwrap_or(usize::MAX);
    reader.take(length, what)
}

/// A name-list (RFC 4251 §5); RFC 4251 §6 limits a name to 64 characters.
fn name_list(reader: &mut Reader<'_>) -> Result<Vec<String>, WireError> {
    let what = "a list of algorithms";
    let names = string(reader, what)?;
    let mut list = Vec::new();
    for name in names.split(|byte| *byte == b',') {
        if list.len() == MAX_NAMES {
            let limit = MAX_NAMES;
            return Err(WireError::TooLarge { what, limit });
        }
        if !name.is_empty() {
            list.push(printable(name, 128));
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer() -> KexInit {
        let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        KexInit {
            cookie: [7; 16],
            kex_algorithms: list(&["curve25519-sha256", "diffie-hellman-group1-sha1"]),
            server_host_key_algorithms: list(&["ssh-ed25519"]),
            encryption_client_to_server: list(&["aes128-ctr", "3des-cbc"]),
            encryption_server_to_client: list(&["aes256-ctr"]),
            mac_client_to_server: list(&["hmac-md5"]),
            mac_server_to_client: list(&["hmac-sha2-256"]),
            compression_client_to_server: list(&["none"]),
            compression_server_to_client: list(&["zlib@openssh.com"]),
            first_kex_packet_follows: true,
            ..KexInit::default()
        }
    }

    #[test]
    fn kexinit_comes_back_through_a_packet() {
        let bytes = packet(&offer().encode());
        assert_eq!(bytes.len() % 8, 0);
        for end in 0..bytes.len() {
            assert_eq!(parse_packet(&bytes[..end]), Ok(None), "{end}");
        }
        let (payload, length) = parse_packet(&bytes).unwrap().unwrap();
        assert_eq!(length, bytes.len());
        assert_eq!(
            parse_message(payload),
            Ok(ServerMessage::KexInit(Box::new(offer())))
        );
    }

    #[test]
    fn the_layout_is_that_of_the_rfc() {
        let payload = offer().encode();
        assert_eq!(payload[0], 20);
        assert_eq!(&payload[17..21], &[0, 0, 0, 44]);
        assert_eq!(&payload[21..38], b"curve25519-sha256");
        for size in 0..40 {
            let bytes = packet(&vec![1; size]);
            assert!(bytes.len().is_multiple_of(8) && bytes[4] >= 4, "{size}");
        }
    }

    #[test]
    fn a_disconnect_is_told_from_a_kexinit() {
        let payload = b"\x01\0\0\0\x0c\0\0\0\x08too many\0\0\0\0";
        let description = "too many".to_owned();
        let expected = ServerMessage::Disconnect {
            reason: 12,
            description,
        };
        assert_eq!(parse_message(payload), Ok(expected));
        assert_eq!(parse_message(&[2, 0, 0, 0, 0]), Ok(ServerMessage::Other(2)));
    }

    #[test]
    fn hostile_lengths_are_errors() {
        assert!(parse_packet(&[0xff; 8]).is_err());
        assert!(parse_packet(&[0, 0, 0, 2, 9, 0]).is_err(), "padding");
        assert!(parse_packet(&[0, 0, 0, 0]).is_err(), "no padding length");
        let payload = offer().encode();
        for end in 0..payload.len() - 4 {
            assert!(parse_message(&payload[..end]).is_err(), "{end}");
        }
        let mut many = offer();
        many.kex_algorithms = vec!["a".to_owned(); MAX_NAMES + 1];
        assert!(parse_message(&many.encode()).is_err());
    }
}
