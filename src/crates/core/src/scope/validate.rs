//! Reads `audit.yaml` and refuses what would make a scan unsafe or ambiguous.
mod outward;

use super::plan::overlap;
use super::{AUDIT_VERSION, AuditFile, Credential, Scope, SecretSource, Site};
use crate::data::{Diagnostic, Diagnostics, Limits, Source};
use crate::model::{Locator, SiteId, Target, TcpProbe};
use ipnetwork::IpNetwork;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Longest IPv4 prefix refused as too large for one audit: a /12 holds a million addresses.
const LARGEST_V4: u8 = 12;
/// Largest IPv6 prefix taken: 256 addresses.
const LARGEST_V6: u8 = 120;

/// Reads and checks an audit file. `classes` holds the ids of `models/classes.yaml`;
/// `allow_inline` is the user's flag for secrets in clear.
///
/// # Errors
/// Every mistake found, each at its place in the file.
pub fn load(
    path: &str,
    bytes: &[u8],
    classes: &BTreeSet<String>,
    allow_inline: bool,
) -> Result<Scope, Diagnostics> {
    let source = Source::new(path, bytes, Limits::default())?;
    let audit: AuditFile = source.parse()?;
    let mut check = Check {
        source: &source,
        found: Diagnostics::default(),
    };
    check.version(&audit);
    check.mandate(&audit);
    let zones = check.sites(&audit.sites);
    check.third_parties(&audit, classes);
    check.credentials(&audit.credentials, allow_inline);
    check.limits(&audit);
    check.declared(&audit, classes);
    check.targets(&audit.targets, allow_inline);
    check.notify(&audit.notify, allow_inline);
    let Check { found, .. } = check;
    let resolver = audit.resolver;
    let scope = found.into_result(Scope::new(audit, zones))?;
    if let Some(address) = resolver {
        let inside = scope.audit().sites.iter().any(|site| {
            let target = Target {
                site: SiteId(site.id.clone()),
                locator: Locator::Address(address),
            };
            scope.place(&target.site, address).is_ok()
                && scope.third_party(&target.site, address).is_none()
        });
        if !inside {
            let error = at(&source, "resolver", "the resolver lies outside the scope");
            return Err(error.help("name a DNS server inside a site's networks, or remove the key: no name is then asked").into());
        }
    }
    Ok(scope)
}

fn at(source: &Source<'_>, path: &str, message: impl Into<String>) -> Diagnostic {
    match source.locate(path) {
        Some(location) => source.error_at(location, message),
        None => source.file_error(message),
    }
}

struct Check<'a> {
    source: &'a Source<'a>,
    found: Diagnostics,
}

impl Check<'_> {
    fn say(&mut self, path: &str, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(at(self.source, path, message).help(help));
    }

    fn version(&mut self, audit: &AuditFile) {
        if audit.version == 0 || audit.version > AUDIT_VERSION {
            let message = format!("version {} of audit.yaml is not known", audit.version);
            self.say(
                "version",
                message,
                format!("this program reads versions 1 to {AUDIT_VERSION}"),
            );
        }
    }

    fn mandate(&mut self, audit: &AuditFile) {
        let mandate = &audit.mandate;
        if mandate.valid_to < mandate.valid_from {
            self.say(
                "mandate/valid_to",
                "the mandate ends before it begins",
                "give its last day, inclusive",
            );
        }
        for (key, text) in [
            ("client/name", &audit.client.name),
            ("provider/name", &audit.provider.name),
        ] {
            if text.trim().is_empty() {
                self.say(
                    key,
                    "the name is empty",
                    "name the company: it stands on the report's cover",
                );
            }
        }
        if audit.auditors.is_empty() {
            self.say(
                "auditors",
                "no auditor is named",
                "add `- name: …`: the report names who audited",
            );
        }
    }

    fn sites(&mut self, sites: &[Site]) -> BTreeMap<SiteId, TimeZone> {
        let mut zones = BTreeMap::new();
        if sites.is_empty() {
            self.say(
                "sites",
                "there is no site",
                "add at least one site with its networks",
            );
        }
        for (index, site) in sites.iter().enumerate() {
            let here = format!("sites/{index}");
            let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if site.id.is_empty() || !site.id.chars().all(word) {
                self.say(
                    &format!("{here}/id"),
                    "a site's id is letters, digits, `-`, `_` and `.`",
                    "for example `paris-1`",
                );
            }
            match TimeZone::get(&site.timezone) {
                Ok(zone) => {
                    let id = SiteId(site.id.clone());
                    if zones.insert(id, zone).is_some() {
                        self.say(
                            &format!("{here}/id"),
                            format!("site `{}` stands twice", site.id),
                            "ids are unique",
                        );
                    }
                }
                Err(_) => self.say(
                    &format!("{here}/timezone"),
                    format!("time zone `{}` is not known", site.timezone),
                    "use an IANA name such as Europe/Paris",
                ),
            }
            if site.networks.is_empty() {
                self.say(
                    &format!("{here}/networks"),
                    "the site has no network",
                    "add its prefixes",
                );
            }
            for (number, network) in site.networks.iter().enumerate() {
                self.network(
                    &format!("{here}/networks/{number}"),
                    network.prefix(),
                    network.public(),
                );
            }
        }
        zones
    }

    fn network(&mut self, path: &str, network: IpNetwork, public: bool) {
        if network.ip() != network.network() {
            let right = format!("{}/{}", network.network(), network.prefix());
            self.say(
                path,
                format!("{network} has bits set beyond its prefix"),
                format!("did you mean {right}?"),
            );
        }
        let too_large = match network {
            IpNetwork::V4(v4) => v4.prefix() < LARGEST_V4,
            IpNetwork::V6(v6) => v6.prefix() < LARGEST_V6,
        };
        if too_large {
            let help = match network {
                IpNetwork::V4(_) => {
                    format!("split it: a prefix of /{LARGEST_V4} or longer is taken")
                }
                IpNetwork::V6(_) => format!(
                    "list the addresses, or prefixes of /{LARGEST_V6} and longer: an IPv6 network cannot be swept"
                ),
            };
            self.say(path, format!("{network} is too large to be scanned"), help);
        }
        if !public && !is_private(network.network()) {
            self.say(
                path,
                format!("{network} is public address space"),
                format!("if the mandate names it, write `{{prefix: {network}, public: true}}`"),
            );
        }
    }

    fn third_parties(&mut self, audit: &AuditFile, classes: &BTreeSet<String>) {
        for (index, party) in audit.third_parties.iter().enumerate() {
            let here = format!("third_parties/{index}");
            if party.networks.is_empty() && party.devices.is_empty() {
                self.say(
                    &here,
                    format!(
                        "third party `{}` has neither networks nor devices",
                        party.name
                    ),
                    "list what is theirs",
                );
            }
            if let Some(site) = &party.site {
                self.site_known(&format!("{here}/site"), site, audit);
            }
            for (number, device) in party.devices.iter().enumerate() {
                self.site_known(
                    &format!("{here}/devices/{number}/site"),
                    &device.site,
                    audit,
                );
                self.class_known(
                    &format!("{here}/devices/{number}/class"),
                    &device.class,
                    classes,
                );
            }
        }
    }

    fn credentials(&mut self, credentials: &[Credential], allow_inline: bool) {
        let mut names = BTreeSet::new();
        for (index, credential) in credentials.iter().enumerate() {
            let here = format!("credentials/{index}");
            let kinds = usize::from(credential.snmp_v1.is_some())
                + usize::from(credential.snmp_v2c.is_some())
                + usize::from(credential.snmp_v3.is_some())
                + usize::from(credential.ssh.is_some());
            if kinds != 1 {
                self.say(
                    &here,
                    "a credential is exactly one of snmp_v1, snmp_v2c, snmp_v3, ssh",
                    "split it into several",
                );
            }
            if !names.insert(credential.name.clone()) {
                self.say(
                    &format!("{here}/name"),
                    format!("credential `{}` stands twice", credential.name),
                    "names are unique: they stand for the secret in evidence",
                );
            }
            if credential.networks.is_empty() {
                self.say(
                    &format!("{here}/networks"),
                    "the credential is bound to no network",
                    "say where it belongs: it is tried nowhere else",
                );
            }
            if let Some(user) = &credential.snmp_v3
                && user.privacy.is_some()
                && user.auth.is_none()
            {
                self.say(
                    &format!("{here}/snmp_v3/privacy"),
                    "privacy without authentication does not exist (RFC 3411)",
                    "add `auth:`",
                );
            }
            if let Some(account) = &credential.ssh
                && account.password.is_none()
                && account.keyboard_interactive.is_none()
                && account.key.is_none()
                && account.agent_key.is_none()
            {
                self.say(
                    &format!("{here}/ssh"),
                    "the account has no way to log in",
                    "add `key:`, `agent_key:`, `password:` or `keyboard_interactive:`",
                );
            }
            self.secrets(&here, credential.secrets(), allow_inline);
        }
    }

    fn limits(&mut self, audit: &AuditFile) {
        let limits = &audit.limits;
        let figures = [
            ("packets_per_second", limits.packets_per_second),
            (
                "packets_per_second_per_host",
                limits.packets_per_second_per_host,
            ),
            (
                "packets_per_second_fragile",
                limits.packets_per_second_fragile,
            ),
            ("tcp_connections_per_host", limits.tcp_connections_per_host),
            ("hosts_at_a_time", limits.hosts_at_a_time),
            ("timeout_seconds", limits.timeout_seconds),
        ];
        for (key, figure) in figures {
            if figure == 0 {
                self.say(
                    &format!("limits/{key}"),
                    format!("{key} is 0"),
                    "give a figure of at least 1, or remove the key",
                );
            }
        }
    }

    fn declared(&mut self, audit: &AuditFile, classes: &BTreeSet<String>) {
        let declared = &audit.declared;
        if let Some(workstations) = &declared.workstations
            && workstations.older_than_4_years > workstations.count
        {
            self.say(
                "declared/workstations/older_than_4_years",
                "more old workstations than workstations",
                "it counts a part of `count`",
            );
        }
        for (index, zone) in declared.domains.iter().enumerate() {
            let question = TcpProbe::DnsTransfer { zone: zone.clone() };
            if question.request(53, &[0; 32]).is_none() {
                self.say(
                    &format!("declared/domains/{index}"),
                    "not a domain name",
                    "write it in ASCII, without a dot at the end: example.fr",
                );
            }
        }
        for (index, device) in declared.devices.iter().enumerate() {
            let here = format!("declared/devices/{index}");
            let keys = &device.r#match;
            if keys.address.is_none()
                && keys.hostname.is_none()
                && keys.serial.is_none()
                && keys.mac.is_none()
            {
                self.say(
                    &format!("{here}/match"),
                    "the device has no key to be recognised by",
                    "give address, hostname, serial or mac",
                );
            }
            if let Some(class) = &device.class {
                self.class_known(&format!("{here}/class"), class, classes);
            }
            if let Some(site) = &keys.site {
                self.site_known(&format!("{here}/match/site"), site, audit);
            }
        }
    }

    fn site_known(&mut self, path: &str, site: &str, audit: &AuditFile) {
        if !audit.sites.iter().any(|known| known.id == site) {
            let known: Vec<&str> = audit.sites.iter().map(|site| site.id.as_str()).collect();
            self.say(
                path,
                format!("site `{site}` is not in this file"),
                format!("known here: {}", known.join(", ")),
            );
        }
    }

    fn class_known(&mut self, path: &str, class: &str, classes: &BTreeSet<String>) {
        if !classes.contains(class) {
            let help = crate::data::suggest(class, classes.iter().map(String::as_str));
            self.say(
                path,
                format!("class `{class}` is not in models/classes.yaml"),
                help.unwrap_or_default(),
            );
        }
    }
}

impl Credential {
    /// Every secret of this credential: its key path below the credential, and its source.
    pub fn secrets(&self) -> Vec<(&'static str, &SecretSource)> {
        let mut found = Vec::new();
        if let Some(community) = &self.snmp_v1 {
            found.push(("snmp_v1/community", &community.community));
        }
        if let Some(community) = &self.snmp_v2c {
            found.push(("snmp_v2c/community", &community.community));
        }
        if let Some(user) = &self.snmp_v3 {
            found.extend(
                user.auth
                    .iter()
                    .map(|auth| ("snmp_v3/auth/password", &auth.password)),
            );
            found.extend(
                user.privacy
                    .iter()
                    .map(|privacy| ("snmp_v3/privacy/password", &privacy.password)),
            );
        }
        if let Some(account) = &self.ssh {
            found.extend(
                account
                    .password
                    .iter()
                    .map(|secret| ("ssh/password", secret)),
            );
            found.extend(
                account
                    .keyboard_interactive
                    .iter()
                    .map(|secret| ("ssh/keyboard_interactive", secret)),
            );
            found.extend(account.key.iter().map(|secret| ("ssh/key", secret)));
            found.extend(
                account
                    .passphrase
                    .iter()
                    .map(|secret| ("ssh/passphrase", secret)),
            );
            found.extend(account.enable.iter().map(|secret| ("ssh/enable", secret)));
        }
        found
    }
}

impl Scope {
    /// Whether two sites hold the same addresses: their devices are told apart by site alone.
    pub fn overlapping_sites(&self) -> Vec<(SiteId, SiteId)> {
        let sites = &self.audit().sites;
        let mut pairs = Vec::new();
        for (index, a) in sites.iter().enumerate() {
            for b in sites.iter().skip(index + 1) {
                let shared = a.networks.iter().any(|left| {
                    b.networks
                        .iter()
                        .any(|right| overlap(left.prefix(), right.prefix()))
                });
                if shared {
                    pairs.push((SiteId(a.id.clone()), SiteId(b.id.clone())));
                }
            }
        }
        pairs
    }
}

/// Private, shared (RFC 6598), link-local, loopback and benchmarking space: scanned without
/// further consent. IPv6: unique local, link-local, loopback.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    }
}
