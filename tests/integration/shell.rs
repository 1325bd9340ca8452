//! Command lines of network devices over SSH: a script behind a real sshd, and a server that
//! refuses single commands. Needs root: the servers stand on loopback, at the port of the real
//! ones.
use crate::support::{arpenteur, folder, head, latest, results, root, run_command};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Session};
use russh::{Channel, ChannelId, Pty};
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What the played router says at a login.
const GREETING: &str = "Welcome to the router\r\n<PLAY>";

const SWITCH_FAMILY: &str = "
version: 1
id: play/switch
title: Played switch
basis: documentation
recognise:
  - {in: ssh_software, matches: 'Playswitch$', weight: 900}
ask:
  - {shell: show version}
  - {shell: show running-config}
  - {shell: show nonsense}
  - {shell: show interfaces}
read:
  - command: show version
    pattern: 'Version (?P<version>\\S+)'
    set: {os.version: '{version}'}
  - command: show version
    pattern: 'serial number : (?P<serial>\\S+)'
    set: {hardware.serial_num: '{serial}'}
  - command: show interfaces
    template: ports
    rows: interfaces
    set: {name: '{NAME}'}
set:
  device.class: switch
examples:
  - title: its version
    evidence:
      ssh_software: OpenSSH_9.2 Playswitch
      commands: {show version: 'Version 1.0'}
    expect: {os.version: '1.0'}
";

const PORTS: &str = "Value NAME (\\S+)\n\nStart\n  ^${NAME} is up -> Record\n";

const ROUTER_FAMILY: &str = "
version: 1
id: play/router
title: Played router
basis: documentation
recognise:
  - {in: ssh_software, matches: '^Playrouter', weight: 900}
ask:
  - {shell: display version}
read:
  - command: display version
    pattern: 'Version (?P<version>\\S+)'
    set: {os.version: '{version}'}
set:
  device.class: router
examples:
  - title: its version
    evidence:
      ssh_software: Playrouter
      commands: {display version: 'Version 5.170'}
    expect: {os.version: '5.170'}
";

/// An sshd with the script behind it, until the test ends.
struct Switches {
    sshd: Child,
    folder: tempfile::TempDir,
}

impl Switches {
    fn up(addresses: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["host", "client"] {
            key(&at(name));
        }
        std::fs::create_dir_all("/run/sshd").unwrap();
        let mut config = format!(
            "PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\nPrintMotd no\nPrintLastLog no\n\
             VersionAddendum Playswitch\nHostKey {}\nAuthorizedKeysFile {}\n",
            at("host").display(),
            at("client.pub").display()
        );
        for address in addresses {
            config += &format!("ListenAddress {address}\n");
        }
        for address in addresses {
            config += &format!(
                "Match LocalAddress {address}\n  ForceCommand {} {}\n",
                root().join("tests/integration/switch.sh").display(),
                at(address).display()
            );
        }
        std::fs::write(at("config"), config).unwrap();
        let sshd = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(at("config"))
            .stderr(Stdio::from(std::fs::File::create(at("log")).unwrap()))
            .spawn()
            .unwrap();
        for address in addresses {
            listening(&format!("{address}:22"));
        }
        Self { sshd, folder }
    }

    /// What was typed into the switch at an address, and that it showed pages.
    fn typed(&self, address: &str) -> Vec<String> {
        let typed = std::fs::read_to_string(self.folder.path().join(address));
        typed.unwrap().lines().map(str::to_owned).collect()
    }
}

impl Drop for Switches {
    fn drop(&mut self) {
        // It is gone already where the test failed early.
        let _ = self.sshd.kill();
        let _ = self.sshd.wait();
    }
}

fn key(at: &Path) {
    let keygen = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(at)
        .status();
    assert!(keygen.unwrap().success());
}

fn listening(address: &str) {
    let end = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(address).is_err() {
        assert!(Instant::now() < end, "nothing listens at {address}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A folder of families beside the built-in ones.
fn families() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let play = data.path().join("families/play");
    std::fs::create_dir_all(&play).unwrap();
    std::fs::write(play.join("switch.yaml"), SWITCH_FAMILY).unwrap();
    std::fs::write(play.join("router.yaml"), ROUTER_FAMILY).unwrap();
    std::fs::write(play.join("ports.textfsm"), PORTS).unwrap();
    data
}

fn audit(folder: &Path, data: &Path) -> Value {
    let (folder_name, data) = (folder.to_str().unwrap(), data.to_str().unwrap());
    let arguments = ["audit", folder_name, "--unprivileged", "--data", data];
    let mut command = arpenteur(&arguments);
    command
        .env("SWITCH_ENABLE", "lab-Enable-1")
        .env("SWITCH_WRONG", "lab-Wrong-1")
        .env("ROUTER_PASSWORD", "lab-Router-1");
    run_command(&mut command).code(0);
    results(folder)
}

fn asset<'a>(results: &'a Value, address: &str) -> &'a Value {
    let assets = results["inventory"]["assets"].as_array().unwrap();
    let at = |asset: &&Value| asset["targets"][0]["locator"] == address;
    assets.iter().find(at).unwrap()
}

/// The recording's text.
fn recording(folder: &Path) -> String {
    let file = std::fs::File::open(latest(folder).join("recording.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The answer to a command typed into the shell at an address.
fn answer(recording: &str, address: &str, command: &str) -> Value {
    let lines = recording
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut exchanges = lines.filter_map(|line| line.get("exchange").cloned());
    let wanted = |exchange: &Value| {
        exchange["target"]["locator"] == address
            && exchange["question"]["ask"] == "ssh_shell"
            && exchange["question"]["command"] == command
    };
    exchanges
        .find(wanted)
        .map_or(Value::Null, |mut exchange| exchange["answer"].take())
}

#[test]
fn a_switch_is_asked_on_its_command_line_and_its_secrets_stay_there() {
    let (right, wrong) = ("127.77.0.21", "127.77.0.22");
    let switches = Switches::up(&[right, wrong]);
    let folder = folder(&format!(
        "{}sites: [{{id: a, networks: [{right}/32, {wrong}/32]}}]\ncredentials:\n\
         - {{name: sw, networks: [{right}/32], ssh: {{user: root, key: {{file: client}}, enable: {{env: SWITCH_ENABLE}}}}}}\n\
         - {{name: bad, networks: [{wrong}/32], ssh: {{user: root, key: {{file: client}}, enable: {{env: SWITCH_WRONG}}}}}}\n",
        head()
    ));
    std::fs::copy(
        switches.folder.path().join("client"),
        folder.path().join("client"),
    )
    .unwrap();
    let results = audit(folder.path(), families().path());
    let recording = recording(folder.path());

    let values = &asset(&results, right)["sheet"]["values"];
    assert_eq!(values["os"]["version"], "15.2(7)E3", "{recording}");
    assert_eq!(values["hardware"]["serial_num"], "PLAY0001");
    let version = answer(&recording, right, "show version");
    assert_eq!(
        version["stdout"],
        "Playswitch Software, Version 15.2(7)E3\nSystem serial number : PLAY0001\n"
    );
    assert_eq!(version["status"], Value::Null);
    assert_eq!(version["truncated"], false);

    // Three pages, no pager, no secret.
    let config = answer(&recording, right, "show running-config");
    let lines: Vec<&str> = config["stdout"].as_str().unwrap().lines().collect();
    assert_eq!(lines.len(), 66, "{config}");
    assert_eq!(lines[0], "Current configuration : 4711 bytes");
    assert_eq!(lines[1], "enable secret 5 $1$<hash:password>");
    assert_eq!(lines[2], "snmp-server community <hash:community> RO");
    assert_eq!(lines[24], "interface GigabitEthernet1/0/11");
    assert_eq!(lines[65], "end");
    for secret in ["Canary", "lab-Enable-1", "lab-Wrong-1"] {
        assert!(!recording.contains(secret), "{secret} was recorded");
    }

    let refused = answer(&recording, right, "show nonsense");
    assert_eq!(refused["status"], 1, "{refused}");

    // What breaks off is kept, and no list is made of it.
    let cut = answer(&recording, right, "show interfaces");
    assert_eq!(cut["truncated"], true, "{cut}");
    let stdout = cut["stdout"].as_str().unwrap();
    assert!(stdout.starts_with("Gi1/0/1 is up\n"), "{stdout}");
    assert!(stdout.ends_with("\nGi1/0/4"), "{stdout}");
    assert!(
        !values["interfaces"].to_string().contains("Gi1/0/1"),
        "{}",
        values["interfaces"]
    );

    let unread = asset(&results, right)["sheet"]["states"]["interfaces"].to_string();
    assert!(unread.contains("\"state\":\"unread\""), "{unread}");

    // The secret is typed once, and nothing that changes anything ever.
    let typed = switches.typed(right);
    let count = |what: &str| typed.iter().filter(|line| *line == what).count();
    assert_eq!(count("secret lab-Enable-1"), 1, "{typed:?}");
    assert_eq!(count("page"), 2, "{typed:?}");
    let only = |line: &String| {
        ["line show ", "line enable", "secret ", "page"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    assert!(typed.iter().all(only), "{typed:?}");

    // A wrong secret is tried once; the rest is asked without its rights.
    let typed = switches.typed(wrong);
    let secrets = typed.iter().filter(|line| line.starts_with("secret "));
    assert_eq!(secrets.count(), 1, "{typed:?}");
    let version = answer(&recording, wrong, "show version");
    assert!(
        version["stdout"].to_string().contains("PLAY0001"),
        "{version}"
    );
    let config = answer(&recording, wrong, "show running-config");
    assert_eq!(config["status"], 1, "{config}");
    let ledger = std::fs::read_to_string(latest(folder.path()).join("ledger.csv")).unwrap();
    let row = ledger
        .lines()
        .find(|line| line.contains(&format!("{wrong},tcp,22,")));
    assert!(row.unwrap().ends_with(",1"), "{ledger}");
}

/// A router that refuses single commands and opens shells.
struct Router {
    greeting: &'static str,
    line: Vec<u8>,
    typed: Arc<AtomicUsize>,
}

impl Handler for Router {
    type Error = russh::Error;

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(if password == "lab-Router-1" {
            Auth::Accept
        } else {
            Auth::reject()
        })
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        _: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _: &str,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        session.data(channel, self.greeting.as_bytes().to_vec())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.typed.fetch_add(data.len(), Ordering::Relaxed);
        for byte in data {
            if *byte != b'\r' {
                self.line.push(*byte);
                session.data(channel, vec![*byte])?;
                continue;
            }
            let shown = match std::mem::take(&mut self.line).as_slice() {
                b"" => "\r\n<PLAY>",
                b"display version" => {
                    "\r\nVRP Software, Version 5.170\r\n  ---- More ----\x1b[16D                \x1b[16D<PLAY>"
                }
                _ => "\r\nError: Unrecognized command found at '^' position.\r\n<PLAY>",
            };
            session.data(channel, shown.as_bytes().to_vec())?;
        }
        Ok(())
    }
}

/// Serves a router until the test ends; how many bytes were typed into its shells.
fn serve_router(address: &'static str, greeting: &'static str) -> Arc<AtomicUsize> {
    let keys = tempfile::tempdir().unwrap();
    let host = keys.path().join("host");
    key(&host);
    let config = Arc::new(Config {
        server_id: russh::SshId::Standard("SSH-2.0-Playrouter".into()),
        keys: vec![russh::keys::load_secret_key(&host, None).unwrap()],
        ..Config::default()
    });
    let typed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&typed);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind((address, 22)).await.unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let config = Arc::clone(&config);
                let router = Router {
                    greeting,
                    line: Vec::new(),
                    typed: Arc::clone(&count),
                };
                tokio::spawn(async move {
                    // A peer that hangs up early is no failure of the router.
                    if let Ok(session) = russh::server::run_stream(config, stream, router).await {
                        let _ = session.await;
                    }
                });
            }
        });
    });
    listening(&format!("{address}:22"));
    typed
}

/// An audit folder for the router at an address.
fn router_folder(address: &str) -> tempfile::TempDir {
    folder(&format!(
        "{}sites: [{{id: a, networks: [{address}/32]}}]\ncredentials:\n\
         - {{name: r, networks: [{address}/32], ssh: {{user: audit, password: {{env: ROUTER_PASSWORD}}}}}}\n",
        head()
    ))
}

#[test]
fn a_device_that_refuses_single_commands_counts_as_logged_in_by_its_prompt() {
    serve_router("127.77.0.24", GREETING);
    let folder = router_folder("127.77.0.24");
    let results = audit(folder.path(), families().path());
    let recording = recording(folder.path());
    let greeting = answer(&recording, "127.77.0.24", "");
    assert_eq!(
        greeting["stdout"], "Welcome to the router\n<PLAY>\n",
        "{recording}"
    );
    assert_eq!(
        asset(&results, "127.77.0.24")["sheet"]["values"]["os"]["version"],
        "5.170"
    );
}

#[test]
fn nothing_is_typed_where_a_device_wants_a_new_password() {
    let address = "127.77.0.25";
    let typed = serve_router(address, "Your password has expired.\r\nnew password> ");
    let folder = router_folder(address);
    audit(folder.path(), families().path());
    let recording = recording(folder.path());
    let greeting = answer(&recording, address, "");
    assert_eq!(greeting["failure"], "unsupported", "{recording}");
    assert_eq!(typed.load(Ordering::Relaxed), 0, "{greeting}");
    // It is not logged in: no command is tried.
    assert_eq!(answer(&recording, address, "display version"), Value::Null);
}

#[test]
fn a_family_whose_command_could_change_a_device_is_not_loaded() {
    let data = families();
    let file = data.path().join("families/play/router.yaml");
    let family = ROUTER_FAMILY.replace("- {shell: display version}", "- {shell: reset saved}");
    std::fs::write(&file, family).unwrap();
    let lint = ["families", "lint", "--data", data.path().to_str().unwrap()];
    let ran = run_command(&mut arpenteur(&lint)).code(2);
    assert!(ran.stderr.contains("`reset saved`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("router.yaml:"), "{}", ran.stderr);
}
