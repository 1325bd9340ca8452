//! UPS-MIB (RFC 1628).
use super::table::{rows, word};
use crate::family::draft::{Draft, Origin};
use crate::family::text::integer;
use crate::family::view::View;

/// upsObjects.
pub(super) const ROOT: &[u32] = &[1, 3, 6, 1, 2, 1, 33, 1];
const OUTPUT: &[u32] = &[1, 3, 6, 1, 2, 1, 33, 1, 4, 4];

/// Battery and load.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    const SOURCES: [&str; 7] = [
        "other", "none", "normal", "bypass", "battery", "booster", "reducer",
    ];
    if view.below(ROOT).next().is_none() {
        return;
    }
    let mut pen = draft.pen(Origin::Reader, "mib/ups");
    let evidence = view.evidence(ROOT);
    let scalar = |group: u32, object: u32| {
        let oid: Vec<u32> = ROOT.iter().copied().chain([group, object, 0]).collect();
        view.value(&oid)
    };
    let number = |group, object| scalar(group, object).and_then(integer::<u32>);
    let place = |group, object| scalar(group, object).and_then(integer::<usize>);
    let battery = word(&["unknown", "normal", "low", "depleted"], place(2, 1));
    pen.set(
        "ups.battery_status",
        battery.filter(|word| word != "unknown"),
        &evidence,
    );
    pen.set("ups.runtime", number(2, 3), &evidence);
    pen.set("ups.battery_charge", number(2, 4), &evidence);
    pen.set("ups.output_source", word(&SOURCES, place(4, 1)), &evidence);
    pen.set("ups.alarms", number(6, 1), &evidence);
    let load = rows(view, OUTPUT)
        .values()
        .filter_map(|row| row.number::<u32>(5))
        .max();
    pen.set("ups.load", load, &evidence);
}
