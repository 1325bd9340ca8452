//! The secrets behind credential names. Held in memory only, wiped when dropped.
use crate::seal::{Identities, SealError, is_sealed};
use arpenteur_core::scope::{AuditFile, KeyringEntry, SecretSource};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// Longest secret file that is read, bytes: an RSA-16384 key in PEM stays below.
const LONGEST_SECRET: u64 = 64 * 1024;

/// A secret that cannot be had.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The environment variable is not set.
    #[error(
        "credential `{credential}`: environment variable {variable} is not set\nhelp: export it before the run, or name a file with mode 0600"
    )]
    NotSet {
        /// Credential.
        credential: String,
        /// Variable.
        variable: String,
    },
    /// The file cannot be read.
    #[error("credential `{credential}`: cannot read {}: {source}", path.display())]
    Unreadable {
        /// Credential.
        credential: String,
        /// File.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error("credential `{credential}`: {} may be read by others (mode {mode:04o})\nhelp: chmod 600 {}", path.display(), path.display())]
    TooOpen {
        /// Credential.
        credential: String,
        /// File.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The encrypted file cannot be opened.
    #[error("credential `{credential}`: {}: {source}", path.display())]
    Sealed {
        /// Credential.
        credential: String,
        /// File.
        path: PathBuf,
        /// Why.
        source: SealError,
    },
    /// The keyring does not give it.
    #[error(
        "credential `{credential}`: the keyring gives nothing for service {service}, account {account}: {reason}\nhelp: store it (`secret-tool store --label arpenteur service {service} username {account}`) and unlock the keyring"
    )]
    Keyring {
        /// Credential.
        credential: String,
        /// Service.
        service: String,
        /// Account.
        account: String,
        /// Why.
        reason: String,
    },
    /// Files protect nothing here.
    #[error(
        "credential `{credential}`: secrets come from the environment on this system\nhelp: use `{{env: NAME}}`"
    )]
    NoFiles {
        /// Credential.
        credential: String,
    },
}

/// Where secrets are looked for.
pub struct Sources<'a> {
    /// The audit folder: files are named relative to it.
    pub folder: &'a Path,
    /// Environment variables by name.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Keys that open encrypted files.
    pub identities: &'a Identities,
}

/// Secrets by credential name and key path (`snmp_v3/auth/password`).
#[derive(Default)]
pub struct Vault {
    secrets: HashMap<(String, &'static str), Zeroizing<String>>,
    agent: Option<PathBuf>,
}

impl Vault {
    /// Fetches every secret that the audit names.
    ///
    /// # Errors
    /// The first secret that cannot be had.
    pub fn open(audit: &AuditFile, sources: &Sources<'_>) -> Result<Self, VaultError> {
        let mut secrets = HashMap::new();
        for credential in &audit.credentials {
            for (path, source) in credential.secrets() {
                let secret = sources.fetch(&credential.name, source)?;
                secrets.insert((credential.name.clone(), path), secret);
            }
        }
        let agent = (sources.environment)("SSH_AUTH_SOCK").map(PathBuf::from);
        Ok(Self { secrets, agent })
    }

    /// Where ssh-agent listens, where one does.
    pub(super) fn agent(&self) -> Option<&Path> {
        self.agent.as_deref()
    }

    /// A secret, by credential and key path.
    pub(crate) fn secret(&self, credential: &str, path: &'static str) -> Option<&str> {
        self.secrets
            .get(&(credential.to_owned(), path))
            .map(|secret| secret.as_str())
    }

    /// (credential name, value) of everything held: for the redactor alone.
    pub fn values(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.secrets
            .iter()
            .map(|((name, _), value)| (name.clone(), value.to_string()))
    }
}

impl Sources<'_> {
    /// One secret. `name` is that of its credential or target, for messages.
    ///
    /// # Errors
    /// Where it cannot be had.
    pub fn fetch(
        &self,
        name: &str,
        source: &SecretSource,
    ) -> Result<Zeroizing<String>, VaultError> {
        let secret = match source {
            SecretSource::Env(variable) => {
                (self.environment)(variable).ok_or_else(|| VaultError::NotSet {
                    credential: name.to_owned(),
                    variable: variable.clone(),
                })?
            }
            SecretSource::File(file) => read_private(name, &self.folder.join(file))?,
            SecretSource::Age(file) => self.opened(name, &self.folder.join(file))?,
            SecretSource::Keyring(entry) => of_keyring(name, entry)?,
            SecretSource::Inline(secret) => secret.clone(),
        };
        Ok(Zeroizing::new(secret))
    }

    /// The content of an encrypted file, whoever may read it.
    fn opened(&self, name: &str, path: &Path) -> Result<String, VaultError> {
        use std::io::Read;
        let unreadable = |source| VaultError::Unreadable {
            credential: name.to_owned(),
            path: path.to_owned(),
            source,
        };
        let sealed = |source| VaultError::Sealed {
            credential: name.to_owned(),
            path: path.to_owned(),
            source,
        };
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(LONGEST_SECRET)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if !is_sealed(&bytes) {
            return Err(sealed(SealError::Damaged("it is not encrypted".to_owned())));
        }
        let content = self.identities.open(bytes).map_err(sealed)?;
        let content = String::from_utf8(content)
            .map_err(|_| sealed(SealError::Damaged("its content is no text".to_owned())))?;
        Ok(without_line_end(content))
    }
}

/// An entry of the operating system's keyring.
fn of_keyring(name: &str, entry: &KeyringEntry) -> Result<String, VaultError> {
    let found = keyring::v1::Entry::new(&entry.service, &entry.account)
        .and_then(|found| found.get_password());
    found.map_err(|error| VaultError::Keyring {
        credential: name.to_owned(),
        service: entry.service.clone(),
        account: entry.account.clone(),
        reason: error.to_string(),
    })
}

/// A key keeps its line end; a password written by an editor loses it.
fn without_line_end(secret: String) -> String {
    if secret.starts_with("-----BEGIN") {
        secret
    } else {
        secret.trim_end_matches(['\r', '\n']).to_owned()
    }
}

#[cfg(unix)]
fn read_private(credential: &str, path: &Path) -> Result<String, VaultError> {
    use std::io::Read;
    use std::os::unix::fs::PermissionsExt;
    let unreadable = |source| VaultError::Unreadable {
        credential: credential.to_owned(),
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(VaultError::TooOpen {
            credential: credential.to_owned(),
            path: path.to_owned(),
            mode,
        });
    }
    let mut secret = String::new();
    file.take(LONGEST_SECRET)
        .read_to_string(&mut secret)
        .map_err(unreadable)?;
    Ok(without_line_end(secret))
}

#[cfg(not(unix))]
fn read_private(credential: &str, _: &Path) -> Result<String, VaultError> {
    Err(VaultError::NoFiles {
        credential: credential.to_owned(),
    })
}
