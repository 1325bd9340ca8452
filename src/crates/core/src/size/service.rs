//! GTI and GTR classes, and whether on-call is needed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::count::Estate;
use super::input::{SizedDevice, SizingInput};
use super::model::SizingModel;
use crate::model::class::{ClassTable, Criticality, SizingLine};
use crate::model::estimate::{
    Coverage, DeviceLevel, OnCallReason, Origin, ServiceLevel, ServiceLevels, TenableReason,
};

/// Service levels of the estate.
pub(super) fn levels(
    input: &SizingInput,
    estate: &Estate,
    model: &SizingModel,
    classes: &ClassTable,
) -> ServiceLevels {
    let mut devices: Vec<_> = input
        .devices
        .iter()
        .filter_map(|device| level(device, model, classes))
        .collect();
    devices.sort_by(|a, b| a.id.cmp(&b.id));
    let (mut recommended, mut tenable) = (BTreeMap::new(), BTreeMap::new());
    for device in &devices {
        *recommended.entry(device.recommended).or_insert(0) += 1;
        *tenable.entry(device.tenable).or_insert(0) += 1;
    }
    for (class, excess) in declared_excess(estate, classes) {
        *recommended.entry(class).or_insert(0) += excess;
        *tenable.entry(class).or_insert(0) += excess;
    }
    let coverage = input.coverage.unwrap_or(Coverage::BusinessHours);
    let service_hours = model.coverage.of(coverage);
    let terms = |class: Criticality| {
        let terms = model.service_levels.of(class);
        let availability = terms.availability.as_ref().map(|figure| figure.value.0);
        ServiceLevel {
            class,
            gti_minutes: terms.gti_minutes.0,
            gtr_hours: terms.gtr_hours.map(|figure| figure.0),
            availability,
            allowed_downtime: availability.map(|a| (Decimal::ONE - a) * service_hours),
            recommended: recommended.get(&class).copied().unwrap_or(0),
            tenable: tenable.get(&class).copied().unwrap_or(0),
        }
    };
    ServiceLevels {
        service_hours,
        coverage,
        coverage_origin: input.coverage.map_or(Origin::Default, |_| Origin::Declared),
        levels: Criticality::ALL.into_iter().map(terms).collect(),
        devices,
        restore_reserve: !input.restore_demonstrated,
    }
}

/// Devices declared beyond those listed, with their class's default.
fn declared_excess<'e>(
    estate: &'e Estate,
    classes: &'e ClassTable,
) -> impl Iterator<Item = (Criticality, u32)> + 'e {
    estate.counts.iter().filter_map(|count| {
        let class = classes
            .get(count.class.as_str())?
            .inferred_criticality(None)?;
        Some((class, count.sized - count.observed.min(count.sized)))
    })
}

/// max(declared, inferred); `None` for what has no service level of ours.
fn recommended(device: &SizedDevice, classes: &ClassTable) -> Option<(Criticality, Origin)> {
    let class = classes.get(device.class.as_str())?;
    if device.third_party || class.line == SizingLine::None {
        return None;
    }
    let inferred = class.inferred_criticality(device.role.as_deref());
    if device.criticality > inferred {
        return Some((device.criticality?, Origin::Declared));
    }
    Some((inferred?, Origin::Default))
}

fn level(device: &SizedDevice, model: &SizingModel, classes: &ClassTable) -> Option<DeviceLevel> {
    let (recommended, origin) = recommended(device, classes)?;
    let cap = model.end_of_support_cap;
    let blocked = device.end_of_support && recommended > cap;
    Some(DeviceLevel {
        id: device.id.clone(),
        recommended,
        origin,
        tenable: if blocked { cap } else { recommended },
        reasons: if blocked {
            vec![TenableReason::EndOfSupport]
        } else {
            Vec::new()
        },
    })
}

/// Whether on-call is needed, why, and for how many class-A devices.
pub(super) fn on_call(
    input: &SizingInput,
    estate: &Estate,
    classes: &ClassTable,
) -> (bool, OnCallReason, u32) {
    if input.on_call == Some(false) {
        return (false, OnCallReason::Declined, 0);
    }
    let requested = input.on_call == Some(true);
    let beyond = |coverage: Option<Coverage>| {
        requested
            || coverage
                .or(input.coverage)
                .is_some_and(|c| c > Coverage::BusinessHours)
    };
    let covered = |device: &&SizedDevice| {
        let class = recommended(device, classes).map(|(class, _)| class);
        class == Some(Criticality::A) && beyond(device.coverage)
    };
    let mut devices = u32::try_from(input.devices.iter().filter(covered).count()).unwrap_or(0);
    if beyond(None) {
        let excess = declared_excess(estate, classes);
        devices += excess
            .filter(|(class, _)| *class == Criticality::A)
            .map(|(_, n)| n)
            .sum::<u32>();
    }
    match (devices, requested) {
        (0, _) => (false, OnCallReason::NotNeeded, 0),
        (_, true) => (true, OnCallReason::Requested, devices),
        (_, false) => (true, OnCallReason::Coverage, devices),
    }
}
