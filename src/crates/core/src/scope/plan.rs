//! The dry run: what a scan would send, before it sends anything.
use super::{CredentialKind, Denial, Scope};
use crate::model::{SiteId, Target};
use jiff::Timestamp;
use serde::Serialize;

/// Figures of one probe set, handed in by the rooms that send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProbeCost {
    /// Packets to an address that stays silent.
    pub silent: u32,
    /// Packets to a host that answers, discovery and collection together (an estimate).
    pub answering: u32,
}

/// What one site would see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedSite {
    /// Site.
    pub site: SiteId,
    /// Addresses that would be asked.
    pub targets: u64,
    /// Addresses of the networks that an exclusion holds back.
    pub excluded: u64,
    /// Addresses held back for want of a third party's authorisation, by party.
    pub third_parties: Vec<(String, u64)>,
    /// Why nothing at all would be sent now (window, mandate), if so.
    pub closed: Option<String>,
    /// Credential names per kind that would be tried somewhere on the site.
    pub credentials: Vec<(CredentialKind, Vec<String>)>,
}

/// What a scan would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Per site.
    pub sites: Vec<PlannedSite>,
    /// Addresses in all.
    pub targets: u64,
    /// Least number of packets: every address silent.
    pub packets_min: u64,
    /// Greatest number of packets: every address answers.
    pub packets_max: u64,
    /// Most failed logins that the caps allow.
    pub failed_logins_max: u64,
    /// Seconds at the scope's limits, every address silent.
    pub seconds_min: u64,
    /// Seconds at the scope's limits, every address answering.
    pub seconds_max: u64,
}

impl Scope {
    /// What a scan at this moment would send.
    pub fn plan(&self, now: Timestamp, cost: ProbeCost) -> Plan {
        let sites: Vec<PlannedSite> = self
            .audit()
            .sites
            .iter()
            .map(|site| self.plan_site(site, now))
            .collect();
        let targets: u64 = sites.iter().map(|site| site.targets).sum();
        let limits = &self.audit().limits;
        let (packets_min, packets_max) = (
            targets * u64::from(cost.silent),
            targets * u64::from(cost.answering),
        );
        let rate = u64::from(limits.packets_per_second.max(1));
        // One host takes its own packets at its own rate; hosts run side by side.
        let per_host =
            u64::from(cost.answering) / u64::from(limits.packets_per_second_per_host.max(1));
        let waves = targets.div_ceil(u64::from(limits.hosts_at_a_time.max(1)));
        Plan {
            targets,
            packets_min,
            packets_max,
            failed_logins_max: targets * u64::from(limits.failed_logins),
            seconds_min: packets_min / rate,
            seconds_max: (packets_max / rate).max(waves * per_host),
            sites,
        }
    }

    fn plan_site(&self, site: &super::Site, now: Timestamp) -> PlannedSite {
        let id = SiteId(site.id.clone());
        let mut planned = PlannedSite {
            site: id.clone(),
            targets: 0,
            excluded: 0,
            third_parties: Vec::new(),
            closed: None,
            credentials: Vec::new(),
        };
        for network in &site.networks {
            let held = network
                .prefix()
                .iter()
                .filter(|address| matches!(self.place(&id, *address), Err(Denial::Excluded(_))));
            planned.excluded += held.count() as u64;
        }
        for address in self.addresses(site) {
            match self.verdict(&Target::new(id.0.clone(), address), now) {
                Err(Denial::ThirdParty(name)) => {
                    match planned
                        .third_parties
                        .iter_mut()
                        .find(|(known, _)| *known == name)
                    {
                        Some((_, count)) => *count += 1,
                        None => planned.third_parties.push((name, 1)),
                    }
                }
                Err(denial @ (Denial::OutsideMandate | Denial::OutsideWindow)) => {
                    planned.closed = Some(denial.to_string());
                    planned.targets += 1;
                }
                Err(_) => {}
                Ok(()) => planned.targets += 1,
            }
        }
        let kinds = [
            CredentialKind::SnmpV3,
            CredentialKind::SnmpV2c,
            CredentialKind::SnmpV1,
            CredentialKind::Ssh,
        ];
        for kind in kinds {
            let here = |credential: &&super::Credential| {
                credential
                    .site
                    .as_ref()
                    .is_none_or(|known| *known == site.id)
                    && credential.networks.iter().any(|bound| {
                        site.networks
                            .iter()
                            .any(|network| overlap(*bound, network.prefix()))
                    })
            };
            let credentials = self.audit().credentials.iter();
            let names: Vec<String> = credentials
                .filter(|credential| credential.kind() == Some(kind))
                .filter(here)
                .map(|credential| credential.name.clone())
                .collect();
            if !names.is_empty() {
                planned.credentials.push((kind, names));
            }
        }
        planned
    }
}

/// Whether two prefixes share an address.
pub(super) fn overlap(a: ipnetwork::IpNetwork, b: ipnetwork::IpNetwork) -> bool {
    a.contains(b.ip()) || b.contains(a.network()) || a.contains(b.network())
}
