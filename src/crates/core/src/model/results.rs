//! Everything that one judgement came to: what reports and exports read.
use super::estimate::{Coverage, Estimate};
use super::{
    Finding, Inventory, LedgerRow, Severity, SiteId, Target, Text, Tier, UnreadReason, WaiverState,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

/// Version of the layout of `results.json`.
pub const RESULTS_VERSION: u32 = 2;

/// One judgement of one body of evidence. The same evidence, data files and date give the
/// same bytes: no path, clock or random value enters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunResults {
    /// [`RESULTS_VERSION`].
    pub version: u32,
    /// Version of the program.
    pub tool_version: String,
    /// Whose audit.
    pub audit: AuditSummary,
    /// When the evidence was taken.
    pub evidence: EvidenceSummary,
    /// The judgement date.
    pub as_of: Timestamp,
    /// Data files that judged, by name.
    pub sources: Vec<DataSource>,
    /// What was found.
    pub inventory: Inventory,
    /// The checks that judged.
    pub checks: Vec<CheckSummary>,
    /// Every verdict, sorted by asset and check.
    pub findings: Vec<Finding>,
    /// How much could be judged.
    pub coverage: JudgementCoverage,
    /// Unknown verdicts by the access that would answer them.
    pub tiers: Vec<TierSummary>,
    /// Name of the client's profile, where one was used.
    pub profile: Option<String>,
    /// What became of its approved exceptions.
    pub waivers: Vec<WaiverState>,
    /// Verdicts by the measures of published frameworks.
    pub compliance: Vec<FrameworkView>,
    /// What changed since the run before, where there was one.
    pub drift: Option<Drift>,
    /// What the work comes to.
    pub estimate: Estimate,
    /// What was sent.
    pub ledger: Vec<LedgerRow>,
    /// What the evidence cannot show, beside the reserves of the estimate.
    pub not_seen: Vec<NotSeenItem>,
    /// Reasons for which the report is a draft only: blank fields of the cover.
    pub draft: Vec<String>,
}

/// A data file that judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSource {
    /// `catalogue`, `families`, `sizing`, `classes`, `recording`.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Whether it is the one that the program carries.
    pub built_in: bool,
}

/// What `audit.yaml` says that a reader of the report must see; no secret, no path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditSummary {
    /// Id of the audit.
    pub id: Uuid,
    /// Client.
    pub client: PartySummary,
    /// Provider.
    pub provider: PartySummary,
    /// Auditors: name and address.
    pub auditors: Vec<(String, Option<String>)>,
    /// Reference of the mandate.
    pub mandate: String,
    /// Who signed it.
    pub signed_by: Option<String>,
    /// First day of the mandate.
    pub valid_from: Date,
    /// Last day of the mandate.
    pub valid_to: Date,
    /// Source addresses that the mandate names.
    pub source_addresses: Vec<IpAddr>,
    /// Whether factory credentials may be tried.
    pub default_credentials: bool,
    /// Sites.
    pub sites: Vec<SiteSummary>,
    /// Third parties.
    pub third_parties: Vec<ThirdPartySummary>,
    /// Credentials by name: kind and networks, never a value.
    pub credentials: Vec<(String, String, Vec<String>)>,
    /// Packets a second in all, and to one host.
    pub rate: (u32, u32),
    /// Declared figures.
    pub declared: DeclaredSummary,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PartySummary {
    /// Name.
    pub name: String,
    /// Activity.
    pub activity: Option<String>,
    /// Counterpart.
    pub contact: Option<String>,
    /// Registration number.
    pub legal_id: Option<String>,
    /// Insurance policy.
    pub insurance: Option<String>,
}

/// A site of the scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteSummary {
    /// Id.
    pub id: SiteId,
    /// Name to print.
    pub name: String,
    /// IANA time zone.
    pub timezone: String,
    /// Networks.
    pub networks: Vec<String>,
    /// Exclusions.
    pub exclusions: Vec<String>,
    /// Hours in which a scan may send.
    pub window: Option<String>,
}

/// A third party.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThirdPartySummary {
    /// Name.
    pub name: String,
    /// Its ranges and addresses.
    pub networks: Vec<String>,
    /// Number of devices declared.
    pub devices: usize,
    /// Reference and date of its consent.
    pub authorisation: Option<(String, Date)>,
}

/// Declared figures.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DeclaredSummary {
    /// Who declared.
    pub by: Option<String>,
    /// When.
    pub on: Option<Date>,
    /// Users.
    pub users: Option<u32>,
    /// Workstations, and of these older than four years.
    pub workstations: Option<(u32, u32)>,
    /// Hours of coverage.
    pub coverage: Option<Coverage>,
    /// Whether on-call is wanted.
    pub on_call: Option<bool>,
    /// SaaS, telephony, cloud, video rooms: kind, name, count.
    pub services: Vec<(String, String, Option<u32>)>,
    /// Devices declared.
    pub devices: usize,
}

/// When and how evidence was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvidenceSummary {
    /// First answer.
    pub started: Option<Timestamp>,
    /// Last answer.
    pub ended: Option<Timestamp>,
    /// Whether every target was finished.
    pub complete: bool,
    /// Addresses asked, by the recordings' own count.
    pub addresses: u64,
    /// Exchanges judged.
    pub exchanges: usize,
    /// Addresses that the scans were sent from.
    pub source_addresses: Vec<IpAddr>,
    /// Whether ARP and ICMP were used; `None` where the evidence is foreign.
    pub privileged: Option<bool>,
    /// Targets with evidence that the scope does not allow, and why: left out.
    pub left_out: Vec<(Target, String)>,
}

/// What the report prints of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckSummary {
    /// Id.
    pub id: String,
    /// Desired state.
    pub title: Text,
    /// Why it matters.
    pub why: Text,
    /// How to mend it.
    pub fix: Text,
    /// Severity before confidence caps it.
    pub severity: Severity,
    /// References: framework and measures.
    pub refs: BTreeMap<String, Vec<String>>,
}

/// How much could be judged, all assets together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct JudgementCoverage {
    /// Passes and fails.
    pub assessed: usize,
    /// Passes, fails and unknowns.
    pub total: usize,
    /// Passes.
    pub pass: usize,
    /// Fails.
    pub fail: usize,
    /// Unknowns.
    pub unknown: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Errors of the catalogue.
    pub error: usize,
    /// Unknowns by reason.
    pub unknown_by_reason: BTreeMap<UnreadReason, usize>,
    /// Weighted passes over weighted passes, fails and unknowns, in percent, rounded down.
    pub score: Option<u32>,
}

/// Unknown verdicts that one kind of access would answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierSummary {
    /// The access.
    pub tier: Tier,
    /// Unknown verdicts.
    pub unknown: usize,
    /// Checks among them.
    pub checks: usize,
    /// Devices among them.
    pub devices: usize,
    /// Of the verdicts, those that a credential, a permission or a declaration would answer.
    pub for_want_of_access: usize,
    /// Verdicts by reason.
    pub reasons: BTreeMap<UnreadReason, usize>,
}

/// One framework of measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkView {
    /// `anssi_hygiene`, `cis_v8`, `iso27001_2022`, `nis2_21_2`.
    pub framework: String,
    /// Measures that it has.
    pub measures: usize,
    /// Measures of which some check was assessed.
    pub assessed: usize,
    /// Measures that some check supports, in their order.
    pub views: Vec<MeasureView>,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MeasureView {
    /// Its number.
    pub measure: String,
    /// Checks that support it.
    pub checks: Vec<String>,
    /// Verdicts passed.
    pub pass: usize,
    /// Verdicts failed and not waived.
    pub fail: usize,
    /// Verdicts failed and waived.
    pub waived: usize,
    /// Verdicts unknown.
    pub unknown: usize,
}

/// What became of a failed verdict between two runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Fails now and did not before.
    New,
    /// Failed before and fails more now: more items, or a higher severity.
    Worsened,
    /// Failed before, and what failed is unknown now: not mended for all we know.
    Lost,
    /// Fails as before.
    Unchanged,
    /// Failed before and does so no longer.
    Fixed,
    /// Failed before; its device or its check is there no longer.
    Gone,
}

/// One failed verdict, or item of one, of either run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DriftEntry {
    /// What became of it.
    pub change: Change,
    /// Check id.
    pub check: String,
    /// Device or site.
    pub asset: Uuid,
    /// Name to print.
    pub name: String,
    /// Severity, the newer one where both runs have it.
    pub severity: Severity,
    /// Items that fail now and did not before.
    pub items_new: Vec<String>,
    /// Items that failed before and do so no longer.
    pub items_fixed: Vec<String>,
}

/// What changed between two runs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Drift {
    /// Date of the run that is compared with.
    pub since: Option<Timestamp>,
    /// Number of entries by change.
    pub counts: BTreeMap<Change, usize>,
    /// Every failed verdict of either run, what is worse first.
    pub entries: Vec<DriftEntry>,
}

/// Something that the evidence cannot show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotSeenItem {
    /// A device of a third party, not contacted.
    ThirdPartyDevice {
        /// Its name.
        name: String,
        /// The party.
        party: String,
    },
    /// A device that answered and let nobody in.
    NotAuthenticated {
        /// Its name.
        name: String,
    },
    /// A device that answered and could not be recognised.
    NotRecognised {
        /// Its name.
        name: String,
    },
    /// A device that others named and that did not answer.
    Neighbour {
        /// Its name.
        name: String,
    },
    /// A device that the client declared and that was not found.
    DeclaredNotFound {
        /// How it was to be recognised.
        name: String,
    },
    /// An address range that was excluded.
    Excluded {
        /// Site.
        site: SiteId,
        /// Range.
        network: String,
    },
    /// ARP and ICMP could not be used: silent hosts may have been missed.
    Unprivileged,
    /// The run was interrupted.
    Interrupted,
}
