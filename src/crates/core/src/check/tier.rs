//! Which access would answer what stays unknown: what to ask the client for before the contract
//! is sized.
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{FactPath, FactSchema, Finding, Outcome, Tier, TierSummary, UnreadReason};

/// Unknown verdicts by the access that would answer them, the one that answers most first.
#[must_use]
pub fn tiers(findings: &[Finding]) -> Vec<TierSummary> {
    let mut tiers: BTreeMap<Tier, Gathered> = BTreeMap::new();
    for finding in findings {
        let Outcome::Unknown { reason, fact } = &finding.outcome else {
            continue;
        };
        let tier = fact
            .parse()
            .ok()
            .and_then(|fact: FactPath| FactSchema::get().spec(&fact)?.tier)
            .unwrap_or(Tier::Inventory);
        let gathered = tiers.entry(tier).or_default();
        gathered.findings += 1;
        gathered.checks.insert(&finding.check);
        gathered.devices.insert(finding.asset);
        *gathered.reasons.entry(*reason).or_default() += 1;
        gathered.access += usize::from(is_access(tier, *reason));
    }
    let mut tiers: Vec<TierSummary> = tiers
        .into_iter()
        .map(|(tier, gathered)| TierSummary {
            tier,
            unknown: gathered.findings,
            checks: gathered.checks.len(),
            devices: gathered.devices.len(),
            for_want_of_access: gathered.access,
            reasons: gathered.reasons,
        })
        .collect();
    tiers.sort_by_key(|tier| (std::cmp::Reverse(tier.for_want_of_access), tier.tier));
    tiers
}

#[derive(Default)]
struct Gathered<'a> {
    findings: usize,
    checks: BTreeSet<&'a str>,
    devices: BTreeSet<uuid::Uuid>,
    reasons: BTreeMap<UnreadReason, usize>,
    access: usize,
}

/// Whether a credential, a permission or a declaration would mend it: a probe that was not sent
/// needs a scan, not a credential.
fn is_access(tier: Tier, reason: UnreadReason) -> bool {
    use UnreadReason::{Denied, NoCredentials, NotAuthorised, NotCollected};
    match tier {
        Tier::Probe => reason == NotAuthorised,
        Tier::Snmp | Tier::Login | Tier::Declaration => {
            matches!(
                reason,
                NotAuthorised | NoCredentials | Denied | NotCollected
            )
        }
        Tier::Inventory => false,
    }
}
