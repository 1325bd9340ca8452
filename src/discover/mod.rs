//! Turns targets into hosts with evidence: who is there, and on which ports.
use crate::transport::Session;
use arpenteur_core::model::{Answer, Exchange, Failure, Question, Target};

/// TCP ports of management and of the services that the catalogue judges, most telling
/// first. Print ports are not among them and would be refused by the gate.
pub const MANAGEMENT_PORTS: [u16; 49] = [
    22, 443, 80, 23, 21, 445, 3389, 8443, 8080, 25, 53, 110, 111, 135, 139, 143, 389, 512, 513,
    514, 554, 636, 993, 995, 1433, 2049, 3306, 5432, 5900, 5985, 6379, 8006, 8291, 9443, 7, 9, 13,
    19, 79, 1521, 2375, 2376, 2379, 4786, 5984, 9200, 10250, 11211, 27017,
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
/// talked to, and asking on would only make the kernel send more ARP. The SNMP engine is
/// waited for beside the ports, since an agent that speaks no version 3 never answers.
pub async fn discover(session: &dyn Session, target: &Target) -> Option<Host> {
    let mut host = Host {
        target: target.clone(),
        exchanges: Vec::new(),
    };
    let near = match host.put(session, Question::Neighbour).await {
        Answer::Hardware { .. } => true,
        Answer::Failed {
            failure: Failure::Timeout | Failure::NotAuthorised,
            ..
        } => return None,
        _ => false,
    };
    let echo = host.put(session, Question::Ping).await;
    if matches!(
        echo,
        Answer::Failed {
            failure: Failure::NotAuthorised,
            ..
        }
    ) {
        return None;
    }
    let mut seen = near || echo.shows_host();
    let mut ports = Ports {
        session,
        target,
        exchanges: Vec::new(),
        swept: false,
    };
    let (engine, ()) = tokio::join!(session.ask(target, Question::SnmpEngine), async {
        if seen || ports.tell().await {
            ports.sweep().await;
        }
    });
    // A foreign file answers SNMP questions alone.
    seen |= ports.swept || engine.answer.shows_host() || session.foreign(target);
    if !seen {
        return None;
    }
    if !ports.swept {
        ports.sweep().await;
    }
    host.exchanges.push(engine);
    host.exchanges.extend(ports.exchanges);
    Some(host)
}

impl Host {
    async fn put(&mut self, session: &dyn Session, question: Question) -> Answer {
        let exchange = session.ask(&self.target, question).await;
        let answer = exchange.answer.clone();
        self.exchanges.push(exchange);
        answer
    }
}

/// The ports of one target, under way.
struct Ports<'a> {
    session: &'a dyn Session,
    target: &'a Target,
    exchanges: Vec<Exchange>,
    /// Whether every management port was asked.
    swept: bool,
}

impl Ports<'_> {
    async fn ask(&self, port: u16) -> Exchange {
        self.session
            .ask(self.target, Question::TcpConnect { port })
            .await
    }

    fn asked(&self, port: u16) -> bool {
        let question = Question::TcpConnect { port };
        self.exchanges
            .iter()
            .any(|exchange| exchange.question == question)
    }

    /// Whether one of the telling ports shows a host.
    async fn tell(&mut self) -> bool {
        for port in TELLING_PORTS {
            let exchange = self.ask(port).await;
            let seen = exchange.answer.shows_host();
            self.exchanges.push(exchange);
            if seen {
                return true;
            }
        }
        false
    }

    /// Every management port, silent ones twice: one lost packet is not a closed port.
    async fn sweep(&mut self) {
        self.swept = true;
        let mut silent = Vec::new();
        for port in MANAGEMENT_PORTS {
            if self.asked(port) {
                continue;
            }
            let exchange = self.ask(port).await;
            match exchange.answer {
                Answer::Failed {
                    failure: Failure::Timeout,
                    ..
                } => silent.push((port, exchange)),
                _ => self.exchanges.push(exchange),
            }
        }
        // A host that drops everything is not asked everything twice.
        let retry = silent.len() < MANAGEMENT_PORTS.len() / 4;
        for (port, exchange) in silent {
            let exchange = if retry {
                self.ask(port).await
            } else {
                exchange
            };
            self.exchanges.push(exchange);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Boxed;
    use std::collections::HashSet;
    use std::sync::Mutex;
    use std::time::Duration;
    use tokio::sync::Notify;

    /// Answers what it is told to, says nothing to the rest, and counts. It keeps the engine
    /// back until `ports` ports were asked.
    #[derive(Default)]
    struct Stub {
        answering: HashSet<Question>,
        asked: Mutex<Vec<Question>>,
        ports: usize,
        enough: Notify,
    }

    impl Stub {
        fn answering(questions: &[Question], ports: usize) -> Self {
            Self {
                answering: questions.iter().cloned().collect(),
                ports,
                ..Self::default()
            }
        }

        fn ports_asked(&self) -> Vec<u16> {
            let asked = self.asked.lock().unwrap();
            let port = |question: &Question| match question {
                Question::TcpConnect { port } => Some(*port),
                _ => None,
            };
            asked.iter().filter_map(port).collect()
        }
    }

    impl Session for Stub {
        fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange> {
            Box::pin(async move {
                self.asked.lock().unwrap().push(question.clone());
                if self.ports_asked().len() >= self.ports {
                    self.enough.notify_one();
                }
                if question == Question::SnmpEngine {
                    self.enough.notified().await;
                }
                let answer = match &question {
                    Question::Neighbour => Answer::failed(Failure::Unsupported, ""),
                    known if self.answering.contains(known) => Answer::Present,
                    _ => Answer::failed(Failure::Timeout, ""),
                };
                Exchange {
                    target: target.clone(),
                    question,
                    answer,
                    at: None,
                    elapsed_us: 0,
                }
            })
        }

        fn done<'a>(&'a self, _: &'a Target) -> Boxed<'a, ()> {
            Box::pin(std::future::ready(()))
        }
    }

    async fn discovered(stub: &Stub) -> Option<Host> {
        let target = Target::new("s", [10, 0, 0, 1].into());
        let work = discover(stub, &target);
        tokio::time::timeout(Duration::from_secs(10), work)
            .await
            .expect("the engine is waited for beside the ports")
    }

    #[tokio::test]
    async fn a_silent_address_is_asked_only_what_tells() {
        let stub = Stub::answering(&[], TELLING_PORTS.len());
        assert!(discovered(&stub).await.is_none());
        assert_eq!(stub.ports_asked(), TELLING_PORTS);
    }

    #[tokio::test]
    async fn a_host_is_swept_while_its_engine_stays_silent() {
        let stub = Stub::answering(&[Question::Ping], MANAGEMENT_PORTS.len());
        assert!(discovered(&stub).await.is_some());
        assert_eq!(stub.ports_asked(), MANAGEMENT_PORTS);
    }

    #[tokio::test]
    async fn a_host_that_shows_its_engine_alone_is_swept_once() {
        let stub = Stub::answering(&[Question::SnmpEngine], 0);
        let host = discovered(&stub).await.unwrap();
        let mut asked = stub.ports_asked();
        let mut all = MANAGEMENT_PORTS.to_vec();
        asked.sort_unstable();
        all.sort_unstable();
        assert_eq!(asked, all);
        assert!(host.open_ports().is_empty());
    }

    #[tokio::test]
    async fn a_lost_packet_is_no_closed_port() {
        let silent = [21, 8443];
        let open: Vec<Question> = MANAGEMENT_PORTS
            .into_iter()
            .filter(|port| !silent.contains(port))
            .map(|port| Question::TcpConnect { port })
            .chain([Question::Ping])
            .collect();
        let stub = Stub::answering(&open, 0);
        discovered(&stub).await.unwrap();
        let mut expected = MANAGEMENT_PORTS.to_vec();
        expected.extend(silent);
        assert_eq!(stub.ports_asked(), expected);
    }
}
