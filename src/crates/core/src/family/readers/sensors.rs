//! ENTITY-SENSOR-MIB (RFC 3433).
use super::entity::PHYSICAL_TABLE;
use super::table::{distinct, offer_list, rows, word};
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::Sensor;
use std::collections::BTreeMap;

/// entPhySensorTable.
pub(super) const TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 99, 1, 1];

/// EntitySensorDataType in the words of our facts, and its unit.
const TYPES: [(&str, &str); 12] = [
    ("other", ""),
    ("other", ""),
    ("voltage", "V"),
    ("voltage", "V"),
    ("current", "A"),
    ("power", "W"),
    ("frequency", "Hz"),
    ("temperature", "°C"),
    ("humidity", "%"),
    ("fan", "rpm"),
    ("other", "m³/min"),
    ("other", ""),
];

/// The sensors, named by their entities.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let entities = rows(view, PHYSICAL_TABLE);
    let mut seen = BTreeMap::new();
    let sensors = rows(view, TABLE).into_iter().map(|(index, row)| {
        let entity = entities.get(&index);
        let name = entity.and_then(|row| row.text(7).or_else(|| row.text(2)));
        let number = index.first().copied().unwrap_or_default();
        let place = row.number::<usize>(1).and_then(|kind| kind.checked_sub(1));
        let (kind, unit) = place
            .and_then(|place| TYPES.get(place))
            .unwrap_or(&("other", ""));
        Sensor {
            name: distinct(name.unwrap_or_else(|| number.to_string()), &mut seen),
            kind: Some((*kind).to_owned()),
            value: scaled(row.number(4), row.number(2), row.number(3)),
            unit: (!unit.is_empty()).then(|| (*unit).to_owned()),
            status: word(&["ok", "unknown", "failed"], row.number(5)),
        }
    });
    let sensors = sensors.collect();
    let mut pen = draft.pen(Origin::Reader, "mib/entity-sensor");
    offer_list(&mut pen, view, ("sensors", TABLE), sensors);
}

/// entPhySensorValue by entPhySensorScale (9 is units, steps of a thousand) and precision.
fn scaled(value: Option<i64>, scale: Option<i32>, precision: Option<i32>) -> Option<String> {
    let value = f64::from(i32::try_from(value?).ok()?);
    let power = (scale.unwrap_or(9) - 9).checked_mul(3)? - precision.unwrap_or(0).clamp(-8, 9);
    (-30..=30).contains(&power).then(|| {
        let text = format!("{:.3}", value * 10_f64.powi(power));
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    })
}
