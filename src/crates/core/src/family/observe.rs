//! From one target's exchanges to its facts.
use super::draft::{Draft, Origin, path};
use super::families::Families;
use super::recognise::{Recognition, confidence};
use super::text::Texts;
use super::view::View;
use super::{banners, readers, rules};
use crate::model::class::ClassTable;
use crate::model::{Confidence, EvidenceId, Exchange, Observation, Target};
use serde_json::Value;

pub(super) fn observe(
    families: &Families,
    target: &Target,
    exchanges: &[Exchange],
    classes: &ClassTable,
) -> Observation {
    let view = view_of(target, exchanges);
    let texts = Texts::of(&view);
    let claims = families.recognise(&view, &texts);
    read(families, claims, target, (&view, &texts), classes)
}

/// The same by claims that are given.
pub(super) fn observe_as(
    families: &Families,
    claims: Vec<Recognition>,
    target: &Target,
    exchanges: &[Exchange],
    classes: &ClassTable,
) -> Observation {
    let view = view_of(target, exchanges);
    let texts = Texts::of(&view);
    read(families, claims, target, (&view, &texts), classes)
}

fn view_of<'e>(target: &Target, exchanges: &'e [Exchange]) -> View<'e> {
    let own = |exchange: &&Exchange| exchange.target == *target;
    View::new(exchanges.iter().filter(own))
}

fn read(
    families: &Families,
    claims: Vec<Recognition>,
    target: &Target,
    (view, texts): (&View<'_>, &Texts),
    classes: &ClassTable,
) -> Observation {
    let mut draft = Draft::default();
    readers::read(view, &mut draft);
    readers::maker::read(view, texts, families.makers(), &mut draft);
    if let Some(best) = claims.first() {
        apply(families, &claims, best, (view, texts), &mut draft);
    }
    // Greetings speak where no family knows the device.
    if claims
        .first()
        .is_none_or(|best| families.is_fallback(&best.family))
    {
        banners::offer(families.banners(), texts, &mut draft);
    }
    second_opinion(families, &claims, &mut draft);
    classify(&mut draft, classes);
    readers::factory_login::read(view, families.factory_logins(), &mut draft);
    let authenticated = view.snmp_answered() || view.ssh_logged_in();
    let (sheet, complaints) = draft.finish();
    Observation {
        target: target.clone(),
        sheet,
        families: claims
            .into_iter()
            .map(|claim| (claim.family, claim.score))
            .collect(),
        complaints,
        authenticated,
    }
}

/// Lets the best family, and the one that it extends, read and state.
fn apply(
    families: &Families,
    claims: &[Recognition],
    best: &Recognition,
    (view, texts): (&View<'_>, &Texts),
    draft: &mut Draft,
) {
    let class = families.class(&best.family);
    let rival = claims
        .iter()
        .find(|claim| families.class(&claim.family) != class)
        .map(|claim| claim.score);
    let sure = confidence(best.score, rival);
    let mut spoken = Default::default();
    for family in families.with_base(&best.family) {
        let origin = if family.fallback {
            Origin::Fallback
        } else {
            Origin::Family
        };
        let sure = if family.fallback {
            sure.min(Confidence::Likely)
        } else {
            sure
        };
        let mut pen = draft.pen(origin, &family.id);
        rules::apply(
            family,
            view,
            texts,
            (sure, &best.evidence),
            &mut pen,
            &mut spoken,
        );
    }
}

/// Where the leading family knows no class, the next one that states one gives it: a maker's
/// family for the name, a standard's for what the device does.
fn second_opinion(families: &Families, claims: &[Recognition], draft: &mut Draft) {
    if draft.best(&path("device.class")).is_some() {
        return;
    }
    let class = |claim: &Recognition| families.class(&claim.family).map(str::to_owned);
    let next = claims
        .iter()
        .skip(1)
        .find_map(|claim| Some((claim, class(claim)?)));
    if let Some((claim, class)) = next {
        let mut pen = draft.pen(Origin::Fallback, &claim.family);
        let sure = Confidence::Heuristic;
        pen.offer(&path("device.class"), class.into(), sure, &claim.evidence);
    }
}

/// Every device has a class, if only `unknown`; the catalogue's codes follow from it and
/// from the operating system.
fn classify(draft: &mut Draft, classes: &ClassTable) {
    let known = |draft: &Draft, at: &str| -> Option<String> {
        let (value, _) = draft.best(&path(at))?;
        value.as_str().map(str::to_owned)
    };
    let none: &[EvidenceId] = &[];
    let class = known(draft, "device.class").unwrap_or_else(|| "unknown".to_owned());
    let linux = known(draft, "os.family").as_deref() == Some("linux");
    let sure = draft
        .best(&path("device.class"))
        .map_or(Confidence::Heuristic, |(_, confidence)| confidence);
    let mut codes: Vec<Value> = classes
        .get(&class)
        .map(|class| {
            class
                .codes
                .iter()
                .filter_map(|code| serde_json::to_value(code).ok())
                .collect()
        })
        .unwrap_or_default();
    if linux {
        codes.push(Value::from("lin"));
    }
    codes.sort_by_key(ToString::to_string);
    let mut pen = draft.pen(Origin::Reader, "device/class");
    pen.offer(
        &path("device.class"),
        Value::from(class),
        Confidence::Heuristic,
        none,
    );
    pen.offer(&path("device.codes"), Value::from(codes), sure, none);
}
