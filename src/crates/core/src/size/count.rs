//! Counts the estate: what was listed against what was declared.

use std::collections::BTreeMap;

use super::input::{Evidence, MAX_COUNT, SizedDevice, SizingError, SizingInput};
use crate::model::class::{ClassId, ClassTable, SizingLine};
use crate::model::estimate::{ClassCount, Input, InputId, Origin};

/// The class whose devices are users' workstations.
const WORKSTATION: &str = "workstation";

/// A number and where it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) value: u32,
    pub(super) origin: Origin,
}

impl Count {
    fn declared_or(declared: Option<u32>, default: u32) -> Self {
        match declared {
            Some(value) => Self {
                value,
                origin: Origin::Declared,
            },
            None => Self {
                value: default,
                origin: Origin::Default,
            },
        }
    }
}

/// The estate in numbers.
pub(super) struct Estate {
    /// Sized classes that occur, in the order of the class table.
    pub(super) counts: Vec<ClassCount>,
    /// Sizing line of each of `counts`.
    pub(super) lines: BTreeMap<ClassId, SizingLine>,
    pub(super) users: Count,
    pub(super) old_workstations: Count,
    pub(super) sites: Count,
    pub(super) third_parties: Count,
    /// Listed devices by evidence: authenticated, unauthenticated, declared, unknown.
    pub(super) authenticated: u32,
    pub(super) unauthenticated: u32,
    pub(super) declared_only: u32,
    pub(super) unknown: u32,
}

/// Running count of one class.
#[derive(Default)]
struct Tally {
    listed: u32,
    seen: u32,
    end_of_support: u32,
    third_party: u32,
}

impl Estate {
    pub(super) fn count(input: &SizingInput, classes: &ClassTable) -> Result<Self, SizingError> {
        check_bounds(input)?;
        let mut tallies: BTreeMap<&ClassId, Tally> = BTreeMap::new();
        let mut evidence = [0_u32; 4];
        let [authenticated, unauthenticated, declared_only, unknown] = &mut evidence;
        for device in &input.devices {
            let class = class_of(device, classes)?;
            let tally = tallies.entry(&device.class).or_default();
            if device.third_party {
                tally.third_party += 1;
                continue;
            }
            if class == SizingLine::None {
                continue;
            }
            tally.listed += 1;
            tally.end_of_support += u32::from(device.end_of_support);
            tally.seen += u32::from(device.evidence != Evidence::Declared);
            *match device.evidence {
                Evidence::Authenticated => &mut *authenticated,
                Evidence::Unauthenticated => &mut *unauthenticated,
                Evidence::Declared => &mut *declared_only,
                Evidence::Unknown => &mut *unknown,
            } += 1;
        }
        for class in input.declared.keys() {
            if classes.get(class.as_str()).is_none() {
                let of = "declared".to_owned();
                return Err(SizingError::UnknownClass {
                    class: class.clone(),
                    of,
                });
            }
        }
        let (mut counts, mut lines) = (Vec::new(), BTreeMap::new());
        for class in classes.iter() {
            let tally = tallies.remove(&class.id).unwrap_or_default();
            let declared = match class.line {
                SizingLine::None => None,
                _ => input.declared.get(&class.id).copied(),
            };
            *declared_only += declared.unwrap_or(0).saturating_sub(tally.listed);
            if tally.listed + tally.third_party + declared.unwrap_or(0) > 0 {
                lines.insert(class.id.clone(), class.line);
                counts.push(tally.into_count(class.id.clone(), declared));
            }
        }
        let third_party = counts.iter().any(|count| count.third_party > 0);
        let mut estate = Self {
            counts,
            lines,
            users: Count::declared_or(input.users, 0),
            old_workstations: Count::declared_or(input.old_workstations, 0),
            sites: Count::declared_or(input.sites, 1),
            third_parties: Count::declared_or(input.third_parties, u32::from(third_party)),
            authenticated: *authenticated,
            unauthenticated: *unauthenticated,
            declared_only: *declared_only,
            unknown: *unknown,
        };
        let workstations = estate.workstations();
        estate.users = Count::declared_or(input.users, workstations);
        estate.old_workstations.value = estate.old_workstations.value.min(workstations);
        Ok(estate)
    }

    /// Sized number of a class.
    pub(super) fn sized(&self, class: &str) -> u32 {
        let count = self
            .counts
            .iter()
            .find(|count| count.class.as_str() == class);
        count.map_or(0, |count| count.sized)
    }

    pub(super) fn workstations(&self) -> u32 {
        self.sized(WORKSTATION)
    }

    /// Listed devices that are sized.
    pub(super) fn in_scope(&self) -> u32 {
        self.counts.iter().map(|count| count.observed).sum()
    }

    pub(super) fn third_party_devices(&self) -> u32 {
        self.counts.iter().map(|count| count.third_party).sum()
    }

    pub(super) fn inputs(&self) -> Vec<Input> {
        let input = |id, count: Count| Input {
            id,
            value: count.value,
            origin: count.origin,
        };
        vec![
            input(InputId::Users, self.users),
            input(InputId::OldWorkstations, self.old_workstations),
            input(InputId::Sites, self.sites),
            input(InputId::ThirdParties, self.third_parties),
        ]
    }
}

impl Tally {
    fn into_count(self, class: ClassId, declared: Option<u32>) -> ClassCount {
        let sized = self.listed.max(declared.unwrap_or(0));
        let origin = if self.seen == sized {
            Origin::Observed
        } else {
            Origin::Declared
        };
        ClassCount {
            class,
            observed: self.listed,
            declared,
            sized,
            end_of_support: self.end_of_support,
            third_party: self.third_party,
            origin,
        }
    }
}

fn class_of(device: &SizedDevice, classes: &ClassTable) -> Result<SizingLine, SizingError> {
    match classes.get(device.class.as_str()) {
        Some(class) => Ok(class.line),
        None => Err(SizingError::UnknownClass {
            class: device.class.clone(),
            of: device.id.clone(),
        }),
    }
}

fn check_bounds(input: &SizingInput) -> Result<(), SizingError> {
    let length = |items: usize| Some(u32::try_from(items).unwrap_or(u32::MAX));
    let counts = [
        ("devices", length(input.devices.len())),
        ("findings", length(input.remediation.len())),
        ("users", input.users),
        ("workstations", input.old_workstations),
        ("sites", input.sites),
        ("third parties", input.third_parties),
    ];
    let declared = input
        .declared
        .iter()
        .map(|(class, count)| (class.as_str(), Some(*count)));
    for (what, count) in counts.into_iter().chain(declared) {
        if let Some(count) = count.filter(|count| *count > MAX_COUNT) {
            let (what, count) = (what.to_owned(), u64::from(count));
            return Err(SizingError::TooMany { what, count });
        }
    }
    Ok(())
}
