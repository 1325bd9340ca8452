//! What is one device and what is not, from facts alone.
use super::*;
use crate::model::{Fact, FactSheet, Target};
use proptest::prelude::*;
use serde_json::Value;

const CLASSES: &[u8] = include_bytes!("../../../../../models/classes.yaml");

fn classes() -> ClassTable {
    ClassTable::load("models/classes.yaml", CLASSES).unwrap()
}

fn seen(address: &str, facts: &[(&str, Value)]) -> Observation {
    let mut sheet = FactSheet::new();
    for (path, value) in facts {
        sheet.set(&path.parse().unwrap(), value.clone(), Provenance::default());
    }
    Observation {
        target: Target::new("s", address.parse().unwrap()),
        sheet,
        families: vec![("linux/net-snmp".into(), 50)],
        complaints: Vec::new(),
        authenticated: true,
    }
}

fn built(observations: Vec<Observation>) -> Inventory {
    build(
        observations,
        &Context {
            audit_id: Uuid::from_u128(1),
            ..Context::default()
        },
        &classes(),
    )
}

fn host(
    address: &str,
    name: &str,
    serial: &str,
    engine: &str,
    key: &str,
    machine: &str,
) -> Observation {
    seen(
        address,
        &[
            ("system.hostname", json!(name)),
            ("hardware.serial_num", json!(serial)),
            ("identity.engine_id", json!(engine)),
            ("identity.ssh_host_keys", json!([key])),
            ("identity.machine_id", json!(machine)),
        ],
    )
}

#[test]
fn declared_resolvers_are_told_of_every_device_and_unread_where_none_are() {
    let resolvers = |declared: &[&str]| {
        let context = Context {
            resolvers: declared.iter().map(|ip| ip.parse().unwrap()).collect(),
            ..Context::default()
        };
        let inventory = build(vec![seen("10.0.0.1", &[])], &context, &classes());
        let sheet = &inventory.assets[0].sheet;
        match sheet.get(&"dns.declared_resolvers".parse().unwrap()) {
            Fact::Known(value) => Some(value.clone()),
            _ => None,
        }
    };
    assert_eq!(
        resolvers(&["10.0.0.54", "10.0.0.53", "10.0.0.54"]),
        Some(json!(["10.0.0.53", "10.0.0.54"]))
    );
    assert_eq!(resolvers(&[]), None);
}

#[test]
fn two_addresses_of_one_server_are_one_asset_with_its_reasons() {
    let inventory = built(vec![
        host("10.0.0.5", "a", "S1", "e1", "k1", "m1"),
        host("10.0.1.5", "a", "S1", "e1", "k1", "m1"),
    ]);
    let [asset] = inventory.assets.as_slice() else {
        panic!("{:?}", inventory.assets)
    };
    assert_eq!(asset.targets.len(), 2);
    let keys: Vec<&str> = asset.merges[0]
        .keys
        .iter()
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "serial_num",
            "engine_id",
            "machine_id",
            "hostname",
            "ssh_host_key"
        ]
    );
}

#[test]
fn a_cloned_machine_stays_two_devices_with_two_ids() {
    let inventory = built(vec![
        host("10.0.0.5", "a", "S1", "e1", "k1", "m1"),
        host("10.0.0.6", "b", "S1", "e2", "k2", "m1"),
    ]);
    assert_eq!(inventory.assets.len(), 2);
    assert_ne!(
        inventory.assets[0].arpenteur_id,
        inventory.assets[1].arpenteur_id
    );
}

#[test]
fn a_firewall_pair_with_one_configuration_stays_two_devices() {
    let inventory = built(vec![
        host("10.0.0.5", "fw", "S1", "e1", "k1", "m"),
        host("10.0.0.6", "fw", "S2", "e1", "k1", "m"),
    ]);
    assert_eq!(inventory.assets.len(), 2);
}

#[test]
fn one_weak_key_merges_nothing() {
    let name = |address: &str| seen(address, &[("system.hostname", json!("localhost"))]);
    assert_eq!(
        built(vec![name("10.0.0.5"), name("10.0.0.6")]).assets.len(),
        2
    );
    let serial = |address: &str| seen(address, &[("hardware.serial_num", json!("X"))]);
    assert_eq!(
        built(vec![serial("10.0.0.5"), serial("10.0.0.6")])
            .assets
            .len(),
        2
    );
}

#[test]
fn an_agent_that_lists_the_other_address_and_has_the_same_name_is_one_device() {
    let both = json!([{"ip": "10.0.0.5"}, {"ip": "10.0.1.5"}]);
    let facts = [("system.hostname", json!("r1")), ("addresses", both)];
    assert_eq!(
        built(vec![seen("10.0.0.5", &facts), seen("10.0.1.5", &facts)])
            .assets
            .len(),
        1
    );
}

#[test]
fn the_same_addresses_on_two_sites_are_two_devices() {
    let mut other = host("10.0.0.5", "a", "S1", "e1", "k1", "m1");
    other.target.site = crate::model::SiteId("t".into());
    assert_eq!(
        built(vec![host("10.0.0.5", "a", "S1", "e1", "k1", "m1"), other])
            .assets
            .len(),
        2
    );
}

#[test]
fn an_id_survives_a_new_address_and_a_new_name() {
    let first = built(vec![host("10.0.0.5", "a", "S1", "e1", "k1", "m1")]);
    let known = remember(&[], &first, Timestamp::UNIX_EPOCH, &|_| true);
    let context = Context {
        audit_id: Uuid::from_u128(1),
        known,
        ..Context::default()
    };
    let later = build(
        vec![host("10.0.9.9", "renamed", "S1", "e1", "k1", "m1")],
        &context,
        &classes(),
    );
    assert_eq!(later.assets[0].arpenteur_id, first.assets[0].arpenteur_id);
    let replaced = build(
        vec![host("10.0.0.5", "a", "S2", "e2", "k2", "m2")],
        &context,
        &classes(),
    );
    assert_ne!(
        replaced.assets[0].arpenteur_id, first.assets[0].arpenteur_id,
        "another box of the same name at the same place"
    );
}

#[test]
fn host_names_that_several_devices_carry_are_told_to_each() {
    let inventory = built(vec![
        host("10.0.0.5", "a", "S1", "e1", "k1", "m1"),
        host("10.0.0.6", "A", "S2", "e2", "k2", "m2"),
        host("10.0.0.7", "c", "S3", "e3", "k3", "m3"),
    ]);
    let shared: Vec<usize> = inventory
        .assets
        .iter()
        .map(|asset| {
            asset
                .sheet
                .facts()
                .unwrap()
                .system
                .hostname_shared_with
                .len()
        })
        .collect();
    assert_eq!(shared.iter().sum::<usize>(), 2);
}

#[test]
fn a_link_told_by_both_ends_is_one_link() {
    let side = |address: &str, name: &str, mac: &str, port: &str, far_mac: &str, far_port: &str| {
        seen(
            address,
            &[
                ("system.hostname", json!(name)),
                ("lldp.chassis_id", json!(mac)),
                ("interfaces", json!([{"name": port, "phys_address": mac}])),
                (
                    "lldp.neighbors",
                    json!([{"key": "k", "local_port": port, "chassis_id": far_mac, "port_id": far_mac, "port_description": far_port}]),
                ),
            ],
        )
    };
    let (a, b) = ("02:00:00:00:00:01", "02:00:00:00:00:02");
    let inventory = built(vec![
        side("10.0.0.1", "sw", a, "p1", b, "eth0"),
        side("10.0.0.2", "srv", b, "eth0", a, "p1"),
    ]);
    let [link] = inventory.links.as_slice() else {
        panic!("{:?}", inventory.links)
    };
    assert_eq!(
        (link.a.name.as_str(), link.a.port.as_deref()),
        ("srv", Some("eth0"))
    );
    assert_eq!(
        (link.b.name.as_str(), link.b.port.as_deref()),
        ("sw", Some("p1"))
    );
    let alone = built(vec![side(
        "10.0.0.1",
        "sw",
        a,
        "p1",
        "02:00:00:00:00:09",
        "eth0",
    )]);
    assert_eq!(alone.neighbours.len(), 1);
}

proptest! {
    /// Whatever the order in which devices were found: the same inventory.
    #[test]
    fn order_does_not_matter(order in Just((0_usize..6).collect::<Vec<_>>()).prop_shuffle()) {
        let all = [
            host("10.0.0.5", "a", "S1", "e1", "k1", "m1"),
            host("10.0.1.5", "a", "S1", "e1", "k1", "m1"),
            host("10.0.0.6", "b", "S1", "e2", "k2", "m1"),
            host("10.0.0.7", "b", "S3", "e3", "k3", "m3"),
            seen("10.0.0.8", &[("system.hostname", json!("x"))]),
            seen("10.0.0.9", &[]),
        ];
        let shuffled = order.iter().map(|index| all[*index].clone()).collect();
        prop_assert_eq!(built(shuffled), built(all.to_vec()));
    }
}
