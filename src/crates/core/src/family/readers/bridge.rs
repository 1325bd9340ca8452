//! BRIDGE-MIB (RFC 4188) and Q-BRIDGE-MIB (RFC 4363): VLANs, learnt addresses, spanning tree.
use super::interfaces;
use super::table::{offer_list, rows};
use crate::family::draft::{Draft, Origin};
use crate::family::text::{integer, mac};
use crate::family::view::{Coverage, View};
use crate::model::{FdbEntry, Vlan};
use arpenteur_wire::snmp::Value;
use std::collections::BTreeMap;

/// dot1dBase.
pub(super) const BASE: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 1];
/// dot1dStp, its scalars and ports.
pub(super) const STP: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 2];
/// dot1dTpFdbTable.
pub(super) const FDB: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 4, 3];
/// dot1qTpFdbTable.
pub(super) const Q_FDB: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2];
/// dot1qVlanCurrentTable.
pub(super) const Q_VLANS: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 2];
/// dot1qVlanStaticTable.
pub(super) const Q_STATIC: &[u32] = &[1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3];
/// CISCO-VTP-MIB vtpVlanTable.
pub(super) const VTP: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1];

/// dot1dTpFdbStatus `learned`: the other entries are the bridge's own.
const LEARNED: u32 = 3;

/// What the bridge knows.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    stp(view, draft);
    let mut pen = draft.pen(Origin::Reader, "mib/bridge");
    let address = [1, 3, 6, 1, 2, 1, 17, 1, 1, 0];
    if let Some(Value::OctetString(bytes)) = view.value(&address)
        && let Some(id) = view.source(&address)
    {
        pen.set("bridge.address", mac(bytes), std::slice::from_ref(id));
    }
    let (vlans, root) = vlans(view);
    offer_list(&mut pen, view, ("bridge.vlans", root), vlans);
    let (fdb, root) = fdb(view);
    offer_list(&mut pen, view, ("bridge.fdb", root), fdb);
}

fn stp(view: &View<'_>, draft: &mut Draft) {
    let mut pen = draft.pen(Origin::Reader, "mib/bridge");
    let scalar = |object: u32| {
        let oid: Vec<u32> = STP.iter().copied().chain([object, 0]).collect();
        view.value(&oid)
    };
    let evidence = view.evidence(STP);
    let root = scalar(5).and_then(|value| match value {
        Value::OctetString(bytes) => bytes.split_at_checked(2),
        _ => None,
    });
    let Some((priority, address)) = root else {
        if let Coverage::Cut(reason) | Coverage::Failed(reason) = view.coverage(STP) {
            pen.unread("bridge.stp", reason, &evidence);
        }
        return;
    };
    let address = mac(address);
    // A bridge without a spanning tree shows the address of no root.
    pen.set("bridge.stp.enabled", address.is_some(), &evidence);
    let hex: String = priority.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = address.map(|address| format!("{hex}.{address}"));
    let is_root = scalar(7)
        .and_then(integer::<u32>)
        .filter(|_| name.is_some())
        .map(|port| port == 0);
    pen.set("bridge.stp.root", name, &evidence);
    pen.set("bridge.stp.is_root", is_root, &evidence);
    let numbers = [
        (2, "bridge.stp.priority"),
        (4, "bridge.stp.topology_changes"),
    ];
    for (object, at) in numbers {
        pen.set(at, scalar(object).and_then(integer::<u64>), &evidence);
    }
}

/// VLANs, and the subtree that told them.
fn vlans(view: &View<'_>) -> (Vec<Vlan>, &'static [u32]) {
    let mut found: BTreeMap<u32, Option<String>> = BTreeMap::new();
    let mut root = Q_STATIC;
    for (index, _) in rows(view, Q_VLANS) {
        if let [_, vlan] = index.as_slice() {
            found.entry(*vlan).or_default();
            root = Q_VLANS;
        }
    }
    for (index, row) in rows(view, Q_STATIC) {
        if let [vlan] = index.as_slice() {
            found.insert(*vlan, row.text(1));
            root = Q_STATIC;
        }
    }
    for (index, row) in rows(view, VTP) {
        if let [_, vlan] = index.as_slice() {
            let name = found.entry(*vlan).or_default();
            *name = name.take().or_else(|| row.text(4));
            root = VTP;
        }
    }
    let vlans = found
        .into_iter()
        .filter(|(vlan, _)| (1..=4094).contains(vlan))
        .map(|(vlan, name)| Vlan {
            id: vlan.to_string(),
            name,
        });
    (vlans.collect(), root)
}

/// Learnt addresses, and the subtree that told them: that with VLANs where there is one.
fn fdb(view: &View<'_>) -> (Vec<FdbEntry>, &'static [u32]) {
    let names = interfaces::names(view);
    let ports: BTreeMap<u32, String> = rows(view, &[1, 3, 6, 1, 2, 1, 17, 1, 4])
        .into_iter()
        .filter_map(|(index, row)| {
            let if_index: u32 = row.number(2)?;
            Some((*index.first()?, names.get(&if_index)?.clone()))
        })
        .collect();
    let mut entries = BTreeMap::new();
    let mut add = |vlan: Option<u32>, octets: &[u32], port: Option<u32>| {
        let bytes: Option<Vec<u8>> = octets
            .iter()
            .map(|octet| u8::try_from(*octet).ok())
            .collect();
        let Some(mac) = bytes.as_deref().and_then(mac) else {
            return;
        };
        let key = vlan.map_or_else(|| mac.clone(), |vlan| format!("{vlan}/{mac}"));
        let entry = FdbEntry {
            key: key.clone(),
            mac: Some(mac),
            vlan,
            port: port.and_then(|port| ports.get(&port).cloned()),
        };
        entries.insert(key, entry);
    };
    let vlan_of = filtering_databases(view);
    for (index, row) in rows(view, Q_FDB) {
        if let Some((database, octets)) = index.split_first()
            && row.number::<u32>(3).is_none_or(|status| status == LEARNED)
        {
            let vlan = vlan_of.get(database).copied().unwrap_or(*database);
            add(Some(vlan), octets, row.number(2));
        }
    }
    let told = !rows(view, Q_FDB).is_empty();
    for (index, row) in rows(view, FDB) {
        if !told && row.number::<u32>(3).is_none_or(|status| status == LEARNED) {
            add(None, &index, row.number(2));
        }
    }
    let root = if told { Q_FDB } else { FDB };
    (entries.into_values().collect(), root)
}

/// VLAN by filtering database, where each database serves one VLAN (dot1qVlanFdbId).
fn filtering_databases(view: &View<'_>) -> BTreeMap<u32, u32> {
    let mut found: BTreeMap<u32, Option<u32>> = BTreeMap::new();
    for (index, row) in rows(view, Q_VLANS) {
        if let ([_, vlan], Some(database)) = (index.as_slice(), row.number::<u32>(3)) {
            found
                .entry(database)
                .and_modify(|known| *known = None)
                .or_insert(Some(*vlan));
        }
    }
    found
        .into_iter()
        .filter_map(|(database, vlan)| Some((database, vlan?)))
        .collect()
}
