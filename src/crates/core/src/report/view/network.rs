//! Links and neighbours.

use super::{View, chart};
use serde_json::{Value, json};

pub(super) fn section(view: &View<'_>) -> Value {
    let inventory = &view.results.inventory;
    let links: Vec<Value> = inventory
        .links
        .iter()
        .map(|link| {
            json!({
                "a": link.a.name,
                "a_port": link.a.port,
                "b": link.b.name,
                "b_port": link.b.port,
                "protocols": link.protocols,
                "evidence": link.evidence,
            })
        })
        .collect();
    json!({
        "links": links,
        "neighbours": inventory.neighbours,
        "chart": chart::network::draw(inventory, view.messages, |id| view.class_name(id)),
    })
}
