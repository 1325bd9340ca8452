//! The result of the sizing: hours and euros of a monthly service, of the take-over and of the
//! remediation, with every intermediate figure and where it comes from.
//!
//! Amounts are exact decimals, unrounded; `size::format` rounds them for print. Hours and euros
//! are per month, without VAT, unless a field says otherwise.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::class::{ClassId, Criticality};

/// Where an input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Seen on the network, with evidence.
    Observed,
    /// Said by the client or the provider.
    Declared,
    /// Neither: the model's value.
    Default,
}

/// Recurring line of the sizing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineId {
    /// Preventive work on workstations and peripherals.
    L1,
    /// Preventive work on infrastructure.
    L2,
    /// Users' tickets.
    L3,
    /// Reactive work on devices.
    L4,
    /// Presence on sites.
    L5,
    /// Coordination of third parties.
    L6,
    /// Compliance re-audit.
    L7,
    /// Governance.
    L8,
    /// On-call (astreinte).
    L9,
}

/// Level of service that does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Service desk and proximity.
    N1,
    /// Administration.
    N2,
    /// Expertise.
    N3,
    /// Committees.
    Governance,
    /// Call-outs outside business hours, at an increased rate.
    OnCall,
}

/// Professional profile, with its rate in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Technicien.
    Technician,
    /// Administrateur.
    Administrator,
    /// Ingénieur.
    Engineer,
    /// Architecte.
    Architect,
    /// Chef de projet technique.
    ProjectLead,
}

/// A low, a likely and a high value of the same thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spread {
    /// All its coefficients low.
    pub low: Decimal,
    /// All its coefficients as listed.
    pub likely: Decimal,
    /// All its coefficients high.
    pub high: Decimal,
}

impl Spread {
    /// The same value three times.
    #[must_use]
    pub fn fixed(value: Decimal) -> Self {
        Self {
            low: value,
            likely: value,
            high: value,
        }
    }

    /// Each value times `factor`.
    #[must_use]
    pub fn times(self, factor: Decimal) -> Self {
        Self {
            low: self.low * factor,
            likely: self.likely * factor,
            high: self.high * factor,
        }
    }

    /// Value by value.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            likely: self.likely + other.likely,
            high: self.high + other.high,
        }
    }

    /// High minus low: how much this one uncertainty moves the result.
    #[must_use]
    pub fn swing(self) -> Decimal {
        self.high - self.low
    }
}

impl std::iter::Sum for Spread {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        values.fold(Self::default(), Self::plus)
    }
}

/// One number that entered the sizing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    /// What it counts.
    pub id: InputId,
    /// How many.
    pub value: u32,
    /// Where it comes from.
    pub origin: Origin,
}

/// What an input counts, apart from devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InputId {
    /// People served.
    Users,
    /// Workstations older than 4 years.
    OldWorkstations,
    /// Sites visited.
    Sites,
    /// Third parties to coordinate.
    ThirdParties,
}

/// Devices of one class: what was seen, what was declared, what is sized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// The class.
    pub class: ClassId,
    /// Devices listed one by one, third parties' apart.
    pub observed: u32,
    /// Number declared for the class, if any.
    pub declared: Option<u32>,
    /// The larger of both, which is sized.
    pub sized: u32,
    /// Listed devices past their end of support.
    pub end_of_support: u32,
    /// Devices managed by a third party, not sized.
    pub third_party: u32,
    /// Whether the sized number is the observed or the declared one.
    pub origin: Origin,
}

impl ClassCount {
    /// Declared minus observed; `None` when nothing was declared or both agree.
    #[must_use]
    pub fn difference(&self) -> Option<i64> {
        let difference = i64::from(self.declared?) - i64::from(self.observed);
        (difference != 0).then_some(difference)
    }
}

/// What a part of a line is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Devices of a class.
    Class(ClassId),
    /// Tickets solved by N1.
    TicketsN1,
    /// Intake by N1 of the tickets of N2 and N3.
    TicketIntake,
    /// Tickets solved by N2.
    TicketsN2,
    /// Tickets solved by N3.
    TicketsN3,
    /// People.
    Users,
    /// Sites.
    Sites,
    /// Third parties.
    ThirdParties,
    /// The re-audit of the estate.
    Reaudit,
    /// Committees.
    Committees,
    /// Class-A devices under on-call.
    CallOuts,
    /// Working beside the outgoing team (tuilage).
    Shadowing,
    /// Briefing of N1.
    Briefing,
    /// Management of the transition.
    Management,
}

/// One term of a line's sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is about.
    pub item: Item,
    /// How many, end-of-support devices weighted.
    pub quantity: Decimal,
    /// Where the quantity comes from.
    pub origin: Origin,
    /// Hours a month.
    pub hours: Spread,
}

/// One recurring line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which one.
    pub id: LineId,
    /// Its sum, term by term.
    pub parts: Vec<Part>,
    /// Its hours by level.
    pub levels: BTreeMap<Level, Spread>,
    /// Its hours.
    pub hours: Spread,
    /// Its euros, fixed fees apart.
    pub euros: Spread,
}

/// Hours and euros of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileShare {
    /// Who.
    pub profile: Profile,
    /// Likely hours.
    pub hours: Decimal,
    /// Likely euros.
    pub euros: Decimal,
}

/// Tickets a month, by the level that solves them (likely values).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tickets {
    /// All.
    pub total: Decimal,
    /// Solved by N1.
    pub n1: Decimal,
    /// Solved by N2.
    pub n2: Decimal,
    /// Solved by N3.
    pub n3: Decimal,
}

/// Why there is, or is not, an on-call service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnCallReason {
    /// The client asked for it and there are class-A devices.
    Requested,
    /// A class-A device has declared coverage beyond business hours.
    Coverage,
    /// The client declined it.
    Declined,
    /// No class-A device needs more than business hours.
    NotNeeded,
}

/// The on-call service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnCall {
    /// Whether it is part of the estimate.
    pub needed: bool,
    /// Why.
    pub reason: OnCallReason,
    /// Class-A devices it covers.
    pub devices: u32,
    /// Likely call-out hours.
    pub hours: Decimal,
    /// Fixed fee a month, in euros.
    pub fee: Decimal,
    /// Likely euros, fee included.
    pub euros: Decimal,
}

/// How well the estate was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Visibility {
    /// Devices read with credentials.
    pub authenticated: u32,
    /// Devices recognised without credentials.
    pub unauthenticated: u32,
    /// Items known by declaration only.
    pub declared_only: u32,
    /// Devices not recognised.
    pub unknown: u32,
    /// V, from 0 (nothing seen) to 1 (all read with credentials).
    pub v: Decimal,
    /// w = 1 + (1 − V): how much the interval is widened.
    pub widening: Decimal,
}

/// The 80 % interval of a total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Interval {
    /// E, mean of the PERT approximation.
    pub expected: Decimal,
    /// σ of the sum of the lines, taken as independent.
    pub sigma: Decimal,
    /// w·σ.
    pub widened_sigma: Decimal,
    /// Lower bound, never below zero.
    pub low: Decimal,
    /// The sum of the likely values.
    pub likely: Decimal,
    /// Upper bound.
    pub high: Decimal,
    /// All lines low and all lines high.
    pub envelope: Spread,
}

/// Why the interval is as wide as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalReason {
    /// Devices seen without credentials or not recognised.
    NotAuthenticated(u32),
    /// Items known by declaration only.
    DeclaredOnly(u32),
    /// Ticket numbers are the model's, not the client's.
    NoTicketHistory,
    /// Coefficients of the model that rest on an assumption.
    AssumedCoefficients(usize),
}

/// Total of one contract type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScopeTotal {
    /// Its name in the model (`globale`, `support`…).
    pub id: String,
    /// Likely hours.
    pub hours: Decimal,
    /// Likely euros, on-call fee included where L9 is part of it.
    pub euros: Decimal,
}

/// Why a device's tenable class is lower than the recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TenableReason {
    /// Hardware or operating system past its end of support.
    EndOfSupport,
}

/// Service class of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceLevel {
    /// The device.
    pub id: String,
    /// max(declared, inferred).
    pub recommended: Criticality,
    /// Whether the recommended class was declared or inferred from class and role.
    pub origin: Origin,
    /// What can be held today.
    pub tenable: Criticality,
    /// What blocks the recommended class.
    pub reasons: Vec<TenableReason>,
}

/// One service class: its terms and how many devices it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceLevel {
    /// The class.
    pub class: Criticality,
    /// Time to act, in minutes.
    pub gti_minutes: Decimal,
    /// Time to restore, in hours; `None` is best effort.
    pub gtr_hours: Option<Decimal>,
    /// Availability, from 0 to 1.
    pub availability: Option<Decimal>,
    /// (1 − availability) × service hours, in hours a year.
    pub allowed_downtime: Option<Decimal>,
    /// Devices for which it is recommended.
    pub recommended: u32,
    /// Devices that can hold it today.
    pub tenable: u32,
}

/// Service levels of the estate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceLevels {
    /// Hours a year of the declared coverage, the window of availability.
    pub service_hours: Decimal,
    /// The declared coverage.
    pub coverage: Coverage,
    /// Where the coverage comes from.
    pub coverage_origin: Origin,
    /// A to D.
    pub levels: Vec<ServiceLevel>,
    /// Device by device, sorted by name; declared quantities are not listed one by one.
    pub devices: Vec<DeviceLevel>,
    /// True when no restore was demonstrated: the tenable times are then under reserve.
    pub restore_reserve: bool,
}

/// When the service is rendered.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Working days, office hours.
    #[default]
    BusinessHours,
    /// Longer days or Saturdays.
    Extended,
    /// 24 × 7.
    Always,
}

/// One term of a one-off total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OneOffPart {
    /// What it is about.
    pub item: Item,
    /// How many.
    pub quantity: u32,
    /// Likely hours in all.
    pub hours: Decimal,
}

/// Work done once, at the take-over: never holds an hour that comes from a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Term by term.
    pub parts: Vec<OneOffPart>,
    /// By profile.
    pub profiles: Vec<ProfileShare>,
    /// Hours.
    pub hours: Spread,
    /// Euros.
    pub euros: Spread,
}

/// Size class of a finding's fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Effort {
    /// Small.
    S,
    /// Medium.
    M,
    /// Large.
    L,
    /// Extra large.
    #[serde(rename = "XL")]
    Xl,
    /// Larger: counted, but priced by a project quote.
    Project,
}

/// Findings of one effort class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemediationPart {
    /// The effort class.
    pub effort: Effort,
    /// Findings in it.
    pub findings: u32,
    /// Likely hours in all.
    pub hours: Decimal,
    /// Likely euros in all.
    pub euros: Decimal,
}

/// Work that mends the findings, later and apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remediation {
    /// By effort class.
    pub parts: Vec<RemediationPart>,
    /// By profile.
    pub profiles: Vec<ProfileShare>,
    /// Hours.
    pub hours: Spread,
    /// Euros.
    pub euros: Spread,
    /// Findings that go to a project quote, not in the hours.
    pub project_quotes: u32,
}

/// Which published ratio a result is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrossCheckId {
    /// Euros a month per user.
    PricePerUser,
    /// Users per full-time equivalent.
    UsersPerFte,
    /// Workstations and servers per full-time equivalent.
    EndpointsPerFte,
    /// (L3 + L4) hours a month per endpoint.
    ReactiveHoursPerEndpoint,
    /// Transition price divided by the monthly price.
    TransitionInMonthlyFees,
}

/// Where a value stands against a published range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Below it.
    Below,
    /// Within it, bounds included.
    Within,
    /// Above it.
    Above,
    /// Not computable (no user, no endpoint, no hour).
    NotComputable,
}

/// Remark that goes with a value outside its published range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The default coefficients describe a cautious first year after a take-over.
    CautiousFirstYear,
    /// The take-over costs more than one monthly fee.
    EstateToCleanUp,
}

/// A result beside a published ratio; never used in the calculation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrossCheck {
    /// Which ratio.
    pub id: CrossCheckId,
    /// Our value.
    pub value: Option<Decimal>,
    /// Published lower bound.
    pub low: Decimal,
    /// Published upper bound.
    pub high: Decimal,
    /// Where ours stands.
    pub verdict: Verdict,
    /// What to say about it.
    pub remark: Option<Remark>,
    /// Who published it.
    pub source: String,
}

/// What an audit of this kind does not see; always listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotSeen {
    /// Devices off or unreachable.
    OffOrUnreachable,
    /// VLANs not routed to the probe.
    UnroutedVlans,
    /// Protocols that were refused.
    RefusedProtocols,
    /// SaaS, cloud and hosted telephony.
    CloudServices,
    /// Remote workers.
    RemoteWorkers,
    /// Contracts, licences owned, ticket history.
    ContractsLicencesTickets,
    /// Whether a restore works.
    RestoreCapability,
    /// Devices of third parties.
    ThirdPartyDevices,
}

impl NotSeen {
    /// Every reserve, in the order printed.
    pub const ALL: [Self; 8] = [
        Self::OffOrUnreachable,
        Self::UnroutedVlans,
        Self::RefusedProtocols,
        Self::CloudServices,
        Self::RemoteWorkers,
        Self::ContractsLicencesTickets,
        Self::RestoreCapability,
        Self::ThirdPartyDevices,
    ];
}

/// A value of the model in use that differs from the one built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelChange {
    /// Where it stands, such as `rates.technician`.
    pub path: String,
    /// The built-in value; `None` when the key is new.
    pub default: Option<String>,
    /// The value in use; `None` when the key is gone.
    pub value: Option<String>,
}

/// The whole sizing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// SHA-256 of the model file.
    pub model_sha256: String,
    /// Devices sized, listed one by one.
    pub in_scope: u32,
    /// Devices managed by third parties, not sized.
    pub third_party_devices: u32,
    /// By class, in the order of the class table.
    pub counts: Vec<ClassCount>,
    /// The other inputs.
    pub inputs: Vec<Input>,
    /// L1 to L9.
    pub lines: Vec<Line>,
    /// Tickets behind L3.
    pub tickets: Tickets,
    /// Likely hours by level.
    pub levels: BTreeMap<Level, Decimal>,
    /// Likely hours and euros by profile, call-outs apart (see `on_call`).
    pub profiles: Vec<ProfileShare>,
    /// The on-call service.
    pub on_call: OnCall,
    /// Likely hours in all.
    pub hours: Decimal,
    /// Likely euros in all, on-call fee included.
    pub euros: Decimal,
    /// Hours / (month × utilisation).
    pub full_time_equivalents: Option<Decimal>,
    /// How well the estate was seen.
    pub visibility: Visibility,
    /// Interval of the hours.
    pub hours_interval: Interval,
    /// Interval of the euros, on-call fee included.
    pub euros_interval: Interval,
    /// Why the intervals are as wide as they are.
    pub interval_reasons: Vec<IntervalReason>,
    /// Lines by decreasing swing in euros.
    pub sensitivity: Vec<LineId>,
    /// By contract type.
    pub scopes: Vec<ScopeTotal>,
    /// GTI and GTR.
    pub service_levels: ServiceLevels,
    /// The take-over.
    pub transition: Transition,
    /// Mending the findings.
    pub remediation: Remediation,
    /// Comparisons with published ratios.
    pub cross_checks: Vec<CrossCheck>,
    /// What was not seen.
    pub not_seen: Vec<NotSeen>,
}

impl Estimate {
    /// The line of that name.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The total of that contract type.
    #[must_use]
    pub fn scope(&self, id: &str) -> Option<&ScopeTotal> {
        self.scopes.iter().find(|scope| scope.id == id)
    }
}
