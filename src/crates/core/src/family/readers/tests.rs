//! Readers against hostile and ordinary answers.
use crate::family::draft::Draft;
use crate::family::view::View;
use crate::model::*;
use arpenteur_wire::snmp::{Oid, Value, VarBind};
use serde_json::json;

pub(super) fn exchange(question: Question, answer: Answer) -> Exchange {
    let target = Target::new("site", [192, 0, 2, 7].into());
    Exchange {
        target,
        question,
        answer,
        at: None,
        elapsed_us: 0,
    }
}

pub(super) fn walk(root: &str, end: WalkEnd, objects: &[(&str, Value)]) -> Exchange {
    let varbinds = objects
        .iter()
        .map(|(oid, value)| VarBind {
            oid: oid.parse().unwrap(),
            value: value.clone(),
        })
        .collect();
    let question = Question::SnmpWalk {
        version: SnmpVersion::V2c,
        credential: "ro".to_owned(),
        root: root.parse().unwrap(),
    };
    exchange(question, Answer::Snmp { varbinds, end })
}

fn exec(command: &str, sudo: bool, status: u32, stdout: &str, stderr: &str) -> Exchange {
    let question = Question::SshExec {
        port: 22,
        credential: "audit".to_owned(),
        command: command.to_owned(),
        sudo,
    };
    let answer = Answer::Exec {
        status: Some(status),
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        truncated: false,
    };
    exchange(question, answer)
}

pub(super) fn tcp(port: u16, answer: Answer) -> Exchange {
    exchange(Question::TcpConnect { port }, answer)
}

pub(super) fn text(text: &str) -> Value {
    Value::OctetString(text.as_bytes().to_vec())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn sheet(exchanges: &[Exchange]) -> FactSheet {
    let mut draft = Draft::default();
    super::read(&View::new(exchanges), &mut draft);
    let (sheet, _) = draft.finish();
    sheet.facts().expect("the facts have the schema's types");
    sheet
}

pub(super) fn fact(sheet: &FactSheet, path: &str) -> Fact<serde_json::Value> {
    match sheet.get(&path.parse().unwrap()) {
        Fact::Known(value) => Fact::Known(value.clone()),
        Fact::Absent => Fact::Absent,
        Fact::Unread(reason) => Fact::Unread(reason),
    }
}

const IF: &str = "1.3.6.1.2.1.2.2";
const IFX: &str = "1.3.6.1.2.1.31.1.1";

#[test]
fn every_path_that_readers_name_is_in_the_schema() {
    // A path that is none would set a fact that no check can read.
    let sheet = sheet(&[
        tcp(22, Answer::Closed),
        tcp(23, Answer::Closed),
        exchange(Question::SnmpEngine, Answer::Closed),
    ]);
    assert!(sheet.states().len() > 40);
    for path in sheet.states().keys() {
        assert!(FactSchema::get().spec(path).is_some(), "{path}");
    }
}

#[test]
fn speeds_above_the_gauge_come_from_if_high_speed() {
    let objects = [
        ("1.3.6.1.2.1.2.2.1.2.1", text("GigabitEthernet0/1")),
        ("1.3.6.1.2.1.2.2.1.5.1", Value::Gauge32(u32::MAX)),
        (
            "1.3.6.1.2.1.2.2.1.6.1",
            Value::OctetString(vec![2, 0, 0, 0, 0, 1]),
        ),
        ("1.3.6.1.2.1.2.2.1.8.1", Value::Integer(7)),
        ("1.3.6.1.2.1.2.2.1.2.2", text("GigabitEthernet0/1")),
        ("1.3.6.1.2.1.2.2.1.5.2", Value::Gauge32(2_048_000)),
        ("1.3.6.1.2.1.2.2.1.8.2", Value::Integer(-9)),
    ];
    let more = [("1.3.6.1.2.1.31.1.1.1.15.1", Value::Gauge32(10_000))];
    let sheet = sheet(&[
        walk(IF, WalkEnd::Complete, &objects),
        walk(IFX, WalkEnd::Complete, &more),
    ]);
    let interfaces = sheet.facts().unwrap().interfaces;
    assert_eq!(interfaces[0].speed, Some(10_000_000_000));
    assert_eq!(
        interfaces[0].phys_address.as_deref(),
        Some("02:00:00:00:00:01")
    );
    assert_eq!(
        interfaces[0].oper_status.as_deref(),
        Some("lower-layer-down")
    );
    assert_eq!(
        interfaces[1].name, "GigabitEthernet0/1#2",
        "keys are unique"
    );
    assert_eq!(
        (interfaces[1].speed, &interfaces[1].oper_status),
        (Some(2_048_000), &None)
    );
}

#[test]
fn a_table_that_broke_off_is_unread_and_an_empty_one_is_absent() {
    let row = [("1.3.6.1.2.1.2.2.1.2.1", text("eth0"))];
    let cut = sheet(&[walk(IF, WalkEnd::Timeout, &row)]);
    assert_eq!(
        fact(&cut, "interfaces"),
        Fact::Unread(UnreadReason::Timeout)
    );
    let empty = sheet(&[walk(IF, WalkEnd::Complete, &[])]);
    assert_eq!(fact(&empty, "interfaces"), Fact::Absent);
    let whole = [
        walk(IF, WalkEnd::Timeout, &row),
        walk("1.3.6.1.2.1", WalkEnd::Complete, &row),
    ];
    assert_eq!(
        sheet(&whole).facts().unwrap().interfaces.len(),
        1,
        "a whole walk repairs a cut one"
    );
}

#[test]
fn addresses_take_their_length_from_prefix_or_mask() {
    let prefix: Oid = "1.3.6.1.2.1.4.32.1.5.1.1.4.192.0.2.0.24".parse().unwrap();
    let new = [
        ("1.3.6.1.2.1.4.34.1.4.1.4.192.0.2.7", Value::Integer(1)),
        (
            "1.3.6.1.2.1.4.34.1.5.1.4.192.0.2.7",
            Value::ObjectIdentifier(prefix),
        ),
        ("1.3.6.1.2.1.4.34.1.4.1.4.192.0.2.255", Value::Integer(3)),
        ("1.3.6.1.2.1.4.34.1.4.1.4.999.0.2.7", Value::Integer(1)),
    ];
    let old = [
        (
            "1.3.6.1.2.1.4.20.1.3.198.51.100.1",
            Value::IpAddress([255, 255, 255, 128]),
        ),
        (
            "1.3.6.1.2.1.4.20.1.3.198.51.100.2",
            Value::IpAddress([255, 0, 255, 0]),
        ),
    ];
    let sheet = sheet(&[
        walk("1.3.6.1.2.1.4.34", WalkEnd::Complete, &new),
        walk("1.3.6.1.2.1.4.20", WalkEnd::Complete, &old),
    ]);
    let found = sheet.facts().unwrap().addresses;
    let found: Vec<_> = found
        .iter()
        .map(|a| (a.ip.as_str(), a.prefix_length))
        .collect();
    assert_eq!(
        found,
        [
            ("192.0.2.7", Some(24)),
            ("198.51.100.1", Some(25)),
            ("198.51.100.2", None)
        ]
    );
}

#[test]
fn placeholders_and_factory_strings_are_absent() {
    let system = [
        ("1.3.6.1.2.1.1.4.0", text("Me <me@example.org>")),
        ("1.3.6.1.2.1.1.6.0", text("Sitting on the Dock of the Bay")),
    ];
    let entity = [
        ("1.3.6.1.2.1.47.1.1.1.1.5.1", Value::Integer(3)),
        (
            "1.3.6.1.2.1.47.1.1.1.1.11.1",
            text("To be filled by O.E.M."),
        ),
        ("1.3.6.1.2.1.47.1.1.1.1.13.1", text("S5720")),
    ];
    let sheet = sheet(&[
        walk("1.3.6.1.2.1.1", WalkEnd::Complete, &system),
        walk("1.3.6.1.2.1.47.1.1.1", WalkEnd::Complete, &entity),
    ]);
    for path in [
        "system.contact",
        "system.location",
        "hardware.serial_num",
        "system.hostname",
    ] {
        assert_eq!(fact(&sheet, path), Fact::Absent, "{path}");
    }
    assert_eq!(
        fact(&sheet, "hardware.model_name"),
        Fact::Known(json!("S5720"))
    );
}

#[test]
fn one_neighbour_with_two_addresses_stands_once() {
    let objects = [
        ("1.0.8802.1.1.2.1.4.1.1.4.0.3.1", Value::Integer(4)),
        (
            "1.0.8802.1.1.2.1.4.1.1.5.0.3.1",
            Value::OctetString(vec![2, 0, 0, 0, 0, 9]),
        ),
        ("1.0.8802.1.1.2.1.4.1.1.6.0.3.1", Value::Integer(5)),
        ("1.0.8802.1.1.2.1.4.1.1.7.0.3.1", text("eth0")),
        ("1.0.8802.1.1.2.1.4.1.1.9.0.3.1", text("web")),
    ];
    let addresses = [
        (
            "1.0.8802.1.1.2.1.4.2.1.3.0.3.1.1.4.192.0.2.9",
            Value::Integer(2),
        ),
        (
            "1.0.8802.1.1.2.1.4.2.1.3.0.3.1.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.9",
            Value::Integer(2),
        ),
    ];
    let local = [
        ("1.0.8802.1.1.2.1.3.7.1.2.3", Value::Integer(5)),
        ("1.0.8802.1.1.2.1.3.7.1.3.3", text("p-web")),
    ];
    let sheet = sheet(&[
        walk("1.0.8802.1.1.2.1.4.1", WalkEnd::Complete, &objects),
        walk("1.0.8802.1.1.2.1.4.2", WalkEnd::Complete, &addresses),
        walk("1.0.8802.1.1.2.1.3", WalkEnd::Complete, &local),
    ]);
    let neighbors = sheet.facts().unwrap().lldp.neighbors;
    assert_eq!(neighbors.len(), 1);
    assert_eq!(neighbors[0].key, "p-web/02:00:00:00:00:09/eth0");
    assert_eq!(
        neighbors[0].management_addresses,
        ["192.0.2.9", "2001:db8::9"]
    );
}

#[test]
fn users_of_the_table_have_protocols_and_open_levels() {
    let user = |column: u32| format!("1.3.6.1.6.3.15.1.2.2.1.{column}.5.1.2.3.4.5.3.110.111.99");
    let oid = |text: &str| Value::ObjectIdentifier(text.parse().unwrap());
    let (auth, privacy) = (user(5), user(8));
    let table = walk(
        "1.3.6.1.6.3.15.1.2.2",
        WalkEnd::Complete,
        &[
            (auth.as_str(), oid("1.3.6.1.6.3.10.1.1.2")),
            (privacy.as_str(), oid("1.3.6.1.6.3.10.1.2.2")),
        ],
    );
    let alone = sheet(std::slice::from_ref(&table));
    let users = alone.facts().unwrap().snmp.v3_users;
    assert_eq!(users[0].name, "noc");
    assert_eq!(users[0].auth_protocol.as_deref(), Some("md5"));
    assert_eq!(users[0].priv_protocol.as_deref(), Some("des"));
    let level = "snmp.v3_users[noc].security_level".parse().unwrap();
    assert_eq!(
        alone.unread(&level),
        Some(UnreadReason::Denied),
        "the table does not tell"
    );
    let both = sheet(&[
        table,
        exec("cat /etc/snmp/snmpd.conf", true, 0, "rouser noc priv\n", ""),
    ]);
    let users = both.facts().unwrap().snmp.v3_users;
    assert_eq!(users[0].security_level.as_deref(), Some("authPriv"));
    assert_eq!(users[0].auth_protocol.as_deref(), Some("md5"));
}

#[test]
fn only_an_accepted_community_proves_a_version() {
    let ask = |version, credential: &str, answer| {
        let credential = credential.to_owned();
        exchange(
            Question::SnmpGet {
                version,
                credential,
                oids: Vec::new(),
            },
            answer,
        )
    };
    let got = || Answer::Snmp {
        varbinds: Vec::new(),
        end: WalkEnd::Complete,
    };
    let silent = || Answer::failed(Failure::Timeout, "");
    let v3 = sheet(&[ask(SnmpVersion::V3, "v3", got())]);
    assert!(matches!(fact(&v3, "snmp.versions"), Fact::Unread(_)));
    assert_eq!(
        fact(&v3, "snmp.probe.accepted"),
        Fact::Unread(UnreadReason::NotAuthorised)
    );
    let factory = sheet(&[
        ask(SnmpVersion::V2c, "factory:public", got()),
        ask(SnmpVersion::V2c, "factory:private", silent()),
    ]);
    assert_eq!(
        fact(&factory, "snmp.probe.accepted"),
        Fact::Known(json!(["public"]))
    );
    assert_eq!(fact(&factory, "snmp.versions"), Fact::Known(json!(["v2c"])));
    let refused = sheet(&[ask(SnmpVersion::V2c, "ro", silent())]);
    assert_eq!(
        fact(&refused, "system.location"),
        Fact::Unread(UnreadReason::Timeout)
    );
}

#[test]
fn a_closed_port_is_no_server_and_a_silent_one_is_unknown() {
    let closed = sheet(&[
        tcp(22, Answer::Closed),
        tcp(23, Answer::Closed),
        tcp(443, Answer::Closed),
    ]);
    assert_eq!(fact(&closed, "ssh.protocols"), Fact::Known(json!([])));
    assert_eq!(fact(&closed, "tls.endpoints"), Fact::Known(json!([])));
    assert_eq!(fact(&closed, "clear.telnet"), Fact::Known(json!(false)));
    assert_eq!(
        fact(&closed, "sshd.effective"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let silent = || Answer::failed(Failure::Timeout, "");
    let silent = sheet(&[tcp(22, silent()), tcp(23, silent()), tcp(443, silent())]);
    for path in ["ssh.protocols", "tls.endpoints", "clear.telnet"] {
        assert_eq!(
            fact(&silent, path),
            Fact::Unread(UnreadReason::Timeout),
            "{path}"
        );
    }
}

#[test]
fn telnet_is_negotiation_and_ftp_a_220() {
    let said =
        |question, bytes: &[u8]| sheet(&[exchange(question, Answer::Bytes { hex: hex(bytes) })]);
    let telnet = |bytes| fact(&said(Question::Telnet { port: 23 }, bytes), "clear.telnet");
    assert_eq!(telnet(&[255, 253, 24]), Fact::Known(json!(true)));
    assert_eq!(telnet(b"HTTP/1.0 400"), Fact::Known(json!(false)));
    assert_eq!(telnet(b""), Fact::Unread(UnreadReason::Timeout));
    let ftp = said(Question::Banner { port: 21 }, b"220 (vsFTPd 3.0.3)\r\n");
    assert_eq!(fact(&ftp, "clear.ftp"), Fact::Known(json!(true)));
    assert_eq!(
        fact(&ftp, "clear.ftp_banner"),
        Fact::Known(json!("(vsFTPd 3.0.3)"))
    );
    let full = said(Question::Banner { port: 21 }, b"421 too many\r\n");
    assert_eq!(fact(&full, "clear.ftp"), Fact::Known(json!(false)));
}

#[test]
fn a_version_without_answer_is_unread_at_its_item() {
    let ask = |version, answer| exchange(Question::Tls { port: 443, version }, answer);
    let accepted = TlsAnswer {
        accepted: true,
        ..TlsAnswer::default()
    };
    let sheet = sheet(&[
        ask(TlsVersion::Tls12, Answer::Tls(accepted)),
        ask(TlsVersion::Tls10, Answer::Tls(TlsAnswer::default())),
        ask(TlsVersion::Ssl3, Answer::failed(Failure::Timeout, "")),
    ]);
    let endpoint = &sheet.facts().unwrap().tls.endpoints[0];
    assert_eq!(
        (endpoint.tls12, endpoint.tls10, endpoint.ssl3),
        (Some(true), Some(false), None)
    );
    let unread =
        |field: &str| sheet.unread(&format!("tls.endpoints[443].{field}").parse().unwrap());
    assert_eq!(unread("ssl3"), Some(UnreadReason::Timeout));
    assert_eq!(unread("ssl2"), Some(UnreadReason::NotCollected));
    assert_eq!(unread("tls10"), None);
}

#[test]
fn an_unreadable_greeting_leaves_algorithms_unread() {
    let kex = |bytes: &[u8]| {
        sheet(&[exchange(
            Question::SshKex { port: 22 },
            Answer::Bytes { hex: hex(bytes) },
        )])
    };
    let cut = kex(b"SSH-2.0-OpenSSH_9.2\r\n\0\0\xff");
    assert_eq!(
        fact(&cut, "ssh.software"),
        Fact::Known(json!("OpenSSH_9.2"))
    );
    assert_eq!(
        fact(&cut, "ssh.kex"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
    let old = kex(b"SSH-1.5-Cisco-1.25\n");
    assert_eq!(fact(&old, "ssh.protocols"), Fact::Known(json!(["1"])));
    assert_eq!(fact(&old, "ssh.kex"), Fact::Known(json!([])));
}

#[test]
fn sudo_refused_is_denied_and_an_empty_serial_is_absent() {
    let linux = exec("uname -srm", false, 0, "Linux 6.1.0 x86_64\n", "");
    let product = "cat /sys/class/dmi/id/product_serial";
    let chassis = "cat /sys/class/dmi/id/chassis_serial";
    let refused = |command| exec(command, false, 1, "", "cat: x: Permission denied");
    let denied = sheet(&[linux.clone(), refused(product), refused(chassis)]);
    assert_eq!(
        fact(&denied, "hardware.serial_num"),
        Fact::Unread(UnreadReason::Denied)
    );
    let sudo = exec("sshd -T", true, 1, "", "sudo: a password is required");
    let denied = sheet(&[linux.clone(), sudo]);
    assert_eq!(
        fact(&denied, "sshd.effective"),
        Fact::Unread(UnreadReason::Denied)
    );
    let empty = sheet(&[
        linux,
        exec(product, true, 0, "\n", ""),
        exec(chassis, true, 0, "\n", ""),
    ]);
    assert_eq!(fact(&empty, "hardware.serial_num"), Fact::Absent);
}

#[test]
fn df_shows_data_and_not_the_kernel() {
    let linux = exec("uname -srm", false, 0, "Linux 6.1.0 x86_64\n", "");
    let table = "Filesystem Type 1024-blocks Used Available Capacity Mounted on\n\
        /dev/sda1 ext4 1000 900 50 95% /\nudev devtmpfs 10 0 10 0% /dev\n\
        tmpfs tmpfs 10 1 9 10% /run/lock\ndata tmpfs 8192 7784 408 96% /srv/data dir\n\
        broken line\nx ext4 99999999999999999999 1 1 1% /big\n";
    let sheet = sheet(&[linux, exec("df -P -k -T", false, 0, table, "")]);
    let found = sheet.facts().unwrap().capacity.filesystems;
    let found: Vec<_> = found
        .iter()
        .map(|f| (f.mount_point.as_str(), f.size, f.used_percent))
        .collect();
    assert_eq!(
        found,
        [("/", 1_024_000, 95), ("/srv/data dir", 8_388_608, 96)]
    );
}
