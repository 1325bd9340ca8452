//! Results for machines, one target per file; and findings as lines of a terminal.

mod ansible;
mod csv;
mod cyclonedx;
mod estate;
mod glpi;
mod json;
mod junit;
mod ledger;
mod mapping;
mod ocsf;
mod oscal;
mod prometheus;
mod sarif;
mod table;
mod tree;
mod verdict;

pub use ansible::ansible;
pub use csv::csv;
pub use cyclonedx::cyclonedx;
pub use estate::{Address, Cable, Device, Estate, Neighbour, Port};
pub use glpi::{GlpiMessage, glpi};
pub use json::json;
pub use junit::junit;
pub use ledger::ledger_csv;
pub use mapping::{Field, Lifecycle, Mapping};
pub use ocsf::ocsf;
pub use oscal::oscal;
pub use prometheus::prometheus;
pub use sarif::sarif;
pub use table::{Wanted, table, table_json};
pub use tree::File;
