//! One run at a time in an audit folder.
use jiff::Timestamp;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use thiserror::Error;

/// Why the folder cannot be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another run holds it.
    #[error(
        "another run is under way in this folder: {holder}\nhelp: wait for it, or stop it with Ctrl-C where it runs"
    )]
    Held {
        /// Process id and start of the other run.
        holder: String,
    },
    /// The system refuses.
    #[error("cannot lock the audit folder: {0}")]
    Io(#[from] std::io::Error),
}

/// Held for the length of a run; the system releases it even after a crash.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Locks the folder of runs.
    ///
    /// # Errors
    /// Where another run holds it.
    pub fn take(runs: &Path, now: Timestamp) -> Result<Self, LockError> {
        fs::create_dir_all(runs)?;
        let path = runs.join(".lock");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.take(200).read_to_string(&mut holder)?;
                return Err(LockError::Held {
                    holder: holder.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "pid {}, started {now}", std::process::id())?;
        file.flush()?;
        Ok(Self { _file: file })
    }
}
