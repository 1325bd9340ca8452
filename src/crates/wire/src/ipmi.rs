//! IPMI over LAN: two questions before any session (IPMI 2.0 sections 13 and 22.13).

use crate::reader::{Reader, WireError};

/// RMCP version 1, no acknowledgement, class IPMI (section 13.1.3).
const RMCP: [u8; 4] = [6, 0, 0xff, 7];
const FORMAT_RMCP_PLUS: u8 = 6;
const OPEN_SESSION_REQUEST: u8 = 0x10;
const OPEN_SESSION_RESPONSE: u8 = 0x11;
const GET_CHANNEL_AUTH: u8 = 0x38;

/// What a controller says of how one may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication {
    /// Whether a session may be opened without authentication (type "none").
    pub none: bool,
    /// Whether an account with neither name nor password exists ("anonymous login").
    pub anonymous: bool,
    /// Whether RMCP+ (IPMI 2.0) is spoken.
    pub rmcp_plus: bool,
}

/// Get Channel Authentication Capabilities: this channel, administrator, IPMI 2.0 data wanted.
#[must_use]
pub fn authentication_capabilities() -> Vec<u8> {
    let head = [0x20, 6 << 2];
    let body = [0x81, 0, GET_CHANNEL_AUTH, 0x8e, 4];
    let mut message = RMCP.to_vec();
    message.extend([0; 9]); // IPMI 1.5 wrapper: no authentication, sequence and session 0
    message.push(9);
    message.extend(head);
    message.push(checksum(&head));
    message.extend(body);
    message.push(checksum(&body));
    message
}

/// RMCP+ Open Session Request with cipher suite 0: no authentication, integrity or
/// confidentiality. The session is never completed and times out by itself.
#[must_use]
pub fn open_without_cipher(session: u32) -> Vec<u8> {
    let mut message = RMCP.to_vec();
    message.extend([FORMAT_RMCP_PLUS, OPEN_SESSION_REQUEST]);
    message.extend([0; 8]); // session id and sequence 0: outside a session
    message.extend([32, 0]);
    message.extend([0, 0, 0, 0]); // tag, highest privilege that matches
    message.extend(session.to_le_bytes());
    for payload in 0..3 {
        message.extend([payload, 0, 0, 8, 0, 0, 0, 0]);
    }
    message
}

/// Two's complement, so that all octets with it add up to zero (section 13.8).
fn checksum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0_u8, |sum, byte| sum.wrapping_add(*byte))
        .wrapping_neg()
}

fn rmcp<'a>(bytes: &'a [u8]) -> Result<(u8, Reader<'a>), WireError> {
    let what = "the RMCP message";
    let mut reader = Reader::new(bytes);
    let [version, _, _, class] = reader.array(what)?;
    if version != 6 || class & 0x1f != 7 {
        let why = "it is not IPMI";
        return Err(WireError::Invalid { what, why });
    }
    Ok((reader.u8(what)?, reader))
}

/// Reads the answer to [`authentication_capabilities`].
///
/// # Errors
/// When this is another message, or an error of the controller.
pub fn read_authentication(bytes: &[u8]) -> Result<Authentication, WireError> {
    let what = "the channel's authentication";
    let (_, mut reader) = rmcp(bytes)?;
    reader.take(8, what)?;
    let length = usize::from(reader.u8(what)?);
    let mut message = reader.sub(length, what)?;
    message.take(5, what)?;
    if message.u8(what)? != GET_CHANNEL_AUTH || message.u8(what)? != 0 {
        let why = "it answers another command, or tells an error";
        return Err(WireError::Invalid { what, why });
    }
    let [_, types, status, extended] = message.array(what)?;
    Ok(Authentication {
        none: types & 1 != 0,
        anonymous: status & 1 != 0,
        rmcp_plus: types & 0x80 != 0 && extended & 2 != 0,
    })
}

/// Whether the answer to [`open_without_cipher`] opens a session.
///
/// # Errors
/// When this is another message.
pub fn read_open_session(bytes: &[u8]) -> Result<bool, WireError> {
    let what = "the open session response";
    let (format, mut reader) = rmcp(bytes)?;
    if format != FORMAT_RMCP_PLUS || reader.u8(what)? & 0x3f != OPEN_SESSION_RESPONSE {
        let why = "it is another payload";
        return Err(WireError::Invalid { what, why });
    }
    reader.take(10, what)?;
    let [_, status] = reader.array(what)?;
    Ok(status == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(types: u8, status: u8, extended: u8) -> Vec<u8> {
        let mut bytes = RMCP.to_vec();
        bytes.extend([0; 9]);
        bytes.extend([
            16, 0x81, 0x1c, 0x63, 0x20, 0, 0x38, 0, 1, types, status, extended,
        ]);
        bytes.extend([0; 5]);
        bytes
    }

    fn opened(status: u8) -> Vec<u8> {
        let mut bytes = RMCP.to_vec();
        bytes.extend([6, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 36, 0, 0, status]);
        bytes.extend([0; 34]);
        bytes
    }

    #[test]
    fn requests_add_up() {
        let asked = authentication_capabilities();
        assert_eq!(asked.len(), 4 + 10 + 9);
        assert_eq!(asked[14..17], [0x20, 0x18, 0xc8]);
        assert_eq!(*asked.last().unwrap(), 0xb5);
        let open = open_without_cipher(0x1234);
        assert_eq!(open.len(), 4 + 2 + 8 + 2 + 32);
        assert_eq!(open[20..24], [0x34, 0x12, 0, 0]);
    }

    #[test]
    fn answers_are_read() {
        let read = |types, status, extended| {
            let read = read_authentication(&capabilities(types, status, extended)).unwrap();
            (read.none, read.anonymous, read.rmcp_plus)
        };
        assert_eq!(read(0x80 | 0x14, 0x04, 2), (false, false, true));
        assert_eq!(read(0x01, 0x01, 0), (true, true, false));
        assert_eq!(read_open_session(&opened(0)), Ok(true));
        assert_eq!(read_open_session(&opened(0x11)), Ok(false));
    }

    #[test]
    fn other_messages_are_errors() {
        assert!(read_authentication(&authentication_capabilities()).is_err());
        assert!(read_open_session(&open_without_cipher(1)).is_err());
        assert!(read_open_session(&capabilities(0, 0, 0)).is_err());
        assert!(read_authentication(b"\x06\0\xff\x06").is_err());
        let mut refused = capabilities(0, 0, 0);
        refused[20] = 0xc1;
        assert!(read_authentication(&refused).is_err());
    }
}
