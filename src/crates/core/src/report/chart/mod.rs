//! Charts as inline SVG, every value also written in words. Colours and fonts come from the
//! page's style sheet by class.

pub(super) mod grid;
pub(super) mod interval;
pub(super) mod network;
pub(super) mod tornado;

use super::escape;
use super::messages::Messages;
use crate::size::format;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A drawing that a screen reader announces by `title`.
fn svg(class: &str, width: u32, height: u32, title: &str, body: &str) -> String {
    let title = escape::html(title);
    format!(
        "<svg class=\"chart {class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"{title}\" xmlns=\"http://www.w3.org/2000/svg\">{body}</svg>"
    )
}

/// A label; `anchor` is `start`, `middle` or `end`.
fn text(x: f64, y: f64, anchor: &str, class: &str, label: &str) -> String {
    let label = escape::html(label);
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{label}</text>"
    )
}

/// A filled rectangle.
fn rect(x: f64, y: f64, width: f64, height: f64, class: &str) -> String {
    format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"{class}\"/>"
    )
}

/// A straight line.
fn line(from: (f64, f64), to: (f64, f64), class: &str) -> String {
    format!(
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" class=\"{class}\"/>",
        from.0, from.1, to.0, to.1
    )
}

/// Maps values onto a horizontal stretch of the drawing.
struct Scale {
    low: f64,
    span: f64,
    left: f64,
    width: f64,
}

impl Scale {
    /// `low` lies at `left`, `high` at `left + width`; equal bounds lie in the middle.
    fn new(low: Decimal, high: Decimal, left: f64, width: f64) -> Self {
        let low = low.to_f64().unwrap_or(0.0);
        let span = high.to_f64().unwrap_or(0.0) - low;
        Self {
            low,
            span,
            left,
            width,
        }
    }

    fn at(&self, value: Decimal) -> f64 {
        if self.span <= 0.0 {
            return self.left + self.width / 2.0;
        }
        let share = (value.to_f64().unwrap_or(0.0) - self.low) / self.span;
        self.left + share.clamp(0.0, 1.0) * self.width
    }
}

fn euros(value: Decimal, messages: &Messages) -> String {
    format::whole_euros(value, messages.figures())
}
