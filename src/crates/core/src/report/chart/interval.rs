//! The monthly price: 80 % interval inside the envelope.

use super::{Scale, euros, line, rect, svg, text};
use crate::model::estimate::Interval;
use crate::report::messages::Messages;

const WIDTH: f64 = 720.0;
const MARGIN: f64 = 56.0;

/// Draws low, likely and high on one axis. Labels stand on three lines, so that they cannot
/// overlap however near the values are.
pub(in crate::report) fn draw(interval: &Interval, messages: &Messages) -> String {
    let low = interval.envelope.low.min(interval.low);
    let high = interval.envelope.high.max(interval.high);
    let scale = Scale::new(low, high, MARGIN, WIDTH - 2.0 * MARGIN);
    let word = |key: &str| messages.text(key, &[]);
    let (from, to) = (scale.at(interval.low), scale.at(interval.high));
    let likely = scale.at(interval.likely);
    let mut body = String::new();
    body += &line((MARGIN, 62.0), (WIDTH - MARGIN, 62.0), "axis");
    for end in [MARGIN, WIDTH - MARGIN] {
        body += &line((end, 56.0), (end, 68.0), "axis");
    }
    body += &rect(from, 50.0, (to - from).max(2.0), 24.0, "band");
    body += &line((likely, 44.0), (likely, 80.0), "mark");
    let title = format!(
        "{} {}",
        word("chart-likely"),
        euros(interval.likely, messages)
    );
    body += &text(clamp(likely, &title), 34.0, "middle", "strong", &title);
    let gap = 8.0;
    let bounds = format!("{} {}", word("chart-low"), euros(interval.low, messages));
    body += &text((from - gap).max(110.0), 96.0, "middle", "label", &bounds);
    let bounds = format!("{} {}", word("chart-high"), euros(interval.high, messages));
    body += &text(
        (to + gap).min(WIDTH - 110.0),
        96.0,
        "middle",
        "label",
        &bounds,
    );
    let ends = [
        ("start", 0.0, interval.envelope.low, "chart-all-low"),
        ("end", WIDTH, interval.envelope.high, "chart-all-high"),
    ];
    for (anchor, x, value, key) in ends {
        let label = format!("{} {}", word(key), euros(value, messages));
        body += &text(x, 118.0, anchor, "faint", &label);
    }
    let title = messages.text(
        "chart-interval-title",
        &[
            ("low", (&euros(interval.low, messages)).into()),
            ("likely", (&euros(interval.likely, messages)).into()),
            ("high", (&euros(interval.high, messages)).into()),
        ],
    );
    svg("interval", 720, 126, &title, &body)
}

/// Keeps a centred label inside the drawing.
fn clamp(x: f64, label: &str) -> f64 {
    let half = f64::from(u32::try_from(label.chars().count()).unwrap_or(0)) * 6.0;
    x.max(half).min(WIDTH - half)
}
