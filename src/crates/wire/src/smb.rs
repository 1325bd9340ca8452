//! SMB negotiation, without a session (MS-SMB 2.2.4.52, MS-SMB2 2.2.3).

use crate::reader::{Reader, WireError};

/// SMB 2 dialects, oldest first, as MS-SMB2 2.2.3 numbers them.
pub const DIALECTS: [u16; 5] = [0x0202, 0x0210, 0x0300, 0x0302, 0x0311];

const SMB1: [u8; 4] = *b"\xffSMB";
const SMB2: [u8; 4] = *b"\xfeSMB";
const NT_LM: &[u8] = b"\x02NT LM 0.12\0";
/// Longest frame waited for.
const LONGEST: usize = 16 * 1024;

/// What a server answers to one offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It accepts the dialect.
    Accepted {
        /// Dialect: 1 for NT LM 0.12, else of [`DIALECTS`].
        dialect: u16,
        /// Whether it insists on signatures.
        signing_required: bool,
    },
    /// It speaks SMB and refuses the offer.
    Refused,
}

/// An SMB 1 negotiation that offers NT LM 0.12 alone.
#[must_use]
pub fn negotiate1() -> Vec<u8> {
    let mut body = SMB1.to_vec();
    // SMB_COM_NEGOTIATE, no status, case-insensitive and canonical paths, Unicode, long names
    // and NT status codes.
    body.extend([0x72, 0, 0, 0, 0, 0x18, 0x01, 0xc8]);
    body.extend([0; 12]); // process id high, signature, reserved
    body.extend([0, 0, 0x2f, 0x4b, 0, 0, 0, 0]); // tree, process, user, multiplex
    body.push(0); // no parameter words
    body.extend([u8::try_from(NT_LM.len()).unwrap_or(0), 0]);
    body.extend(NT_LM);
    frame(&body)
}

/// An SMB 2 negotiation that offers one dialect; `random` is client id and salt.
#[must_use]
pub fn negotiate2(dialect: u16, random: &[u8; 32]) -> Vec<u8> {
    let (client, salt) = random.split_at(16);
    let mut body = SMB2.to_vec();
    body.extend([64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]); // header length, NEGOTIATE, one credit
    body.extend([0; 48]); // flags, next, message id, process, tree, session, signature
    body.extend([36, 0, 1, 0, 1, 0, 0, 0]); // structure size, one dialect, signing enabled
    body.extend([0; 4]); // capabilities: SMB 2.0.2 wants none
    body.extend(client);
    let contexts = dialect == 0x0311;
    // The contexts lie behind the dialect, at a multiple of eight.
    body.extend(if contexts {
        [0x68, 0, 0, 0, 2, 0, 0, 0]
    } else {
        [0; 8]
    });
    body.extend(dialect.to_le_bytes());
    if contexts {
        body.extend([0, 0]);
        // Preauthentication integrity: SHA-512 and a salt of 16.
        body.extend([1, 0, 22, 0, 0, 0, 0, 0, 1, 0, 16, 0, 1, 0]);
        body.extend(salt);
        body.extend([0, 0]);
        // Encryption: AES-128-GCM, AES-128-CCM.
        body.extend([2, 0, 6, 0, 0, 0, 0, 0, 2, 0, 2, 0, 1, 0]);
    }
    frame(&body)
}

/// What comes first on port 139: a session with whatever file server listens (RFC 1002 §4.3.2).
#[must_use]
pub fn netbios_session() -> Vec<u8> {
    let mut body = Vec::new();
    for name in [b"*SMBSERVER      ", b"ARPENTEUR       "] {
        body.push(32);
        body.extend(
            name.iter()
                .flat_map(|byte| [b'A' + (byte >> 4), b'A' + (byte & 15)]),
        );
        body.push(0);
    }
    [&[0x81, 0, 0, 68][..], &body].concat()
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap_or(0).to_be_bytes();
    [&[0, 0], &length[..], body].concat()
}

/// Whether the answer is there in whole.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    !matches!(message(bytes), Err(WireError::Truncated { .. }))
}

/// The first message, behind the positive answer to a NetBIOS session request.
fn message(bytes: &[u8]) -> Result<Reader<'_>, WireError> {
    let what = "the SMB frame";
    let mut reader = Reader::new(bytes);
    loop {
        let kind = reader.u8(what)?;
        let length = usize::try_from(reader.u24(what)?).unwrap_or(usize::MAX);
        match kind {
            0 if length > LONGEST => {
                let limit = LONGEST;
                return Err(WireError::TooLarge { what, limit });
            }
            0 => return reader.sub(length, what),
            0x82 if length == 0 => {}
            found => return Err(WireError::Unexpected { what, found }),
        }
    }
}

/// Reads an answer to a negotiation.
///
/// # Errors
/// When it is no SMB, or cut.
pub fn parse(bytes: &[u8]) -> Result<Answer, WireError> {
    let what = "the SMB negotiation";
    let mut reader = message(bytes)?;
    match reader.array(what)? {
        SMB1 => parse1(reader),
        SMB2 => parse2(reader),
        [found, ..] => Err(WireError::Unexpected { what, found }),
    }
}

fn parse1(mut reader: Reader<'_>) -> Result<Answer, WireError> {
    let what = "the SMB 1 negotiation";
    reader.u8(what)?;
    let status: [u8; 4] = reader.array(what)?;
    reader.take(23, what)?;
    let words = reader.u8(what)?;
    // No parameter words or another count: an error, or an older dialect.
    if status != [0; 4] || words != 17 {
        return Ok(Answer::Refused);
    }
    // 0xffff: none of the dialects offered.
    if reader.u16(what)? != 0 {
        return Ok(Answer::Refused);
    }
    let security = reader.u8(what)?;
    Ok(Answer::Accepted {
        dialect: 1,
        signing_required: security & 0x08 != 0,
    })
}

fn parse2(mut reader: Reader<'_>) -> Result<Answer, WireError> {
    let what = "the SMB 2 negotiation";
    reader.take(4, what)?; // header length, credit charge
    let status: [u8; 4] = reader.array(what)?;
    let command: [u8; 2] = reader.array(what)?;
    if status != [0; 4] || command != [0, 0] {
        return Ok(Answer::Refused);
    }
    reader.take(50, what)?;
    reader.take(2, what)?; // structure size
    let security = u16::from_le_bytes(reader.array(what)?);
    let dialect = u16::from_le_bytes(reader.array(what)?);
    if !DIALECTS.contains(&dialect) {
        return Ok(Answer::Refused);
    }
    Ok(Answer::Accepted {
        dialect,
        signing_required: security & 0x02 != 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted1(security: u8) -> Vec<u8> {
        let mut body = b"\xffSMB\x72\0\0\0\0".to_vec();
        body.extend([0; 23]);
        body.extend([17, 0, 0, security]);
        body.extend([0; 33]);
        frame(&body)
    }

    fn accepted2(dialect: u16, security: u16) -> Vec<u8> {
        let mut body = b"\xfeSMB\x40\0\0\0\0\0\0\0\0\0".to_vec();
        body.extend([0; 50]);
        body.extend([65, 0]);
        body.extend(security.to_le_bytes());
        body.extend(dialect.to_le_bytes());
        body.extend([0; 60]);
        frame(&body)
    }

    #[test]
    fn offers_have_the_lengths_of_the_specification() {
        let one = negotiate1();
        assert_eq!((one[3] as usize, one.len()), (32 + 1 + 2 + 12, 4 + 47));
        let two = negotiate2(0x0210, &[7; 32]);
        assert_eq!(two.len(), 4 + 64 + 36 + 2);
        assert_eq!(two[4 + 64 + 36..], [0x10, 0x02]);
        let three = negotiate2(0x0311, &[7; 32]);
        // Offset 0x68 from the header's start: the first context.
        assert_eq!(three[4 + 0x68..4 + 0x6a], [1, 0]);
        assert_eq!(three[4 + 0x68 + 32..4 + 0x68 + 34], [2, 0]);
        let session = netbios_session();
        assert_eq!(session.len(), 4 + 68);
        assert_eq!(&session[5..9], b"CKFD");
    }

    #[test]
    fn answers_are_told_apart() {
        let yes = |dialect, signing_required| {
            Ok(Answer::Accepted {
                dialect,
                signing_required,
            })
        };
        assert_eq!(parse(&accepted1(0x03)), yes(1, false));
        assert_eq!(parse(&accepted1(0x0f)), yes(1, true));
        assert_eq!(parse(&accepted2(0x0311, 3)), yes(0x0311, true));
        assert_eq!(parse(&accepted2(0x0202, 1)), yes(0x0202, false));
        let behind_session = [&[0x82, 0, 0, 0][..], &accepted1(3)].concat();
        assert_eq!(parse(&behind_session), yes(1, false));
        let mut refused = accepted2(0x0311, 1);
        refused[4 + 8] = 0xbb; // STATUS_NOT_SUPPORTED begins so
        assert_eq!(parse(&refused), Ok(Answer::Refused));
        let mut none = accepted1(3);
        none[4 + 33..4 + 35].fill(0xff);
        assert_eq!(parse(&none), Ok(Answer::Refused));
    }

    #[test]
    fn what_is_cut_or_no_smb_is_an_error() {
        let whole = accepted2(0x0300, 1);
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end]), "{end}");
        }
        assert!(is_whole(&whole));
        // A negative session response, an HTTP server, a frame beyond the limit.
        for bytes in [&b"\x83\0\0\x01\x82"[..], b"HTTP/1.1 400", &[0, 0xff, 0, 0]] {
            assert!(is_whole(bytes) && parse(bytes).is_err());
        }
        assert!(parse(&frame(b"\xffSMB\x72")).is_err());
    }
}
