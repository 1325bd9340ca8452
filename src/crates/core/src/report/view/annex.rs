//! What was not seen, and the annexes.

use super::{View, anchor};
use crate::model::NotSeenItem;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Order in which kinds of things not seen are listed.
const KINDS: [&str; 8] = [
    "interrupted",
    "unprivileged",
    "third_party_device",
    "not_authenticated",
    "not_recognised",
    "neighbour",
    "declared_not_found",
    "excluded",
];

pub(super) fn not_seen(view: &View<'_>) -> Value {
    let mut kinds: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for item in &view.results.not_seen {
        let (kind, name, of) = match item {
            NotSeenItem::ThirdPartyDevice { name, party } => {
                ("third_party_device", name.as_str(), party.as_str())
            }
            NotSeenItem::NotAuthenticated { name } => ("not_authenticated", name.as_str(), ""),
            NotSeenItem::NotRecognised { name } => ("not_recognised", name.as_str(), ""),
            NotSeenItem::Neighbour { name } => ("neighbour", name.as_str(), ""),
            NotSeenItem::DeclaredNotFound { name } => ("declared_not_found", name.as_str(), ""),
            NotSeenItem::Excluded { site, network } => {
                ("excluded", network.as_str(), site.0.as_str())
            }
            NotSeenItem::Unprivileged => ("unprivileged", "", ""),
            NotSeenItem::Interrupted => ("interrupted", "", ""),
        };
        let names = kinds.entry(kind).or_default();
        if !matches!(item, NotSeenItem::Unprivileged | NotSeenItem::Interrupted) {
            names.push(json!({"name": name, "of": of}));
        }
    }
    let groups: Vec<Value> = KINDS
        .iter()
        .filter_map(|kind| {
            let names = kinds.get(kind)?;
            Some(json!({"kind": kind, "count": names.len(), "names": names}))
        })
        .collect();
    json!({"groups": groups, "reserves": view.results.estimate.not_seen})
}

pub(super) fn section(view: &View<'_>) -> Value {
    let complaints: Vec<Value> = view
        .results
        .inventory
        .assets
        .iter()
        .filter(|asset| !asset.complaints.is_empty())
        .map(|asset| {
            json!({"name": asset.name, "anchor": anchor(asset), "complaints": asset.complaints})
        })
        .collect();
    let left_out: Vec<Value> = view
        .results
        .evidence
        .left_out
        .iter()
        .map(|(target, why)| json!({"target": target.to_string(), "why": denial(view, why)}))
        .collect();
    json!({"ledger": ledger(view), "complaints": complaints, "left_out": left_out})
}

/// Why evidence was left out, in words; as the scope said it where the words lack it.
fn denial(view: &View<'_>, why: &str) -> String {
    let (reason, detail) = why.split_once(" (").unwrap_or((why, ""));
    let key = reason.replace([' ', '\''], "-");
    match view.messages.word("denial", &key) {
        Some(word) if detail.is_empty() => word,
        Some(word) => format!("{word} ({detail}"),
        None => why.to_owned(),
    }
}

/// Packets and logins per target.
fn ledger(view: &View<'_>) -> Value {
    #[derive(Default)]
    struct Sum {
        protocols: BTreeMap<&'static str, u64>,
        packets: u64,
        logins: u64,
        failed: u64,
    }
    impl Sum {
        fn shown(&self, target: &str) -> Value {
            let of = |name: &str| self.protocols.get(name).copied().unwrap_or(0);
            json!({
                "target": target,
                "neighbour": of("neighbour"),
                "icmp": of("icmp"),
                "tcp": of("tcp"),
                "udp": of("udp"),
                "packets": self.packets,
                "logins": self.logins,
                "failed": self.failed,
            })
        }
    }
    let mut targets: BTreeMap<_, Sum> = BTreeMap::new();
    let mut total = Sum::default();
    for row in &view.results.ledger {
        for sum in [targets.entry(&row.target).or_default(), &mut total] {
            let packets = sum.protocols.entry(row.protocol.as_str()).or_default();
            *packets = packets.saturating_add(row.packets);
            sum.packets = sum.packets.saturating_add(row.packets);
            sum.logins = sum.logins.saturating_add(row.logins.into());
            sum.failed = sum.failed.saturating_add(row.failed_logins.into());
        }
    }
    let rows: Vec<Value> = targets
        .iter()
        .map(|(target, sum)| sum.shown(&target.to_string()))
        .collect();
    json!({"rows": rows, "total": total.shown("")})
}
