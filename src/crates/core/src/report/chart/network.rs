//! A layered drawing of the links: three columns from the edge of the network inwards, one box
//! per device.
//!
//! Every box has a row of its own, so labels never overlap, however many devices there are; the
//! drawing grows downwards. Switches stand in the middle, where most links lead, so that hardly
//! any link passes behind a box. Within a group, boxes are ordered by the mean row of their
//! neighbours, which keeps crossings few.

use super::{svg, text};
use crate::model::{Asset, Inventory, LinkEnd};
use crate::report::escape;
use crate::report::messages::Messages;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const COLUMN: f64 = 262.0;
const BOX: f64 = 194.0;
const ROW: f64 = 28.0;
const HEIGHT: f64 = 22.0;
const WIDTH: u32 = 720;
/// Boxes drawn in one group; the tables have all.
const MOST: usize = 40;
/// Characters of a name that fit a box at the drawing's type size.
const NAME: usize = 27;
/// Groups from top to bottom of each column: name, column, classes. Other classes are `other`.
const GROUPS: [(&str, usize, &[&str]); 6] = [
    ("edge", 0, &["router", "firewall", "load_balancer"]),
    ("outside", 0, &[]),
    ("switching", 1, &["switch"]),
    (
        "servers",
        2,
        &["server", "hypervisor", "storage", "bmc", "pbx"],
    ),
    ("wireless", 2, &["wireless_controller", "access_point"]),
    ("other", 2, &[]),
];
/// Groups whose devices are drawn together where several hang on one switch, and how many do.
const BUNDLED: [usize; 2] = [4, 5];
const FEWEST: usize = 3;
/// Nodes from which on a network is large.
const LARGE: usize = 60;
const SWITCHING: usize = 2;
const OUTSIDE: usize = 1;
const OTHER: usize = 5;
/// Rounds of ordering; more changes little.
const ROUNDS: usize = 4;

struct Node {
    name: String,
    title: String,
    /// Name of its class; a neighbour has none.
    class: Option<String>,
    group: usize,
    /// Row in its column; `None` when the group has no room left.
    row: Option<usize>,
    ours: bool,
}

/// Draws every linked device and every neighbour; nothing when there is neither.
pub(in crate::report) fn draw(
    inventory: &Inventory,
    messages: &Messages,
    class_name: impl Fn(&str) -> String,
) -> Option<String> {
    let (nodes, edges) = Graph::read(inventory, class_name);
    let (mut nodes, edges) = bundled(nodes, &edges, messages);
    if nodes.is_empty() {
        return None;
    }
    let (headings, rows) = place(&mut nodes, &edges);
    let mut body = String::new();
    for (a, b) in &edges {
        if let (Some(a), Some(b)) = (nodes.get(*a), nodes.get(*b)) {
            body += &edge(a, b).unwrap_or_default();
        }
    }
    for (group, row, hidden) in headings {
        let Some((id, column, _)) = GROUPS.get(group) else {
            continue;
        };
        let mut heading = messages.word("layer", id).unwrap_or_default();
        if hidden > 0 {
            heading += &messages.text("chart-more", &[("count", hidden.into())]);
        }
        body += &text(x_of(*column), y_of(row) + 16.0, "start", "strong", &heading);
    }
    for node in &nodes {
        body += &boxed(node).unwrap_or_default();
    }
    let title = messages.text("chart-network-title", &[("count", nodes.len().into())]);
    Some(svg("network", WIDTH, whole(y_of(rows)), &title, &body))
}

/// Devices and neighbours with a link, and the links by index.
struct Graph<'a, F> {
    assets: BTreeMap<Uuid, &'a Asset>,
    class_name: F,
    nodes: Vec<Node>,
    by_key: BTreeMap<String, usize>,
}

impl<'a, F: Fn(&str) -> String> Graph<'a, F> {
    fn read(inventory: &'a Inventory, class_name: F) -> (Vec<Node>, BTreeSet<(usize, usize)>) {
        let assets = inventory.assets.iter();
        let mut graph = Self {
            assets: assets.map(|asset| (asset.arpenteur_id, asset)).collect(),
            class_name,
            nodes: Vec::new(),
            by_key: BTreeMap::new(),
        };
        let mut edges = BTreeSet::new();
        for link in &inventory.links {
            let (a, b) = (graph.end(&link.a), graph.end(&link.b));
            if a != b {
                edges.insert((a.min(b), a.max(b)));
            }
        }
        let names = inventory.assets.iter();
        let by_name: BTreeMap<&str, &Asset> = names.map(|a| (a.name.as_str(), a)).collect();
        for neighbour in &inventory.neighbours {
            let a = graph.outside(&neighbour.name);
            for name in &neighbour.seen_by {
                if let Some(asset) = by_name.get(name.as_str()) {
                    let b = graph.ours(asset);
                    edges.insert((a.min(b), a.max(b)));
                }
            }
        }
        (graph.nodes, edges)
    }

    fn end(&mut self, end: &LinkEnd) -> usize {
        match end.asset.and_then(|id| self.assets.get(&id).copied()) {
            Some(asset) => self.ours(asset),
            None => self.outside(&end.name),
        }
    }

    fn ours(&mut self, asset: &Asset) -> usize {
        let group = GROUPS
            .iter()
            .position(|(_, _, classes)| classes.contains(&asset.class.as_str()));
        let node = Node {
            name: asset.name.clone(),
            title: format!("{} ({})", asset.name, (self.class_name)(&asset.class)),
            class: Some((self.class_name)(&asset.class)),
            group: group.unwrap_or(OTHER),
            row: None,
            ours: true,
        };
        self.add(asset.arpenteur_id.to_string(), node)
    }

    fn outside(&mut self, name: &str) -> usize {
        let node = Node {
            name: name.to_owned(),
            title: name.to_owned(),
            class: None,
            group: OUTSIDE,
            row: None,
            ours: false,
        };
        self.add(format!("outside {name}"), node)
    }

    fn add(&mut self, key: String, node: Node) -> usize {
        let nodes = &mut self.nodes;
        *self.by_key.entry(key).or_insert_with(|| {
            nodes.push(node);
            nodes.len() - 1
        })
    }
}

/// Draws devices of one class that hang on one switch, and on nothing else, as one box: a
/// building's printers, telephones and access points say more by their number. In a large
/// network everything that hangs on one switch is one box.
fn bundled(
    nodes: Vec<Node>,
    edges: &BTreeSet<(usize, usize)>,
    messages: &Messages,
) -> (Vec<Node>, BTreeSet<(usize, usize)>) {
    let large = nodes.len() > LARGE;
    let mut beside: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (a, b) in edges {
        beside.entry(*a).or_default().push(*b);
        beside.entry(*b).or_default().push(*a);
    }
    let mut bundles: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        if let (Some(class), Some([switch])) = (&node.class, beside.get(&index).map(Vec::as_slice))
            && (BUNDLED.contains(&node.group) || large && node.group > SWITCHING)
        {
            let class = if large { String::new() } else { class.clone() };
            let bundle = bundles.entry((*switch, class)).or_default();
            bundle.push(index);
        }
    }
    bundles.retain(|_, members| members.len() >= FEWEST);
    // Where each node goes: itself, or the first of its bundle.
    let mut leader: BTreeMap<usize, (usize, String, usize)> = BTreeMap::new();
    for ((_, class), members) in &bundles {
        for member in members {
            if let Some(first) = members.first() {
                leader.insert(*member, (*first, class.clone(), members.len()));
            }
        }
    }
    let mut place = BTreeMap::new();
    let mut drawn = Vec::new();
    let mut titles: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (index, mut node) in nodes.into_iter().enumerate() {
        if let Some((first, class, count)) = leader.get(&index) {
            titles.entry(*first).or_default().push(node.title.clone());
            if *first != index {
                continue;
            }
            if large {
                node.name = messages.text("chart-devices", &[("count", (*count).into())]);
                node.group = OTHER;
            } else {
                node.name = format!("{class} × {count}");
            }
        }
        place.insert(index, drawn.len());
        drawn.push(node);
    }
    for (first, names) in titles {
        let node = place.get(&first).and_then(|place| drawn.get_mut(*place));
        if let Some(node) = node {
            node.title = names.join(", ");
        }
    }
    let at = |index: &usize| {
        let index = leader.get(index).map_or(index, |(first, ..)| first);
        place.get(index).copied()
    };
    let edges = edges.iter().filter_map(|(a, b)| Some((at(a)?, at(b)?)));
    (drawn, edges.collect())
}

/// Gives every node its row. Returns the groups' headings (group, row, devices without room) and
/// the number of rows.
fn place(
    nodes: &mut [Node],
    edges: &BTreeSet<(usize, usize)>,
) -> (Vec<(usize, usize, usize)>, usize) {
    let mut beside: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (a, b) in edges {
        beside.entry(*a).or_default().push(*b);
        beside.entry(*b).or_default().push(*a);
    }
    let mut headings = Vec::new();
    let mut rows = 0;
    for _ in 0..ROUNDS {
        headings.clear();
        let mut next = [0_usize; 3];
        for (group, (_, column, _)) in GROUPS.iter().enumerate() {
            let Some(row) = next.get_mut(*column) else {
                continue;
            };
            let members = ordered(nodes, group, &beside);
            if members.is_empty() {
                continue;
            }
            headings.push((group, *row, members.len().saturating_sub(MOST)));
            *row += 1;
            for index in members.into_iter().take(MOST) {
                if let Some(node) = nodes.get_mut(index) {
                    node.row = Some(*row);
                    *row += 1;
                }
            }
            rows = rows.max(*row);
            // A free row between two groups.
            *row += 1;
        }
    }
    (headings, rows)
}

/// Nodes of one group by the mean row of their neighbours, then by name.
fn ordered(nodes: &[Node], group: usize, beside: &BTreeMap<usize, Vec<usize>>) -> Vec<usize> {
    let mut keyed: Vec<(usize, &str, usize)> = nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.group == group)
        .map(|(index, node)| {
            let others = beside.get(&index).into_iter().flatten();
            let rows: Vec<usize> = others.filter_map(|other| nodes.get(*other)?.row).collect();
            let mean = (rows.iter().sum::<usize>() * 1000).checked_div(rows.len());
            (mean.unwrap_or(0), node.name.as_str(), index)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, _, index)| index).collect()
}

fn boxed(node: &Node) -> Option<String> {
    let (x, y) = (x_of(column(node)), y_of(node.row?));
    let class = if node.ours { "ours" } else { "outside" };
    let (name, title) = (
        escape::html(&shortened(&node.name)),
        escape::html(&node.title),
    );
    // The inner drawing cuts what is too wide for the box.
    Some(format!(
        "<g class=\"node {class}\"><title>{title}</title>\
         <rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{BOX}\" height=\"{HEIGHT}\" rx=\"3\"/>\
         <svg x=\"{:.0}\" y=\"{y:.0}\" width=\"{:.0}\" height=\"{HEIGHT}\" overflow=\"hidden\">\
         <text x=\"0\" y=\"15\">{name}</text></svg></g>",
        x + 6.0,
        BOX - 8.0
    ))
}

fn shortened(name: &str) -> String {
    let mut chars = name.chars();
    let start: String = chars.by_ref().take(NAME).collect();
    match chars.next() {
        Some(_) => format!("{}…", start.chars().take(NAME - 1).collect::<String>()),
        None => start,
    }
}

/// A curve between two boxes; within one column it swings out beside the boxes.
fn edge(a: &Node, b: &Node) -> Option<String> {
    let (a, b) = if column(a) <= column(b) {
        (a, b)
    } else {
        (b, a)
    };
    let (y1, y2) = (y_of(a.row?) + HEIGHT / 2.0, y_of(b.row?) + HEIGHT / 2.0);
    let (x1, x2, bend) = match (column(a), column(b)) {
        // The last column has no room to its right.
        (2, 2) => (x_of(2), x_of(2), x_of(2) - 36.0),
        (from, to) if from == to => (x_of(from) + BOX, x_of(to) + BOX, x_of(from) + BOX + 36.0),
        (from, to) => {
            let (x1, x2) = (x_of(from) + BOX, x_of(to));
            (x1, x2, f64::midpoint(x1, x2))
        }
    };
    Some(format!(
        "<path d=\"M{x1:.0} {y1:.0} C{bend:.0} {y1:.0} {bend:.0} {y2:.0} {x2:.0} {y2:.0}\" class=\"link\"/>"
    ))
}

fn column(node: &Node) -> usize {
    GROUPS.get(node.group).map_or(2, |(_, column, _)| *column)
}

fn x_of(column: usize) -> f64 {
    float(column) * COLUMN + 1.0
}

fn y_of(row: usize) -> f64 {
    float(row) * ROW + 2.0
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(length: f64) -> u32 {
    use rust_decimal::prelude::ToPrimitive;
    length.ceil().to_u32().unwrap_or(1)
}
