//! Finds the SSH account that a server accepts.
use super::Asking;
use super::snmp::Login;
use arpenteur_core::model::{Answer, Failure, Question};
use arpenteur_core::scope::CredentialKind;

/// The first command on every login: harmless everywhere, and its failure tells a restricted shell.
const FIRST_COMMAND: &str = "uname -srm";

impl Asking<'_> {
    /// Tries the accounts bound here, most narrowly bound first.
    pub(super) async fn find_account(&mut self) {
        let Some(port) = self.ssh_port() else { return };
        let accounts: Vec<(String, bool)> = self
            .means
            .scope
            .credentials(&self.host.target, &[CredentialKind::Ssh])
            .into_iter()
            .map(|credential| {
                (
                    credential.name.clone(),
                    credential.ssh.as_ref().is_some_and(|account| account.sudo),
                )
            })
            .collect();
        for (credential, sudo) in accounts {
            let question = Question::SshExec {
                port,
                credential: credential.clone(),
                command: FIRST_COMMAND.to_owned(),
                sudo: false,
            };
            let mut answer = self.put(question).await;
            // Many network devices run no single commands, and some end the connection.
            if let Answer::Failed {
                failure: Failure::Unsupported | Failure::Refused,
                ..
            } = answer
            {
                let shell = Question::SshShell {
                    port,
                    credential: credential.clone(),
                    command: String::new(),
                };
                let greeting = self.put(shell).await;
                if matches!(greeting, Answer::Exec { .. }) {
                    answer = greeting;
                }
            }
            match answer {
                Answer::Exec { .. } => {
                    self.ssh = Some(Login {
                        port,
                        credential,
                        sudo,
                    });
                    return;
                }
                // Other accounts would meet the same: no common algorithm, a changed host key.
                Answer::Failed {
                    failure: Failure::Unsupported | Failure::LoginCap | Failure::Timeout,
                    ..
                } => return,
                _ => {}
            }
        }
    }

    /// The port that showed an SSH identification.
    fn ssh_port(&self) -> Option<u16> {
        self.host.exchanges.iter().find_map(|exchange| {
            match (&exchange.question, &exchange.answer) {
                (Question::SshKex { port }, Answer::Bytes { .. }) => Some(*port),
                _ => None,
            }
        })
    }
}
