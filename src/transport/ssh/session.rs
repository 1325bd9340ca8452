//! Connections, logins and host keys.
use super::LONGEST_COMMAND;
use crate::transport::tcp;
use crate::transport::vault::Vault;
use arpenteur_core::model::{Answer, Failure};
use arpenteur_core::scope::{HostKeyPolicy, SshAccount};
use russh::client::{AuthResult, Config, Handle, Handler, KeyboardInteractiveAuthResponse};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::ssh_key::{Algorithm, HashAlg, PublicKey};
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key, known_hosts};
use russh::{Preferred, cipher, kex, mac};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;

/// Most prompts answered in keyboard-interactive.
const MOST_PROMPTS: usize = 4;
pub(super) async fn connect<H: Handler<Error = russh::Error> + 'static>(
    to: std::net::SocketAddr,
    preferred: Preferred,
    handler: H,
    patience: Duration,
) -> Result<Handle<H>, russh::Error> {
    let config = Config {
        preferred,
        inactivity_timeout: Some(LONGEST_COMMAND * 2),
        nodelay: true,
        ..Config::default()
    };
    let stream = tokio::time::timeout(patience, TcpStream::connect(to))
        .await
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
    russh::client::connect_stream(Arc::new(config), stream, handler).await
}

/// Modern algorithms first, then what only old equipment speaks.
pub(super) fn legacy() -> Preferred {
    let modern = Preferred::default();
    let mut kex = modern.kex.to_vec();
    kex.extend([kex::DH_G14_SHA1, kex::DH_GEX_SHA1, kex::DH_G1_SHA1]);
    let mut key = modern.key.to_vec();
    key.extend([Algorithm::Rsa { hash: None }, Algorithm::Dsa]);
    let mut cipher = modern.cipher.to_vec();
    cipher.extend([
        cipher::AES_256_CBC,
        cipher::AES_192_CBC,
        cipher::AES_128_CBC,
        cipher::TRIPLE_DES_CBC,
    ]);
    let mut mac = modern.mac.to_vec();
    mac.push(mac::HMAC_SHA1);
    Preferred {
        kex: Cow::Owned(kex),
        key: Cow::Owned(key),
        cipher: Cow::Owned(cipher),
        mac: Cow::Owned(mac),
        ..modern
    }
}

pub(super) fn ssh_answer(error: &russh::Error, refusal: Option<String>) -> Answer {
    match (error, refusal) {
        (_, Some(refusal)) => Answer::failed(Failure::Denied, refusal),
        (russh::Error::IO(error), None) => tcp::io_answer(error),
        (russh::Error::NoCommonAlgo { .. }, None) => Answer::failed(
            Failure::Unsupported,
            format!(
                "{error}; legacy algorithms are used only in the networks of ssh.legacy_algorithms"
            ),
        ),
        (error, None) => Answer::failed(Failure::Refused, error.to_string()),
    }
}

/// What came of a login.
pub(super) enum Login {
    Success,
    Refused,
    /// The credential itself cannot be used (an unreadable key).
    Unusable(String),
}

pub(super) async fn log_in(
    handle: &mut Handle<KeyChecker>,
    account: &SshAccount,
    credential: &str,
    vault: &Vault,
) -> Result<Login, russh::Error> {
    if account.key.is_some() {
        let pem = vault.secret(credential, "ssh/key").unwrap_or_default();
        let key = match decode_secret_key(pem, vault.secret(credential, "ssh/passphrase")) {
            Ok(key) => key,
            Err(error) => {
                return Ok(Login::Unusable(format!(
                    "the private key cannot be used: {error}"
                )));
            }
        };
        let hash = handle.best_supported_rsa_hash().await?.flatten();
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
        return Ok(login(
            &handle.authenticate_publickey(&account.user, key).await?,
        ));
    }
    if let Some(wanted) = &account.agent_key {
        return with_agent(handle, &account.user, wanted, vault).await;
    }
    if let Some(password) = vault.secret(credential, "ssh/password") {
        return Ok(login(
            &handle
                .authenticate_password(&account.user, password)
                .await?,
        ));
    }
    let Some(answer) = vault.secret(credential, "ssh/keyboard_interactive") else {
        return Ok(Login::Unusable("no secret".to_owned()));
    };
    let mut reply = handle
        .authenticate_keyboard_interactive_start(&account.user, None::<String>)
        .await?;
    for _ in 0..MOST_PROMPTS {
        match reply {
            KeyboardInteractiveAuthResponse::Success => return Ok(Login::Success),
            KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(Login::Refused),
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                let answers = prompts
                    .iter()
                    .take(MOST_PROMPTS)
                    .map(|_| answer.to_owned())
                    .collect();
                reply = handle
                    .authenticate_keyboard_interactive_respond(answers)
                    .await?;
            }
        }
    }
    Ok(Login::Refused)
}

/// Logs in with one key of ssh-agent, which signs; the key stays there.
async fn with_agent(
    handle: &mut Handle<KeyChecker>,
    user: &str,
    wanted: &str,
    vault: &Vault,
) -> Result<Login, russh::Error> {
    let Some(socket) = vault.agent() else {
        return Ok(Login::Unusable("SSH_AUTH_SOCK is not set".to_owned()));
    };
    let agent = async {
        let mut agent = AgentClient::connect_uds(socket).await?;
        let keys = agent.request_identities().await?;
        Ok::<_, russh::keys::Error>((agent, keys))
    };
    let (mut agent, keys) = match agent.await {
        Ok(found) => found,
        Err(error) => return Ok(Login::Unusable(format!("ssh-agent: {error}"))),
    };
    let is_wanted = |key: &PublicKey, comment: &str| {
        comment == wanted || key.fingerprint(HashAlg::Sha256).to_string() == wanted
    };
    let key = keys.into_iter().find_map(|identity| match identity {
        AgentIdentity::PublicKey { key, comment } => is_wanted(&key, &comment).then_some(key),
        AgentIdentity::Certificate { .. } => None,
    });
    let Some(key) = key else {
        return Ok(Login::Unusable(format!(
            "ssh-agent holds no key `{wanted}`"
        )));
    };
    let hash = handle.best_supported_rsa_hash().await?.flatten();
    let hash = hash.filter(|_| key.algorithm().is_rsa());
    match handle
        .authenticate_publickey_with(user, key, hash, &mut agent)
        .await
    {
        Ok(result) => Ok(login(&result)),
        Err(error) => Ok(Login::Unusable(format!("ssh-agent: {error}"))),
    }
}

fn login(result: &AuthResult) -> Login {
    if result.success() {
        Login::Success
    } else {
        Login::Refused
    }
}

/// Checks host keys against the audit folder's `known_hosts`.
pub(super) struct KeyChecker {
    pub(super) name: String,
    pub(super) port: u16,
    pub(super) file: PathBuf,
    pub(super) policy: HostKeyPolicy,
    pub(super) refusal: Arc<Mutex<Option<String>>>,
}

impl KeyChecker {
    fn verdict(&self, key: &PublicKey) -> Result<(), String> {
        match known_hosts::check_known_hosts_path(&self.name, self.port, key, &self.file) {
            Ok(true) => Ok(()),
            Ok(false) if self.policy == HostKeyPolicy::AcceptNew => {
                // Not learnt is not refused: the key is in the evidence all the same.
                let _ = known_hosts::learn_known_hosts_path(&self.name, self.port, key, &self.file);
                Ok(())
            }
            Ok(false) => Err("the host key is not in known_hosts (policy strict)".to_owned()),
            Err(russh::keys::Error::KeyChanged { line }) => Err(format!(
                "the host key differs from line {line} of known_hosts"
            )),
            Err(_) if !self.file.exists() && self.policy == HostKeyPolicy::AcceptNew => {
                let _ = known_hosts::learn_known_hosts_path(&self.name, self.port, key, &self.file);
                Ok(())
            }
            Err(error) => Err(format!("known_hosts cannot be read: {error}")),
        }
    }
}

impl Handler for KeyChecker {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let verdict = match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => self.verdict(key),
            PublicKeyOrCertificate::Certificate(_) => {
                Err("the server shows a certificate, which we did not ask for".to_owned())
            }
        };
        if let (Err(why), Ok(mut refusal)) = (&verdict, self.refusal.lock()) {
            *refusal = Some(why.clone());
        }
        Ok(verdict.is_ok())
    }
}
