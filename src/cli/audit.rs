//! `arpenteur scan`, `audit` and `resume`.
use super::args::{General, JudgeOptions, ScanOptions};
use super::config::{ConfigFile, Configs};
use super::exit::Exit;
use super::index::Books;
use super::notify::{self, Summary};
use super::run::{Means, Run};
use super::{Failure, Outcome, Output, open};
use crate::data::Data;
use crate::pipeline::Judgement;
use crate::store::{self, AuditFolder, RunFolder};
use arpenteur_core::check::{Baseline, Policy};
use arpenteur_core::export;
use arpenteur_core::inventory::{self, Samples};
use arpenteur_core::model::{
    Change, DataSource, Identity, Outcome as Verdict, RunResults, Severity,
};
use arpenteur_core::model::{KnownAsset, Language};
use arpenteur_core::scope::Scope;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Identities that a later run takes up.
const IDENTITIES: &str = "identities.json";
/// Results of a judgement.
const RESULTS: &str = "results.json";
/// What changed since the run before.
const DRIFT: &str = "drift.json";
/// Loads that a run saw.
const SAMPLES: &str = "samples.json";
/// Runs whose samples are read, the newest ones.
const SAMPLED_RUNS: usize = 500;
/// The client's choices.
const PROFILE: &str = "profile.yaml";

/// Where evidence comes from.
pub(crate) enum Evidence {
    /// The network, or the files that `audit.yaml` names.
    Scan,
    /// Files.
    Files(Vec<PathBuf>),
    /// The newest run.
    Last,
    /// The network, for what an interrupted run left.
    Interrupted,
}

impl Evidence {
    pub(crate) fn from_arguments(last: bool, offline: bool, files: Vec<PathBuf>) -> Self {
        match (last, offline || !files.is_empty()) {
            (true, _) => Self::Last,
            (false, true) => Self::Files(files),
            (false, false) => Self::Scan,
        }
    }
}

/// `scan`: evidence alone.
pub(crate) fn scan(
    dir: &Path,
    options: &ScanOptions,
    general: &General,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let (folder, scope) = open(dir, data, options.secrets.allow_inline_secrets)?;
    let means = Means {
        folder: &folder,
        scope,
        data,
        output,
        general,
        configs: Configs::default(),
    };
    let run = evidence(&means, Evidence::Scan, options)?;
    run.folder.write(
        "ledger.csv",
        export::ledger_csv(&run.recording.ledger).as_bytes(),
    )?;
    output.say(
        "cli-scanned",
        &[("dir", &run.folder.path().to_string_lossy())],
    );
    Ok(if run.recording.complete {
        Exit::Complete
    } else {
        Exit::Incomplete
    })
}

/// `audit` and `resume`: evidence, judgement, report; with `--notify` also to those who are not
/// there, whatever came of it.
pub(crate) fn run(
    dir: &Path,
    (from, configs): (Evidence, &[ConfigFile]),
    options: &ScanOptions,
    judge: &JudgeOptions,
    general: &General,
    data: &Data,
    output: &Output<'_>,
) -> Outcome {
    let (folder, scope) = open(dir, data, options.secrets.allow_inline_secrets)?;
    let audit = scope.audit().clone();
    let ran = Configs::read(configs, &scope).and_then(|configs| {
        let means = Means {
            folder: &folder,
            scope,
            data,
            output,
            general,
            configs,
        };
        audited(&means, from, options, judge)
    });
    if judge.notify {
        let summary = match &ran {
            Ok((_, summary)) => summary,
            Err(error) => &Summary::failed(&error.to_string()),
        };
        notify::send(&folder, &audit, summary, output)?;
    }
    ran.map(|(exit, _)| exit)
}

fn audited(
    means: &Means<'_>,
    from: Evidence,
    options: &ScanOptions,
    judge: &JudgeOptions,
) -> Result<(Exit, Summary), Failure> {
    let Means { folder, data, .. } = *means;
    let mut books = Books::open(means.general, means.output);
    let audit = means.scope.audit().id;
    let known = books.known(folder, audit)?;
    let run = evidence(means, from, options)?;
    let as_of = judge
        .as_of
        .or_else(|| run.recording.end())
        .or_else(|| run.folder.judged_at())
        .ok_or(
            "the evidence has no date\nhelp: say at which date to judge it: --as-of 2026-11-22",
        )?;
    let judgement = Judgement {
        scope: &means.scope,
        data,
        as_of,
        known,
        sources: run.sources.clone(),
        samples: samples(folder, &run),
        policy: policy(folder, judge.profile.as_deref(), data)?,
        baseline: baseline(folder, &run, as_of, judge.baseline.as_deref())?,
    };
    let results = judgement.judge(&run.recording)?;
    let known = inventory::remember(
        &judgement.known,
        &results.inventory,
        as_of,
        &covered(&means.scope, &results),
    );
    write(&run, &results, &known, data)?;
    books.record(folder, audit);
    report(&run, &results, means.output);
    let exit = exit(&run, &results, judge);
    let first_seen = |known: &&KnownAsset| known.first_seen == Some(as_of);
    let new = known.iter().filter(first_seen).count();
    let missing = known.iter().filter(|known| known.missed > 0).count();
    let summary = Summary::of(&run.folder.name(), &results, (new, missing), exit);
    Ok((exit, summary))
}

/// The client's choices: the file named, else that of the audit folder, else none.
fn policy(folder: &AuditFolder, file: Option<&Path>, data: &Data) -> Result<Policy, Failure> {
    let own = folder.path().join(PROFILE);
    let file = match file {
        Some(file) => file,
        None if own.is_file() => &own,
        None => return Ok(Policy::default()),
    };
    let name = file.to_string_lossy();
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read {name}: {error}"))?;
    Ok(Policy::load(&name, &bytes, &data.catalogue)?)
}

/// Loads that the runs before this one saw.
fn samples(folder: &AuditFolder, run: &Run) -> Vec<Samples> {
    let mut earlier = folder.all_runs();
    earlier.retain(|other| other.path() < run.folder.path());
    let newest = earlier.iter().rev().take(SAMPLED_RUNS);
    newest
        .filter_map(|other| serde_json::from_slice(&other.read(SAMPLES).ok()??).ok())
        .collect()
}

/// The judgement to compare with: the run named, else the newest one whose date lies before this
/// one's. The same evidence judged again is no change of the network.
fn baseline(
    folder: &AuditFolder,
    run: &Run,
    as_of: Timestamp,
    named: Option<&Path>,
) -> Result<Option<Baseline>, Failure> {
    if let Some(named) = named {
        return read_baseline(named).map(Some);
    }
    let mut earlier = folder.all_runs();
    earlier.retain(|other| other.path() < run.folder.path() && other.file(RESULTS).is_file());
    // A run that an older version judged may be laid out otherwise: it is not compared with.
    let mut judged = earlier
        .iter()
        .rev()
        .filter_map(|other| read_baseline(other.path()).ok());
    Ok(judged.find(|before| before.as_of.is_some_and(|date| date < as_of)))
}

/// The judgement of a run's folder, or of a results file.
fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    let name = path.display();
    let bytes = if path.is_dir() {
        RunFolder::at(path).read(RESULTS)?
    } else {
        store::read_file(path)?
    };
    let bytes = bytes.ok_or_else(|| {
        format!("cannot read {name}: there is no {RESULTS}\nhelp: name a run's folder, or its results.json")
    })?;
    serde_json::from_slice(&bytes)
        .map_err(|error| format!("{name}: no results of this version: {error}").into())
}

/// The newest run, judged again at the end of its evidence; nothing is written.
pub(crate) fn judge_last(dir: &Path, data: &Data) -> Result<RunResults, Failure> {
    // Secrets are not needed: where they stand does not matter here.
    let (folder, scope) = open(dir, data, true)?;
    let run = last(&folder)?;
    let as_of = run
        .folder
        .judged_at()
        .or_else(|| run.recording.end())
        .ok_or("the newest run has no date")?;
    let judgement = Judgement {
        scope: &scope,
        data,
        as_of,
        known: folder.remembered()?,
        samples: samples(&folder, &run),
        policy: policy(&folder, None, data)?,
        baseline: baseline(&folder, &run, as_of, None)?,
        sources: run.sources.clone(),
    };
    Ok(judgement.judge(&run.recording)?)
}

/// The evidence of the newest run.
pub(crate) fn last_recording(dir: &Path) -> Result<Vec<arpenteur_core::model::Exchange>, Failure> {
    Ok(last(&AuditFolder::open(dir)?)?.recording.exchanges)
}

fn last(folder: &AuditFolder) -> Result<Run, Failure> {
    let last = folder.last_run()?;
    match store::read_evidence(&last.recording())? {
        store::Evidence::Ours(recording, sha256) => {
            let sources = vec![DataSource {
                name: "recording.jsonl.gz".to_owned(),
                sha256,
                built_in: false,
            }];
            Ok(Run {
                folder: last,
                recording: *recording,
                sources,
            })
        }
        store::Evidence::Foreign(..) => Err("the newest run has no recording of ours".into()),
    }
}

fn evidence(means: &Means<'_>, from: Evidence, options: &ScanOptions) -> Result<Run, Failure> {
    match from {
        Evidence::Files(files) => means.replayed(&files, options),
        Evidence::Scan if !means.scope.audit().replay.is_empty() => means.replayed(&[], options),
        Evidence::Scan => means.live(options),
        Evidence::Interrupted => means.resume(options),
        Evidence::Last => last(means.folder),
    }
}

/// Whether a complete run looked where a device was last seen.
fn covered(scope: &Scope, results: &RunResults) -> impl Fn(&KnownAsset) -> bool {
    |known| {
        let mut places = known.keys.iter().filter(|key| key.key == "locator");
        let address = |place: &Identity| {
            let (_, address) = place.value.rsplit_once('/')?;
            address.parse().ok()
        };
        results.evidence.complete
            && places.any(|place| {
                address(place).is_some_and(|address| scope.place(&known.site, address).is_ok())
            })
    }
}

fn write(
    run: &Run,
    results: &RunResults,
    known: &[KnownAsset],
    data: &Data,
) -> Result<(), Failure> {
    let folder = &run.folder;
    if let Some(drift) = &results.drift {
        folder.write(DRIFT, &serde_json::to_vec_pretty(drift)?)?;
    }
    folder.write("ledger.csv", export::ledger_csv(&results.ledger).as_bytes())?;
    folder.write(IDENTITIES, &serde_json::to_vec_pretty(known)?)?;
    let samples = Samples::of(&results.inventory, results.as_of);
    folder.write(SAMPLES, &serde_json::to_vec(&samples)?)?;
    for language in Language::ALL {
        let html = data
            .reports
            .html(results, &data.knowledge.classes, language)?;
        folder.write(&format!("report.{}.html", language.code()), html.as_bytes())?;
    }
    // The last one: a run that has it is whole.
    folder.write(RESULTS, export::json(results).as_bytes())?;
    Ok(())
}

fn report(run: &Run, results: &RunResults, output: &Output<'_>) {
    if output.json {
        let summary = serde_json::json!({
            "run": run.folder.path(),
            "complete": run.recording.complete,
            "devices": results.inventory.assets.len(),
            "coverage": results.coverage,
            "hours_per_month": results.estimate.hours,
            "euros_per_month": results.estimate.euros,
        });
        output.json(&summary);
        return;
    }
    let coverage = &results.coverage;
    let text = |figure: usize| figure.to_string();
    output.say(
        "cli-audited",
        &[
            ("devices", &text(results.inventory.assets.len())),
            ("assessed", &text(coverage.assessed)),
            ("total", &text(coverage.total)),
            ("fail", &text(coverage.fail)),
            ("unknown", &text(coverage.unknown)),
        ],
    );
    let interval = &results.estimate.euros_interval;
    let euros = |amount| arpenteur_core::size::format::whole_euros(amount, output.language);
    output.say(
        "cli-sized",
        &[
            ("low", &euros(interval.low)),
            ("likely", &euros(interval.likely)),
            ("high", &euros(interval.high)),
        ],
    );
    let file = run
        .folder
        .file(&format!("report.{}.html", output.language.code()));
    output.say("cli-report", &[("file", &file.to_string_lossy())]);
}

/// The highest that applies.
fn exit(run: &Run, results: &RunResults, judge: &JudgeOptions) -> Exit {
    let fails = |(least, new): (Severity, bool)| {
        if new {
            let entries = results.drift.iter().flat_map(|drift| &drift.entries);
            let mut worse =
                entries.filter(|entry| matches!(entry.change, Change::New | Change::Worsened));
            return worse.any(|entry| entry.severity >= least);
        }
        let mut findings = results.findings.iter();
        findings.any(|finding| finding.is_open() && finding.severity >= least)
    };
    let broken = results
        .findings
        .iter()
        .any(|finding| matches!(finding.outcome, Verdict::Error { .. }));
    if !run.recording.complete || broken {
        Exit::Incomplete
    } else if judge.fail_on.is_some_and(|on| fails(on.rule())) {
        Exit::Findings
    } else {
        Exit::Complete
    }
}
