//! SSH public key blobs (RFC 4253 §6.6, RFC 5656, RFC 8709).
use crate::model::SshHostKey;
use arpenteur_wire::WireError;
use arpenteur_wire::reader::Reader;
use arpenteur_wire::text::base64;
use sha2::{Digest, Sha256};

/// Algorithm, length and fingerprint of a key; nothing where the blob is malformed or the
/// algorithm unknown.
pub(super) fn parse(blob: &[u8]) -> Option<SshHostKey> {
    let mut reader = Reader::new(blob);
    let name = string(&mut reader).ok()?;
    let (algorithm, bits) = match name {
        b"ssh-rsa" => {
            string(&mut reader).ok()?;
            ("rsa", bit_length(string(&mut reader).ok()?))
        }
        b"ssh-dss" => ("dsa", bit_length(string(&mut reader).ok()?)),
        b"ecdsa-sha2-nistp256" => ("ecdsa", 256),
        b"ecdsa-sha2-nistp384" => ("ecdsa", 384),
        b"ecdsa-sha2-nistp521" => ("ecdsa", 521),
        b"ssh-ed25519" => ("ed25519", 256),
        b"ssh-ed448" => ("ed448", 448),
        _ => return None,
    };
    Some(SshHostKey {
        algorithm: algorithm.to_owned(),
        bits,
        fingerprint: format!(
            "SHA256:{}",
            base64(&Sha256::digest(blob)).trim_end_matches('=')
        ),
    })
}

fn string<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], WireError> {
    let what = "the host key";
    let length = reader.u32(what)?;
    reader.take(usize::try_from(length).unwrap_or(usize::MAX), what)
}

/// Length of an mpint without its leading zeros.
fn bit_length(mpint: &[u8]) -> u32 {
    let digits: Vec<u8> = mpint
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect();
    let bits = digits.len() * 8;
    let unused = digits.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(bits)
        .unwrap_or(u32::MAX)
        .saturating_sub(unused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(parts: &[&[u8]]) -> Vec<u8> {
        parts
            .iter()
            .flat_map(|part| [&u32::try_from(part.len()).unwrap().to_be_bytes()[..], part].concat())
            .collect()
    }

    #[test]
    fn rsa_length_is_that_of_the_modulus() {
        let mut modulus = vec![0_u8; 129];
        modulus[1] = 0x80; // 1024 bits, with the sign octet that an mpint needs
        let key = parse(&blob(&[b"ssh-rsa", &[1, 0, 1], &modulus])).unwrap();
        assert_eq!((key.algorithm.as_str(), key.bits), ("rsa", 1024));
        assert!(key.fingerprint.starts_with("SHA256:") && !key.fingerprint.ends_with('='));
        assert_eq!(key.fingerprint.len(), 7 + 43);
    }

    #[test]
    fn a_cut_or_unknown_blob_is_no_key() {
        let whole = blob(&[b"ssh-rsa", &[1, 0, 1], &[0x80; 64]]);
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut]), None);
        }
        assert_eq!(parse(&blob(&[b"ssh-other", b"x"])), None);
        assert_eq!(parse(&[0xff; 8]), None);
    }
}
