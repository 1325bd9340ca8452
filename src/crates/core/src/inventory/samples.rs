//! Loads over time: each judged run leaves a sample of every device, and enough of them give a
//! 95th percentile. One look at a device says nothing of its busy hours.
use super::around::{by_inventory, path};
use crate::model::{Asset, AssetState, Facts, Inventory, Provenance, UnreadReason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Samples from which on a 95th percentile means something: one in twenty lies above it.
const ENOUGH: usize = 20;
/// Longest time between two counters that still gives a load: one busy hour disappears in more.
const LONGEST_GAP_SECONDS: i64 = 86_400;

/// One run's samples, by device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Samples {
    /// When they were taken.
    pub at: Timestamp,
    /// Devices by `arpenteur_id`.
    pub devices: BTreeMap<Uuid, Sample>,
}

/// What one run saw of a device's load.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sample {
    /// Load of the processors in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cpu: Option<u32>,
    /// Memory in use in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory: Option<u32>,
    /// Octets received and sent so far, by interface.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    octets: BTreeMap<String, (u64, u64)>,
}

impl Samples {
    /// The samples that an inventory gives.
    pub fn of(inventory: &Inventory, at: Timestamp) -> Self {
        let observed = inventory.assets.iter();
        let observed = observed.filter(|asset| asset.state == AssetState::Observed);
        let devices = observed.filter_map(|asset| {
            let sample = Sample::of(&asset.sheet.facts().ok()?);
            (sample != Sample::default()).then_some((asset.arpenteur_id, sample))
        });
        Self {
            at,
            devices: devices.collect(),
        }
    }
}

impl Sample {
    fn of(facts: &Facts) -> Self {
        let capacity = &facts.capacity;
        let memory = capacity.memory_total.zip(capacity.memory_available);
        let used = memory.and_then(|(total, free)| {
            let used = u128::from(total.checked_sub(free)?);
            u32::try_from((used * 100).checked_div(u128::from(total))?).ok()
        });
        let octets = facts.interfaces.iter().filter_map(|interface| {
            let counters = interface.in_octets.zip(interface.out_octets)?;
            Some((interface.name.clone(), counters))
        });
        Self {
            cpu: capacity.cpu_load,
            memory: used,
            octets: octets.collect(),
        }
    }
}

/// Writes the percentiles of each asset, or that there are too few samples.
pub(super) fn percentiles(assets: &mut [Asset], history: &[Samples], now: Timestamp) {
    for asset in assets
        .iter_mut()
        .filter(|asset| asset.state == AssetState::Observed)
    {
        let Ok(facts) = asset.sheet.facts() else {
            continue;
        };
        let of_asset = |samples: &'_ Samples| {
            let sample = samples.devices.get(&asset.arpenteur_id)?;
            Some((samples.at, sample.clone()))
        };
        let mut samples: Vec<(Timestamp, Sample)> = history
            .iter()
            .filter(|samples| samples.at < now)
            .filter_map(of_asset)
            .collect();
        samples.push((now, Sample::of(&facts)));
        samples.sort_by_key(|(at, _)| *at);
        let cpu = samples.iter().filter_map(|(_, sample)| sample.cpu);
        let memory = samples.iter().filter_map(|(_, sample)| sample.memory);
        let (cpu, memory) = (percentile(cpu.collect()), percentile(memory.collect()));
        for (fact, behind, value) in [
            ("capacity.cpu_p95", "capacity.cpu_load", cpu),
            ("capacity.memory_p95", "capacity.memory_available", memory),
        ] {
            match (asset.sheet.unread(&path(behind)), value) {
                // A device that tells its load now will have samples one day.
                (None, Some(value)) => asset.sheet.set(&path(fact), json!(value), by_inventory()),
                (unread, _) => {
                    let reason = unread.unwrap_or(UnreadReason::NotEnoughSamples);
                    asset
                        .sheet
                        .set_unread(&path(fact), reason, Provenance::default());
                }
            }
        }
        interfaces(asset, &facts, &samples);
    }
}

fn interfaces(asset: &mut Asset, facts: &Facts, samples: &[(Timestamp, Sample)]) {
    let list = path("interfaces");
    for (place, interface) in facts.interfaces.iter().enumerate() {
        if interface.in_octets.is_none() {
            continue;
        }
        let loads = interface
            .speed
            .map(|speed| loads(&interface.name, speed, samples));
        let value = loads.and_then(percentile);
        let Some(value) = value else {
            let at = list.item(&interface.name).field("utilisation_p95");
            let reason = UnreadReason::NotEnoughSamples;
            asset
                .sheet
                .set_item_unread(&at, reason, Provenance::default());
            continue;
        };
        if let Some(Value::Array(items)) = asset.sheet.value_mut(&list)
            && let Some(Value::Object(item)) = items.get_mut(place)
        {
            item.insert("utilisation_p95".to_owned(), json!(value));
        }
    }
}

/// Loads of an interface in percent of its speed, in the busier direction, one per pair of
/// samples that follow each other. A counter that fell was reset: that pair says nothing.
fn loads(name: &str, speed: u64, samples: &[(Timestamp, Sample)]) -> Vec<u32> {
    let pairs = samples.iter().zip(samples.iter().skip(1));
    let load = |((from, before), (to, after)): (&(Timestamp, Sample), &(Timestamp, Sample))| {
        let (old, new) = (before.octets.get(name)?, after.octets.get(name)?);
        let busier = new.0.checked_sub(old.0)?.max(new.1.checked_sub(old.1)?);
        let seconds = to.as_second() - from.as_second();
        if !(1..=LONGEST_GAP_SECONDS).contains(&seconds) || speed == 0 {
            return None;
        }
        let bits = u128::from(busier) * 8;
        let capacity = u128::from(speed) * u128::from(seconds.unsigned_abs());
        u32::try_from(bits * 100 / capacity).ok()
    };
    pairs.filter_map(load).collect()
}

/// The 95th percentile by the nearest rank; `None` for too few values.
fn percentile(mut values: Vec<u32>) -> Option<u32> {
    if values.len() < ENOUGH {
        return None;
    }
    values.sort_unstable();
    let rank = (values.len() * 95).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(octets: u64) -> Sample {
        Sample {
            octets: [("Gi1".to_owned(), (octets, 0))].into(),
            ..Sample::default()
        }
    }

    #[test]
    fn nineteen_values_are_too_few_and_the_rank_is_the_nearest() {
        assert_eq!(percentile((1..=19).collect()), None);
        assert_eq!(percentile((1..=20).collect()), Some(19));
        assert_eq!(percentile((1..=100).rev().collect()), Some(95));
    }

    #[test]
    fn a_reset_counter_or_a_long_gap_gives_no_load() {
        let at = |second| Timestamp::from_second(second).unwrap_or_default();
        let samples = [
            (at(0), sample(0)),
            (at(100), sample(1_250_000)),  // 100 kbit/s of 1 Mbit/s
            (at(200), sample(10)),         // reset
            (at(300), sample(12_500_010)), // 1 Mbit/s
            (at(300 + LONGEST_GAP_SECONDS + 1), sample(u64::MAX)),
        ];
        assert_eq!(loads("Gi1", 1_000_000, &samples), [10, 100]);
        assert!(loads("Gi1", 0, &samples).is_empty());
    }
}
