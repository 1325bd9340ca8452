//! Linux over SSH: files and commands that change nothing.
mod accounts;
mod answers;
mod apt;
mod backup;
mod capacity;
mod clock;
mod date;
mod firewall;
mod hypervisor;
mod listeners;
mod logs;
mod network;
mod protection;
mod raid;
mod restart;
mod rpm;
mod services;
mod shares;
mod sshd;
mod sudo;
mod sysctl;
#[cfg(test)]
mod tests;

use crate::family::draft::{Draft, Origin, Pen};
use crate::family::families::Ask;
use crate::family::names::meaningful;
use crate::family::text::{assignments, line};
use crate::family::view::View;
use crate::model::UnreadReason;
use accounts::PASSWD;
pub(super) use answers::outcome;
use answers::{answered, file, is_root, succeeded};
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

/// What is asked of one subject, and who reads it.
struct Subject {
    /// Whether this host is asked, by what it answered so far.
    when: fn(&View<'_>) -> bool,
    /// What any account may ask.
    plain: &'static [&'static str],
    /// What root alone may read on most hosts, each a line that a sudoers file can allow.
    guarded: &'static [&'static str],
    /// What any account may ask and root sees more with: asked both ways.
    fuller: &'static [&'static str],
    read: fn(&View<'_>, &mut Pen<'_>),
}

/// What a Linux is asked beside what it is.
const SUBJECTS: [Subject; 20] = [
    date::SUBJECT,
    services::SUBJECT,
    accounts::SUBJECT,
    sudo::SUBJECT,
    firewall::SUBJECT,
    sysctl::SUBJECT,
    listeners::SUBJECT,
    listeners::WITHOUT_SS,
    clock::SUBJECT,
    logs::SUBJECT,
    apt::SUBJECT,
    rpm::DNF_SUBJECT,
    rpm::ZYPPER_SUBJECT,
    restart::SUBJECT,
    protection::SUBJECT,
    protection::MDATP_SUBJECT,
    backup::SUBJECT,
    raid::SUBJECT,
    shares::SUBJECT,
    hypervisor::SUBJECT,
];

/// Whether some Linux shell is asked to run it.
pub(super) fn runs(command: &str) -> bool {
    let own = [UNAME, DEBIAN_VERSION, ALL_KEYS];
    let subjects = SUBJECTS
        .iter()
        .flat_map(|subject| [subject.plain, subject.guarded, subject.fuller])
        .flatten();
    own.iter()
        .chain(&PLAIN)
        .chain(&GUARDED)
        .chain(subjects)
        .any(|known| *known == command)
}

fn ask(command: &str, sudo: bool) -> Ask {
    Ask::SshExec {
        command: command.to_owned(),
        sudo,
    }
}

/// What a shell is asked: `uname` first, the rest where it says Linux.
pub(super) fn asks(view: &View<'_>) -> Vec<Ask> {
    if !is_linux(view) {
        return vec![ask(UNAME, false)];
    }
    let mut asks: Vec<Ask> = PLAIN.iter().map(|command| ask(command, false)).collect();
    if file(view, OS_RELEASE).is_some_and(|text| text.contains("debian")) {
        asks.push(ask(DEBIAN_VERSION, false));
    }
    if is_root(view) {
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
    for subject in SUBJECTS.iter().filter(|subject| (subject.when)(view)) {
        subject_asks(subject, view, &mut asks);
    }
    asks
}

fn subject_asks(subject: &Subject, view: &View<'_>, asks: &mut Vec<Ask>) {
    let known_user = file(view, USER_ID).is_some() && !is_root(view);
    asks.extend(subject.plain.iter().map(|command| ask(command, false)));
    for command in subject.guarded {
        asks.push(ask(command, false));
        let refused = view
            .exec(command, false)
            .is_some_and(|(output, _)| !answered(&output));
        if refused && known_user {
            asks.push(ask(command, true));
        }
    }
    for command in subject.fuller {
        asks.push(ask(command, false));
        if known_user {
            asks.push(ask(command, true));
        }
    }
}

fn is_linux(view: &View<'_>) -> bool {
    file(view, UNAME).is_some_and(|text| text.starts_with("Linux "))
}

/// What the host says of itself.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "linux/ssh");
    kernel(view, &mut pen);
    // Only what says that it is Linux is asked the rest.
    if view.exec(UNAME, false).is_some() && !is_linux(view) {
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
    for subject in &SUBJECTS {
        (subject.read)(view, &mut pen);
    }
    // A host has accounts; users of a configuration are a network device's.
    if let Some((_, id)) = view.exec(PASSWD, false) {
        pen.set("config.users", Json::Null, std::slice::from_ref(id));
    }
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
