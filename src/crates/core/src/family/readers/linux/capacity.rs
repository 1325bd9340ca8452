//! Memory, processors, file systems.
use super::{DISKS, MEMORY, PROCESSORS, UPTIME, outcome};
use crate::family::draft::Pen;
use crate::family::readers::host_resources::is_pseudo;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{Filesystem, UnreadReason};
use std::collections::BTreeMap;

/// Memory, processors, uptime.
pub(super) fn capacity(view: &View<'_>, pen: &mut Pen<'_>) {
    if let Some(Ok((text, id))) = outcome(view, MEMORY) {
        let evidence = [id];
        let kilobytes = |name: &str| -> Option<u64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim()
                .strip_suffix("kB")?
                .trim()
                .parse::<u64>()
                .ok()?
                .checked_mul(1024)
        };
        for (at, name) in [
            ("capacity.memory_total", "MemTotal:"),
            ("capacity.memory_available", "MemAvailable:"),
        ] {
            match kilobytes(name) {
                Some(bytes) => pen.set(at, bytes, &evidence),
                None => pen.unread(at, UnreadReason::ParseFailed, &evidence),
            }
        }
    }
    if let Some(Ok((text, id))) = outcome(view, PROCESSORS)
        && let Ok(count) = text.trim().parse::<u32>()
    {
        pen.set("capacity.processors", count, &[id]);
    }
    if let Some(Ok((text, id))) = outcome(view, UPTIME) {
        let seconds = text
            .split(['.', ' '])
            .next()
            .and_then(|part| part.parse::<u64>().ok());
        if let Some(seconds) = seconds {
            pen.set("system.uptime", seconds, &[id]);
        }
    }
}

/// File systems that hold data of this host: no images, no views of the kernel, no network.
pub(super) fn filesystems(view: &View<'_>, pen: &mut Pen<'_>) {
    const NO_STORAGE: [&str; 15] = [
        "devtmpfs",
        "squashfs",
        "overlay",
        "iso9660",
        "udf",
        "proc",
        "sysfs",
        "efivarfs",
        "autofs",
        "nfs",
        "nfs4",
        "cifs",
        "fuse.sshfs",
        "tracefs",
        "ramfs",
    ];
    let at = "capacity.filesystems";
    let (text, id) = match outcome(view, DISKS) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let mut found: BTreeMap<String, Filesystem> = BTreeMap::new();
    for row in text.lines().skip(1) {
        let words: Vec<&str> = row.split_whitespace().collect();
        let [_, kind, size, used, _, percent, mount @ ..] = words.as_slice() else {
            continue;
        };
        let mount_point = line(mount.join(" ").as_bytes());
        let bytes = |text: &str| text.parse::<u64>().ok()?.checked_mul(1024);
        let used_percent = percent
            .strip_suffix('%')
            .and_then(|text| text.parse::<u8>().ok());
        let (Some(size), Some(used), Some(used_percent)) = (bytes(size), bytes(used), used_percent)
        else {
            continue;
        };
        if size == 0
            || NO_STORAGE.contains(kind)
            || mount_point.is_empty()
            || is_pseudo(&mount_point)
        {
            continue;
        }
        let used_percent = used_percent.min(100);
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
    if found.is_empty() {
        return pen.unread(at, UnreadReason::ParseFailed, &[id]);
    }
    let list: Vec<Filesystem> = found.into_values().collect();
    pen.set(at, serde_json::to_value(list).unwrap_or_default(), &[id]);
}
