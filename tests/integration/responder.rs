//! What no Debian daemon offers any more, played by a script: SSH protocol 1 and SSL 3.0.
//! The servers stand on loopback, at the ports of the real ones.
use crate::support::{folder, head, latest, results, run_command};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Accepts connections until the test ends, and lets `talk` answer each.
fn serve(address: &str, talk: fn(&mut TcpStream)) {
    let listener = TcpListener::bind(address).unwrap_or_else(|error| panic!("{address}: {error}"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // A peer that hangs up early is no failure of the responder.
            let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
            talk(&mut stream);
        }
    });
}

/// A server that speaks both protocols (RFC 4253 section 5.1: version 1.99).
fn ssh_1_99(stream: &mut TcpStream) {
    let _ = stream.write_all(b"SSH-1.99-OpenSSH_3.9p1\r\n");
    let mut buffer = [0; 1024];
    let _ = stream.read(&mut buffer);
}

/// Answers a hello of SSL 3.0 (RFC 6101) with a ServerHello and no certificate; refuses every
/// other version with a protocol_version alert.
fn ssl3(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let Ok(read) = stream.read(&mut buffer) else {
        return;
    };
    let hello = &buffer[..read];
    // Record header: type 22, version, length; handshake: type 1, length, client_version.
    let asks_ssl3 = hello.first() == Some(&22) && hello.get(9..11) == Some(&[3, 0]);
    if !asks_ssl3 {
        let _ = stream.write_all(&[21, 3, 0, 0, 2, 2, 70]);
        return;
    }
    let mut body = vec![3, 0];
    body.extend([7; 32]);
    body.extend([0, 0x00, 0x0a, 0]);
    let mut handshake = vec![2, 0, 0, u8::try_from(body.len()).unwrap()];
    handshake.extend(body);
    handshake.extend([14, 0, 0, 0]);
    let mut record = vec![22, 3, 0, 0, u8::try_from(handshake.len()).unwrap()];
    record.extend(handshake);
    let _ = stream.write_all(&record);
}

fn outcome<'a>(results: &'a Value, check: &str) -> &'a Value {
    let findings = results["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["check"] == check)
        .unwrap_or(&Value::Null)
}

#[test]
fn ssh_protocol_1_and_ssl_3_are_found() {
    serve("127.77.0.1:22", ssh_1_99);
    serve("127.77.0.1:443", ssl3);
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [127.77.0.1/32]}}]\n",
        head()
    ));
    let dir = folder.path().to_str().unwrap();
    run_command(&mut crate::support::arpenteur(&[
        "audit",
        dir,
        "--unprivileged",
    ]))
    .code(0);
    let results = results(folder.path());
    assert_eq!(
        outcome(&results, "SSH-001")["outcome"],
        "fail",
        "{}",
        outcome(&results, "SSH-001")
    );
    assert_eq!(
        outcome(&results, "TLS-001")["outcome"],
        "fail",
        "{}",
        outcome(&results, "TLS-001")
    );
}

/// Answers a PostgreSQL SSLRequest with no, and a startup with AuthenticationOk.
fn postgres(stream: &mut TcpStream) {
    let mut buffer = [0; 256];
    let Ok(read) = stream.read(&mut buffer) else {
        return;
    };
    let _ = match read {
        8 => stream.write_all(b"N"),
        0 => Ok(()),
        _ => stream.write_all(b"R\0\0\0\x08\0\0\0\0"),
    };
}

/// A session without a password is asked for only with leave, and counted as a login.
#[test]
fn a_database_is_logged_in_to_only_where_the_mandate_allows_it() {
    serve("127.77.0.2:5432", postgres);
    for (allowed, verdict, logins) in [(true, "fail", 1), (false, "unknown", 0)] {
        let head = head().replace(
            "default_credentials: true",
            &format!("default_credentials: {allowed}"),
        );
        let folder = folder(&format!(
            "{head}sites: [{{id: a, networks: [127.77.0.2/32]}}]\n"
        ));
        let dir = folder.path().to_str().unwrap();
        let arguments = ["audit", dir, "--unprivileged"];
        run_command(&mut crate::support::arpenteur(&arguments)).code(0);
        let results = results(folder.path());
        let finding = outcome(&results, "EXP-002");
        assert_eq!(finding["outcome"], verdict, "{allowed}: {finding}");
        let ledger = std::fs::read_to_string(latest(folder.path()).join("ledger.csv")).unwrap();
        let of_port = ledger.lines().filter(|line| line.contains(",tcp,5432,"));
        let counted: u32 = of_port
            .map(|line| line.split(',').nth(5).unwrap().parse::<u32>().unwrap())
            .sum();
        assert_eq!(counted, logins, "{ledger}");
    }
}

/// A web interface that accepts one account, `admin` with the password `admin`.
fn web(stream: &mut TcpStream, server: &str) {
    let mut buffer = [0; 2048];
    let read = stream.read(&mut buffer).unwrap_or(0);
    let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
    let mut lines = request.lines();
    let answer = match lines.find_map(|line| line.strip_prefix("Authorization: ")) {
        Some("Basic YWRtaW46YWRtaW4=") => "200 OK\r\n",
        _ => "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"box\"\r\n",
    };
    let head = format!("HTTP/1.1 {answer}Server: {server}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
}

fn router(stream: &mut TcpStream) {
    web(stream, "TP-LINK Router");
}

/// Of a maker whose account the list has, and of no class that anyone could tell.
fn unclassed(stream: &mut TcpStream) {
    web(stream, "Linksys");
}

/// A factory account is tried only with leave, on what is known not to be fragile, and counted
/// as a login.
#[test]
fn a_factory_account_is_tried_only_where_the_mandate_allows_it() {
    serve("127.77.0.3:8080", router);
    serve("127.77.0.4:8080", unclassed);
    let cases = [
        ("127.77.0.3", true, "fail", 1),
        ("127.77.0.3", false, "unknown", 0),
        ("127.77.0.4", true, "unknown", 0),
    ];
    for (address, allowed, verdict, logins) in cases {
        let head = head().replace(
            "default_credentials: true",
            &format!("default_credentials: {allowed}"),
        );
        let folder = folder(&format!(
            "{head}sites: [{{id: a, networks: [{address}/32]}}]\n"
        ));
        let dir = folder.path().to_str().unwrap();
        let arguments = ["audit", dir, "--unprivileged"];
        run_command(&mut crate::support::arpenteur(&arguments)).code(0);
        let results = results(folder.path());
        let finding = outcome(&results, "WEB-003");
        assert_eq!(
            finding["outcome"], verdict,
            "{address} {allowed}: {finding}"
        );
        let ledger = std::fs::read_to_string(latest(folder.path()).join("ledger.csv")).unwrap();
        let of_port = ledger.lines().filter(|line| line.contains(",tcp,8080,"));
        let counted: u32 = of_port
            .map(|line| line.split(',').nth(5).unwrap().parse::<u32>().unwrap())
            .sum();
        assert_eq!(counted, logins, "{ledger}");
    }
}
