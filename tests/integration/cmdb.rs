//! Plan, apply, rollback and retire against a NetBox that behaves as the real one was seen to.
use crate::company::{self, nothing_left};
use crate::fake_netbox::{FakeNetbox, OLD_TOKEN, TOKEN};
use crate::server::{Fault, proxy, serve, serve_tls};
use crate::support::{arpenteur, latest, root, run_command};
use serde_json::{Value, json};
use std::ops::Deref;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::time::Duration;

const SECRET: (&str, &str) = ("NETBOX_TOKEN", TOKEN);

/// A company with a NetBox of its own.
struct Company {
    audit: company::Company,
    netbox: FakeNetbox,
}

impl Deref for Company {
    type Target = company::Company;

    fn deref(&self) -> &company::Company {
        &self.audit
    }
}

/// The target's own part of `audit.yaml`.
fn target(netbox: &FakeNetbox) -> String {
    let port = serve(netbox.handler());
    format!("{{url: \"http://127.0.0.1:{port}\", token: {{env: NETBOX_TOKEN}}}}")
}

impl Company {
    fn new() -> Self {
        let netbox = FakeNetbox::new();
        let audit = company::Company::demo(("netbox", &target(&netbox)), SECRET);
        Self { audit, netbox }
    }
}

#[test]
fn a_plan_writes_nothing_and_a_second_one_after_apply_changes_nothing() {
    let company = Company::new();
    let told = company.cmdb(&["plan"]).code(0);
    assert!(
        told.stdout.contains("+ dcim/devices sw-coeur"),
        "{}",
        told.stdout
    );
    assert_eq!(company.netbox.writes(), 0);
    company.cmdb(&["apply"]).code(0);
    let devices = company.netbox.all("dcim/devices");
    assert_eq!(devices.len(), 45);
    assert!(
        devices
            .iter()
            .all(|device| device["custom_fields"]["arpenteur_id"].is_string())
    );
    let primary = devices
        .iter()
        .filter(|device| device.get("primary_ip4").is_some_and(Value::is_u64))
        .count();
    assert!(primary >= 37, "{primary}");
    assert!(!company.netbox.all("dcim/mac-addresses").is_empty());
    assert!(!company.netbox.all("dcim/cables").is_empty());
    let again = company.plan();
    nothing_left(&again);
    assert_eq!(again["kept"], json!([]));
    let writes = company.netbox.writes();
    company.cmdb(&["apply"]).code(0);
    assert_eq!(company.netbox.writes(), writes);
}

#[test]
fn people_keep_what_they_edit_unless_the_mapping_says_otherwise() {
    let company = Company::new();
    company.write();
    let switch = company.netbox.named("dcim/devices", "sw-coeur");
    let id = switch["id"].as_u64().unwrap();
    company
        .netbox
        .edit("dcim/devices", id, "name", json!("coeur-lyon"));
    let plan = company.plan();
    nothing_left(&plan);
    assert_eq!(
        (&plan["kept"][0]["field"], &plan["kept"][0]["theirs"]),
        (&json!("name"), &json!("coeur-lyon"))
    );
    company.mapping("version: 1\noverwrite: [name]\n");
    company.write();
    assert_eq!(company.netbox.named("dcim/devices", "sw-coeur")["id"], id);
}

#[test]
fn a_rollback_leaves_the_server_as_it_was() {
    let company = Company::new();
    let site = company.netbox.person(
        "dcim/sites",
        json!({"name": "Ailleurs", "slug": "ailleurs"}),
    );
    let before = company.netbox.content();
    company.write();
    let told = company.cmdb(&["rollback"]).code(0);
    assert_eq!(company.netbox.content(), before, "{}", told.stdout);
    assert_eq!(company.netbox.named("dcim/sites", "Ailleurs")["id"], site);
    // The same again is another plan.
    company.write();
    assert_eq!(company.netbox.all("dcim/devices").len(), 45);
}

#[test]
fn a_rollback_leaves_what_people_changed_since() {
    let company = Company::new();
    company.write();
    let id = company.netbox.named("dcim/devices", "sw-coeur")["id"]
        .as_u64()
        .unwrap();
    company
        .netbox
        .edit("dcim/devices", id, "comments", json!("ours, says Claire"));
    let told = company.cmdb(&["rollback"]).code(1);
    assert!(
        told.stdout.contains("sw-coeur: changed since"),
        "{}",
        told.stdout
    );
    assert!(told.stdout.contains("dependent objects"), "{}", told.stdout);
    assert_eq!(company.netbox.all("dcim/devices").len(), 1);
}

#[test]
fn faults_of_the_server_are_survived_without_a_duplicate() {
    let whole = Company::new();
    whole.write();
    let company = Company::new();
    let faults = [
        (2, Fault::Busy),
        (4, Fault::Down),
        (6, Fault::CutBefore),
        (8, Fault::CutAfter),
        (11, Fault::CutAfter),
        (14, Fault::Stall(Duration::from_secs(6))),
    ];
    for (write, fault) in faults {
        company.netbox.fault(write, fault);
    }
    company.write();
    assert_eq!(company.netbox.content(), whole.netbox.content());
    nothing_left(&company.plan());
}

#[test]
fn a_killed_apply_is_taken_up_to_the_same_end() {
    let whole = Company::new();
    whole.write();
    for (write, after) in [(1, true), (7, false), (13, true), (20, false)] {
        {
            let company = Company::new();
            company.cmdb(&["plan"]).code(0);
            let (tell, told) = channel();
            company.netbox.fault(
                write,
                if after {
                    Fault::HangAfter(tell)
                } else {
                    Fault::HangBefore(tell)
                },
            );
            company.killed_apply(&told);
            company.cmdb(&["apply"]).code(0);
            assert_eq!(
                company.netbox.content(),
                whole.netbox.content(),
                "killed at write {write}, after: {after}"
            );
            nothing_left(&company.plan());
        }
    }
}

#[test]
fn serials_that_two_devices_have_are_reported_and_one_is_recognised() {
    let company = Company::new();
    let plan = company.plan();
    let serial = |name: &str| {
        let mut operations = plan["operations"].as_array().unwrap().iter();
        let device = operations
            .find(|operation| {
                operation["collection"] == "dcim/devices" && operation["label"] == name
            })
            .unwrap();
        device["fields"]["serial"]["after"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (twice, once) = (serial("sw-coeur"), serial("sw-etage1"));
    let fake = &company.netbox;
    let site = fake.person("dcim/sites", json!({"name": "Dépôt", "slug": "depot"}));
    let maker = fake.person(
        "dcim/manufacturers",
        json!({"name": "Divers", "slug": "divers"}),
    );
    let kind = fake.person(
        "dcim/device-types",
        json!({"manufacturer": maker, "model": "Divers", "slug": "divers-divers"}),
    );
    let role = fake.person(
        "dcim/device-roles",
        json!({"name": "Divers", "slug": "divers"}),
    );
    let device = |name: &str, serial: &str| {
        fake.person("dcim/devices", json!({"name": name, "serial": serial, "site": site, "device_type": kind, "role": role}))
    };
    device("a", &twice);
    device("b", &twice);
    let known = device("vieux-nom", &once);
    let plan = company.plan();
    assert_eq!(
        plan["conflicts"][0]["code"], "ambiguous-serial",
        "{}",
        plan["conflicts"]
    );
    company.cmdb(&["apply"]).code(1);
    let renamed = fake.named("dcim/devices", "sw-etage1");
    assert_eq!(
        (&renamed["id"], &renamed["role"]),
        (&json!(known), &json!(role))
    );
    assert_eq!(
        fake.all("dcim/devices")
            .iter()
            .filter(|device| device["serial"] == twice.as_str())
            .count(),
        2
    );
}

#[test]
fn a_bad_row_does_not_stop_the_others() {
    let company = Company::new();
    company.netbox.0.lock().unwrap().refused = Some("sw-etage1".to_owned());
    // Pages are short: every list is read to its end.
    company.netbox.0.lock().unwrap().page = 7;
    company.cmdb(&["plan"]).code(0);
    let told = company.cmdb(&["apply"]).code(1);
    assert!(
        told.stdout.contains("! sw-etage1: the server refuses: 400"),
        "{}",
        told.stdout
    );
    assert_eq!(company.netbox.all("dcim/devices").len(), 44);
    let plan = company.plan();
    let operations = plan["operations"].as_array().unwrap();
    assert!(!operations.is_empty());
    for operation in operations {
        let label = operation["label"].as_str().unwrap();
        assert!(label.contains("sw-etage1"), "{operation}");
    }
    company.netbox.0.lock().unwrap().refused = None;
    company.cmdb(&["apply"]).code(0);
    nothing_left(&company.plan());
}

#[test]
fn a_stale_plan_writes_over_nobody() {
    let company = Company::new();
    company.write();
    let id = company.netbox.named("dcim/devices", "sw-coeur")["id"]
        .as_u64()
        .unwrap();
    let name = |name: &str| company.netbox.edit("dcim/devices", id, "name", json!(name));
    name("coeur-lyon");
    company.mapping("version: 1\noverwrite: [name]\n");
    let plan = company.plan();
    let change = &plan["operations"][0]["fields"]["name"];
    assert_eq!(
        (&change["before"], &change["after"]),
        (&json!("coeur-lyon"), &json!("sw-coeur"))
    );
    name("coeur-2");
    let told = company.cmdb(&["apply"]).code(1);
    assert!(
        told.stdout.contains("changed since the plan"),
        "{}",
        told.stdout
    );
    assert_eq!(company.netbox.named("dcim/devices", "coeur-2")["id"], id);
}

/// Objects of a switch: an aggregate of two ports, one hardware address on all three, IPv4 and
/// IPv6 on a VLAN interface.
pub(crate) fn switch() -> String {
    let mut lines = vec![
        "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE4".to_owned(),
        "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.716".to_owned(),
        "1.3.6.1.2.1.1.5.0|4|sw-vlan".to_owned(),
    ];
    let ports = [
        (1, "Gi0/1", 6),
        (2, "Gi0/2", 6),
        (3, "Po1", 161),
        (4, "Vl10", 53),
    ];
    for (index, name, kind) in ports {
        lines.push(format!("1.3.6.1.2.1.2.2.1.2.{index}|4|{name}"));
        lines.push(format!("1.3.6.1.2.1.2.2.1.3.{index}|2|{kind}"));
        lines.push(format!("1.3.6.1.2.1.2.2.1.6.{index}|4x|02aabbccdd01"));
        lines.push(format!("1.3.6.1.2.1.31.1.1.1.1.{index}|4|{name}"));
        lines.push(format!("1.3.6.1.2.1.31.1.1.1.15.{index}|66|1000"));
    }
    for (address, prefix) in [
        ("1.4.10.3.0.1", "1.4.10.3.0.0.24"),
        (
            "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1",
            "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.64",
        ),
    ] {
        lines.push(format!("1.3.6.1.2.1.4.34.1.3.{address}|2|4"));
        lines.push(format!("1.3.6.1.2.1.4.34.1.4.{address}|2|1"));
        lines.push(format!(
            "1.3.6.1.2.1.4.34.1.5.{address}|6|1.3.6.1.2.1.4.32.1.5.4.{prefix}"
        ));
    }
    lines.join("\n") + "\n"
}

pub(crate) const CONFIGURATION: &str = "version 15.0\nhostname sw-vlan\n!\nvlan 10\n name bureaux\n!\nvlan 20\n name voix\n!\n\
    interface GigabitEthernet0/1\n switchport mode access\n switchport access vlan 10\n!\n\
    interface GigabitEthernet0/2\n switchport mode trunk\n switchport trunk allowed vlan 10,20\n channel-group 1 mode active\n!\nend\n";

/// An audit of files with a target, planned and applied.
fn applied(audit: &str, files: &[(&str, &[u8])], arguments: &[&str]) -> Company {
    let netbox = FakeNetbox::new();
    let kind = target(&netbox);
    let audit = company::Company::of_files(("netbox", &kind), SECRET, audit, files);
    let company = Company { audit, netbox };
    company.audit("2026-11-22", arguments).code(0);
    company.write();
    company
}

/// The objects of the scenario's stack.
fn stack() -> String {
    let lines = std::fs::read_to_string(root().join("fixtures/scenarios/stack.jsonl")).unwrap();
    let walk: Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    let objects = walk["exchange"]["answer"]["varbinds"].as_array().unwrap();
    let line = |object: &Value| {
        let (tag, value) = match (&object["value"]["type"], &object["value"]["value"]) {
            (kind, Value::String(text)) if kind == "octet_string" => ("4", text.clone()),
            (kind, value) if kind == "octet_string" => {
                ("4x", value["hex"].as_str().unwrap().to_owned())
            }
            (kind, value) if kind == "object_identifier" => {
                ("6", value.as_str().unwrap().to_owned())
            }
            (kind, value) if kind == "ip_address" => ("64", value.as_str().unwrap().to_owned()),
            (_, value) => ("2", value.to_string()),
        };
        format!("{}|{tag}|{value}\n", object["oid"].as_str().unwrap())
    };
    objects.iter().map(line).collect()
}

#[test]
fn a_stack_is_one_device_whose_members_are_inventory_items() {
    let company = applied(
        "sites: [{id: a, networks: [10.1.0.0/24, 10.2.0.0/24]}]\nreplay: [{file: stack.snmprec, address: 10.1.0.1}]\n",
        &[("stack.snmprec", stack().as_bytes())],
        &[],
    );
    let fake = &company.netbox;
    assert_eq!(fake.all("dcim/devices").len(), 1);
    assert_eq!(fake.all("dcim/virtual-chassis").len(), 1);
    let items = fake.all("dcim/inventory-items");
    let unit = |name: &str| items.iter().filter(|item| item["name"] == name).count();
    assert_eq!((unit("Unit 1"), unit("Unit 2")), (1, 1), "{items:?}");
    nothing_left(&company.plan());
}

#[test]
fn vlans_aggregates_shared_hardware_addresses_and_ipv6_come_to_rest() {
    let company = applied(
        "sites: [{id: a, networks: [10.3.0.0/24]}]\nreplay: [{file: switch.snmprec, address: 10.3.0.1}]\n",
        &[
            ("switch.snmprec", switch().as_bytes()),
            ("switch.cfg", CONFIGURATION.as_bytes()),
        ],
        &["--config", "switch.cfg@10.3.0.1"],
    );
    let fake = &company.netbox;
    let aggregate = fake.named("dcim/interfaces", "Po1");
    assert_eq!(aggregate["type"], "lag");
    let trunk = fake.named("dcim/interfaces", "Gi0/2");
    assert_eq!(trunk["lag"], aggregate["id"]);
    let tagged = trunk["tagged_vlans"].as_array().unwrap().len();
    assert_eq!((&trunk["mode"], tagged), (&json!("tagged"), 2));
    let shared = fake.all("dcim/mac-addresses").into_iter();
    let shared = shared.filter(|mac| mac["mac_address"] == "02:AA:BB:CC:DD:01");
    assert_eq!(shared.count(), 4);
    let mut addresses = fake.all("ipam/ip-addresses").into_iter();
    assert!(addresses.any(|address| address["address"] == "2001:db8::1/64"));
    nothing_left(&company.plan());
}

/// A device as NetBox has it before our plan: its maker and its type.
fn kind_of(company: &Company, name: &str) -> (String, String) {
    let plan = company.plan();
    let operations = plan["operations"].as_array().unwrap();
    let fields = |key: &str| {
        let mut all = operations.iter();
        all.find(|operation| operation["key"] == key).unwrap()["fields"].clone()
    };
    let key = |value: &Value| value["after"]["ref"].as_str().unwrap().to_owned();
    let mut devices = operations.iter();
    let device = devices
        .find(|one| one["collection"] == "dcim/devices" && one["label"] == name)
        .unwrap();
    let kind = fields(&key(&device["fields"]["device_type"]));
    let maker = fields(&key(&kind["manufacturer"]));
    let text = |value: &Value| value["after"].as_str().unwrap().to_owned();
    (text(&maker["name"]), text(&kind["model"]))
}

#[test]
fn what_a_type_brings_along_is_taken_up() {
    let company = Company::new();
    let fake = &company.netbox;
    let (maker, model) = kind_of(&company, "sw-coeur");
    let maker = fake.person(
        "dcim/manufacturers",
        json!({"name": maker, "slug": "maker"}),
    );
    let kind = fake.person(
        "dcim/device-types",
        json!({"manufacturer": maker, "model": model, "slug": "kind"}),
    );
    let whole = Company::new();
    whole.write();
    let id = whole.netbox.named("dcim/devices", "sw-coeur")["id"].clone();
    let ports = whole.netbox.all("dcim/interfaces").into_iter();
    let ports = ports.filter(|port| port["device"] == id);
    let mut names: Vec<String> = ports
        .map(|port| port["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.len() > 2);
    names.push("Console de plus".to_owned());
    fake.0.lock().unwrap().templates.insert(kind, names.clone());
    let before = fake.content();
    company.write();
    let id = fake.named("dcim/devices", "sw-coeur")["id"].clone();
    let ports: Vec<_> = fake.all("dcim/interfaces").into_iter().collect();
    let ports: Vec<_> = ports.iter().filter(|port| port["device"] == id).collect();
    assert_eq!(ports.len(), names.len());
    // A template knows the socket better than a speed does.
    assert!(ports.iter().all(|port| port["type"] == "2.5gbase-t"));
    let plan = company.plan();
    nothing_left(&plan);
    assert_eq!(plan["kept"], json!([]));
    let told = company.cmdb(&["rollback"]).code(0);
    assert_eq!(fake.content(), before, "{}", told.stdout);
}

#[test]
fn names_that_others_have_are_not_taken_for_ours() {
    let company = Company::new();
    let fake = &company.netbox;
    let maker = fake.person(
        "dcim/manufacturers",
        json!({"name": "Autre", "slug": "autre"}),
    );
    let elsewhere = fake.person("dcim/sites", json!({"name": "Dépôt", "slug": "depot"}));
    let plan = company.plan();
    for operation in plan["operations"].as_array().unwrap() {
        let (kind, fields) = (&operation["collection"], &operation["fields"]);
        let name = json!({"name": fields["name"]["after"], "slug": fields["slug"]["after"]});
        let with = |field: &str, value: u64| {
            let mut object = name.clone();
            object[field] = json!(value);
            object
        };
        match kind.as_str().unwrap() {
            "dcim/platforms" => fake.person("dcim/platforms", with("manufacturer", maker)),
            "dcim/locations" => fake.person("dcim/locations", with("site", elsewhere)),
            _ => continue,
        };
    }
    assert!(!fake.all("dcim/platforms").is_empty() && !fake.all("dcim/locations").is_empty());
    company.write();
    assert_eq!(fake.all("dcim/devices").len(), 45);
    nothing_left(&company.plan());
}

/// A switch with a serial number.
fn numbered(name: &str) -> String {
    format!(
        "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.716\n1.3.6.1.2.1.1.5.0|4|{name}\n\
         1.3.6.1.2.1.47.1.1.1.1.5.1|2|3\n1.3.6.1.2.1.47.1.1.1.1.11.1|4|FOC1234{name}\n"
    )
}

#[test]
fn a_main_address_moves_with_its_device() {
    let (a, b) = (numbered("aaaa"), numbered("bbbb"));
    let company = applied(
        "sites: [{id: a, networks: [10.1.0.0/24]}]\nreplay:\n  - {file: a.snmprec, address: 10.1.0.1}\n  - {file: b.snmprec, address: 10.1.0.2}\n",
        &[("a.snmprec", a.as_bytes()), ("b.snmprec", b.as_bytes())],
        &[],
    );
    let main = |name: &str| {
        let device = company.netbox.named("dcim/devices", name);
        let mut all = company.netbox.all("ipam/ip-addresses").into_iter();
        let address = all.find(|address| address["id"] == device["primary_ip4"]);
        address.unwrap()["address"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (main("aaaa"), main("bbbb")),
        ("10.1.0.1/24".into(), "10.1.0.2/24".into())
    );
    let file = company.path().join("audit.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text
        .replace("10.1.0.2}", "10.1.0.3}")
        .replace("10.1.0.1}", "10.1.0.2}")
        .replace("10.1.0.3}", "10.1.0.1}");
    std::fs::write(&file, text).unwrap();
    company.audit("2026-11-23", &[]).code(0);
    company.write();
    assert_eq!(
        (main("aaaa"), main("bbbb")),
        ("10.1.0.2/24".into(), "10.1.0.1/24".into())
    );
    nothing_left(&company.plan());
}

#[test]
fn a_device_that_went_stops_nothing_but_its_own() {
    let company = Company::new();
    company.write();
    let fake = &company.netbox;
    let interface = |device: &str| {
        let id = fake.named("dcim/devices", device)["id"].clone();
        let mut ports = fake.all("dcim/interfaces").into_iter();
        ports.find(|port| port["device"] == id).unwrap()
    };
    for device in ["sw-coeur", "sw-etage1"] {
        fake.remove("dcim/interfaces", interface(device)["id"].as_u64().unwrap());
    }
    company.cmdb(&["plan"]).code(0);
    let gone = fake.named("dcim/devices", "sw-etage1")["id"]
        .as_u64()
        .unwrap();
    fake.remove("dcim/devices", gone);
    let before = fake.all("dcim/interfaces").len();
    let told = company.cmdb(&["apply"]).code(1);
    assert!(told.stdout.contains("! sw-etage1"), "{}", told.stdout);
    assert_eq!(fake.all("dcim/interfaces").len(), before + 1);
}

#[test]
fn a_port_that_is_a_trunk_no_more_loses_its_vlans() {
    let company = applied(
        "sites: [{id: a, networks: [10.3.0.0/24]}]\nreplay: [{file: switch.snmprec, address: 10.3.0.1}]\n",
        &[
            ("switch.snmprec", switch().as_bytes()),
            ("switch.cfg", CONFIGURATION.as_bytes()),
        ],
        &["--config", "switch.cfg@10.3.0.1"],
    );
    let access = CONFIGURATION.replace(
        "switchport mode trunk\n switchport trunk allowed vlan 10,20",
        "switchport mode access\n switchport access vlan 20",
    );
    assert_ne!(access, CONFIGURATION);
    std::fs::write(company.path().join("switch.cfg"), access).unwrap();
    company
        .audit("2026-11-23", &["--config", "switch.cfg@10.3.0.1"])
        .code(0);
    company.write();
    let port = company.netbox.named("dcim/interfaces", "Gi0/2");
    assert_eq!(
        (&port["mode"], &port["tagged_vlans"]),
        (&json!("access"), &json!([]))
    );
    nothing_left(&company.plan());
}

#[test]
fn retirement_lists_first_stops_above_its_percentage_and_marks_what_is_due() {
    let company = Company::new();
    company.write();
    let file = latest(company.folder.path()).join("identities.json");
    let known: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    // Of devices that were in the inventory once and are no longer: their ids are in the target.
    let ghost = |number: usize, device: u64| {
        let id = format!("00000000-0000-5000-8000-{number:012}");
        let custom = json!({"arpenteur_id": id});
        company
            .netbox
            .edit("dcim/devices", device, "custom_fields", custom);
        let mut ghost = known[0].clone();
        ghost["arpenteur_id"] = json!(id);
        ghost["name"] = json!(format!("ghost-{number}"));
        ghost["missed"] = json!(2);
        ghost
    };
    let ids: Vec<u64> = company
        .netbox
        .all("dcim/devices")
        .iter()
        .map(|device| device["id"].as_u64().unwrap())
        .collect();
    let write = |ghosts: Vec<Value>| {
        let mut all = known.as_array().unwrap().clone();
        all.extend(ghosts);
        std::fs::write(&file, serde_json::to_vec(&all).unwrap()).unwrap();
    };
    write((0..10).map(|number| ghost(number, ids[number])).collect());
    let writes = company.netbox.writes();
    let told = company.cmdb(&["retire", "--apply"]).code(2);
    assert!(told.stderr.contains("10 of the client"), "{}", told.stderr);
    write(vec![ghost(0, ids[0])]);
    company.cmdb(&["retire"]).code(0);
    assert_eq!(company.netbox.writes(), writes);
    company.cmdb(&["retire", "--apply"]).code(0);
    let retired: Vec<_> = company
        .netbox
        .all("dcim/devices")
        .into_iter()
        .filter(|device| device["status"] == "decommissioning")
        .collect();
    assert_eq!(retired.len(), 1);
    assert_eq!(retired[0]["id"], ids[0]);
    assert_eq!(
        retired[0]["tags"].as_array().unwrap().len(),
        1 + company_tags(&company, ids[0])
    );
}

/// Tags other than ours for the retired.
fn company_tags(company: &Company, id: u64) -> usize {
    let retired = company.netbox.named("extras/tags", "arpenteur-retired")["id"].clone();
    let device = company
        .netbox
        .all("dcim/devices")
        .into_iter()
        .find(|device| device["id"] == id)
        .unwrap();
    device["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|tag| **tag != retired)
        .count()
}

#[test]
fn a_wrong_token_is_told_and_no_secret_is_written_anywhere() {
    let company = Company::new();
    let mut produced = Vec::new();
    for arguments in [&["plan", "-vv"][..], &["apply", "-vv"], &["plan", "--json"]] {
        let ran = company.cmdb(arguments).code(0);
        produced.push(ran.stdout + &ran.stderr);
    }
    let mut command = company.command(&["plan"]);
    let ran = run_command(command.env("NETBOX_TOKEN", "nbt_canary0key.canary0wrong")).code(2);
    assert!(
        ran.stderr.contains("403") && ran.stderr.contains("check the token"),
        "{}",
        ran.stderr
    );
    produced.push(ran.stdout + &ran.stderr);
    produced.extend(company.files());
    assert!(produced.len() > 10);
    for text in produced {
        let start: String = text.chars().take(400).collect();
        assert!(!text.contains("canary0"), "{start}");
    }
}

#[test]
fn a_change_between_look_and_write_is_not_written_over() {
    let company = Company::new();
    company.write();
    let id = company.netbox.named("dcim/devices", "sw-coeur")["id"]
        .as_u64()
        .unwrap();
    company.mapping("version: 1\nstatuses: {seen: staged}\n");
    company.cmdb(&["plan"]).code(0);
    // The comparison of values sees nothing of it: only the server's own tag does.
    let theirs = ("comments".to_owned(), json!("à l’instant"));
    company.netbox.0.lock().unwrap().race =
        Some(("dcim/devices".to_owned(), id, theirs.0, theirs.1));
    let told = company.cmdb(&["apply"]).code(1);
    assert!(
        told.stdout.contains("! sw-coeur: changed since the plan"),
        "{}",
        told.stdout
    );
    let switch = company.netbox.named("dcim/devices", "sw-coeur");
    assert_eq!(
        (&switch["status"], &switch["comments"]),
        (&json!("active"), &json!("à l’instant"))
    );
}

#[test]
fn a_token_of_version_1_and_the_short_form_of_plan() {
    let company = Company::new();
    let dir = company.path().to_str().unwrap();
    let mut command = arpenteur(&["cmdb", dir, "--to", "netbox"]);
    let told = run_command(command.env("NETBOX_TOKEN", OLD_TOKEN)).code(0);
    assert!(told.stdout.contains("+ dcim/devices sw-coeur"));
    assert_eq!(company.netbox.writes(), 0);
}

#[test]
fn requests_go_through_a_proxy() {
    let company = Company::new();
    let (port, tunnels) = proxy();
    let file = company.path().join("audit.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let proxied = format!("connection: {{proxy: \"http://127.0.0.1:{port}\", ");
    std::fs::write(&file, text.replace("connection: {", &proxied)).unwrap();
    company.write();
    assert!(tunnels.load(Ordering::Relaxed) > 0);
    assert_eq!(company.netbox.all("dcim/devices").len(), 45);
    // Nothing goes past it.
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(&format!(":{port}\""), ":1\"")).unwrap();
    company.cmdb(&["plan"]).code(2);
}

#[test]
fn an_incomplete_run_retires_nothing() {
    let recording = std::fs::read_to_string(root().join("fixtures/scenarios/stack.jsonl")).unwrap();
    let cut = recording.replace("\"complete\":true", "\"complete\":false");
    assert_ne!(recording, cut);
    let netbox = FakeNetbox::new();
    let company = company::Company::of_files(
        ("netbox", &target(&netbox)),
        SECRET,
        "sites: [{id: a, networks: [10.1.0.0/24, 10.2.0.0/24]}]\nreplay: [{file: stack.jsonl, address: 10.1.0.1}]\n",
        &[("stack.jsonl", cut.as_bytes())],
    );
    company.audit("2026-11-22", &[]).code(3);
    let told = company.cmdb(&["retire", "--apply"]).code(2);
    assert!(
        told.stderr.contains("did not see its whole scope"),
        "{}",
        told.stderr
    );
}

#[test]
fn certificates_are_verified_and_an_authority_can_be_named() {
    let company = Company::new();
    let folder = company.folder.path();
    let openssl = |arguments: &[&str]| {
        let done = std::process::Command::new("openssl")
            .args(arguments)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    let request = |name: &str, subject: &str| {
        openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=test",
            "-addext",
            subject,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            &format!("{name}.key"),
            "-out",
            &format!("{name}.pem"),
        ]);
        openssl(&[
            "x509",
            "-in",
            &format!("{name}.pem"),
            "-outform",
            "DER",
            "-out",
            &format!("{name}.der"),
        ]);
        openssl(&[
            "pkcs8",
            "-topk8",
            "-nocrypt",
            "-in",
            &format!("{name}.key"),
            "-outform",
            "DER",
            "-out",
            &format!("{name}.key.der"),
        ]);
    };
    request("good", "subjectAltName=IP:127.0.0.1");
    request("other", "subjectAltName=DNS:elsewhere.example");
    let original = std::fs::read_to_string(folder.join("audit.yaml")).unwrap();
    let original = original.split("\ntargets:").next().unwrap();
    let attempt = |name: &str, ca: &str| {
        let read = |ending: &str| std::fs::read(folder.join(format!("{name}.{ending}"))).unwrap();
        let port = serve_tls(company.netbox.handler(), read("der"), read("key.der"));
        std::fs::write(folder.join("audit.yaml"), original).unwrap();
        company.settings(&format!(
            "\ntargets:\n  - name: netbox\n    netbox: {{url: \"https://127.0.0.1:{port}\", token: {{env: NETBOX_TOKEN}}}}\n    connection: {{timeout_seconds: 5, retries: 0{ca}}}\n"
        ));
        company.cmdb(&["plan"])
    };
    let refused = attempt("good", "").code(2);
    assert!(refused.stderr.contains("certificate"), "{}", refused.stderr);
    attempt("good", ", ca: good.pem").code(0);
    let refused = attempt("other", ", ca: other.pem").code(2);
    assert!(refused.stderr.contains("certificate"), "{}", refused.stderr);
}
