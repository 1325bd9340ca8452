//! Arrays that the kernel or ZFS keeps: md(4), zpool(8).
use super::answers::{outcome, privileged};
use super::{PRODUCT_NAME, SYS_VENDOR, Subject};
use crate::family::draft::Pen;
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{Sensor, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeMap;

const MDSTAT: &str = "cat /proc/mdstat";
const ZPOOL: &str = "zpool list -H -o name,health";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[MDSTAT],
    guarded: &[ZPOOL],
    fuller: &[],
    read,
};

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "sensors";
    let mut states: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut evidence = Vec::new();
    let mut open = None;
    // Without the module the kernel has no such file.
    match outcome(view, MDSTAT) {
        Some(Ok((text, id))) => {
            states.extend(mdstat(&text));
            evidence.push(id);
        }
        Some(Err((UnreadReason::Unsupported, id))) => evidence.push(id),
        Some(Err((reason, _))) => open = Some(reason),
        None => return,
    }
    match privileged(view, ZPOOL) {
        Some(Ok((text, id))) => {
            states.extend(text.lines().filter_map(pool));
            evidence.push(id);
        }
        Some(Err((UnreadReason::Unsupported, id))) => evidence.push(id),
        Some(Err((reason, _))) => open = open.or(Some(reason)),
        None => {}
    }
    if !states.is_empty() {
        let sensor = |(name, status): (String, &str)| Sensor {
            name,
            kind: Some("raid".to_owned()),
            status: Some(status.to_owned()),
            ..Sensor::default()
        };
        let list: Vec<Sensor> = states.into_iter().map(sensor).take(MOST_ROWS).collect();
        return pen.set(
            at,
            serde_json::to_value(list).unwrap_or_default(),
            &evidence,
        );
    }
    match open {
        // A virtual machine has no disks of its own.
        _ if is_virtual(view) => pen.set(at, Json::Null, &evidence),
        Some(reason) => pen.unread(at, reason, &evidence),
        // Disks of a controller are not seen from here.
        None => pen.unread(at, UnreadReason::Unsupported, &evidence),
    }
}

/// By what hypervisors write into the tables of SMBIOS.
fn is_virtual(view: &View<'_>) -> bool {
    const MARKS: [&str; 10] = [
        "QEMU",
        "KVM",
        "VMware",
        "VirtualBox",
        "Virtual Machine",
        "Xen",
        "OpenStack",
        "Amazon EC2",
        "Google Compute",
        "HVM domU",
    ];
    let told = [SYS_VENDOR, PRODUCT_NAME];
    let told = told
        .iter()
        .filter_map(|command| outcome(view, command)?.ok());
    told.into_iter()
        .any(|(text, _)| MARKS.iter().any(|mark| text.contains(mark)))
}

/// `md0 : active raid1 sdb1[1] sda1[0](F)`, then `1046528 blocks [2/1] [U_]`.
fn mdstat(text: &str) -> BTreeMap<String, &'static str> {
    let mut arrays = BTreeMap::new();
    let mut current: Option<String> = None;
    for row in text.lines() {
        let words: Vec<&str> = row.split_whitespace().collect();
        if let [name, ":", state, ..] = words.as_slice()
            && (state.starts_with("active") || *state == "inactive")
        {
            let status = if state.starts_with("active") {
                "ok"
            } else {
                "failed"
            };
            let failed = row.contains("(F)");
            let name = line(name.as_bytes());
            arrays.insert(name.clone(), if failed { "warning" } else { status });
            current = Some(name);
        }
        let counts = words.iter().find_map(|word| {
            let inner = word.strip_prefix('[')?.strip_suffix(']')?;
            let (wanted, working) = inner.split_once('/')?;
            Some((wanted.parse::<u32>().ok()?, working.parse::<u32>().ok()?))
        });
        if let (Some(name), Some((wanted, working))) = (&current, counts)
            && working < wanted
        {
            arrays.insert(name.clone(), "warning");
        }
    }
    arrays
}

/// `rpool ONLINE`.
fn pool(row: &str) -> Option<(String, &'static str)> {
    let (name, health) = row.trim().split_once(char::is_whitespace)?;
    let status = match health.trim() {
        "ONLINE" => "ok",
        "DEGRADED" => "warning",
        "FAULTED" | "UNAVAIL" | "SUSPENDED" | "REMOVED" | "OFFLINE" => "failed",
        _ => "unknown",
    };
    Some((line(format!("zpool {name}").as_bytes()), status))
}
