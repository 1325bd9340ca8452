//! Offers of facts from several sources, and the choice between them.
use crate::model::{
    Confidence, Dissent, EvidenceId, FactPath, FactSheet, FactState, Provenance, UnreadReason,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where an offer comes from; a greater origin wins at the same confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// A family for what nobody knows better.
    Fallback,
    /// A reader of a standard.
    Reader,
    /// The family that recognised the device.
    Family,
}

struct Offer {
    value: Value,
    origin: Origin,
    provenance: Provenance,
}

/// The facts of one device while they are gathered.
#[derive(Default)]
pub(super) struct Draft {
    offers: BTreeMap<FactPath, Vec<Offer>>,
    unread: BTreeMap<FactPath, (UnreadReason, Provenance)>,
    items: Vec<(FactPath, UnreadReason, Provenance)>,
    placeholders: BTreeMap<FactPath, Dissent>,
    complaints: Vec<String>,
}

/// One reader's hand on the draft: its name goes with everything that it offers.
pub(super) struct Pen<'d> {
    draft: &'d mut Draft,
    origin: Origin,
    by: &'d str,
}

/// A fact path of our own code, whose spelling a test of the schema vouches for.
pub(super) fn path(text: &str) -> FactPath {
    text.parse().unwrap_or_default()
}

impl Draft {
    /// A hand for a reader or a family.
    pub(super) fn pen<'d>(&'d mut self, origin: Origin, by: &'d str) -> Pen<'d> {
        Pen {
            draft: self,
            origin,
            by,
        }
    }

    /// The best offer's value of a path so far.
    pub(super) fn best(&self, path: &FactPath) -> Option<(&Value, Confidence)> {
        let offer = choose(self.offers.get(path)?)?;
        Some((&offer.value, offer.provenance.confidence)).filter(|(value, _)| !value.is_null())
    }

    /// The facts chosen, and what could not be understood.
    pub(super) fn finish(self) -> (FactSheet, Vec<String>) {
        let mut sheet = FactSheet::new();
        for (path, offers) in &self.offers {
            if let Some(best) = choose(offers) {
                sheet.set(path, best.value.clone(), with_others(path, best, offers));
            }
        }
        for (path, placeholder) in self.placeholders {
            let provenance = Provenance {
                by: placeholder.by.clone(),
                confidence: placeholder.confidence,
                evidence: placeholder.evidence.clone(),
                disagreed: vec![placeholder],
            };
            if !matches!(sheet.state(&path), Some(FactState::Known(_))) {
                sheet.set(&path, Value::Null, provenance);
            }
        }
        for (path, (reason, provenance)) in self.unread {
            if path.fields().next().is_some() {
                sheet.set_unread(&path, reason, provenance);
            }
        }
        for (path, reason, provenance) in self.items {
            sheet.set_item_unread(&path, reason, provenance);
        }
        let mut complaints = self.complaints;
        complaints.sort();
        complaints.dedup();
        (sheet, complaints)
    }
}

/// A value beats an absence; then confidence, then origin, then the earlier offer.
fn choose(offers: &[Offer]) -> Option<&Offer> {
    let nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let worth = |offer: &Offer| {
        (
            !nothing(&offer.value),
            offer.provenance.confidence,
            offer.origin,
        )
    };
    offers.iter().rev().max_by_key(|offer| worth(offer))
}

/// The best offer's provenance with the evidence of those that say the same, and, for what a
/// device is, with what the others said instead.
fn with_others(path: &FactPath, best: &Offer, offers: &[Offer]) -> Provenance {
    let mut provenance = best.provenance.clone();
    for offer in offers.iter().filter(|offer| offer.value == best.value) {
        provenance
            .evidence
            .extend(offer.provenance.evidence.iter().cloned());
    }
    provenance.evidence.sort();
    provenance.evidence.dedup();
    let room = path.fields().next();
    if best.value.is_string() && matches!(room, Some("device" | "hardware" | "os")) {
        let others = offers
            .iter()
            .filter(|offer| offer.value.is_string() && !alike(&offer.value, &best.value));
        provenance.disagreed = others
            .map(|offer| Dissent {
                value: offer.value.clone(),
                by: offer.provenance.by.clone(),
                confidence: offer.provenance.confidence,
                evidence: offer.provenance.evidence.clone(),
            })
            .collect();
        provenance
            .disagreed
            .sort_by(|a, b| (b.confidence, &a.by).cmp(&(a.confidence, &b.by)));
        provenance.disagreed.dedup();
    }
    provenance
}

/// Whether two texts differ in writing alone: `HP` and `hp`, `Cisco` and `Cisco Systems`.
fn alike(a: &Value, b: &Value) -> bool {
    let folded = |value: &Value| -> String {
        let text = value.as_str().unwrap_or_default().to_lowercase();
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    let (a, b) = (folded(a), folded(b));
    a.starts_with(&b) || b.starts_with(&a)
}

impl Pen<'_> {
    fn provenance(&self, confidence: Confidence, evidence: &[EvidenceId]) -> Provenance {
        Provenance {
            evidence: evidence.to_vec(),
            by: self.by.to_owned(),
            confidence,
            ..Provenance::default()
        }
    }

    /// Offers a value that the device stated in a field made for it; a null is an absence.
    pub(super) fn set(&mut self, at: &str, value: impl Into<Value>, evidence: &[EvidenceId]) {
        self.offer(&path(at), value.into(), Confidence::Certain, evidence);
    }

    /// Offers a value; a null is an absence.
    pub(super) fn offer(
        &mut self,
        path: &FactPath,
        value: Value,
        confidence: Confidence,
        evidence: &[EvidenceId],
    ) {
        let provenance = self.provenance(confidence, evidence);
        let offer = Offer {
            value,
            origin: self.origin,
            provenance,
        };
        self.draft
            .offers
            .entry(path.clone())
            .or_default()
            .push(offer);
    }

    /// Keeps what a maker writes where it has nothing to say: the fact is absent, and anyone
    /// who looks can see why.
    pub(super) fn placeholder(&mut self, path: &FactPath, text: String, evidence: &[EvidenceId]) {
        if text.trim().is_empty() {
            return;
        }
        let dissent = Dissent {
            value: Value::String(text),
            by: self.by.to_owned(),
            confidence: Confidence::Certain,
            evidence: evidence.to_vec(),
        };
        let known = self.draft.placeholders.entry(path.clone());
        known.or_insert(dissent);
    }

    /// Says why a path could not be read; the first reason given stays, and any value beats it.
    pub(super) fn unread(&mut self, at: &str, reason: UnreadReason, evidence: &[EvidenceId]) {
        let provenance = self.provenance(Confidence::Certain, evidence);
        self.draft
            .unread
            .entry(path(at))
            .or_insert((reason, provenance));
    }

    /// Says why one item's field could not be read.
    pub(super) fn item_unread(
        &mut self,
        path: FactPath,
        reason: UnreadReason,
        evidence: &[EvidenceId],
    ) {
        let provenance = self.provenance(Confidence::Certain, evidence);
        self.draft.items.push((path, reason, provenance));
    }

    /// Notes what could not be understood.
    pub(super) fn complain(&mut self, text: impl Into<String>) {
        let by = self.by;
        let text: String = text.into();
        self.draft.complaints.push(format!("{by}: {text}"));
    }
}
