//! HOST-RESOURCES-MIB (RFC 2790): storage, memory, processors.
use super::table::{offer_list, rows};
use super::ucd;
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::text::integer;
use crate::family::view::{Coverage, View};
use crate::model::{Confidence, Filesystem};
use arpenteur_wire::snmp::Value;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
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

const SYSTEM_DATE: [u32; 10] = [1, 3, 6, 1, 2, 1, 25, 1, 2, 0];

/// Offset of the agent's clock from ours: its date is rounded down, to the second by many, and
/// was read at some moment of the exchange. A date without its zone tells nothing.
fn clock(view: &View<'_>, pen: &mut Pen<'_>) {
    let Some(Value::OctetString(octets)) = view.value(&SYSTEM_DATE) else {
        return;
    };
    let Some((date, resolution)) = date_and_time(octets) else {
        return;
    };
    let source = view.source(&SYSTEM_DATE);
    let exchange = view.exchanges().find(|(_, id)| Some(*id) == source);
    let Some((exchange, id)) = exchange else {
        return;
    };
    let Some(at) = exchange.at else {
        return;
    };
    let elapsed = i64::try_from(exchange.elapsed_us / 1000).unwrap_or(i64::MAX / 4);
    let ours = at.as_millisecond().saturating_sub(elapsed / 2);
    let theirs = date.saturating_add(resolution / 2);
    // Half of what either moment may lie in, and one for rounding.
    let error = (resolution / 2)
        .saturating_add(elapsed / 2)
        .saturating_add(1);
    let evidence = std::slice::from_ref(id);
    for (at, value) in [
        ("clock.offset", theirs.saturating_sub(ours)),
        ("clock.offset_error", error),
    ] {
        pen.offer(&path(at), value.into(), Confidence::Likely, evidence);
    }
}

/// DateAndTime (RFC 2579) with its offset from UTC: milliseconds since 1970, and what it is
/// rounded to.
fn date_and_time(octets: &[u8]) -> Option<(i64, i64)> {
    let &[y1, y0, month, day, hour, minute, second, tenths, sign, h, m] = octets else {
        return None;
    };
    let small = |octet: u8| i8::try_from(octet).ok();
    let year = i16::try_from(u16::from_be_bytes([y1, y0])).ok()?;
    let (month, day, hour) = (small(month)?, small(day)?, small(hour)?);
    // 60 is a leap second, which jiff does not know.
    let (minute, second) = (small(minute)?, small(second.min(59))?);
    let date = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let local = TimeZone::UTC.to_timestamp(date).ok()?.as_millisecond();
    let offset = (i64::from(h) * 60 + i64::from(m)) * 60_000;
    let utc = match sign {
        b'+' => local - offset,
        b'-' => local + offset,
        _ => return None,
    };
    let resolution = if tenths == 0 { 1000 } else { 100 };
    Some((utc + i64::from(tenths.min(9)) * 100, resolution))
}

/// Capacity and time as the agent shows them.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/host-resources");
    clock(view, &mut pen);
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
