//! Everything, as versioned JSON.

use crate::model::RunResults;

/// The results, indented, with sorted keys: the same results give the same bytes. `version` is
/// [`RESULTS_VERSION`](crate::model::RESULTS_VERSION).
#[must_use]
pub fn json(results: &RunResults) -> String {
    // Serialization can fail only on map keys that are no text, and the results have none.
    let mut tree = serde_json::to_value(results).unwrap_or_else(
        |error| serde_json::json!({"version": results.version, "error": error.to_string()}),
    );
    tree.sort_all_objects();
    format!("{tree:#}\n")
}
