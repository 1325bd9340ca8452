//! SSL 2.0's hellos (draft-hickman-netscape-ssl-00).

use super::server::ServerHello;
use crate::reader::{Reader, WireError};

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 4;
const ERROR: u8 = 0;

/// RC4, RC4 export, RC2, RC2 export, IDEA, DES, triple DES.
const CIPHER_SPECS: [[u8; 3]; 7] = [
    [1, 0, 0x80],
    [2, 0, 0x80],
    [3, 0, 0x80],
    [4, 0, 0x80],
    [5, 0, 0x80],
    [6, 0, 0x40],
    [7, 0, 0xc0],
];

pub(super) fn client_hello(random: &[u8; 32]) -> Vec<u8> {
    let challenge = random.first_chunk::<16>().unwrap_or(&[0; 16]);
    let specs = CIPHER_SPECS.as_flattened();
    let mut hello = vec![CLIENT_HELLO, 0, 2, 0, specs.len() as u8, 0, 0, 0, 16];
    hello.extend_from_slice(specs);
    hello.extend_from_slice(challenge);
    // The header's top bit says that no padding follows.
    let mut record = vec![0x80, hello.len() as u8];
    record.extend_from_slice(&hello);
    record
}

/// What a server answered.
pub(super) enum Answer {
    Hello(ServerHello, Vec<u8>),
    Error(u16),
}

/// Reads a record; nothing while more bytes are needed.
pub(super) fn server_answer(bytes: &[u8]) -> Result<Option<Answer>, WireError> {
    let what = "the SSL 2.0 hello";
    let mut reader = Reader::new(bytes);
    let Ok(length) = reader.u16(what) else {
        return Ok(None);
    };
    let Ok(mut record) = reader.sub(usize::from(length & 0x7fff), what) else {
        return Ok(None);
    };
    match record.u8(what)? {
        ERROR => Ok(Some(Answer::Error(record.u16(what)?))),
        SERVER_HELLO => server_hello(&mut record).map(Some),
        found => Err(WireError::Unexpected { what, found }),
    }
}

fn server_hello(record: &mut Reader<'_>) -> Result<Answer, WireError> {
    let what = "the SSL 2.0 hello";
    record.take(2, what)?; // session id hit, certificate type
    let version = record.u16(what)?;
    let certificate_len = usize::from(record.u16(what)?);
    let specs_len = usize::from(record.u16(what)?);
    record.u16(what)?; // length of the connection id
    let certificate = record.take(certificate_len, "the certificate")?.to_vec();
    let (specs, _) = record.take(specs_len, "the cipher specs")?.as_chunks::<3>();
    let ssl2_ciphers = specs
        .iter()
        .map(|[kind, high, low]| u32::from_be_bytes([0, *kind, *high, *low]))
        .collect();
    let hello = ServerHello {
        version,
        cipher_suite: None,
        ssl2_ciphers,
    };
    Ok(Answer::Hello(hello, certificate))
}
