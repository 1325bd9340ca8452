//! Data stores: the first question of each protocol, and whether the answer asks for a login.

use crate::reader::{Reader, WireError};

/// Longest answer waited for.
const LONGEST: usize = 48 * 1024;

/// What a server's first answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// It serves anyone.
    Open,
    /// It asks for a login, or refuses us.
    Closed,
    /// It speaks the protocol; more would take a login.
    Unclear,
}

/// Redis: `PING` (RESP).
pub const REDIS: &[u8] = b"PING\r\n";
/// memcached: `version` (text protocol).
pub const MEMCACHED: &[u8] = b"version\r\n";
/// PostgreSQL: SSLRequest (protocol 3, "Message Formats"), no login.
pub const POSTGRES_TLS: &[u8] = &[0, 0, 0, 8, 4, 210, 22, 47];

/// Whether a line is there in whole.
#[must_use]
pub fn is_line(bytes: &[u8]) -> bool {
    bytes.contains(&b'\n')
}

/// Reads the answer to [`REDIS`].
///
/// # Errors
/// When it is not Redis.
pub fn redis(bytes: &[u8]) -> Result<Access, WireError> {
    // NOAUTH: a password is set. DENIED: protected mode, closed to all but the host itself.
    let closed = [
        &b"-NOAUTH"[..],
        b"-DENIED",
        b"-NOPERM",
        b"-ERR operation not permitted",
    ];
    if bytes.starts_with(b"+PONG") {
        return Ok(Access::Open);
    }
    if closed.iter().any(|refusal| bytes.starts_with(refusal)) {
        return Ok(Access::Closed);
    }
    not("Redis's answer")
}

/// Reads the answer to [`MEMCACHED`].
///
/// # Errors
/// When it is not memcached.
pub fn memcached(bytes: &[u8]) -> Result<Access, WireError> {
    if bytes.starts_with(b"VERSION ") {
        return Ok(Access::Open);
    }
    if bytes.starts_with(b"CLIENT_ERROR unauthenticated") {
        return Ok(Access::Closed);
    }
    not("memcached's answer")
}

fn not<T>(what: &'static str) -> Result<T, WireError> {
    let why = "it is of another protocol";
    Err(WireError::Invalid { what, why })
}

/// PostgreSQL: a startup message as `postgres`. This asks for a session: a login.
#[must_use]
pub fn postgres_startup() -> Vec<u8> {
    let mut body = vec![0, 3, 0, 0];
    body.extend(b"user\0postgres\0database\0postgres\0\0");
    let length = u32::try_from(body.len() + 4).unwrap_or(0).to_be_bytes();
    [&length[..], &body].concat()
}

/// Whether enough of the answer to [`postgres_startup`] is there: type, length, code.
#[must_use]
pub fn is_postgres_answer(bytes: &[u8]) -> bool {
    bytes.len() >= 9
        || bytes
            .first()
            .is_some_and(|kind| !matches!(kind, b'R' | b'E'))
}

/// Reads the answer to [`POSTGRES_TLS`] (one letter) or to [`postgres_startup`].
///
/// # Errors
/// When it is not PostgreSQL.
pub fn postgres(bytes: &[u8]) -> Result<Access, WireError> {
    let what = "PostgreSQL's answer";
    let mut reader = Reader::new(bytes);
    let kind = reader.u8(what)?;
    match kind {
        b'S' | b'N' if reader.is_empty() => Ok(Access::Unclear),
        // An error: no such account, no line in pg_hba.conf for us, TLS compulsory.
        b'E' => match reader.u32(what)? {
            8..=65_536 => Ok(Access::Closed),
            _ => not(what),
        },
        b'R' => {
            let length = reader.u32(what)?;
            match reader.u32(what)? {
                0 if length == 8 => Ok(Access::Open),
                1..=12 => Ok(Access::Closed),
                _ => not(what),
            }
        }
        _ => not(what),
    }
}

/// Whether a MySQL packet is there in whole, or this is none.
#[must_use]
pub fn is_mysql_packet(bytes: &[u8]) -> bool {
    let Some(Ok([low, middle, high])) = bytes.get(..3).map(<[u8; 3]>::try_from) else {
        return false;
    };
    let length = usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16;
    length > LONGEST || bytes.len() >= 4 + length
}

/// Reads the greeting of MySQL or MariaDB: protocol 10, or an error that this host may not
/// connect.
///
/// # Errors
/// When it is not MySQL.
pub fn mysql(bytes: &[u8]) -> Result<Access, WireError> {
    let what = "MySQL's greeting";
    let mut reader = Reader::new(bytes);
    let [.., sequence] = reader.array::<4>(what)?;
    match (sequence, reader.u8(what)?) {
        (0, 10) if reader.peek().contains(&0) => Ok(Access::Unclear),
        (0, 0xff) if is_mysql_packet(bytes) => Ok(Access::Closed),
        _ => not(what),
    }
}

/// Microsoft SQL Server: PRELOGIN with version and encryption (MS-TDS 2.2.6.5), no login.
#[must_use]
pub fn mssql_prelogin() -> Vec<u8> {
    let mut body = vec![0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff];
    body.extend([0; 6]); // version
    body.push(2); // encryption not supported: nothing more will be sent
    let length = u16::try_from(body.len() + 8).unwrap_or(0).to_be_bytes();
    [&[0x12, 1][..], &length, &[0, 0, 0, 0], &body].concat()
}

/// Whether a TDS packet is there in whole, or this is none.
#[must_use]
pub fn is_tds_packet(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    match reader.u8("the TDS packet") {
        Ok(4) => {
            reader.u8("the TDS packet").is_ok()
                && reader
                    .u16("the TDS packet")
                    .is_ok_and(|length| bytes.len() >= usize::from(length))
        }
        Ok(_) => true,
        Err(_) => false,
    }
}

/// Reads the answer to [`mssql_prelogin`].
///
/// # Errors
/// When it is not SQL Server.
pub fn mssql(bytes: &[u8]) -> Result<Access, WireError> {
    let what = "SQL Server's answer";
    let mut reader = Reader::new(bytes);
    let [kind, status] = reader.array(what)?;
    let length = usize::from(reader.u16(what)?);
    reader.take(4, what)?;
    let mut body = reader.sub(length.saturating_sub(8), what)?;
    // The first option of a response is its version.
    match (kind, status, body.u8(what)?) {
        (4, 1, 0) => Ok(Access::Unclear),
        _ => not(what),
    }
}

/// MongoDB: `listDatabases`, names alone, as OP_MSG (MongoDB Wire Protocol).
#[must_use]
pub fn mongodb_databases(request: u32) -> Vec<u8> {
    let mut document = Vec::new();
    document.extend(b"\x10listDatabases\0\x01\0\0\0");
    document.extend(b"\x08nameOnly\0\x01");
    document.extend(b"\x02$db\0\x06\0\0\0admin\0");
    document.push(0);
    let size = |length: usize| u32::try_from(length).unwrap_or(0).to_le_bytes();
    let document = [&size(document.len() + 4)[..], &document].concat();
    let mut message = size(16 + 5 + document.len()).to_vec();
    message.extend(request.to_le_bytes());
    message.extend([0; 4]); // answers nothing
    message.extend(2013_u32.to_le_bytes());
    message.extend([0; 5]); // no flags, a body section
    message.extend(document);
    message
}

/// Whether a message is there in whole, or this is none.
#[must_use]
pub fn is_mongodb_message(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    let Ok(length) = little(&mut reader) else {
        return false;
    };
    !(16..=LONGEST).contains(&length) || bytes.len() >= length
}

fn little(reader: &mut Reader<'_>) -> Result<usize, WireError> {
    let number = u32::from_le_bytes(reader.array("a BSON length")?);
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}

/// Reads the answer to [`mongodb_databases`]: `ok: 1`, or error 13 (Unauthorized) and its kin.
///
/// # Errors
/// When it is not MongoDB, or ends in its middle.
pub fn mongodb(bytes: &[u8]) -> Result<Access, WireError> {
    let what = "MongoDB's answer";
    let mut reader = Reader::new(bytes);
    let length = little(&mut reader)?;
    reader.take(8, what)?;
    if length > LONGEST || little(&mut reader)? != 2013 {
        return not(what);
    }
    let [.., section] = reader.array::<5>(what)?;
    if section != 0 {
        return not(what);
    }
    let size = little(&mut reader)?;
    let mut document = reader.sub(size.saturating_sub(4), what)?;
    loop {
        let kind = document.u8(what)?;
        if kind == 0 {
            return not(what);
        }
        let name = until_nul(&mut document)?;
        if name == b"ok" && kind == 1 {
            let ok = f64::from_le_bytes(document.array(what)?);
            return Ok(if ok == 1.0 {
                Access::Open
            } else {
                Access::Closed
            });
        }
        skip_value(&mut document, kind)?;
    }
}

fn until_nul<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], WireError> {
    let what = "a BSON name";
    let end = reader.peek().iter().position(|byte| *byte == 0);
    let name = reader.take(end.unwrap_or(usize::MAX), what)?;
    reader.u8(what)?;
    Ok(name)
}

/// Passes over a value of BSON's types that answers hold (bsonspec.org, version 1.1).
fn skip_value(reader: &mut Reader<'_>, kind: u8) -> Result<(), WireError> {
    let what = "a BSON value";
    let length = match kind {
        0x01 | 0x09 | 0x11 | 0x12 => 8,
        0x02 => little(reader)?,
        0x03 | 0x04 => little(reader)?.saturating_sub(4),
        0x05 => little(reader)?.saturating_add(1),
        0x07 => 12,
        0x08 => 1,
        0x0a => 0,
        0x10 => 4,
        0x13 => 16,
        found => return Err(WireError::Unexpected { what, found }),
    };
    reader.take(length, what).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mongo_reply(fields: &[u8]) -> Vec<u8> {
        let document = [&(fields.len() as u32 + 5).to_le_bytes()[..], fields, &[0]].concat();
        let mut bytes = (21 + document.len() as u32).to_le_bytes().to_vec();
        bytes.extend([9, 0, 0, 0, 7, 0, 0, 0]);
        bytes.extend(2013_u32.to_le_bytes());
        bytes.extend([0; 5]);
        bytes.extend(document);
        bytes
    }

    #[test]
    fn text_protocols() {
        assert_eq!(redis(b"+PONG\r\n"), Ok(Access::Open));
        assert_eq!(
            redis(b"-NOAUTH Authentication required.\r\n"),
            Ok(Access::Closed)
        );
        assert_eq!(
            redis(b"-DENIED Redis is running in protected mode"),
            Ok(Access::Closed)
        );
        assert!(redis(b"HTTP/1.1 400\r\n").is_err() && redis(b"-ERR unknown").is_err());
        assert_eq!(memcached(b"VERSION 1.6.18\r\n"), Ok(Access::Open));
        assert_eq!(
            memcached(b"CLIENT_ERROR unauthenticated\r\n"),
            Ok(Access::Closed)
        );
        assert!(memcached(b"ERROR\r\n").is_err());
        assert!(is_line(b"a\n") && !is_line(b"a"));
    }

    #[test]
    fn postgres_answers() {
        let asked = postgres_startup();
        assert_eq!(asked[..8], [0, 0, 0, asked.len() as u8, 0, 3, 0, 0]);
        assert_eq!(postgres(b"S"), Ok(Access::Unclear));
        assert_eq!(postgres(b"R\0\0\0\x08\0\0\0\0"), Ok(Access::Open));
        assert_eq!(
            postgres(b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"),
            Ok(Access::Closed)
        );
        assert_eq!(postgres(b"E\0\0\0\x50SFATAL\0"), Ok(Access::Closed));
        for other in [
            &b"SSH-2.0-x\r\n"[..],
            b"R\0\0\0\x09\0\0\0\0",
            b"HTTP",
            b"ERROR\r\n",
            b"",
        ] {
            assert!(postgres(other).is_err(), "{other:?}");
        }
        assert!(!is_postgres_answer(b"R\0\0\0\x08\0\0\0") && is_postgres_answer(b"H"));
    }

    #[test]
    fn mysql_and_mssql_greetings() {
        let mut greeting = vec![20, 0, 0, 0, 10];
        greeting.extend(b"8.0.36\0");
        greeting.extend([1; 12]);
        assert!(is_mysql_packet(&greeting) && !is_mysql_packet(&greeting[..10]));
        assert_eq!(mysql(&greeting), Ok(Access::Unclear));
        let refused = b"\x09\0\0\0\xff\x6a\x04no way";
        assert_eq!(mysql(refused), Ok(Access::Closed));
        assert!(mysql(b"SSH-2.0-x\r\n").is_err() && is_mysql_packet(b"SSH-2"));
        let asked = mssql_prelogin();
        assert_eq!(asked[..4], [0x12, 1, 0, asked.len() as u8]);
        let answer = b"\x04\x01\0\x10\0\0\x01\0\0\0\x06\0\x06\0\0\xff";
        assert!(is_tds_packet(answer) && !is_tds_packet(&answer[..9]));
        assert_eq!(mssql(answer), Ok(Access::Unclear));
        assert!(mssql(&asked).is_err());
    }

    #[test]
    fn mongodb_answers() {
        let asked = mongodb_databases(7);
        assert!(is_mongodb_message(&asked) && !is_mongodb_message(&asked[..20]));
        assert_eq!(asked[..4], (asked.len() as u32).to_le_bytes());
        let mut open = b"\x04databases\0\x05\0\0\0\0\x01ok\0".to_vec();
        open.extend(1.0_f64.to_le_bytes());
        assert_eq!(mongodb(&mongo_reply(&open)), Ok(Access::Open));
        let mut closed = b"\x02errmsg\0\x03\0\0\0no\0\x10code\0\x0d\0\0\0\x01ok\0".to_vec();
        closed.extend(0.0_f64.to_le_bytes());
        assert_eq!(mongodb(&mongo_reply(&closed)), Ok(Access::Closed));
        // A request is a well-formed message without `ok`.
        assert!(mongodb(&asked).is_err());
        assert!(mongodb(&mongo_reply(b"\x02a\0\xff\xff\xff\xff")).is_err());
        assert!(is_mongodb_message(b"HTTP/1.1") && mongodb(b"HTTP/1.1 400 Bad Request").is_err());
    }
}
