//! One run of evidence: live, resumed or replayed, into a run folder's recording.
use super::args::{General, ScanOptions};
use super::config::Configs;
use super::progress::Progress;
use super::{Failure, Output};
use crate::data::Data;
use crate::pipeline::Scan;
use crate::seal::{self, Recipients};
use crate::store::{self, AuditFolder, Evidence, RunFolder};
use crate::transport::{
    Gate, Journal, Live, Recorder, Replaying, Resuming, Session, Sources, Vault,
};
use arpenteur_core::model::{
    DataSource, FORMAT, FORMAT_VERSION, LedgerRow, Locator, Recording, RecordingHeader,
    RecordingLine, SiteId, Target,
};
use arpenteur_core::scope::{Denial, ReplayFile, Scope};
use jiff::Timestamp;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

/// What a run is made with.
pub(crate) struct Means<'a> {
    pub(crate) folder: &'a AuditFolder,
    pub(crate) scope: Scope,
    pub(crate) data: &'a Data,
    pub(crate) output: &'a Output<'a>,
    pub(crate) general: &'a General,
    pub(crate) configs: Configs,
}

/// A run and what it holds.
pub(crate) struct Run {
    pub(crate) folder: RunFolder,
    pub(crate) recording: Recording,
    pub(crate) sources: Vec<DataSource>,
}

impl Means<'_> {
    /// A new run against the network.
    pub(crate) fn live(&self, options: &ScanOptions) -> Result<Run, Failure> {
        let started = Timestamp::now();
        self.refuse_outside_mandate(started)?;
        let _lock = store::Lock::take(&self.folder.runs(), started)?;
        let vault = self.vault()?;
        let folder = self.folder.new_run(started, &self.recipients(options)?)?;
        runtime()?.block_on(async {
            let gate = Arc::new(Gate::new(Arc::new(self.scope.clone())));
            let live = self.open(&gate, vault, options).await?;
            let journal = Arc::new(Journal::create(
                &folder.journal(),
                self.header(started, &live),
                folder.recipients()?,
            )?);
            journal.write(&self.configs.lines(&[]))?;
            let session = Recorder::new(live, Arc::clone(&journal), Some(Arc::clone(&gate)));
            self.scan(&session, &gate, HashSet::new(), &journal, &folder)
                .await
        })
    }

    /// Goes on with an interrupted run.
    pub(crate) fn resume(&self, options: &ScanOptions) -> Result<Run, Failure> {
        let now = Timestamp::now();
        self.refuse_outside_mandate(now)?;
        let _lock = store::Lock::take(&self.folder.runs(), now)?;
        let folder = self.folder.interrupted_run()?;
        let before = own_recording(&folder.journal())?;
        let vault = self.vault()?;
        runtime()?.block_on(async {
            let gate = Arc::new(Gate::new(Arc::new(self.scope.clone())));
            gate.resume(&last_counts(&before.ledger));
            let live = self.open(&gate, vault, options).await?;
            let journal = Arc::new(Journal::append(&folder.journal(), folder.recipients()?)?);
            let recorder = Recorder::new(live, Arc::clone(&journal), Some(Arc::clone(&gate)))
                .going_on(&before.exchanges);
            let finished = before.done.into_iter().collect();
            let session = Resuming::new(before.exchanges, recorder);
            self.scan(&session, &gate, finished, &journal, &folder)
                .await
        })
    }

    /// A run that takes its evidence from files; no socket is opened.
    pub(crate) fn replayed(
        &self,
        files: &[PathBuf],
        options: &ScanOptions,
    ) -> Result<Run, Failure> {
        self.output.say("cli-replaying", &[]);
        let _lock = store::Lock::take(&self.folder.runs(), Timestamp::now())?;
        let mut sources = self.configs.sources.clone();
        let mut session = Replaying::default();
        let mut whole: Option<Recording> = None;
        for (path, target) in self.replay_files(files) {
            match store::read_evidence(&path)? {
                Evidence::Ours(recording, hash) => {
                    sources.push(source(&path, hash));
                    whole = Some(joined(whole, *recording));
                }
                Evidence::Foreign(objects, unread, hash) => {
                    sources.push(source(&path, hash));
                    if unread > 0 {
                        let (file, count) = (path.to_string_lossy(), unread.to_string());
                        self.output
                            .say("cli-unread-lines", &[("file", &file), ("count", &count)]);
                    }
                    session.add_objects(target, objects);
                }
            }
        }
        let mut evidence = whole.unwrap_or_else(|| Recording {
            complete: true,
            ..Recording::new(self.blank_header())
        });
        let given = self.configs.lines(&evidence.exchanges);
        session.add(std::mem::take(&mut evidence.exchanges));
        let folder = self
            .folder
            .new_run(Timestamp::now(), &self.recipients(options)?)?;
        let recording = runtime()?.block_on(async {
            let header = evidence.header.clone();
            let recipients = folder.recipients()?;
            let journal = Arc::new(Journal::create(&folder.journal(), header, recipients)?);
            journal.write(&given)?;
            let session = Recorder::new(session, Arc::clone(&journal), None);
            let progress = Progress::new(self.output, self.general.verbose > 0);
            let watch = |event| progress.watch(event);
            self.walk(&session, HashSet::new(), &|_| {}, &watch, &Notify::new())
                .await;
            fail_on_write(&session)?;
            written(&journal, &folder)
        })?;
        let recording = Recording {
            exchanges: recording.exchanges,
            ..evidence
        };
        finish(&folder, &recording, self.folder)?;
        Ok(Run {
            folder,
            recording,
            sources,
        })
    }

    /// The files to replay with the target that a foreign one stands for.
    fn replay_files(&self, files: &[PathBuf]) -> Vec<(PathBuf, Target)> {
        let audit = self.scope.audit();
        let first = || {
            audit
                .sites
                .first()
                .map_or_else(String::new, |site| site.id.clone())
        };
        let by_name = |path: &Path| Target {
            site: SiteId(first()),
            locator: locator_of(path),
        };
        if !files.is_empty() {
            return files
                .iter()
                .map(|path| (path.clone(), by_name(path)))
                .collect();
        }
        let listed = |file: &ReplayFile| match file {
            ReplayFile::Path(path) => {
                let path = self.folder.path().join(path);
                let target = by_name(&path);
                (path, target)
            }
            ReplayFile::At(at) => {
                let site = at.site.clone().unwrap_or_else(first);
                (
                    self.folder.path().join(&at.file),
                    Target::new(site, at.address),
                )
            }
        };
        audit.replay.iter().map(listed).collect()
    }

    async fn open(
        &self,
        gate: &Arc<Gate>,
        vault: Vault,
        options: &ScanOptions,
    ) -> Result<Live, Failure> {
        let live = Live::open(
            Arc::clone(gate),
            vault,
            self.data.knowledge.families.factory_logins().clone(),
            self.folder.path(),
            !options.unprivileged,
        )
        .await?;
        if let Some(reason) = live.unprivileged() {
            self.output
                .say("cli-unprivileged", &[("reason", &reason.to_string())]);
        }
        Ok(live)
    }

    async fn scan(
        &self,
        session: &(impl Session + Failing),
        gate: &Arc<Gate>,
        finished: HashSet<Target>,
        journal: &Arc<Journal>,
        folder: &RunFolder,
    ) -> Result<Run, Failure> {
        let stop = Arc::new(Notify::new());
        let interrupt = tokio::spawn(stop_on_interrupt(Arc::clone(&stop)));
        let progress = Progress::new(self.output, self.general.verbose > 0);
        let slow_down = |target: &Target| gate.mark_fragile(target);
        let watch = |event| progress.watch(event);
        let before = finished.len() as u64;
        let (complete, targets) = self
            .walk(session, finished, &slow_down, &watch, &stop)
            .await;
        drop(progress);
        interrupt.abort();
        session.fail_on_write()?;
        let ledger = gate.ledger();
        let end = RecordingLine::End {
            at: Some(Timestamp::now()),
            complete,
            addresses: before + targets,
        };
        let lines: Vec<RecordingLine> = ledger
            .iter()
            .cloned()
            .map(RecordingLine::Ledger)
            .chain([end])
            .collect();
        journal.write(&lines)?;
        journal.sync()?;
        let mut recording = written(journal, folder)?;
        recording.ledger = ledger;
        finish(folder, &recording, self.folder)?;
        if !complete {
            self.output.say(
                "cli-interrupted",
                &[("dir", &self.folder.path().to_string_lossy())],
            );
        }
        Ok(Run {
            folder: folder.clone(),
            recording,
            sources: self.configs.sources.clone(),
        })
    }

    /// Walks the targets; whether all were finished, and how many there were.
    async fn walk(
        &self,
        session: &dyn Session,
        finished: HashSet<Target>,
        slow_down: &(dyn Fn(&Target) + Sync),
        watch: &(dyn Fn(crate::pipeline::Event) + Sync),
        stop: &Notify,
    ) -> (bool, u64) {
        let scan = Scan {
            session,
            scope: &self.scope,
            data: self.data,
            finished,
            slow_down,
            watch,
        };
        let targets = scan.targets().len() as u64;
        (scan.run(stop).await, targets)
    }

    /// Outside the mandate's dates nothing is sent, whatever the targets.
    fn refuse_outside_mandate(&self, now: Timestamp) -> Result<(), Failure> {
        let mandate = &self.scope.audit().mandate;
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        if today < mandate.valid_from || today > mandate.valid_to {
            let (from, to) = (mandate.valid_from, mandate.valid_to);
            return Err(format!(
                "{}: it is valid from {from} to {to} (UTC)\nhelp: have the mandate renewed, or replay a recording: `arpenteur audit --replay FILE… DIR`",
                Denial::OutsideMandate
            )
            .into());
        }
        Ok(())
    }

    /// Whom the run's files are encrypted to.
    fn recipients(&self, options: &ScanOptions) -> Result<Recipients, Failure> {
        let mut all = self.scope.audit().encrypt_to.clone();
        all.extend(options.encrypt_to.iter().cloned());
        all.sort();
        all.dedup();
        Ok(Recipients::parse(&all)?)
    }

    fn vault(&self) -> Result<Vault, Failure> {
        let sources = Sources {
            folder: self.folder.path(),
            environment: &|name| std::env::var(name).ok(),
            identities: &seal::unlocked(),
        };
        Ok(Vault::open(self.scope.audit(), &sources)?)
    }

    fn header(&self, started: Timestamp, live: &Live) -> RecordingHeader {
        RecordingHeader {
            started,
            source_addresses: live.sources().to_vec(),
            privileged: live.privileged(),
            ..self.blank_header()
        }
    }

    fn blank_header(&self) -> RecordingHeader {
        RecordingHeader {
            format: FORMAT.to_owned(),
            version: FORMAT_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            audit_id: self.scope.audit().id,
            started: Timestamp::UNIX_EPOCH,
            source_addresses: Vec::new(),
            privileged: false,
        }
    }
}

/// A session that may have failed to write.
pub(crate) trait Failing {
    fn fail_on_write(&self) -> Result<(), Failure>;
}

impl<S: Session> Failing for Recorder<S> {
    fn fail_on_write(&self) -> Result<(), Failure> {
        fail_on_write(self)
    }
}

impl<S: Session> Failing for Resuming<Recorder<S>> {
    fn fail_on_write(&self) -> Result<(), Failure> {
        fail_on_write(self.inner())
    }
}

fn fail_on_write<S: Session>(recorder: &Recorder<S>) -> Result<(), Failure> {
    match recorder.failure() {
        Some(error) => Err(format!("cannot write the journal: {error}\nhelp: make room on the disk, then `arpenteur resume`").into()),
        None => Ok(()),
    }
}

/// The first Ctrl-C stops and keeps what was seen; the second aborts.
async fn stop_on_interrupt(stop: Arc<Notify>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.notify_one();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

fn own_recording(path: &Path) -> Result<Recording, Failure> {
    match store::read_evidence(path)? {
        Evidence::Ours(recording, _) => Ok(*recording),
        Evidence::Foreign(..) => Err(format!("{} is no recording", path.display()).into()),
    }
}

/// What a journal holds that was just written.
fn written(journal: &Journal, folder: &RunFolder) -> Result<Recording, Failure> {
    match journal.kept() {
        Some(bytes) => Ok(Recording::parse(&bytes)?),
        None => own_recording(&folder.journal()),
    }
}

/// Writes the recording; the journal goes once a complete one is safe on the disk.
fn finish(folder: &RunFolder, recording: &Recording, audit: &AuditFolder) -> Result<(), Failure> {
    store::write_recording(folder, recording)?;
    if recording.complete {
        std::fs::remove_file(folder.journal())?;
    }
    audit.name_latest(folder)?;
    Ok(())
}

/// Two recordings as one: evidence and ledger of both, from the first start to the last end.
fn joined(whole: Option<Recording>, next: Recording) -> Recording {
    let Some(mut whole) = whole else { return next };
    whole.exchanges.extend(next.exchanges);
    whole.ledger.extend(next.ledger);
    whole.ended = whole.ended.max(next.ended);
    whole.header.started = whole.header.started.min(next.header.started);
    whole
        .header
        .source_addresses
        .extend(next.header.source_addresses);
    whole.header.source_addresses.sort();
    whole.header.source_addresses.dedup();
    whole.complete &= next.complete;
    whole.addresses += next.addresses;
    whole.sort();
    whole
}

/// Of the cumulative counts that a journal holds of each row, the last ones.
fn last_counts(ledger: &[LedgerRow]) -> Vec<LedgerRow> {
    let mut last: std::collections::BTreeMap<_, LedgerRow> = std::collections::BTreeMap::new();
    for row in ledger {
        let known = last
            .entry((row.target.clone(), row.protocol, row.port))
            .or_insert_with(|| row.clone());
        if row.packets >= known.packets {
            *known = row.clone();
        }
    }
    last.into_values().collect()
}

/// A foreign file's target: the address that its name is, else the name itself.
fn locator_of(path: &Path) -> Locator {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match stem.parse() {
        Ok(address) => Locator::Address(address),
        Err(_) => Locator::File(
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        ),
    }
}

pub(super) fn source(path: &Path, sha256: String) -> DataSource {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    DataSource {
        name,
        sha256,
        built_in: false,
    }
}
