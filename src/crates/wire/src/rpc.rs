//! ONC RPC over TCP, enough to list what an NFS server exports (RFC 5531, RFC 1833, RFC 1813).

use crate::reader::{Reader, WireError};
use crate::text::printable;

const PORTMAPPER: u32 = 100_000;
const MOUNT: u32 = 100_005;
const MOUNT_VERSION: u32 = 3;
const TCP: u32 = 6;
const LAST_FRAGMENT: u32 = 1 << 31;
/// Longest reply waited for.
const LONGEST: usize = 64 * 1024;
const MOST_EXPORTS: usize = 256;
const MOST_GROUPS: usize = 256;
/// MNTPATHLEN, and more than any group name (RFC 1813 §5.1.4).
const LONGEST_PATH: usize = 1024;

/// One exported directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Directory.
    pub path: String,
    /// Who may mount it; empty for anyone.
    pub groups: Vec<String>,
}

/// PMAPPROC_GETPORT for version 3 of the mount protocol over TCP.
#[must_use]
pub fn mount_port(xid: u32) -> Vec<u8> {
    call(xid, (PORTMAPPER, 2, 3), &[MOUNT, MOUNT_VERSION, TCP, 0])
}

/// MOUNTPROC3_EXPORT, which changes nothing on the server.
#[must_use]
pub fn exports(xid: u32) -> Vec<u8> {
    call(xid, (MOUNT, MOUNT_VERSION, 5), &[])
}

fn call(xid: u32, (program, version, procedure): (u32, u32, u32), arguments: &[u32]) -> Vec<u8> {
    // CALL, RPC version 2, then neither credentials nor verifier (AUTH_NONE).
    let head = [xid, 0, 2, program, version, procedure, 0, 0, 0, 0];
    let words = head.iter().chain(arguments);
    let body: Vec<u8> = words.flat_map(|word| word.to_be_bytes()).collect();
    let length = u32::try_from(body.len()).unwrap_or(0) | LAST_FRAGMENT;
    [&length.to_be_bytes()[..], &body].concat()
}

/// Whether the last fragment of a record is there, or nothing sensible will come (RFC 5531 §11).
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    !matches!(record(bytes), Err(WireError::Truncated { .. }))
}

fn record(bytes: &[u8]) -> Result<Vec<u8>, WireError> {
    let what = "the RPC record";
    let mut reader = Reader::new(bytes);
    let mut record = Vec::new();
    loop {
        let mark = reader.u32(what)?;
        let length = usize::try_from(mark & !LAST_FRAGMENT).unwrap_or(usize::MAX);
        if length > LONGEST || (length == 0 && mark & LAST_FRAGMENT == 0) {
            let limit = LONGEST;
            return Err(WireError::TooLarge { what, limit });
        }
        record.extend_from_slice(reader.take(length, what)?);
        if mark & LAST_FRAGMENT != 0 {
            return Ok(record);
        }
    }
}

/// What follows the head of an accepted reply.
fn accepted<'a>(record: &'a [u8], xid: u32) -> Result<Reader<'a>, WireError> {
    let what = "the RPC reply";
    let invalid = |why| Err(WireError::Invalid { what, why });
    let mut reader = Reader::new(record);
    if (reader.u32(what)?, reader.u32(what)?) != (xid, 1) {
        return invalid("it answers another call");
    }
    if reader.u32(what)? != 0 {
        return invalid("the call was denied");
    }
    reader.u32(what)?; // verifier
    opaque(&mut reader, LONGEST)?;
    if reader.u32(what)? != 0 {
        return invalid("the call was not executed");
    }
    Ok(reader)
}

fn opaque<'a>(reader: &mut Reader<'a>, limit: usize) -> Result<&'a [u8], WireError> {
    let what = "an XDR string";
    let length = usize::try_from(reader.u32(what)?).unwrap_or(usize::MAX);
    if length > limit {
        return Err(WireError::TooLarge { what, limit });
    }
    let bytes = reader.take(length, what)?;
    reader.take(length.wrapping_neg() % 4, what)?;
    Ok(bytes)
}

/// The port of the mount daemon; nothing where it is not registered.
///
/// # Errors
/// When this is no accepted reply to [`mount_port`].
pub fn read_port(bytes: &[u8], xid: u32) -> Result<Option<u16>, WireError> {
    let what = "the port";
    let record = record(bytes)?;
    let port = accepted(&record, xid)?.u32(what)?;
    match u16::try_from(port) {
        Ok(0) => Ok(None),
        Ok(port) => Ok(Some(port)),
        Err(_) => Err(WireError::Invalid {
            what,
            why: "it is above 65535",
        }),
    }
}

/// What the server exports, at most 256 directories of 256 groups each.
///
/// # Errors
/// When this is no accepted reply to [`exports`], or a list is longer.
pub fn read_exports(bytes: &[u8], xid: u32) -> Result<Vec<Export>, WireError> {
    let record = record(bytes)?;
    let mut reader = accepted(&record, xid)?;
    list(&mut reader, MOST_EXPORTS, |reader| {
        let path = printable(opaque(reader, LONGEST_PATH)?, LONGEST_PATH);
        let groups = list(reader, MOST_GROUPS, |reader| {
            Ok(printable(opaque(reader, LONGEST_PATH)?, LONGEST_PATH))
        })?;
        Ok(Export { path, groups })
    })
}

/// An XDR linked list: each item behind a "there is one more".
fn list<'a, T>(
    reader: &mut Reader<'a>,
    limit: usize,
    read: impl Fn(&mut Reader<'a>) -> Result<T, WireError>,
) -> Result<Vec<T>, WireError> {
    let what = "an XDR list";
    let mut items = Vec::new();
    while reader.u32(what)? != 0 {
        if items.len() == limit {
            return Err(WireError::TooLarge { what, limit });
        }
        items.push(read(reader)?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(words: &[u32]) -> Vec<u8> {
        let body = [&[7, 1, 0, 0, 0, 0], words].concat();
        let bytes: Vec<u8> = body.iter().flat_map(|word| word.to_be_bytes()).collect();
        let mark = (bytes.len() as u32 | LAST_FRAGMENT).to_be_bytes();
        [&mark[..], &bytes].concat()
    }

    fn word(text: &[u8; 4]) -> u32 {
        u32::from_be_bytes(*text)
    }

    #[test]
    fn calls_are_those_of_the_rfc() {
        let asked = mount_port(7);
        assert_eq!(asked.len(), 4 + 56);
        assert_eq!(asked[..8], [0x80, 0, 0, 56, 0, 0, 0, 7]);
        assert_eq!(exports(7).len(), 4 + 40);
        assert_eq!(
            exports(7)[16..28],
            [0, 1, 0x86, 0xa5, 0, 0, 0, 3, 0, 0, 0, 5]
        );
    }

    #[test]
    fn ports_and_exports_are_read() {
        assert_eq!(read_port(&reply(&[20048]), 7), Ok(Some(20048)));
        assert_eq!(read_port(&reply(&[0]), 7), Ok(None));
        assert!(read_port(&reply(&[70_000]), 7).is_err());
        assert!(read_port(&reply(&[1]), 8).is_err());
        let listed = reply(&[
            1,
            4,
            word(b"/srv"),
            1,
            1,
            word(b"*\0\0\0"),
            0,
            1,
            2,
            word(b"/a\0\0"),
            0,
            0,
        ]);
        let read = read_exports(&listed, 7).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].path.as_str(), &read[0].groups[..]),
            ("/srv", &["*".to_owned()][..])
        );
        assert_eq!((read[1].path.as_str(), read[1].groups.len()), ("/a", 0));
        assert_eq!(read_exports(&reply(&[0]), 7), Ok(vec![]));
    }

    #[test]
    fn fragments_are_joined_and_floods_refused() {
        let whole = reply(&[0]);
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end]), "{end}");
        }
        let (first, second) = whole[4..].split_at(8);
        let mut pieces = vec![0, 0, 0, 8];
        pieces.extend(first);
        pieces.extend((second.len() as u32 | LAST_FRAGMENT).to_be_bytes());
        pieces.extend(second);
        assert_eq!(read_exports(&pieces, 7), Ok(vec![]));
        assert!(is_whole(b"HTTP/1.1") && read_exports(b"HTTP/1.1", 7).is_err());
        assert!(read_exports(&[0; 64], 7).is_err());
        let flood: Vec<u32> = [1, 0, 0].repeat(MOST_EXPORTS + 1);
        assert!(matches!(
            read_exports(&reply(&flood), 7),
            Err(WireError::TooLarge { .. })
        ));
        assert!(read_exports(&reply(&[1, u32::MAX]), 7).is_err());
    }
}
