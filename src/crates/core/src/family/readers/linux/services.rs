//! What runs: units of systemd(1), and the names of processes where there is no systemd.
use super::Subject;
use super::answers::outcome;
use crate::family::readers::table::MOST_ROWS;
use crate::family::view::View;
use crate::model::{EvidenceId, UnreadReason};
use std::collections::{BTreeMap, BTreeSet};

const UNITS: &str = "systemctl list-units --type=service --all --no-legend --plain";
const UNIT_FILES: &str = "systemctl list-unit-files --no-legend";
/// Every process's name, cut after 15 letters by the kernel. Processes come and go meanwhile.
const PROCESSES: &str = "grep . /proc/[0-9]*/comm";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[UNITS, UNIT_FILES],
    guarded: &[],
    fuller: &[PROCESSES],
    read: |_, _| {},
};

/// What runs on the host, as far as it was told.
pub(super) struct Services {
    /// Whether a unit is active, by its name without `.service`.
    units: BTreeMap<String, bool>,
    /// Whether a unit starts by itself (`enabled`), by its whole name.
    enabled: BTreeMap<String, bool>,
    processes: BTreeSet<String>,
    /// Why the list may not be whole.
    open: Option<UnreadReason>,
    pub(super) evidence: Vec<EvidenceId>,
}

impl Services {
    /// Nothing where nobody asked.
    pub(super) fn of(view: &View<'_>) -> Option<Self> {
        let mut services = Self {
            units: BTreeMap::new(),
            enabled: BTreeMap::new(),
            processes: BTreeSet::new(),
            open: None,
            evidence: Vec::new(),
        };
        let units = outcome(view, UNITS);
        let whole = services.processes(view);
        if units.is_none() && services.evidence.is_empty() {
            return None;
        }
        match units {
            Some(Ok((text, id))) => {
                services.evidence.push(id);
                services.units = text.lines().filter_map(unit).take(MOST_ROWS).collect();
                if services.units.is_empty() {
                    services.open = Some(UnreadReason::ParseFailed);
                }
            }
            // No systemd: the processes are all there is.
            Some(Err((UnreadReason::Unsupported, _))) if whole => {}
            Some(Err((reason, _))) => services.open = Some(reason),
            None if whole => {}
            None => services.open = Some(UnreadReason::NotCollected),
        }
        // Files of units say nothing where no systemd runs that would start them.
        if !services.units.is_empty()
            && let Some(Ok((text, id))) = outcome(view, UNIT_FILES)
        {
            services.evidence.push(id);
            services.enabled = text.lines().filter_map(unit_file).take(MOST_ROWS).collect();
        }
        Some(services)
    }

    /// Takes the names of processes; whether it saw them all, which the first process (another
    /// account's, unless we are root) tells: `hidepid` of proc(5) hides it.
    fn processes(&mut self, view: &View<'_>) -> bool {
        let mut whole = false;
        for sudo in [false, true] {
            let Some((output, id)) = view.exec(PROCESSES, sudo) else {
                continue;
            };
            self.evidence.push(id.clone());
            for row in output.stdout.lines().take(MOST_ROWS) {
                if let Some((file, name)) = row.split_once(':') {
                    whole |= file == "/proc/1/comm" && !output.truncated;
                    self.processes.insert(name.trim().to_owned());
                }
            }
        }
        whole
    }

    /// Why that something is not in the lists says nothing.
    pub(super) fn open(&self) -> Option<UnreadReason> {
        self.open
    }

    /// Whether a unit or a process of this name runs; nothing where the host has neither.
    pub(super) fn state(&self, names: &[&str]) -> Option<bool> {
        let units = self.units.iter();
        // `clamd@scan` is an instance of `clamd@`.
        let same =
            |unit: &str, name: &str| unit == name || name.ends_with('@') && unit.starts_with(name);
        let units = units.filter(|(unit, _)| names.iter().any(|name| same(unit, name)));
        let unit = units.map(|(_, active)| *active).max();
        let cut = |name: &&str| {
            let cut: String = name.chars().take(15).collect();
            self.processes.contains(&cut)
        };
        if names.iter().any(cut) {
            Some(true)
        } else {
            unit
        }
    }

    /// Whether one of them runs; or why one that was not seen may have been missed.
    pub(super) fn running(&self, names: &[&str]) -> Result<bool, UnreadReason> {
        match (self.state(names), self.open) {
            (Some(state), _) => Ok(state),
            (None, None) => Ok(false),
            (None, Some(reason)) => Err(reason),
        }
    }

    /// Whether a unit starts by itself, by its whole name; nothing where units were not listed.
    pub(super) fn starts(&self, unit: &str) -> Option<bool> {
        let known = !self.enabled.is_empty();
        known.then(|| self.enabled.get(unit).copied().unwrap_or(false))
    }
}

/// `ssh.service loaded active running OpenBSD Secure Shell server`. A unit that others only
/// name is `not-found`.
fn unit(row: &str) -> Option<(String, bool)> {
    let mut words = row.split_whitespace();
    let name = words.find(|word| word.ends_with(".service"))?;
    let (load, active) = (words.next()?, words.next()?);
    let name = name.strip_suffix(".service")?.to_owned();
    let active = matches!(active, "active" | "reloading" | "activating");
    (load != "not-found").then_some((name, active))
}

/// `dnf-automatic.timer enabled disabled`.
fn unit_file(row: &str) -> Option<(String, bool)> {
    let mut words = row.split_whitespace();
    let (name, state) = (words.next()?, words.next()?);
    Some((
        name.to_owned(),
        state.starts_with("enabled") || state == "static",
    ))
}
