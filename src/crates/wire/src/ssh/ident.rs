//! The identification string.

use crate::reader::WireError;
use crate::text::printable;

/// The most bytes before and including the identification line.
const MAX_BYTES: usize = 8 * 1024;
/// RFC 4253 §4.2 allows 255; some devices exceed it, and it costs nothing.
const MAX_LINE: usize = 1024;
const MAX_PREAMBLE_LINES: usize = 32;

/// What an SSH server says first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    /// The protocol version, as `2.0`, `1.99` (both) or `1.5`.
    pub protocol: String,
    /// The software, as `OpenSSH_9.6p1`.
    pub software: String,
    /// What follows the first space, as `Ubuntu-3ubuntu13`.
    pub comments: Option<String>,
    /// Lines before the identification, such as a legal notice, at most 32.
    pub preamble: Vec<String>,
    /// Where the next message begins.
    pub len: usize,
}

impl Identification {
    /// Reads what a server sent so far; nothing while more bytes are needed.
    ///
    /// # Errors
    /// When 8 KiB hold no identification, or its line is malformed or longer
    /// than 1 KiB.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, WireError> {
        let what = "the SSH identification";
        let mut preamble = Vec::new();
        let mut start = 0;
        loop {
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                if rest.len() > MAX_LINE || bytes.len() > MAX_BYTES {
                    let limit = if rest.len() > MAX_LINE {
                        MAX_LINE
                    } else {
                        MAX_BYTES
                    };
                    return Err(WireError::TooLarge { what, limit });
                }
                return Ok(None);
            };
            let next = start + end + 1;
            let line = rest.get(..end).unwrap_or_default();
            if end > MAX_LINE || next > MAX_BYTES {
                return Err(WireError::TooLarge {
                    what,
                    limit: MAX_LINE,
                });
            }
            if let Some(line) = line.strip_prefix(b"SSH-") {
                return Self::from_line(line, preamble, next).map(Some);
            }
            if preamble.len() < MAX_PREAMBLE_LINES {
                preamble.push(printable(line, MAX_LINE));
            }
            start = next;
        }
    }

    fn from_line(line: &[u8], preamble: Vec<String>, len: usize) -> Result<Self, WireError> {
        let line = printable(line, MAX_LINE);
        let (protocol, rest) = line.split_once('-').ok_or(WireError::Invalid {
            what: "the SSH identification",
            why: "it names no software",
        })?;
        let (software, comments) = match rest.split_once(' ') {
            Some((software, comments)) => (software, Some(comments.trim().to_owned())),
            None => (rest, None),
        };
        Ok(Self {
            protocol: protocol.to_owned(),
            software: software.to_owned(),
            comments: comments.filter(|comments| !comments.is_empty()),
            preamble,
            len,
        })
    }

    /// Whether the server says that it speaks SSH-1 (RFC 4253 §5.1: 1.99 is both).
    #[must_use]
    pub fn offers_ssh1(&self) -> bool {
        self.protocol.starts_with("1.")
    }

    /// Whether the server says that it speaks SSH-2.
    #[must_use]
    pub fn offers_ssh2(&self) -> bool {
        self.protocol == "1.99" || self.protocol.starts_with("2.")
    }
}

/// The line with which we introduce ourselves for protocol `2.0` or, to see
/// whether SSH-1 really answers, `1.5`.
#[must_use]
pub fn identification(protocol: &str) -> Vec<u8> {
    format!("SSH-{protocol}-arpenteur\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_identification() {
        let bytes = b"Authorised use only\r\nSSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13\r\n\0\0\x04";
        for end in 0..bytes.len() - 3 {
            assert_eq!(Identification::parse(&bytes[..end]), Ok(None), "{end}");
        }
        let ident = Identification::parse(bytes).unwrap().unwrap();
        assert_eq!(ident.protocol, "2.0");
        assert_eq!(ident.software, "OpenSSH_9.6p1");
        assert_eq!(ident.comments.as_deref(), Some("Ubuntu-3ubuntu13"));
        assert_eq!(ident.preamble, ["Authorised use only"]);
        assert_eq!(&bytes[ident.len..], b"\0\0\x04");
        assert!(ident.offers_ssh2() && !ident.offers_ssh1());
    }

    #[test]
    fn old_protocols() {
        for (line, ssh1, ssh2) in [
            (&b"SSH-1.99-Cisco-1.25\n"[..], true, true),
            (b"SSH-1.5-OldThing\n", true, false),
            (b"SSH-2.0-dropbear\n", false, true),
        ] {
            let ident = Identification::parse(line).unwrap().unwrap();
            assert_eq!((ident.offers_ssh1(), ident.offers_ssh2()), (ssh1, ssh2));
        }
        let cisco = Identification::parse(b"SSH-2.0-Cisco-1.25\n")
            .unwrap()
            .unwrap();
        assert_eq!(cisco.software, "Cisco-1.25");
    }

    #[test]
    fn hostile_lengths_are_errors() {
        assert!(Identification::parse(&[b'a'; 2000]).is_err());
        assert!(Identification::parse(&b"x\n".repeat(5000)).is_err());
        let long = [b"SSH-2.0-".to_vec(), vec![b'a'; 1100], b"\n".to_vec()].concat();
        assert!(Identification::parse(&long).is_err());
        assert!(Identification::parse(b"SSH-2.0\n").is_err());
    }
}
