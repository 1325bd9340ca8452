//! Our hellos against a real TLS server: OpenSSL's s_server on the loopback
//! interface, one version at a time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use arpenteur_wire::tls::{
    ClientHello, Progress, ServerFlight, Version, cipher_suite_name, cipher_suites,
};
use arpenteur_wire::x509;

struct Server {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn openssl() -> Command {
    let mut command = Command::new("openssl");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

impl Server {
    /// A server that speaks this version only, with a new certificate.
    fn start(version: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (key, certificate) = (folder.path().join("key"), folder.path().join("certificate"));
        let made = openssl()
            .args([
                "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "30",
            ])
            .args(["-subj", "/CN=intranet.example", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&certificate)
            .status()
            .expect("openssl is needed for this test: apt-get install openssl");
        assert!(made.success());
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        };
        let process = openssl()
            .args([
                "s_server",
                version,
                "-quiet",
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-accept",
            ])
            .arg(format!("127.0.0.1:{port}"))
            .arg("-key")
            .arg(&key)
            .arg("-cert")
            .arg(&certificate)
            .spawn()
            .unwrap();
        Self {
            process,
            port,
            _folder: folder,
        }
    }

    fn greet(&self, hello: &ClientHello) -> ServerFlight {
        let mut stream = (0..100)
            .find_map(|_| {
                std::thread::sleep(Duration::from_millis(50));
                TcpStream::connect(("127.0.0.1", self.port)).ok()
            })
            .expect("s_server does not listen");
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        stream.write_all(&hello.encode()).unwrap();
        let mut flight = ServerFlight::new();
        let mut buffer = [0; 1000];
        loop {
            let length = stream.read(&mut buffer).unwrap_or(0);
            if length == 0 || flight.push(&buffer[..length]).unwrap() == Progress::Done {
                return flight;
            }
        }
    }
}

fn hello(version: Version) -> ClientHello {
    ClientHello::new(version, Some("intranet.example".to_owned()), [0x5a; 32])
}

#[test]
fn versions_are_answered_or_refused() {
    for (option, version) in [
        ("-tls1", Version::Tls10),
        ("-tls1_1", Version::Tls11),
        ("-tls1_2", Version::Tls12),
    ] {
        let server = Server::start(option);
        let flight = server.greet(&hello(version));
        let chosen = flight
            .hello()
            .unwrap_or_else(|| panic!("{option}: {:?}", flight.alert()));
        assert_eq!(Version::from_number(chosen.version), Some(version));
        let suite = chosen.cipher_suite.unwrap();
        assert!(
            cipher_suite_name(suite).unwrap().contains("RSA"),
            "{suite:#06x}"
        );
        let certificate = x509::parse(&flight.certificates()[0]).unwrap();
        assert_eq!(certificate.subject, "CN=intranet.example");
        assert_eq!(certificate.public_key_bits, Some(2048));
        for refused in [Version::Ssl3, Version::Tls10]
            .into_iter()
            .filter(|v| *v < version)
        {
            let flight = server.greet(&hello(refused));
            assert_eq!(flight.hello(), None, "{option} {refused:?}");
            let alert = flight.alert().expect("an alert");
            assert!(matches!(alert.description, 40 | 70), "{alert:?}");
        }
    }
}

#[test]
fn a_weak_suite_is_chosen_when_nothing_else_is_offered() {
    let server = Server::start("-tls1_2");
    let weak = hello(Version::Tls12);
    for suite in [0x002f, 0x0002, 0x0034] {
        assert!(cipher_suites(Version::Tls12).contains(&suite));
        let only = ClientHello {
            cipher_suites: vec![suite],
            ..weak.clone()
        };
        let flight = server.greet(&only);
        // OpenSSL keeps NULL suites out of ALL, so that one is refused.
        let chosen = flight.hello().and_then(|hello| hello.cipher_suite);
        assert_eq!(chosen, (suite != 0x0002).then_some(suite), "{suite:#06x}");
        assert_eq!(flight.certificates().len(), usize::from(suite == 0x002f));
    }
}
