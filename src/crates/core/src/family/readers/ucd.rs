//! UCD-SNMP-MIB: memory and disks of net-snmp agents.
use super::host_resources::{is_pseudo, percent};
use super::table::rows;
use crate::family::draft::{Draft, Origin, path};
use crate::family::text::integer;
use crate::family::view::View;
use crate::model::{Confidence, Filesystem};
use std::collections::BTreeMap;

/// memory.
pub(super) const MEMORY: &[u32] = &[1, 3, 6, 1, 4, 1, 2021, 4];
/// dskTable.
pub(super) const DISKS: &[u32] = &[1, 3, 6, 1, 4, 1, 2021, 9];

/// Capacity as a net-snmp agent shows it.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/ucd");
    let scalar = |object: u32| {
        let oid: Vec<u32> = MEMORY.iter().copied().chain([object, 0]).collect();
        view.value(&oid)
            .and_then(integer::<u64>)
            .map(|kilobytes| kilobytes.saturating_mul(1024))
    };
    let evidence = view.evidence(MEMORY);
    if let Some(total) = scalar(5).filter(|total| *total > 0) {
        pen.set("capacity.memory_total", total, &evidence);
    }
    // memAvailReal is free memory; buffers and cache can be had without swapping too.
    if let (Some(free), Some(buffers), Some(cached)) = (scalar(6), scalar(14), scalar(15)) {
        let available = free.saturating_add(buffers).saturating_add(cached);
        pen.offer(
            &path("capacity.memory_available"),
            available.into(),
            Confidence::Likely,
            &evidence,
        );
    }
}

/// Disks that the administrator chose to watch, by mount point.
pub(super) fn disks(view: &View<'_>) -> BTreeMap<String, Filesystem> {
    let mut found: BTreeMap<String, Filesystem> = BTreeMap::new();
    for row in rows(view, DISKS).into_values() {
        let wide = |low: u32, high: u32, old: u32| {
            let halves = row.number::<u32>(low).zip(row.number::<u32>(high));
            let kilobytes = halves.map(|(low, high)| u64::from(high) << 32 | u64::from(low));
            kilobytes
                .or_else(|| row.number::<u64>(old))?
                .checked_mul(1024)
        };
        let (Some(mount_point), Some(size), Some(used)) =
            (row.text(2), wide(11, 12, 6), wide(15, 16, 8))
        else {
            continue;
        };
        if size == 0 || is_pseudo(&mount_point) {
            continue;
        }
        // dskPercent counts what users may have, as df does.
        let used_percent = row
            .number::<u8>(9)
            .filter(|p| *p <= 100)
            .unwrap_or_else(|| percent(used, size));
        found.insert(
            mount_point.clone(),
            Filesystem {
                mount_point,
                size,
                used,
                used_percent,
            },
        );
    }
    found
}
