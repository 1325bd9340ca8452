//! Whatever answers: no panic, facts of the schema's types, and the same facts in any order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use arpenteur_core::family::Families;
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{
    Answer, Exchange, Failure, Question, SnmpVersion, Target, TcpProbe, TlsAnswer, TlsVersion,
    UdpProbe, WalkEnd, WeakCipher,
};
use arpenteur_wire::snmp::{Oid, Value, VarBind};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Roots of what readers and families look at, so that random objects hit them.
const ROOTS: [&str; 20] = [
    "1.3.6.1.2.1.1",
    "1.3.6.1.2.1.2.2.1",
    "1.3.6.1.2.1.31.1.1.1",
    "1.3.6.1.2.1.4.20.1",
    "1.3.6.1.2.1.4.34.1",
    "1.3.6.1.2.1.47.1.1.1.1",
    "1.3.6.1.2.1.25.1",
    "1.3.6.1.2.1.25.2.2",
    "1.3.6.1.2.1.25.2.3.1",
    "1.3.6.1.2.1.25.3.3.1",
    "1.3.6.1.4.1.2021.4",
    "1.3.6.1.4.1.2021.9.1",
    "1.0.8802.1.1.2.1.3",
    "1.0.8802.1.1.2.1.3.7.1",
    "1.0.8802.1.1.2.1.4.1.1",
    "1.0.8802.1.1.2.1.4.2.1",
    "1.3.6.1.6.3.15.1.2.2.1",
    "1.3.6.1.4.1.318.1.1",
    "1.3.6.1.4.1.8072.3.2.10",
    "1.3.6.1.2.1.43.5.1.1",
];

const COMMANDS: [&str; 33] = [
    "uname -srm",
    "cat /etc/os-release",
    "cat /etc/debian_version",
    "cat /etc/snmp/snmpd.conf",
    "cat /proc/meminfo",
    "cat /proc/uptime",
    "df -P -k -T",
    "ip -json addr",
    "sshd -T",
    "wc -c .ssh/authorized_keys",
    "cat /sys/class/dmi/id/product_serial",
    "cat /etc/machine-id",
    "cat /etc/passwd",
    "cat /etc/group",
    "cat /etc/shadow",
    "cat /etc/sudoers",
    "grep -Rn . /etc/sudoers.d",
    "nft list ruleset",
    "iptables-save",
    "ss -H -l -n -t -u -p",
    "chronyc -n tracking",
    "chronyc -N sources",
    "ntpq -pn",
    "date +%Y-%m-%dT%H:%M:%S%z",
    "systemctl list-units --type=service --all --no-legend --plain",
    "grep . /proc/[0-9]*/comm",
    "grep -Rh . /etc/rsyslog.conf /etc/rsyslog.d",
    "apt-get -s -o Debug::NoLocking=1 dist-upgrade",
    "stat -c %Y /var/lib/apt/lists/partial",
    "cat /proc/mdstat",
    "testparm -s",
    "pvesh get /cluster/resources --output-format json",
    "grep -RE \"^\\[|^(name|hostname|snaptime): \" /etc/pve/local/qemu-server /etc/pve/local/lxc",
];

static LOADED: LazyLock<(Families, ClassTable)> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let classes = fs::read(root.join("models/classes.yaml")).unwrap();
    let classes = ClassTable::load("models/classes.yaml", &classes).unwrap();
    let folders = |path: PathBuf| {
        fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    let files: Vec<_> = folders(root.join("families"))
        .flat_map(folders)
        .map(|path| {
            (
                path.to_string_lossy().into_owned(),
                fs::read(&path).unwrap(),
            )
        })
        .collect();
    (Families::load(&files, &classes).unwrap(), classes)
});

fn oid() -> impl Strategy<Value = Oid> {
    let index = prop::collection::vec(prop_oneof![0_u32..20, any::<u32>()], 0..24);
    (prop::sample::select(&ROOTS[..]), index)
        .prop_map(|(root, index)| root.parse::<Oid>().unwrap().join(&index).unwrap())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop_oneof![-5_i32..20, any::<i32>()].prop_map(Value::Integer),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::OctetString),
        "[ -~]{0,40}".prop_map(|text| Value::OctetString(text.into_bytes())),
        oid().prop_map(Value::ObjectIdentifier),
        any::<[u8; 4]>().prop_map(Value::IpAddress),
        any::<u32>().prop_map(Value::Gauge32),
        any::<u32>().prop_map(Value::TimeTicks),
        any::<u64>().prop_map(Value::Counter64),
        Just(Value::Null),
        Just(Value::NoSuchInstance),
        Just(Value::EndOfMibView),
    ]
}

fn failure() -> impl Strategy<Value = Failure> {
    prop::sample::select(vec![
        Failure::Timeout,
        Failure::Refused,
        Failure::Denied,
        Failure::NoCredentials,
        Failure::LoginCap,
        Failure::ParseFailed,
        Failure::UnknownUser,
    ])
}

fn hex() -> impl Strategy<Value = String> {
    let coded = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80).prop_map(move |bytes| coded(&bytes)),
        prop::collection::vec(any::<u8>(), 0..60)
            .prop_map(move |bytes| coded(&[b"SSH-2.0-OpenSSH_9.2\r\n", &bytes[..]].concat())),
        "[0-9a-g]{0,30}",
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    let end = prop::sample::select(vec![
        WalkEnd::Complete,
        WalkEnd::Timeout,
        WalkEnd::Looping,
        WalkEnd::TooLarge,
        WalkEnd::ErrorStatus,
    ]);
    let varbind = (oid(), value()).prop_map(|(oid, value)| VarBind { oid, value });
    prop_oneof![
        6 => (prop::collection::vec(varbind, 0..30), end)
            .prop_map(|(varbinds, end)| Answer::Snmp { varbinds, end }),
        1 => Just(Answer::Present),
        1 => Just(Answer::Closed),
        2 => hex().prop_map(|hex| Answer::Bytes { hex }),
        1 => prop::collection::vec(hex(), 0..3).prop_map(|keys| Answer::HostKeys { keys }),
        1 => hex().prop_map(|engine_id| Answer::Engine { engine_id, boots: 1, time: 2 }),
        1 => failure().prop_map(|failure| Answer::failed(failure, "")),
        1 => (any::<bool>(), prop::collection::vec(hex(), 0..2))
            .prop_map(|(accepted, chain)| Answer::Tls(TlsAnswer { accepted, chain, ..TlsAnswer::default() })),
        1 => ".{0,60}".prop_map(|text| Answer::Http {
            status: 200,
            headers: vec![("server".to_owned(), text.clone())],
            body: format!("<title>{text}</title>"),
        }),
        3 => ("(root:x:0:0:|::/:/bin/sh|:!|<hash:|% |ALL|=|:9|9|@|\"|-|[a-z]|2026-11-22T00:00:00\\+0000|/proc/1/comm:|table x \\{|chain y \\{|Linux |ID=debian\n|rouser |com2sec |access |\\[\\{\"ifname\":\"a\"\\}\\]|.|\n| ){0,40}", any::<bool>())
            .prop_map(|(stdout, right)| Answer::Exec {
                status: Some(u32::from(!right)),
                stdout,
                stderr: "sudo: a password is required".to_owned(),
                truncated: false,
            }),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    let version = prop::sample::select(vec![SnmpVersion::V1, SnmpVersion::V2c, SnmpVersion::V3]);
    let credential = prop::sample::select(vec!["", "ro", "factory:public"]);
    let port = prop::sample::select(vec![21_u16, 22, 23, 80, 443, 513]);
    let tls = prop::sample::select(TlsVersion::ALL.to_vec());
    let command = prop::sample::select(&COMMANDS[..]);
    let walk = (version, credential, oid(), any::<bool>()).prop_map(
        |(version, credential, root, walk)| {
            let credential = credential.to_owned();
            if walk {
                let root =
                    Oid::new(root.sub_ids().iter().take(7).copied().collect::<Vec<_>>()).unwrap();
                Question::SnmpWalk {
                    version,
                    credential,
                    root,
                }
            } else {
                Question::SnmpGet {
                    version,
                    credential,
                    oids: vec![root],
                }
            }
        },
    );
    prop_oneof![
        5 => walk,
        1 => Just(Question::SnmpEngine),
        1 => Just(Question::Neighbour),
        3 => probe(),
        1 => port.clone().prop_map(|port| Question::TcpConnect { port }),
        1 => port.clone().prop_map(|port| Question::SshKex { port }),
        1 => port.clone().prop_map(|port| Question::SshHostKeys { port }),
        1 => port.clone().prop_map(|port| Question::Banner { port }),
        1 => port.clone().prop_map(|port| Question::Telnet { port }),
        1 => (port.clone(), tls).prop_map(|(port, version)| Question::Tls { port, version }),
        1 => port.prop_map(|port| Question::Http { port, tls: false, path: "/".to_owned() }),
        4 => (command, any::<bool>()).prop_map(|(command, sudo)| Question::SshExec {
            port: 22,
            credential: "audit".to_owned(),
            command: command.to_owned(),
            sudo,
        }),
    ]
}

/// Messages to services, each on a port that its reader looks at.
fn probe() -> impl Strategy<Value = Question> {
    let udp = |port, probe| Question::Udp { port, probe };
    let tcp = |port, probe| Question::Tcp { port, probe };
    let zone = "lab.test".to_owned();
    let kinds = WeakCipher::ALL.to_vec();
    let version = TlsVersion::Tls12;
    let page = |port, path: &str| Question::Http {
        port,
        tls: false,
        path: path.to_owned(),
    };
    prop::sample::select(vec![
        udp(69, UdpProbe::Tftp),
        udp(123, UdpProbe::Ntp),
        udp(53, UdpProbe::Dns),
        udp(623, UdpProbe::IpmiAuthentication),
        udp(623, UdpProbe::IpmiCipherZero),
        tcp(445, TcpProbe::Smb1),
        tcp(445, TcpProbe::Smb2 { dialect: 0x0311 }),
        tcp(6379, TcpProbe::Redis),
        tcp(11211, TcpProbe::Memcached),
        tcp(27017, TcpProbe::MongodbDatabases),
        tcp(5432, TcpProbe::PostgresStartup),
        tcp(3306, TcpProbe::MysqlGreeting),
        tcp(1433, TcpProbe::MssqlPrelogin),
        tcp(3389, TcpProbe::Rdp),
        tcp(4786, TcpProbe::SmartInstall),
        tcp(111, TcpProbe::MountPort),
        tcp(20048, TcpProbe::MountExports),
        tcp(53, TcpProbe::DnsTransfer { zone }),
        Question::TlsWeak {
            port: 443,
            version,
            kinds,
        },
        Question::HttpFactory {
            port: 80,
            tls: false,
            path: "/".to_owned(),
            account: "netgear".to_owned(),
        },
        page(2375, "/version"),
        page(9200, "/"),
    ])
}

fn target() -> Target {
    Target::new("site", [192, 0, 2, 7].into())
}

fn exchange() -> impl Strategy<Value = Exchange> {
    (question(), answer()).prop_map(|(question, answer)| Exchange {
        target: target(),
        question,
        answer,
        // A clock's offset needs the time of its answer.
        at: jiff::Timestamp::from_second(1_800_000_000).ok(),
        elapsed_us: 0,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_evidence_gives_typed_facts_in_any_order(
        (given, shuffled) in prop::collection::vec(exchange(), 0..25)
            .prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle()))
    ) {
        let (families, classes) = &*LOADED;
        let one = families.observe(&target(), &given, classes);
        let other = families.observe(&target(), &shuffled, classes);
        prop_assert_eq!(
            serde_json::to_string(&one).unwrap(),
            serde_json::to_string(&other).unwrap()
        );
        prop_assert!(one.sheet.facts().is_ok(), "{:?}", one.sheet.facts());
        prop_assert_eq!(families.asks(&given), families.asks(&shuffled));
    }
}
