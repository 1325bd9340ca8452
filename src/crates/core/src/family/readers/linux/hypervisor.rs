//! Proxmox VE: pvesh(1), ha-manager(1), files of /etc/pve.
use super::answers::{found, outcome, privileged};
use super::date::written;
use super::services::Services;
use super::{HOSTNAME, Subject};
use crate::family::draft::Pen;
use crate::family::readers::table::MOST_ROWS;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::{Datastore, Snapshot, UnreadReason};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

const RESOURCES: &str = "pvesh get /cluster/resources --output-format json";
const HA: &str = "ha-manager status";
/// Names of guests and of their snapshots' sections alone, of the guests of this host.
const GUESTS: &str =
    "grep -RE \"^\\[|^(name|hostname|snaptime): \" /etc/pve/local/qemu-server /etc/pve/local/lxc";

pub(super) const SUBJECT: Subject = Subject {
    when: is_proxmox,
    plain: &[],
    guarded: &[RESOURCES, HA, GUESTS],
    fuller: &[],
    read,
};

/// By its own daemons: a container on Proxmox VE has its kernel and none of these.
fn is_proxmox(view: &View<'_>) -> bool {
    Services::of(view).is_some_and(|services| {
        services
            .state(&["pve-cluster", "pvedaemon", "pmxcfs"])
            .is_some()
    })
}

/// One entry of `/cluster/resources` (Proxmox VE API).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource {
    r#type: String,
    node: String,
    storage: String,
    status: String,
    template: u8,
    disk: Option<u64>,
    maxdisk: Option<u64>,
    maxmem: Option<u64>,
}

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    resources(view, pen);
    high_availability(view, pen);
    snapshots(view, pen);
}

fn resources(view: &View<'_>, pen: &mut Pen<'_>) {
    let paths = [
        "hypervisor.datastores",
        "hypervisor.hosts",
        "hypervisor.load_without_one",
    ];
    let (text, id) = match privileged(view, RESOURCES) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => {
            let id = std::slice::from_ref(&id);
            return paths.iter().for_each(|at| pen.unread(at, reason, id));
        }
        None => return,
    };
    let evidence = [id];
    let [datastores, hosts, load] = paths;
    let list: Vec<Resource> = match serde_json::from_str(&text) {
        Ok(list) => list,
        Err(error) => {
            pen.complain(format!("{RESOURCES}: {error}"));
            return paths
                .iter()
                .for_each(|at| pen.unread(at, UnreadReason::ParseFailed, &evidence));
        }
    };
    let nodes = list.iter().filter(|one| one.r#type == "node").count();
    match u32::try_from(nodes) {
        Ok(count) if count > 0 => {
            pen.set(hosts, count, &evidence);
            match without_one(&list) {
                Some(percent) => pen.set(load, percent, &evidence),
                None if count == 1 => pen.set(load, Json::Null, &evidence),
                None => pen.unread(load, UnreadReason::ParseFailed, &evidence),
            }
        }
        _ => {
            pen.unread(hosts, UnreadReason::ParseFailed, &evidence);
            pen.unread(load, UnreadReason::ParseFailed, &evidence);
        }
    }
    match outcome(view, HOSTNAME) {
        Some(Ok((name, _))) => {
            let own = name.trim().split('.').next().unwrap_or_default();
            let stores = stores(&list, own);
            let value = serde_json::to_value(&stores).unwrap_or_default();
            pen.set(
                datastores,
                if stores.is_empty() { Json::Null } else { value },
                &evidence,
            );
        }
        _ => pen.unread(datastores, UnreadReason::NotCollected, &evidence),
    }
}

/// Memory of the guests that run, per hundred of what is left without the largest host.
fn without_one(list: &[Resource]) -> Option<u32> {
    let memory = |wanted: &'static [&str]| {
        let some = list
            .iter()
            .filter(move |one| wanted.contains(&one.r#type.as_str()));
        some.filter(|one| one.r#type == "node" || one.status == "running" && one.template == 0)
            .map(|one| one.maxmem.map(u128::from))
    };
    let nodes: Vec<u128> = memory(&["node"]).collect::<Option<_>>()?;
    let largest = nodes.iter().max()?;
    let left = nodes.iter().sum::<u128>().checked_sub(*largest)?;
    let guests: u128 = memory(&["qemu", "lxc"]).sum::<Option<u128>>()?;
    u32::try_from((guests * 100).checked_div(left)?).ok()
}

fn stores(list: &[Resource], node: &str) -> Vec<Datastore> {
    let own = list
        .iter()
        .filter(|one| one.r#type == "storage" && one.node == node);
    let mut stores: BTreeMap<String, Datastore> = BTreeMap::new();
    for one in own.take(MOST_ROWS) {
        let name = line(one.storage.as_bytes());
        let size = one.maxdisk.filter(|size| *size > 0);
        // Rounded up: at the limit is no longer below it.
        let percent = size
            .zip(one.disk)
            .map(|(size, used)| (u128::from(used) * 100).div_ceil(u128::from(size)));
        let store = Datastore {
            name: name.clone(),
            size,
            used_percent: percent.and_then(|percent| u32::try_from(percent).ok()),
        };
        stores.insert(name, store);
    }
    stores.into_values().collect()
}

/// `service vm:100 (pve1, started)`: without a service nothing restarts elsewhere.
fn high_availability(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "hypervisor.high_availability";
    match privileged(view, HA) {
        Some(Ok((text, id))) if text.trim().is_empty() => {
            pen.unread(at, UnreadReason::ParseFailed, &[id]);
        }
        Some(Ok((text, id))) => {
            let service =
                |row: &str| row.trim().starts_with("service ") && !row.contains("ignored");
            pen.set(at, text.lines().any(service), &[id]);
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
}

/// `…/100.conf:name: web`, `…/100.conf:[before]`, `…/100.conf:snaptime: 1700000000`.
fn snapshots(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "hypervisor.snapshots";
    let (text, id) = match found(view, GUESTS) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => return pen.unread(at, reason, &[id]),
        None => return,
    };
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut section: BTreeMap<&str, &str> = BTreeMap::new();
    let mut snapshots: BTreeMap<String, Snapshot> = BTreeMap::new();
    for row in text.lines().take(MOST_ROWS) {
        let Some((file, rest)) = row.split_once(".conf:") else {
            continue;
        };
        let guest = file.rsplit('/').next().unwrap_or_default();
        let rest = rest.trim();
        if let Some(name) = rest
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section.insert(guest, name);
        } else if let Some(time) = rest.strip_prefix("snaptime:") {
            let guest = names.get(guest).map_or(guest, String::as_str);
            let taken = section.get(file.rsplit('/').next().unwrap_or_default());
            let name = format!("{guest}/{}", taken.unwrap_or(&""));
            let created = time.trim().parse().ok().and_then(written);
            let name = line(name.as_bytes());
            snapshots.insert(name.clone(), Snapshot { name, created });
        } else if let Some((_, name)) = rest.split_once(": ") {
            names
                .entry(guest)
                .or_insert_with(|| format!("{guest} {}", line(name.as_bytes())));
        }
    }
    let list: Vec<Snapshot> = snapshots.into_values().collect();
    let value = serde_json::to_value(&list).unwrap_or_default();
    pen.set(at, if list.is_empty() { Json::Null } else { value }, &[id]);
}
