//! Linux over SSH: files and commands that change nothing.
mod capacity;
mod network;
mod sshd;

use crate::family::draft::{Draft, Origin, Pen};
use crate::family::families::Ask;
use crate::family::names::meaningful;
use crate::family::text::{assignments, line};
use crate::family::view::{Output, View};
use crate::model::{EvidenceId, UnreadReason};
use capacity::{capacity, filesystems};
use network::network;
use serde_json::Value as Json;
use sshd::sshd;

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
/// Whether some Linux shell is asked to run it.
pub(super) fn runs(command: &str) -> bool {
    let own = [UNAME, DEBIAN_VERSION, ALL_KEYS];
    own.iter()
        .chain(&PLAIN)
        .chain(&GUARDED)
        .any(|known| *known == command)
}

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
