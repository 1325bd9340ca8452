//! The secrets behind credential names. Held in memory only, wiped when dropped.
use arpenteur_core::scope::{AuditFile, SecretSource};
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
    /// Files protect nothing here.
    #[error(
        "credential `{credential}`: secrets come from the environment on this system\nhelp: use `{{env: NAME}}`"
    )]
    NoFiles {
        /// Credential.
        credential: String,
    },
}

/// Secrets by credential name and key path (`snmp_v3/auth/password`).
#[derive(Default)]
pub struct Vault {
    secrets: HashMap<(String, &'static str), Zeroizing<String>>,
}

impl Vault {
    /// Fetches every secret that the audit names. `folder` is the audit folder.
    ///
    /// # Errors
    /// The first secret that cannot be had.
    pub fn open(
        audit: &AuditFile,
        folder: &Path,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, VaultError> {
        let mut secrets = HashMap::new();
        for credential in &audit.credentials {
            for (path, source) in credential.secrets() {
                let secret = fetch(&credential.name, source, folder, &environment)?;
                secrets.insert((credential.name.clone(), path), secret);
            }
        }
        Ok(Self { secrets })
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

/// One secret. `name` is that of its credential or target, for messages; `folder` the audit folder.
///
/// # Errors
/// Where it cannot be had.
pub fn fetch(
    name: &str,
    source: &SecretSource,
    folder: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Zeroizing<String>, VaultError> {
    let secret = match source {
        SecretSource::Env(variable) => environment(variable).ok_or_else(|| VaultError::NotSet {
            credential: name.to_owned(),
            variable: variable.clone(),
        })?,
        SecretSource::File(file) => read_private(name, &folder.join(file))?,
        SecretSource::Inline(secret) => secret.clone(),
    };
    Ok(Zeroizing::new(secret))
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
    // A key keeps its line end; a password written by an editor loses it.
    Ok(if secret.starts_with("-----BEGIN") {
        secret
    } else {
        secret.trim_end_matches(['\r', '\n']).to_owned()
    })
}

#[cfg(not(unix))]
fn read_private(credential: &str, _: &Path) -> Result<String, VaultError> {
    Err(VaultError::NoFiles {
        credential: credential.to_owned(),
    })
}
