//! What the sizing is told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::class::{ClassId, Criticality};
use crate::model::estimate::{Coverage, Effort};

/// Most of anything that is counted: users, sites, devices of one class… It keeps the arithmetic
/// within a decimal's range, whatever a file declares.
pub const MAX_COUNT: u32 = 100_000;

/// How well a device is known, which weighs it in the visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Read with credentials.
    Authenticated,
    /// Recognised from what it shows to everyone.
    Unauthenticated,
    /// Known by declaration only.
    Declared,
    /// Seen but not recognised.
    Unknown,
}

/// One device of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizedDevice {
    /// Its stable identifier.
    pub id: String,
    /// Its class.
    pub class: ClassId,
    /// Its role (`core`, `directory`, `backup`…), which may change its service class.
    pub role: Option<String>,
    /// Managed by a third party: counted apart and never sized.
    pub third_party: bool,
    /// Hardware or operating system past its end of support.
    pub end_of_support: bool,
    /// Declared service class; the stricter of this and the inferred one holds.
    pub criticality: Option<Criticality>,
    /// Declared coverage, when other than that of the estate.
    pub coverage: Option<Coverage>,
    /// How well it is known.
    pub evidence: Evidence,
}

/// A finding to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemediationItem {
    /// The check that failed.
    pub check: String,
    /// The device; `None` for a check of the whole estate.
    pub device: Option<String>,
    /// Size of the fix.
    pub effort: Effort,
}

/// All inputs. `None` means neither observed nor declared: the default then holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizingInput {
    /// Devices listed one by one, observed or declared.
    pub devices: Vec<SizedDevice>,
    /// Number declared for a class, third parties' devices apart. The larger of this and the
    /// number listed is sized.
    pub declared: BTreeMap<ClassId, u32>,
    /// People served; default: one per workstation.
    pub users: Option<u32>,
    /// Workstations older than 4 years; default: none.
    pub old_workstations: Option<u32>,
    /// Sites; default: one.
    pub sites: Option<u32>,
    /// Third parties to coordinate; default: one when some device is a third party's.
    pub third_parties: Option<u32>,
    /// Whether the client asked for on-call on class A, or declined it; default: it follows from
    /// the coverage.
    pub on_call: Option<bool>,
    /// Coverage of the estate; default: business hours.
    pub coverage: Option<Coverage>,
    /// Whether a restore from backup was demonstrated.
    pub restore_demonstrated: bool,
    /// Whether the ticket figures of the model come from the client's own history.
    pub ticket_history: bool,
    /// Failed checks to mend, waived and unknown ones left out. A (check, device) given twice
    /// counts once, with its larger effort.
    pub remediation: Vec<RemediationItem>,
}

/// Why an estate cannot be sized.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SizingError {
    /// A class that the class table does not hold.
    #[error("class `{class}` of `{of}` is not in models/classes.yaml")]
    UnknownClass {
        /// The class.
        class: ClassId,
        /// Device, or `declared`.
        of: String,
    },
    /// A count beyond [`MAX_COUNT`].
    #[error("{count} {what}: at most {MAX_COUNT} are sized")]
    TooMany {
        /// What is counted.
        what: String,
        /// How many.
        count: u64,
    },
}
