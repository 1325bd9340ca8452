//! Puts each family's questions to each host, within limits.
//!
//! One task a host. A first round finds a credential per protocol; then what the families
//! ask for is asked until they ask for nothing new, since every answer may let another
//! family recognise the device.
mod factory;
mod services;
mod snmp;
mod ssh;

use crate::discover::Host;
use crate::transport::Session;
use arpenteur_core::family::{Ask, Families};
use arpenteur_core::model::class::{ClassTable, DeviceClass};
use arpenteur_core::model::{Answer, Exchange, Question, SnmpVersion, Target};
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
    /// Which classes are fragile, or operational technology.
    pub classes: &'a ClassTable,
    /// Slows a target down to the rate of fragile devices.
    pub slow_down: &'a (dyn Fn(&Target) + Sync),
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
        let asked = host
            .exchanges
            .iter()
            .map(|exchange| exchange.question.clone())
            .collect();
        let mut asking = Asking {
            means: self,
            host,
            asked,
            snmp: None,
            ssh: None,
        };
        asking.find_community().await;
        if asking.spare() {
            self.session.done(&asking.host.target).await;
            return asking.host.exchanges;
        }
        asking.services().await;
        asking.find_account().await;
        asking.families().await;
        // Before communities: a web server says no, an agent that stays silent may be filtered,
        // and both count under one cap.
        asking.try_factory_accounts().await;
        if asking.try_factory().await {
            asking.families().await;
            asking.try_factory_accounts().await;
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

    /// Slows down where the device is of a fragile class, and says whether it must be left
    /// alone: operational technology is asked nothing more without consent.
    fn spare(&self) -> bool {
        let Some(class) = self.class() else {
            return false;
        };
        if class.fragile {
            (self.means.slow_down)(&self.host.target);
        }
        class.ot
            && !self
                .means
                .scope
                .audit()
                .mandate
                .probes
                .operational_technology
    }

    /// Whether the device is of a fragile class, or operational technology.
    fn is_delicate(&self) -> bool {
        self.class().is_some_and(|class| class.fragile || class.ot)
    }

    /// The device's class, as far as known now.
    fn class(&self) -> Option<&DeviceClass> {
        let seen = self.means.families.observe(
            &self.host.target,
            &self.host.exchanges,
            self.means.classes,
        );
        let class = seen.sheet.facts().ok().and_then(|facts| facts.device.class);
        class.and_then(|class| self.means.classes.get(&class))
    }

    /// Asks what the families want, until they want nothing new.
    async fn families(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let asks = self.means.families.asks(&self.host.exchanges);
            let wanted: Vec<Question> = asks
                .into_iter()
                .filter_map(|ask| self.question(ask))
                .collect();
            let new: Vec<Question> = wanted
                .into_iter()
                .filter(|question| !self.asked.contains(question))
                .collect();
            if new.is_empty() {
                return;
            }
            for question in new {
                self.put(question).await;
            }
        }
    }

    /// A family's wish as a question, with the credential that works here.
    fn question(&self, ask: Ask) -> Option<Question> {
        match ask {
            Ask::SnmpGet(oids) => {
                let (version, credential) = self.snmp.clone()?;
                Some(Question::SnmpGet {
                    version,
                    credential,
                    oids,
                })
            }
            Ask::SnmpWalk(root) => {
                let (version, credential) = self.snmp.clone()?;
                Some(Question::SnmpWalk {
                    version,
                    credential,
                    root,
                })
            }
            Ask::SnmpNext(roots) => {
                let (version, credential) = self.snmp.clone()?;
                Some(Question::SnmpNext {
                    version,
                    credential,
                    roots,
                })
            }
            Ask::SshShell(command) => {
                let login = self.ssh.as_ref()?;
                let (port, credential) = (login.port, login.credential.clone());
                Some(Question::SshShell {
                    port,
                    credential,
                    command,
                })
            }
            Ask::SshExec { command, sudo } => {
                let login = self.ssh.as_ref()?;
                if sudo && !login.sudo {
                    return None;
                }
                let (port, credential) = (login.port, login.credential.clone());
                Some(Question::SshExec {
                    port,
                    credential,
                    command,
                    sudo,
                })
            }
        }
    }
}
