//! What a server answers to a hello.

use super::ssl2;
use crate::reader::{Reader, WireError};

/// The most bytes of an answer that are read.
const MAX_FLIGHT: usize = 64 * 1024;
/// RFC 5246 §6.2.3 bounds a record at 2¹⁴ bytes and 2048 of overhead.
const MAX_RECORD: usize = (1 << 14) + 2048;
const MAX_CERTIFICATES: usize = 32;

const RECORD_ALERT: u8 = 21;
const RECORD_HANDSHAKE: u8 = 22;
const CLOSE_NOTIFY: u8 = 0;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;

/// What the server chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello {
    /// The version's number; [`Version::from_number`](super::Version::from_number)
    /// names it. It may differ from the one that was offered.
    pub version: u16,
    /// The suite chosen; SSL 2.0 leaves the choice to the client.
    pub cipher_suite: Option<u16>,
    /// The cipher specs that an SSL 2.0 server has in common with us.
    pub ssl2_ciphers: Vec<u32>,
}

/// An alert (RFC 5246 §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alert {
    /// 1 is a warning, 2 ends the connection. An SSL 2.0 error counts as 2.
    pub level: u8,
    /// 40 is handshake_failure, 70 protocol_version, and so on; for SSL 2.0 its
    /// own error code.
    pub description: u8,
}

/// Whether more bytes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Read on.
    NeedMore,
    /// The server has said all that it will before we answer.
    Done,
}

/// Collects a server's answer from pieces of any size, up to 64 KiB.
#[derive(Debug, Clone, Default)]
pub struct ServerFlight {
    hello: Option<ServerHello>,
    certificates: Vec<Vec<u8>>,
    alert: Option<Alert>,
    records: Vec<u8>,
    handshake: Vec<u8>,
    received: usize,
    is_ssl2: bool,
    done: bool,
}

impl ServerFlight {
    /// Nothing received yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the server chose, once it said so.
    #[must_use]
    pub fn hello(&self) -> Option<&ServerHello> {
        self.hello.as_ref()
    }

    /// The certificates in DER, the server's own first; at most 32.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The last alert.
    #[must_use]
    pub fn alert(&self) -> Option<Alert> {
        self.alert
    }

    /// Takes what the server sent next. What was learnt before an error stays.
    ///
    /// # Errors
    /// When this is no TLS, malformed, or more than 64 KiB.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Progress, WireError> {
        if self.done {
            return Ok(Progress::Done);
        }
        // SSL 2.0 sets the top bit; TLS content types do not reach it.
        let is_ssl2 = match (self.received, bytes.first()) {
            (0, Some(first)) => first & 0x80 != 0,
            _ => self.is_ssl2,
        };
        self.is_ssl2 = is_ssl2;
        self.received += bytes.len();
        if self.received > MAX_FLIGHT {
            let (what, limit) = ("the TLS answer", MAX_FLIGHT);
            return Err(WireError::TooLarge { what, limit });
        }
        self.records.extend_from_slice(bytes);
        if is_ssl2 {
            self.read_ssl2()?;
        } else {
            self.read_records()?;
        }
        Ok(if self.done {
            Progress::Done
        } else {
            Progress::NeedMore
        })
    }

    fn read_ssl2(&mut self) -> Result<(), WireError> {
        match ssl2::server_answer(&self.records)? {
            None => return Ok(()),
            Some(ssl2::Answer::Hello(hello, certificate)) => {
                self.hello = Some(hello);
                if !certificate.is_empty() {
                    self.certificates.push(certificate);
                }
            }
            Some(ssl2::Answer::Error(code)) => {
                let description = u8::try_from(code).unwrap_or(u8::MAX);
                self.alert = Some(Alert {
                    level: 2,
                    description,
                });
            }
        }
        self.done = true;
        Ok(())
    }

    fn read_records(&mut self) -> Result<(), WireError> {
        let bytes = std::mem::take(&mut self.records);
        let mut reader = Reader::new(&bytes);
        while !self.done && !reader.is_empty() {
            let before = reader.clone();
            match record(&mut reader)? {
                Some((content, body)) => self.read_record(content, body)?,
                None => {
                    self.records = before.peek().to_vec();
                    break;
                }
            }
        }
        Ok(())
    }

    fn read_record(&mut self, content: u8, body: &[u8]) -> Result<(), WireError> {
        let what = "the TLS record";
        match content {
            RECORD_HANDSHAKE => {
                self.handshake.extend_from_slice(body);
                self.read_handshake()
            }
            RECORD_ALERT => {
                let [level, description] = Reader::new(body).array("the alert")?;
                self.alert = Some(Alert { level, description });
                // A warning lets the handshake go on, unless it says goodbye.
                self.done = level != 1 || description == CLOSE_NOTIFY;
                Ok(())
            }
            found => Err(WireError::Unexpected { what, found }),
        }
    }

    /// Messages may span records, and a record may hold several.
    fn read_handshake(&mut self) -> Result<(), WireError> {
        let what = "the handshake message";
        let bytes = std::mem::take(&mut self.handshake);
        let mut reader = Reader::new(&bytes);
        while !self.done && !reader.is_empty() {
            let before = reader.clone();
            let message = (|| {
                let kind = reader.u8(what)?;
                let length = usize::try_from(reader.u24(what)?).unwrap_or(usize::MAX);
                if length > MAX_FLIGHT {
                    let limit = MAX_FLIGHT;
                    return Err(WireError::TooLarge { what, limit });
                }
                Ok((kind, reader.sub(length, what)?))
            })();
            match message {
                Ok((kind, body)) => self.read_message(kind, body)?,
                Err(WireError::Truncated { .. }) => {
                    self.handshake = before.peek().to_vec();
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read_message(&mut self, kind: u8, mut body: Reader<'_>) -> Result<(), WireError> {
        match kind {
            SERVER_HELLO => {
                let version = body.u16("the version")?;
                body.take(32, "the server's random bytes")?;
                let session = usize::from(body.u8("the session id")?);
                body.take(session, "the session id")?;
                self.hello = Some(ServerHello {
                    version,
                    cipher_suite: Some(body.u16("the cipher suite")?),
                    ssl2_ciphers: Vec::new(),
                });
            }
            CERTIFICATE => self.read_certificates(body)?,
            SERVER_HELLO_DONE => self.done = true,
            // Key exchange, status and requests for our certificate say nothing
            // that is asked here.
            _ => {}
        }
        Ok(())
    }

    fn read_certificates(&mut self, mut body: Reader<'_>) -> Result<(), WireError> {
        let what = "the certificate list";
        let length = usize::try_from(body.u24(what)?).unwrap_or(usize::MAX);
        let mut list = body.sub(length, what)?;
        self.certificates.clear();
        while !list.is_empty() {
            if self.certificates.len() == MAX_CERTIFICATES {
                let limit = MAX_CERTIFICATES;
                return Err(WireError::TooLarge { what, limit });
            }
            let length = usize::try_from(list.u24("a certificate")?).unwrap_or(usize::MAX);
            let der = list.take(length, "a certificate")?;
            self.certificates.push(der.to_vec());
        }
        Ok(())
    }
}

/// One record: its content type and body; nothing while it is incomplete.
fn record<'a>(reader: &mut Reader<'a>) -> Result<Option<(u8, &'a [u8])>, WireError> {
    let what = "the TLS record";
    let content = reader.u8(what)?;
    // Known at the first byte, so that a server that speaks first in another
    // protocol is not waited for.
    if !(20..=24).contains(&content) {
        return Err(WireError::Invalid {
            what,
            why: "this is not TLS",
        });
    }
    let (Ok(version), Ok(length)) = (reader.u16(what), reader.u16(what)) else {
        return Ok(None);
    };
    if version >> 8 != 3 {
        return Err(WireError::Invalid {
            what,
            why: "this is not TLS",
        });
    }
    let length = usize::from(length);
    if length > MAX_RECORD {
        let limit = MAX_RECORD;
        return Err(WireError::TooLarge { what, limit });
    }
    Ok(reader.take(length, what).ok().map(|body| (content, body)))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
