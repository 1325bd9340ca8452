//! Where secrets come from, and files that only the holder of a key reads: the real `age`,
//! `ssh-agent`, `sshd` and keyring. Needs root: sshd stands on loopback, at its own port.
use crate::support::{arpenteur, folder, head, latest, results, run_command};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A word that stands in the evidence and must stand in no encrypted file.
const CANARY: &str = "Rack-Canary-7";

fn snmprec() -> String {
    format!(
        "1.3.6.1.2.1.1.1.0|4|Linux nas 5.10.0 #1 SMP x86_64\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n\
         1.3.6.1.2.1.1.5.0|4|nas\n1.3.6.1.2.1.1.6.0|4|{CANARY}\n"
    )
}

/// An audit folder with one device, and a key pair of `age-keygen` beside it.
fn sealed_audit() -> (tempfile::TempDir, PathBuf, String) {
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [10.0.0.0/24]}}]\n",
        head()
    ));
    std::fs::write(folder.path().join("10.0.0.9.snmprec"), snmprec()).unwrap();
    let (key, recipient) = age_key(folder.path());
    (folder, key, recipient)
}

fn age_key(folder: &Path) -> (PathBuf, String) {
    let key = folder.join("age.key");
    let made = Command::new("age-keygen").arg("-o").arg(&key).output();
    assert!(made.unwrap().status.success());
    let public = Command::new("age-keygen").arg("-y").arg(&key).output();
    let public = String::from_utf8(public.unwrap().stdout).unwrap();
    (key, public.trim().to_owned())
}

/// Every file below a folder whose bytes hold `word`.
fn holding(folder: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, word));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let shown = bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes());
        if shown || unpacked(&bytes).contains(word) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes);
    // What is no gzip gives nothing.
    let _ = std::io::Read::read_to_end(&mut reader, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn an_encrypted_audit_is_read_with_its_key_alone_and_by_age_itself() {
    let (folder, key, recipient) = sealed_audit();
    let dir = folder.path().to_str().unwrap();
    let file = folder.path().join("10.0.0.9.snmprec");
    let audit = |with: &[&str]| {
        let mut command = arpenteur(&["audit", dir, "--as-of", "2026-11-22"]);
        command.args(with).arg("--replay").arg(&file);
        run_command(&mut command)
    };
    // Whoever scans needs no key that opens: the recipient is enough.
    audit(&["--encrypt-to", &recipient]).code(0);
    let run = latest(folder.path());
    assert_eq!(holding(&folder.path().join("runs"), CANARY), [""; 0]);
    assert!(run.join("results.json.age").is_file() && !run.join("results.json").exists());

    let key = key.to_str().unwrap();
    let findings = |with: &[&str]| {
        let mut command = arpenteur(&["findings", dir, "--all", "--json"]);
        run_command(command.args(with))
    };
    let refused = findings(&[]).code(2);
    assert!(refused.stderr.contains("--identity"), "{}", refused.stderr);
    let read = findings(&["--identity", key]).code(0);
    assert!(read.stdout.contains("nas"), "{}", read.stdout);
    let by_variable = run_command(
        arpenteur(&["findings", dir, "--all", "--json"]).env("ARPENTEUR_IDENTITY", key),
    );
    assert_eq!(by_variable.code(0).stdout, read.stdout);
    let elsewhere = tempfile::tempdir().unwrap();
    let (other, _) = age_key(elsewhere.path());
    let wrong = findings(&["--identity", other.to_str().unwrap()]).code(2);
    assert!(
        wrong.stderr.contains("none of the identities"),
        "{}",
        wrong.stderr
    );

    // The identities of its devices are needed for the next run: without the key it stops.
    let blind = audit(&["--encrypt-to", &recipient]).code(2);
    assert!(blind.stderr.contains("--identity"), "{}", blind.stderr);
    let again =
        run_command(arpenteur(&["audit", dir, "--last", "--identity", key]).args(["--json"]));
    again.code(0);
    assert_eq!(holding(&folder.path().join("runs"), CANARY), [""; 0]);

    // What happened to a device is told, and no index in clear holds it.
    let history = |with: &[&str]| run_command(arpenteur(&["history", dir, "10.0.0.9"]).args(with));
    assert!(history(&["--identity", key]).code(0).stdout.contains("nas"));
    assert!(history(&[]).code(2).stderr.contains("--identity"));
    assert_eq!(holding(crate::support::data_home(), "nas"), [""; 0]);

    let out = folder.path().join("out");
    let sealed = run.join("report.fr.html.age");
    let arguments = [
        "decrypt",
        sealed.to_str().unwrap(),
        "--identity",
        key,
        "--out",
        out.to_str().unwrap(),
    ];
    run_command(&mut arpenteur(&arguments)).code(0);
    let ours = std::fs::read(out.join("report.fr.html")).unwrap();
    let theirs = Command::new("age")
        .args(["-d", "-i", key])
        .arg(&sealed)
        .output()
        .unwrap();
    assert!(theirs.status.success());
    assert_eq!(ours, theirs.stdout);
}

/// An sshd at an address of loopback; root may log in with one key.
struct Server {
    sshd: Child,
    folder: tempfile::TempDir,
}

impl Server {
    fn up(address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["host", "client"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-C", "audit key", "-f"])
                .arg(at(name))
                .status();
            assert!(made.unwrap().success());
        }
        std::fs::create_dir_all("/run/sshd").unwrap();
        let config = format!(
            "ListenAddress {address}\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n\
             MaxAuthTries 1\nHostKey {}\nAuthorizedKeysFile {}\n",
            at("host").display(),
            at("client.pub").display()
        );
        std::fs::write(at("config"), config).unwrap();
        let sshd = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(at("config"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect((address, 22)).is_err() {
            assert!(Instant::now() < end, "sshd does not listen at {address}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { sshd, folder }
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("client")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is gone already where the test failed early.
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

/// An audit of one host with an SSH account that has this key.
fn ssh_audit(address: &str, key: &str) -> tempfile::TempDir {
    folder(&format!(
        "{}sites: [{{id: a, networks: [{address}/32]}}]\n\
         credentials: [{{name: r, networks: [{address}/32], ssh: {{user: root, {key}}}}}]\n",
        head()
    ))
}

fn authenticated(folder: &Path) -> bool {
    results(folder)["inventory"]["assets"][0]["authenticated"] == Value::Bool(true)
}

#[test]
fn a_login_with_a_key_of_the_agent_asks_for_that_key_alone() {
    let address = "127.0.77.1";
    let server = Server::up(address);
    let at = server.folder.path().join("agent");
    let mut agent = Command::new("ssh-agent")
        .args(["-D", "-a"])
        .arg(&at)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !at.exists() {
        std::thread::sleep(Duration::from_millis(20));
    }
    // A key that the server does not know comes first: trying it would end the login.
    let stranger = server.folder.path().join("host");
    for key in [&stranger, &server.key()] {
        let added = Command::new("ssh-add")
            .arg("-q")
            .arg(key)
            .env("SSH_AUTH_SOCK", &at)
            .status();
        assert!(added.unwrap().success());
    }
    let mut outcomes = Vec::new();
    for key in ["agent_key: no such key", "agent_key: audit key"] {
        let folder = ssh_audit(address, key);
        if key.ends_with("audit key") {
            // Both keys carry that comment; the fingerprint tells them apart.
            let print = Command::new("ssh-keygen")
                .arg("-lf")
                .arg(server.key())
                .output()
                .unwrap();
            let print = String::from_utf8(print.stdout).unwrap();
            let print = print.split(' ').nth(1).unwrap().to_owned();
            let yaml = std::fs::read_to_string(folder.path().join("audit.yaml")).unwrap();
            let yaml = yaml.replace("audit key", &format!("'{print}'"));
            std::fs::write(folder.path().join("audit.yaml"), yaml).unwrap();
        }
        let dir = folder.path().to_str().unwrap();
        run_command(arpenteur(&["audit", dir, "--unprivileged"]).env("SSH_AUTH_SOCK", &at)).code(0);
        outcomes.push(authenticated(folder.path()));
    }
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert_eq!(outcomes, [false, true]);
}

#[test]
fn a_secret_in_an_age_file_is_opened_with_the_identity_and_is_never_written() {
    let address = "127.0.77.2";
    let server = Server::up(address);
    let folder = ssh_audit(address, "key: {age: client.age}");
    let (key, recipient) = age_key(folder.path());
    let sealed = Command::new("age")
        .args(["-r", &recipient, "-o"])
        .arg(folder.path().join("client.age"))
        .arg(server.key())
        .status();
    assert!(sealed.unwrap().success());
    let dir = folder.path().to_str().unwrap();
    let refused = run_command(&mut arpenteur(&["audit", dir, "--unprivileged"])).code(2);
    for word in ["client.age", "--identity"] {
        assert!(refused.stderr.contains(word), "{}", refused.stderr);
    }
    let with = [
        "audit",
        dir,
        "--unprivileged",
        "--identity",
        key.to_str().unwrap(),
    ];
    run_command(&mut arpenteur(&with)).code(0);
    assert!(authenticated(folder.path()));
    let pem = std::fs::read_to_string(server.key()).unwrap();
    let body = pem.lines().nth(2).unwrap();
    assert_eq!(holding(folder.path(), body), [""; 0]);
}

#[test]
fn a_secret_in_the_keyring_is_fetched_and_a_missing_one_is_told() {
    let address = "127.0.77.3";
    let server = Server::up(address);
    let folder = ssh_audit(address, "key: {keyring: {account: client-key}}");
    let dir = folder.path().to_str().unwrap();
    let alone = run_command(&mut arpenteur(&["audit", dir, "--unprivileged"])).code(2);
    for word in ["keyring", "client-key", "secret-tool"] {
        assert!(alone.stderr.contains(word), "{}", alone.stderr);
    }
    let home = tempfile::tempdir().unwrap();
    let script = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n\
                  secret-tool store --label=test service arpenteur username client-key <\"$KEY\"\n\
                  exec \"$PROGRAM\" audit \"$DIR\" --unprivileged";
    let mut session = Command::new("dbus-run-session");
    session
        .args(["--", "sh", "-c", script])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("KEY", server.key())
        .env("PROGRAM", crate::support::program())
        .env("DIR", dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    run_command(&mut session).code(0);
    assert!(authenticated(folder.path()));
}
