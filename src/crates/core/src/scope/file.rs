//! `audit.yaml`, as its reader writes it.
use super::cmdb::CmdbTarget;
use super::notify::Notify;
use crate::model::class::Criticality;
use crate::model::estimate::Coverage;
use ipnetwork::IpNetwork;
use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use uuid::Uuid;

/// The version of `audit.yaml` that this program writes; older ones are read.
pub const AUDIT_VERSION: u32 = 1;

/// The audit folder's one file: what may be audited, by whom, how, and what the client declares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditFile {
    /// Format version: 1.
    pub version: u32,
    /// The audit's own id (UUID), written by `arpenteur init`; identities of devices hang on it.
    pub id: Uuid,
    /// Who is audited.
    pub client: Party,
    /// Who audits.
    pub provider: Party,
    /// The people who carry the audit out.
    pub auditors: Vec<Auditor>,
    /// The signed authorisation.
    pub mandate: Mandate,
    /// Places with their networks.
    pub sites: Vec<Site>,
    /// Parties whose devices stand in the client's networks.
    #[serde(default)]
    pub third_parties: Vec<ThirdParty>,
    /// Credentials, each bound to networks; values stand in the environment or in files.
    #[serde(default)]
    pub credentials: Vec<Credential>,
    /// How SSH servers are met.
    #[serde(default)]
    pub ssh: SshPolicy,
    /// How fast, and how often.
    #[serde(default)]
    pub limits: Limits,
    /// DNS server to ask for names; must lie inside the scope. Without it no DNS query is made.
    #[serde(default)]
    pub resolver: Option<IpAddr>,
    /// What the client declares and no scan can see.
    #[serde(default)]
    pub declared: Declared,
    /// Recordings to take evidence from: where this is set, no socket is opened.
    #[serde(default)]
    pub replay: Vec<ReplayFile>,
    /// Age recipients (`age1…`) that recordings and results are encrypted to; none: in clear.
    #[serde(default)]
    pub encrypt_to: Vec<String>,
    /// Whom `audit --notify` tells what came of a run.
    #[serde(default)]
    pub notify: Notify,
    /// Configuration databases that the inventory goes to.
    #[serde(default)]
    pub targets: Vec<CmdbTarget>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// Business activity, for the report.
    #[serde(default)]
    pub activity: Option<String>,
    /// Named counterpart.
    #[serde(default)]
    pub contact: Option<String>,
    /// Registration number (SIREN).
    #[serde(default)]
    pub legal_id: Option<String>,
    /// Professional insurance policy.
    #[serde(default)]
    pub insurance: Option<String>,
}

/// One auditor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auditor {
    /// Name.
    pub name: String,
    /// Electronic mail address.
    #[serde(default)]
    pub email: Option<String>,
}

/// The signed authorisation to audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mandate {
    /// Reference of the signed document.
    pub reference: String,
    /// Who signed for the client.
    #[serde(default)]
    pub signed_by: Option<String>,
    /// First day on which a scan may run (UTC, inclusive).
    #[schemars(with = "String")]
    pub valid_from: Date,
    /// Last day on which a scan may run (UTC, inclusive).
    #[schemars(with = "String")]
    pub valid_to: Date,
    /// Addresses that the scan is sent from; empty: any.
    #[serde(default)]
    pub source_addresses: Vec<IpAddr>,
    /// Probes that need a written consent of their own.
    #[serde(default)]
    pub probes: MandateProbes,
}

/// Probes that need a written consent of their own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MandateProbes {
    /// Try factory SNMP communities (check SNMP-001), factory accounts on web interfaces
    /// (check WEB-003), and PostgreSQL's own account without a password (check EXP-002).
    #[serde(default)]
    pub default_credentials: bool,
    /// Contact devices of operational technology (PLC), and try factory accounts on devices of
    /// fragile classes too where `default_credentials` is set.
    #[serde(default)]
    pub operational_technology: bool,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Short name, part of every device's identity.
    pub id: String,
    /// Name to print.
    #[serde(default)]
    pub name: Option<String>,
    /// IANA time zone of the window.
    #[serde(default = "default_timezone")]
    pub timezone: String,
    /// Networks to audit.
    pub networks: Vec<ScopeNetwork>,
    /// Addresses and networks never to be touched; an exclusion beats everything.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub exclusions: Vec<IpNetwork>,
    /// Hours in which a scan may send.
    #[serde(default)]
    pub window: Option<Window>,
}

fn default_timezone() -> String {
    "Europe/Paris".to_owned()
}

/// A network: its prefix, or a mapping with consent to scan public addresses.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ScopeNetwork {
    /// `10.20.0.0/24`.
    Plain(#[schemars(with = "String")] IpNetwork),
    /// With options.
    Detailed(DetailedNetwork),
}

/// A network with options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetailedNetwork {
    /// The prefix.
    #[schemars(with = "String")]
    pub prefix: IpNetwork,
    /// Consent to scan addresses that are not private.
    #[serde(default)]
    pub public: bool,
    /// Name to print (VLAN, use).
    #[serde(default)]
    pub name: Option<String>,
    /// What the network is used for: checks on separation need it, of the devices' networks and
    /// of the one that the scan is sent from.
    #[serde(default)]
    pub zone: Option<Zone>,
}

/// What a network is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Zone {
    Users,
    Servers,
    Management,
    Guests,
    Printers,
    Voice,
    Iot,
    Dmz,
    Backup,
    Wan,
}

impl Zone {
    /// The zone's name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Servers => "servers",
            Self::Management => "management",
            Self::Guests => "guests",
            Self::Printers => "printers",
            Self::Voice => "voice",
            Self::Iot => "iot",
            Self::Dmz => "dmz",
            Self::Backup => "backup",
            Self::Wan => "wan",
        }
    }
}

impl ScopeNetwork {
    /// The prefix.
    pub fn prefix(&self) -> IpNetwork {
        match self {
            Self::Plain(prefix) => *prefix,
            Self::Detailed(detailed) => detailed.prefix,
        }
    }

    /// What the network is used for.
    pub fn zone(&self) -> Option<Zone> {
        match self {
            Self::Plain(_) => None,
            Self::Detailed(detailed) => detailed.zone,
        }
    }

    /// Whether public addresses are allowed here.
    pub fn public(&self) -> bool {
        matches!(self, Self::Detailed(detailed) if detailed.public)
    }
}

/// Hours of the day in the site's time zone; `from` after `to` spans midnight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// First minute.
    #[schemars(with = "String")]
    pub from: Time,
    /// First minute no longer allowed.
    #[schemars(with = "String")]
    pub to: Time,
    /// Days on which the window opens; empty: every day.
    #[serde(default)]
    pub days: Vec<Weekday>,
}

/// Day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Weekday> for jiff::civil::Weekday {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Monday,
            Weekday::Tue => Self::Tuesday,
            Weekday::Wed => Self::Wednesday,
            Weekday::Thu => Self::Thursday,
            Weekday::Fri => Self::Friday,
            Weekday::Sat => Self::Saturday,
            Weekday::Sun => Self::Sunday,
        }
    }
}

/// A party whose devices stand in the client's networks. Without an authorisation
/// nothing is sent to them, not even an ARP request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThirdParty {
    /// Its name.
    pub name: String,
    /// Site, where the addresses are those of one site only.
    #[serde(default)]
    pub site: Option<String>,
    /// Its addresses and ranges.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub networks: Vec<IpNetwork>,
    /// Its devices, as the client declares them.
    #[serde(default)]
    pub devices: Vec<ThirdPartyDevice>,
    /// Dated consent; without it its devices are not contacted.
    #[serde(default)]
    pub authorisation: Option<Authorisation>,
}

/// A device of a third party, by declaration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThirdPartyDevice {
    /// Name.
    pub name: String,
    /// Class, an id of `models/classes.yaml`.
    pub class: String,
    /// Site.
    pub site: String,
    /// Address, which joins the party's ranges.
    #[serde(default)]
    pub address: Option<IpAddr>,
}

/// A dated consent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorisation {
    /// Day of signature: nothing is sent before it.
    #[schemars(with = "String")]
    pub date: Date,
    /// Reference of the document.
    pub reference: String,
    /// Last day (UTC, inclusive); absent: as long as the mandate.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub valid_to: Option<Date>,
}

/// Where a secret stands. Never in clear in this file, unless `--allow-inline-secrets` says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SecretSource {
    /// Name of an environment variable.
    Env(String),
    /// File that only its owner may read (mode 0600), relative to the audit folder.
    File(String),
    /// File encrypted with age, relative to the audit folder; opened with `--identity`.
    Age(String),
    /// Entry of the operating system's keyring (Secret Service, Keychain, Credential Manager).
    Keyring(KeyringEntry),
    /// The secret itself; refused without the flag.
    Inline(String),
}

/// An entry of the operating system's keyring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyringEntry {
    /// Service under which it is kept.
    #[serde(default = "keyring_service")]
    pub service: String,
    /// Account.
    pub account: String,
}

fn keyring_service() -> String {
    "arpenteur".to_owned()
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Name used in evidence, ledger and report in place of the value.
    pub name: String,
    /// Networks in which it may be tried; nowhere else.
    #[schemars(with = "Vec<String>")]
    pub networks: Vec<IpNetwork>,
    /// Site, where the networks are those of one site only.
    #[serde(default)]
    pub site: Option<String>,
    /// SNMP v1 community.
    #[serde(default)]
    pub snmp_v1: Option<Community>,
    /// SNMP v2c community.
    #[serde(default)]
    pub snmp_v2c: Option<Community>,
    /// SNMP v3 user.
    #[serde(default)]
    pub snmp_v3: Option<UsmUser>,
    /// SSH account.
    #[serde(default)]
    pub ssh: Option<SshAccount>,
}

/// What protocol a credential serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// SNMP v1 community.
    SnmpV1,
    /// SNMP v2c community.
    SnmpV2c,
    /// SNMP v3 user.
    SnmpV3,
    /// SSH account.
    Ssh,
}

/// A community.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Community {
    /// The community string.
    pub community: SecretSource,
}

/// An SNMPv3 user (RFC 3414).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsmUser {
    /// usmUserName.
    pub user: String,
    /// Authentication; absent: noAuthNoPriv.
    #[serde(default)]
    pub auth: Option<UsmAuth>,
    /// Privacy; absent: no encryption.
    #[serde(default)]
    pub privacy: Option<UsmPrivacy>,
    /// contextName.
    #[serde(default)]
    pub context: String,
}

/// SNMPv3 authentication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsmAuth {
    /// Protocol.
    pub protocol: AuthProtocol,
    /// Password.
    pub password: SecretSource,
}

/// SNMPv3 privacy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsmPrivacy {
    /// Protocol.
    pub protocol: PrivacyProtocol,
    /// Password.
    pub password: SecretSource,
    /// How a hash that is too short is made longer for AES-192 and AES-256.
    #[serde(default)]
    pub key_extension: KeyExtension,
}

/// usmUserAuthProtocol (RFC 3414, RFC 7860).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum AuthProtocol {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// usmUserPrivProtocol (RFC 3414, RFC 3826, draft-blumenthal-aes-usm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum PrivacyProtocol {
    Des,
    Aes128,
    Aes192,
    Aes256,
}

/// Key extension of AES-192 and AES-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyExtension {
    /// draft-blumenthal-aes-usm-04: net-snmp and most others.
    #[default]
    Blumenthal,
    /// draft-reeder-snmpv3-usm-3desede-00: Cisco and others.
    Reeder,
}

/// An SSH account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SshAccount {
    /// User name.
    pub user: String,
    /// Password (method `password`).
    #[serde(default)]
    pub password: Option<SecretSource>,
    /// Answer to a single prompt (method `keyboard-interactive`).
    #[serde(default)]
    pub keyboard_interactive: Option<SecretSource>,
    /// Private key file, relative to the audit folder (method `publickey`).
    #[serde(default)]
    pub key: Option<SecretSource>,
    /// Passphrase of the key.
    #[serde(default)]
    pub passphrase: Option<SecretSource>,
    /// Key held by ssh-agent (method `publickey`): its fingerprint (`SHA256:…`) or its comment, as
    /// `ssh-add -l` prints them. One key is tried, never all that the agent holds.
    #[serde(default)]
    pub agent_key: Option<String>,
    /// Whether commands that need root may be run through `sudo -n`.
    #[serde(default)]
    pub sudo: bool,
    /// Secret of `enable` on network devices whose prompt ends in `>`; without it `enable` is
    /// never typed.
    #[serde(default)]
    pub enable: Option<SecretSource>,
}

/// How SSH servers are met.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SshPolicy {
    /// What to do with host keys.
    pub host_keys: HostKeyPolicy,
    /// Networks in which legacy algorithms (SHA-1 key exchange, CBC, ssh-rsa) may be used.
    #[schemars(with = "Vec<String>")]
    pub legacy_algorithms: Vec<IpNetwork>,
}

/// What to do with host keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HostKeyPolicy {
    /// Remember a key when first seen (`known_hosts` of the audit folder), refuse a changed one.
    #[default]
    AcceptNew,
    /// Refuse what `known_hosts` of the audit folder does not list.
    Strict,
}

/// How fast, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Packets a second in all.
    pub packets_per_second: u32,
    /// Packets a second to one host.
    pub packets_per_second_per_host: u32,
    /// Packets a second to a host of a fragile class (printers, UPS, cameras, phones).
    pub packets_per_second_fragile: u32,
    /// TCP connections at a time to one host.
    pub tcp_connections_per_host: u32,
    /// Failed logins after which a device, or an account, is left alone.
    pub failed_logins: u32,
    /// Hosts worked on at a time.
    pub hosts_at_a_time: u32,
    /// Seconds to wait for one answer.
    pub timeout_seconds: u32,
    /// Retries of an unanswered datagram.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packets_per_second: 1_000,
            packets_per_second_per_host: 40,
            packets_per_second_fragile: 10,
            tcp_connections_per_host: 1,
            failed_logins: 2,
            hosts_at_a_time: 100,
            timeout_seconds: 2,
            retries: 2,
        }
    }
}

/// What the client declares.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Declared {
    /// Who declared it.
    pub by: Option<String>,
    /// When.
    #[schemars(with = "Option<String>")]
    pub on: Option<Date>,
    /// People who use the information system.
    pub users: Option<u32>,
    /// Workstations.
    pub workstations: Option<Workstations>,
    /// Hours in which support is wanted; default: business hours.
    pub coverage: Option<Coverage>,
    /// Whether on-call outside business hours is wanted for class A devices.
    pub on_call: Option<bool>,
    /// Software as a service in the scope.
    pub saas: Vec<DeclaredItem>,
    /// Telephony (PBX, centrex) in the scope.
    pub telephony: Vec<DeclaredItem>,
    /// Cloud services in the scope.
    pub cloud: Vec<DeclaredItem>,
    /// Video rooms in the scope.
    pub video_rooms: Vec<DeclaredItem>,
    /// Devices: what the client knows of them.
    pub devices: Vec<DeclaredDevice>,
    /// Whether `devices` is the client's whole inventory, so that others are unknown to it.
    pub devices_complete: bool,
    /// Backups.
    pub backup: Option<DeclaredBackup>,
    /// DNS domains of the client: whether its servers give them away whole is asked.
    pub domains: Vec<String>,
    /// DNS resolvers that devices should use.
    pub resolvers: Vec<IpAddr>,
    /// Groups of addresses that are one device, whatever the evidence says.
    pub same_device: Vec<Vec<IpAddr>>,
    /// Groups of addresses that are each a device of its own, whatever the evidence says.
    pub separate_devices: Vec<Vec<IpAddr>>,
}

/// Workstations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workstations {
    /// How many.
    pub count: u32,
    /// Of these, older than four years.
    #[serde(default)]
    pub older_than_4_years: u32,
}

/// Something declared that no scan sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredItem {
    /// Name.
    pub name: String,
    /// Number of users or units.
    #[serde(default)]
    pub count: Option<u32>,
}

/// What the client says of one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDevice {
    /// Which device.
    pub r#match: DeviceMatch,
    /// Class, an id of `models/classes.yaml`.
    #[serde(default)]
    pub class: Option<String>,
    /// Role: `core switch`, `directory`, `backup`, ...
    #[serde(default)]
    pub role: Option<String>,
    /// Criticality, A to D.
    #[serde(default)]
    pub criticality: Option<Criticality>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<String>,
    /// End of the maker's support.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub end_of_support: Option<Date>,
    /// Free tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Accounts that are to have full privilege.
    #[serde(default)]
    pub administrators: Option<Vec<String>>,
    /// Services that are to listen: `tcp/22`.
    #[serde(default)]
    pub services: Option<Vec<String>>,
    /// Last day of the support contract.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub support_until: Option<Date>,
    /// When the configuration was last saved elsewhere.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub config_saved_on: Option<Date>,
    /// When a backup of its data last ended well.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub last_backup: Option<Date>,
    /// Licences and subscriptions.
    #[serde(default)]
    pub licences: Option<Vec<DeclaredLicence>>,
}

/// What the client says of its backups.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredBackup {
    /// Whether a copy is offline or cannot be changed.
    pub offline_copy: Option<bool>,
    /// When data were last restored for a test; absent: never.
    #[schemars(with = "Option<String>")]
    pub restore_tested_on: Option<Date>,
}

/// A licence or subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredLicence {
    /// Name.
    pub name: String,
    /// Whether it is a subscription to signatures or filters.
    #[serde(default)]
    pub subscription: bool,
    /// Last day; absent: it does not end.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
}

/// How a declared device is recognised: every key given must agree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeviceMatch {
    /// Site.
    pub site: Option<String>,
    /// One of its addresses.
    pub address: Option<IpAddr>,
    /// Host name, upper and lower case alike.
    pub hostname: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// One of its hardware addresses.
    pub mac: Option<String>,
}

/// A file to take evidence from.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ReplayFile {
    /// A path, relative to the audit folder.
    Path(String),
    /// A foreign file with the address that it was read from.
    At(ReplayAt),
}

/// A foreign file with the address that it was read from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayAt {
    /// Path, relative to the audit folder.
    pub file: String,
    /// Address of the device.
    pub address: IpAddr,
    /// Site of the device; the first site where absent.
    #[serde(default)]
    pub site: Option<String>,
}

/// Text or a mapping: an untagged derive would hide which of the two is wrong, and how.
macro_rules! text_or_mapping {
    ($type:ident, $expecting:literal, $text:expr, $mapping:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Either;
                impl<'de> serde::de::Visitor<'de> for Either {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        $text(text).map_err(E::custom)
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        map: A,
                    ) -> Result<$type, A::Error> {
                        Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                            .map($mapping)
                    }
                }
                deserializer.deserialize_any(Either)
            }
        }
    };
}

text_or_mapping!(
    ScopeNetwork,
    "a prefix such as 10.20.0.0/24, or a mapping with `prefix`",
    |text: &str| text.parse().map(ScopeNetwork::Plain).map_err(|_| format!(
        "`{text}` is no address or prefix: expected something like 10.20.0.0/24"
    )),
    ScopeNetwork::Detailed
);
text_or_mapping!(
    ReplayFile,
    "a path, or a mapping with `file` and `address`",
    |text: &str| Ok::<_, String>(ReplayFile::Path(text.to_owned())),
    ReplayFile::At
);
