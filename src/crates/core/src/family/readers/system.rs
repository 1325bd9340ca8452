//! SNMPv2-MIB system group (RFC 3418).
use crate::family::draft::{Draft, Origin, path};
use crate::family::names::{contact, location};
use crate::family::text::{integer, multiline, number, plain};
use crate::family::view::{Coverage, View};
use crate::model::Confidence;
use serde_json::Value as Json;

const SYSTEM: [u32; 7] = [1, 3, 6, 1, 2, 1, 1];
/// HOST-RESOURCES-MIB hrSystemUptime.0.
const HR_UPTIME: [u32; 10] = [1, 3, 6, 1, 2, 1, 25, 1, 1, 0];

/// What the agent says of itself as a managed system.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/system");
    let paths = [
        (1, "system.description"),
        (2, "system.object_id"),
        (3, "system.uptime"),
        (4, "system.contact"),
        (5, "system.hostname"),
        (6, "system.location"),
        (7, "system.services"),
    ];
    for (column, at) in paths {
        let oid: Vec<u32> = SYSTEM.iter().copied().chain([column, 0]).collect();
        let Some(value) = view.value(&oid) else {
            match view.coverage(&oid) {
                Coverage::Complete => pen.set(at, Json::Null, &view.evidence(&oid)),
                Coverage::Cut(reason) | Coverage::Failed(reason) => {
                    pen.unread(at, reason, &view.evidence(&oid));
                }
                Coverage::NotAsked => {}
            }
            continue;
        };
        let evidence: Vec<_> = view.source(&oid).cloned().into_iter().collect();
        let text = || Some(plain(value)).filter(|text| !text.is_empty());
        let fact: Json = match column {
            1 => Some(multiline(value))
                .filter(|text| !text.is_empty())
                .into(),
            2 => text().filter(|oid| oid != "0.0").into(),
            3 => number(value)
                .and_then(|ticks| u64::try_from(ticks / 100).ok())
                .into(),
            4 => text().and_then(contact).into(),
            6 => text().and_then(location).into(),
            7 => integer::<i64>(value).into(),
            _ => text().into(),
        };
        // The agent's own uptime stands in for the host's.
        let sure = if column == 3 {
            Confidence::Likely
        } else {
            Confidence::Certain
        };
        pen.offer(&path(at), fact, sure, &evidence);
    }
    if let (Some(ticks), Some(id)) = (view.value(&HR_UPTIME), view.source(&HR_UPTIME)) {
        let seconds = number(ticks).and_then(|ticks| u64::try_from(ticks / 100).ok());
        pen.set("system.uptime", seconds, std::slice::from_ref(id));
    }
}
