//! POWER-ETHERNET-MIB (RFC 3621).
use super::table::{offer_list, rows, word};
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::PoePort;

/// pethObjects.
pub(super) const ROOT: &[u32] = &[1, 3, 6, 1, 2, 1, 105, 1];
const PORTS: &[u32] = &[1, 3, 6, 1, 2, 1, 105, 1, 1];
const MAIN: &[u32] = &[1, 3, 6, 1, 2, 1, 105, 1, 3, 1];

/// What the device feeds, and could feed.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    const STATUS: [&str; 6] = [
        "disabled",
        "searching",
        "delivering-power",
        "fault",
        "test",
        "other-fault",
    ];
    let mut pen = draft.pen(Origin::Reader, "mib/power-ethernet");
    let ports: Vec<PoePort> = rows(view, PORTS)
        .into_iter()
        .map(|(index, row)| {
            let index: Vec<String> = index.iter().map(ToString::to_string).collect();
            PoePort {
                port: index.join("."),
                enabled: row.number::<u32>(3).map(|value| value == 1),
                status: word(&STATUS, row.number(6)),
            }
        })
        .collect();
    let groups = rows(view, MAIN);
    let sum = |column: u32| -> Option<u64> {
        groups
            .values()
            .map(|row| row.number::<u64>(column))
            .sum::<Option<u64>>()
            .filter(|_| !groups.is_empty())
    };
    if !ports.is_empty() {
        let evidence = view.evidence(ROOT);
        pen.set("poe.power", sum(2), &evidence);
        pen.set("poe.consumption", sum(4), &evidence);
    }
    offer_list(&mut pen, view, ("poe.ports", PORTS), ports);
}
