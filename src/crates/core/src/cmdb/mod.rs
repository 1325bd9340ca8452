//! What would be written to a configuration database, as a plan: pure, the same bytes for the
//! same estate and the same state of the target. One file (or folder) per kind of target.
pub mod glpi;
pub mod itop;
mod matching;
mod merge;
pub mod netbox;
mod networks;
mod objects;
mod plan;
mod retire;
mod words;
mod written;

pub use merge::{Builder, Object, Rule, Wanted, same};
pub use objects::Objects;
pub use plan::{Action, Change, Find, Kept, Missing, Note, Operation, Plan, Purpose, references};
pub use retire::{Policy, Refusal};
pub use written::Written;
