//! HOST-RESOURCES-MIB (RFC 2790): storage, memory, processors.
use super::table::{offer_list, rows};
use super::ucd;
use crate::family::draft::{Draft, Origin};
use crate::family::text::integer;
use crate::family::view::{Coverage, View};
use crate::model::Filesystem;
use arpenteur_wire::snmp::Value;
use std::collections::BTreeMap;

/// hrSystem: uptime, date, processes.
pub(super) const SYSTEM: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 1];
/// hrStorage, hrMemorySize included.
pub(super) const STORAGE: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 2];
/// hrProcessorTable.
pub(super) const PROCESSORS: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 3, 3];

const STORAGE_TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 2, 3];
const MEMORY_SIZE: [u32; 10] = [1, 3, 6, 1, 2, 1, 25, 2, 2, 0];
const TYPES: [u32; 9] = [1, 3, 6, 1, 2, 1, 25, 2, 1];
const FIXED_DISK: u32 = 4;

/// Capacity as the agent shows it.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/host-resources");
    let evidence = view.evidence(STORAGE);
    if let Some(kilobytes) = view
        .value(&MEMORY_SIZE)
        .and_then(integer::<u64>)
        .filter(|size| *size > 0)
    {
        pen.set(
            "capacity.memory_total",
            kilobytes.saturating_mul(1024),
            &evidence,
        );
    }
    let processors = rows(view, PROCESSORS);
    // hrProcessorLoad: of the last minute, per processor.
    let loads: Vec<u32> = processors
        .values()
        .filter_map(|row| row.number::<u32>(2).filter(|load| *load <= 100))
        .collect();
    let count = u32::try_from(loads.len()).unwrap_or(u32::MAX);
    if let Some(mean) = loads.iter().sum::<u32>().checked_div(count) {
        pen.set("capacity.cpu_load", mean, &view.evidence(PROCESSORS));
    }
    let processors = processors.len();
    if processors > 0 && view.coverage(PROCESSORS) == Coverage::Complete {
        pen.set(
            "capacity.processors",
            processors,
            &view.evidence(PROCESSORS),
        );
    }
    // No row does not mean no disk: many agents do not know the tables. What net-snmp was
    // told to watch is added, for it may leave a file system out of HOST-RESOURCES.
    let mut filesystems = filesystems(view);
    for (mount_point, watched) in ucd::disks(view) {
        filesystems.entry(mount_point).or_insert(watched);
    }
    let filesystems: Vec<_> = filesystems.into_values().collect();
    if !filesystems.is_empty() || view.coverage(STORAGE) != Coverage::Complete {
        offer_list(
            &mut pen,
            view,
            ("capacity.filesystems", STORAGE),
            filesystems,
        );
    }
}

fn filesystems(view: &View<'_>) -> BTreeMap<String, Filesystem> {
    let mut found: BTreeMap<String, Filesystem> = BTreeMap::new();
    for row in rows(view, STORAGE_TABLE).into_values() {
        let fixed = matches!(row.get(2), Some(Value::ObjectIdentifier(oid))
            if oid.sub_ids().strip_prefix(&TYPES) == Some(&[FIXED_DISK]));
        let numbers = (
            row.number::<i64>(4),
            row.number::<i64>(5),
            row.number::<i64>(6),
        );
        let (Some(name), (Some(unit), Some(size), Some(used)), true) =
            (row.text(3), numbers, fixed)
        else {
            continue;
        };
        // Sizes beyond 2^31 units wrap to negative numbers in some agents.
        let bytes = |count: i64| u64::from(count as u32).checked_mul(u64::try_from(unit).ok()?);
        let (Some(size), Some(used)) = (bytes(size), bytes(used)) else {
            continue;
        };
        // Windows writes `C:\ Label:System  Serial Number 1a2b3c4d`.
        let name = name
            .split(" Label:")
            .next()
            .unwrap_or(&name)
            .trim()
            .to_owned();
        if size > 0 && !is_pseudo(&name) {
            let used_percent = percent(used, size);
            found.entry(name.clone()).or_insert(Filesystem {
                mount_point: name,
                size,
                used,
                used_percent,
            });
        }
    }
    found
}

/// Bytes in use per hundred, rounded to the nearest; never above 100.
pub(super) fn percent(used: u64, size: u64) -> u8 {
    let hundredfold = u128::from(used) * 100 + u128::from(size) / 2;
    let percent = hundredfold.checked_div(u128::from(size)).unwrap_or(0);
    u8::try_from(percent.min(100)).unwrap_or(100)
}

/// Mount points that hold no data of their own.
pub(super) fn is_pseudo(mount_point: &str) -> bool {
    const TREES: [&str; 7] = [
        "/proc",
        "/sys",
        "/dev",
        "/run",
        "/snap",
        "/var/lib/docker",
        "/boot/efi",
    ];
    TREES.iter().any(|tree| {
        mount_point
            .strip_prefix(tree)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}
