//! Which family a device belongs to: weighted rules, all of them, and the best total.
use super::format::{Condition, Family, Rule, Service};
use super::text::{Texts, multiline};
use super::view::View;
use crate::model::{Answer, Confidence, EvidenceId, Question};
use arpenteur_wire::snmp::Value;

/// A family's claim to a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    /// The family.
    pub family: String,
    /// Sum of the weights of the rules that hold; never below 1.
    pub score: u32,
    /// The exchanges that the rules looked at.
    pub evidence: Vec<EvidenceId>,
}

/// Every family with a positive score, best first, ties by id.
pub(super) fn recognise<'f>(
    families: impl Iterator<Item = &'f Family>,
    view: &View<'_>,
    texts: &Texts,
) -> Vec<Recognition> {
    let mut claims: Vec<_> = families
        .filter_map(|family| claim(family, view, texts))
        .collect();
    claims.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.family.cmp(&b.family)));
    claims
}

fn claim(family: &Family, view: &View<'_>, texts: &Texts) -> Option<Recognition> {
    let mut total = 0;
    let mut evidence = Vec::new();
    let mut required = family.rules.iter().all(|rule| !rule.required);
    for rule in &family.rules {
        if let Some(ids) = holds(rule, view, texts) {
            total += rule.weight;
            required |= rule.required;
            evidence.extend(ids);
        }
    }
    evidence.sort();
    evidence.dedup();
    let score = u32::try_from(total)
        .ok()
        .filter(|score| *score > 0 && required)?;
    Some(Recognition {
        family: family.id.clone(),
        score,
        evidence,
    })
}

/// The exchanges that make a rule hold.
fn holds(rule: &Rule, view: &View<'_>, texts: &Texts) -> Option<Vec<EvidenceId>> {
    let one = |id: &EvidenceId| vec![id.clone()];
    match &rule.condition {
        Condition::ObjectId(prefix) => {
            const SYS_OBJECT_ID: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 2, 0];
            let Some(Value::ObjectIdentifier(oid)) = view.value(&SYS_OBJECT_ID) else {
                return None;
            };
            let source = view.source(&SYS_OBJECT_ID);
            source.filter(|_| oid.starts_with(prefix)).map(one)
        }
        Condition::Has(root) => {
            let (index, _) = view.below(root.sub_ids()).next()?;
            let oid: Vec<u32> = root.sub_ids().iter().chain(index).copied().collect();
            view.source(&oid).map(one)
        }
        Condition::Text(source, pattern) => texts
            .get(*source)
            .iter()
            .find(|(text, _)| pattern.is_match(text))
            .map(|(_, id)| one(id)),
        Condition::Scalar(oid, pattern) => {
            let value = view.value(oid.sub_ids())?;
            let source = view.source(oid.sub_ids());
            source
                .filter(|_| pattern.is_match(&multiline(value)))
                .map(one)
        }
        Condition::Command(command, pattern) => {
            let ran = view
                .exec(command, false)
                .or_else(|| view.exec(command, true));
            ran.filter(|(output, _)| pattern.is_match(output.stdout))
                .map(|(_, id)| one(id))
        }
        Condition::Answers(service) => answered(*service, view),
    }
}

fn answered(service: Service, view: &View<'_>) -> Option<Vec<EvidenceId>> {
    let found = view.exchanges().find(|(exchange, _)| match service {
        Service::Snmp => matches!(exchange.answer, Answer::Snmp { .. }),
        Service::Shell => {
            matches!(
                exchange.answer,
                Answer::Exec {
                    status: Some(0),
                    ..
                }
            )
        }
        Service::Ssh => matches!(
            (&exchange.question, &exchange.answer),
            (Question::SshKex { .. }, Answer::Bytes { .. })
        ),
    });
    found.map(|(_, id)| vec![id.clone()])
}

/// How sure the choice is: what was said for it, and how far the next best is, where that
/// one would give another class.
pub(super) fn confidence(best: u32, rival: Option<u32>) -> Confidence {
    let margin = best.saturating_sub(rival.unwrap_or(0));
    match (best, margin) {
        (80.., 40..) => Confidence::Certain,
        (40.., 20..) => Confidence::Likely,
        _ => Confidence::Heuristic,
    }
}
