//! The maker by registered numbers: IANA enterprise numbers and IEEE address blocks.
use crate::family::draft::{Draft, Origin, path};
use crate::family::makers::{Maker, Makers, Tree, address_block};
use crate::family::text::{TextSource, Texts, mac};
use crate::family::view::View;
use crate::model::{Confidence, EvidenceId};
use arpenteur_wire::snmp::Value;
use std::collections::BTreeMap;

const ENTERPRISES: &str = "1.3.6.1.4.1.";
/// Interfaces whose addresses are looked at.
const MOST_ADDRESSES: usize = 64;

/// Offers the maker's name and usual class, where a number tells them.
pub(in crate::family) fn read(view: &View<'_>, texts: &Texts, makers: &Makers, draft: &mut Draft) {
    let object_id = texts.get(TextSource::SysObjectId).first();
    let own = object_id.and_then(|(text, id)| {
        let rest = text.strip_prefix(ENTERPRISES)?;
        let number: u32 = rest.split('.').next()?.parse().ok()?;
        Some((number, id))
    });
    let blocks = address_blocks(view);
    let mut pen = draft.pen(Origin::Reader, "iana/enterprise");
    if let Some((number, id)) = own
        && let Some(organisation) = makers.registered(number)
    {
        pen.set("system.enterprise", organisation, std::slice::from_ref(id));
    }
    if !blocks.is_empty() {
        let names: Vec<&str> = blocks.keys().copied().collect();
        let ids: Vec<EvidenceId> = blocks.values().cloned().collect();
        pen.set("identity.mac_vendors", names, &ids);
    }
    let known = own.and_then(|(number, id)| Some((makers.get(number)?, id)));
    if let Some((maker, id)) = known.filter(|(maker, _)| maker.tree != Tree::Toolkit) {
        let ids = std::slice::from_ref(id);
        let (at, name) = (path("hardware.mfg_name"), maker.name.as_str());
        pen.offer(&at, name.into(), Confidence::Likely, ids);
        class(maker, Confidence::Heuristic, ids, &mut pen);
        return;
    }
    if let Some((maker, id)) = only_private_tree(view, makers) {
        let (at, name) = (path("hardware.mfg_name"), maker.name.as_str());
        pen.offer(
            &at,
            name.into(),
            Confidence::Likely,
            std::slice::from_ref(&id),
        );
        class(maker, Confidence::Likely, &[id], &mut pen);
        return;
    }
    // A registered name is often not the brand; two independent signs together are.
    let registered = own.filter(|_| known.is_none()).and_then(|(number, id)| {
        let organisation = makers.registered(number)?;
        let word = brand(organisation)?;
        let said = texts.get(TextSource::SysDescr).first();
        let said = said.filter(|(text, _)| has_word(text, word));
        let block = blocks
            .iter()
            .find(|(name, _)| brand(name).is_some_and(|other| other.eq_ignore_ascii_case(word)));
        let witness = said.map(|(_, id)| id).or(block.map(|(_, id)| id))?;
        Some((word, [id.clone(), witness.clone()]))
    });
    if let Some((word, ids)) = registered {
        pen.offer(
            &path("hardware.mfg_name"),
            word.into(),
            Confidence::Heuristic,
            &ids,
        );
    }
}

fn class(
    maker: &Maker,
    confidence: Confidence,
    ids: &[EvidenceId],
    pen: &mut crate::family::draft::Pen<'_>,
) {
    if let Some(class) = &maker.class {
        pen.offer(
            &path("device.class"),
            class.as_str().into(),
            confidence,
            ids,
        );
    }
}

/// The one maker whose private objects the agent shows: what an appliance is whose agent
/// answers with its toolkit's sysObjectID.
fn only_private_tree<'m>(view: &View<'_>, makers: &'m Makers) -> Option<(&'m Maker, EvidenceId)> {
    let mut found: Option<(&Maker, EvidenceId)> = None;
    for (number, id) in view.enterprises() {
        let Some(maker) = makers.get(number).filter(|maker| maker.tree == Tree::Own) else {
            continue;
        };
        match &found {
            Some((other, _)) if other.name != maker.name => return None,
            Some(_) => {}
            None => found = Some((maker, id.clone())),
        }
    }
    found
}

/// Organisations behind the addresses of the interfaces (ifPhysAddress) and of the bridge
/// (dot1dBaseBridgeAddress).
fn address_blocks(view: &View<'_>) -> BTreeMap<&'static str, EvidenceId> {
    const IF_PHYS_ADDRESS: [u32; 10] = [1, 3, 6, 1, 2, 1, 2, 2, 1, 6];
    const BRIDGE_ADDRESS: [u32; 10] = [1, 3, 6, 1, 2, 1, 17, 1, 1, 0];
    let mut blocks = BTreeMap::new();
    let mut look = |value: &Value, oid: &[u32]| {
        if let Value::OctetString(bytes) = value
            && let Some(name) = mac(bytes).as_deref().and_then(address_block)
            && let Some(id) = view.source(oid)
        {
            blocks.entry(name).or_insert_with(|| id.clone());
        }
    };
    for (index, value) in view.below(&IF_PHYS_ADDRESS).take(MOST_ADDRESSES) {
        let oid: Vec<u32> = IF_PHYS_ADDRESS.iter().chain(index).copied().collect();
        look(value, &oid);
    }
    if let Some(value) = view.value(&BRIDGE_ADDRESS) {
        look(value, &BRIDGE_ADDRESS);
    }
    blocks
}

/// The word of an organisation's name that stands for it; nothing where it is one that many
/// names begin with.
fn brand(organisation: &str) -> Option<&str> {
    const COMMON: [&str; 30] = [
        "the",
        "new",
        "national",
        "general",
        "advanced",
        "digital",
        "data",
        "power",
        "network",
        "networks",
        "system",
        "systems",
        "micro",
        "communication",
        "communications",
        "global",
        "international",
        "computer",
        "universal",
        "american",
        "european",
        "china",
        "shenzhen",
        "beijing",
        "hangzhou",
        "shanghai",
        "guangzhou",
        "wuhan",
        "taiwan",
        "tec",
    ];
    let word = organisation
        .split(|letter: char| !letter.is_alphanumeric() && letter != '&' && letter != '-')
        .find(|word| !word.is_empty())?;
    let common = COMMON.iter().any(|other| other.eq_ignore_ascii_case(word));
    (word.chars().count() >= 3 && !common).then_some(word)
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '&' && letter != '-')
        .any(|part| part.eq_ignore_ascii_case(word))
}
