//! Results for machines, one target per file; and findings as lines of a terminal.

mod csv;
mod estate;
mod json;
mod junit;
mod ledger;
mod mapping;
mod oscal;
mod sarif;
mod table;
mod verdict;

pub use csv::csv;
pub use estate::{Address, Cable, Device, Estate, Neighbour, Port};
pub use json::json;
pub use junit::junit;
pub use ledger::ledger_csv;
pub use mapping::{Field, Lifecycle, Mapping};
pub use oscal::oscal;
pub use sarif::sarif;
pub use table::{Wanted, table, table_json};
