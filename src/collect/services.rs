//! What open ports are asked without a login: banners, KEXINIT, TLS versions, HTTP.
use super::Asking;
use arpenteur_core::model::{Answer, Question, TlsAnswer, TlsVersion, UdpProbe, WeakCipher};

/// What a port's server is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Service {
    Ssh,
    Telnet,
    Banner,
    Http,
    Tls,
    Https,
}

/// Ports and what is expected behind them (IANA service names).
const SERVICES: [(u16, Service); 16] = [
    (21, Service::Banner),
    (22, Service::Ssh),
    (23, Service::Telnet),
    (25, Service::Banner),
    (80, Service::Http),
    (110, Service::Banner),
    (143, Service::Banner),
    (443, Service::Https),
    (636, Service::Tls),
    (993, Service::Tls),
    (995, Service::Tls),
    (5900, Service::Banner),
    (8006, Service::Https),
    (8080, Service::Http),
    (8443, Service::Https),
    (9443, Service::Https),
];

/// Port of TFTP (RFC 1350).
const TFTP: u16 = 69;

impl Asking<'_> {
    /// Asks every open port of the table, then TFTP.
    pub(super) async fn services(&mut self) {
        let open = self.host.open_ports();
        for (port, service) in SERVICES {
            if open.contains(&port) {
                self.service(port, service).await;
            }
        }
        self.put(Question::Udp {
            port: TFTP,
            probe: UdpProbe::Tftp,
        })
        .await;
    }

    async fn service(&mut self, port: u16, service: Service) {
        match service {
            Service::Ssh => {
                if matches!(
                    self.put(Question::SshKex { port }).await,
                    Answer::Bytes { .. }
                ) {
                    self.put(Question::SshHostKeys { port }).await;
                }
            }
            Service::Telnet => {
                self.put(Question::Telnet { port }).await;
            }
            Service::Banner => {
                self.put(Question::Banner { port }).await;
            }
            Service::Http => {
                self.put(Question::Http {
                    port,
                    tls: false,
                    path: "/".to_owned(),
                })
                .await;
            }
            Service::Tls => {
                self.tls(port).await;
            }
            Service::Https => {
                if self.tls(port).await {
                    self.put(Question::Http {
                        port,
                        tls: true,
                        path: "/".to_owned(),
                    })
                    .await;
                }
            }
        }
    }

    /// One handshake per version, then weak suites; whether TLS is spoken at all.
    async fn tls(&mut self, port: u16) -> bool {
        let mut accepted = Vec::new();
        // Newest first: a server that speaks none of the new ones is not asked for long.
        for version in TlsVersion::ALL.into_iter().rev() {
            let answer = self.put(Question::Tls { port, version }).await;
            if matches!(&answer, Answer::Tls(tls) if tls.accepted) {
                accepted.push(version);
            }
        }
        // SSL 2.0 is weak as a whole, TLS 1.3 has nothing weak.
        let between =
            |version: &TlsVersion| (TlsVersion::Ssl3..=TlsVersion::Tls12).contains(version);
        let mut asked: Vec<TlsVersion> = accepted.iter().copied().filter(between).collect();
        // What lies between the newest and the oldest has no suites that neither has.
        if asked.len() > 2 {
            asked.drain(1..asked.len() - 1);
        }
        for version in asked {
            self.weak_suites(port, version).await;
        }
        !accepted.is_empty()
    }

    /// Offers every weak kind; a server that takes one is asked again without it.
    async fn weak_suites(&mut self, port: u16, version: TlsVersion) {
        let mut kinds = WeakCipher::ALL.to_vec();
        while !kinds.is_empty() {
            let question = Question::TlsWeak {
                port,
                version,
                kinds: kinds.clone(),
            };
            let chosen = match self.put(question).await {
                Answer::Tls(TlsAnswer {
                    accepted: true,
                    cipher_suite: Some(suite),
                    ..
                }) => WeakCipher::of(suite),
                _ => return,
            };
            let before = kinds.len();
            kinds.retain(|kind| Some(*kind) != chosen);
            // A server that chooses what was not offered would be asked for ever.
            if kinds.len() == before {
                return;
            }
        }
    }
}
