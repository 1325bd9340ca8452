//! Runs on disk: `DIR/runs/<UTC time>-<id>/`, never overwritten, written so that a crash
//! loses nothing.

mod folder;
mod index;
mod lock;
mod recording;

pub use folder::{AuditFolder, RunFolder, StoreError, read_file};
pub use index::{Index, IndexError, Indexed, IndexedRun, Past, Place};
pub use lock::{Lock, LockError};
pub use recording::{Evidence, read_evidence, write_recording};
