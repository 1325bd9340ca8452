//! Turns targets into hosts with evidence: who is there, and on which ports.
use crate::transport::Session;
use arpenteur_core::model::{Answer, Exchange, Failure, Question, Target};

/// TCP ports of management and of the services that the catalogue judges, most telling
/// first. Print ports are not among them and would be refused by the gate.
pub const MANAGEMENT_PORTS: [u16; 34] = [
    22, 443, 80, 23, 21, 445, 3389, 8443, 8080, 25, 53, 110, 111, 135, 139, 143, 389, 512, 513,
    514, 554, 636, 993, 995, 1433, 2049, 3306, 5432, 5900, 5985, 6379, 8006, 8291, 9443,
];

/// Ports that show a host by themselves where ARP and ICMP are not at hand, or filtered.
const TELLING_PORTS: [u16; 4] = [22, 443, 80, 445];

/// A host that answered, with everything it was asked so far.
#[derive(Debug, Clone)]
pub struct Host {
    /// Where.
    pub target: Target,
    /// Evidence, in order.
    pub exchanges: Vec<Exchange>,
}

impl Host {
    /// TCP ports that accepted a connection.
    pub fn open_ports(&self) -> Vec<u16> {
        let open = |exchange: &Exchange| match (&exchange.question, &exchange.answer) {
            (Question::TcpConnect { port }, Answer::Present) => Some(*port),
            _ => None,
        };
        self.exchanges.iter().filter_map(open).collect()
    }

    /// Whether an SNMP agent showed itself by its engine.
    pub fn has_engine(&self) -> bool {
        self.exchanges
            .iter()
            .any(|exchange| matches!(exchange.answer, Answer::Engine { .. }))
    }
}

/// Looks for a host at one target. `None`: nothing answered.
///
/// On an attached network ARP decides alone: a host that does not answer it cannot be
/// talked to, and asking on would only make the kernel send more ARP.
pub async fn discover(session: &dyn Session, target: &Target) -> Option<Host> {
    let mut host = Host {
        target: target.clone(),
        exchanges: Vec::new(),
    };
    match host.put(session, Question::Neighbour).await {
        Answer::Hardware { .. } => {}
        Answer::Failed {
            failure: Failure::Timeout | Failure::NotAuthorised,
            ..
        } => return None,
        _ => {
            if !host.routed(session).await {
                return None;
            }
        }
    }
    if !host.asked(&Question::Ping) {
        host.put(session, Question::Ping).await;
    }
    if !host.asked(&Question::SnmpEngine) {
        host.put(session, Question::SnmpEngine).await;
    }
    host.sweep(session).await;
    Some(host)
}

impl Host {
    async fn put(&mut self, session: &dyn Session, question: Question) -> Answer {
        let exchange = session.ask(&self.target, question).await;
        let answer = exchange.answer.clone();
        self.exchanges.push(exchange);
        answer
    }

    fn asked(&self, question: &Question) -> bool {
        self.exchanges
            .iter()
            .any(|exchange| exchange.question == *question)
    }

    /// Whether anything answers behind a router, or without raw sockets: echo, SNMP and the
    /// telling ports side by side, since a silent address costs nothing but waiting.
    async fn routed(&mut self, session: &dyn Session) -> bool {
        let target = self.target.clone();
        let ports = async {
            let mut asked = Vec::new();
            for port in TELLING_PORTS {
                let exchange = session.ask(&target, Question::TcpConnect { port }).await;
                let shown = exchange.answer.shows_host();
                asked.push(exchange);
                if shown {
                    break;
                }
            }
            asked
        };
        let (ping, engine, ports) = tokio::join!(
            session.ask(&target, Question::Ping),
            session.ask(&target, Question::SnmpEngine),
            ports
        );
        self.exchanges.extend([ping, engine]);
        self.exchanges.extend(ports);
        // A foreign file answers SNMP questions alone.
        let seen = self
            .exchanges
            .iter()
            .any(|exchange| exchange.answer.shows_host());
        seen || session.foreign(&target)
    }

    /// Every management port, silent ones twice: one lost packet is not a closed port.
    async fn sweep(&mut self, session: &dyn Session) {
        let mut silent = Vec::new();
        for port in MANAGEMENT_PORTS {
            let question = Question::TcpConnect { port };
            if self.asked(&question) {
                continue;
            }
            let exchange = session.ask(&self.target, question).await;
            match exchange.answer {
                Answer::Failed {
                    failure: Failure::Timeout,
                    ..
                } => silent.push(exchange),
                _ => self.exchanges.push(exchange),
            }
        }
        // A host that drops everything is not asked everything twice.
        let retry = silent.len() < MANAGEMENT_PORTS.len() / 4;
        for exchange in silent {
            if retry {
                let question = exchange.question.clone();
                self.put(session, question).await;
            } else {
                self.exchanges.push(exchange);
            }
        }
    }
}
