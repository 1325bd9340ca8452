//! Results beside published ratios. They are printed, never used.

use rust_decimal::Decimal;

use super::count::Estate;
use super::model::SizingModel;
use crate::model::estimate::{CrossCheck, CrossCheckId, Verdict};

/// The results that are compared.
pub(super) struct Results {
    pub(super) euros: Decimal,
    pub(super) full_time_equivalents: Option<Decimal>,
    /// Hours of L3 and L4.
    pub(super) reactive: Decimal,
    /// Euros.
    pub(super) transition: Decimal,
}

/// Every comparison, in the order printed.
pub(super) fn all(results: &Results, estate: &Estate, model: &SizingModel) -> Vec<CrossCheck> {
    let users = Decimal::from(estate.users.value);
    let classes = model.endpoint_classes.iter();
    let servers: u32 = classes.map(|class| estate.sized(class.as_str())).sum();
    let endpoints = Decimal::from(estate.workstations() + servers);
    let per_fte = |quantity: Decimal| {
        // No hour, no ratio.
        results
            .full_time_equivalents
            .and_then(|fte| quantity.checked_div(fte))
    };
    let values = [
        (CrossCheckId::PricePerUser, results.euros.checked_div(users)),
        (CrossCheckId::UsersPerFte, per_fte(users)),
        (CrossCheckId::EndpointsPerFte, per_fte(endpoints)),
        (
            CrossCheckId::ReactiveHoursPerEndpoint,
            results.reactive.checked_div(endpoints),
        ),
        (
            CrossCheckId::TransitionInMonthlyFees,
            results.transition.checked_div(results.euros),
        ),
    ];
    values
        .into_iter()
        .map(|(id, value)| compare(id, value, model))
        .collect()
}

fn compare(id: CrossCheckId, value: Option<Decimal>, model: &SizingModel) -> CrossCheck {
    let published = model.cross_checks.of(id);
    let verdict = match value {
        None => Verdict::NotComputable,
        Some(value) if value < published.low.0 => Verdict::Below,
        Some(value) if value > published.high.0 => Verdict::Above,
        Some(_) => Verdict::Within,
    };
    let remark = match verdict {
        Verdict::Below => published.below,
        Verdict::Above => published.above,
        Verdict::Within | Verdict::NotComputable => None,
    };
    CrossCheck {
        id,
        value,
        low: published.low.0,
        high: published.high.0,
        verdict,
        remark,
        source: published.source.clone(),
    }
}
