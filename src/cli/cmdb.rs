//! `arpenteur cmdb plan|apply|rollback|retire DIR --to NAME`.
use super::args::{CmdbArguments, CmdbCommand};
use super::audit::judge_last;
use super::exit::Exit;
use super::{Failure, Outcome, Output, open};
use crate::cmdb::journal::{self, Journal};
use crate::cmdb::{Failed, Report, apply, rollback};
use crate::data::Data;
use crate::seal;
use crate::store::Lock;
use crate::transport::Sources;
use arpenteur_core::cmdb::netbox::{
    Refusal, Settings, plan as netbox_plan, retire as netbox_retire,
};
use arpenteur_core::cmdb::{Action, Note, Plan, Purpose, Written, glpi as glpi_cmdb};
use arpenteur_core::export::{Estate, GlpiMessage, Mapping, glpi};
use arpenteur_core::scope::CmdbTarget;
use jiff::Timestamp;
use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};

mod server;

/// Ending of a plan's name.
const PLAN: &str = ".plan.json";
/// Names `cmdb plan` in messages.
const HELP_PLAN: &str = "help: make one with `arpenteur cmdb plan`";

pub(crate) fn run(command: Option<CmdbCommand>, data: &Data, output: &Output<'_>) -> Outcome {
    let command = command
        .ok_or("name the audit folder and the target\nhelp: arpenteur cmdb plan DIR --to NAME")?;
    match command {
        CmdbCommand::Plan { at } => Work::open(&at, data)?.plan(output),
        CmdbCommand::Apply { at, plan } => Work::open(&at, data)?.apply(plan.as_deref(), output),
        CmdbCommand::Rollback { at, plan } => {
            Work::open(&at, data)?.rollback(plan.as_deref(), output)
        }
        CmdbCommand::Retire { at, apply } => Work::open(&at, data)?.retire(apply, output),
    }
}

/// One target of one audit, held for the length of the command.
struct Work<'a> {
    dir: &'a Path,
    data: &'a Data,
    target: CmdbTarget,
    client: String,
    mapping: Mapping,
    folder: PathBuf,
    server: Server,
    _lock: Lock,
}

impl<'a> Work<'a> {
    fn open(at: &'a CmdbArguments, data: &'a Data) -> Result<Self, Failure> {
        let (audit, scope) = open(&at.dir, data, at.secrets.allow_inline_secrets)?;
        let targets = &scope.audit().targets;
        let target = targets
            .iter()
            .find(|target| target.name == at.to)
            .ok_or_else(|| {
                let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
                let known = if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                };
                format!(
                    "target `{}` is not in audit.yaml\nhelp: it knows: {known}",
                    at.to
                )
            })?;
        let mapping = match &target.mapping {
            None => Mapping::default(),
            Some(file) => {
                let path = audit.path().join(file);
                let name = path.to_string_lossy();
                let bytes =
                    std::fs::read(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
                Mapping::load(&name, &bytes, &data.knowledge.classes)?
            }
        };
        let sources = Sources {
            folder: audit.path(),
            environment: &|name| std::env::var(name).ok(),
            identities: &seal::unlocked(),
        };
        let server = Server::connect(target, &sources)?;
        let folder = audit.path().join("cmdb").join(&target.name);
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            dir: &at.dir,
            data,
            client: scope.audit().client.name.clone(),
            mapping,
            server,
            _lock: Lock::take(&folder, Timestamp::now())?,
            folder,
            target: target.clone(),
        })
    }

    fn settings(&self) -> Settings {
        let netbox = self.target.netbox.as_ref();
        let tenant = netbox.and_then(|netbox| netbox.tenant.clone());
        Settings {
            target: self.target.name.clone(),
            server: self
                .target
                .url()
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned(),
            tenant: tenant.unwrap_or_else(|| self.client.clone()),
            vrf: netbox.and_then(|netbox| netbox.vrf.clone()),
            after_missed: self.target.retire.after_missed,
            at_most_percent: self.target.retire.at_most_percent,
        }
    }

    fn estate(&self) -> Result<Estate, Failure> {
        let results = judge_last(self.dir, self.data)?;
        let audit = crate::store::AuditFolder::open(self.dir)?;
        let known = audit.remembered()?;
        Ok(Estate::new(
            &results,
            &known,
            &self.data.knowledge.classes,
            &self.mapping,
        ))
    }

    /// What GLPI is sent.
    fn messages(&self, estate: &Estate) -> Vec<GlpiMessage> {
        let settings = self.target.glpi.as_ref();
        let tag = settings.and_then(|settings| settings.tag.as_deref());
        glpi(estate, &self.mapping, tag)
    }

    /// The state of the target and of our journals, made into a plan.
    fn make(&self, purpose: Purpose) -> Result<Result<Plan, Refusal>, Failure> {
        let estate = self.estate()?;
        let settings = self.settings();
        let (written, revision): (Written, usize) = journal::written(&self.folder)?;
        let plan = match (&self.server, purpose) {
            (Server::Netbox(netbox), Purpose::Sync) => {
                let snapshot = netbox.snapshot(&estate, &self.mapping, &settings)?;
                let mapping = &self.mapping;
                Ok(netbox_plan(
                    &estate, mapping, &settings, &snapshot, &written,
                ))
            }
            (Server::Netbox(netbox), Purpose::Retire) => {
                let snapshot = netbox.snapshot(&estate, &self.mapping, &settings)?;
                netbox_retire(&estate, &self.mapping, &settings, &snapshot, &written)
            }
            (Server::Glpi(_), _) => {
                let scope = (estate.audit, estate.as_of);
                let empty = Plan::new(&settings.target, &settings.server, purpose, scope);
                let messages = self.messages(&estate);
                Ok(glpi_cmdb::plan(
                    &estate,
                    &messages,
                    &self.mapping,
                    empty,
                    &written,
                ))
            }
        };
        Ok(plan.map(|plan| Plan { revision, ..plan }.sealed()))
    }

    fn plan(&self, output: &Output<'_>) -> Outcome {
        let Ok(plan) = self.make(Purpose::Sync)? else {
            return Ok(Exit::CouldNotRun);
        };
        let file = self.save(&plan)?;
        show(&plan, output);
        output.say("cmdb-saved", &[("file", &file.to_string_lossy())]);
        Ok(Exit::Complete)
    }

    fn save(&self, plan: &Plan) -> Result<PathBuf, Failure> {
        let file = self.folder.join(format!("{}{PLAN}", plan.id));
        let part = self.folder.join(format!("{}.part", plan.id));
        std::fs::write(&part, plan.bytes())?;
        std::fs::rename(part, &file)?;
        std::fs::write(self.folder.join("newest"), format!("{}\n", plan.id))?;
        Ok(file)
    }

    /// The plan named, else the newest one.
    fn saved(&self, named: Option<&Path>) -> Result<Plan, Failure> {
        let file = match named {
            Some(file) => file.to_owned(),
            None => {
                let id = std::fs::read_to_string(self.folder.join("newest"))
                    .map_err(|_| format!("there is no plan yet\n{HELP_PLAN}"))?;
                self.folder.join(format!("{}{PLAN}", id.trim()))
            }
        };
        let name = file.to_string_lossy();
        let bytes = std::fs::read(&file)
            .map_err(|error| format!("cannot read {name}: {error}\n{HELP_PLAN}"))?;
        let plan = Plan::read(&bytes).map_err(|error| format!("{name}: {error}"))?;
        let settings = self.settings();
        if plan.target != settings.target || plan.server != settings.server {
            return Err(format!(
                "{name}: the plan is for {} at {}\n{HELP_PLAN}",
                plan.target, plan.server
            )
            .into());
        }
        Ok(plan)
    }

    fn apply(mut self, named: Option<&Path>, output: &Output<'_>) -> Outcome {
        let plan = self.saved(named)?;
        self.execute(&plan, output)
    }

    fn execute(&mut self, plan: &Plan, output: &Output<'_>) -> Outcome {
        if let Server::Glpi(_) = self.server {
            let messages = self.messages(&self.estate()?);
            if let Server::Glpi(glpi) = &mut self.server {
                glpi.load(messages);
            }
        }
        let mut journal = Journal::open(&self.folder, &plan.id)?;
        self.server.labelled(&plan.id);
        let report = apply(plan, self.server.target(), &mut journal)?;
        journal::sum_up(&self.folder)?;
        told(&report, output);
        let clean = report.conflicts.is_empty() && plan.conflicts.is_empty();
        Ok(if clean {
            Exit::Complete
        } else {
            Exit::Findings
        })
    }

    fn rollback(mut self, named: Option<&Path>, output: &Output<'_>) -> Outcome {
        if let Server::Glpi(_) = self.server {
            return Err(output.text("cmdb-glpi-rollback", &[]).into());
        }
        let plan = self.saved(named)?;
        let mut journal = Journal::open(&self.folder, &plan.id)?;
        if journal.order.is_empty() {
            return Err(format!(
                "plan {} has written nothing that could be taken back",
                plan.id
            )
            .into());
        }
        self.server.labelled(&format!("{} rollback", plan.id));
        let undone = rollback(self.server.target(), &mut journal)?;
        journal::sum_up(&self.folder)?;
        if output.json {
            let left: Vec<Value> = undone
                .left
                .iter()
                .map(|(object, words)| json!({"object": object, "server": words}))
                .collect();
            output.json(
                &json!({"deleted": undone.deleted, "restored": undone.restored, "left": left}),
            );
        }
        for (label, words) in &undone.left {
            let words = words.as_deref();
            let key = if words.is_some() {
                "cmdb-left-refused"
            } else {
                "cmdb-left-changed"
            };
            result(
                output,
                &output.text(
                    key,
                    &[("object", label), ("words", words.unwrap_or_default())],
                ),
            );
        }
        let (deleted, restored) = (undone.deleted.to_string(), undone.restored.to_string());
        output.say(
            "cmdb-rolled-back",
            &[("deleted", &deleted), ("restored", &restored)],
        );
        Ok(if undone.left.is_empty() {
            Exit::Complete
        } else {
            Exit::Findings
        })
    }

    fn retire(mut self, write: bool, output: &Output<'_>) -> Outcome {
        if let Server::Glpi(_) = self.server {
            return Err(output.text("cmdb-glpi-retire", &[]).into());
        }
        let plan = match self.make(Purpose::Retire)? {
            Ok(plan) => plan,
            Err(Refusal::Incomplete) => {
                return Err(output.text("cmdb-retire-incomplete", &[]).into());
            }
            Err(Refusal::TooMany(due, all)) => {
                let (due, all) = (due.to_string(), all.to_string());
                let percent = self.target.retire.at_most_percent.to_string();
                let values = [("due", due.as_str()), ("all", &all), ("percent", &percent)];
                return Err(output.text("cmdb-retire-too-many", &values).into());
            }
        };
        self.save(&plan)?;
        show(&plan, output);
        if write {
            return self.execute(&plan, output);
        }
        output.say("cmdb-retire-dry", &[]);
        Ok(Exit::Complete)
    }
}

/// A line of the result, where no JSON is asked for.
fn result(output: &Output<'_>, line: &str) {
    if !output.json {
        output.result(line);
    }
}

/// The plan for people, or as it is.
fn show(plan: &Plan, output: &Output<'_>) {
    if output.json {
        output.json(plan);
        return;
    }
    for operation in &plan.operations {
        let sign = match operation.action {
            Action::Create => '+',
            Action::Update => '~',
        };
        output.result(&format!(
            "{sign} {} {}",
            operation.collection, operation.label
        ));
        if operation.action == Action::Update {
            for (field, change) in &operation.fields {
                output.result(&format!(
                    "    {field}: {} → {}",
                    text(&change.before),
                    text(&change.after)
                ));
            }
        }
    }
    for note in &plan.conflicts {
        output.result(&format!("! {}", sentence(note, output)));
    }
    for kept in &plan.kept {
        let (theirs, ours) = (text(&kept.theirs), text(&kept.ours));
        let values = [
            ("object", kept.object.as_str()),
            ("field", &kept.field),
            ("theirs", &theirs),
            ("ours", &ours),
        ];
        output.result(&format!("= {}", output.text("cmdb-kept", &values)));
    }
    for note in &plan.unplaced {
        output.result(&format!("? {}", sentence(note, output)));
    }
    for missing in &plan.missing {
        let key = if missing.due {
            "cmdb-missing-due"
        } else {
            "cmdb-missing"
        };
        let missed = missing.missed.to_string();
        output.result(&format!(
            "- {}",
            output.text(key, &[("object", &missing.name), ("missed", &missed)])
        ));
    }
    let count = |action| {
        let operations = plan
            .operations
            .iter()
            .filter(|operation| operation.action == action);
        operations.count().to_string()
    };
    let number = |count: usize| count.to_string();
    output.say(
        "cmdb-planned",
        &[
            ("create", &count(Action::Create)),
            ("update", &count(Action::Update)),
            ("unchanged", &number(plan.unchanged)),
            ("conflicts", &number(plan.conflicts.len())),
            ("kept", &number(plan.kept.len())),
            ("unplaced", &number(plan.unplaced.len())),
        ],
    );
}

/// A note in words.
fn sentence(note: &Note, output: &Output<'_>) -> String {
    let mut values = vec![("object", note.object.as_str())];
    values.extend(
        note.with
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    output.text(&format!("cmdb-note-{}", note.code), &values)
}

/// A value on one line.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "∅".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("ref") {
            Some(Value::String(key)) => key.clone(),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// What an execution came to.
fn told(report: &Report, output: &Output<'_>) {
    if output.json {
        let conflicts = report.conflicts.iter();
        let conflicts: Vec<Value> = conflicts
            .map(|(object, why)| match why {
                Failed::Changed => json!({"object": object, "why": "changed"}),
                Failed::Depends => json!({"object": object, "why": "depends"}),
                Failed::Refused(words) => {
                    json!({"object": object, "why": "refused", "server": words})
                }
            })
            .collect();
        output.json(&json!({
            "created": report.created,
            "updated": report.updated,
            "already": report.already,
            "conflicts": conflicts,
        }));
    }
    for (object, why) in &report.conflicts {
        let (key, words) = match why {
            Failed::Changed => ("cmdb-failed-changed", ""),
            Failed::Depends => ("cmdb-failed-depends", ""),
            Failed::Refused(words) => ("cmdb-failed-refused", words.as_str()),
        };
        result(
            output,
            &format!(
                "! {}",
                output.text(key, &[("object", object), ("words", words)])
            ),
        );
    }
    let number = |count: usize| count.to_string();
    output.say(
        "cmdb-applied",
        &[
            ("created", &number(report.created)),
            ("updated", &number(report.updated)),
            ("already", &number(report.already)),
            ("conflicts", &number(report.conflicts.len())),
        ],
    );
}
