//! The client's first message.

use super::{ciphers, ssl2};

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// SSL 2.0, which has a format of its own.
    Ssl2,
    /// SSL 3.0 (RFC 6101).
    Ssl3,
    /// TLS 1.0 (RFC 2246).
    Tls10,
    /// TLS 1.1 (RFC 4346).
    Tls11,
    /// TLS 1.2 (RFC 5246).
    Tls12,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Self; 5] = [
        Self::Ssl2,
        Self::Ssl3,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
    ];

    /// The number that stands for the version on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::Ssl2 => 0x0002,
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
        }
    }

    /// The version with this number, if it is one of these.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.number() == number)
    }
}

/// A hello that offers one version and nothing newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// The only version offered.
    pub version: Version,
    /// The name to ask for by SNI (RFC 6066 §3); not sent before TLS 1.0.
    pub server_name: Option<String>,
    /// Random bytes; SSL 2.0 takes the first sixteen as its challenge.
    pub random: [u8; 32],
    /// The suites offered, best first; SSL 2.0 offers its own seven.
    pub cipher_suites: Vec<u16>,
}

impl ClientHello {
    /// A hello with every suite that the version may use.
    #[must_use]
    pub fn new(version: Version, server_name: Option<String>, random: [u8; 32]) -> Self {
        Self {
            version,
            server_name,
            random,
            cipher_suites: ciphers::cipher_suites(version),
        }
    }

    /// The record to send. A name or a list too long for its length field is
    /// left out rather than sent broken.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        if self.version == Version::Ssl2 {
            return ssl2::client_hello(&self.random);
        }
        let mut body = self.version.number().to_be_bytes().to_vec();
        body.extend_from_slice(&self.random);
        body.push(0); // no session to resume
        put16(&mut body, |suites| {
            for suite in &self.cipher_suites {
                suites.extend_from_slice(&suite.to_be_bytes());
            }
            // Renegotiation is secure (RFC 5746 §3.3), or some servers refuse us.
            suites.extend_from_slice(&[0x00, 0xff]);
        });
        body.extend_from_slice(&[1, 0]); // no compression
        if self.version >= Version::Tls10 {
            put16(&mut body, |extensions| self.extensions(extensions));
        }
        // A body is far below 16 KiB, so its length fits.
        let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
        let mut record = vec![22];
        // Old servers choke on a record version above TLS 1.0 (RFC 5246 E.1).
        let record_version = self.version.min(Version::Tls10).number();
        record.extend_from_slice(&record_version.to_be_bytes());
        put16(&mut record, |handshake| {
            handshake.extend_from_slice(&[1, 0]);
            handshake.extend_from_slice(&length);
            handshake.extend_from_slice(&body);
        });
        record
    }

    fn extensions(&self, out: &mut Vec<u8>) {
        // RFC 1035 §2.3.4 limits a name to 255.
        let name = self.server_name.as_ref().filter(|name| name.len() <= 255);
        if let Some(name) = name {
            extension(out, 0, |content| {
                put16(content, |list| {
                    list.push(0);
                    put16(list, |host| host.extend_from_slice(name.as_bytes()));
                });
            });
        }
        // x25519, P-256, P-384, P-521, and what old servers have beside them.
        let groups = [0x001d_u16, 0x0017, 0x0018, 0x0019, 0x0016, 0x0015, 0x0013];
        extension(out, 10, |content| list16(content, &groups));
        extension(out, 11, |content| content.extend_from_slice(&[1, 0]));
        if self.version == Version::Tls12 {
            // ECDSA, PSS and PKCS#1 with SHA-2, then SHA-1, DSA and MD5.
            let signatures = [
                0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203,
                0x0201, 0x0402, 0x0202, 0x0101,
            ];
            extension(out, 13, |content| list16(content, &signatures));
        }
    }
}

fn extension(out: &mut Vec<u8>, number: u16, fill: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&number.to_be_bytes());
    put16(out, fill);
}

fn list16(out: &mut Vec<u8>, numbers: &[u16]) {
    put16(out, |list| {
        for number in numbers {
            list.extend_from_slice(&number.to_be_bytes());
        }
    });
}

/// Writes content behind its 16-bit length; content that is too long is dropped.
fn put16(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut content = Vec::new();
    fill(&mut content);
    let length = u16::try_from(content.len()).unwrap_or_else(|_| {
        content.clear();
        0
    });
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&content);
}
