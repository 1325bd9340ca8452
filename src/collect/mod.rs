//! Puts each family's questions to each host, within limits.
//!
//! One task a host. A first round finds a credential per protocol; then what the families
//! ask for is asked until they ask for nothing new, since every answer may let another
//! family recognise the device.
mod services;
mod snmp;
mod ssh;

use crate::discover::Host;
use crate::transport::Session;
use arpenteur_core::family::{Ask, Families};
use arpenteur_core::model::{Answer, Exchange, Question, SnmpVersion};
use arpenteur_core::scope::Scope;
use std::collections::HashSet;

/// Rounds of questions after which a host is left alone: families that go on asking are wrong.
const MOST_ROUNDS: usize = 8;

/// What `collect` needs to know beside the host.
pub struct Collector<'a> {
    /// The seam.
    pub session: &'a dyn Session,
    /// Who may be asked with what.
    pub scope: &'a Scope,
    /// What to ask.
    pub families: &'a Families,
}

/// One host's collection under way.
struct Asking<'a> {
    means: &'a Collector<'a>,
    host: Host,
    asked: HashSet<Question>,
    snmp: Option<(SnmpVersion, String)>,
    ssh: Option<snmp::Login>,
}

impl Collector<'_> {
    /// Asks a host everything that is to be asked of it; all its evidence comes back.
    pub async fn collect(&self, host: Host) -> Vec<Exchange> {
        let asked = host.exchanges.iter().map(|exchange| exchange.question.clone()).collect();
        let mut asking = Asking { means: self, host, asked, snmp: None, ssh: None };
        asking.find_community().await;
        asking.services().await;
        asking.find_account().await;
        for _ in 0..MOST_ROUNDS {
            let asks = self.families.asks(&asking.host.exchanges);
            let mut new = false;
            for ask in asks {
                if let Some(question) = asking.question(ask)
                    && !asking.asked.contains(&question)
                {
                    asking.put(question).await;
                    new = true;
                }
            }
            if !new {
                break;
            }
        }
        self.session.done(&asking.host.target).await;
        asking.host.exchanges
    }
}

impl Asking<'_> {
    /// Asks, and keeps the exchange.
    async fn put(&mut self, question: Question) -> Answer {
        self.asked.insert(question.clone());
        let exchange = self.means.session.ask(&self.host.target, question).await;
        let answer = exchange.answer.clone();
        self.host.exchanges.push(exchange);
        answer
    }

    /// A family's wish as a question, with the credential that works here.
    fn question(&self, ask: Ask) -> Option<Question> {
        match ask {
            Ask::SnmpGet(oids) => {
                let (version, credential) = self.snmp.clone()?;
                Some(Question::SnmpGet { version, credential, oids })
            }
            Ask::SnmpWalk(root) => {
                let (version, credential) = self.snmp.clone()?;
                Some(Question::SnmpWalk { version, credential, root })
            }
            Ask::SshExec { command, sudo } => {
                let login = self.ssh.as_ref()?;
                if sudo && !login.sudo {
                    return None;
                }
                let (port, credential) = (login.port, login.credential.clone());
                Some(Question::SshExec { port, credential, command, sudo })
            }
        }
    }
}
