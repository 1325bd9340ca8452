//! Failures by severity and effort of the fix.

use super::{rect, svg, text};
use crate::model::Severity;
use crate::report::messages::Messages;
use crate::report::view::{SEVERITIES, name_of};
use std::collections::BTreeMap;

const EFFORTS: [&str; 5] = ["S", "M", "L", "XL", "Project"];
const LEFT: f64 = 110.0;
const COLUMN: f64 = 122.0;
const ROW: f64 = 40.0;

/// A table of counts: severe findings that cost little stand at the upper left.
pub(in crate::report) fn draw(
    counts: &BTreeMap<(Severity, String), usize>,
    messages: &Messages,
) -> String {
    let mut body = String::new();
    let mut x = LEFT;
    let headings: Vec<String> = EFFORTS
        .iter()
        .map(|effort| messages.word("effort", effort).unwrap_or_default())
        .collect();
    for heading in &headings {
        body += &text(x + COLUMN / 2.0, 18.0, "middle", "label", heading);
        x += COLUMN;
    }
    let mut y = 28.0;
    for severity in SEVERITIES {
        let id = name_of(severity);
        let name = messages.word("severity", &id).unwrap_or_default();
        body += &text(LEFT - 12.0, y + 25.0, "end", "label", &name);
        let mut x = LEFT;
        for effort in EFFORTS {
            let key = (severity, effort.to_owned());
            let count = counts.get(&key).copied().unwrap_or(0);
            let class = if count == 0 { "none" } else { id.as_str() };
            body += &rect(
                x + 2.0,
                y,
                COLUMN - 4.0,
                ROW - 4.0,
                &format!("cell {class}"),
            );
            let (label, class) = if count == 0 {
                ("·".to_owned(), "zero")
            } else {
                (count.to_string(), "count")
            };
            body += &text(x + COLUMN / 2.0, y + 24.0, "middle", class, &label);
            x += COLUMN;
        }
        y += ROW;
    }
    svg(
        "grid",
        720,
        232,
        &messages.text("chart-grid-title", &[]),
        &body,
    )
}
