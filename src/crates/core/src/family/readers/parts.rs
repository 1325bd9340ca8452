//! Monitored parts that makers keep in tables of their own: fans, supplies, disks, arrays. The
//! makers' families ask for the tables; here they join the sensors of ENTITY-SENSOR-MIB.
use super::table::{distinct, rows};
use crate::family::view::{Coverage, View};
use crate::model::{EvidenceId, Sensor, UnreadReason};
use std::collections::BTreeMap;

/// States by number, in the words of our facts; a number that is not there is `unknown`.
type States = &'static [(u32, &'static str)];

/// One table.
struct Table {
    root: &'static [u32],
    kind: &'static str,
    /// Column that names the part; without one it is called by its kind and index.
    name: Option<u32>,
    state: u32,
    states: States,
}

/// CISCO-ENVMON-MIB CiscoEnvMonState.
const ENVMON: States = &[
    (1, "ok"),
    (2, "warning"),
    (3, "failed"),
    (4, "failed"),
    (5, "absent"),
    (6, "failed"),
];
/// CPQHLTH-MIB condition.
const CONDITION: States = &[(2, "ok"), (3, "warning"), (4, "failed")];

const TABLES: [Table; 9] = [
    // CISCO-ENVMON-MIB ciscoEnvMonFanStatusTable, ciscoEnvMonSupplyStatusTable.
    Table {
        root: &[1, 3, 6, 1, 4, 1, 9, 9, 13, 1, 4],
        kind: "fan",
        name: Some(2),
        state: 3,
        states: ENVMON,
    },
    Table {
        root: &[1, 3, 6, 1, 4, 1, 9, 9, 13, 1, 5],
        kind: "power-supply",
        name: Some(2),
        state: 3,
        states: ENVMON,
    },
    // HP FAN-MIB hpicfFanTable, POWERSUPPLY-MIB hpicfPsTable.
    Table {
        root: &[1, 3, 6, 1, 4, 1, 11, 2, 14, 11, 5, 1, 54, 2, 1],
        kind: "fan",
        name: None,
        state: 4,
        states: &[
            (0, "failed"),
            (1, "absent"),
            (2, "absent"),
            (3, "warning"),
            (4, "warning"),
            (5, "ok"),
        ],
    },
    Table {
        root: &[1, 3, 6, 1, 4, 1, 11, 2, 14, 11, 5, 1, 55, 1, 1],
        kind: "power-supply",
        name: None,
        state: 2,
        states: &[
            (1, "absent"),
            (2, "failed"),
            (3, "ok"),
            (4, "failed"),
            (5, "failed"),
            (8, "failed"),
        ],
    },
    // CPQIDA-MIB cpqDaLogDrvTable, cpqDaPhyDrvTable; CPQHLTH-MIB cpqHeFltTolPowerSupplyTable.
    Table {
        root: &[1, 3, 6, 1, 4, 1, 232, 3, 2, 3, 1],
        kind: "raid",
        name: None,
        state: 4,
        states: &[
            (2, "ok"),
            (3, "failed"),
            (5, "warning"),
            (6, "warning"),
            (7, "warning"),
            (8, "failed"),
            (9, "failed"),
            (10, "warning"),
            (11, "failed"),
            (12, "ok"),
        ],
    },
    Table {
        root: &[1, 3, 6, 1, 4, 1, 232, 3, 2, 5, 1],
        kind: "disk",
        name: None,
        state: 6,
        states: &[(2, "ok"), (3, "failed"), (4, "warning")],
    },
    Table {
        root: &[1, 3, 6, 1, 4, 1, 232, 6, 2, 9, 3],
        kind: "power-supply",
        name: None,
        state: 4,
        states: CONDITION,
    },
    // SYNOLOGY-DISK-MIB diskTable, SYNOLOGY-RAID-MIB raidTable.
    Table {
        root: &[1, 3, 6, 1, 4, 1, 6574, 2, 1],
        kind: "disk",
        name: Some(2),
        state: 5,
        states: &[
            (1, "ok"),
            (2, "ok"),
            (3, "ok"),
            (4, "warning"),
            (5, "failed"),
        ],
    },
    Table {
        root: &[1, 3, 6, 1, 4, 1, 6574, 3, 1],
        kind: "raid",
        name: Some(2),
        state: 3,
        states: &[
            (1, "ok"),
            (2, "warning"),
            (3, "ok"),
            (4, "ok"),
            (6, "ok"),
            (7, "warning"),
            (8, "ok"),
            (11, "warning"),
            (12, "failed"),
            (13, "ok"),
        ],
    },
];

/// The parts, their evidence, and why a table came only in part.
pub(super) struct Parts {
    pub(super) sensors: Vec<Sensor>,
    pub(super) evidence: Vec<EvidenceId>,
    pub(super) cut: Option<UnreadReason>,
}

/// Every part of every table; `seen` numbers names that stand twice.
pub(super) fn read(view: &View<'_>, seen: &mut BTreeMap<String, u32>) -> Parts {
    let mut parts = Parts {
        sensors: Vec::new(),
        evidence: Vec::new(),
        cut: None,
    };
    for table in &TABLES {
        if let Coverage::Cut(reason) = view.coverage(table.root) {
            parts.cut = Some(reason);
        }
        let rows = rows(view, table.root);
        if rows.is_empty() {
            continue;
        }
        parts.evidence.extend(view.evidence(table.root));
        for (index, row) in rows {
            let name = table.name.and_then(|column| row.text(column));
            let number: Vec<String> = index.iter().map(ToString::to_string).collect();
            let name = name.unwrap_or_else(|| format!("{} {}", table.kind, number.join(".")));
            let number = row.number::<u32>(table.state);
            let known = table
                .states
                .iter()
                .find(|(state, _)| Some(*state) == number);
            parts.sensors.push(Sensor {
                name: distinct(name, seen),
                kind: Some(table.kind.to_owned()),
                status: Some(known.map_or("unknown", |(_, word)| word).to_owned()),
                ..Sensor::default()
            });
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, sheet, text, walk};
    use crate::model::{Fact, UnreadReason, WalkEnd};
    use arpenteur_wire::snmp::Value;
    use serde_json::json;

    const SUPPLIES: &str = "1.3.6.1.4.1.9.9.13.1.5";
    const SENSORS: &str = "1.3.6.1.2.1.99.1.1";

    #[test]
    fn supplies_join_the_sensors_and_an_unknown_state_is_no_fault() {
        let supplies = [
            ("1.3.6.1.4.1.9.9.13.1.5.1.2.1", text("PS A")),
            ("1.3.6.1.4.1.9.9.13.1.5.1.2.2", text("PS A")),
            ("1.3.6.1.4.1.9.9.13.1.5.1.3.1", Value::Integer(6)),
            ("1.3.6.1.4.1.9.9.13.1.5.1.3.2", Value::Integer(-7)),
        ];
        let temperature = [
            ("1.3.6.1.2.1.99.1.1.1.1.5", Value::Integer(8)),
            ("1.3.6.1.2.1.99.1.1.1.5.5", Value::Integer(1)),
        ];
        let sheet = sheet(&[
            walk(SUPPLIES, WalkEnd::Complete, &supplies),
            walk(SENSORS, WalkEnd::Complete, &temperature),
        ]);
        let told: Vec<_> = sheet.facts().unwrap().sensors;
        let told: Vec<_> = told
            .iter()
            .map(|sensor| json!([sensor.name, sensor.kind, sensor.status]))
            .collect();
        assert_eq!(
            told,
            [
                json!(["5", "temperature", "ok"]),
                json!(["PS A", "power-supply", "failed"]),
                json!(["PS A #2", "power-supply", "unknown"]),
            ]
        );
    }

    #[test]
    fn a_table_that_broke_off_leaves_the_sensors_unread() {
        let supplies = [("1.3.6.1.4.1.9.9.13.1.5.1.3.1", Value::Integer(1))];
        let sheet = sheet(&[
            walk(SUPPLIES, WalkEnd::Timeout, &supplies),
            walk(SENSORS, WalkEnd::Complete, &[]),
        ]);
        assert_eq!(fact(&sheet, "sensors"), Fact::Unread(UnreadReason::Timeout));
    }

    #[test]
    fn drives_are_called_by_their_place() {
        let drives = [
            ("1.3.6.1.4.1.232.3.2.5.1.1.6.0.3", Value::Integer(4)),
            ("1.3.6.1.4.1.232.3.2.5.1.1.6.0.4", Value::Integer(2)),
        ];
        let sheet = sheet(&[walk("1.3.6.1.4.1.232.3.2.5.1", WalkEnd::Complete, &drives)]);
        let sensors = sheet.facts().unwrap().sensors;
        let told: Vec<_> = sensors
            .iter()
            .map(|sensor| (sensor.name.as_str(), sensor.status.as_deref()))
            .collect();
        assert_eq!(
            told,
            [("disk 0.3", Some("warning")), ("disk 0.4", Some("ok"))]
        );
    }
}
