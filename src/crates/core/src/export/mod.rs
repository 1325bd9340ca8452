//! Results for machines, one target per file.

mod csv;
mod json;

pub use csv::csv;
pub use json::json;
