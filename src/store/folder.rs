//! The audit folder and its run folders.
use crate::seal::{self, Recipients, SealError};
use arpenteur_core::data;
use arpenteur_core::model::KnownAsset;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use thiserror::Error;
use uuid::Uuid;

/// File names of an audit folder.
const AUDIT: &str = "audit.yaml";
const RUNS: &str = "runs";
const LATEST: &str = "latest";
const CMDB: &str = "cmdb";
/// Head of the name of a run's folder while it is removed.
const REMOVED: &str = ".removed-";
/// File names of a run folder.
const JOURNAL: &str = "journal.jsonl";
const RECORDING: &str = "recording.jsonl.gz";
const RESULTS: &str = "results.json";
const IDENTITIES: &str = "identities.json";
/// Whom the run's files are encrypted to, one age recipient a line; absent: they are in clear.
const RECIPIENTS: &str = "recipients.txt";
/// What is added to the name of an encrypted file.
const SEALED: &str = "age";
/// Largest file read from an audit folder, bytes.
const LARGEST: u64 = 2 << 30;

/// What can go wrong with files.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The folder has no `audit.yaml`.
    #[error("{} has no audit.yaml\nhelp: `arpenteur init {}` writes one", path.display(), path.display())]
    NoAudit {
        /// Folder.
        path: PathBuf,
    },
    /// There is an `audit.yaml` already.
    #[error("{} exists already\nhelp: nothing was written; choose another folder", path.display())]
    Exists {
        /// File.
        path: PathBuf,
    },
    /// No run to go on with, or to judge.
    #[error("{}: {what}\nhelp: {help}", path.display())]
    NoRun {
        /// Folder.
        path: PathBuf,
        /// What is missing.
        what: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// The system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file cannot be encrypted or opened.
    #[error("{}: {source}", path.display())]
    Sealed {
        /// File.
        path: PathBuf,
        /// Why not.
        source: SealError,
    },
    /// A file of evidence cannot be read.
    #[error("{}: {reason}", path.display())]
    Evidence {
        /// File.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl StoreError {
    fn sealed(path: &Path) -> impl FnOnce(SealError) -> Self {
        let path = path.to_owned();
        move |source| Self::Sealed { path, source }
    }

    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

/// An audit folder.
#[derive(Debug, Clone)]
pub struct AuditFolder {
    path: PathBuf,
}

impl AuditFolder {
    /// The folder at `path`, which must hold an `audit.yaml`.
    ///
    /// # Errors
    /// [`StoreError::NoAudit`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = Self {
            path: path.to_owned(),
        };
        if folder.audit_file().is_file() {
            Ok(folder)
        } else {
            Err(StoreError::NoAudit {
                path: path.to_owned(),
            })
        }
    }

    /// Writes a new audit folder: `audit.yaml`, and a `.gitignore` that keeps runs and
    /// secrets out of version control.
    ///
    /// # Errors
    /// Where there is one already, or the system refuses.
    pub fn create(path: &Path, audit: &str) -> Result<Self, StoreError> {
        fs::create_dir_all(path).map_err(StoreError::io("create", path))?;
        let folder = Self {
            path: path.to_owned(),
        };
        let file = folder.audit_file();
        let mut open = fs::File::create_new(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => StoreError::Exists { path: file.clone() },
            _ => StoreError::Io {
                action: "create",
                path: file.clone(),
                source: error,
            },
        })?;
        open.write_all(audit.as_bytes())
            .map_err(StoreError::io("write", &file))?;
        let ignore = path.join(".gitignore");
        if !ignore.exists() {
            fs::write(&ignore, "runs/\nsecrets/\nknown_hosts\n")
                .map_err(StoreError::io("write", &ignore))?;
        }
        Ok(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its `audit.yaml`.
    pub fn audit_file(&self) -> PathBuf {
        self.path.join(AUDIT)
    }

    /// Its `runs` folder.
    pub fn runs(&self) -> PathBuf {
        self.path.join(RUNS)
    }

    /// Reads `audit.yaml`.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn read_audit(&self) -> Result<Vec<u8>, StoreError> {
        read(&self.audit_file())
    }

    /// The id in `audit.yaml`, the rest of which is not looked at.
    ///
    /// # Errors
    /// Where the file cannot be read, or has none.
    pub fn audit_id(&self) -> Result<Uuid, StoreError> {
        #[derive(serde::Deserialize)]
        struct Named {
            id: Uuid,
        }
        let file = self.audit_file();
        let named = data::parse::<Named>(&file.to_string_lossy(), &self.read_audit()?);
        let named = named.map_err(|error| StoreError::Evidence {
            path: file,
            reason: error.to_string(),
        })?;
        Ok(named.id)
    }

    /// A new run folder, named by its start; its files are encrypted to `recipients`.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn new_run(
        &self,
        started: Timestamp,
        recipients: &Recipients,
    ) -> Result<RunFolder, StoreError> {
        let runs = self.runs();
        fs::create_dir_all(&runs).map_err(StoreError::io("create", &runs))?;
        let stamp = started
            .to_zoned(TimeZone::UTC)
            .strftime("%Y%m%dT%H%M%SZ")
            .to_string();
        let id: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(6)
            .collect();
        let path = runs.join(format!("{stamp}-{id}"));
        fs::create_dir(&path).map_err(StoreError::io("create", &path))?;
        let run = RunFolder { path };
        if !recipients.is_empty() {
            write_whole(&run.path.join(RECIPIENTS), recipients.lines().as_bytes())?;
        }
        Ok(run)
    }

    /// Every run folder, oldest first.
    pub fn all_runs(&self) -> Vec<RunFolder> {
        let entries = fs::read_dir(self.runs()).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        paths.sort();
        paths.into_iter().map(|path| RunFolder { path }).collect()
    }

    /// What the audit remembers of its devices, as its newest judged run wrote it: all that the
    /// index knew then.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn remembered(&self) -> Result<Vec<KnownAsset>, StoreError> {
        for run in self.all_runs().iter().rev() {
            if let Some(known) = run.read_identities()? {
                return Ok(known);
            }
        }
        Ok(Vec::new())
    }

    /// Whether any of its runs is encrypted.
    pub fn has_encrypted_runs(&self) -> bool {
        let runs = self.all_runs();
        runs.iter().any(|run| run.file(RECIPIENTS).is_file())
    }

    /// The newest run that has a recording.
    ///
    /// # Errors
    /// Where there is none.
    pub fn last_run(&self) -> Result<RunFolder, StoreError> {
        self.all_runs()
            .into_iter()
            .rev()
            .find(|run| run.recording().is_file())
            .ok_or_else(|| StoreError::NoRun {
                path: self.path.clone(),
                what: "there is no finished run",
                help: "`arpenteur audit DIR` makes one",
            })
    }

    /// The newest run, if it was interrupted.
    ///
    /// # Errors
    /// Where there is none, or it is complete.
    pub fn interrupted_run(&self) -> Result<RunFolder, StoreError> {
        self.all_runs()
            .pop()
            .filter(|run| run.journal().is_file())
            .ok_or_else(|| StoreError::NoRun {
                path: self.path.clone(),
                what: "there is no interrupted run",
                help: "`arpenteur audit DIR` starts a new one",
            })
    }

    /// Removes a run: out of `runs` at once, so that a crash leaves no half of it there.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn remove_run(&self, run: &RunFolder) -> Result<(), StoreError> {
        let aside = self.path.join(format!("{REMOVED}{}", run.name()));
        fs::rename(run.path(), &aside).map_err(StoreError::io("remove", run.path()))?;
        fs::remove_dir_all(&aside).map_err(StoreError::io("remove", &aside))
    }

    /// Removes what a crash left of runs that were being removed.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn remove_leftovers(&self) -> Result<(), StoreError> {
        let entries = fs::read_dir(&self.path).map_err(StoreError::io("read", &self.path))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(REMOVED) {
                let path = entry.path();
                fs::remove_dir_all(&path).map_err(StoreError::io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// Texts of the files below `cmdb/`: journals and plans, which may name runs.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn named_in_journals(&self) -> Result<Vec<String>, StoreError> {
        let targets = fs::read_dir(self.path.join(CMDB)).into_iter().flatten();
        let mut texts = Vec::new();
        for target in targets.flatten() {
            let files = fs::read_dir(target.path()).into_iter().flatten();
            for file in files.flatten().filter(|file| file.path().is_file()) {
                texts.push(String::from_utf8_lossy(&read(&file.path())?).into_owned());
            }
        }
        Ok(texts)
    }

    /// Names the newest run in `runs/latest`.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn name_latest(&self, run: &RunFolder) -> Result<(), StoreError> {
        write_whole(
            &self.runs().join(LATEST),
            format!("{}\n", run.name()).as_bytes(),
        )
    }
}

/// One run's folder.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// A run folder that exists, by path.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its name, `20261122T080000Z-1f2e3d`.
    pub fn name(&self) -> String {
        self.path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// The journal of a run under way or interrupted.
    pub fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// The recording of a finished run.
    pub fn recording(&self) -> PathBuf {
        self.file(RECORDING)
    }

    /// Writes the recording, packed, whole or not at all.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn write_recording(&self, packed: &[u8]) -> Result<PathBuf, StoreError> {
        self.write(RECORDING, packed)
    }

    /// Another file of the run, under the name that it has: `NAME.age` where it is encrypted.
    pub fn file(&self, name: &str) -> PathBuf {
        let sealed = self.path.join(format!("{name}.{SEALED}"));
        if sealed.is_file() {
            sealed
        } else {
            self.path.join(name)
        }
    }

    /// One of the run's files, opened where it is encrypted; nothing where it is not there.
    ///
    /// # Errors
    /// Where the system refuses, or no key opens it.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        read_file(&self.file(name))
    }

    /// Writes one of the run's files, whole or not at all, encrypted where the run is.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        let recipients = self.recipients()?;
        if recipients.is_empty() {
            let path = self.path.join(name);
            write_whole(&path, bytes)?;
            return Ok(path);
        }
        let path = self.path.join(format!("{name}.{SEALED}"));
        let sealed = recipients.seal(bytes.to_vec());
        write_whole(&path, &sealed.map_err(StoreError::sealed(&path))?)?;
        Ok(path)
    }

    /// Its `results.json`, written last: where it is there, the run was judged.
    ///
    /// # Errors
    /// Where the system refuses, or no key opens it.
    pub fn read_results(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(RESULTS)
    }

    /// What the audit remembered of its devices after this run.
    ///
    /// # Errors
    /// Where the system refuses, no key opens it, or it holds something else.
    pub fn read_identities(&self) -> Result<Option<Vec<KnownAsset>>, StoreError> {
        let Some(bytes) = self.read(IDENTITIES)? else {
            return Ok(None);
        };
        let known = serde_json::from_slice(&bytes).map_err(|error| StoreError::Evidence {
            path: self.file(IDENTITIES),
            reason: error.to_string(),
        })?;
        Ok(Some(known))
    }

    /// The date at which it was judged.
    pub fn judged_at(&self) -> Option<Timestamp> {
        #[derive(serde::Deserialize)]
        struct Dated {
            as_of: Timestamp,
        }
        let results = self.read(RESULTS).ok()??;
        let dated: Dated = serde_json::from_slice(&results).ok()?;
        Some(dated.as_of)
    }

    /// Size and date of its `results.json`: another one where it was judged again.
    pub fn judged_stamp(&self) -> Option<String> {
        let file = fs::metadata(self.file(RESULTS)).ok()?;
        let written = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(format!("{} {}", file.len(), written.as_nanos()))
    }

    /// Whom its files are encrypted to; nobody: they are in clear.
    ///
    /// # Errors
    /// Where the system refuses, or the file holds something else.
    pub fn recipients(&self) -> Result<Recipients, StoreError> {
        let path = self.path.join(RECIPIENTS);
        if !path.is_file() {
            return Ok(Recipients::default());
        }
        let text = String::from_utf8_lossy(&read(&path)?).into_owned();
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        Recipients::parse(&lines).map_err(StoreError::sealed(&path))
    }
}

/// A file outside a run folder, opened where it is encrypted; nothing where it is not there.
///
/// # Errors
/// Where the system refuses, or no key opens it.
pub fn read_file(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(StoreError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a file of bounded size, opened where it is encrypted.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(StoreError::io("open", path))?;
    file.take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(StoreError::io("read", path))?;
    seal::open(bytes).map_err(StoreError::sealed(path))
}

/// Writes beside the file, then renames: a reader sees the old file or the new one.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let beside = path.with_extension("part");
    let write = || {
        let mut file = fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(StoreError::io("write", path))
}
