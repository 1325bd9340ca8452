//! Agents against malware: which are there, whether they run, how old their signatures are.
use super::Subject;
use super::answers::{found, outcome};
use super::date::{Now, written};
use super::services::Services;
use crate::family::draft::{Pen, path};
use crate::family::view::View;
use crate::model::{AntivirusAgent, EvidenceId};
use serde_json::Value as Json;

const CLAMAV: &str = "stat -c %Y /var/lib/clamav/daily.cld /var/lib/clamav/daily.cvd";
const DEFENDER: &str = "mdatp health --field definitions_updated_minutes_ago";

/// Names of units and of processes, by product, from the makers' own installation guides.
const PRODUCTS: [(&str, &[&str]); 14] = [
    (
        CLAM,
        &[
            "clamav-daemon",
            "clamd",
            "clamd@",
            "clamonacc",
            "clamav-clamonacc",
        ],
    ),
    (MDATP, &["mdatp", "wdavdaemon"]),
    (
        "CrowdStrike Falcon",
        &["falcon-sensor", "falcond", "falcon-sensor-b"],
    ),
    ("SentinelOne", &["sentinelone", "s1-agent"]),
    ("Sophos", &["sophos-spl", "sav-protect", "sophos_watchdog"]),
    ("Trend Micro", &["ds_agent", "ds_am", "v1es"]),
    ("ESET", &["eea", "efs", "oaeventd"]),
    ("Bitdefender", &["bdsec", "bdsecd", "bdsrvscand"]),
    (
        "WithSecure",
        &[
            "f-secure-linuxsecurity-activate",
            "fsma",
            "f-secure-baseguard-update",
        ],
    ),
    ("HarfangLab", &["hurukai", "hurukai-agent"]),
    ("TEHTRIS", &["tehtris", "tehtris-edr", "tehtrisd"]),
    ("Kaspersky", &["kesl", "kesl-supervisor"]),
    ("Trellix", &["mfetpd", "mfeespd", "isectpd"]),
    ("Cortex XDR", &["traps_pmd", "cortex-xdr"]),
];
const CLAM: &str = "ClamAV";
const MDATP: &str = "Microsoft Defender";

pub(super) const SUBJECT: Subject = Subject {
    when: |view| state(view, CLAM).is_some(),
    plain: &[CLAMAV],
    guarded: &[],
    fuller: &[],
    read,
};
/// Asked where it is there.
pub(super) const MDATP_SUBJECT: Subject = Subject {
    when: |view| state(view, MDATP).is_some(),
    plain: &[DEFENDER],
    guarded: &[],
    fuller: &[],
    read: |_, _| {},
};

fn state(view: &View<'_>, product: &str) -> Option<bool> {
    let (_, names) = PRODUCTS.iter().find(|(name, _)| *name == product)?;
    Services::of(view)?.state(names)
}

fn read(view: &View<'_>, pen: &mut Pen<'_>) {
    let at = "antivirus.agents";
    let Some(services) = Services::of(view) else {
        return;
    };
    let mut evidence = services.evidence.clone();
    let now = Now::of(view);
    let mut agents = Vec::new();
    for (name, names) in PRODUCTS {
        let Some(running) = services.state(names) else {
            continue;
        };
        let signatures = match name {
            CLAM => clamav(view, &mut evidence),
            MDATP => now
                .as_ref()
                .and_then(|now| defender(view, now, &mut evidence)),
            _ => None,
        };
        agents.push(AntivirusAgent {
            name: name.to_owned(),
            running: Some(running),
            signatures,
        });
    }
    match services.open() {
        _ if !agents.is_empty() => {
            agents.sort_by(|a, b| a.name.cmp(&b.name));
            pen.set(
                at,
                serde_json::to_value(agents).unwrap_or_default(),
                &evidence,
            );
        }
        Some(reason) => pen.unread(at, reason, &evidence),
        // Of the products that we know by name.
        None => pen.offer(
            &path(at),
            Json::Null,
            crate::model::Confidence::Likely,
            &evidence,
        ),
    }
}

/// freshclam(1) writes a new file when there is a new database.
fn clamav(view: &View<'_>, evidence: &mut Vec<EvidenceId>) -> Option<String> {
    let (text, id) = found(view, CLAMAV)?.ok()?;
    evidence.push(id);
    let newest = text
        .lines()
        .filter_map(|row| row.trim().parse::<i64>().ok())
        .max();
    written(newest?)
}

/// mdatp(1).
fn defender(view: &View<'_>, now: &Now, evidence: &mut Vec<EvidenceId>) -> Option<String> {
    let (text, id) = outcome(view, DEFENDER)?.ok()?;
    evidence.push(id);
    let minutes = text.trim().trim_matches('"').parse::<u32>().ok()?;
    written(now.instant.as_second() - i64::from(minutes) * 60)
}
