//! Identification and KEXINIT of a real SSH server: dropbear on the loopback
//! interface, with a host key of our choice.

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

use arpenteur_wire::ssh::{
    Identification, KexInit, ServerMessage, identification, parse_message, parse_packet,
};

struct Server {
    process: Child,
    stream: TcpStream,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn quiet(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.env(
        "PATH",
        format!("{}:/usr/sbin", std::env::var("PATH").unwrap()),
    );
    command
}

/// A server with an ECDSA host key of this size.
fn connect_to_dropbear(size: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let made = quiet("dropbearkey")
        .args(["-t", "ecdsa", "-s", size, "-f"])
        .arg(&key)
        .status();
    assert!(
        made.expect("dropbear is needed for this test: apt-get install dropbear-bin")
            .success()
    );
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let process = quiet("dropbear")
        .args(["-F", "-p", &format!("127.0.0.1:{port}"), "-r"])
        .arg(&key)
        .arg("-P")
        .arg(folder.path().join("pid"))
        .spawn()
        .unwrap();
    let stream = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        TcpStream::connect(("127.0.0.1", port)).ok()
    });
    let stream = stream.expect("dropbear does not listen");
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    Server {
        process,
        stream,
        _folder: folder,
    }
}

/// Reads byte by byte until both messages are there.
fn greet(server: &mut Server) -> (Identification, KexInit) {
    let stream = &mut server.stream;
    stream.write_all(&identification("2.0")).unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
        let Some(ident) = Identification::parse(&bytes).unwrap() else {
            continue;
        };
        if let Some((payload, _)) = parse_packet(&bytes[ident.len..]).unwrap() {
            match parse_message(payload).unwrap() {
                ServerMessage::KexInit(offer) => return (ident, *offer),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn the_offer_shows_the_host_key_that_the_server_has() {
    // dropbear adds the machine's own keys of other types, if there are any.
    for size in ["256", "384", "521"] {
        let (ident, offer) = greet(&mut connect_to_dropbear(size));
        assert_eq!(ident.protocol, "2.0");
        assert!(ident.software.starts_with("dropbear"), "{ident:?}");
        let keys = offer.server_host_key_algorithms.iter();
        let ecdsa: Vec<_> = keys.filter(|name| name.starts_with("ecdsa")).collect();
        assert_eq!(ecdsa, [&format!("ecdsa-sha2-nistp{size}")]);
        for (list, name) in [
            (&offer.kex_algorithms, "curve25519-sha256"),
            (&offer.encryption_client_to_server, "aes256-ctr"),
            (&offer.encryption_server_to_client, "aes256-ctr"),
            (&offer.mac_client_to_server, "hmac-sha2-256"),
            (&offer.mac_server_to_client, "hmac-sha2-256"),
            (&offer.compression_client_to_server, "none"),
            (&offer.compression_server_to_client, "none"),
        ] {
            assert!(
                list.iter().any(|offered| offered == name),
                "{name}: {list:?}"
            );
        }
        assert!(offer.languages_client_to_server.is_empty());
        assert_ne!(offer.cookie, [0; 16]);
    }
}
