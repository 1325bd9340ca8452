//! What keeps and what changes a device's id: the table of docs/identity.md, row by row.
use super::super::{Context, build};
use super::*;
use crate::model::class::ClassTable;
use crate::model::{FactSheet, Observation, Provenance, SiteId, Target};
use proptest::prelude::*;
use serde_json::json;

const CLASSES: &[u8] = include_bytes!("../../../../../../models/classes.yaml");

fn day(number: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + number * 86_400).unwrap()
}

/// A device as one run sees it: site, address, and facts by path.
#[derive(Debug, Clone)]
struct Seen {
    site: &'static str,
    address: String,
    facts: BTreeMap<&'static str, Value>,
}

impl Seen {
    fn at(address: &str) -> Self {
        Self {
            site: "a",
            address: address.to_owned(),
            facts: BTreeMap::new(),
        }
    }

    fn with(mut self, path: &'static str, value: impl Into<Value>) -> Self {
        self.facts.insert(path, value.into());
        self
    }

    fn without(mut self, path: &'static str) -> Self {
        self.facts.remove(path);
        self
    }

    fn moved(mut self, site: &'static str, address: &str) -> Self {
        self.site = site;
        self.address = address.to_owned();
        self
    }

    fn observation(&self) -> Observation {
        let mut sheet = FactSheet::new();
        for (path, value) in &self.facts {
            sheet.set(&path.parse().unwrap(), value.clone(), Provenance::default());
        }
        let mut target = Target::new("a", self.address.parse().unwrap());
        target.site = SiteId(self.site.to_owned());
        Observation {
            target,
            sheet,
            families: Vec::new(),
            complaints: Vec::new(),
            authenticated: true,
        }
    }
}

/// An audit that goes on from run to run.
struct Audit {
    id: Uuid,
    known: Vec<KnownAsset>,
    runs: i64,
}

impl Audit {
    fn new() -> Self {
        Self::of(1)
    }

    fn of(customer: u128) -> Self {
        Self {
            id: Uuid::from_u128(customer),
            known: Vec::new(),
            runs: 0,
        }
    }

    /// One run; the ids of the devices, in the order in which they were given.
    fn run(&mut self, devices: &[Seen]) -> Vec<Uuid> {
        let inventory = self.inventory(devices);
        self.runs += 1;
        self.known = remember(&self.known, &inventory, day(self.runs), &|_| true);
        let id = |device: &Seen| {
            let address = device.address.parse().ok();
            let mut assets = inventory.assets.iter();
            assets
                .find(|asset| {
                    asset.site.0 == device.site
                        && asset
                            .targets
                            .iter()
                            .any(|target| target.locator.address() == address)
                })
                .unwrap()
                .arpenteur_id
        };
        devices.iter().map(id).collect()
    }

    /// A run that sees one device.
    fn one(&mut self, device: &Seen) -> Uuid {
        self.run(std::slice::from_ref(device))[0]
    }

    fn inventory(&self, devices: &[Seen]) -> Inventory {
        let context = Context {
            audit_id: self.id,
            known: self.known.clone(),
            ..Context::default()
        };
        let classes = ClassTable::load("models/classes.yaml", CLASSES).unwrap();
        build(
            devices.iter().map(Seen::observation).collect(),
            &context,
            &classes,
        )
    }
}

fn switch(address: &str, name: &str, serial: &str, mac: &str) -> Seen {
    Seen::at(address)
        .with("system.hostname", name)
        .with("system.object_id", "1.3.6.1.4.1.9.1.1208")
        .with("hardware.mfg_name", "Cisco")
        .with("hardware.serial_num", serial)
        .with("bridge.address", mac)
        .with(
            "identity.engine_id",
            format!("80000009{}", mac.replace(':', "")),
        )
        .with("identity.mac_address", mac)
}

fn stack(address: &str, serials: &[&str]) -> Seen {
    let units: Vec<Value> = serials
        .iter()
        .enumerate()
        .map(|(index, serial)| json!({"number": (index + 1).to_string(), "serial_num": serial}))
        .collect();
    switch(address, "sw-stack", serials[0], "00:1b:54:aa:bb:01").with("hardware.units", units)
}

/// The same device before and after.
fn keeps(before: &Seen, after: &Seen) -> bool {
    let mut audit = Audit::new();
    audit.one(before) == audit.one(after)
}

const MAC: &str = "00:1b:54:00:00:01";
const OTHER_MAC: &str = "00:1b:54:00:00:02";

#[test]
fn a_device_that_is_renamed_readdressed_or_both_keeps_its_id() {
    let before = switch("10.0.0.1", "sw1", "FOC1001", MAC);
    for after in [
        switch("10.0.0.1", "core", "FOC1001", MAC),
        switch("10.0.9.9", "sw1", "FOC1001", MAC),
        switch("10.0.9.9", "core", "FOC1001", MAC),
        // The address of a device without a login changes: its hardware address tells.
        switch("10.0.9.9", "sw1", "FOC1001", MAC).without("hardware.serial_num"),
    ] {
        assert!(keeps(&before, &after), "{after:?}");
    }
}

#[test]
fn hardware_that_was_replaced_is_a_new_device_and_the_old_one_is_missed() {
    let mut audit = Audit::new();
    let old = audit.run(&[switch("10.0.0.1", "sw1", "FOC1001", MAC)])[0];
    // The configuration was restored on the new box: name, address and engine id are the same.
    let replacement = switch("10.0.0.1", "sw1", "FOC2002", OTHER_MAC).with(
        "identity.engine_id",
        format!("80000009{}", MAC.replace(':', "")),
    );
    let new = audit.one(&replacement);
    assert_ne!(old, new);
    assert_eq!(audit.one(&replacement), new, "and keeps its own id");
    let missed = audit
        .known
        .iter()
        .find(|known| known.arpenteur_id == old)
        .unwrap();
    assert_eq!((missed.missed, missed.last_seen), (2, Some(day(1))));
}

#[test]
fn without_a_serial_number_a_box_of_the_same_name_and_place_with_other_hardware_is_new() {
    let bare = |mac: &str| Seen::at("10.0.0.7").with("identity.mac_address", mac);
    assert!(!keeps(&bare(MAC), &bare(OTHER_MAC)));
    assert!(keeps(&bare(MAC), &bare(MAC).moved("a", "10.0.0.8")));
    // Not even an id derived from the place alone is given twice.
    let key = |key: &str| Seen::at("10.0.0.7").with("identity.ssh_host_keys", json!([key]));
    let mut audit = Audit::new();
    let first = audit.run(&[Seen::at("10.0.0.7")])[0];
    assert_eq!(audit.run(&[key("k1")])[0], first, "nothing contradicts");
    let second = audit.run(&[key("k2")])[0];
    assert_ne!(second, first);
    assert_eq!(audit.run(&[key("k2")])[0], second);
}

#[test]
fn a_server_that_is_installed_anew_keeps_its_id() {
    let server = |key: &str, machine: &str| {
        Seen::at("10.0.0.20")
            .with("system.hostname", "srv")
            .with("identity.ssh_host_keys", json!([key]))
            .with("identity.machine_id", machine)
            .with("identity.mac_address", "52:54:00:00:00:20")
    };
    assert!(keeps(&server("k1", "m1"), &server("k2", "m2")));
}

#[test]
fn a_stack_keeps_its_id_when_a_member_is_lost_added_or_leads() {
    let whole = stack("10.0.0.3", &["FOC0001", "FOC0002"]);
    for after in [
        stack("10.0.0.3", &["FOC0001"]),
        stack("10.0.0.3", &["FOC0001", "FOC0002", "FOC0003"]),
        stack("10.0.0.3", &["FOC0002", "FOC0003"]),
        // The last one left answers with its own base address.
        switch("10.0.0.3", "sw-stack", "FOC0002", OTHER_MAC),
    ] {
        assert!(keeps(&whole, &after), "{after:?}");
    }
    // A member that serves elsewhere now, under another name, is another device.
    let elsewhere = switch("10.0.0.4", "alone", "FOC0002", OTHER_MAC);
    assert!(!keeps(&whole, &elsewhere));
    let mut audit = Audit::new();
    let id = audit.one(&whole);
    let later = audit.run(&[
        switch("10.0.0.9", "lab", "FOC0002", OTHER_MAC),
        stack("10.0.0.3", &["FOC0001", "FOC0003"]),
    ]);
    assert_eq!(later[1], id);
    assert_ne!(later[0], id);
}

#[test]
fn a_device_that_moves_to_another_site_keeps_its_id() {
    let before = switch("10.0.0.1", "sw1", "FOC1001", MAC);
    let after = before.clone().moved("b", "10.9.0.1");
    assert!(keeps(&before, &after));
    // What only its site's plan names does not move with its name and address.
    let weak = Seen::at("10.0.0.1").with("system.hostname", "printer");
    assert!(!keeps(&weak, &weak.clone().moved("b", "10.0.0.1")));
}

#[test]
fn a_product_uuid_is_one_in_either_byte_order_and_none_where_boards_share_it() {
    let esx = |uuid: &str, address: &str| Seen::at(address).with("identity.product_uuid", uuid);
    assert!(keeps(
        &esx("33221100-5544-7766-8899-aabbccddeeff", "10.0.0.1"),
        &esx("00112233-4455-6677-8899-AABBCCDDEEFF", "10.0.0.2")
    ));
    for shared in [
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "00000000-0000-0000-0000-000000000000",
        "not a uuid",
    ] {
        assert!(
            !keeps(&esx(shared, "10.0.0.1"), &esx(shared, "10.0.0.2")),
            "{shared}"
        );
    }
}

#[test]
fn short_serial_numbers_virtual_routers_and_shared_keys_name_nobody() {
    let short = |address: &str| Seen::at(address).with("hardware.serial_num", "1");
    assert!(!keeps(&short("10.0.0.1"), &short("10.0.0.2")));
    let vrrp = |address: &str| Seen::at(address).with("identity.mac_address", "00:00:5e:00:01:0a");
    assert!(!keeps(&vrrp("10.0.0.1"), &vrrp("10.0.0.2")));
    // Two clones with one serial number: each stays itself by what was made afterwards.
    let clone = |address: &str, key: &str| {
        Seen::at(address)
            .with("hardware.serial_num", "VMware-564d")
            .with("identity.ssh_host_keys", json!([key]))
    };
    let mut audit = Audit::new();
    let first = audit.run(&[clone("10.0.0.1", "k1"), clone("10.0.0.2", "k2")]);
    assert_ne!(first[0], first[1]);
    let swapped = audit.run(&[clone("10.0.0.2", "k1"), clone("10.0.0.1", "k2")]);
    assert_eq!(swapped, first);
}

#[test]
fn two_customers_with_the_same_plan_have_nothing_in_common() {
    let devices = [
        switch("10.0.0.1", "sw1", "FOC1001", MAC),
        Seen::at("10.0.0.2").with("system.hostname", "srv"),
        Seen::at("10.0.0.3"),
    ];
    let (mut one, mut other) = (Audit::of(1), Audit::of(2));
    let (a, b) = (one.run(&devices), other.run(&devices));
    assert!(a.iter().all(|id| !b.contains(id)), "{a:?} {b:?}");
}

#[test]
fn a_device_that_lets_nobody_in_for_a_while_keeps_its_id_and_its_keys() {
    let mut audit = Audit::new();
    let whole = switch("10.0.0.1", "sw1", "FOC1001", MAC);
    let id = audit.one(&whole);
    assert_eq!(audit.run(&[Seen::at("10.0.0.1")])[0], id);
    // Its keys were not forgotten: it is found at its new place.
    assert_eq!(audit.run(&[whole.moved("b", "10.7.0.1")])[0], id);
}

#[test]
fn a_device_that_comes_back_keeps_its_id_and_is_no_longer_missed() {
    let mut audit = Audit::new();
    let whole = switch("10.0.0.1", "sw1", "FOC1001", MAC);
    let id = audit.one(&whole);
    for _ in 0..3 {
        audit.run(&[]);
    }
    assert_eq!(audit.known[0].missed, 3);
    assert_eq!(audit.one(&whole), id);
    assert_eq!((audit.known[0].missed, audit.known.len()), (0, 1));
}

#[test]
fn a_run_that_was_cut_short_or_judged_again_misses_nobody_twice() {
    let mut audit = Audit::new();
    audit.run(&[switch("10.0.0.1", "sw1", "FOC1001", MAC)]);
    let nothing = audit.inventory(&[]);
    let once = remember(&audit.known, &nothing, day(5), &|_| true);
    let twice = remember(&once, &nothing, day(5), &|_| true);
    let uncovered = remember(&once, &nothing, day(6), &|_| false);
    assert_eq!(
        [once[0].missed, twice[0].missed, uncovered[0].missed],
        [1, 1, 1]
    );
    // Evidence older than what is known changes neither keys nor dates, but the first one.
    let old = audit.inventory(&[switch("10.0.0.8", "was", "FOC1001", MAC)]);
    let old = remember(&audit.known, &old, day(-9), &|_| true);
    assert_eq!(
        (old[0].first_seen, old[0].last_seen),
        (Some(day(-9)), Some(day(1)))
    );
    assert_eq!(old[0].name, "sw1");
}

/// Devices of which some share serial numbers, names or addresses with others.
fn crowd() -> Vec<Seen> {
    let clone = |address: &str, key: &str| {
        Seen::at(address)
            .with("system.hostname", "clone")
            .with("hardware.serial_num", "VMware-564d")
            .with("identity.ssh_host_keys", json!([key]))
    };
    vec![
        switch("10.0.0.1", "sw1", "FOC1001", MAC),
        switch("10.0.0.2", "sw2", "FOC1002", OTHER_MAC),
        stack("10.0.0.3", &["FOC0001", "FOC0002"]),
        clone("10.0.0.4", "k1"),
        clone("10.0.0.5", "k2"),
        Seen::at("10.0.0.6").with("system.hostname", "sw1"),
        Seen::at("10.0.0.7"),
        switch("10.0.0.8", "sw1", "FOC1008", "00:1b:54:00:00:08"),
        Seen::at("10.0.0.1").moved("b", "10.0.0.1"),
    ]
}

/// The crowd a year later: moved, renamed, replaced, a member lost, one gone, one new.
fn later() -> Vec<Seen> {
    let mut all = crowd();
    all[0] = switch("10.0.5.1", "core", "FOC1001", MAC);
    all[1] = switch("10.0.0.2", "sw2", "FOC9999", "00:1b:54:00:09:99");
    all[2] = stack("10.0.0.3", &["FOC0002"]);
    all.swap(3, 4);
    all.remove(6);
    all.push(switch("10.0.0.1", "sw9", "FOC0900", "00:1b:54:00:09:00"));
    all
}

proptest! {
    /// Whatever the order in which devices were found, in whichever run: the same ids.
    #[test]
    fn the_order_of_discovery_gives_nobody_another_id(
        first in Just((0..crowd().len()).collect::<Vec<_>>()).prop_shuffle(),
        second in Just((0..later().len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let ids = |first: &[usize], second: &[usize]| {
            let mut audit = Audit::new();
            let shuffled = |all: Vec<Seen>, order: &[usize]| -> Vec<Seen> {
                order.iter().map(|index| all[*index].clone()).collect()
            };
            let mut found: Vec<(usize, Uuid)> = Vec::new();
            for (all, order) in [(crowd(), first), (later(), second)] {
                let ids = audit.run(&shuffled(all, order));
                let mut ids: Vec<(usize, Uuid)> = order.iter().copied().zip(ids).collect();
                ids.sort();
                found.extend(ids);
            }
            (found, audit.known)
        };
        let (all, after): (Vec<usize>, Vec<usize>) =
            ((0..crowd().len()).collect(), (0..later().len()).collect());
        prop_assert_eq!(ids(&first, &second), ids(&all, &after));
    }

    /// No two devices of one run ever have one id.
    #[test]
    fn no_id_is_given_twice(picks in prop::collection::vec((0_usize..17, 0_u8..4), 1..12)) {
        let all: Vec<Seen> = crowd().into_iter().chain(later()).collect();
        let mut audit = Audit::new();
        for run in 0..3_usize {
            let devices: Vec<Seen> = picks
                .iter()
                .map(|(index, other)| {
                    let site = ["a", "b"][(usize::from(*other) + run) % 2];
                    all[*index].clone().moved(site, &format!("10.1.{run}.{}", index + 1))
                })
                .collect();
            let inventory = audit.inventory(&devices);
            let ids: BTreeSet<Uuid> =
                inventory.assets.iter().map(|asset| asset.arpenteur_id).collect();
            prop_assert_eq!(ids.len(), inventory.assets.len());
            audit.runs += 1;
            audit.known = remember(&audit.known, &inventory, day(audit.runs), &|_| true);
        }
    }
}
