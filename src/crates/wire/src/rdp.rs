//! RDP: what security a server wants, before any login (MS-RDPBCGR 2.2.1.1, 2.2.1.2).

use crate::reader::{Reader, WireError};

const CONNECTION_CONFIRM: u8 = 0xd0;
const NEGOTIATION_RESPONSE: u8 = 2;

/// How a connection would be secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// RDP's own, without authentication of the server.
    Rdp,
    /// TLS, the login inside.
    Tls,
    /// Network level authentication (CredSSP): the login comes first.
    Nla,
}

impl Security {
    /// Name in the facts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rdp => "rdp",
            Self::Tls => "tls",
            Self::Nla => "nla",
        }
    }
}

/// An X.224 connection request that offers TLS, CredSSP and CredSSP with early authorisation.
#[must_use]
pub fn connection_request() -> Vec<u8> {
    let mut bytes = vec![3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0];
    bytes.extend([1, 0, 8, 0, 0x0b, 0, 0, 0]);
    bytes
}

/// Whether the answer is there in whole (RFC 1006), or is no TPKT.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    match reader.u8("the TPKT") {
        Ok(3) => {
            reader.u8("the TPKT").is_ok()
                && reader
                    .u16("the TPKT")
                    .is_ok_and(|length| bytes.len() >= usize::from(length))
        }
        Ok(_) => true,
        Err(_) => false,
    }
}

/// Reads the connection confirm. A server that knows no negotiation, or allows no TLS, has
/// RDP's own security.
///
/// # Errors
/// When this is no connection confirm.
pub fn parse(bytes: &[u8]) -> Result<Security, WireError> {
    let what = "the RDP connection confirm";
    let mut reader = Reader::new(bytes);
    let [version, _] = reader.array(what)?;
    let length = usize::from(reader.u16(what)?);
    let mut tpdu = reader.sub(length.saturating_sub(4), what)?;
    tpdu.u8(what)?;
    let code = tpdu.u8(what)?;
    if version != 3 || code & 0xf0 != CONNECTION_CONFIRM {
        let found = code;
        return Err(WireError::Unexpected { what, found });
    }
    tpdu.take(5, what)?;
    if tpdu.u8(what) != Ok(NEGOTIATION_RESPONSE) {
        return Ok(Security::Rdp);
    }
    tpdu.take(3, what)?;
    match tpdu.array(what).map(u32::from_le_bytes)? {
        0 => Ok(Security::Rdp),
        1 => Ok(Security::Tls),
        2 | 8 => Ok(Security::Nla),
        _ => Err(WireError::Invalid {
            what,
            why: "the protocol chosen was not offered",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirm(kind: u8, protocol: u8) -> Vec<u8> {
        let mut bytes = vec![3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34, 0];
        bytes.extend([kind, 0, 8, 0, protocol, 0, 0, 0]);
        bytes
    }

    #[test]
    fn the_choice_is_read() {
        assert_eq!(connection_request().len(), 19);
        assert_eq!(parse(&confirm(2, 0)), Ok(Security::Rdp));
        assert_eq!(parse(&confirm(2, 1)), Ok(Security::Tls));
        assert_eq!(parse(&confirm(2, 2)), Ok(Security::Nla));
        assert_eq!(parse(&confirm(2, 8)), Ok(Security::Nla));
        assert_eq!(parse(&confirm(3, 2)), Ok(Security::Rdp));
        assert_eq!(
            parse(&[3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0]),
            Ok(Security::Rdp)
        );
    }

    #[test]
    fn what_is_cut_or_another_protocol_is_an_error() {
        let whole = confirm(2, 1);
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end]) && parse(&whole[..end]).is_err());
        }
        assert!(is_whole(b"HTTP") && parse(b"HTTP/1.1 400").is_err());
        assert!(parse(&connection_request()).is_err() && parse(&confirm(2, 4)).is_err());
        assert!(parse(&[3, 0, 0, 0]).is_err());
    }
}
