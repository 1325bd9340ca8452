//! Against a real agent: net-snmp's snmpd on the loopback interface, started
//! here with users for every pair of protocols.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::fmt::Write as _;
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use arpenteur_wire::oid;
use arpenteur_wire::snmp::usm::{
    AuthProtocol, KeyExtension, LocalizedKey, MasterKey, PrivProtocol,
};
use arpenteur_wire::snmp::v3::{Incoming, Outgoing, ReportKind, ScopedPdu, Security, discovery};
use arpenteur_wire::snmp::{ErrorStatus, Message, Oid, Pdu, Value, Version};

const AUTH_PASSWORD: &str = "maplesyrup auth";
const PRIV_PASSWORD: &str = "maplesyrup priv";
const SYS_LOCATION: Oid = oid!(1, 3, 6, 1, 2, 1, 1, 6, 0);

/// net-snmp's name of a protocol.
fn auth_name(protocol: AuthProtocol) -> &'static str {
    match protocol {
        AuthProtocol::Md5 => "MD5",
        AuthProtocol::Sha1 => "SHA",
        AuthProtocol::Sha224 => "SHA-224",
        AuthProtocol::Sha256 => "SHA-256",
        AuthProtocol::Sha384 => "SHA-384",
        AuthProtocol::Sha512 => "SHA-512",
    }
}

/// net-snmp's name of a protocol; the C is for Cisco.
fn priv_name(protocol: PrivProtocol) -> &'static str {
    match protocol {
        PrivProtocol::Des => "DES",
        PrivProtocol::Aes128 => "AES",
        PrivProtocol::Aes192(KeyExtension::Blumenthal) => "AES-192",
        PrivProtocol::Aes192(KeyExtension::Reeder) => "AES-192-C",
        PrivProtocol::Aes256(KeyExtension::Blumenthal) => "AES-256",
        PrivProtocol::Aes256(KeyExtension::Reeder) => "AES-256-C",
    }
}

fn user_name(auth: AuthProtocol, privacy: PrivProtocol) -> String {
    format!("{}_{}", auth_name(auth), priv_name(privacy)).replace('-', "")
}

fn configuration() -> String {
    let mut lines = String::from("rocommunity public 127.0.0.1\nsysLocation Salle 2\n");
    for auth in AuthProtocol::ALL {
        for privacy in PrivProtocol::ALL {
            let user = user_name(auth, privacy);
            let (auth, privacy) = (auth_name(auth), priv_name(privacy));
            writeln!(
                lines,
                "createUser {user} {auth} \"{AUTH_PASSWORD}\" {privacy} \"{PRIV_PASSWORD}\"\n\
                 rouser {user} priv"
            )
            .unwrap();
        }
    }
    lines + "createUser nobody\nrouser nobody noauth\n"
}

struct Agent {
    process: Child,
    socket: UdpSocket,
    engine_id: Vec<u8>,
    clock: (u32, u32, Instant),
    next_id: i32,
    _folder: tempfile::TempDir,
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Agent {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("snmpd.conf");
        std::fs::write(&config, configuration()).unwrap();
        let port = {
            let free = UdpSocket::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        };
        let process = Command::new("snmpd")
            .args([
                "-f",
                "-r",
                "-C",
                "-Ln",
                "-I",
                "system_mib,vacm_conf,usmConf,usmUser,snmpEngine",
            ])
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(folder.path().join("pid"))
            .arg(format!("udp:127.0.0.1:{port}"))
            .env("SNMP_PERSISTENT_DIR", folder.path())
            .env(
                "PATH",
                format!("{}:/usr/sbin", std::env::var("PATH").unwrap()),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("snmpd is needed for this test: apt-get install snmpd");
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(("127.0.0.1", port)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(250)))
            .unwrap();
        let mut agent = Self {
            process,
            socket,
            engine_id: Vec::new(),
            clock: (0, 0, Instant::now()),
            next_id: 1,
            _folder: folder,
        };
        agent.discover();
        agent
    }

    /// Sends until something comes back; a fresh agent is deaf for a moment.
    fn exchange(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut buffer = vec![0; 65_535];
        for _ in 0..400 {
            self.socket.send(bytes).ok();
            if let Ok(length) = self.socket.recv(&mut buffer) {
                buffer.truncate(length);
                return buffer;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("snmpd does not answer: {:?}", self.process.try_wait());
    }

    fn discover(&mut self) {
        let answer = self.exchange(&discovery(1).encode(Security::None, 0).unwrap());
        let report = Incoming::decode(&answer).unwrap();
        assert_eq!(
            report.unauthenticated_report(),
            Some(ReportKind::UnknownEngineId)
        );
        self.engine_id = report.engine_id.to_vec();
        assert!(self.engine_id.len() >= 5);
        self.clock = (report.engine_boots, report.engine_time, Instant::now());
    }

    fn request(&mut self, user: &str) -> Outgoing {
        self.next_id += 1;
        let (boots, time, since) = self.clock;
        Outgoing {
            msg_id: self.next_id,
            engine_id: self.engine_id.clone(),
            engine_boots: boots,
            engine_time: time + since.elapsed().as_secs() as u32,
            user_name: user.as_bytes().to_vec(),
            scoped: ScopedPdu {
                context_engine_id: self.engine_id.clone(),
                context_name: Vec::new(),
                pdu: Pdu::get(self.next_id, &[SYS_LOCATION]),
            },
        }
    }

    fn key(&self, protocol: AuthProtocol, password: &str) -> LocalizedKey {
        let master = MasterKey::from_password(protocol, password.as_bytes()).unwrap();
        master.localize(&self.engine_id)
    }

    fn report(&mut self, request: &Outgoing, security: Security<'_>) -> Option<ReportKind> {
        let answer = self.exchange(&request.encode(security, 5).unwrap());
        let report = Incoming::decode(&answer).unwrap();
        assert_eq!(report.msg_id, request.msg_id);
        report.unauthenticated_report()
    }
}

#[test]
fn every_pair_of_protocols() {
    let mut agent = Agent::start();
    for auth_protocol in AuthProtocol::ALL {
        for priv_protocol in PrivProtocol::ALL {
            let user = user_name(auth_protocol, priv_protocol);
            let auth = agent.key(auth_protocol, AUTH_PASSWORD);
            let privacy = agent.key(auth_protocol, PRIV_PASSWORD);
            let privacy = privacy.privacy_key(priv_protocol, &agent.engine_id);
            let security = Security::AuthPriv(&auth, &privacy);
            let request = agent.request(&user);
            let answer = agent.exchange(&request.encode(security, 0xabcd_0123).unwrap());
            let answer = Incoming::decode(&answer).unwrap();
            let scoped = answer.open(security).unwrap_or_else(|error| {
                panic!("{user}: {error}: {:?}", answer.unauthenticated_report())
            });
            assert_eq!(answer.msg_id, request.msg_id);
            assert_eq!(
                scoped.pdu.varbinds.first().map(|varbind| &varbind.value),
                Some(&Value::OctetString(b"Salle 2".to_vec())),
                "{user}: {:?}",
                ReportKind::of(&scoped.pdu)
            );
        }
    }
}

#[test]
fn refusals_are_told_apart() {
    let mut agent = Agent::start();
    let protocol = AuthProtocol::Sha256;
    let user = user_name(protocol, PrivProtocol::Aes128);
    let auth = agent.key(protocol, AUTH_PASSWORD);
    let wrong = agent.key(protocol, "another password");
    let privacy = agent.key(protocol, PRIV_PASSWORD);
    let privacy = privacy.privacy_key(PrivProtocol::Aes128, &agent.engine_id);
    let right = Security::AuthPriv(&auth, &privacy);

    let request = agent.request("stranger");
    assert_eq!(
        agent.report(&request, right),
        Some(ReportKind::UnknownUserName)
    );
    let request = agent.request(&user);
    let with_wrong = Security::AuthPriv(&wrong, &privacy);
    assert_eq!(
        agent.report(&request, with_wrong),
        Some(ReportKind::WrongDigest)
    );
    let request = agent.request("nobody");
    assert_eq!(
        agent.report(&request, right),
        Some(ReportKind::UnsupportedSecurityLevel)
    );
    let mut request = agent.request(&user);
    request.engine_boots += 3;
    assert_eq!(
        agent.report(&request, right),
        Some(ReportKind::NotInTimeWindow)
    );
    let mut request = agent.request(&user);
    request.engine_id = b"\x80\x00\x00\x00\x05other".to_vec();
    assert_eq!(
        agent.report(&request, right),
        Some(ReportKind::UnknownEngineId)
    );
}

/// net-snmp sends no decryptionErrors report when what it decrypts is noise. The
/// authentication key is then proved one level below: the same user is known
/// there, and only the access is refused.
#[test]
fn a_wrong_privacy_key_meets_silence() {
    let mut agent = Agent::start();
    let protocol = AuthProtocol::Sha256;
    let user = user_name(protocol, PrivProtocol::Aes128);
    let auth = agent.key(protocol, AUTH_PASSWORD);
    let wrong = agent.key(protocol, "another password");
    let wrong = wrong.privacy_key(PrivProtocol::Aes128, &agent.engine_id);
    let request = agent.request(&user);
    let bytes = request.encode(Security::AuthPriv(&auth, &wrong), 5);
    agent.socket.send(&bytes.unwrap()).unwrap();
    assert!(agent.socket.recv(&mut [0; 1500]).is_err());

    let request = agent.request(&user);
    let answer = agent.exchange(&request.encode(Security::Auth(&auth), 0).unwrap());
    let answer = Incoming::decode(&answer).unwrap();
    let pdu = answer.open(Security::Auth(&auth)).unwrap().pdu;
    assert_eq!(pdu.status(), ErrorStatus::AuthorizationError);
}

#[test]
fn community_versions() {
    let mut agent = Agent::start();
    let mut ask = |version, pdu| {
        let message = Message {
            version,
            community: b"public".to_vec(),
            pdu,
        };
        let answer = agent.exchange(&message.encode());
        Message::decode(&answer).unwrap().pdu
    };
    let system = oid!(1, 3, 6, 1, 2, 1, 1);
    let bulk = ask(
        Version::V2c,
        Pdu::get_bulk(21, 0, 20, std::slice::from_ref(&system)),
    );
    assert_eq!((bulk.request_id, bulk.varbinds.len()), (21, 20));
    let names: Vec<_> = bulk.varbinds.iter().map(|varbind| &varbind.oid).collect();
    assert!(names.is_sorted(), "our order is not the agent's: {names:?}");
    let up_time = &bulk.varbinds[2];
    assert!(matches!(up_time.value, Value::TimeTicks(_)), "{up_time:?}");

    let absent = oid!(1, 3, 6, 1, 2, 1, 1, 99, 0);
    let pdu = ask(Version::V2c, Pdu::get(22, std::slice::from_ref(&absent)));
    assert_eq!(pdu.varbinds[0].value, Value::NoSuchObject);
    let pdu = ask(Version::V1, Pdu::get(23, &[absent]));
    assert_eq!(
        (pdu.status(), pdu.error_index),
        (ErrorStatus::NoSuchName, 1)
    );
    let pdu = ask(Version::V1, Pdu::get_next(24, &[system]));
    assert!(matches!(pdu.varbinds[0].value, Value::OctetString(_)));
}
