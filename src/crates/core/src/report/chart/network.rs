//! A layered drawing of the links: one column per kind of device, one box per device.
//!
//! Every box has a row of its own, so labels never overlap, however many devices there are; the
//! drawing grows downwards. Within a column, boxes are ordered by the mean place of their
//! neighbours in the column before, which keeps crossings few.

use super::{svg, text};
use crate::model::{Inventory, LinkEnd};
use crate::report::escape;
use crate::report::messages::Messages;
use std::collections::{BTreeMap, BTreeSet};

const COLUMN: f64 = 172.0;
const BOX: f64 = 128.0;
const ROW: f64 = 30.0;
const HEIGHT: f64 = 22.0;
const TOP: f64 = 44.0;
/// Boxes drawn in one column; the table beside the drawing has all.
const MOST: usize = 80;
/// Columns from the edge of the network inwards, and the classes that stand in them.
const LAYERS: [(&str, &[&str]); 6] = [
    ("outside", &[]),
    ("edge", &["router", "firewall", "load_balancer"]),
    ("switching", &["switch"]),
    ("wireless", &["wireless_controller", "access_point"]),
    (
        "servers",
        &["server", "hypervisor", "storage", "bmc", "pbx"],
    ),
    ("other", &[]),
];

struct Node {
    name: String,
    title: String,
    layer: usize,
    row: usize,
    ours: bool,
}

/// Draws every linked device and every neighbour; nothing when there is neither.
pub(in crate::report) fn draw(
    inventory: &Inventory,
    messages: &Messages,
    class_name: impl Fn(&str) -> String,
) -> Option<String> {
    let (mut nodes, edges) = graph(inventory, class_name);
    if nodes.is_empty() {
        return None;
    }
    let layers = place(&mut nodes, &edges);
    let shown: Vec<usize> = (0..LAYERS.len())
        .filter(|layer| {
            layers
                .iter()
                .any(|(l, members)| l == layer && !members.is_empty())
        })
        .collect();
    let column = |layer: usize| shown.iter().position(|l| *l == layer).unwrap_or(0);
    let tallest = layers
        .values()
        .map(|members| members.len().min(MOST))
        .max()
        .unwrap_or(1);
    let mut body = String::new();
    for (a, b) in &edges {
        if let (Some(a), Some(b)) = (nodes.get(*a), nodes.get(*b))
            && a.row < MOST
            && b.row < MOST
        {
            body += &edge(a, b, column(a.layer), column(b.layer));
        }
    }
    for (index, layer) in shown.iter().enumerate() {
        let (id, _) = LAYERS.get(*layer).copied().unwrap_or(("other", &[]));
        let heading = messages.word("layer", id).unwrap_or_default();
        body += &text(x_of(index), 20.0, "start", "strong", &heading);
        let members = layers.get(layer).map(Vec::as_slice).unwrap_or_default();
        for node in members
            .iter()
            .take(MOST)
            .filter_map(|index| nodes.get(*index))
        {
            body += &boxed(node, x_of(index));
        }
        if members.len() > MOST {
            let more = messages.text("chart-more", &[("count", (members.len() - MOST).into())]);
            body += &text(x_of(index), y_of(MOST) + 15.0, "start", "faint", &more);
        }
    }
    let (columns, rows) = (shown.len(), tallest + usize::from(tallest == MOST));
    let title = messages.text("chart-network-title", &[("count", nodes.len().into())]);
    Some(svg(
        "network",
        whole(x_of(columns) - 42.0),
        whole(y_of(rows)),
        &title,
        &body,
    ))
}

/// Devices and neighbours with a link, and the links by index.
fn graph(
    inventory: &Inventory,
    class_name: impl Fn(&str) -> String,
) -> (Vec<Node>, BTreeSet<(usize, usize)>) {
    let mut nodes: Vec<Node> = Vec::new();
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let mut add = |key: String, node: Node| -> usize {
        *by_key.entry(key).or_insert_with(|| {
            nodes.push(node);
            nodes.len() - 1
        })
    };
    let assets: BTreeMap<_, _> = inventory
        .assets
        .iter()
        .map(|asset| (asset.arpenteur_id, asset))
        .collect();
    let mut end = |end: &LinkEnd| {
        let asset = end.asset.and_then(|id| assets.get(&id));
        let (key, layer, title) = match asset {
            Some(asset) => {
                let title = format!("{} ({})", asset.name, class_name(&asset.class));
                (
                    asset.arpenteur_id.to_string(),
                    layer_of(&asset.class),
                    title,
                )
            }
            None => (format!("outside {}", end.name), 0, end.name.clone()),
        };
        let node = Node {
            name: asset.map_or_else(|| end.name.clone(), |asset| asset.name.clone()),
            title,
            layer,
            row: 0,
            ours: asset.is_some(),
        };
        add(key, node)
    };
    let mut edges = BTreeSet::new();
    for link in &inventory.links {
        let (a, b) = (end(&link.a), end(&link.b));
        if a != b {
            edges.insert((a.min(b), a.max(b)));
        }
    }
    let by_name: BTreeMap<&str, &crate::model::Asset> = inventory
        .assets
        .iter()
        .map(|asset| (asset.name.as_str(), asset))
        .collect();
    for neighbour in &inventory.neighbours {
        let outside = LinkEnd {
            asset: None,
            name: neighbour.name.clone(),
            port: None,
        };
        let a = end(&outside);
        for name in &neighbour.seen_by {
            if let Some(asset) = by_name.get(name.as_str()) {
                let b = end(&LinkEnd {
                    asset: Some(asset.arpenteur_id),
                    name: name.clone(),
                    port: None,
                });
                edges.insert((a.min(b), a.max(b)));
            }
        }
    }
    (nodes, edges)
}

fn layer_of(class: &str) -> usize {
    let found = LAYERS
        .iter()
        .position(|(_, classes)| classes.contains(&class));
    found.unwrap_or(LAYERS.len() - 1)
}

/// Gives every node its row; returns the nodes of each layer from top to bottom.
fn place(nodes: &mut [Node], edges: &BTreeSet<(usize, usize)>) -> BTreeMap<usize, Vec<usize>> {
    let mut beside: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (a, b) in edges {
        beside.entry(*a).or_default().push(*b);
        beside.entry(*b).or_default().push(*a);
    }
    let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        layers.entry(node.layer).or_default().push(index);
    }
    // Starts from the switches, which most links lead to, and settles in a few rounds.
    for _ in 0..4 {
        for members in layers.values_mut() {
            let mut keyed: Vec<(u64, String, usize)> = members
                .iter()
                .map(|index| {
                    let rows: Vec<u64> = beside
                        .get(index)
                        .into_iter()
                        .flatten()
                        .filter_map(|other| nodes.get(*other))
                        .map(|other| u64::try_from(other.row).unwrap_or(0))
                        .collect();
                    let count = u64::try_from(rows.len()).unwrap_or(1).max(1);
                    let mean = rows.iter().sum::<u64>() * 1000 / count;
                    let name = nodes.get(*index).map(|node| node.name.clone());
                    (mean, name.unwrap_or_default(), *index)
                })
                .collect();
            keyed.sort();
            *members = keyed.into_iter().map(|(_, _, index)| index).collect();
            for (row, index) in members.iter().enumerate() {
                if let Some(node) = nodes.get_mut(*index) {
                    node.row = row;
                }
            }
        }
    }
    layers
}

fn boxed(node: &Node, x: f64) -> String {
    let y = y_of(node.row);
    let class = if node.ours { "ours" } else { "outside" };
    let (name, title) = (
        escape::html(&shortened(&node.name)),
        escape::html(&node.title),
    );
    // The inner drawing cuts what is too wide for the box.
    format!(
        "<g class=\"node {class}\"><title>{title}</title>\
         <rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{BOX}\" height=\"{HEIGHT}\" rx=\"3\"/>\
         <svg x=\"{:.0}\" y=\"{y:.0}\" width=\"{:.0}\" height=\"{HEIGHT}\" overflow=\"hidden\">\
         <text x=\"0\" y=\"15\">{name}</text></svg></g>",
        x + 6.0,
        BOX - 8.0
    )
}

/// A name that fits a box at the drawing's type size.
fn shortened(name: &str) -> String {
    let mut chars = name.chars();
    let start: String = chars.by_ref().take(18).collect();
    match chars.next() {
        Some(_) => format!("{}…", start.chars().take(17).collect::<String>()),
        None => start,
    }
}

/// A curve between two boxes; within one column it swings out to the right.
fn edge(a: &Node, b: &Node, a_column: usize, b_column: usize) -> String {
    let (a, a_column, b, b_column) = if a_column <= b_column {
        (a, a_column, b, b_column)
    } else {
        (b, b_column, a, a_column)
    };
    let middle = HEIGHT / 2.0;
    let (y1, y2) = (y_of(a.row) + middle, y_of(b.row) + middle);
    let x1 = x_of(a_column) + BOX;
    let (x2, bend) = if a_column == b_column {
        (x1, x1 + 34.0)
    } else {
        (x_of(b_column), 0.0)
    };
    if a_column == b_column {
        return format!(
            "<path d=\"M{x1:.0} {y1:.0} C{bend:.0} {y1:.0} {bend:.0} {y2:.0} {x2:.0} {y2:.0}\" class=\"link\"/>"
        );
    }
    let half = (x1 + x2) / 2.0;
    format!(
        "<path d=\"M{x1:.0} {y1:.0} C{half:.0} {y1:.0} {half:.0} {y2:.0} {x2:.0} {y2:.0}\" class=\"link\"/>"
    )
}

fn x_of(column: usize) -> f64 {
    float(column) * COLUMN + 2.0
}

fn y_of(row: usize) -> f64 {
    float(row) * ROW + TOP - 8.0
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(length: f64) -> u32 {
    use rust_decimal::prelude::ToPrimitive;
    length.ceil().to_u32().unwrap_or(1)
}
