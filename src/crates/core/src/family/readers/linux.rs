//! Linux over SSH: files and commands that change nothing.
use super::host_resources::is_pseudo;
use crate::family::draft::{Draft, Origin, Pen, path};
use crate::family::families::Ask;
use crate::family::names::meaningful;
use crate::family::text::{assignments, line, mac, unhex};
use crate::family::view::{Output, View};
use crate::model::{
    Answer, Confidence, EvidenceId, Filesystem, Interface, IpAddress, Question, UnreadReason,
};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// os-release(5).
pub(super) const OS_RELEASE: &str = "cat /etc/os-release";
/// net-snmp's configuration.
pub(super) const SNMPD_CONF: &str = "cat /etc/snmp/snmpd.conf";
const UNAME: &str = "uname -srm";
const USER_ID: &str = "id -u";
const HOSTNAME: &str = "hostname";
const MACHINE_ID: &str = "cat /etc/machine-id";
const DEBIAN_VERSION: &str = "cat /etc/debian_version";
const MEMORY: &str = "cat /proc/meminfo";
const UPTIME: &str = "cat /proc/uptime";
const PROCESSORS: &str = "nproc";
const ADDRESSES: &str = "ip -json addr";
const DISKS: &str = "df -P -k -T";
const OWN_KEYS: &str = "wc -c .ssh/authorized_keys";
const ALL_KEYS: &str = "find /root /home -maxdepth 3 -name authorized_keys -size +0";
const SSHD: &str = "sshd -T";
const SYS_VENDOR: &str = "cat /sys/class/dmi/id/sys_vendor";
const PRODUCT_NAME: &str = "cat /sys/class/dmi/id/product_name";
const PRODUCT_SERIAL: &str = "cat /sys/class/dmi/id/product_serial";
const PRODUCT_UUID: &str = "cat /sys/class/dmi/id/product_uuid";
const BOARD_SERIAL: &str = "cat /sys/class/dmi/id/board_serial";
const CHASSIS_SERIAL: &str = "cat /sys/class/dmi/id/chassis_serial";

/// What any account may ask.
const PLAIN: [&str; 13] = [
    UNAME,
    USER_ID,
    OS_RELEASE,
    HOSTNAME,
    MACHINE_ID,
    SYS_VENDOR,
    PRODUCT_NAME,
    MEMORY,
    UPTIME,
    PROCESSORS,
    ADDRESSES,
    DISKS,
    OWN_KEYS,
];
/// What root alone may read on most hosts: tried as we are, then through `sudo -n`, one file
/// a command so that a sudoers file can allow exactly these.
const GUARDED: [&str; 6] = [
    SNMPD_CONF,
    SSHD,
    PRODUCT_SERIAL,
    PRODUCT_UUID,
    BOARD_SERIAL,
    CHASSIS_SERIAL,
];

/// What a shell is asked: `uname` first, the rest where it says Linux.
pub(super) fn asks(view: &View<'_>) -> Vec<Ask> {
    let ask = |command: &str, sudo: bool| Ask::SshExec {
        command: command.to_owned(),
        sudo,
    };
    if !is_linux(view) {
        return vec![ask(UNAME, false)];
    }
    let mut asks: Vec<Ask> = PLAIN.iter().map(|command| ask(command, false)).collect();
    if file(view, OS_RELEASE).is_some_and(|text| text.contains("debian")) {
        asks.push(ask(DEBIAN_VERSION, false));
    }
    if file(view, USER_ID).is_some_and(|id| id.trim() == "0") {
        asks.push(ask(ALL_KEYS, false));
    }
    for command in GUARDED {
        asks.push(ask(command, false));
        let refused = view
            .exec(command, false)
            .is_some_and(|(output, _)| !succeeded(&output));
        if refused {
            asks.push(ask(command, true));
        }
    }
    asks
}

fn is_linux(view: &View<'_>) -> bool {
    file(view, UNAME).is_some_and(|text| text.starts_with("Linux "))
}

fn succeeded(output: &Output<'_>) -> bool {
    output.status.unwrap_or(0) == 0 && !output.truncated
}

/// The output of a command that went well, without sudo.
fn file<'a>(view: &View<'a>, command: &str) -> Option<&'a str> {
    let (output, _) = view.exec(command, false)?;
    succeeded(&output).then_some(output.stdout)
}

/// A command's output, as we are or else as root; or why there is none.
pub(super) fn outcome(
    view: &View<'_>,
    command: &str,
) -> Option<Result<(String, EvidenceId), (UnreadReason, EvidenceId)>> {
    let mut reason = None;
    for sudo in [false, true] {
        if let Some((output, id)) = view.exec(command, sudo) {
            if succeeded(&output) {
                return Some(Ok((output.stdout.to_owned(), id.clone())));
            }
            reason = Some((why(&output), id.clone()));
        } else if let Some((failure, id)) = view.exec_failure(command, sudo) {
            reason = reason.or(Some((failure.unread(), id.clone())));
        }
    }
    reason.map(Err)
}

/// Why a command gave nothing, by its status and words.
fn why(output: &Output<'_>) -> UnreadReason {
    const COMMAND_NOT_FOUND: u32 = 127;
    if output.truncated {
        return UnreadReason::ParseFailed;
    }
    let words = output.stderr.to_lowercase();
    let missing = ["no such file", "not found", "not a directory"];
    match output.status {
        _ if words.contains("sudo:") => UnreadReason::Denied,
        Some(COMMAND_NOT_FOUND) => UnreadReason::Unsupported,
        _ if missing.iter().any(|word| words.contains(word)) => UnreadReason::Unsupported,
        _ => UnreadReason::Denied,
    }
}

/// What the host says of itself.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "linux/ssh");
    kernel(view, &mut pen);
    if !is_linux(view) {
        return;
    }
    release(view, &mut pen);
    one_line(view, &mut pen, HOSTNAME, "system.hostname", Some);
    one_line(
        view,
        &mut pen,
        MACHINE_ID,
        "identity.machine_id",
        machine_id,
    );
    one_line(view, &mut pen, SYS_VENDOR, "hardware.mfg_name", meaningful);
    one_line(
        view,
        &mut pen,
        PRODUCT_NAME,
        "hardware.model_name",
        meaningful,
    );
    one_line(view, &mut pen, PRODUCT_UUID, "identity.product_uuid", uuid);
    serial(view, &mut pen);
    capacity(view, &mut pen);
    network(view, &mut pen);
    filesystems(view, &mut pen);
    sshd(view, &mut pen);
}

/// The first line of a command's output as one fact; an empty or meaningless one is absent.
fn one_line(
    view: &View<'_>,
    pen: &mut Pen<'_>,
    command: &str,
    at: &str,
    keep: impl Fn(String) -> Option<String>,
) {
    match outcome(view, command) {
        Some(Ok((text, id))) => {
            let text = line(text.lines().next().unwrap_or_default().as_bytes());
            let value = Some(text).filter(|text| !text.is_empty()).and_then(keep);
            pen.set(at, value.map_or(Json::Null, Json::from), &[id]);
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
}

fn kernel(view: &View<'_>, pen: &mut Pen<'_>) {
    let Some((output, id)) = view
        .exec(UNAME, false)
        .filter(|(output, _)| succeeded(output))
    else {
        return;
    };
    let evidence = std::slice::from_ref(id);
    let mut words = output.stdout.split_whitespace();
    let (Some(name), Some(release)) = (words.next(), words.next()) else {
        return;
    };
    let family = match name {
        "Linux" => "linux",
        "FreeBSD" | "OpenBSD" | "NetBSD" | "DragonFly" => "bsd",
        "Darwin" => "macos",
        "SunOS" => "solaris",
        "AIX" => "aix",
        _ => return,
    };
    pen.set("os.family", family, evidence);
    if family == "linux" {
        pen.set("os.kernel", release, evidence);
    } else {
        pen.set("os.name", name, evidence);
        pen.set("os.version", release, evidence);
    }
}

fn release(view: &View<'_>, pen: &mut Pen<'_>) {
    match outcome(view, OS_RELEASE) {
        Some(Ok((text, id))) => {
            let fields = assignments(&text);
            let field = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
            pen.set(
                "os.name",
                field("NAME").map_or(Json::Null, Json::from),
                std::slice::from_ref(&id),
            );
            let point =
                outcome(view, DEBIAN_VERSION)
                    .and_then(Result::ok)
                    .and_then(|(text, id)| {
                        let text = line(text.as_bytes());
                        let numbers = text.split('.').all(|part| part.parse::<u32>().is_ok());
                        // Debian's VERSION_ID leaves out the point release; others' file is Debian's.
                        (numbers && field("ID")? == "debian").then_some((text, id))
                    });
            match (point, field("VERSION_ID")) {
                (Some((version, id)), _) => pen.set("os.version", version, &[id]),
                (None, version) => {
                    pen.set("os.version", version.map_or(Json::Null, Json::from), &[id])
                }
            }
        }
        Some(Err((reason, id))) => {
            pen.unread("os.name", reason, std::slice::from_ref(&id));
            pen.unread("os.version", reason, &[id]);
        }
        None => {}
    }
}

/// 32 hexadecimal digits, says machine-id(5).
fn machine_id(text: String) -> Option<String> {
    let real = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    real.then(|| text.to_lowercase()).and_then(meaningful)
}

fn uuid(text: String) -> Option<String> {
    // What firmware carries when nobody set it.
    const UNSET: &str = "03000200-0400-0500-0006-000700080009";
    let text = text.to_lowercase();
    meaningful(text).filter(|text| text != UNSET && uuid::Uuid::try_parse(text).is_ok())
}

/// The product's serial number, else the chassis's; absent only when both were read.
fn serial(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "hardware.serial_num";
    let mut evidence = Vec::new();
    let mut reason = None;
    for command in [PRODUCT_SERIAL, CHASSIS_SERIAL] {
        match outcome(view, command) {
            Some(Ok((text, id))) => {
                evidence.push(id);
                if let Some(serial) = meaningful(line(text.as_bytes())) {
                    return pen.set(at, serial, &evidence);
                }
            }
            Some(Err((why, id))) => {
                evidence.push(id);
                reason = reason.or(Some(why));
            }
            None => reason = reason.or(Some(UnreadReason::NotCollected)),
        }
    }
    match reason {
        _ if evidence.is_empty() => {}
        Some(reason) => pen.unread(at, reason, &evidence),
        None => pen.set(at, Json::Null, &evidence),
    }
}

fn capacity(view: &View<'_>, pen: &mut Pen<'_>) {
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
fn filesystems(view: &View<'_>, pen: &mut Pen<'_>) {
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

/// One link of `ip -json addr` (iproute2).
#[derive(Deserialize)]
struct Link {
    ifname: String,
    ifindex: Option<u32>,
    #[serde(default)]
    flags: Vec<String>,
    mtu: Option<u32>,
    operstate: Option<String>,
    address: Option<String>,
    ifalias: Option<String>,
    #[serde(default)]
    addr_info: Vec<LinkAddress>,
}

#[derive(Deserialize)]
struct LinkAddress {
    local: Option<std::net::IpAddr>,
    prefixlen: Option<u8>,
}

/// Interfaces and addresses, weaker than the agent's, which know speed and type.
fn network(view: &View<'_>, pen: &mut Pen<'_>) {
    let (text, id) = match outcome(view, ADDRESSES) {
        Some(Ok(found)) => found,
        Some(Err((reason, id))) => {
            pen.unread("interfaces", reason, std::slice::from_ref(&id));
            return pen.unread("addresses", reason, &[id]);
        }
        None => return,
    };
    let evidence = [id];
    let links: Vec<Link> = match serde_json::from_str(&text) {
        Ok(links) => links,
        Err(error) => {
            pen.complain(format!("{ADDRESSES}: {error}"));
            pen.unread("interfaces", UnreadReason::ParseFailed, &evidence);
            return pen.unread("addresses", UnreadReason::ParseFailed, &evidence);
        }
    };
    let mut addresses: Vec<IpAddress> = Vec::new();
    let mut interfaces: BTreeMap<String, Interface> = BTreeMap::new();
    for link in links.iter().take(super::table::MOST_ROWS) {
        let name = line(link.ifname.as_bytes());
        addresses.extend(link.addr_info.iter().filter_map(|address| {
            Some(IpAddress {
                ip: address.local?.to_string(),
                prefix_length: address.prefixlen,
                interface: Some(name.clone()),
            })
        }));
        interfaces.insert(name.clone(), interface(name, link));
    }
    addresses.sort_by(|a, b| a.ip.cmp(&b.ip));
    addresses.dedup_by(|a, b| a.ip == b.ip);
    let mut list = |at: &str, value: Result<Json, serde_json::Error>| {
        pen.offer(
            &path(at),
            value.unwrap_or_default(),
            Confidence::Likely,
            &evidence,
        );
    };
    let interfaces: Vec<Interface> = interfaces.into_values().collect();
    list("interfaces", serde_json::to_value(interfaces));
    list("addresses", serde_json::to_value(addresses));
}

fn interface(name: String, link: &Link) -> Interface {
    let up = link.flags.iter().any(|flag| flag == "UP");
    let state = link.operstate.as_deref().map(|state| match state {
        "UP" => "up",
        "DOWN" => "down",
        "TESTING" => "testing",
        "DORMANT" => "dormant",
        "NOTPRESENT" => "not-present",
        "LOWERLAYERDOWN" => "lower-layer-down",
        _ => "unknown",
    });
    let octets: Option<Vec<u8>> = link.address.as_deref().and_then(|text| {
        text.split(':')
            .map(|octet| u8::from_str_radix(octet, 16).ok())
            .collect()
    });
    Interface {
        name,
        if_index: link.ifindex,
        description: link.ifalias.as_ref().map(|text| line(text.as_bytes())),
        admin_status: Some(if up { "up" } else { "down" }.to_owned()),
        oper_status: state.map(str::to_owned),
        phys_address: octets.as_deref().and_then(mac),
        mtu: link.mtu,
        ..Interface::default()
    }
}

fn sshd(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "sshd.effective";
    match outcome(view, SSHD) {
        Some(Ok((text, id))) => {
            let mut options: BTreeMap<String, String> = BTreeMap::new();
            for row in text.lines() {
                let (name, value) = row.split_once(' ').unwrap_or((row, ""));
                let (name, value) = (line(name.as_bytes()).to_lowercase(), line(value.as_bytes()));
                if name.is_empty() {
                    continue;
                }
                let joined = options.entry(name).or_default();
                if !joined.is_empty() {
                    joined.push(' ');
                }
                joined.push_str(&value);
            }
            // Every server has this option; without it this is some other output.
            if options.contains_key("permitrootlogin") {
                pen.set(at, serde_json::to_value(options).unwrap_or_default(), &[id]);
            } else {
                pen.unread(at, UnreadReason::ParseFailed, &[id]);
            }
        }
        // The server is there, only not on the path of an ordinary account.
        Some(Err((UnreadReason::Unsupported, id))) if is_openssh(view) => {
            pen.unread(at, UnreadReason::Denied, &[id]);
        }
        Some(Err((reason, id))) => pen.unread(at, reason, &[id]),
        None => {}
    }
    keys(view, pen);
}

fn is_openssh(view: &View<'_>) -> bool {
    view.exchanges().any(
        |(exchange, _)| match (&exchange.question, &exchange.answer) {
            (Question::SshKex { .. }, Answer::Bytes { hex }) => {
                unhex(hex).windows(8).any(|part| part == b"OpenSSH_")
            }
            _ => false,
        },
    )
}

/// As root every account's keys are counted. As anyone else one's own are, which makes at
/// least one account; without own keys nothing is known of the others.
fn keys(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "sshd.accounts_with_keys";
    if let Some(Ok((text, id))) = outcome(view, ALL_KEYS) {
        let count = text
            .lines()
            .filter(|row| row.ends_with("authorized_keys"))
            .count();
        return pen.set(at, count, &[id]);
    }
    match outcome(view, OWN_KEYS) {
        Some(Ok((text, id))) => {
            let size = text
                .split_whitespace()
                .next()
                .and_then(|size| size.parse::<u64>().ok());
            if size.is_some_and(|size| size > 0) {
                pen.offer(&path(at), 1.into(), Confidence::Likely, &[id]);
            } else {
                pen.unread(at, UnreadReason::Denied, &[id]);
            }
        }
        Some(Err((_, id))) => pen.unread(at, UnreadReason::Denied, &[id]),
        None => {}
    }
}
