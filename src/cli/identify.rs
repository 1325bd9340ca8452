//! `arpenteur identify FILE…`: what recorded devices are, one line each.
use super::exit::Exit;
use super::{Outcome, Output};
use crate::data::Knowledge;
use crate::store::{Evidence, read_evidence};
use arpenteur_core::model::{
    Answer, Exchange, Fact, FactPath, FactState, Locator, Observation, Question, SiteId,
    SnmpVersion, Target, WalkEnd,
};
use arpenteur_wire::snmp::{Oid, VarBind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The fields that identification tools compare.
#[derive(Debug, Serialize)]
struct Identity {
    file: String,
    vendor: Option<String>,
    os: Option<String>,
    model: Option<String>,
    version: Option<String>,
    serial: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "sysName")]
    sys_name: Option<String>,
}

/// A file that could not be read.
#[derive(Debug, Serialize)]
struct Unreadable {
    file: String,
    error: String,
}

pub(crate) fn run(
    files: &[PathBuf],
    jsonl: bool,
    knowledge: &Knowledge,
    output: &Output<'_>,
) -> Outcome {
    let mut exit = Exit::Complete;
    for path in files {
        let file = path.file_name().unwrap_or(path.as_os_str());
        let file = file.to_string_lossy().into_owned();
        match observations(path, &file, knowledge) {
            Ok(observations) => {
                for (observation, _) in observations {
                    let identity = Identity::of(&file, &observation, knowledge);
                    if jsonl {
                        output.json_line(&identity);
                    } else {
                        output.result(&identity.to_string());
                    }
                }
            }
            Err(error) => {
                exit = Exit::Incomplete;
                if jsonl {
                    output.json_line(&Unreadable { file, error });
                } else {
                    super::output::fail(&format!("{file}: {error}"));
                }
            }
        }
    }
    Ok(exit)
}

/// One greeting of a service.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Greeting {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    protocol: String,
    banner: String,
}

/// A greeting and what it says, by the keys that fingerprint databases share.
#[derive(Debug, Serialize)]
struct Identified {
    #[serde(flatten)]
    greeting: Greeting,
    found: BTreeMap<String, String>,
}

/// Says what greetings are, a JSON line each; `-` is standard input.
pub(crate) fn banners(files: &[PathBuf], knowledge: &Knowledge, output: &Output<'_>) -> Outcome {
    let mut exit = Exit::Complete;
    for path in files {
        let text = if path.as_os_str() == "-" {
            std::io::read_to_string(std::io::stdin())?
        } else {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?
        };
        for (number, line) in text.lines().enumerate() {
            match greeting(line) {
                Some(greeting) => {
                    let found = said(&greeting, knowledge);
                    output.json_line(&Identified { greeting, found });
                }
                None if line.trim().is_empty() => {}
                None => {
                    exit = Exit::Incomplete;
                    let file = format!("{}:{}", path.display(), number + 1);
                    let error =
                        "neither JSON with `protocol` and `banner`, nor `protocol TAB banner`";
                    output.json_line(&Unreadable {
                        file,
                        error: error.to_owned(),
                    });
                }
            }
        }
    }
    Ok(exit)
}

fn greeting(line: &str) -> Option<Greeting> {
    if line.trim_start().starts_with('{') {
        return serde_json::from_str(line).ok();
    }
    let (protocol, banner) = line.split_once('\t')?;
    Some(Greeting {
        id: None,
        protocol: protocol.to_owned(),
        banner: banner.to_owned(),
    })
}

/// What a greeting says; a sysDescr also by the families, which know it best.
fn said(greeting: &Greeting, knowledge: &Knowledge) -> BTreeMap<String, String> {
    let banners = knowledge.families.banners();
    let mut found = banners
        .identify(&greeting.protocol, &greeting.banner)
        .values;
    if greeting.protocol == "snmp" {
        const SYS_DESCR: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 1, 1, 0]);
        let target = Target {
            site: SiteId(String::new()),
            locator: Locator::File("banner".to_owned()),
        };
        let object = VarBind {
            oid: SYS_DESCR,
            value: arpenteur_wire::snmp::Value::OctetString(greeting.banner.clone().into_bytes()),
        };
        let exchanges = walks(&target, vec![object]);
        let seen = knowledge
            .families
            .observe(&target, &exchanges, &knowledge.classes);
        let facts = [
            ("hardware.mfg_name", "os.vendor"),
            ("hardware.mfg_name", "hw.vendor"),
            ("hardware.model_name", "hw.product"),
            ("os.name", "os.product"),
            ("os.family", "os.family"),
            ("os.version", "os.version"),
        ];
        for (at, key) in facts {
            if let Some(value) = text(&seen, at) {
                found.entry(key.to_owned()).or_insert(value);
            }
        }
    }
    found
}

/// Every device of a file, with its evidence.
pub(crate) fn observations(
    path: &Path,
    file: &str,
    knowledge: &Knowledge,
) -> Result<Vec<(Observation, Vec<Exchange>)>, String> {
    let by_target = match read_evidence(path).map_err(|error| error.to_string())? {
        Evidence::Ours(recording, _) => {
            let mut by_target: BTreeMap<Target, Vec<Exchange>> = BTreeMap::new();
            for exchange in recording.exchanges {
                let exchanges = by_target.entry(exchange.target.clone()).or_default();
                exchanges.push(exchange);
            }
            by_target
        }
        Evidence::Foreign(objects, ..) => {
            let target = Target {
                site: SiteId(String::new()),
                locator: Locator::File(file.to_owned()),
            };
            let exchanges = walks(&target, objects);
            BTreeMap::from([(target, exchanges)])
        }
    };
    let observe = |(target, exchanges): (Target, Vec<Exchange>)| {
        let observation = knowledge
            .families
            .observe(&target, &exchanges, &knowledge.classes);
        (observation, exchanges)
    };
    Ok(by_target.into_iter().map(observe).collect())
}

/// A file's objects as walks of the trees of ISO: ISO 8802 (where LLDP lies), its member
/// bodies (IEEE link aggregation), its organisations (every MIB of the IETF and the vendors).
fn walks(target: &Target, mut objects: Vec<VarBind>) -> Vec<Exchange> {
    const TREES: [&[u32]; 3] = [&[1, 0], &[1, 2], &[1, 3]];
    let walk = |tree: &'static [u32]| {
        let root = Oid::from_static(tree);
        let (varbinds, rest) = objects
            .drain(..)
            .partition(|object: &VarBind| object.oid.starts_with(&root));
        objects = rest;
        Exchange {
            target: target.clone(),
            question: Question::SnmpWalk {
                version: SnmpVersion::V2c,
                credential: "file".to_owned(),
                root,
            },
            answer: Answer::Snmp {
                varbinds,
                end: WalkEnd::Complete,
            },
            at: None,
            elapsed_us: 0,
        }
    };
    TREES.into_iter().map(walk).collect()
}

impl Identity {
    fn of(file: &str, observation: &Observation, knowledge: &Knowledge) -> Self {
        let text = |at: &str| text(observation, at);
        let class = text("device.class").filter(|class| class != "unknown");
        let kind = class.and_then(|class| Some(knowledge.classes.get(&class)?.kind.clone()));
        // Of a Linux host whose release nobody tells, the kernel's stands for it.
        let is_linux =
            kind.as_deref() == Some("server") && text("os.family").as_deref() == Some("linux");
        let kernel = || text("os.kernel").filter(|_| is_linux);
        Self {
            file: file.to_owned(),
            vendor: text("hardware.mfg_name"),
            os: text("os.family").or_else(|| text("os.name")),
            model: text("hardware.model_name"),
            version: text("os.version").or_else(kernel),
            serial: text("hardware.serial_num").or_else(|| placeholder(observation)),
            kind,
            sys_name: text("system.hostname"),
        }
    }
}

/// What the device states in place of a serial number (`000000000000`): the inventory takes
/// no notice of it, other tools print it.
fn placeholder(observation: &Observation) -> Option<String> {
    let path: FactPath = "hardware.serial_num".parse().ok()?;
    match observation.sheet.state(&path)? {
        FactState::Absent(provenance) => {
            let stated = provenance.disagreed.first()?.value.as_str()?;
            Some(stated.to_owned())
        }
        _ => None,
    }
}

/// A fact that is a text.
fn text(observation: &Observation, at: &str) -> Option<String> {
    let path: FactPath = at.parse().ok()?;
    match observation.sheet.get(&path) {
        Fact::Known(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:", self.file)?;
        let fields = [
            &self.kind,
            &self.vendor,
            &self.model,
            &self.os,
            &self.version,
            &self.serial,
            &self.sys_name,
        ];
        for field in fields {
            write!(f, " {}", field.as_deref().unwrap_or("-"))?;
        }
        Ok(())
    }
}
