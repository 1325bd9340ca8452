//! Kernel parameters (Linux admin-guide/sysctl, networking/ip-sysctl).
use super::Subject;
use crate::family::draft::Pen;
use crate::family::text::line;
use crate::family::view::View;
use crate::model::UnreadReason;
use std::collections::BTreeMap;

/// The files behind sysctl(8), which not every account has on its path. Some are for root alone.
const SYSCTL: &str = "grep . /proc/sys/kernel/randomize_va_space /proc/sys/kernel/kptr_restrict /proc/sys/kernel/dmesg_restrict /proc/sys/fs/protected_symlinks /proc/sys/fs/protected_hardlinks /proc/sys/fs/suid_dumpable /proc/sys/net/ipv4/tcp_syncookies /proc/sys/net/ipv4/conf/all/accept_source_route /proc/sys/net/ipv4/conf/all/accept_redirects /proc/sys/net/ipv4/icmp_echo_ignore_broadcasts";

pub(super) const SUBJECT: Subject = Subject {
    when: |_| true,
    plain: &[],
    guarded: &[SYSCTL],
    fuller: &[],
    read,
};

/// Every value that any of the answers shows: a parameter refused is missing from the map.
fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "security.sysctl";
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut evidence = Vec::new();
    let mut failed = None;
    for sudo in [false, true] {
        if let Some((output, id)) = view.exec(SYSCTL, sudo) {
            values.extend(output.stdout.lines().filter_map(parameter));
            evidence.push(id.clone());
        } else if let Some((failure, id)) = view.exec_failure(SYSCTL, sudo) {
            failed = failed.or(Some((failure.unread(), id.clone())));
        }
    }
    match failed {
        _ if !values.is_empty() => {
            pen.set(
                at,
                serde_json::to_value(values).unwrap_or_default(),
                &evidence,
            );
        }
        _ if !evidence.is_empty() => pen.unread(at, UnreadReason::ParseFailed, &evidence),
        Some((reason, id)) => pen.unread(at, reason, &[id]),
        None => {}
    }
}

/// `/proc/sys/kernel/kptr_restrict:1` is `kernel.kptr_restrict` = `1`. Only what was asked for.
fn parameter(row: &str) -> Option<(String, String)> {
    let (file, value) = row.split_once(':')?;
    SYSCTL.split(' ').find(|asked| *asked == file)?;
    let name = file.strip_prefix("/proc/sys/")?.replace('/', ".");
    let value = line(value.as_bytes());
    (!value.is_empty()).then_some((name, value))
}
