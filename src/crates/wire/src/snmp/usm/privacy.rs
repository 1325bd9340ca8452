//! Encryption of the scoped PDU.

use std::fmt;

use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding};
use zeroize::Zeroizing;

use super::PrivProtocol;
use crate::reader::WireError;

type DesEncryptor = cbc::Encryptor<des::Des>;
type DesDecryptor = cbc::Decryptor<des::Des>;

const DES_BLOCK: usize = 8;

/// The key that encrypts for one user at one engine.
#[derive(Clone)]
pub struct PrivacyKey {
    protocol: PrivProtocol,
    material: Zeroizing<Vec<u8>>,
}

/// What both sides know of a message besides the key.
pub(crate) struct Moment {
    pub(crate) engine_boots: u32,
    pub(crate) engine_time: u32,
}

impl PrivacyKey {
    pub(super) fn new(protocol: PrivProtocol, material: &[u8]) -> Self {
        let material: Vec<u8> = material.iter().take(protocol.key_len()).copied().collect();
        let material = Zeroizing::new(material);
        Self { protocol, material }
    }

    /// The protocol that the key was made for.
    #[must_use]
    pub fn protocol(&self) -> PrivProtocol {
        self.protocol
    }

    #[cfg(test)]
    pub(super) fn material(&self) -> &[u8] {
        &self.material
    }

    /// Encrypts in place (DES pads with zeros) and gives msgPrivacyParameters.
    ///
    /// `salt` must never repeat under one key; DES sends only its low 32 bits
    /// (RFC 3414 §8.1.1.1, RFC 3826 §3.1.2.1).
    pub(crate) fn encrypt(
        &self,
        plain: &mut Vec<u8>,
        moment: &Moment,
        salt: u64,
    ) -> Result<[u8; 8], WireError> {
        if self.protocol != PrivProtocol::Des {
            let salt = salt.to_be_bytes();
            let iv = aes_iv(moment, salt);
            match self.material.len() {
                16 => cfb_encrypt::<aes::Aes128>(&self.material, &iv, plain),
                24 => cfb_encrypt::<aes::Aes192>(&self.material, &iv, plain),
                _ => cfb_encrypt::<aes::Aes256>(&self.material, &iv, plain),
            }?;
            return Ok(salt);
        }
        let salt = (u64::from(moment.engine_boots) << 32 | salt & 0xffff_ffff).to_be_bytes();
        plain.resize(plain.len().next_multiple_of(DES_BLOCK), 0);
        let (key, iv) = self.des_key_and_iv(salt)?;
        let length = plain.len();
        DesEncryptor::new_from_slices(key, &iv)
            .map_err(|_| WireError::Decryption)?
            .encrypt_padded::<NoPadding>(plain, length)
            .map_err(|_| WireError::Decryption)?;
        Ok(salt)
    }

    /// Decrypts in place. Without authentication a wrong key shows only in what
    /// comes out.
    pub(crate) fn decrypt(
        &self,
        cipher: &mut [u8],
        moment: &Moment,
        parameters: &[u8],
    ) -> Result<(), WireError> {
        let salt: [u8; 8] = parameters.try_into().map_err(|_| WireError::Decryption)?;
        if self.protocol != PrivProtocol::Des {
            let iv = aes_iv(moment, salt);
            return match self.material.len() {
                16 => cfb_decrypt::<aes::Aes128>(&self.material, &iv, cipher),
                24 => cfb_decrypt::<aes::Aes192>(&self.material, &iv, cipher),
                _ => cfb_decrypt::<aes::Aes256>(&self.material, &iv, cipher),
            };
        }
        let (key, iv) = self.des_key_and_iv(salt)?;
        DesDecryptor::new_from_slices(key, &iv)
            .map_err(|_| WireError::Decryption)?
            .decrypt_padded::<NoPadding>(cipher)
            .map_err(|_| WireError::Decryption)?;
        Ok(())
    }

    /// RFC 3414 §8.1.1.1: the last eight bytes of the key, combined with the
    /// salt, are the initialisation vector.
    fn des_key_and_iv(&self, salt: [u8; 8]) -> Result<(&[u8], [u8; 8]), WireError> {
        let parts = self.material.split_at_checked(8);
        let (key, pre_iv) = parts.ok_or(WireError::Decryption)?;
        let mut iv = salt;
        for (byte, pre) in iv.iter_mut().zip(pre_iv) {
            *byte ^= pre;
        }
        Ok((key, iv))
    }
}

/// RFC 3826 §3.1.2.1: boots, time, salt.
fn aes_iv(moment: &Moment, salt: [u8; 8]) -> [u8; 16] {
    let clock = u128::from(moment.engine_boots) << 32 | u128::from(moment.engine_time);
    (clock << 64 | u128::from(u64::from_be_bytes(salt))).to_be_bytes()
}

fn cfb_encrypt<C>(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Result<(), WireError>
where
    C: aes::cipher::BlockCipherEncrypt + aes::cipher::KeyInit,
{
    cfb_mode::Encryptor::<C>::new_from_slices(key, iv)
        .map_err(|_| WireError::Decryption)?
        .encrypt(bytes);
    Ok(())
}

fn cfb_decrypt<C>(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Result<(), WireError>
where
    C: aes::cipher::BlockCipherEncrypt + aes::cipher::KeyInit,
{
    cfb_mode::Decryptor::<C>::new_from_slices(key, iv)
        .map_err(|_| WireError::Decryption)?
        .decrypt(bytes);
    Ok(())
}

impl fmt::Debug for PrivacyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivacyKey({:?}, <secret>)", self.protocol)
    }
}
