//! Files that only the holder of a key can read: age (age-encryption.org/v1), with X25519 keys.
//!
//! What is sealed is recognised by its first bytes, whatever its name: a reader need not know
//! whether a file was sealed. The keys that open files are the process's, given once at its start:
//! every room that reads a file reads a sealed one alike ([`unlock`], [`open`]).
use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::io::{Read, Write};
use std::str::FromStr;
use std::sync::OnceLock;
use thiserror::Error;
use zeroize::Zeroizing;

/// First bytes of a sealed file, and of one in ASCII armour.
const HEADER: &[u8] = b"age-encryption.org/v1\n";
const ARMOUR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// First characters of a line that is a sealed piece: those of the header in base64.
const LINE: &[u8] = b"YWdlLWVuY3J5cHRpb24ub3JnL3Yx";
/// Largest content of a sealed file, bytes.
const LARGEST: u64 = 4 << 30;

/// What can go wrong with sealed files.
#[derive(Debug, Error)]
pub enum SealError {
    /// No key was given.
    #[error(
        "the file is encrypted (age) and no key was given\nhelp: name the file of your age identity: --identity FILE, or ARPENTEUR_IDENTITY"
    )]
    NoIdentity,
    /// None of the keys opens it.
    #[error(
        "the file is encrypted (age) and none of the identities given opens it\nhelp: use the identity of one of its recipients: --identity FILE"
    )]
    NotOurs,
    /// It is damaged.
    #[error("the encrypted file is damaged: {0}")]
    Damaged(String),
    /// A recipient that is none.
    #[error("`{0}` is no age recipient\nhelp: `age-keygen -y KEYFILE` prints it: age1…")]
    Recipient(String),
    /// A file without an identity.
    #[error("no age identity in it\nhelp: `age-keygen -o FILE` writes one: AGE-SECRET-KEY-1…")]
    Identity,
    /// Sealing failed.
    #[error("cannot encrypt: {0}")]
    Seal(String),
}

static UNLOCKED: OnceLock<Identities> = OnceLock::new();

/// Gives the process its keys; the first call counts.
pub fn unlock(identities: Identities) {
    let _ = UNLOCKED.set(identities);
}

/// The content, opened with the process's keys where it is sealed.
///
/// # Errors
/// As [`Identities::open`].
pub fn open(bytes: Vec<u8>) -> Result<Vec<u8>, SealError> {
    match UNLOCKED.get() {
        Some(identities) => identities.open(bytes),
        None => Identities::default().open(bytes),
    }
}

/// The process's keys.
pub fn unlocked() -> Identities {
    UNLOCKED.get().cloned().unwrap_or_default()
}

/// Keys that open sealed files.
#[derive(Default, Clone)]
pub struct Identities(Vec<Identity>);

impl Identities {
    /// Reads an identity file as `age-keygen` writes it: keys, comments, blank lines.
    ///
    /// # Errors
    /// Where there is no key in it.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let lines = text.lines().map(str::trim);
        let keys: Result<Vec<Identity>, SealError> = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| Identity::from_str(line).map_err(|_| SealError::Identity))
            .collect();
        let keys = keys?;
        if keys.is_empty() {
            return Err(SealError::Identity);
        }
        Ok(Self(keys))
    }

    /// The content: opened where it is sealed, else as it is.
    ///
    /// # Errors
    /// Where it is sealed and none of the keys opens it, or it is damaged.
    pub fn open(&self, bytes: Vec<u8>) -> Result<Vec<u8>, SealError> {
        if bytes.starts_with(LINE) {
            return self.open_lines(&bytes);
        }
        if !is_sealed(&bytes) {
            return Ok(bytes);
        }
        if self.0.is_empty() {
            return Err(SealError::NoIdentity);
        }
        let damaged = |error: &dyn std::fmt::Display| SealError::Damaged(error.to_string());
        let armoured = age::armor::ArmoredReader::new(bytes.as_slice());
        let decryptor = Decryptor::new(armoured).map_err(|error| damaged(&error))?;
        let keys = self.0.iter().map(|key| key as &dyn age::Identity);
        let reader = decryptor.decrypt(keys).map_err(|error| match error {
            DecryptError::NoMatchingKeys => SealError::NotOurs,
            other => damaged(&other),
        })?;
        let mut content = Vec::new();
        reader
            .take(LARGEST)
            .read_to_end(&mut content)
            .map_err(|error| damaged(&error))?;
        Ok(content)
    }
}

impl Identities {
    /// The content of a file of sealed lines. A last line that a crash cut short is left out.
    fn open_lines(&self, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut content = Vec::new();
        let mut lines = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .peekable();
        while let Some(line) = lines.next() {
            let piece = BASE64
                .decode(line)
                .map_err(|error| SealError::Damaged(error.to_string()))
                .and_then(|sealed| self.open(sealed));
            match piece {
                Ok(piece) => content.extend(piece),
                Err(SealError::Damaged(_)) if lines.peek().is_none() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(content)
    }
}

/// Whether these are the first bytes of a sealed file.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER) || bytes.starts_with(ARMOUR)
}

/// Whom files are sealed to; to nobody: they stay in clear.
#[derive(Default, Clone)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// Reads recipients, `age1…`.
    ///
    /// # Errors
    /// Names the first that is none.
    pub fn parse(texts: &[String]) -> Result<Self, SealError> {
        let recipient = |text: &String| {
            Recipient::from_str(text.trim()).map_err(|_| SealError::Recipient(text.clone()))
        };
        texts
            .iter()
            .map(recipient)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether nothing is sealed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The content sealed to every recipient; as it is where there is none.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn seal(&self, content: Vec<u8>) -> Result<Vec<u8>, SealError> {
        if self.is_empty() {
            return Ok(content);
        }
        let content = Zeroizing::new(content);
        let failed = |error: &dyn std::fmt::Display| SealError::Seal(error.to_string());
        let all = self.0.iter().map(|one| one as &dyn age::Recipient);
        let encryptor = Encryptor::with_recipients(all).map_err(|error| failed(&error))?;
        let mut sealed = Vec::with_capacity(content.len() + content.len() / 1024 + 512);
        let mut writer = encryptor
            .wrap_output(&mut sealed)
            .map_err(|error| failed(&error))?;
        writer
            .write_all(&content)
            .and_then(|()| writer.finish().map(drop))
            .map_err(|error| failed(&error))?;
        Ok(sealed)
    }
}

impl Recipients {
    /// A piece of a file that grows, as one line that opens by itself.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn seal_line(&self, content: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let mut line = BASE64.encode(self.seal(content)?).into_bytes();
        line.push(b'\n');
        Ok(line)
    }

    /// One recipient a line, as [`Self::parse`] takes them.
    pub fn lines(&self) -> String {
        let lines = self.0.iter().map(|one| format!("{one}\n"));
        lines.collect()
    }
}

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} identities", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::secrecy::ExposeSecret;
    use proptest::prelude::*;

    fn key() -> (Identities, Recipients) {
        let identity = Identity::generate();
        let secret = identity.to_string();
        let file = format!("# created: now\n{}\n\n", secret.expose_secret());
        (
            Identities::parse(&file).unwrap(),
            Recipients::parse(&[identity.to_public().to_string()]).unwrap(),
        )
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_alone() {
        let ((ours, to_us), (theirs, _)) = (key(), key());
        let sealed = to_us.seal(b"serial FOC1001".to_vec()).unwrap();
        assert!(is_sealed(&sealed));
        assert!(!sealed.windows(7).any(|window| window == b"FOC1001"));
        assert_eq!(ours.open(sealed.clone()).unwrap(), b"serial FOC1001");
        assert!(matches!(
            theirs.open(sealed.clone()),
            Err(SealError::NotOurs)
        ));
        let none = Identities::default();
        assert!(matches!(none.open(sealed), Err(SealError::NoIdentity)));
    }

    #[test]
    fn what_is_not_sealed_is_left_as_it_is() {
        let nobody = Recipients::default();
        assert_eq!(nobody.seal(b"{}".to_vec()).unwrap(), b"{}");
        assert_eq!(Identities::default().open(b"{}".to_vec()).unwrap(), b"{}");
    }

    #[test]
    fn lines_open_one_by_one_and_a_cut_one_is_left_out() {
        let (ours, to_us) = key();
        let mut file = to_us.seal_line(b"first\n".to_vec()).unwrap();
        file.extend(to_us.seal_line(b"second\n".to_vec()).unwrap());
        assert_eq!(ours.open(file.clone()).unwrap(), b"first\nsecond\n");
        file.truncate(file.len() - 9);
        assert_eq!(ours.open(file.clone()).unwrap(), b"first\n");
        assert!(matches!(
            key().0.open(file.clone()),
            Err(SealError::NotOurs)
        ));
        // Damage in the middle is told.
        file.push(b'\n');
        file.extend(to_us.seal_line(b"third\n".to_vec()).unwrap());
        assert!(matches!(ours.open(file), Err(SealError::Damaged(_))));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(Identities::parse("# nothing\n").is_err());
        assert!(Identities::parse("age1abc\n").is_err());
        assert!(Recipients::parse(&["ssh-ed25519 AAAA".to_owned()]).is_err());
    }

    proptest! {
        /// A file that was cut or changed is told, never taken for whole.
        #[test]
        fn damage_is_noticed(cut in 0_usize..600, flip in 0_usize..600) {
            let (ours, to_us) = key();
            let sealed = to_us.seal(vec![7; 300]).unwrap();
            let mut shorter = sealed.clone();
            shorter.truncate(cut.min(sealed.len() - 1));
            if is_sealed(&shorter) {
                prop_assert!(ours.open(shorter).is_err());
            }
            let mut changed = sealed.clone();
            let at = flip % changed.len();
            changed[at] ^= 1;
            if is_sealed(&changed) {
                prop_assert!(ours.open(changed).is_err());
            }
        }
    }
}
