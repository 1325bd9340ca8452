//! Why nothing was read where no login worked.
use super::ports::{Port, tried};
use crate::family::draft::{Draft, Origin};
use crate::family::view::{FACTORY, View};
use crate::model::{Answer, EvidenceId, Failure, Question, UnreadReason};

const SSH: u16 = 22;

/// Paths that SNMP alone feeds.
const BY_SNMP: [&str; 9] = [
    "system.description",
    "system.object_id",
    "system.location",
    "system.contact",
    "system.services",
    "hardware.components",
    "lldp.chassis_id",
    "lldp.system_name",
    "lldp.neighbors",
];
/// Paths that a shell alone feeds.
const BY_SHELL: [&str; 19] = [
    "accounts",
    "security.firewall",
    "security.sysctl",
    "security.listeners",
    "security.sudo",
    "logs.persistent",
    "logs.auditd",
    "logs.servers",
    "updates.security_pending",
    "updates.days_since_update",
    "updates.index_age",
    "updates.automatic",
    "updates.reboot_pending",
    "antivirus.agents",
    "sshd.effective",
    "sshd.accounts_with_keys",
    "identity.machine_id",
    "identity.product_uuid",
    "snmp.communities",
];
/// Paths that either feeds.
const BY_BOTH: [&str; 17] = [
    "system.hostname",
    "system.uptime",
    "hardware.mfg_name",
    "hardware.model_name",
    "hardware.serial_num",
    "os.family",
    "os.name",
    "os.version",
    "os.kernel",
    "interfaces",
    "addresses",
    "capacity.filesystems",
    "capacity.memory_total",
    "capacity.memory_available",
    "capacity.processors",
    "snmp.versions",
    "snmp.v3_users",
];

type Reason = (UnreadReason, Vec<EvidenceId>);

/// Marks what stayed open. Readers spoke before, and what they said stands.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let snmp = snmp_reason(view);
    let shell = shell_reason(view);
    let mut pen = draft.pen(Origin::Reader, "net/access");
    // No agent, no community: known, not unread.
    if let Some((UnreadReason::Unsupported, evidence)) = &snmp {
        let none = || serde_json::Value::Array(Vec::new());
        pen.set("snmp.versions", none(), evidence);
        for at in ["snmp.communities", "snmp.v3_users"] {
            pen.set(at, serde_json::Value::Null, evidence);
        }
    }
    let mut mark = |paths: &[&str], reason: &Reason| {
        for at in paths {
            pen.unread(at, reason.0, &reason.1);
        }
    };
    if let Some(reason) = &snmp {
        mark(&BY_SNMP, reason);
    }
    if let Some(reason) = &shell {
        mark(&BY_SHELL, reason);
    }
    // Where one way does not exist, the other one's reason is the one to mend.
    let other = match (&snmp, &shell) {
        (Some((UnreadReason::Unsupported, _)), Some(reason)) => Some(reason),
        (Some(reason), _) => Some(reason),
        (None, reason) => reason.as_ref(),
    };
    if let Some(reason) = other {
        mark(&BY_BOTH, reason);
    }
}

/// Why no SNMP credential works here; nothing where one does, or where nobody asked.
fn snmp_reason(view: &View<'_>) -> Option<Reason> {
    if view.snmp_answered() {
        return None;
    }
    let mut evidence = Vec::new();
    let mut failures = Vec::new();
    let mut agent = false;
    let mut closed = false;
    for (exchange, id) in view.exchanges() {
        match &exchange.question {
            Question::SnmpEngine => {
                agent |= matches!(exchange.answer, Answer::Engine { .. });
                let refused = matches!(
                    exchange.answer,
                    Answer::Failed {
                        failure: Failure::Refused,
                        ..
                    }
                );
                closed |= refused || exchange.answer == Answer::Closed;
                evidence.push(id.clone());
            }
            Question::SnmpGet { credential, .. } | Question::SnmpWalk { credential, .. } => {
                evidence.push(id.clone());
                if let (Answer::Failed { failure, .. }, false) =
                    (&exchange.answer, credential.starts_with(FACTORY))
                {
                    failures.push(failure.unread());
                }
            }
            _ => {}
        }
    }
    let spoken = failures
        .iter()
        .copied()
        .filter(|reason| *reason != UnreadReason::Timeout)
        .min();
    let reason = match spoken {
        _ if evidence.is_empty() => return None,
        _ if closed && !agent => UnreadReason::Unsupported,
        Some(reason) => reason,
        // Silence is how a living agent refuses a community.
        None if !failures.is_empty() && agent => UnreadReason::Denied,
        None if !failures.is_empty() => UnreadReason::Timeout,
        None => UnreadReason::NoCredentials,
    };
    Some((reason, evidence))
}

/// Why no command ran here; nothing where one did, or where nobody looked for SSH.
fn shell_reason(view: &View<'_>) -> Option<Reason> {
    if view.ssh_logged_in() {
        return None;
    }
    let mut logins = Vec::new();
    let mut server = Vec::new();
    let mut reasons = Vec::new();
    for (exchange, id) in view.exchanges() {
        match (&exchange.question, &exchange.answer) {
            (Question::SshExec { .. }, Answer::Failed { failure, .. }) => {
                reasons.push(failure.unread());
                logins.push(id.clone());
            }
            (Question::SshKex { .. }, Answer::Bytes { .. }) => server.push(id.clone()),
            _ => {}
        }
    }
    // A refusal tells more than a silence.
    if let Some(reason) = reasons.into_iter().min() {
        return Some((reason, logins));
    }
    if !server.is_empty() {
        return Some((UnreadReason::NoCredentials, server));
    }
    match tried(view).get(&SSH)? {
        (Port::Closed, id) => Some((UnreadReason::Unsupported, vec![id.clone()])),
        (Port::Silent, id) => Some((UnreadReason::Timeout, vec![id.clone()])),
        (Port::Open, _) => None,
    }
}
