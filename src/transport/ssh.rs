//! SSH: the server's algorithms and host keys without a login, and read-only commands
//! with one, over russh.
use super::gate::{Gate, TcpPermit};
use super::login::Account;
use super::tcp::{self, bytes_answer, hex, read_up_to};
use super::vault::Vault;
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, Target};
use arpenteur_core::scope::{Credential, HostKeyPolicy, SshAccount};
use arpenteur_wire::ssh as wire;
use russh::client::{AuthResult, Config, Handle, Handler, KeyboardInteractiveAuthResponse};
use russh::keys::ssh_key::{Algorithm, EcdsaCurve, HashAlg, PublicKey};
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key, known_hosts};
use russh::{ChannelMsg, Preferred, cipher, kex, mac};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Packets of a key exchange and a login, for the pacer.
const LOGIN_COST: u32 = 8;
/// Packets of a command in a channel of its own: open, exec, window, close.
const EXEC_COST: u32 = 4;
/// Packets of a KEXINIT exchange.
const KEXINIT_COST: u32 = 3;
/// Most bytes of identification and KEXINIT.
const LONGEST_KEXINIT: usize = 64 * 1024;
/// Most bytes kept of one command's output.
const LONGEST_OUTPUT: usize = 4 << 20;
/// Longest time that one command may take.
const LONGEST_COMMAND: Duration = Duration::from_secs(60);
/// Longest time that key exchange and login may take: old devices need seconds for theirs.
const LONGEST_LOGIN: Duration = Duration::from_secs(20);
/// Most prompts answered in keyboard-interactive.
const MOST_PROMPTS: usize = 4;

/// Identification string and KEXINIT, as they came: the packet after the line.
pub(super) async fn kexinit(gate: &Gate, target: &Target, port: u16, patience: Duration) -> Answer {
    let mut connection = match tcp::connect(gate, target, port, KEXINIT_COST).await {
        Ok(connection) => connection,
        Err(answer) => return answer,
    };
    // Some servers wait for our line before they send their KEXINIT.
    if let Err(error) = connection
        .stream
        .write_all(&wire::identification("2.0"))
        .await
    {
        return tcp::io_answer(&error);
    }
    let complete = |bytes: &[u8]| match wire::Identification::parse(bytes) {
        Ok(Some(ident)) => {
            let rest = bytes.get(ident.len..).unwrap_or_default();
            !ident.offers_ssh2() || !matches!(wire::parse_packet(rest), Ok(None))
        }
        Ok(None) => false,
        Err(_) => true,
    };
    let bytes = read_up_to(&mut connection.stream, patience, LONGEST_KEXINIT, complete).await;
    bytes_answer(&bytes)
}

/// The host keys that a server shows: one key exchange per key type, ended before login.
pub(super) async fn host_keys(gate: &Gate, target: &Target, port: u16) -> Answer {
    let mut keys = Vec::new();
    let mut last = Answer::failed(Failure::Unsupported, "no host key of a known type");
    for algorithms in host_key_kinds() {
        match host_key(gate, target, port, algorithms).await {
            Ok(Some(key)) => keys.push(key),
            Ok(None) => {}
            Err(answer) => last = answer,
        }
    }
    if keys.is_empty() {
        return last;
    }
    keys.sort();
    Answer::HostKeys { keys }
}

fn host_key_kinds() -> Vec<Vec<Algorithm>> {
    let ecdsa = [
        EcdsaCurve::NistP256,
        EcdsaCurve::NistP384,
        EcdsaCurve::NistP521,
    ];
    vec![
        vec![Algorithm::Ed25519],
        ecdsa
            .into_iter()
            .map(|curve| Algorithm::Ecdsa { curve })
            .collect(),
        vec![
            Algorithm::Rsa {
                hash: Some(HashAlg::Sha512),
            },
            Algorithm::Rsa {
                hash: Some(HashAlg::Sha256),
            },
            Algorithm::Rsa { hash: None },
        ],
        vec![Algorithm::Dsa],
    ]
}

async fn host_key(
    gate: &Gate,
    target: &Target,
    port: u16,
    algorithms: Vec<Algorithm>,
) -> Result<Option<String>, Answer> {
    let permit = gate.connection(target, port).await?;
    gate.charge(target, tcp::ACCEPTED_COST + LOGIN_COST);
    // Nothing is trusted and no password sent: the weakest algorithms do.
    let mut preferred = legacy();
    preferred.key = Cow::Owned(algorithms);
    let seen = Arc::new(Mutex::new(None));
    let handler = KeyCatcher {
        seen: Arc::clone(&seen),
    };
    let attempt = connect(permit.to, preferred, handler, gate.patience(target));
    match tokio::time::timeout(LONGEST_LOGIN, attempt).await {
        Ok(Err(russh::Error::IO(error))) => return Err(tcp::io_answer(&error)),
        Err(_) => {
            return Err(Answer::failed(
                Failure::Timeout,
                "no end to the key exchange",
            ));
        }
        Ok(_) => {}
    }
    Ok(seen.lock().ok().and_then(|mut seen| seen.take()))
}

/// Notes the host key and refuses it, which ends the connection before any login.
struct KeyCatcher {
    seen: Arc<Mutex<Option<String>>>,
}

impl Handler for KeyCatcher {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        if let PublicKeyOrCertificate::PublicKey { key, .. } = key
            && let (Ok(blob), Ok(mut seen)) = (key.to_bytes(), self.seen.lock())
        {
            *seen = Some(hex(&blob));
        }
        Ok(false)
    }
}

async fn connect<H: Handler<Error = russh::Error> + 'static>(
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
fn legacy() -> Preferred {
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

/// Logged-in connections, one per target and credential, and the known hosts.
pub(super) struct SshClient {
    known_hosts: PathBuf,
    policy: HostKeyPolicy,
    sessions: Mutex<HashMap<Target, Arc<LoggedIn>>>,
}

/// One logged-in connection; the permit keeps the gate's count.
struct LoggedIn {
    credential: String,
    port: u16,
    handle: Handle<KeyChecker>,
    _permit: TcpPermit,
}

impl SshClient {
    /// A client that keeps host keys in `known_hosts` of the audit folder.
    pub(super) fn new(folder: &Path, policy: HostKeyPolicy) -> Self {
        Self {
            known_hosts: folder.join("known_hosts"),
            policy,
            sessions: Mutex::default(),
        }
    }

    /// Ends a target's connection, if there is one.
    pub(super) async fn close(&self, target: &Target) {
        let session = self
            .sessions
            .lock()
            .ok()
            .and_then(|mut sessions| sessions.remove(target));
        if let Some(session) = session {
            // The peer may be gone already; the socket closes with the handle.
            let _ = session
                .handle
                .disconnect(russh::Disconnect::ByApplication, "", "")
                .await;
        }
    }

    /// Runs one command, over the target's open connection or a new one.
    pub(super) async fn exec(
        &self,
        (gate, vault): (&Gate, &Vault),
        target: &Target,
        (port, credential): (u16, &Credential),
        command: &str,
    ) -> Answer {
        let session = match self.session(gate, vault, target, port, credential).await {
            Ok(session) => session,
            Err(answer) => return answer,
        };
        if let Err(answer) = gate.exchange(target, EXEC_COST).await {
            return answer;
        }
        match tokio::time::timeout(LONGEST_COMMAND, run(&session.handle, command)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                self.close(target).await;
                Answer::failed(Failure::Refused, error.to_string())
            }
            Err(_) => {
                self.close(target).await;
                Answer::failed(Failure::Timeout, "the command did not end")
            }
        }
    }

    async fn session(
        &self,
        gate: &Gate,
        vault: &Vault,
        target: &Target,
        port: u16,
        credential: &Credential,
    ) -> Result<Arc<LoggedIn>, Answer> {
        let open = self
            .sessions
            .lock()
            .ok()
            .and_then(|sessions| sessions.get(target).cloned());
        if let Some(session) = open
            && session.credential == credential.name
            && session.port == port
            && !session.handle.is_closed()
        {
            return Ok(session);
        }
        self.close(target).await;
        let account = credential
            .ssh
            .as_ref()
            .ok_or_else(|| Answer::failed(Failure::NoCredentials, ""))?;
        gate.login(target, &credential.name, Account::Shared)?;
        let permit = gate.connection(target, port).await?;
        gate.charge(target, tcp::ACCEPTED_COST + LOGIN_COST);
        let handler = KeyChecker {
            name: target.to_string(),
            port,
            file: self.known_hosts.clone(),
            policy: self.policy,
            refusal: Arc::default(),
        };
        let refusal = Arc::clone(&handler.refusal);
        let preferred = if gate.scope().legacy_ssh(permit.to.ip()) {
            legacy()
        } else {
            Preferred::default()
        };
        let attempt = async {
            let mut handle = connect(permit.to, preferred, handler, gate.patience(target)).await?;
            let method = log_in(&mut handle, account, &credential.name, vault).await?;
            Ok::<_, russh::Error>((handle, method))
        };
        let outcome = tokio::time::timeout(LONGEST_LOGIN, attempt).await;
        let count = |success| {
            let place = (LedgerProtocol::Tcp, port);
            gate.count_login(target, place, &credential.name, Account::Shared, success);
        };
        let handle = match outcome {
            Ok(Ok((handle, Login::Success))) => {
                count(true);
                handle
            }
            Ok(Ok((_, Login::Refused))) => {
                count(false);
                return Err(Answer::failed(
                    Failure::Denied,
                    "the server refused the login",
                ));
            }
            Ok(Ok((_, Login::Unusable(why)))) => {
                return Err(Answer::failed(Failure::NoCredentials, why));
            }
            Ok(Err(error)) => {
                return Err(ssh_answer(
                    &error,
                    refusal.lock().ok().and_then(|mut refusal| refusal.take()),
                ));
            }
            Err(_) => return Err(Answer::failed(Failure::Timeout, "no end to the login")),
        };
        let session = Arc::new(LoggedIn {
            credential: credential.name.clone(),
            port,
            handle,
            _permit: permit,
        });
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.insert(target.clone(), Arc::clone(&session));
        }
        Ok(session)
    }
}

fn ssh_answer(error: &russh::Error, refusal: Option<String>) -> Answer {
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
enum Login {
    Success,
    Refused,
    /// The credential itself cannot be used (an unreadable key).
    Unusable(String),
}

async fn log_in(
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

fn login(result: &AuthResult) -> Login {
    if result.success() {
        Login::Success
    } else {
        Login::Refused
    }
}

/// One command in its own exec channel, its output bounded.
async fn run(handle: &Handle<KeyChecker>, command: &str) -> Result<Answer, russh::Error> {
    let mut channel = handle.channel_open_session().await?;
    channel.exec(true, command).await?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let (mut status, mut truncated) = (None, false);
    while let Some(message) = channel.wait().await {
        let (sink, data) = match &message {
            ChannelMsg::Data { data } => (&mut stdout, data),
            ChannelMsg::ExtendedData { data, .. } => (&mut stderr, data),
            ChannelMsg::ExitStatus { exit_status } => {
                status = Some(*exit_status);
                continue;
            }
            ChannelMsg::Failure => {
                return Ok(Answer::failed(
                    Failure::Unsupported,
                    "the server refuses to run commands",
                ));
            }
            _ => continue,
        };
        let room = LONGEST_OUTPUT.saturating_sub(sink.len());
        truncated |= data.len() > room;
        sink.extend(data.iter().take(room));
        if truncated {
            channel.close().await?;
            break;
        }
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Answer::Exec {
        status,
        stdout: text(&stdout),
        stderr: text(&stderr),
        truncated,
    })
}

/// Checks host keys against the audit folder's `known_hosts`.
struct KeyChecker {
    name: String,
    port: u16,
    file: PathBuf,
    policy: HostKeyPolicy,
    refusal: Arc<Mutex<Option<String>>>,
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
