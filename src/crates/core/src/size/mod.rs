//! Converts inventory and outcomes into workload and price.
//!
//! [`estimate`] is a pure function of a [`SizingInput`], a [`SizingModel`] (`models/sizing.yaml`)
//! and the [`ClassTable`] (`models/classes.yaml`). It holds no coefficient: all stand in the
//! model. Arithmetic is exact decimal, unrounded until [`format`] prints it.
//!
//! Recurring work, transition and remediation never mix: the transition is computed without
//! access to the findings.

mod compare;
mod count;
pub mod format;
mod input;
mod interval;
mod lines;
pub mod model;
mod once;
mod service;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

pub use input::{Evidence, MAX_COUNT, RemediationItem, SizedDevice, SizingError, SizingInput};
pub use model::SizingModel;

use crate::model::class::ClassTable;
use crate::model::estimate::{
    Estimate, IntervalReason, Level, Line, LineId, NotSeen, OnCall, Profile, ProfileShare,
    ScopeTotal, Spread, Visibility,
};
use count::Estate;

/// Sizes an estate.
///
/// The result does not depend on the order of the devices.
///
/// # Errors
/// A class that the table does not hold; more than [`MAX_COUNT`] of anything.
pub fn estimate(
    input: &SizingInput,
    model: &SizingModel,
    classes: &ClassTable,
) -> Result<Estimate, SizingError> {
    let estate = Estate::count(input, classes)?;
    let service_levels = service::levels(input, &estate, model, classes);
    let (needed, reason, devices) = service::on_call(input, &estate, classes);
    let (lines, tickets) = lines::all(&estate, model, devices);

    let fee = if needed {
        model.on_call.fee.0
    } else {
        Decimal::ZERO
    };
    let hours_lines: Vec<Spread> = lines.iter().map(|line| line.hours).collect();
    let euros_lines: Vec<Spread> = lines.iter().map(|line| line.euros).collect();
    let visibility = interval::visibility(&estate, &model.interval);
    let spread = |lines: &[Spread], fee| {
        interval::interval(lines, fee, visibility.widening, model.interval.quantile.0)
    };
    let hours_interval = spread(&hours_lines, Decimal::ZERO);
    let euros_interval = spread(&euros_lines, fee);
    let (hours, euros) = (hours_interval.likely, euros_interval.likely);
    let full_time = model.full_time.month_hours.value.0 * model.full_time.utilisation.value.0;
    let full_time_equivalents = hours.checked_div(full_time);

    let transition = once::transition(&estate, model);
    let on_call = on_call(&lines, needed, reason, devices, fee);
    let cross_checks = compare::all(
        &compare::Results {
            euros,
            full_time_equivalents,
            reactive: likely(&lines, LineId::L3) + likely(&lines, LineId::L4),
            transition: transition.euros.likely,
        },
        &estate,
        model,
    );
    Ok(Estimate {
        model_sha256: model.sha256.clone(),
        in_scope: estate.in_scope(),
        third_party_devices: estate.third_party_devices(),
        inputs: estate.inputs(),
        tickets,
        levels: levels(&lines),
        profiles: profiles(&lines, model),
        hours,
        euros,
        full_time_equivalents,
        hours_interval,
        euros_interval,
        interval_reasons: interval_reasons(input, &visibility, model),
        visibility,
        sensitivity: interval::sensitivity(&lines),
        scopes: scopes(&lines, model, fee),
        service_levels,
        transition,
        remediation: once::remediation(&input.remediation, model),
        cross_checks,
        not_seen: NotSeen::ALL.to_vec(),
        counts: estate.counts,
        on_call,
        lines,
    })
}

fn likely(lines: &[Line], id: LineId) -> Decimal {
    lines
        .iter()
        .filter(|line| line.id == id)
        .map(|line| line.hours.likely)
        .sum()
}

fn levels(lines: &[Line]) -> BTreeMap<Level, Decimal> {
    let mut levels = BTreeMap::new();
    for (level, hours) in lines.iter().flat_map(|line| &line.levels) {
        *levels.entry(*level).or_default() += hours.likely;
    }
    levels
}

fn profiles(lines: &[Line], model: &SizingModel) -> Vec<ProfileShare> {
    let mut hours = BTreeMap::new();
    for (level, level_hours) in levels(lines) {
        // Call-outs have their own rate and their own row.
        if level != Level::OnCall {
            once::add_shares(&mut hours, model.levels.of(level), level_hours);
        }
    }
    priced(hours, model)
}

/// Hours by profile, priced.
fn priced(hours: BTreeMap<Profile, Decimal>, model: &SizingModel) -> Vec<ProfileShare> {
    let price = |(profile, hours)| ProfileShare {
        profile,
        hours,
        euros: hours * model.rates.of(profile),
    };
    hours.into_iter().map(price).collect()
}

fn on_call(
    lines: &[Line],
    needed: bool,
    reason: crate::model::estimate::OnCallReason,
    devices: u32,
    fee: Decimal,
) -> OnCall {
    let line = lines.iter().find(|line| line.id == LineId::L9);
    let (hours, euros) = line.map_or_else(Default::default, |line| (line.hours, line.euros));
    OnCall {
        needed,
        reason,
        devices,
        hours: hours.likely,
        fee,
        euros: euros.likely + fee,
    }
}

fn scopes(lines: &[Line], model: &SizingModel, fee: Decimal) -> Vec<ScopeTotal> {
    let mut totals = Vec::new();
    for scope in &model.scopes {
        let (mut hours, mut euros) = (Decimal::ZERO, Decimal::ZERO);
        for part in &scope.lines {
            let Some(line) = lines.iter().find(|line| line.id == part.line) else {
                continue;
            };
            for (level, spread) in &line.levels {
                if part
                    .levels
                    .as_ref()
                    .is_none_or(|levels| levels.contains(level))
                {
                    hours += spread.likely;
                    euros += spread.likely * model.rate(*level);
                }
            }
            if part.line == LineId::L9 {
                euros += fee;
            }
        }
        totals.push(ScopeTotal {
            id: scope.id.value.clone(),
            hours,
            euros,
        });
    }
    totals
}

fn interval_reasons(
    input: &SizingInput,
    visibility: &Visibility,
    model: &SizingModel,
) -> Vec<IntervalReason> {
    let mut reasons = Vec::new();
    let not_authenticated = visibility.unauthenticated + visibility.unknown;
    if not_authenticated > 0 {
        reasons.push(IntervalReason::NotAuthenticated(not_authenticated));
    }
    if visibility.declared_only > 0 {
        reasons.push(IntervalReason::DeclaredOnly(visibility.declared_only));
    }
    if !input.ticket_history {
        reasons.push(IntervalReason::NoTicketHistory);
    }
    let assumed = model.assumed_coefficients();
    if assumed > 0 {
        reasons.push(IntervalReason::AssumedCoefficients(assumed));
    }
    reasons
}
