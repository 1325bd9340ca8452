//! Examples inside family files: evidence in short, and the facts expected of it.
use super::families::Families;
use crate::data::Diagnostic;
use crate::model::class::ClassTable;
use crate::model::{Answer, Exchange, Fact, FactPath, Question, SnmpVersion, Target, WalkEnd};
use arpenteur_wire::snmp::{Oid, Value, VarBind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

/// The `examples` of a family's file, read only when they are run: they are most of its text.
#[derive(Debug, Clone, Default)]
pub(super) struct ExamplesText {
    path: String,
    /// The file with every other line blank, so that mistakes have their place.
    text: String,
    count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    examples: Vec<Example>,
}

impl ExamplesText {
    /// A file without its examples, and the examples.
    pub(super) fn split(path: &str, bytes: &[u8]) -> (Vec<u8>, Self) {
        let mut rest = Vec::with_capacity(bytes.len());
        let mut own = Vec::with_capacity(bytes.len());
        let (mut inside, mut count) = (false, 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            // A top-level key begins or ends the section; its list may stand at the margin.
            let top = !matches!(
                line.first(),
                None | Some(b' ' | b'-' | b'#' | b'\n' | b'\r')
            );
            if top {
                inside = line.starts_with(b"examples:");
            }
            let title = line.trim_ascii_start().starts_with(b"- title:");
            count += usize::from(inside && title);
            let (to, other) = if inside {
                (&mut own, &mut rest)
            } else {
                (&mut rest, &mut own)
            };
            to.extend_from_slice(line);
            other.push(b'\n');
        }
        let examples = Self {
            path: path.to_owned(),
            text: String::from_utf8_lossy(&own).into_owned(),
            count,
        };
        (rest, examples)
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        let text = self.text.trim();
        text.is_empty() || text.ends_with("[]")
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// How many facts they expect; none where they cannot be read.
    pub(super) fn expectations(&self) -> usize {
        let examples = self.parse().unwrap_or_default();
        examples.iter().map(|example| example.expect.len()).sum()
    }

    /// Reads them.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub(super) fn parse(&self) -> Result<Vec<Example>, Diagnostic> {
        let file: File = crate::data::parse(&self.path, self.text.as_bytes())?;
        Ok(file.examples)
    }
}

/// One example.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example {
    title: String,
    evidence: Evidence,
    expect: BTreeMap<String, serde_json::Value>,
}

/// Evidence in short.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Evidence {
    sys_descr: Option<String>,
    sys_object_id: Option<String>,
    sys_name: Option<String>,
    snmp: BTreeMap<String, Object>,
    ssh_software: Option<String>,
    http: Option<Http>,
    telnet: Option<String>,
    ftp: Option<String>,
    commands: BTreeMap<String, String>,
    root_commands: BTreeMap<String, String>,
}

/// An HTTP answer in short.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Http {
    server: Option<String>,
    title: Option<String>,
}

/// An object's value: a number, a text, an OID or octets.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Object {
    Integer(i32),
    Oid { oid: String },
    Hex { hex: String },
    Text(String),
}

/// An example whose facts came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFailure {
    /// The family.
    pub family: String,
    /// The example's title.
    pub example: String,
    /// What differs.
    pub message: String,
}

impl std::fmt::Display for ExampleFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.family, self.example, self.message)
    }
}

impl Example {
    /// Observes the evidence and compares; nothing where all is as expected.
    pub(super) fn run(
        &self,
        families: &Families,
        id: &str,
        classes: &ClassTable,
    ) -> Vec<ExampleFailure> {
        let failure = |message: String| ExampleFailure {
            family: id.to_owned(),
            example: self.title.clone(),
            message,
        };
        let target = Target::new("example", IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)));
        let exchanges = match self.evidence.exchanges(&target) {
            Ok(exchanges) => exchanges,
            Err(message) => return vec![failure(message)],
        };
        let observation = families.observe(&target, &exchanges, classes);
        let mut failures = Vec::new();
        match observation.families.first() {
            Some((best, _)) if best == id => {}
            found => {
                let found = found.map_or("nothing", |(best, _)| best.as_str());
                failures.push(failure(format!("recognised as {found}")));
            }
        }
        for (text, expected) in &self.expect {
            let Ok(path) = text.parse::<FactPath>() else {
                failures.push(failure(format!("no fact `{text}`")));
                continue;
            };
            let fact = observation.sheet.get(&path);
            let right = match &fact {
                Fact::Known(value) => *value == expected,
                Fact::Absent => expected.is_null(),
                Fact::Unread(_) => false,
            };
            if !right {
                let found = match fact {
                    Fact::Known(value) => value.to_string(),
                    Fact::Absent => "absent".to_owned(),
                    Fact::Unread(reason) => format!("unread ({reason})"),
                };
                failures.push(failure(format!(
                    "{text}: expected {expected}, found {found}"
                )));
            }
        }
        failures
    }
}

impl Evidence {
    fn exchanges(&self, target: &Target) -> Result<Vec<Exchange>, String> {
        let mut exchanges = Vec::new();
        let mut add = |question, answer| {
            exchanges.push(Exchange {
                target: target.clone(),
                question,
                answer,
                at: None,
                elapsed_us: 0,
            });
        };
        let varbinds = self.varbinds()?;
        if !varbinds.is_empty() {
            let question = Question::SnmpWalk {
                version: SnmpVersion::V2c,
                credential: "example".to_owned(),
                root: Oid::from_static(&[1, 3, 6, 1]),
            };
            let end = WalkEnd::Complete;
            add(question, Answer::Snmp { varbinds, end });
        }
        if let Some(software) = &self.ssh_software {
            add(
                Question::SshKex { port: 22 },
                bytes(&format!("SSH-2.0-{software}\r\n")),
            );
        }
        if let Some(http) = &self.http {
            add(
                Question::Http {
                    port: 80,
                    tls: false,
                    path: "/".to_owned(),
                },
                http.answer(),
            );
        }
        if let Some(text) = &self.telnet {
            add(Question::Telnet { port: 23 }, bytes(text));
        }
        if let Some(text) = &self.ftp {
            add(Question::Banner { port: 21 }, bytes(text));
        }
        exchanges.extend(self.commands(target));
        Ok(exchanges)
    }

    fn commands(&self, target: &Target) -> Vec<Exchange> {
        let mut exchanges = Vec::new();
        for (sudo, commands) in [(false, &self.commands), (true, &self.root_commands)] {
            for (command, stdout) in commands {
                let question = Question::SshExec {
                    port: 22,
                    credential: "example".to_owned(),
                    command: command.clone(),
                    sudo,
                };
                let answer = Answer::Exec {
                    status: Some(0),
                    stdout: stdout.clone(),
                    stderr: String::new(),
                    truncated: false,
                };
                exchanges.push(Exchange {
                    target: target.clone(),
                    question,
                    answer,
                    at: None,
                    elapsed_us: 0,
                });
            }
        }
        exchanges
    }

    fn varbinds(&self) -> Result<Vec<VarBind>, String> {
        let oid = |text: &str| {
            text.parse::<Oid>()
                .map_err(|error| format!("`{text}`: {error}"))
        };
        let text = |text: &String| Value::OctetString(text.clone().into_bytes());
        let mut varbinds = Vec::new();
        if let Some(descr) = &self.sys_descr {
            varbinds.push((oid("1.3.6.1.2.1.1.1.0")?, text(descr)));
        }
        if let Some(id) = &self.sys_object_id {
            varbinds.push((oid("1.3.6.1.2.1.1.2.0")?, Value::ObjectIdentifier(oid(id)?)));
        }
        if let Some(name) = &self.sys_name {
            varbinds.push((oid("1.3.6.1.2.1.1.5.0")?, text(name)));
        }
        for (at, object) in &self.snmp {
            let value = match object {
                Object::Integer(number) => Value::Integer(*number),
                Object::Oid { oid: id } => Value::ObjectIdentifier(oid(id)?),
                Object::Hex { hex } => Value::OctetString(super::text::unhex(hex)),
                Object::Text(plain) => text(plain),
            };
            varbinds.push((oid(at)?, value));
        }
        Ok(varbinds
            .into_iter()
            .map(|(oid, value)| VarBind { oid, value })
            .collect())
    }
}

impl Http {
    fn answer(&self) -> Answer {
        let title = self.title.as_deref().unwrap_or_default();
        Answer::Http {
            status: 200,
            headers: self
                .server
                .iter()
                .map(|name| ("server".to_owned(), name.clone()))
                .collect(),
            body: format!("<html><head><title>{title}</title></head></html>"),
        }
    }
}

fn bytes(text: &str) -> Answer {
    let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    Answer::Bytes { hex }
}
