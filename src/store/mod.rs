//! Runs on disk: `DIR/runs/<UTC time>-<id>/`, never overwritten, written so that a crash
//! loses nothing.

mod folder;
mod lock;
mod recording;

pub use folder::{AuditFolder, RunFolder, StoreError, read_file};
pub use lock::{Lock, LockError};
pub use recording::{Evidence, read_evidence, write_recording};
