//! Results for machines, one target per file.

mod csv;
mod json;
mod ledger;

pub use csv::csv;
pub use json::json;
pub use ledger::ledger_csv;
