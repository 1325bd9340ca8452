//! Work done once: the transition and, apart from it, the remediation.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::count::Estate;
use super::input::RemediationItem;
use super::model::{Figure, OnceHours, Profiles, SizingModel};
use super::priced;
use crate::model::class::SizingLine;
use crate::model::estimate::{
    Effort, Item, OneOffPart, Profile, ProfileShare, Remediation, RemediationPart, Spread,
    Transition,
};

/// Adds `hours` to each profile by its share.
pub(super) fn add_shares(
    hours_by_profile: &mut BTreeMap<Profile, Decimal>,
    profiles: &Profiles,
    hours: Decimal,
) {
    for (profile, share) in profiles {
        *hours_by_profile.entry(*profile).or_default() += hours * share.0;
    }
}

/// The take-over. It takes no finding, so that no hour of one can enter it.
pub(super) fn transition(estate: &Estate, model: &SizingModel) -> Transition {
    let once = &model.transition;
    let mut parts = Vec::new();
    let mut hours_by_profile = BTreeMap::new();
    let mut add = |item, quantity: u32, each: Decimal, profiles: &Profiles| {
        let hours = each * Decimal::from(quantity);
        parts.push(OneOffPart {
            item,
            quantity,
            hours,
        });
        add_shares(&mut hours_by_profile, profiles, hours);
    };
    for count in estate.counts.iter().filter(|count| count.sized > 0) {
        let Some(coefficients) = model.classes.get(&count.class) else {
            continue;
        };
        let profiles = match estate.lines.get(&count.class) {
            Some(SizingLine::Infrastructure) => &once.infrastructure.value,
            _ => &once.peripheral.value,
        };
        let item = Item::Class(count.class.clone());
        add(item, count.sized, coefficients.transition, profiles);
    }
    let each = |once: &OnceHours| once.hours.0;
    add(
        Item::Users,
        estate.users.value,
        each(&once.user),
        &once.user.profiles.value,
    );
    add(
        Item::Sites,
        estate.sites.value,
        each(&once.site),
        &once.site.profiles.value,
    );
    let third_party = &once.third_party;
    let parties = estate.third_parties.value;
    add(
        Item::ThirdParties,
        parties,
        each(third_party),
        &third_party.profiles.value,
    );
    add(
        Item::Shadowing,
        1,
        each(&once.shadowing),
        &once.shadowing.profiles.value,
    );
    add(
        Item::Briefing,
        1,
        each(&once.briefing),
        &once.briefing.profiles.value,
    );
    let work: Decimal = parts.iter().map(|part| part.hours).sum();
    let management = work * once.management.share.0;
    parts.push(OneOffPart {
        item: Item::Management,
        quantity: 1,
        hours: management,
    });
    add_shares(
        &mut hours_by_profile,
        &once.management.profiles.value,
        management,
    );

    let profiles = priced(hours_by_profile, model);
    let (hours, euros) = spreads(&profiles, once.low_factor, once.high_factor);
    Transition {
        parts,
        profiles,
        hours,
        euros,
    }
}

/// The findings' fixes, each (check, device) once.
pub(super) fn remediation(items: &[RemediationItem], model: &SizingModel) -> Remediation {
    let mut findings: BTreeMap<(&str, Option<&str>), Effort> = BTreeMap::new();
    for item in items {
        let effort = findings
            .entry((&item.check, item.device.as_deref()))
            .or_insert(item.effort);
        *effort = (*effort).max(item.effort);
    }
    let mut by_effort: BTreeMap<Effort, u32> = BTreeMap::new();
    for effort in findings.into_values() {
        *by_effort.entry(effort).or_default() += 1;
    }
    let project_quotes = by_effort.get(&Effort::Project).copied().unwrap_or(0);
    let mut parts = Vec::new();
    let mut hours_by_profile = BTreeMap::new();
    for (effort, count) in by_effort {
        let Some(each) = model.remediation.efforts.of(effort) else {
            continue;
        };
        let hours = each.hours.0 * Decimal::from(count);
        let euros = hours * model.mean_rate(&each.profiles.value);
        parts.push(RemediationPart {
            effort,
            findings: count,
            hours,
            euros,
        });
        add_shares(&mut hours_by_profile, &each.profiles.value, hours);
    }
    let profiles = priced(hours_by_profile, model);
    let factors = &model.remediation;
    let (hours, euros) = spreads(&profiles, factors.low_factor, factors.high_factor);
    Remediation {
        parts,
        profiles,
        hours,
        euros,
        project_quotes,
    }
}

/// Totals of the profiles, with the model's low and high factors.
fn spreads(profiles: &[ProfileShare], low: Figure, high: Figure) -> (Spread, Spread) {
    let spread = |likely: Decimal| Spread {
        low: likely * low.0,
        likely,
        high: likely * high.0,
    };
    let hours = profiles.iter().map(|share| share.hours).sum();
    let euros = profiles.iter().map(|share| share.euros).sum();
    (spread(hours), spread(euros))
}
