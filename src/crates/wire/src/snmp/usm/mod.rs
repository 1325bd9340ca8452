//! The user-based security model: keys and what is done with them (RFC 3414,
//! RFC 3826, RFC 7860).
//!
//! Three types follow a password to the wire, so that each step is paid once:
//! [`MasterKey`] (a mebibyte of hashing, once per password), [`LocalizedKey`]
//! (once per engine) and [`PrivacyKey`] (once per engine and cipher). All are
//! wiped when dropped and show nothing in `Debug`.

mod keys;
mod privacy;

pub use keys::{LocalizedKey, MasterKey};
pub(crate) use privacy::Moment;
pub use privacy::PrivacyKey;

/// How a message is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthProtocol {
    /// usmHMACMD5AuthProtocol (RFC 3414 §6).
    Md5,
    /// usmHMACSHAAuthProtocol (RFC 3414 §7).
    Sha1,
    /// usmHMAC128SHA224AuthProtocol (RFC 7860).
    Sha224,
    /// usmHMAC192SHA256AuthProtocol (RFC 7860).
    Sha256,
    /// usmHMAC256SHA384AuthProtocol (RFC 7860).
    Sha384,
    /// usmHMAC384SHA512AuthProtocol (RFC 7860).
    Sha512,
}

impl AuthProtocol {
    /// All protocols, from the weakest to the strongest.
    pub const ALL: [Self; 6] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
    ];

    /// The bytes of the digest that a message carries.
    #[must_use]
    pub fn digest_len(self) -> usize {
        match self {
            Self::Md5 | Self::Sha1 => 12,
            Self::Sha224 => 16,
            Self::Sha256 => 24,
            Self::Sha384 => 32,
            Self::Sha512 => 48,
        }
    }
}

/// How a message is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrivProtocol {
    /// usmDESPrivProtocol: DES in CBC mode (RFC 3414 §8).
    Des,
    /// usmAesCfb128Protocol (RFC 3826).
    Aes128,
    /// AES-192 in CFB mode, as vendors ship it without an RFC.
    Aes192(KeyExtension),
    /// AES-256 in CFB mode, as vendors ship it without an RFC.
    Aes256(KeyExtension),
}

impl PrivProtocol {
    /// All protocols with each key extension, from the weakest to the strongest.
    pub const ALL: [Self; 6] = [
        Self::Des,
        Self::Aes128,
        Self::Aes192(KeyExtension::Blumenthal),
        Self::Aes192(KeyExtension::Reeder),
        Self::Aes256(KeyExtension::Blumenthal),
        Self::Aes256(KeyExtension::Reeder),
    ];

    /// The bytes of key material that the cipher needs; for DES half of them
    /// are the pre-IV.
    #[must_use]
    pub fn key_len(self) -> usize {
        match self {
            Self::Des | Self::Aes128 => 16,
            Self::Aes192(_) => 24,
            Self::Aes256(_) => 32,
        }
    }
}

/// How a localized key that is too short for AES-192 or AES-256 is lengthened.
/// A device has one or the other and does not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyExtension {
    /// draft-blumenthal-aes-usm-04 §3.1.2.1, as net-snmp and most others.
    Blumenthal,
    /// draft-reeder-snmpv3-usm-3desede-00 §2.1, as Cisco and those who follow.
    Reeder,
}
