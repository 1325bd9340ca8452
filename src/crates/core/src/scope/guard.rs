//! The one question asked before every packet: may this address be touched, now?
use super::{AuditFile, Credential, CredentialKind, Site, ThirdParty, Window};
use crate::model::{SiteId, Target};
use ipnetwork::IpNetwork;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

/// Why nothing may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The site does not exist.
    UnknownSite,
    /// No network of the site holds the address.
    OutOfScope,
    /// An exclusion holds it; exclusion beats inclusion.
    Excluded(IpNetwork),
    /// It belongs to a third party without an authorisation in force.
    ThirdParty(String),
    /// Network or broadcast address, multicast, loopback of another network, unspecified.
    NotAHost,
    /// Outside the site's hours.
    OutsideWindow,
    /// Outside the mandate's dates.
    OutsideMandate,
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSite => f.write_str("unknown site"),
            Self::OutOfScope => f.write_str("out of scope"),
            Self::Excluded(network) => write!(f, "excluded ({network})"),
            Self::ThirdParty(name) => write!(f, "third party without authorisation ({name})"),
            Self::NotAHost => f.write_str("not a host address"),
            Self::OutsideWindow => f.write_str("outside the site's hours"),
            Self::OutsideMandate => f.write_str("outside the mandate's dates"),
        }
    }
}

/// May this address be touched?
pub type Verdict = Result<(), Denial>;

/// A checked `audit.yaml`.
#[derive(Debug, Clone)]
pub struct Scope {
    audit: AuditFile,
    zones: BTreeMap<SiteId, TimeZone>,
}

impl Scope {
    /// Wraps a file that [`load`](super::load) has checked.
    pub(super) fn new(audit: AuditFile, zones: BTreeMap<SiteId, TimeZone>) -> Self {
        Self { audit, zones }
    }

    /// The file.
    pub fn audit(&self) -> &AuditFile {
        &self.audit
    }

    /// A site by id.
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.audit.sites.iter().find(|site| site.id == id.0)
    }

    /// May this target be touched at this time? The guard's whole answer.
    pub fn verdict(&self, target: &Target, now: Timestamp) -> Verdict {
        let Some(address) = target.locator.address() else {
            return Err(Denial::OutOfScope);
        };
        self.place(&target.site, address)?;
        let today = now.to_zoned(TimeZone::UTC).date();
        let mandate = &self.audit.mandate;
        if today < mandate.valid_from || today > mandate.valid_to {
            return Err(Denial::OutsideMandate);
        }
        if let Some(party) = self.third_party(&target.site, address) {
            let authorised = party.authorisation.as_ref().is_some_and(|consent| {
                consent.date <= today && consent.valid_to.is_none_or(|last| today <= last)
            });
            if !authorised {
                return Err(Denial::ThirdParty(party.name.clone()));
            }
        }
        match (
            self.site(&target.site)
                .and_then(|site| site.window.as_ref()),
            self.zones.get(&target.site),
        ) {
            (Some(window), Some(zone)) if !window_open(window, zone, now) => {
                Err(Denial::OutsideWindow)
            }
            _ => Ok(()),
        }
    }

    /// The part of the verdict that holds at any time: inside a network, outside every exclusion.
    ///
    /// # Errors
    /// The denial.
    pub fn place(&self, site: &SiteId, address: IpAddr) -> Verdict {
        let site = self.site(site).ok_or(Denial::UnknownSite)?;
        if let Some(network) = site
            .exclusions
            .iter()
            .find(|network| network.contains(address))
        {
            return Err(Denial::Excluded(*network));
        }
        let network = site
            .networks
            .iter()
            .map(super::ScopeNetwork::prefix)
            .filter(|network| network.contains(address))
            .max_by_key(IpNetwork::prefix)
            .ok_or(Denial::OutOfScope)?;
        if is_host(network, address) {
            Ok(())
        } else {
            Err(Denial::NotAHost)
        }
    }

    /// The third party that an address belongs to, authorised or not.
    pub fn third_party(&self, site: &SiteId, address: IpAddr) -> Option<&ThirdParty> {
        self.audit.third_parties.iter().find(|party| {
            let here = party.site.as_ref().is_none_or(|id| *id == site.0);
            let ranged = here
                && party
                    .networks
                    .iter()
                    .any(|network| network.contains(address));
            ranged
                || party
                    .devices
                    .iter()
                    .any(|device| device.site == site.0 && device.address == Some(address))
        })
    }

    /// Every host address of a site that may be touched as to place, in order, without
    /// duplicates. Time and third parties are left to [`Self::verdict`].
    pub fn addresses(&self, site: &Site) -> Vec<IpAddr> {
        let id = SiteId(site.id.clone());
        let mut addresses: Vec<IpAddr> = site
            .networks
            .iter()
            .flat_map(|network| network.prefix().iter())
            .filter(|address| self.place(&id, *address).is_ok())
            .collect();
        addresses.sort();
        addresses.dedup();
        addresses
    }

    /// Credentials of one kind that may be tried at a target, most narrowly bound first.
    pub fn credentials(&self, target: &Target, kinds: &[CredentialKind]) -> Vec<&Credential> {
        let Some(address) = target.locator.address() else {
            return Vec::new();
        };
        let narrowest = |credential: &Credential| {
            let holding = credential
                .networks
                .iter()
                .filter(|network| network.contains(address));
            holding.map(IpNetwork::prefix).max()
        };
        let mut found: Vec<_> = self
            .audit
            .credentials
            .iter()
            .filter(|credential| {
                credential
                    .site
                    .as_ref()
                    .is_none_or(|site| *site == target.site.0)
            })
            .filter(|credential| credential.kind().is_some_and(|kind| kinds.contains(&kind)))
            .filter_map(|credential| narrowest(credential).map(|length| (length, credential)))
            .collect();
        found.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        found
            .into_iter()
            .map(|(_, credential)| credential)
            .collect()
    }

    /// Whether legacy SSH algorithms may be used with an address.
    pub fn legacy_ssh(&self, address: IpAddr) -> bool {
        self.audit
            .ssh
            .legacy_algorithms
            .iter()
            .any(|network| network.contains(address))
    }
}

impl Credential {
    /// The protocol that this credential serves.
    pub fn kind(&self) -> Option<CredentialKind> {
        let kinds = [
            self.snmp_v1.as_ref().map(|_| CredentialKind::SnmpV1),
            self.snmp_v2c.as_ref().map(|_| CredentialKind::SnmpV2c),
            self.snmp_v3.as_ref().map(|_| CredentialKind::SnmpV3),
            self.ssh.as_ref().map(|_| CredentialKind::Ssh),
        ];
        kinds.into_iter().flatten().next()
    }
}

/// Whether an address of a network can be a host: neither its network nor its broadcast
/// address (RFC 919, RFC 3021 for /31), nor multicast, nor unspecified; in IPv6 not the
/// subnet-router anycast address (RFC 4291 section 2.6.1).
fn is_host(network: IpNetwork, address: IpAddr) -> bool {
    if address.is_multicast() || address.is_unspecified() {
        return false;
    }
    match (network, address) {
        (IpNetwork::V4(network), IpAddr::V4(address)) => {
            address.octets() != [255; 4]
                && (network.prefix() >= 31
                    || (address != network.network() && address != network.broadcast()))
        }
        (IpNetwork::V6(network), IpAddr::V6(address)) => {
            network.prefix() >= 127 || address != network.network()
        }
        _ => false,
    }
}

fn window_open(window: &Window, zone: &TimeZone, now: Timestamp) -> bool {
    let local = now.to_zoned(zone.clone());
    let opens_on = |day: jiff::civil::Weekday| {
        window.days.is_empty()
            || window
                .days
                .iter()
                .any(|allowed| jiff::civil::Weekday::from(*allowed) == day)
    };
    let (time, day) = (local.time(), local.weekday());
    if window.from <= window.to {
        return opens_on(day) && window.from <= time && time < window.to;
    }
    // Past midnight the window belongs to the day before.
    (opens_on(day) && time >= window.from) || (opens_on(day.previous()) && time < window.to)
}
