//! From a password to the key of one engine.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Digest;
use zeroize::Zeroizing;

use super::privacy::PrivacyKey;
use super::{AuthProtocol, KeyExtension, PrivProtocol};
use crate::reader::WireError;

/// Runs an expression with `$hash` naming the protocol's hash function.
macro_rules! with_hash {
    ($protocol:expr, $hash:ident => $body:expr) => {
        match $protocol {
            AuthProtocol::Md5 => {
                type $hash = md5::Md5;
                $body
            }
            AuthProtocol::Sha1 => {
                type $hash = sha1::Sha1;
                $body
            }
            AuthProtocol::Sha224 => {
                type $hash = sha2::Sha224;
                $body
            }
            AuthProtocol::Sha256 => {
                type $hash = sha2::Sha256;
                $body
            }
            AuthProtocol::Sha384 => {
                type $hash = sha2::Sha384;
                $body
            }
            AuthProtocol::Sha512 => {
                type $hash = sha2::Sha512;
                $body
            }
        }
    };
}

/// The length to which a password is repeated before it is hashed (RFC 3414 A.2).
const STRETCHED_LEN: usize = 1 << 20;

/// Ku: the key that a password gives, the same for every engine.
///
/// Costs a mebibyte of hashing; keep it.
#[derive(Clone)]
pub struct MasterKey {
    protocol: AuthProtocol,
    bytes: Zeroizing<Vec<u8>>,
}

impl MasterKey {
    /// The master key of a password (RFC 3414 A.2, RFC 7860 §9.3).
    ///
    /// # Errors
    /// When the password is empty. Agents ask for eight characters (RFC 3414
    /// §11.2), but a device that was given fewer must still be reachable.
    pub fn from_password(protocol: AuthProtocol, password: &[u8]) -> Result<Self, WireError> {
        if password.is_empty() {
            let what = "the SNMPv3 password";
            let why = "it is empty";
            return Err(WireError::Invalid { what, why });
        }
        Ok(Self {
            protocol,
            bytes: Zeroizing::new(stretched(protocol, password)),
        })
    }

    /// The key for one engine (RFC 3414 A.2: the hash of Ku, engine id, Ku).
    #[must_use]
    pub fn localize(&self, engine_id: &[u8]) -> LocalizedKey {
        LocalizedKey {
            protocol: self.protocol,
            bytes: Zeroizing::new(localized(self.protocol, &self.bytes, engine_id)),
        }
    }
}

fn stretched(protocol: AuthProtocol, password: &[u8]) -> Vec<u8> {
    // Whole repetitions of about 4 KiB, so that the hash is not fed in crumbs.
    let repeated = Zeroizing::new(password.repeat(4096 / password.len() + 1));
    with_hash!(protocol, Hash => {
        let mut hash = Hash::new();
        let mut left = STRETCHED_LEN;
        while left > 0 {
            let piece = repeated.get(..left).unwrap_or(&repeated);
            hash.update(piece);
            left -= piece.len();
        }
        hash.finalize().to_vec()
    })
}

fn localized(protocol: AuthProtocol, master: &[u8], engine_id: &[u8]) -> Vec<u8> {
    with_hash!(protocol, Hash => {
        Hash::new()
            .chain_update(master)
            .chain_update(engine_id)
            .chain_update(master)
            .finalize()
            .to_vec()
    })
}

/// Kul: the key of one user at one engine.
#[derive(Clone)]
pub struct LocalizedKey {
    protocol: AuthProtocol,
    bytes: Zeroizing<Vec<u8>>,
}

impl LocalizedKey {
    /// The protocol that the key was made for.
    #[must_use]
    pub fn protocol(&self) -> AuthProtocol {
        self.protocol
    }

    /// The key that encrypts, from the localized key of the privacy password.
    ///
    /// `engine_id` is the one it was localized for; the Reeder extension needs
    /// it again, and up to one more mebibyte of hashing.
    #[must_use]
    pub fn privacy_key(&self, protocol: PrivProtocol, engine_id: &[u8]) -> PrivacyKey {
        let mut material = self.bytes.clone();
        let mut last = self.bytes.clone();
        while material.len() < protocol.key_len() {
            *last = match protocol {
                PrivProtocol::Aes192(KeyExtension::Reeder)
                | PrivProtocol::Aes256(KeyExtension::Reeder) => {
                    let master = Zeroizing::new(stretched(self.protocol, &last));
                    localized(self.protocol, &master, engine_id)
                }
                _ => with_hash!(self.protocol, Hash => Hash::digest(&*material).to_vec()),
            };
            material.extend_from_slice(&last);
        }
        PrivacyKey::new(protocol, &material)
    }

    /// The digest of a message whose own digest field holds zeros.
    pub(crate) fn digest(&self, message: &[u8]) -> Result<Vec<u8>, WireError> {
        with_hash!(self.protocol, Hash => {
            let mac = self.mac::<Hmac<Hash>>(message)?.finalize().into_bytes();
            Ok(mac.iter().take(self.protocol.digest_len()).copied().collect())
        })
    }

    /// Compares in constant time.
    pub(crate) fn verify(&self, message: &[u8], digest: &[u8]) -> Result<(), WireError> {
        // A shorter digest would be easier to forge, so its length is checked first.
        if digest.len() != self.protocol.digest_len() {
            return Err(WireError::WrongDigest);
        }
        with_hash!(self.protocol, Hash => {
            let mac = self.mac::<Hmac<Hash>>(message)?;
            mac.verify_truncated_left(digest).map_err(|_| WireError::WrongDigest)
        })
    }

    fn mac<M: Mac + KeyInit>(&self, message: &[u8]) -> Result<M, WireError> {
        let mac = <M as KeyInit>::new_from_slice(&self.bytes);
        let mac = mac.map_err(|_| WireError::WrongDigest)?;
        Ok(mac.chain_update(message))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MasterKey({:?}, <secret>)", self.protocol)
    }
}

impl fmt::Debug for LocalizedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LocalizedKey({:?}, <secret>)", self.protocol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGINE_ID: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// RFC 3414 A.3.1 and A.3.2.
    #[test]
    fn keys_of_rfc_3414() {
        for (protocol, master, localized) in [
            (
                AuthProtocol::Md5,
                "9faf3283884e92834ebc9847d8edd963",
                "526f5eed9fcce26f8964c2930787d82b",
            ),
            (
                AuthProtocol::Sha1,
                "9fb5cc0381497b3793528939ff788d5d79145211",
                "6695febc9288e36282235fc7151f128497b38f3f",
            ),
        ] {
            let key = MasterKey::from_password(protocol, b"maplesyrup").unwrap();
            assert_eq!(hex(&key.bytes), master);
            assert_eq!(hex(&key.localize(&ENGINE_ID).bytes), localized);
        }
    }

    /// RFC 3414 A.5 changes a key from this password to the one of A.3; the new
    /// key it ends with is "newsyrup" localized.
    #[test]
    fn keys_of_the_key_change_example() {
        for (protocol, new) in [
            (AuthProtocol::Md5, "87021d7bd9d101ba05ea6e3bf9d9bd4a"),
            (
                AuthProtocol::Sha1,
                "78e2dcce79d59403b58c1bbaa5bff46391f1cd25",
            ),
        ] {
            let key = MasterKey::from_password(protocol, b"newsyrup").unwrap();
            assert_eq!(hex(&key.localize(&ENGINE_ID).bytes), new);
        }
    }

    /// draft-reeder-snmpv3-usm-3desede-00 B.1 and B.2.
    #[test]
    fn reeder_extension_of_the_draft() {
        for (protocol, extended) in [
            (
                AuthProtocol::Md5,
                "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12",
            ),
            (
                AuthProtocol::Sha1,
                "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c",
            ),
        ] {
            let key = MasterKey::from_password(protocol, b"maplesyrup").unwrap();
            let reeder = PrivProtocol::Aes256(KeyExtension::Reeder);
            let key = key.localize(&ENGINE_ID).privacy_key(reeder, &ENGINE_ID);
            assert_eq!(hex(key.material()), extended);
        }
    }

    /// RFC 3414's key with the hash of itself behind it, cut to AES-192.
    #[test]
    fn blumenthal_extension_appends_the_hash_of_the_key() {
        for (protocol, extended) in [
            (
                AuthProtocol::Md5,
                "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f",
            ),
            (
                AuthProtocol::Sha1,
                "6695febc9288e36282235fc7151f128497b38f3f505e07eb",
            ),
        ] {
            let key = MasterKey::from_password(protocol, b"maplesyrup").unwrap();
            let cipher = PrivProtocol::Aes192(KeyExtension::Blumenthal);
            let key = key.localize(&ENGINE_ID).privacy_key(cipher, &ENGINE_ID);
            assert_eq!(hex(key.material()), extended);
        }
    }

    #[test]
    fn odd_password_lengths_are_cut_at_the_mebibyte() {
        // The definition, written plainly, against the faster way of feeding it.
        for length in [1, 7, 63, 4096, 5000] {
            let password: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            let long: Vec<u8> = password
                .iter()
                .copied()
                .cycle()
                .take(STRETCHED_LEN)
                .collect();
            assert_eq!(
                stretched(AuthProtocol::Sha256, &password),
                sha2::Sha256::digest(&long).to_vec(),
                "{length}"
            );
        }
    }

    #[test]
    fn an_empty_password_is_refused_and_debug_hides_keys() {
        assert!(MasterKey::from_password(AuthProtocol::Md5, b"").is_err());
        let key = MasterKey::from_password(AuthProtocol::Md5, b"maplesyrup").unwrap();
        let local = key.localize(&ENGINE_ID);
        let privacy = local.privacy_key(PrivProtocol::Aes128, &ENGINE_ID);
        let shown = format!("{key:?} {local:?} {privacy:?}");
        assert_eq!(
            shown,
            "MasterKey(Md5, <secret>) LocalizedKey(Md5, <secret>) PrivacyKey(Aes128, <secret>)"
        );
    }

    #[test]
    fn a_shortened_digest_does_not_pass() {
        let key = MasterKey::from_password(AuthProtocol::Sha256, b"maplesyrup").unwrap();
        let key = key.localize(&ENGINE_ID);
        let digest = key.digest(b"message").unwrap();
        assert_eq!(digest.len(), 24);
        assert_eq!(key.verify(b"message", &digest), Ok(()));
        assert_eq!(key.verify(b"massage", &digest), Err(WireError::WrongDigest));
        for length in [0, 1, 12, 23] {
            let short = &digest[..length];
            assert_eq!(key.verify(b"message", short), Err(WireError::WrongDigest));
        }
    }
}
