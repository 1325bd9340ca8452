//! ENTITY-SENSOR-MIB (RFC 3433), and the parts that makers' own tables watch.
use super::entity::PHYSICAL_TABLE;
use super::parts;
use super::table::{distinct, offer_list, rows, word};
use crate::family::draft::{Draft, Origin};
use crate::family::view::{Coverage, View};
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
    let mut sensors: Vec<Sensor> = sensors.collect();
    let parts = parts::read(view, &mut seen);
    let mut pen = draft.pen(Origin::Reader, "mib/entity-sensor");
    if let Some(reason) = parts.cut {
        pen.unread("sensors", reason, &parts.evidence);
    } else if parts.sensors.is_empty() || matches!(view.coverage(TABLE), Coverage::Cut(_)) {
        offer_list(&mut pen, view, ("sensors", TABLE), sensors);
    } else {
        sensors.extend(parts.sensors);
        let evidence = [view.evidence(TABLE), parts.evidence].concat();
        let sensors = serde_json::to_value(sensors).unwrap_or_default();
        pen.set("sensors", sensors, &evidence);
    }
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
