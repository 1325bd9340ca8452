//! Plan, apply, rollback and retire against an iTop that behaves as its sources say.
use crate::cmdb::{CONFIGURATION, switch};
use crate::company::{Company, nothing_left};
use crate::fake_itop::{FakeItop, PASSWORD, USER};
use crate::server::{Fault, serve};
use crate::support::run_command;
use serde_json::{Value, json};
use std::sync::mpsc::channel;
use std::time::Duration;

const DEVICES: [&str; 9] = [
    "NetworkDevice",
    "Server",
    "NAS",
    "PC",
    "Printer",
    "IPPhone",
    "Peripheral",
    "PowerSource",
    "PDU",
];

/// A company with an iTop of its own.
struct Work {
    company: Company,
    itop: FakeItop,
}

fn target(itop: &FakeItop) -> String {
    let port = serve(itop.handler());
    format!("{{url: \"http://127.0.0.1:{port}\", user: {USER}, password: {{env: ITOP_PASSWORD}}}}")
}

impl Work {
    fn new() -> Self {
        Self::with(FakeItop::new())
    }

    fn with(itop: FakeItop) -> Self {
        let kind = target(&itop);
        let company = Company::demo(("itop", &kind), ("ITOP_PASSWORD", PASSWORD));
        Self { company, itop }
    }

    fn devices(&self) -> Vec<Value> {
        let all = DEVICES.iter().flat_map(|class| self.itop.all(class));
        all.collect()
    }
}

#[test]
fn a_plan_writes_nothing_and_a_second_one_after_apply_changes_nothing() {
    let work = Work::new();
    let told = work.company.cmdb(&["plan"]).code(0);
    assert!(
        told.stdout.contains("+ NetworkDevice sw-coeur"),
        "{}",
        told.stdout
    );
    assert_eq!(work.itop.writes(), 0);
    work.company.cmdb(&["apply"]).code(0);
    let devices = work.devices();
    assert_eq!(devices.len(), 45);
    let with = |field: &str| {
        let filled = devices.iter().filter(|device| {
            let value = device[field].as_str().unwrap_or_default();
            !value.is_empty() && value != "0"
        });
        filled.count()
    };
    assert_eq!((with("org_id"), with("location_id")), (45, 45));
    assert!(with("brand_id") >= 25, "{}", with("brand_id"));
    assert!(with("serialnumber") >= 10, "{}", with("serialnumber"));
    for class in [
        "PhysicalInterface",
        "Subnet",
        "lnkConnectableCIToNetworkDevice",
    ] {
        assert!(!work.itop.all(class).is_empty(), "{class}");
    }
    // A class is a load, not a device: one for each, two for interfaces.
    let imports = work.itop.imports();
    assert!(imports <= DEVICES.len() + 2, "{imports}");
    // Each device is a row under its own id.
    let source = "Arpenteur NetworkDevice 0b7f4f6e-2f5c-4d2b-9a53-0d1e6a1c9f01";
    let rows = work.itop.replicas(source);
    assert_eq!(rows.len(), work.itop.all("NetworkDevice").len());
    let is_id = |row: &Value| row["primary_key"].as_str().unwrap().parse::<uuid::Uuid>();
    assert!(rows.iter().all(|row| is_id(row).is_ok()), "{rows:?}");
    let again = work.company.plan();
    nothing_left(&again);
    assert_eq!(again["kept"], json!([]));
    let writes = work.itop.writes();
    work.company.cmdb(&["apply"]).code(0);
    assert_eq!(work.itop.writes(), writes);
}

#[test]
fn people_keep_what_they_edit_unless_the_mapping_says_otherwise() {
    let work = Work::new();
    work.company.write();
    let id = work.itop.named("NetworkDevice", "sw-coeur")["id"].clone();
    let edit = |field: &str, value: &str| {
        let id = id.as_u64().unwrap();
        work.itop.edit("NetworkDevice", id, field, json!(value));
    };
    edit("name", "coeur-lyon");
    edit("description", "commutateur de coeur, baie 2");
    let plan = work.company.plan();
    nothing_left(&plan);
    let kept: Vec<_> = plan["kept"].as_array().unwrap().iter().collect();
    assert!(
        kept.iter()
            .any(|kept| kept["field"] == "name" && kept["theirs"] == "coeur-lyon"),
        "{kept:?}"
    );
    // A row that is written again does not bring back what people changed in other fields.
    work.company.mapping("version: 1\noverwrite: [name]\n");
    work.company.write();
    let switch = work.itop.named("NetworkDevice", "sw-coeur");
    assert_eq!(
        (&switch["id"], &switch["description"]),
        (&id, &json!("commutateur de coeur, baie 2"))
    );
}

#[test]
fn a_rollback_leaves_the_server_as_it_was() {
    let work = Work::new();
    work.itop
        .person("Organization", json!({"name": "Ailleurs"}));
    let before = work.itop.content();
    work.company.write();
    let told = work.company.cmdb(&["rollback"]).code(0);
    assert_eq!(work.itop.content(), before, "{}", told.stdout);
    assert!(work.itop.all("SynchroReplica").is_empty());
    // The same again is another plan.
    work.company.write();
    assert_eq!(work.devices().len(), 45);
}

#[test]
fn a_rollback_leaves_what_people_changed_since() {
    let work = Work::new();
    work.company.write();
    let id = work.itop.named("NetworkDevice", "sw-coeur")["id"].clone();
    let id = id.as_u64().unwrap();
    work.itop
        .edit("NetworkDevice", id, "description", json!("à garder"));
    let told = work.company.cmdb(&["rollback"]).code(1);
    assert!(
        told.stdout.contains("sw-coeur: changed since"),
        "{}",
        told.stdout
    );
    assert_eq!(work.devices().len(), 1);
}

#[test]
fn faults_of_the_server_are_survived_without_a_duplicate() {
    let whole = Work::new();
    whole.company.write();
    let work = Work::new();
    let last = whole.itop.writes();
    let faults = [
        (2, Fault::Busy),
        (4, Fault::Down),
        (6, Fault::CutBefore),
        (8, Fault::CutAfter),
        (11, Fault::CutAfter),
        // Among the loads, which come after the objects that they refer to.
        (last / 2, Fault::Stall(Duration::from_secs(6))),
        (last / 2 + 3, Fault::CutAfter),
        (last / 2 + 5, Fault::Down),
    ];
    for (write, fault) in faults {
        work.itop.fault(write, fault);
    }
    work.company.write();
    assert_eq!(work.itop.content(), whole.itop.content());
    nothing_left(&work.company.plan());
}

#[test]
fn a_killed_apply_is_taken_up_to_the_same_end() {
    let whole = Work::new();
    whole.company.write();
    let last = whole.itop.writes();
    for (write, after) in [
        (3, true),
        (last / 3, false),
        (last / 2, true),
        (last - 2, true),
    ] {
        let work = Work::new();
        work.company.cmdb(&["plan"]).code(0);
        let (tell, told) = channel();
        let fault = if after {
            Fault::HangAfter(tell)
        } else {
            Fault::HangBefore(tell)
        };
        work.itop.fault(write, fault);
        work.company.killed_apply(&told);
        work.company.cmdb(&["apply"]).code(0);
        assert_eq!(
            work.itop.content(),
            whole.itop.content(),
            "killed at write {write}, after: {after}"
        );
        nothing_left(&work.company.plan());
    }
}

/// What the plan would give a device as serial number.
fn serial(plan: &Value, name: &str) -> String {
    let mut operations = plan["operations"].as_array().unwrap().iter();
    let device = operations.find(|operation| operation["label"] == name);
    let serial = &device.unwrap()["fields"]["serialnumber"]["after"];
    serial.as_str().unwrap().to_owned()
}

#[test]
fn serials_that_two_devices_have_are_reported_and_one_is_recognised_in_its_own_class() {
    let work = Work::new();
    let plan = work.company.plan();
    let (twice, once) = (serial(&plan, "sw-coeur"), serial(&plan, "sw-etage1"));
    let itop = &work.itop;
    let client = itop.person("Organization", json!({"name": "Lumigraphe SAS"}));
    let other = itop.person("Organization", json!({"name": "Autre client"}));
    let device = |class: &str, name: &str, serial: &str, of: u64| {
        let fields =
            json!({"name": name, "serialnumber": serial, "org_id": of, "status": "production"});
        itop.person(class, fields)
    };
    device("Server", "a", &twice, client);
    device("Server", "b", &twice, client);
    // Another client's device may have whatever number it likes.
    let stranger = device("Server", "c", &once, other);
    let known = device("Server", "vieux-nom", &once, client);
    let before = work.itop.all("Server").len();
    let plan = work.company.plan();
    assert_eq!(
        plan["conflicts"][0]["code"], "ambiguous-serial",
        "{}",
        plan["conflicts"]
    );
    work.company.cmdb(&["apply"]).code(1);
    assert_eq!(itop.named("Server", "sw-etage1")["id"], known);
    assert_eq!(itop.named("Server", "c")["id"], stranger);
    let network = itop.all("NetworkDevice");
    assert!(
        network
            .iter()
            .all(|device| device["serialnumber"] != once.as_str()
                && device["serialnumber"] != twice.as_str())
    );
    assert!(itop.all("Server").len() > before);
    nothing_left(&work.company.plan());
}

#[test]
fn a_server_that_people_know_as_a_virtual_machine_stays_one() {
    let work = Work::new();
    let itop = &work.itop;
    let whole = Work::new();
    whole.company.write();
    let server = whole.itop.all("Server")[0]["name"].clone();
    let client = itop.person("Organization", json!({"name": "Lumigraphe SAS"}));
    let host = json!({"name": "hyperviseur", "org_id": client});
    let host = itop.person("Hypervisor", host);
    let machine = json!({"name": server, "org_id": client, "virtualhost_id": host});
    let machine = itop.person("VirtualMachine", machine);
    work.company.write();
    let kept = &itop.all("VirtualMachine")[0];
    assert_eq!((&kept["id"], &kept["name"]), (&json!(machine), &server));
    assert_ne!(kept["managementip"], "");
    assert!(itop.all("Server").iter().all(|one| one["name"] != server));
    nothing_left(&work.company.plan());
}

#[test]
fn without_its_journals_an_audit_finds_its_devices_again() {
    let work = Work::new();
    work.company.write();
    let before = work.itop.content();
    std::fs::remove_dir_all(work.company.path().join("cmdb")).unwrap();
    work.company.write();
    assert_eq!(work.itop.content(), before);
    nothing_left(&work.company.plan());
}

#[test]
fn devices_that_are_there_without_rows_get_rows_and_nothing_else() {
    let work = Work::new();
    work.company.write();
    let before = work.itop.content();
    // As if people had made everything.
    for source in work.itop.all("SynchroDataSource") {
        let id = source["id"].as_u64().unwrap();
        work.itop.remove("SynchroDataSource", id);
    }
    assert!(work.itop.all("SynchroReplica").is_empty());
    std::fs::remove_dir_all(work.company.path().join("cmdb")).unwrap();
    let imports = work.itop.imports();
    work.company.write();
    assert_eq!(work.itop.content(), before);
    let rows = work.itop.all("SynchroReplica").len();
    let ports = work.itop.all("PhysicalInterface").len();
    assert_eq!(rows, 45 + ports);
    // Two loads for each of a class's: taken up as they are, then written.
    let imports = work.itop.imports() - imports;
    assert!(imports <= 2 * (DEVICES.len() + 2), "{imports}");
    nothing_left(&work.company.plan());
}

#[test]
fn bad_rows_do_not_stop_the_others() {
    let work = Work::new();
    let client = work
        .itop
        .person("Organization", json!({"name": "Lumigraphe SAS"}));
    let place = json!({"name": "Atelier, Vénissieux", "org_id": client});
    let place = work.itop.person("Location", place);
    work.company.cmdb(&["plan"]).code(0);
    work.itop.remove("Location", place);
    let told = work.company.cmdb(&["apply"]).code(1);
    let why = format!("Target object not found (Location::{place})");
    assert!(told.stdout.contains(&why), "{}", told.stdout);
    let made = work.devices().len();
    assert!((20..45).contains(&made), "{made}");
    // No row is left behind that a later synchronisation would make an object of.
    let waiting = work.itop.all("SynchroReplica").into_iter();
    let mut waiting = waiting.filter(|replica| replica["status"] == "new");
    assert!(waiting.next().is_none());
    work.company.write();
    assert_eq!(work.devices().len(), 45);
    nothing_left(&work.company.plan());
}

#[test]
fn what_somebody_made_in_the_meantime_is_not_taken_for_ours() {
    let work = Work::new();
    let plan = work.company.plan();
    let serial = serial(&plan, "sw-coeur");
    // The plan has to be one that refers to nothing new but the device.
    work.company.cmdb(&["apply"]).code(0);
    work.company.cmdb(&["rollback"]).code(0);
    work.company.cmdb(&["plan"]).code(0);
    let client = work
        .itop
        .person("Organization", json!({"name": "Lumigraphe SAS"}));
    let kind = work
        .itop
        .person("NetworkDeviceType", json!({"name": "Divers"}));
    let theirs = work.itop.person(
        "NetworkDevice",
        json!({"name": "sw-coeur", "serialnumber": serial, "org_id": client, "networkdevicetype_id": kind, "status": "production"}),
    );
    let told = work.company.cmdb(&["apply"]).code(1);
    assert!(
        told.stdout.contains("sw-coeur: changed since"),
        "{}",
        told.stdout
    );
    let switch = work.itop.named("NetworkDevice", "sw-coeur");
    assert_eq!(
        (&switch["id"], &switch["networkdevicetype_id"]),
        (&json!(theirs), &json!(kind.to_string()))
    );
    let named = work.itop.all("NetworkDevice").into_iter();
    assert_eq!(named.filter(|one| one["name"] == "sw-coeur").count(), 1);
}

#[test]
fn what_somebody_makes_between_look_and_load_is_not_taken_up() {
    let work = Work::new();
    let plan = work.company.plan();
    let client = work
        .itop
        .person("Organization", json!({"name": "Lumigraphe SAS"}));
    let kind = work
        .itop
        .person("NetworkDeviceType", json!({"name": "Divers"}));
    work.company.cmdb(&["plan"]).code(0);
    work.itop.race(
        "NetworkDevice",
        json!({"name": "sw-coeur", "serialnumber": serial(&plan, "sw-coeur"), "org_id": client, "networkdevicetype_id": kind, "description": "à Claire"}),
    );
    let told = work.company.cmdb(&["apply"]).code(1);
    assert!(
        told.stdout.contains("! sw-coeur: changed since"),
        "{}",
        told.stdout
    );
    let theirs = work.itop.named("NetworkDevice", "sw-coeur");
    assert_eq!(
        (&theirs["networkdevicetype_id"], &theirs["description"]),
        (&json!(kind.to_string()), &json!("à Claire"))
    );
}

#[test]
fn retirement_is_a_status_after_complete_runs_and_absence_from_a_load_is_none() {
    let itop = FakeItop::new();
    let kind = target(&itop);
    let recording = |name: &str| {
        format!(
            "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.716\n1.3.6.1.2.1.1.5.0|4|{name}\n"
        )
    };
    let (a, b, c) = (recording("a"), recording("b"), recording("c"));
    let company = Company::of_files(
        ("itop", &kind),
        ("ITOP_PASSWORD", PASSWORD),
        "sites: [{id: a, networks: [10.1.0.0/24]}]\nreplay:\n  - {file: a.snmprec, address: 10.1.0.1}\n  - {file: b.snmprec, address: 10.1.0.2}\n  - {file: c.snmprec, address: 10.1.0.3}\n",
        &[
            ("a.snmprec", a.as_bytes()),
            ("b.snmprec", b.as_bytes()),
            ("c.snmprec", c.as_bytes()),
        ],
    );
    company.audit("2026-11-22", &[]).code(0);
    company.write();
    let status = |name: &str| itop.named("NetworkDevice", name)["status"].clone();
    let file = company.path().join("audit.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace("  - {file: c.snmprec, address: 10.1.0.3}\n", "");
    std::fs::write(&file, text).unwrap();
    for day in ["2026-11-23", "2026-11-24"] {
        company.audit(day, &[]).code(0);
    }
    company.write();
    assert_eq!(status("c"), "production");
    let told = company.cmdb(&["retire", "--apply"]).code(2);
    assert!(told.stderr.contains("1 of the client"), "{}", told.stderr);
    company.settings("    retire: {after_missed: 2, at_most_percent: 50}\n");
    let writes = itop.writes();
    company.cmdb(&["retire"]).code(0);
    assert_eq!((itop.writes(), status("c")), (writes, json!("production")));
    company.cmdb(&["retire", "--apply"]).code(0);
    assert_eq!(
        [status("a"), status("b"), status("c")],
        ["production", "production", "obsolete"]
    );
    company.cmdb(&["rollback"]).code(0);
    assert_eq!(status("c"), "production");
}

#[test]
fn a_source_that_would_delete_is_not_loaded() {
    let work = Work::new();
    work.company.write();
    let devices = work.devices().len();
    let mut sources = work.itop.all("SynchroDataSource").into_iter();
    let source = sources
        .find(|source| source["scope_class"] == "NetworkDevice")
        .unwrap();
    let id = source["id"].as_u64().unwrap();
    work.itop
        .edit("SynchroDataSource", id, "delete_policy", json!("delete"));
    work.company
        .mapping("version: 1\nstatuses: {seen: stock}\n");
    work.company.cmdb(&["plan"]).code(0);
    let told = work.company.cmdb(&["apply"]).code(2);
    assert!(
        told.stderr.contains("deletion policy") && told.stderr.contains("help:"),
        "{}",
        told.stderr
    );
    assert_eq!(work.devices().len(), devices);
    work.itop
        .edit("SynchroDataSource", id, "delete_policy", json!("ignore"));
    work.company.cmdb(&["apply"]).code(0);
    assert!(
        work.devices()
            .iter()
            .filter(|device| device["status"] == "stock")
            .count()
            > 30
    );
}

#[test]
fn texts_of_a_device_are_texts_whatever_they_hold() {
    let itop = FakeItop::new();
    let kind = target(&itop);
    let name = r#"sw";x\" OR 1=1 -- é"#;
    let hex: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    let recording = format!(
        "1.3.6.1.2.1.1.1.0|4|Cisco IOS Software\n1.3.6.1.2.1.31.1.1.1.18.1|4|<NULL>\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.716\n1.3.6.1.2.1.1.5.0|4x|{hex}\n\
         1.3.6.1.2.1.2.2.1.2.1|4|Gi0/1;\"\n1.3.6.1.2.1.2.2.1.3.1|2|6\n1.3.6.1.2.1.31.1.1.1.1.1|4|Gi0/1;\"\n"
    );
    let company = Company::of_files(
        ("itop", &kind),
        ("ITOP_PASSWORD", PASSWORD),
        "sites: [{id: a, networks: [10.1.0.0/24]}]\nreplay: [{file: a.snmprec, address: 10.1.0.1}]\n",
        &[("a.snmprec", recording.as_bytes())],
    );
    company.audit("2026-11-22", &[]).code(0);
    company.write();
    assert_eq!(itop.all("NetworkDevice")[0]["name"], name);
    assert_ne!(itop.all("PhysicalInterface")[0]["comment"], "<NULL>");
    assert_eq!(itop.all("PhysicalInterface")[0]["name"], "Gi0/1;\"");
    nothing_left(&company.plan());
}

#[test]
fn vlans_and_their_ports_come_to_rest_and_ipv6_is_told() {
    let itop = FakeItop::new();
    let kind = target(&itop);
    let company = Company::of_files(
        ("itop", &kind),
        ("ITOP_PASSWORD", PASSWORD),
        "sites: [{id: a, networks: [10.3.0.0/24]}]\nreplay: [{file: switch.snmprec, address: 10.3.0.1}]\n",
        &[
            ("switch.snmprec", switch().as_bytes()),
            ("switch.cfg", CONFIGURATION.as_bytes()),
        ],
    );
    company
        .audit("2026-11-22", &["--config", "switch.cfg@10.3.0.1"])
        .code(0);
    let told = company.write();
    assert!(!told.stdout.contains("refuses"), "{}", told.stdout);
    let tags: Vec<_> = itop
        .all("VLAN")
        .iter()
        .map(|vlan| vlan["vlan_tag"].clone())
        .collect();
    assert_eq!(tags, ["1", "10", "20"]);
    // Access in 10; a trunk of 10 and 20 that is untagged in 1.
    assert_eq!(itop.all("lnkPhysicalInterfaceToVLAN").len(), 4);
    // The aggregate is no physical interface; the VLAN's interface has an address.
    let ports = itop.all("PhysicalInterface");
    let names: Vec<_> = ports.iter().map(|port| port["name"].clone()).collect();
    assert_eq!(names, ["Gi0/1", "Gi0/2", "Vl10"]);
    assert_eq!(
        (
            &ports[2]["ipaddress"],
            &ports[2]["ipmask"],
            &ports[0]["speed"]
        ),
        (
            &json!("10.3.0.1"),
            &json!("255.255.255.0"),
            &json!("1000.00")
        )
    );
    let plan = company.plan();
    nothing_left(&plan);
    let mut notes = plan["unplaced"].as_array().unwrap().iter();
    assert!(notes.any(|note| note["code"] == "no-ipv6" && note["object"] == "sw-vlan"));
}

#[test]
fn what_others_refer_to_is_not_deleted() {
    let work = Work::new();
    work.company.write();
    let brand = work.itop.named("Brand", "Synology")["id"].as_u64().unwrap();
    let other = work
        .itop
        .person("Organization", json!({"name": "Autre client"}));
    let fields = json!({"name": "nas-autre", "org_id": other, "brand_id": brand});
    work.itop.person("NAS", fields);
    let told = work.company.cmdb(&["rollback"]).code(1);
    assert!(
        told.stdout
            .contains("Synology: the server refuses: 1 other objects"),
        "{}",
        told.stdout
    );
    assert_eq!(
        work.itop.named("NAS", "nas-autre")["brand_id"],
        brand.to_string()
    );
}

#[test]
fn an_account_that_sees_no_sources_is_told_before_anything_is_written() {
    let itop = FakeItop::new();
    itop.ordinary(true);
    let work = Work::with(itop);
    let told = work.company.cmdb(&["plan"]).code(2);
    assert!(
        told.stderr.contains("SynchroDataSource") && told.stderr.contains("help:"),
        "{}",
        told.stderr
    );
    assert_eq!(work.itop.writes(), 0);
}

#[test]
fn a_class_that_is_not_installed_is_told() {
    let itop = FakeItop::new();
    itop.lacks("Printer");
    let work = Work::with(itop);
    let plan = work.company.plan();
    let conflicts = plan["conflicts"].as_array().unwrap();
    assert!(
        !conflicts.is_empty()
            && conflicts
                .iter()
                .all(|note| note["code"] == "no-class" && note["with"]["class"] == "Printer"),
        "{conflicts:?}"
    );
    work.company.cmdb(&["apply"]).code(1);
    assert_eq!(work.devices().len(), 45 - conflicts.len());
}

#[test]
fn a_wrong_password_is_told_and_no_secret_is_written_anywhere() {
    let work = Work::new();
    let mut produced = Vec::new();
    for arguments in [&["plan", "-vv"][..], &["apply", "-vv"], &["plan", "--json"]] {
        let ran = work.company.cmdb(arguments).code(0);
        produced.push(ran.stdout + &ran.stderr);
    }
    let mut command = work.company.command(&["plan"]);
    let ran = run_command(command.env("ITOP_PASSWORD", "canary-itop-wrong")).code(2);
    assert!(
        ran.stderr.contains("Invalid login") && ran.stderr.contains("help:"),
        "{}",
        ran.stderr
    );
    produced.push(ran.stdout + &ran.stderr);
    produced.extend(work.company.files());
    assert!(produced.len() > 10);
    for text in produced {
        let start: String = text.chars().take(400).collect();
        assert!(!text.contains("canary-itop"), "{start}");
    }
}
