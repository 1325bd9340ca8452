//! Visibility, 80 % interval and sensitivity.

use rust_decimal::{Decimal, MathematicalOps};

use super::count::Estate;
use super::model::IntervalModel;
use crate::model::estimate::{Interval, Line, LineId, Spread, Visibility};

/// V = weighted devices / (devices in scope + declared-only items), and w = 1 + (1 − V).
pub(super) fn visibility(estate: &Estate, model: &IntervalModel) -> Visibility {
    let weights = &model.weights.value;
    let counts = [
        (estate.authenticated, weights.authenticated),
        (estate.unauthenticated, weights.unauthenticated),
        (estate.declared_only, weights.declared),
        (estate.unknown, weights.unknown),
    ];
    let seen: Decimal = counts
        .iter()
        .map(|(count, weight)| Decimal::from(*count) * weight.0)
        .sum();
    let all: Decimal = counts.iter().map(|(count, _)| Decimal::from(*count)).sum();
    let v = seen.checked_div(all).unwrap_or_default();
    Visibility {
        authenticated: estate.authenticated,
        unauthenticated: estate.unauthenticated,
        declared_only: estate.declared_only,
        unknown: estate.unknown,
        v,
        widening: Decimal::TWO - v,
    }
}

/// E ± quantile·w·σ over independent lines, E and σ after the PERT approximation:
/// E = (L + 4M + H)/6, σ = (H − L)/6. `fee` is certain and shifts everything.
pub(super) fn interval(
    lines: &[Spread],
    fee: Decimal,
    widening: Decimal,
    quantile: Decimal,
) -> Interval {
    let total = lines
        .iter()
        .copied()
        .sum::<Spread>()
        .plus(Spread::fixed(fee));
    let six = Decimal::from(6);
    let expected = (total.low + Decimal::from(4) * total.likely + total.high) / six;
    let sigma = root_of_squares(lines.iter().map(|line| line.swing() / six));
    let widened_sigma = widening * sigma;
    let margin = quantile * widened_sigma;
    Interval {
        expected,
        sigma,
        widened_sigma,
        low: (expected - margin).max(Decimal::ZERO),
        likely: total.likely,
        high: expected + margin,
        envelope: total,
    }
}

/// √Σx², scaled by the largest term so that no square leaves the range of a decimal.
fn root_of_squares(values: impl Iterator<Item = Decimal> + Clone) -> Decimal {
    let largest = values.clone().max().unwrap_or_default();
    if largest.is_zero() {
        return Decimal::ZERO;
    }
    let sum: Decimal = values
        .map(|value| value / largest)
        .map(|ratio| ratio * ratio)
        .sum();
    largest * sum.sqrt().unwrap_or_default()
}

/// Lines by decreasing swing in euros; equal swings keep the order of the lines.
pub(super) fn sensitivity(lines: &[Line]) -> Vec<LineId> {
    let mut sorted: Vec<_> = lines.iter().collect();
    sorted.sort_by(|a, b| b.euros.swing().cmp(&a.euros.swing()).then(a.id.cmp(&b.id)));
    sorted.into_iter().map(|line| line.id).collect()
}
