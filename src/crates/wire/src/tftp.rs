//! TFTP, enough to ask whether a server hands out files (RFC 1350, RFC 2347).

use crate::reader::{Reader, WireError};
use crate::text::printable;

const MAX_OPTIONS: usize = 16;

/// What a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A block of the file: it exists and may be read.
    Data {
        /// The block's number, 1 for the first.
        block: u16,
        /// The content, under 512 bytes for the last block.
        bytes: &'a [u8],
    },
    /// A refusal. Code 1 is "file not found": the service is there.
    Error {
        /// The error code (RFC 1350 §5).
        code: u16,
        /// The server's words, printable, at most 256 characters.
        message: String,
    },
    /// The server acknowledged options and would send the file.
    OptionAck(Vec<(String, String)>),
}

/// A request to read `file` in octet mode.
///
/// # Errors
/// When the name is empty, longer than 255 bytes or holds a NUL.
pub fn read_request(file: &str) -> Result<Vec<u8>, WireError> {
    if file.is_empty() || file.len() > 255 || file.contains('\0') {
        let (what, why) = ("the file name", "it is empty, too long or holds a NUL");
        return Err(WireError::Invalid { what, why });
    }
    Ok([b"\0\x01", file.as_bytes(), b"\0octet\0"].concat())
}

/// The packet that ends a transfer that we do not want to continue.
#[must_use]
pub fn stop() -> Vec<u8> {
    b"\0\x05\0\0\0".to_vec()
}

/// Reads a server's packet.
///
/// # Errors
/// When it is no DATA, ERROR or OACK.
pub fn parse(bytes: &[u8]) -> Result<Answer<'_>, WireError> {
    let mut reader = Reader::new(bytes);
    match reader.u16("the TFTP opcode")? {
        3 => Ok(Answer::Data {
            block: reader.u16("the block number")?,
            bytes: reader.rest(),
        }),
        5 => Ok(Answer::Error {
            code: reader.u16("the error code")?,
            message: printable(until_nul(&mut reader), 256),
        }),
        6 => {
            let mut options = Vec::new();
            while !reader.is_empty() && options.len() < MAX_OPTIONS {
                let name = printable(until_nul(&mut reader), 64);
                options.push((name, printable(until_nul(&mut reader), 64)));
            }
            Ok(Answer::OptionAck(options))
        }
        _ => {
            let (what, why) = ("the TFTP opcode", "it is no answer to a read request");
            Err(WireError::Invalid { what, why })
        }
    }
}

/// A string up to its NUL, which careless servers forget at the end.
fn until_nul<'a>(reader: &mut Reader<'a>) -> &'a [u8] {
    let bytes = reader.rest();
    match bytes.iter().position(|byte| *byte == 0) {
        Some(end) => {
            *reader = Reader::new(bytes.get(end + 1..).unwrap_or_default());
            bytes.get(..end).unwrap_or_default()
        }
        None => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_is_that_of_the_rfc() {
        assert_eq!(read_request("a.cfg").unwrap(), b"\0\x01a.cfg\0octet\0");
        assert!(read_request("a\0b").is_err() && read_request("").is_err());
        assert!(read_request(&"a".repeat(256)).is_err());
    }

    #[test]
    fn answers_are_told_apart() {
        let data = Answer::Data {
            block: 1,
            bytes: b"x",
        };
        assert_eq!(parse(b"\0\x03\0\x01x"), Ok(data));
        for error in [
            &b"\0\x05\0\x01File not found\0"[..],
            b"\0\x05\0\x01File not found",
        ] {
            let message = "File not found".to_owned();
            assert_eq!(parse(error), Ok(Answer::Error { code: 1, message }));
        }
        let options = vec![("blksize".to_owned(), "1428".to_owned())];
        assert_eq!(
            parse(b"\0\x06blksize\x001428\0"),
            Ok(Answer::OptionAck(options))
        );
        assert!(parse(b"\0\x01a\0octet\0").is_err());
        assert!(parse(b"\0").is_err() && parse(b"\0\x03\0").is_err());
    }

    #[test]
    fn a_flood_of_options_is_bounded() {
        let mut flood = b"\0\x06".to_vec();
        flood.extend(b"a\0".repeat(10_000));
        let Ok(Answer::OptionAck(options)) = parse(&flood) else {
            panic!("no OACK");
        };
        assert_eq!(options.len(), MAX_OPTIONS);
    }
}
