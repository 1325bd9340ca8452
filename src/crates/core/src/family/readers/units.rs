//! Stacks: each member a box of its own, and the ports under the right one (ENTITY-MIB,
//! CISCO-STACKWISE-MIB).
use super::entity::{CHASSIS, PHYSICAL_TABLE, STACK};
use super::table::{Row, offer_list, rows, word};
use crate::family::draft::{Draft, Origin, path};
use crate::family::names::meaningful;
use crate::family::view::View;
use crate::model::{Confidence, Unit};
use arpenteur_wire::snmp::Value;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// entAliasMappingTable: which interface a port entity is.
pub(super) const ALIASES: &[u32] = &[1, 3, 6, 1, 2, 1, 47, 1, 3, 2];
/// cswSwitchInfoTable, by the chassis' entity.
pub(super) const STACKWISE: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 500, 1, 2, 1];
/// Deepest containment followed: a tree that a hostile agent makes a circle ends here.
const DEEPEST: usize = 16;

/// The members; none where there is but one box.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let roles = rows(view, STACKWISE);
    let units = members(view)
        .into_iter()
        .map(|(index, (number, row))| Unit {
            number,
            role: roles
                .get([index].as_slice())
                .and_then(|row| word(&["active", "member", "member", "standby"], row.number(3))),
            model_name: row.text(13).and_then(meaningful),
            serial_num: row.text(11).and_then(meaningful),
            software_rev: row.text(10).and_then(meaningful),
        });
    let mut pen = draft.pen(Origin::Reader, "mib/entity");
    let units: Vec<Unit> = units.collect();
    // One box says nothing: what it shares its work with may be of no stack.
    if units.len() > 1 {
        let evidence = view.evidence(PHYSICAL_TABLE);
        let mut likely = |at: &str, value: Json| {
            pen.offer(&path(at), value, Confidence::Likely, &evidence);
        };
        likely("redundancy.mode", "stack".into());
        likely("redundancy.members", units.len().into());
    }
    offer_list(&mut pen, view, ("hardware.units", PHYSICAL_TABLE), units);
}

/// Chassis entities that stand side by side, each with a serial number of its own, by
/// entity index; with the member's number.
fn members<'a>(view: &View<'a>) -> BTreeMap<u32, (String, Row<'a>)> {
    let rows = entities(view);
    let stack = rows
        .iter()
        .find(|(_, row)| row.number::<u32>(5) == Some(STACK))
        .map(|(index, _)| *index);
    // Without a stack entity, boxes that nothing contains; what a chassis contains (blades,
    // extenders behind it) is a component.
    let container = stack.unwrap_or(0);
    let mut found = BTreeMap::new();
    let mut serials = std::collections::BTreeSet::new();
    for (index, row) in rows {
        let beside = row.number::<u32>(5) == Some(CHASSIS) && row.number(4) == Some(container);
        let serial = row.text(11).and_then(meaningful);
        if beside && serial.is_some_and(|serial| serials.insert(serial)) {
            // entPhysicalParentRelPos is the number that the stack prints.
            let number = row.number::<u32>(6).filter(|number| *number > 0);
            found.insert(index, (number.unwrap_or(index).to_string(), row));
        }
    }
    let numbers: std::collections::BTreeSet<&String> =
        found.values().map(|(number, _)| number).collect();
    if found.len() < 2 {
        return BTreeMap::new();
    }
    if numbers.len() < found.len() {
        // Positions that repeat number nothing.
        return found
            .into_iter()
            .map(|(index, (_, row))| (index, (index.to_string(), row)))
            .collect();
    }
    found
}

/// Stack member by ifIndex: the chassis that contains the port's entity.
pub(super) fn of_ports(view: &View<'_>) -> BTreeMap<u32, String> {
    const IF_INDEX: [u32; 10] = [1, 3, 6, 1, 2, 1, 2, 2, 1, 1];
    let members = members(view);
    let mut found = BTreeMap::new();
    if members.is_empty() {
        return found;
    }
    let entities = entities(view);
    for (index, row) in rows(view, ALIASES) {
        let (Some(entity), Some(Value::ObjectIdentifier(oid))) = (index.first(), row.get(2)) else {
            continue;
        };
        let [rest @ .., if_index] = oid.sub_ids() else {
            continue;
        };
        if rest != IF_INDEX {
            continue;
        }
        let mut at = *entity;
        for _ in 0..DEEPEST {
            if let Some((number, _)) = members.get(&at) {
                found.insert(*if_index, number.clone());
                break;
            }
            let parent = entities.get(&at).and_then(|row| row.number::<u32>(4));
            let Some(parent) = parent.filter(|parent| *parent != 0) else {
                break;
            };
            at = parent;
        }
    }
    found
}

fn entities<'a>(view: &View<'a>) -> BTreeMap<u32, Row<'a>> {
    rows(view, PHYSICAL_TABLE)
        .into_iter()
        .filter_map(|(index, row)| Some((*index.first()?, row)))
        .collect()
}
