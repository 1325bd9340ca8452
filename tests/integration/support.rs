//! The program behind a builder, its environment scrubbed; the lab behind a guard.
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What a run of the program came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The run, which must have ended with this code.
    #[track_caller]
    pub(crate) fn code(self, expected: i32) -> Self {
        assert_eq!(
            self.code, expected,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Path of the program.
pub(crate) fn program() -> &'static str {
    env!("CARGO_BIN_EXE_arpenteur")
}

/// The program with a clean environment.
pub(crate) fn arpenteur(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(arguments)
        .env_clear()
        .env("LANG", "en_GB.UTF-8")
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("XDG_DATA_HOME", data_home());
    command
}

/// Where this process's programs keep their store: no test sees a user's, or another process's.
pub(crate) fn data_home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = format!("data-{}", std::process::id());
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(home);
        let _ = std::fs::remove_dir_all(&home);
        home
    })
}

/// Runs the program.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    Ran::of(&arpenteur(arguments).output().unwrap())
}

/// Runs any command.
pub(crate) fn run_command(command: &mut Command) -> Ran {
    Ran::of(&command.output().unwrap())
}

/// A temporary audit folder with this `audit.yaml`.
pub(crate) fn folder(audit: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("audit.yaml"), audit).unwrap();
    folder
}

/// The newest run of an audit folder.
pub(crate) fn latest(folder: &Path) -> PathBuf {
    let name = std::fs::read_to_string(folder.join("runs/latest")).unwrap();
    folder.join("runs").join(name.trim())
}

/// The results of the newest run.
pub(crate) fn results(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(latest(folder).join("results.json")).unwrap()).unwrap()
}

/// The head of an `audit.yaml` whose mandate is in force.
pub(crate) fn head() -> String {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let until = today.tomorrow().unwrap();
    format!(
        "version: 1\nid: 6f1c9d9e-6b5e-4c55-9d59-3f3f0a3b1c2d\nclient: {{name: Lab}}\nprovider: {{name: Us}}\n\
         auditors: [{{name: Test}}]\n\
         mandate: {{reference: M-1, valid_from: {today}, valid_to: {until}, probes: {{default_credentials: true}}}}\n"
    )
}

/// The lab, up for the length of a test.
pub(crate) struct Lab {
    pub(crate) truth: Value,
    state: tempfile::TempDir,
}

impl Lab {
    /// Brings the lab up.
    pub(crate) fn up() -> Self {
        let state = tempfile::Builder::new()
            .prefix("arpenteur-lab")
            .tempdir()
            .unwrap();
        let truth = Command::new("python3")
            .arg(script("truth.py"))
            .arg("json")
            .output()
            .unwrap();
        let truth = serde_json::from_slice(&truth.stdout).unwrap();
        let lab = Self { truth, state };
        let up = lab.script("up").output().unwrap();
        assert!(
            up.status.success(),
            "lab up: {}",
            String::from_utf8_lossy(&up.stderr)
        );
        lab
    }

    /// One of the lab's scripts.
    pub(crate) fn script(&self, name: &str) -> Command {
        let mut command = Command::new(script(name));
        command.env("ARPENTEUR_LAB_DIR", self.state.path().join("lab"));
        command
    }

    /// The program, run where the scanner stands.
    pub(crate) fn arpenteur(&self, arguments: &[&str]) -> Command {
        let mut command = self.script("exec");
        command
            .arg(program())
            .args(arguments)
            .env("LANG", "en_GB.UTF-8")
            .env("XDG_DATA_HOME", data_home());
        for (name, value) in secrets() {
            command.env(name, value);
        }
        command
    }

    /// The client's private key.
    pub(crate) fn client_key(&self) -> PathBuf {
        self.state.path().join("lab/keys/client/id_ed25519")
    }

    /// A host of the truth file.
    pub(crate) fn host(&self, name: &str) -> &Value {
        self.hosts().find(|host| host["name"] == name).unwrap()
    }

    /// Every host of the truth file.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &Value> {
        self.truth["hosts"].as_array().unwrap().iter()
    }

    /// An audit folder for the lab.
    pub(crate) fn audit_folder(&self, more: &str) -> tempfile::TempDir {
        let folder = folder(&format!("{}{}{more}", head(), scope()));
        let key = folder.path().join("id_ed25519");
        std::fs::copy(self.client_key(), &key).unwrap();
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        folder
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // A test that failed leaves no lab behind; what `down` says does not change its verdict.
        let _ = self.script("down").output();
    }
}

fn script(name: &str) -> PathBuf {
    root().join("tests/lab").join(name)
}

/// Secrets of the lab, by environment variable.
fn secrets() -> [(&'static str, &'static str); 9] {
    [
        ("LAB_RO", "lab-ro"),
        ("LAB_PUBLIC", "public"),
        ("WEB_AUTH", "lab-auth-256"),
        ("WEB_PRIV", "lab-priv-128"),
        ("HARD_AUTH", "lab-auth-sha-512"),
        ("HARD_PRIV", "lab-priv-aes-256"),
        ("APP_PASSWORD", "lab-Audit-2026"),
        ("DB_AUTH", "lab-auth-md5"),
        ("DB_PRIV", "lab-priv-des"),
    ]
}

/// Sites, third parties and credentials of the lab; each credential where it belongs.
pub(crate) fn scope() -> &'static str {
    "
sites:
  - id: lab
    networks: [10.77.0.0/24, 10.78.0.0/24]
    exclusions: [10.77.0.31, 10.77.0.100]
third_parties:
  - name: Telco
    networks: [10.77.0.30/32]
declared:
  domains: [lab.test]
  resolvers: [10.77.0.12]
  devices:
    - {match: {address: 10.77.0.12}, administrators: [root], support_until: 2099-12-31}
ssh: {legacy_algorithms: [10.77.0.13/32]}
credentials:
  - name: v3-web
    networks: [10.77.0.11/32]
    snmp_v3: {user: labv3, auth: {protocol: sha256, password: {env: WEB_AUTH}}, privacy: {protocol: aes128, password: {env: WEB_PRIV}}}
  - name: v3-hardened
    networks: [10.77.0.12/32]
    snmp_v3: {user: audit512, auth: {protocol: sha512, password: {env: HARD_AUTH}}, privacy: {protocol: aes256, password: {env: HARD_PRIV}}}
  - name: v1-public
    networks: [10.77.0.13/32]
    snmp_v1: {community: {env: LAB_PUBLIC}}
  - name: v2c-public
    networks: [10.77.0.14/32, 10.77.0.17/32]
    snmp_v2c: {community: {env: LAB_PUBLIC}}
  - name: v2c-ro
    networks: [10.77.0.1/32, 10.77.0.15/32, 10.77.0.16/32, 10.77.0.18/32, 10.77.0.20/30, 10.77.0.254/32, 10.78.0.0/24]
    snmp_v2c: {community: {env: LAB_RO}}
  - name: ssh-audit
    networks: [10.77.0.0/24, 10.78.0.1/32, 10.78.0.18/32]
    ssh: {user: audit, key: {file: id_ed25519}, sudo: true}
  - name: ssh-app
    networks: [10.78.0.20/32]
    ssh: {user: audit, password: {env: APP_PASSWORD}}
"
}
