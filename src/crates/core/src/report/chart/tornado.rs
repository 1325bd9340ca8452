//! Which line of the sizing makes the price uncertain.

use super::{Scale, euros, line, rect, svg, text};
use crate::model::estimate::{Estimate, Line};
use crate::report::messages::Messages;
use crate::report::view::name_of;
use rust_decimal::Decimal;

const ROW: f64 = 34.0;
/// Room for the lines' names, and for figures on either side of the bars.
const LEFT: f64 = 330.0;
const WIDTH: f64 = 300.0;

/// One bar per line, from all its coefficients low to all high, around its likely value.
pub(in crate::report) fn draw(estimate: &Estimate, messages: &Messages) -> String {
    let lines: Vec<&Line> = estimate
        .sensitivity
        .iter()
        .filter_map(|id| estimate.line(*id))
        .filter(|line| line.euros.swing() > Decimal::ZERO)
        .collect();
    let below = |line: &&Line| line.euros.likely - line.euros.low;
    let above = |line: &&Line| line.euros.high - line.euros.likely;
    let most = |values: Vec<Decimal>| values.into_iter().max().unwrap_or_default();
    let low = -most(lines.iter().map(below).collect());
    let high = most(lines.iter().map(above).collect());
    let scale = Scale::new(low, high, LEFT, WIDTH);
    let mut body = String::new();
    let mut y = 8.0;
    for one in &lines {
        let id = name_of(one.id);
        let name = messages.word("line", &id).unwrap_or_default();
        let (from, to) = (scale.at(-below(one)), scale.at(above(one)));
        let label = format!("{} {name}", id.to_uppercase());
        body += &text(0.0, y + 15.0, "start", "label", &label);
        body += &rect(
            from,
            y,
            (scale.at(Decimal::ZERO) - from).max(0.0),
            20.0,
            "below",
        );
        body += &rect(
            scale.at(Decimal::ZERO),
            y,
            (to - scale.at(Decimal::ZERO)).max(0.0),
            20.0,
            "above",
        );
        let minus = signed('\u{2212}', below(one), messages);
        let plus = signed('+', above(one), messages);
        body += &text(from - 5.0, y + 15.0, "end", "figure", &minus);
        body += &text(to + 5.0, y + 15.0, "start", "figure", &plus);
        y += ROW;
    }
    let zero = scale.at(Decimal::ZERO);
    body += &line((zero, 0.0), (zero, y - 6.0), "mark");
    let rows = u32::try_from(lines.len()).unwrap_or(0);
    let title = messages.text("chart-tornado-title", &[]);
    svg("tornado", 720, rows * 34 + 8, &title, &body)
}

fn signed(sign: char, value: Decimal, messages: &Messages) -> String {
    format!("{sign}{}", euros(value, messages))
}
