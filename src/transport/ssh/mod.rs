//! SSH: the server's algorithms and host keys without a login, and read-only commands
//! with one, each in a channel of its own or in a shell, over russh.
mod dialect;
mod peek;
mod session;
mod shell;
mod terminal;

pub(super) use peek::{host_keys, kexinit};

use super::gate::{Gate, TcpPermit};
use super::login::Account;
use super::tcp;
use super::vault::Vault;
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, Target, only_shows};
use arpenteur_core::scope::{Credential, HostKeyPolicy};
use russh::client::Handle;
use russh::{ChannelMsg, Preferred};
use session::{KeyChecker, Login, connect, legacy, log_in, ssh_answer};
use shell::{Broken, Device, Raised, Shell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Packets of a key exchange and a login, for the pacer.
const LOGIN_COST: u32 = 8;
/// Packets of a command in a channel of its own: open, exec, window, close.
const EXEC_COST: u32 = 4;
/// Most bytes kept of one command's output.
const LONGEST_OUTPUT: usize = 4 << 20;
/// Longest time that one command may take.
const LONGEST_COMMAND: Duration = Duration::from_secs(60);
/// Times that a device's prompt may fail to come back before its shell is left alone.
const MOST_BROKEN: u32 = 3;
/// Shells opened for one command: a kept connection may be closed, and `enable` refused.
const MOST_SHELLS: usize = 3;
/// Longest time that key exchange and login may take: old devices need seconds for theirs.
const LONGEST_LOGIN: Duration = Duration::from_secs(20);

/// Logged-in connections, one per target and credential, and the known hosts.
pub(super) struct SshClient {
    known_hosts: PathBuf,
    policy: HostKeyPolicy,
    sessions: Mutex<HashMap<Target, Arc<LoggedIn>>>,
    manners: Mutex<HashMap<Target, Manners>>,
}

/// How a device's shell behaved so far.
#[derive(Debug, Clone, Copy, Default)]
struct Manners {
    /// `enable` gave no more rights: it is not typed again.
    not_raised: bool,
    /// How often the prompt did not come back.
    broke: u32,
}

/// One logged-in connection; the permit keeps the gate's count.
struct LoggedIn {
    credential: String,
    port: u16,
    handle: Handle<KeyChecker>,
    /// Something was asked over it: devices may have closed it since, or allow one channel.
    used: AtomicBool,
    /// The shell at its prompt, once one is open.
    shell: tokio::sync::Mutex<Option<Shell>>,
    _permit: TcpPermit,
}

impl SshClient {
    /// A client that keeps host keys in `known_hosts` of the audit folder.
    pub(super) fn new(folder: &Path, policy: HostKeyPolicy) -> Self {
        Self {
            known_hosts: folder.join("known_hosts"),
            policy,
            sessions: Mutex::default(),
            manners: Mutex::default(),
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
        session.used.store(true, Ordering::Relaxed);
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

    /// Types one command into the target's shell, which is opened where there is none. The
    /// empty command is answered by what the device says at its login, and its prompt.
    pub(super) async fn shell(
        &self,
        (gate, vault): (&Gate, &Vault),
        target: &Target,
        (port, credential): (u16, &Credential),
        command: &str,
    ) -> Answer {
        if !only_shows(command) {
            let why = "the command is not among those that change nothing";
            return Answer::failed(Failure::NotAuthorised, why);
        }
        if self.manners(target).broke >= MOST_BROKEN {
            return Answer::failed(Failure::Timeout, "the device's shell broke off too often");
        }
        let device = Device { gate, target };
        let mut why = String::new();
        for _ in 0..MOST_SHELLS {
            let session = match self.session(gate, vault, target, port, credential).await {
                Ok(session) => session,
                Err(answer) => return answer,
            };
            let used = session.used.swap(true, Ordering::Relaxed);
            match self.typed(&session, vault, device, command).await {
                Ok((answer, true)) => return answer,
                Ok((answer, false)) => {
                    self.note(target, |manners| manners.broke += 1);
                    self.close(target).await;
                    return answer;
                }
                Err(Broken::Answer(answer)) => {
                    self.close(target).await;
                    return answer;
                }
                Err(Broken::Gone(detail)) => {
                    self.close(target).await;
                    why = detail;
                    if !used {
                        break;
                    }
                }
                Err(Broken::NotRaised) => {
                    self.note(target, |manners| manners.not_raised = true);
                    self.close(target).await;
                }
            }
        }
        Answer::failed(Failure::Refused, why)
    }

    /// Types a command into a session's shell; its answer, and whether the shell can be used on.
    async fn typed(
        &self,
        session: &LoggedIn,
        vault: &Vault,
        device: Device<'_>,
        command: &str,
    ) -> Result<(Answer, bool), Broken> {
        let mut kept = session.shell.lock().await;
        let mut shell = match kept.take() {
            Some(shell) => shell,
            None => {
                let mut shell = Shell::open(&session.handle, device).await?;
                self.raise(&mut shell, session, vault, device).await?;
                shell
            }
        };
        let (answer, usable) = shell.run(command, device).await?;
        if usable {
            *kept = Some(shell);
        }
        Ok((answer, usable))
    }

    /// Asks for the rights that `enable` gives, where the audit names its secret.
    async fn raise(
        &self,
        shell: &mut Shell,
        session: &LoggedIn,
        vault: &Vault,
        device: Device<'_>,
    ) -> Result<(), Broken> {
        let Device { gate, target } = device;
        let Some(secret) = vault.secret(&session.credential, "ssh/enable") else {
            return Ok(());
        };
        // An account of its own: its failures shall not close the login that works.
        let account = format!("{}/enable", session.credential);
        let given_up = self.manners(target).not_raised;
        if !shell.may_be_raised()
            || given_up
            || gate.login(target, &account, Account::Shared).is_err()
        {
            return Ok(());
        }
        let count = |success| {
            let place = (LedgerProtocol::Tcp, session.port);
            gate.count_login(target, place, &account, Account::Shared, success);
        };
        match shell.raise(secret, device).await {
            Ok(Raised::Yes) => count(true),
            Ok(Raised::NotAsked) => self.note(target, |manners| manners.not_raised = true),
            Ok(Raised::Refused) => {
                count(false);
                return Err(Broken::NotRaised);
            }
            Err(Broken::Gone(_)) => return Err(Broken::NotRaised),
            Err(broken) => return Err(broken),
        }
        Ok(())
    }

    fn manners(&self, target: &Target) -> Manners {
        let manners = self.manners.lock().ok();
        manners
            .and_then(|manners| manners.get(target).copied())
            .unwrap_or_default()
    }

    fn note(&self, target: &Target, change: impl FnOnce(&mut Manners)) {
        if let Ok(mut manners) = self.manners.lock() {
            change(manners.entry(target.clone()).or_default());
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
            used: AtomicBool::new(false),
            shell: tokio::sync::Mutex::default(),
            _permit: permit,
        });
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.insert(target.clone(), Arc::clone(&session));
        }
        Ok(session)
    }
}
/// One command in its own exec channel, its output bounded.
async fn run(handle: &Handle<KeyChecker>, command: &str) -> Result<Answer, russh::Error> {
    let mut channel = handle.channel_open_session().await?;
    // Readers know programs' words in English; a server may refuse, and then they try.
    channel.set_env(false, "LC_ALL", "C").await?;
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
