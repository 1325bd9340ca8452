//! Printer-MIB (RFC 3805): supplies and the page counter.
use super::table::{distinct, offer_list, rows, word};
use crate::family::draft::{Draft, Origin};
use crate::family::text::integer;
use crate::family::view::View;
use crate::model::Supply;
use std::collections::BTreeMap;

/// prtGeneralSerialNumber.
pub(super) const SERIAL: &[u32] = &[1, 3, 6, 1, 2, 1, 43, 5, 1, 1, 17];
/// prtMarkerLifeCount.
pub(super) const LIFE_COUNT: &[u32] = &[1, 3, 6, 1, 2, 1, 43, 10, 2, 1, 4];
/// prtMarkerSuppliesTable.
pub(super) const SUPPLIES: &[u32] = &[1, 3, 6, 1, 2, 1, 43, 11, 1];

/// What a printer says of its engine.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    const KINDS: [&str; 21] = [
        "other",
        "unknown",
        "toner",
        "wasteToner",
        "ink",
        "inkCartridge",
        "inkRibbon",
        "wasteInk",
        "opc",
        "developer",
        "fuserOil",
        "solidWax",
        "ribbonWax",
        "wasteWax",
        "fuser",
        "coronaWire",
        "fuserOilWick",
        "cleanerUnit",
        "fuserCleaningPad",
        "transferUnit",
        "tonerCartridge",
    ];
    let mut pen = draft.pen(Origin::Reader, "mib/printer");
    // One counter for each engine; the first is the printer's own.
    if let Some((_, value)) = view.below(LIFE_COUNT).next() {
        let evidence = view.evidence(LIFE_COUNT);
        pen.set("printer.page_count", integer::<u64>(value), &evidence);
    }
    let mut seen = BTreeMap::new();
    let supplies = rows(view, SUPPLIES).into_iter().map(|(index, row)| {
        let number = index.last().copied().unwrap_or_default();
        let name = row.text(6).unwrap_or_else(|| number.to_string());
        // -2 is unknown, -3 says that some is left; a capacity below 1 cannot be divided by.
        let (most, left) = (row.number::<u64>(8), row.number::<u64>(9));
        let percent = most
            .zip(left)
            .filter(|(most, _)| *most > 0)
            .and_then(|(most, left)| {
                u8::try_from(left.saturating_mul(100) / most)
                    .ok()
                    .filter(|percent| *percent <= 100)
            });
        Supply {
            name: distinct(name, &mut seen),
            kind: word(&KINDS, row.number(5)),
            level_percent: percent,
        }
    });
    let supplies = supplies.collect();
    offer_list(&mut pen, view, ("printer.supplies", SUPPLIES), supplies);
}
