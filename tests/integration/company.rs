//! An audit with a configuration database as target, and the commands that tests run on it.
use crate::demo::copied;
use crate::support::{Ran, arpenteur, folder, head, run, run_command};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tempfile::TempDir;

/// An audit, judged, with one target.
pub(crate) struct Company {
    pub(crate) folder: TempDir,
    target: &'static str,
    secret: (&'static str, &'static str),
}

impl Company {
    /// The demo company. `kind` is the target's own part of `audit.yaml`, in braces.
    pub(crate) fn demo(
        (target, kind): (&'static str, &str),
        secret: (&'static str, &'static str),
    ) -> Self {
        let company = Self {
            folder: copied(),
            target,
            secret,
        };
        company.add_target(kind);
        run(&["audit", company.dir()]).code(0);
        company
    }

    /// An audit of files, not judged yet.
    pub(crate) fn of_files(
        (target, kind): (&'static str, &str),
        secret: (&'static str, &'static str),
        audit: &str,
        files: &[(&str, &[u8])],
    ) -> Self {
        let company = Self {
            folder: folder(&format!("{}{audit}", head())),
            target,
            secret,
        };
        for (name, bytes) in files {
            std::fs::write(company.path().join(name), bytes).unwrap();
        }
        company.add_target(kind);
        company
    }

    fn add_target(&self, kind: &str) {
        let name = self.target;
        self.settings(&format!(
            "\ntargets:\n  - name: {name}\n    {name}: {kind}\n    connection: {{timeout_seconds: 3, retries: 3}}\n"
        ));
    }

    /// Audits on a day.
    pub(crate) fn audit(&self, day: &str, arguments: &[&str]) -> Ran {
        let mut command = arpenteur(&["audit", self.dir(), "--as-of", day]);
        run_command(command.current_dir(self.path()).args(arguments))
    }

    /// Adds lines to `audit.yaml`: they belong to the target.
    pub(crate) fn settings(&self, lines: &str) {
        let file = self.path().join("audit.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, text + lines).unwrap();
    }

    /// Gives the target a mapping file.
    pub(crate) fn mapping(&self, text: &str) {
        self.settings("    mapping: map.yaml\n");
        std::fs::write(self.path().join("map.yaml"), text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn dir(&self) -> &str {
        self.path().to_str().unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let (verb, rest) = arguments.split_first().unwrap();
        let mut command = arpenteur(&["cmdb", verb, self.dir(), "--to", self.target]);
        command.args(rest).env(self.secret.0, self.secret.1);
        command
    }

    pub(crate) fn cmdb(&self, arguments: &[&str]) -> Ran {
        run_command(&mut self.command(arguments))
    }

    pub(crate) fn plan(&self) -> Value {
        let ran = self.cmdb(&["plan", "--json"]).code(0);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Plans and applies, without a conflict.
    pub(crate) fn write(&self) -> Ran {
        self.cmdb(&["plan"]).code(0);
        self.cmdb(&["apply"]).code(0)
    }

    /// Starts to apply, and is killed at a sign.
    pub(crate) fn killed_apply(&self, sign: &Receiver<()>) {
        let mut child = self
            .command(&["apply"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sign.recv_timeout(Duration::from_secs(60)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Everything that the audit's folder holds, as text.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(self.path(), &mut found);
        found
    }
}

fn collect(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
        }
    }
}

#[track_caller]
pub(crate) fn nothing_left(plan: &Value) {
    assert_eq!(plan["operations"], json!([]), "{}", plan["operations"]);
}
