//! The host's own clock, by which ages on it are counted.
use super::Subject;
use super::answers::outcome;
use crate::family::view::View;
use crate::model::EvidenceId;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;

const DATE: &str = "date +%Y-%m-%dT%H:%M:%S%z";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[DATE],
    guarded: &[],
    fuller: &[],
    read: |_, _| {},
};

/// What time it is there.
pub(super) struct Now {
    pub(super) instant: Timestamp,
    /// As its log files write it.
    local: DateTime,
    pub(super) id: EvidenceId,
}

impl Now {
    pub(super) fn of(view: &View<'_>) -> Option<Self> {
        let (text, id) = outcome(view, DATE)?.ok()?;
        let parts = strtime::parse("%Y-%m-%dT%H:%M:%S%z", text.trim()).ok()?;
        Some(Self {
            instant: parts.to_timestamp().ok()?,
            local: parts.to_datetime().ok()?,
            id,
        })
    }

    /// Whole days since a second of the epoch; nothing of the future.
    pub(super) fn days_since(&self, second: i64) -> Option<u32> {
        days(self.instant.as_second().checked_sub(second)?)
    }

    /// Whole days since a local time; nothing of the future.
    pub(super) fn days_since_local(&self, then: DateTime) -> Option<u32> {
        days(self.local.duration_since(then).as_secs())
    }
}

fn days(seconds: i64) -> Option<u32> {
    // A file written while we ask is not of the future.
    const SLACK: i64 = 3600;
    let seconds = if (-SLACK..0).contains(&seconds) {
        0
    } else {
        seconds
    };
    u32::try_from(seconds.div_euclid(86_400)).ok()
}

/// An instant as facts write it.
pub(super) fn written(second: i64) -> Option<String> {
    Timestamp::from_second(second)
        .ok()
        .map(|instant| instant.to_string())
}
