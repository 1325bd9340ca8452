//! The audit folder and its run folders.
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;
use uuid::Uuid;

/// File names of an audit folder.
const AUDIT: &str = "audit.yaml";
const RUNS: &str = "runs";
const LATEST: &str = "latest";
/// File names of a run folder.
const JOURNAL: &str = "journal.jsonl";
const RECORDING: &str = "recording.jsonl.gz";
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

    /// A new run folder, named by its start.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn new_run(&self, started: Timestamp) -> Result<RunFolder, StoreError> {
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
        Ok(RunFolder { path })
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
        self.path.join(RECORDING)
    }

    /// Another file of the run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes one of the run's files, whole or not at all.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        let path = self.file(name);
        write_whole(&path, bytes)?;
        Ok(path)
    }
}

/// Reads a file of bounded size.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(StoreError::io("open", path))?;
    file.take(LARGEST)
        .read_to_end(&mut bytes)
        .map_err(StoreError::io("read", path))?;
    Ok(bytes)
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
