//! What open ports are asked without a login: banners, KEXINIT, TLS versions, HTTP, and the
//! first message of each service's own protocol.
use super::Asking;
use arpenteur_core::family::{leads_to, mount_port};
use arpenteur_core::model::{
    Answer, Question, TcpProbe, TlsAnswer, TlsVersion, UdpProbe, WeakCipher,
};
use arpenteur_wire::smb;

/// What a port's server is asked.
#[derive(Clone, PartialEq, Eq)]
enum Service {
    Ssh,
    Telnet,
    Banner,
    /// A web page.
    Http,
    Tls,
    /// TLS, then a web page.
    Https,
    /// A web page, in clear or over TLS, whichever is spoken.
    Either(&'static str),
    /// A path over TLS.
    HttpsPath(&'static str),
    /// A path in clear.
    HttpPath(&'static str),
    Smb,
    Nfs,
    /// One message of the service's own protocol.
    Probe(TcpProbe),
    Postgres,
    /// Zones of the client.
    Dns,
}

/// Ports and what is expected behind them (IANA service names).
const SERVICES: [(u16, Service); 34] = [
    (21, Service::Banner),
    (22, Service::Ssh),
    (23, Service::Telnet),
    (25, Service::Banner),
    (53, Service::Dns),
    (80, Service::Http),
    (110, Service::Banner),
    (111, Service::Nfs),
    (139, Service::Smb),
    (143, Service::Banner),
    (443, Service::Https),
    (445, Service::Smb),
    (636, Service::Tls),
    (993, Service::Tls),
    (995, Service::Tls),
    (1433, Service::Probe(TcpProbe::MssqlPrelogin)),
    (2375, Service::HttpPath("/version")),
    (2376, Service::HttpsPath("/version")),
    (2379, Service::Either("/version")),
    (3306, Service::Probe(TcpProbe::MysqlGreeting)),
    (3389, Service::Probe(TcpProbe::Rdp)),
    (4786, Service::Probe(TcpProbe::SmartInstall)),
    (5432, Service::Postgres),
    (5900, Service::Banner),
    (5984, Service::Either("/_all_dbs")),
    (6379, Service::Probe(TcpProbe::Redis)),
    (8006, Service::Https),
    (8080, Service::Http),
    (8443, Service::Https),
    (9200, Service::Either("/")),
    (9443, Service::Https),
    // `/pods` asks for the same right, and its answer holds the containers' environment.
    (10250, Service::HttpsPath("/healthz")),
    (11211, Service::Probe(TcpProbe::Memcached)),
    (27017, Service::Probe(TcpProbe::MongodbDatabases)),
];

/// Port of SMB without NetBIOS: where it is open, 139 is not asked.
const SMB: u16 = 445;

/// What is asked over UDP, of every host: no port sweep shows these.
const DATAGRAMS: [(u16, UdpProbe); 4] = [
    (69, UdpProbe::Tftp),
    (123, UdpProbe::Ntp),
    (53, UdpProbe::Dns),
    (623, UdpProbe::IpmiAuthentication),
];

impl Asking<'_> {
    /// Asks what answers over UDP, then every open port of the table.
    pub(super) async fn services(&mut self) {
        let open = self.host.open_ports();
        for (port, probe) in DATAGRAMS {
            let answer = self.put(Question::Udp { port, probe }).await;
            if let (UdpProbe::IpmiAuthentication, Answer::Bytes { .. }) = (probe, answer) {
                let probe = UdpProbe::IpmiCipherZero;
                self.put(Question::Udp { port, probe }).await;
            }
        }
        for (port, service) in SERVICES {
            if open.contains(&port)
                && !(service == Service::Smb && port != SMB && open.contains(&SMB))
            {
                self.service(port, service).await;
            }
        }
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
                self.page(port, false, "/").await;
            }
            Service::Tls => {
                self.tls(port).await;
            }
            Service::Https => {
                if self.tls(port).await {
                    self.page(port, true, "/").await;
                }
            }
            Service::HttpPath(path) => {
                self.page(port, false, path).await;
            }
            Service::HttpsPath(path) => {
                self.page(port, true, path).await;
            }
            Service::Either(path) => {
                let answer = self.page(port, false, path).await;
                if !matches!(answer, Answer::Http { status, .. } if status != 400) {
                    self.page(port, true, path).await;
                }
            }
            Service::Smb => self.smb(port).await,
            Service::Nfs => self.nfs(port).await,
            Service::Probe(probe) => {
                self.put(Question::Tcp { port, probe }).await;
            }
            Service::Postgres => self.postgres(port).await,
            Service::Dns => self.zones(port).await,
        }
    }

    async fn page(&mut self, port: u16, tls: bool, path: &str) -> Answer {
        let path = path.to_owned();
        let answer = self.put(Question::Http { port, tls, path }).await;
        // What stands behind `/` tells more; one step, on the same server.
        if let Some(path) = leads_to(&answer, port, tls) {
            self.put(Question::Http { port, tls, path }).await;
        }
        answer
    }

    /// SMB 1, then each dialect of SMB 2: a server names only the newest of several.
    async fn smb(&mut self, port: u16) {
        let newer = smb::DIALECTS.map(|dialect| TcpProbe::Smb2 { dialect });
        for probe in std::iter::once(TcpProbe::Smb1).chain(newer) {
            self.put(Question::Tcp { port, probe }).await;
        }
    }

    /// The portmapper tells where the mount daemon listens.
    async fn nfs(&mut self, port: u16) {
        let probe = TcpProbe::MountPort;
        let answer = self.put(Question::Tcp { port, probe }).await;
        if let Some(port) = mount_port(&answer) {
            let probe = TcpProbe::MountExports;
            self.put(Question::Tcp { port, probe }).await;
        }
    }

    /// Which server it is costs no login; whether it asks for one does.
    async fn postgres(&mut self, port: u16) {
        let probe = TcpProbe::PostgresTls;
        let answer = self.put(Question::Tcp { port, probe }).await;
        let allowed = self.means.scope.audit().mandate.probes.default_credentials;
        if allowed && matches!(answer, Answer::Bytes { .. }) {
            let probe = TcpProbe::PostgresStartup;
            self.put(Question::Tcp { port, probe }).await;
        }
    }

    /// Whole zones, asked of what answered as a DNS server.
    async fn zones(&mut self, port: u16) {
        let serves = self.host.exchanges.iter().any(|exchange| {
            let probe = UdpProbe::Dns;
            exchange.question == Question::Udp { port, probe }
                && matches!(exchange.answer, Answer::Bytes { .. })
        });
        if serves {
            for zone in self.means.scope.audit().declared.domains.clone() {
                let probe = TcpProbe::DnsTransfer { zone };
                self.put(Question::Tcp { port, probe }).await;
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
