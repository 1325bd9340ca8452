//! Exit codes, one table.
use std::process::ExitCode;

/// How a command ended; the highest applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Complete, no finding at or above `--fail-on`.
    Complete = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// Could not run.
    CouldNotRun = 2,
    /// Incomplete, or a check ended in error.
    Incomplete = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
