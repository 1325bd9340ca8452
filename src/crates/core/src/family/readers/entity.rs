//! ENTITY-MIB (RFC 6933) as RFC 8348 hardware.
use super::table::{Row, offer_list, rows};
use crate::family::draft::{Draft, Origin, path};
use crate::family::names::meaningful;
use crate::family::view::{Coverage, View};
use crate::model::{Component, Confidence, UnreadReason};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// entPhysicalTable.
pub(super) const PHYSICAL_TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 47, 1, 1, 1];

pub(super) const CHASSIS: u32 = 3;
pub(super) const STACK: u32 = 11;
/// Facts of the chassis and the columns that give them.
const CHASSIS_FACTS: [(&str, u32); 6] = [
    ("hardware.hardware_rev", 8),
    ("hardware.firmware_rev", 9),
    ("hardware.software_rev", 10),
    ("hardware.serial_num", 11),
    ("hardware.mfg_name", 12),
    ("hardware.model_name", 13),
];

/// The chassis and what it holds.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/entity");
    let rows: BTreeMap<u32, Row<'_>> = rows(view, PHYSICAL_TABLE)
        .into_iter()
        .filter_map(|(index, row)| Some((*index.first()?, row)))
        .collect();
    let evidence = view.evidence(PHYSICAL_TABLE);
    match (view.coverage(PHYSICAL_TABLE), chassis(&rows)) {
        (Coverage::Complete, Some(chassis)) => {
            // The software of the chassis is the device's, where nothing says it better.
            if let Some(release) = chassis.text(10).and_then(release) {
                let at = path("os.version");
                pen.offer(&at, release.into(), Confidence::Heuristic, &evidence);
            }
            for (at, column) in CHASSIS_FACTS {
                let value = chassis.text(column).and_then(meaningful);
                // The maker's name is often that of a part's maker, or of the agent's.
                let sure = if at == "hardware.mfg_name" {
                    Confidence::Likely
                } else {
                    Confidence::Certain
                };
                if value.is_none()
                    && at == "hardware.serial_num"
                    && let Some(text) = chassis.text(column)
                {
                    pen.placeholder(&path(at), text, &evidence);
                }
                // An empty cell is the device's own word, but another source may say more.
                let value = value.map_or(Json::Null, Json::from);
                pen.offer(&path(at), value, sure, &evidence);
            }
        }
        // No entity at all says nothing of the device: its agent does not know the MIB.
        (Coverage::Complete, None) => {
            for (at, _) in CHASSIS_FACTS {
                pen.unread(at, UnreadReason::Unsupported, &evidence);
            }
        }
        (Coverage::Cut(reason) | Coverage::Failed(reason), _) => {
            for (at, _) in CHASSIS_FACTS {
                pen.unread(at, reason, &evidence);
            }
        }
        (Coverage::NotAsked, _) => {}
    }
    let components = rows
        .iter()
        .map(|(index, row)| component(*index, row))
        .collect();
    offer_list(
        &mut pen,
        view,
        ("hardware.components", PHYSICAL_TABLE),
        components,
    );
}

/// The first chassis that has a serial number or a model; else the first chassis; else the
/// entity that nothing contains. Of a stack the first member stands for the whole.
fn chassis<'r, 'a>(rows: &'r BTreeMap<u32, Row<'a>>) -> Option<&'r Row<'a>> {
    let class = |row: &Row<'_>| row.number::<u32>(5);
    let named = |row: &&Row<'_>| {
        [11, 13]
            .iter()
            .any(|column| row.text(*column).and_then(meaningful).is_some())
    };
    let all = || rows.values().filter(move |row| class(row) == Some(CHASSIS));
    let top = || {
        rows.values()
            .find(|row| row.number::<u32>(4) == Some(0) && class(row) != Some(STACK))
    };
    // Some agents leave the class out.
    let unclassed = || {
        let mut rows = rows.values();
        rows.find(|row| class(row).is_none() && named(row))
    };
    all()
        .find(named)
        .or_else(|| all().next())
        .or_else(top)
        .filter(named)
        .or_else(unclassed)
        .or_else(|| all().next())
        .or_else(top)
}

/// A release number at the start of a text, or alone in it.
fn release(text: String) -> Option<String> {
    let text = text.trim_matches(|letter: char| !letter.is_alphanumeric());
    let word = text.split_whitespace().next()?.trim_end_matches(',');
    let number = word.trim_start_matches(['v', 'V']);
    let dotted = number.contains('.') && number.starts_with(|c: char| c.is_ascii_digit());
    dotted.then(|| word.to_owned())
}

fn component(index: u32, row: &Row<'_>) -> Component {
    Component {
        index,
        class: row.number::<usize>(5).and_then(class_name),
        name: row.text(7),
        description: row.text(2),
        parent: row.number::<u32>(4).filter(|parent| *parent != 0),
        mfg_name: row.text(12).and_then(meaningful),
        model_name: row.text(13).and_then(meaningful),
        serial_num: row.text(11).and_then(meaningful),
    }
}

/// IANA-ENTITY-MIB PhysicalClass in the words of iana-hardware (RFC 8348).
fn class_name(number: usize) -> Option<String> {
    const NAMES: [&str; 12] = [
        "other",
        "unknown",
        "chassis",
        "backplane",
        "container",
        "power-supply",
        "fan",
        "sensor",
        "module",
        "port",
        "stack",
        "cpu",
    ];
    NAMES
        .get(number.checked_sub(1)?)
        .map(|name| (*name).to_owned())
}
