//! What is due to be retired: the same for every kind of target.
use super::plan::{Missing, Note};
use super::{Builder, Object};
use crate::export::Estate;

/// When devices that are no longer found are retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Complete runs in a row that must have missed a device.
    pub after_missed: u32,
    /// Most devices in a hundred that are retired at once.
    pub at_most_percent: u32,
}

/// Why nothing is retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The run did not see its whole scope.
    Incomplete,
    /// More than the policy allows: devices due, devices of the client in the target.
    TooMany(usize, usize),
}

impl Policy {
    /// Devices of earlier runs, and whether they are due.
    pub(super) fn missing(self, estate: &Estate) -> Vec<Missing> {
        let known = estate.missing.iter();
        known
            .map(|known| Missing {
                arpenteur_id: known.arpenteur_id,
                name: known.name.clone(),
                missed: known.missed,
                due: estate.complete && known.missed >= self.after_missed,
            })
            .collect()
    }

    /// The client's objects that are due and not retired yet: `id` reads our id of an object.
    pub(super) fn due<'a>(
        self,
        estate: &Estate,
        own: &[&'a Object],
        id: impl Fn(&Object) -> String,
        is_retired: impl Fn(&Object) -> bool,
        builder: &mut Builder<'_>,
    ) -> Result<Vec<(Missing, &'a Object)>, Refusal> {
        if !estate.complete {
            return Err(Refusal::Incomplete);
        }
        let mut due = Vec::new();
        for missing in self.missing(estate).into_iter().filter(|one| one.due) {
            let own_id = missing.arpenteur_id.to_string();
            match own.iter().find(|object| id(object) == own_id) {
                Some(object) => due.push((missing, *object)),
                None => builder.unplaced(Note::new("not-in-target", missing.name, &[])),
            }
        }
        due.retain(|(_, object)| !is_retired(object));
        if due.len() * 100 > own.len() * self.at_most_percent as usize {
            return Err(Refusal::TooMany(due.len(), own.len()));
        }
        Ok(due)
    }
}
