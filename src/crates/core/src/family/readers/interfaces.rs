//! IF-MIB (RFC 2863) as RFC 8343 interfaces.
use super::table::{Row, offer_list, rows, word};
use super::units;
use crate::family::draft::{Draft, Origin, Pen};
use crate::family::text::{integer, mac, plain};
use crate::family::view::{Coverage, View};
use crate::model::Interface;
use std::collections::{BTreeMap, BTreeSet};

/// ifTable.
pub(super) const IF_TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 2, 2];
/// ifXTable.
pub(super) const IFX_TABLE: &[u32] = &[1, 3, 6, 1, 2, 1, 31, 1, 1];

/// IEEE8023-LAG-MIB dot3adAggPortSelectedAggID.
pub(super) const AGGREGATE: &[u32] = &[1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, 12];

type Rows<'a> = BTreeMap<Vec<u32>, Row<'a>>;

/// EtherLike-MIB dot3StatsDuplexStatus (RFC 3635).
pub(super) const DUPLEX: &[u32] = &[1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19];
/// sysUpTime.0, the clock of ifLastChange.
const UPTIME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 3, 0];
/// IANA ifType of every Ethernet, whatever its speed.
const ETHERNET: u32 = 6;

/// Interfaces, in the order of their index.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/if");
    let extended = rows(view, IFX_TABLE);
    let aggregates = aggregates(view);
    let units = units::of_ports(view);
    let known = names(view);
    let duplex = duplex(view);
    let uptime = view.value(&UPTIME).and_then(integer::<u64>);
    let none = Row::default();
    let mut taken = BTreeSet::new();
    let mut interfaces = Vec::new();
    for (index, row) in rows(view, IF_TABLE) {
        let [if_index] = index.as_slice() else {
            continue;
        };
        let more = extended.get(&index).unwrap_or(&none);
        let name = more.text(1).or_else(|| row.text(2));
        let mut name = name.unwrap_or_else(|| format!("if{if_index}"));
        // The name is the key of the list; some agents give one name to several ports.
        if !taken.insert(name.clone()) {
            name = format!("{name}#{if_index}");
            taken.insert(name.clone());
        }
        let aggregate = aggregates.get(if_index).and_then(|index| known.get(index));
        interfaces.push(Interface {
            aggregate: aggregate.cloned(),
            unit: units.get(if_index).cloned(),
            duplex: duplex.get(if_index).cloned(),
            // One that is after the uptime read is of a counter that wrapped.
            last_change: row
                .number::<u64>(9)
                .and_then(|since| Some(uptime?.checked_sub(since)? / 100)),
            ..interface(name, *if_index, &row, more)
        });
    }
    ports(view, &extended, &interfaces, &mut pen);
    offer_list(&mut pen, view, ("interfaces", IF_TABLE), interfaces);
}

/// Ethernet ports that a cable can be put into, and those that are down. Agents that do not
/// tell which have a connector are not counted.
fn ports(view: &View<'_>, extended: &Rows<'_>, interfaces: &[Interface], pen: &mut Pen<'_>) {
    const CONNECTOR: u32 = 17;
    const TRUE: u8 = 1;
    let whole = [IF_TABLE, IFX_TABLE].map(|table| view.coverage(table) == Coverage::Complete);
    let told = extended.values().any(|row| row.get(CONNECTOR).is_some());
    if whole != [true, true] || !told {
        return;
    }
    let connector = |interface: &&Interface| {
        let index = interface.if_index.map(|index| vec![index]);
        let row = index.and_then(|index| extended.get(&index));
        interface.iftype == Some(ETHERNET)
            && row.and_then(|row| row.number::<u8>(CONNECTOR)) == Some(TRUE)
    };
    let ports: Vec<&Interface> = interfaces.iter().filter(connector).collect();
    let state = |word: &str| {
        let named = |port: &&&Interface| port.oper_status.as_deref() == Some(word);
        ports.iter().filter(named).count()
    };
    let evidence = [view.evidence(IF_TABLE), view.evidence(IFX_TABLE)].concat();
    pen.set("capacity.ports", ports.len(), &evidence);
    pen.set(
        "capacity.ports_free",
        state("down") + state("not-present"),
        &evidence,
    );
}

fn duplex(view: &View<'_>) -> BTreeMap<u32, String> {
    view.below(DUPLEX)
        .filter_map(|(index, value)| match index {
            [if_index] => Some((
                *if_index,
                word(&["unknown", "half", "full"], integer(value))?,
            )),
            _ => None,
        })
        .collect()
}

/// Packets of several kinds: those that are counted, where any is.
fn sum(row: &Row<'_>, columns: &[u32]) -> Option<u64> {
    let counted = columns
        .iter()
        .filter_map(|column| row.number::<u64>(*column));
    counted.reduce(u64::saturating_add)
}

fn interface(name: String, if_index: u32, row: &Row<'_>, more: &Row<'_>) -> Interface {
    let high = more.number::<u64>(15).filter(|speed| *speed > 0);
    let speed = high.map(|mega| mega.saturating_mul(1_000_000));
    // ifSpeed says 2^32 - 1 where the speed does not fit.
    let low = row
        .number::<u64>(5)
        .filter(|speed| (1..u64::from(u32::MAX)).contains(speed));
    Interface {
        name,
        if_index: Some(if_index),
        description: more.text(18),
        iftype: row.number(3),
        admin_status: status(row.number(7))
            .filter(|word| ["up", "down", "testing"].contains(&word.as_str())),
        oper_status: status(row.number(8)),
        phys_address: row.octets(6).and_then(mac),
        // ifSpeed is exact below its limit, ifHighSpeed is rounded to millions.
        speed: low.filter(|low| *low < 1_000_000_000).or(speed).or(low),
        mtu: row.number::<u32>(4).filter(|mtu| *mtu > 0),
        in_errors: row.number(14),
        out_errors: row.number(20),
        in_discards: row.number(13),
        out_discards: row.number(19),
        // The wide counters, where there are any: the narrow ones wrap in seconds.
        in_octets: more.number(6).or_else(|| row.number(10)),
        out_octets: more.number(10).or_else(|| row.number(16)),
        in_packets: sum(more, &[7, 8, 9]).or_else(|| sum(row, &[11, 12])),
        out_packets: sum(more, &[11, 12, 13]).or_else(|| sum(row, &[17, 18])),
        ..Interface::default()
    }
}

fn status(number: Option<usize>) -> Option<String> {
    const WORDS: [&str; 7] = [
        "up",
        "down",
        "testing",
        "unknown",
        "dormant",
        "not-present",
        "lower-layer-down",
    ];
    word(&WORDS, number)
}

/// Aggregate by member: dot3adAggPortSelectedAggID, both by ifIndex.
fn aggregates(view: &View<'_>) -> BTreeMap<u32, u32> {
    view.below(AGGREGATE)
        .filter_map(|(index, value)| match index {
            [member] => Some((*member, integer::<u32>(value)?)),
            _ => None,
        })
        .filter(|(member, aggregate)| *aggregate != 0 && aggregate != member)
        .collect()
}

/// Names by ifIndex, for tables that point at interfaces.
pub(super) fn names<'v>(view: &'v View<'_>) -> &'v BTreeMap<u32, String> {
    view.port_names(|| {
        let mut names = BTreeMap::new();
        for (table, column) in [(IF_TABLE, 2), (IFX_TABLE, 1)] {
            let cells: Vec<u32> = table.iter().copied().chain([1, column]).collect();
            for (index, value) in view.below(&cells) {
                let name = plain(value);
                if let ([if_index], false) = (index, name.is_empty()) {
                    names.insert(*if_index, name);
                }
            }
        }
        names
    })
}
