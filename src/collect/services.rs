//! What open ports are asked without a login: banners, KEXINIT, TLS versions, HTTP.
use super::Asking;
use arpenteur_core::model::{Answer, Question, TlsVersion, UdpProbe};

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

    /// One handshake per version; whether TLS is spoken at all.
    async fn tls(&mut self, port: u16) -> bool {
        let mut spoken = false;
        // Newest first: a server that speaks none of the new ones is not asked for long.
        for version in TlsVersion::ALL.into_iter().rev() {
            let answer = self.put(Question::Tls { port, version }).await;
            spoken |= matches!(&answer, Answer::Tls(tls) if tls.accepted);
        }
        spoken
    }
}
