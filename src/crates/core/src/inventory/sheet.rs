//! One fact sheet of several: what one address did not show, another may have.
use crate::model::{FactPath, FactSheet, FactState, Provenance};
use serde_json::Value;
use std::collections::BTreeMap;

/// Lists that belong to an address rather than to the device: their union is the device's.
/// The second name is the items' key, where they are objects.
const PER_ADDRESS: [(&str, Option<&str>); 6] = [
    ("ports.tcp_open", None),
    ("ports.tcp_closed", None),
    ("ports.tcp_silent", None),
    ("tls.endpoints", Some("port")),
    ("http.servers", Some("port")),
    ("clear.r_services", None),
];

/// The first sheet, completed by the others in order.
pub(super) fn merged(mut sheets: Vec<FactSheet>) -> FactSheet {
    if sheets.len() < 2 {
        return sheets.pop().unwrap_or_default();
    }
    let mut rest = sheets.into_iter();
    let mut base = rest.next().unwrap_or_default();
    for other in rest {
        union(&mut base, &other);
        complete(&mut base, &other);
    }
    base
}

/// Takes over every path that the base has not read.
fn complete(base: &mut FactSheet, other: &FactSheet) {
    for (path, state) in other.states() {
        let read = matches!(
            base.state(path),
            Some(FactState::Known(_) | FactState::Absent(_))
        );
        if read {
            continue;
        }
        match state {
            FactState::Known(from) | FactState::Absent(from) => {
                let value = field(other, path).cloned().unwrap_or(Value::Null);
                base.set(path, value, from.clone());
            }
            FactState::Unread { reason, provenance } => {
                base.set_unread(path, *reason, provenance.clone())
            }
        }
    }
}

fn union(base: &mut FactSheet, other: &FactSheet) {
    for (path, key) in PER_ADDRESS {
        let Ok(path) = path.parse::<FactPath>() else {
            continue;
        };
        let (Some(Value::Array(ours)), Some(Value::Array(theirs))) =
            (field(base, &path), field(other, &path))
        else {
            continue;
        };
        let mut items: BTreeMap<String, Value> = BTreeMap::new();
        for item in ours.iter().chain(theirs) {
            let name = key.and_then(|key| item.get(key)).unwrap_or(item);
            // Numbers sort as numbers once they have the same width.
            items
                .entry(format!("{:>10}", name.to_string()))
                .or_insert_with(|| item.clone());
        }
        let provenance = both(base.provenance(&path), other.provenance(&path));
        // What was unread of one item stays so: `set` clears what lies below the list.
        let below: Vec<_> = base
            .states()
            .iter()
            .chain(other.states())
            .filter_map(|(known, state)| match state {
                FactState::Unread { reason, provenance }
                    if known.starts_with(&path) && *known != path =>
                {
                    Some((known.clone(), *reason, provenance.clone()))
                }
                _ => None,
            })
            .collect();
        base.set(
            &path,
            Value::Array(items.into_values().collect()),
            provenance,
        );
        for (path, reason, provenance) in below {
            base.set_item_unread(&path, reason, provenance);
        }
    }
}

fn both(a: Option<&Provenance>, b: Option<&Provenance>) -> Provenance {
    let mut from = a.cloned().unwrap_or_default();
    from.evidence
        .extend(b.into_iter().flat_map(|b| b.evidence.iter().cloned()));
    from.evidence.sort();
    from.evidence.dedup();
    from
}

fn field<'a>(sheet: &'a FactSheet, path: &FactPath) -> Option<&'a Value> {
    let mut names = path.fields();
    let first = sheet.values().get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}
