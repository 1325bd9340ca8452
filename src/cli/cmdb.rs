//! `arpenteur cmdb plan|apply|rollback|retire DIR --to NAME`.
use super::args::{CmdbArguments, CmdbCommand};
use super::audit::judge_last;
use super::exit::Exit;
use super::{Failure, Outcome, Output, open};
use crate::cmdb::journal::{self, Journal};
use crate::cmdb::{apply, rollback};
use crate::data::Data;
use crate::seal;
use crate::store::Lock;
use crate::transport::Sources;
use arpenteur_core::cmdb::{Plan, Purpose, Refusal, Written};
use arpenteur_core::export::{Estate, Mapping};
use arpenteur_core::scope::CmdbTarget;
use jiff::Timestamp;
use serde_json::{Value, json};
use server::{Question, Server, address, messages};
use show::{result, show, told};
use std::path::{Path, PathBuf};

mod server;
mod show;

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
        let server = Server::connect(target, scope.audit().id, &sources)?;
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

    /// Address of the server, as plans hold it.
    fn address(&self) -> &str {
        address(&self.target)
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

    /// The state of the target and of our journals, made into a plan.
    fn make(&self, purpose: Purpose) -> Result<Result<Plan, Refusal>, Failure> {
        let estate = self.estate()?;
        let (written, revision): (Written, usize) = journal::written(&self.folder)?;
        let plan = self.server.plan(&Question {
            target: &self.target,
            client: &self.client,
            estate: &estate,
            mapping: &self.mapping,
            written: &written,
            purpose,
        })?;
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
        if plan.target != self.target.name || plan.server != self.address() {
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
            let messages = messages(&self.target, &self.mapping, &self.estate()?);
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
        let newest = journal::newest(&self.folder)?;
        let newest = newest.map(|plan| self.folder.join(format!("{plan}{PLAN}")));
        let plan = self.saved(named.or(newest.as_deref()))?;
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
