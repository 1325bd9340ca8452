//! `models/sizing.yaml` in types: every coefficient that the arithmetic uses.

mod load;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};

use crate::data::Spanned;
use crate::model::class::{ClassId, Criticality};
use crate::model::estimate::{
    Coverage, CrossCheckId, Effort, Level, LineId, Profile, Remark, Spread,
};

/// Largest value of any figure of the model. With [`super::MAX_COUNT`] it keeps every product
/// of the arithmetic within a decimal's 28 digits.
const LARGEST: u32 = 10_000;
/// Most digits after the point of a figure of the model.
const MOST_DECIMALS: u32 = 8;

/// A figure of the model: from 0 to 10 000, at most 8 digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Figure(pub Decimal);

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = <Decimal as Deserialize>::deserialize(deserializer)?;
        if value.is_sign_negative() && !value.is_zero() || value > Decimal::from(LARGEST) {
            return Err(D::Error::custom(format!(
                "{value} is not between 0 and {LARGEST}"
            )));
        }
        if value.normalize().scale() > MOST_DECIMALS {
            return Err(D::Error::custom(format!(
                "{value} has more than {MOST_DECIMALS} digits after the point"
            )));
        }
        Ok(Self(value))
    }
}

/// A coefficient with its bounds and its source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    low: Figure,
    likely: Figure,
    high: Figure,
    /// Where it comes from.
    pub source: String,
}

impl Coefficient {
    /// Its three values.
    #[must_use]
    pub fn spread(&self) -> Spread {
        Spread {
            low: self.low.0,
            likely: self.likely.0,
            high: self.high.0,
        }
    }
}

/// Shares of work by profile; they sum to 1.
pub type Profiles = BTreeMap<Profile, Figure>;
/// Shares of work by level; they sum to 1.
pub type Levels = BTreeMap<Level, Figure>;

/// What one device of a class costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassCoefficients {
    /// Hours a month.
    pub preventive: Coefficient,
    /// Hours a month.
    pub reactive: Coefficient,
    /// Hours, once.
    pub transition: Decimal,
}

/// Working time of one person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullTime {
    /// Hours paid a month.
    pub month_hours: Spanned<Figure>,
    /// Share of them that reaches clients.
    pub utilisation: Spanned<Figure>,
    /// Where it comes from.
    pub source: String,
}

/// Euros an hour, without VAT.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the profiles")]
pub struct Rates {
    pub technician: Figure,
    pub administrator: Figure,
    pub engineer: Figure,
    pub architect: Figure,
    pub project_lead: Figure,
}

impl Rates {
    /// Euros an hour of a profile.
    #[must_use]
    pub fn of(&self, profile: Profile) -> Decimal {
        match profile {
            Profile::Technician => self.technician.0,
            Profile::Administrator => self.administrator.0,
            Profile::Engineer => self.engineer.0,
            Profile::Architect => self.architect.0,
            Profile::ProjectLead => self.project_lead.0,
        }
    }
}

/// Who does the work of each level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the levels")]
pub struct LevelProfiles {
    pub n1: Spanned<Profiles>,
    pub n2: Spanned<Profiles>,
    pub n3: Spanned<Profiles>,
    pub governance: Spanned<Profiles>,
    pub on_call: Spanned<Profiles>,
}

impl LevelProfiles {
    /// Shares of a level.
    #[must_use]
    pub fn of(&self, level: Level) -> &Profiles {
        match level {
            Level::N1 => &self.n1.value,
            Level::N2 => &self.n2.value,
            Level::N3 => &self.n3.value,
            Level::Governance => &self.governance.value,
            Level::OnCall => &self.on_call.value,
        }
    }
}

/// Which level works on which kind of device.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Splits {
    /// Workstations and peripherals.
    pub peripheral: Spanned<Levels>,
    /// Infrastructure.
    pub infrastructure: Spanned<Levels>,
}

/// Extra work on what is old.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aging {
    /// Hours on an old device divided by hours on a recent one; at least 1.
    pub factor: Spanned<Figure>,
    /// Where it comes from.
    pub source: String,
}

/// One figure per level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the levels")]
pub struct ByTier {
    pub n1: Figure,
    pub n2: Figure,
    pub n3: Figure,
}

/// L3: users' tickets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// τ, tickets per user and month.
    pub tickets: Spanned<Coefficient>,
    /// q1 to q3, share of tickets solved by each level.
    pub shares: Spanned<ByTier>,
    /// t1 to t3, hours per ticket.
    pub hours: ByTier,
    /// t0, hours of N1 on a ticket that goes further.
    pub intake_hours: Figure,
}

/// L5: presence on sites.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sites {
    /// Visits per site and month.
    pub visits: Spanned<Coefficient>,
    /// Hours per visit.
    pub hours: Figure,
}

/// L6: coordination, in hours per third party and month.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThirdParties {
    /// By N2.
    pub n2: Spanned<Coefficient>,
}

/// L7: re-audit, in hours a month for the estate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reaudit {
    /// By N2.
    pub n2: Spanned<Coefficient>,
    /// By N3.
    pub n3: Spanned<Coefficient>,
}

/// A committee.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committee {
    /// Its name.
    pub id: String,
    /// Meetings a year.
    pub per_year: Figure,
    /// Hours per meeting.
    pub hours: Figure,
}

/// L8: committees.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Governance {
    /// Them.
    pub committees: Vec<Committee>,
    /// Low hours / likely hours.
    pub low_factor: Figure,
    /// High hours / likely hours.
    pub high_factor: Figure,
}

/// L9: call-outs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnCallModel {
    /// f, call-outs per class-A device and month.
    pub call_outs: Spanned<Coefficient>,
    /// d, hours per call-out.
    pub hours: Figure,
    /// Increase of the hourly rate.
    pub rate_factor: Figure,
    /// Euros a month.
    pub fee: Figure,
}

/// Hours once, and who does them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnceHours {
    /// Hours each.
    pub hours: Figure,
    /// By whom.
    pub profiles: Spanned<Profiles>,
}

/// Management on top of the transition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Management {
    /// Share of the other hours.
    pub share: Figure,
    /// By whom.
    pub profiles: Spanned<Profiles>,
}

/// The take-over, beside the hours per device of the classes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitionModel {
    /// Per user.
    pub user: OnceHours,
    /// Per site.
    pub site: OnceHours,
    /// Per third party.
    pub third_party: OnceHours,
    /// Beside the outgoing team (tuilage), once.
    pub shadowing: OnceHours,
    /// Briefing of N1, once.
    pub briefing: OnceHours,
    /// Who takes over infrastructure.
    pub infrastructure: Spanned<Profiles>,
    /// Who takes over workstations and peripherals.
    pub peripheral: Spanned<Profiles>,
    /// On top of all the rest.
    pub management: Management,
    /// Low / likely.
    pub low_factor: Figure,
    /// High / likely.
    pub high_factor: Figure,
}

/// Hours per finding by effort class; larger ones go to a project quote.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the effort classes")]
pub struct Efforts {
    #[serde(rename = "S")]
    pub s: OnceHours,
    #[serde(rename = "M")]
    pub m: OnceHours,
    #[serde(rename = "L")]
    pub l: OnceHours,
    #[serde(rename = "XL")]
    pub xl: OnceHours,
}

impl Efforts {
    /// Hours of an effort class; `None` for what goes to a project quote.
    #[must_use]
    pub fn of(&self, effort: Effort) -> Option<&OnceHours> {
        match effort {
            Effort::S => Some(&self.s),
            Effort::M => Some(&self.m),
            Effort::L => Some(&self.l),
            Effort::Xl => Some(&self.xl),
            Effort::Project => None,
        }
    }
}

/// Mending the findings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationModel {
    /// By effort class.
    pub efforts: Efforts,
    /// Low / likely.
    pub low_factor: Figure,
    /// High / likely.
    pub high_factor: Figure,
}

/// Terms of one service class.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Time to act.
    pub gti_minutes: Figure,
    /// Time to restore; absent = best effort.
    pub gtr_hours: Option<Figure>,
    /// From 0 to 1; absent = none stated.
    pub availability: Option<Spanned<Figure>>,
}

/// Terms of the four service classes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the classes")]
pub struct ServiceTerms {
    #[serde(rename = "A")]
    pub a: Terms,
    #[serde(rename = "B")]
    pub b: Terms,
    #[serde(rename = "C")]
    pub c: Terms,
    #[serde(rename = "D")]
    pub d: Terms,
}

impl ServiceTerms {
    /// Terms of a class.
    #[must_use]
    pub fn of(&self, class: Criticality) -> &Terms {
        match class {
            Criticality::A => &self.a,
            Criticality::B => &self.b,
            Criticality::C => &self.c,
            Criticality::D => &self.d,
        }
    }
}

/// Service hours a year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the coverages")]
pub struct CoverageHours {
    pub business_hours: Figure,
    pub extended: Figure,
    pub always: Figure,
}

impl CoverageHours {
    /// Service hours a year of a coverage.
    #[must_use]
    pub fn of(&self, coverage: Coverage) -> Decimal {
        match coverage {
            Coverage::BusinessHours => self.business_hours.0,
            Coverage::Extended => self.extended.0,
            Coverage::Always => self.always.0,
        }
    }
}

/// Weight of a device in V by how it was seen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the evidence levels")]
pub struct Weights {
    pub authenticated: Figure,
    pub unauthenticated: Figure,
    pub declared: Figure,
    pub unknown: Figure,
}

/// The 80 % interval.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntervalModel {
    /// For V; each at most 1.
    pub weights: Spanned<Weights>,
    /// Quantile of the normal law.
    pub quantile: Figure,
}

/// One line of a contract type, or part of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeLine {
    /// Which line.
    pub line: LineId,
    /// Which levels of it; absent = all.
    pub levels: Option<Vec<Level>>,
}

/// A contract type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeModel {
    /// Its name.
    pub id: Spanned<String>,
    /// The lines that it sums.
    pub lines: Vec<ScopeLine>,
}

/// A published range.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Lower bound.
    pub low: Figure,
    /// Upper bound.
    pub high: Figure,
    /// Who published it.
    pub source: String,
    /// Remark for a value below.
    pub below: Option<Remark>,
    /// Remark for a value above.
    pub above: Option<Remark>,
}

/// The published ranges.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are the ratios")]
pub struct CrossChecks {
    pub price_per_user: Spanned<Published>,
    pub users_per_fte: Spanned<Published>,
    pub endpoints_per_fte: Spanned<Published>,
    pub reactive_hours_per_endpoint: Spanned<Published>,
    pub transition_in_monthly_fees: Spanned<Published>,
}

impl CrossChecks {
    /// The range of a ratio.
    #[must_use]
    pub fn of(&self, id: CrossCheckId) -> &Published {
        match id {
            CrossCheckId::PricePerUser => &self.price_per_user.value,
            CrossCheckId::UsersPerFte => &self.users_per_fte.value,
            CrossCheckId::EndpointsPerFte => &self.endpoints_per_fte.value,
            CrossCheckId::ReactiveHoursPerEndpoint => &self.reactive_hours_per_endpoint.value,
            CrossCheckId::TransitionInMonthlyFees => &self.transition_in_monthly_fees.value,
        }
    }
}

/// The model, checked.
#[derive(Debug, Clone)]
pub struct SizingModel {
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// Working time.
    pub full_time: FullTime,
    /// Rates.
    pub rates: Rates,
    /// Who does the work of a level.
    pub levels: LevelProfiles,
    /// Which level works on which kind of device.
    pub splits: Splits,
    /// Extra work on what is old.
    pub aging: Aging,
    /// By class; every sized class of the class table has its entry.
    pub classes: BTreeMap<ClassId, ClassCoefficients>,
    /// L3.
    pub users: Users,
    /// L5.
    pub sites: Sites,
    /// L6.
    pub third_parties: ThirdParties,
    /// L7.
    pub reaudit: Reaudit,
    /// L8.
    pub governance: Governance,
    /// L9.
    pub on_call: OnCallModel,
    /// The take-over.
    pub transition: TransitionModel,
    /// Mending the findings.
    pub remediation: RemediationModel,
    /// GTI, GTR, availability.
    pub service_levels: ServiceTerms,
    /// Best class of a device past its end of support.
    pub end_of_support_cap: Criticality,
    /// Service hours.
    pub coverage: CoverageHours,
    /// The interval.
    pub interval: IntervalModel,
    /// Contract types.
    pub scopes: Vec<ScopeModel>,
    /// Classes that are endpoints, beside the workstations.
    pub endpoint_classes: Vec<ClassId>,
    /// Published ratios.
    pub cross_checks: CrossChecks,
    /// Every value of the file by its path, to tell what was changed.
    values: BTreeMap<String, String>,
}

impl SizingModel {
    /// Euros an hour of a level: its profiles' rates by their shares, increased for call-outs.
    #[must_use]
    pub fn rate(&self, level: Level) -> Decimal {
        let rate = self.mean_rate(self.levels.of(level));
        match level {
            Level::OnCall => rate * self.on_call.rate_factor.0,
            _ => rate,
        }
    }

    /// Coefficients whose source is an assumption of ours, not a publication or a history.
    #[must_use]
    pub fn assumed_coefficients(&self) -> usize {
        let sources = self
            .values
            .iter()
            .filter(|(path, _)| path.ends_with(".source"));
        sources
            .filter(|(_, source)| source.starts_with("assumption"))
            .count()
    }

    /// Mean rate of shares by profile.
    #[must_use]
    pub fn mean_rate(&self, profiles: &Profiles) -> Decimal {
        profiles
            .iter()
            .map(|(profile, share)| share.0 * self.rates.of(*profile))
            .sum()
    }
}
