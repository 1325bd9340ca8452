//! Configurations that are not whole, not ours or hostile; and evidence as a run brings it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use arpenteur_core::family::Families;
use arpenteur_core::family::config::{config_exchange, raw};
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{
    Answer, Exchange, Fact, FactPath, FactSheet, Failure, Question, Target, UnreadReason,
};
use proptest::prelude::*;
use serde_json::Value;

const PLATFORMS: [&str; 11] = [
    "cisco_ios",
    "cisco_nxos",
    "cisco_asa",
    "procurve",
    "aos_cx",
    "comware",
    "vrp",
    "junos",
    "fortios",
    "routeros",
    "aos",
];

fn text(platform: &str, kind: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/configs");
    std::fs::read_to_string(format!("{folder}/{platform}-{kind}.txt")).unwrap()
}

fn unread(sheet: &FactSheet, at: &str) -> Option<UnreadReason> {
    sheet.unread(&at.parse::<FactPath>().unwrap())
}

fn value(sheet: &FactSheet, at: &str) -> Value {
    match sheet.get(&at.parse().unwrap()) {
        Fact::Known(value) => value.clone(),
        other => panic!("{at}: {other:?}"),
    }
}

fn target() -> Target {
    Target::new("test", std::net::Ipv4Addr::LOCALHOST.into())
}

fn observe(exchanges: &[Exchange]) -> FactSheet {
    let classes = include_bytes!("../../../../models/classes.yaml");
    let classes = ClassTable::load("models/classes.yaml", classes).unwrap();
    let families = Families::load_over(&[], &[], &classes).unwrap();
    families.observe(&target(), exchanges, &classes).sheet
}

fn shell(command: &str, answer: Answer) -> Exchange {
    Exchange {
        target: target(),
        question: Question::SshShell {
            port: 22,
            credential: "noc".to_owned(),
            command: command.to_owned(),
        },
        answer,
        at: None,
        elapsed_us: 0,
    }
}

fn said(stdout: &str, truncated: bool) -> Answer {
    Answer::Exec {
        status: None,
        stdout: stdout.to_owned(),
        stderr: String::new(),
        truncated,
    }
}

/// Languages that write an end.
const ENDED: [&str; 6] = [
    "cisco_ios",
    "cisco_asa",
    "comware",
    "vrp",
    "junos",
    "fortios",
];

#[test]
fn a_configuration_without_its_end_is_unread_as_a_whole() {
    for platform in ENDED {
        let whole = text(platform, "hardened");
        assert_eq!(
            unread(&raw(platform, &whole).unwrap(), "config.hostname"),
            None,
            "{platform}"
        );
        let lines: Vec<&str> = whole.lines().collect();
        // Wherever it is cut, nothing of it is judged.
        for kept in 1..lines.len() - 1 {
            let cut = lines[..kept].join("\n");
            let sheet = raw(platform, &cut).unwrap();
            // Between two sections at the top nothing tells that more would come.
            let last = lines[kept - 1];
            let end = platform == "fortios" && last == "end"
                || platform == "junos" && (last == "}" || !lines[..kept].join("").contains('{'))
                || platform == "cisco_asa";
            if end {
                continue;
            }
            assert_eq!(
                unread(&sheet, "config"),
                Some(UnreadReason::ParseFailed),
                "{platform} cut after line {kept}"
            );
        }
    }
}

#[test]
fn an_asa_cut_before_its_end_is_unread() {
    let whole = text("cisco_asa", "hardened");
    let cut = whole.split("Cryptochecksum").next().unwrap();
    let sheet = raw("cisco_asa", cut).unwrap();
    assert_eq!(unread(&sheet, "config"), Some(UnreadReason::ParseFailed));
}

#[test]
fn what_is_no_configuration_says_why() {
    for (told, reason) in [
        (
            "                ^\n% Invalid input detected at '^' marker.\n",
            UnreadReason::Denied,
        ),
        ("% Authorization failed.\n", UnreadReason::Denied),
        ("Command authorization failed.\n", UnreadReason::Denied),
        ("Permission denied\n", UnreadReason::Denied),
        ("", UnreadReason::ParseFailed),
        // What a login without rights is shown: whole, and empty.
        (
            "Building configuration...\n!\nversion 15.2\nhostname a\n!\nend\n",
            UnreadReason::ParseFailed,
        ),
        (
            "hostname a\ninterface Vlan1\n --More-- \n no ip address\nend\n",
            UnreadReason::ParseFailed,
        ),
    ] {
        let sheet = raw("cisco_ios", told).unwrap();
        assert_eq!(unread(&sheet, "config"), Some(reason), "{told:?}");
        assert_eq!(unread(&sheet, "config.users"), Some(reason), "{told:?}");
    }
}

#[test]
fn the_language_is_told_from_the_text_itself() {
    for platform in PLATFORMS {
        for kind in ["hardened", "weak"] {
            let sheet = observe(&[config_exchange(target(), &text(platform, kind))]);
            assert_eq!(value(&sheet, "config.platform"), platform, "{kind}");
            let named = value(&sheet, "config.hostname");
            assert_eq!(value(&sheet, "system.hostname"), named, "{platform} {kind}");
            value(&sheet, "os.family");
            let codes = value(&sheet, "device.codes");
            assert!(
                codes.as_array().unwrap().contains(&Value::from("net")),
                "{platform}"
            );
        }
    }
}

#[test]
fn languages_that_nobody_reads_are_unread() {
    for foreign in [
        "!! IOS XR Configuration 6.1.3\nhostname a\ninterface GigabitEthernet0/0/0/0\nline default\nend\n",
        "! device: leaf1 (DCS-7050SX-64, EOS-4.20.1F)\nhostname leaf1\ninterface Ethernet1\nend\n",
        "{\"Vnets\": []}\n",
    ] {
        let sheet = observe(&[config_exchange(target(), foreign)]);
        assert_eq!(
            unread(&sheet, "config"),
            Some(UnreadReason::Unsupported),
            "{foreign}"
        );
    }
}

#[test]
fn a_file_that_the_client_gave_leaves_its_secrets_behind() {
    let exchange = config_exchange(target(), &text("cisco_ios", "weak"));
    let Answer::Exec { stdout, .. } = &exchange.answer else {
        panic!("{exchange:?}");
    };
    for secret in ["hunter22", "070C285F4D06", "abcdefghijklmnopqrstu1"] {
        assert!(!stdout.contains(secret), "{secret}");
    }
    let sheet = observe(&[exchange]);
    let communities = value(&sheet, "snmp.communities");
    assert_eq!(communities[0]["name"], "public");
    assert_eq!(communities[1]["name"], "<hash:community>");
    assert_eq!(communities[1]["access"], "rw");
    assert_eq!(value(&sheet, "config.users")[0]["storage"], "reversible");
    assert_eq!(value(&sheet, "config.users")[0]["storage_type"], "7");
    assert_eq!(value(&sheet, "config.enable.storage"), "weak");
}

#[test]
fn the_whole_answer_counts_and_the_cut_one_does_not() {
    let whole = text("cisco_ios", "hardened");
    let cut = shell("show running-config", said(&whole, true));
    assert_eq!(
        unread(&observe(std::slice::from_ref(&cut)), "config"),
        Some(UnreadReason::ParseFailed)
    );
    let both = observe(&[cut, config_exchange(target(), &whole)]);
    assert_eq!(value(&both, "config.hostname"), "acc-quai-1");
    let refused = shell(
        "show running-config",
        Answer::failed(Failure::Denied, "no rights"),
    );
    assert_eq!(
        unread(&observe(&[refused]), "config"),
        Some(UnreadReason::Denied)
    );
    // Part of a configuration is none.
    let part = shell("show running-config | include aaa", said(&whole, false));
    assert_eq!(
        unread(&observe(&[part]), "config"),
        Some(UnreadReason::NotCollected)
    );
}

#[test]
fn source_lines_are_those_of_the_text() {
    let whole = text("cisco_ios", "weak");
    let sheet = raw("cisco_ios", &whole).unwrap();
    for port in value(&sheet, "config.interfaces").as_array().unwrap() {
        let source = port["source_lines"].as_str().unwrap();
        let first: usize = source.split('-').next().unwrap().parse().unwrap();
        let line = whole.lines().nth(first - 1).unwrap();
        assert_eq!(
            line,
            format!("interface {}", port["name"].as_str().unwrap())
        );
    }
}

#[test]
fn large_and_deep_texts_end_in_time() {
    for platform in PLATFORMS {
        let started = std::time::Instant::now();
        let nested: String = (0..3000)
            .map(|n| format!("{}a {{\n", " ".repeat(n % 400)))
            .collect();
        let many: String = (0..4_000)
            .map(|n| format!("interface Gi1/0/{n}\n ip address 10.0.0.1 255.0.0.0\n"))
            .collect();
        let edits: String = "config system interface\nedit a\n".repeat(4_000);
        let sets: String = (0..4_000)
            .map(|n| format!("set interfaces ge-0/0/{n} unit 0 family inet\n"))
            .collect();
        let adds = "/interface list member\nadd interface=a list=b\n".repeat(4_000);
        for hostile in [
            nested,
            many,
            edits,
            sets,
            adds,
            "\"".repeat(100_000),
            "vlan 1-4094,".repeat(4_000),
        ] {
            raw(platform, &hostile).unwrap();
        }
        // A debug build on a busy machine.
        assert!(
            started.elapsed().as_secs() < 20,
            "{platform}: {:?}",
            started.elapsed()
        );
    }
}

fn hostile_line() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "interface",
        "Gi1/0/1",
        "vlan",
        "10-20",
        "ip address",
        "dhcp",
        "line vty 0 4",
        "config system interface",
        "edit 1",
        "next",
        "end",
        "set",
        "{",
        "}",
        ";",
        "/ip service",
        "add",
        "set ssh disabled=yes",
        "user admin password",
        "router bgp 1",
        "neighbor 10.0.0.1",
        "router ospf 1",
        "area 0",
        "banner motd ^C",
        "^C",
        "\"",
        "\\",
        "snmp-server",
        "community x",
        "switchport",
        "trunk",
        "allowed vlan",
        "no",
        "undo",
        "#",
        "!",
        "return",
        "\u{e9}\u{202f}",
        "access-list",
        "permit ip any",
        "untagged",
        "1-99999999999",
        "interfaces ge-0/0/0 unit 0",
        "family",
        "0.0.0.0/0",
        "members port 1/1/1-9",
    ]);
    let line = prop::collection::vec(words, 0..6).prop_map(|words| words.join(" "));
    (0_usize..4, line).prop_map(|(indent, line)| format!("{}{line}", " ".repeat(indent)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the text says, every reader answers with facts of the schema's types.
    #[test]
    fn no_reader_panics_on_words_of_configurations(lines in prop::collection::vec(hostile_line(), 0..60)) {
        let body = lines.join("\n");
        for platform in PLATFORMS {
            for end in ["", "\nend", "\nreturn", "\n: end"] {
                let sheet = raw(platform, &format!("{body}{end}")).unwrap();
                prop_assert!(sheet.facts().is_ok(), "{:?}", sheet.facts().err());
            }
        }
    }

    #[test]
    fn no_reader_panics_on_any_text(body in "\\PC{0,400}") {
        for platform in PLATFORMS {
            raw(platform, &body).unwrap();
            raw(platform, &body.replace(' ', "\n")).unwrap();
        }
    }
}
