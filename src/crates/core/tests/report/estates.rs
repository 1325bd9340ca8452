//! Estates for the tests of file exports: every kind of device, a stack, VLANs, an aggregate,
//! links, IPv6, and texts from outside in every place where a device may put one.
use arpenteur_core::export::{Address, Cable, Device, Estate, Neighbour, Port};
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{AssetState, Component, Guest, SiteId, Software, Unit};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Texts that try to leave their place: formulas, quotes, control and direction characters, words
/// of YAML, templates, very long ones.
pub(crate) fn nasty() -> Vec<String> {
    let mut all: Vec<String> = [
        "=HYPERLINK(\"http://evil.example/\",\"x\")",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "-2+3",
        "<script>alert(1)</script>",
        "\"; DROP TABLE devices; --",
        "nom\u{202e}gnp.exe\u{0}\u{7}\u{1b}[31m",
        "no",
        "null",
        "{{ lookup('pipe','id') }}",
        "a,b;c\td\r\ne",
        "é\u{300}\u{1F600}漢字",
        "",
        "  ",
        "*/:?[]\\",
        "&anchor *alias !!tag",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("x".repeat(40_000));
    all
}

/// One device of every class, and links between neighbours; `texts` go round.
pub(crate) fn estate(classes: &ClassTable, texts: &[String]) -> Estate {
    let mut round = texts.iter().cycle();
    let mut next = || round.next().cloned().unwrap_or_default();
    let devices: Vec<Device> = classes
        .ids()
        .enumerate()
        .map(|(index, class)| device(index, class, classes, &mut next))
        .collect();
    let cables = devices
        .windows(2)
        .map(|pair| Cable {
            a: (pair[0].id, "Gi1/0/1".to_owned()),
            b: (pair[1].id, "Gi1/0/2".to_owned()),
        })
        .collect();
    Estate {
        audit: Uuid::from_u128(7),
        mandate: next(),
        client: next(),
        sites: vec![(SiteId("a".into()), next()), (SiteId("b".into()), next())],
        networks: vec![(SiteId("a".into()), "10.0.0.0/16".parse().unwrap())],
        as_of: "2026-11-21T18:41:56Z".parse().unwrap(),
        complete: true,
        devices,
        cables,
        loose_links: vec![next()],
        missing: Vec::new(),
    }
}

fn device(
    index: usize,
    class: &str,
    classes: &ClassTable,
    next: &mut impl FnMut() -> String,
) -> Device {
    let byte = u8::try_from(index).unwrap();
    Device {
        id: Uuid::from_u128(0x00a2_7000_0000_5000_8000_0000_0000_0000 + index as u128),
        name: next(),
        site: SiteId(["a", "b"][index % 2].into()),
        class: class.to_owned(),
        kinds: classes.get(class).unwrap().cmdb.clone(),
        state: [AssetState::Observed, AssetState::Declared][usize::from(index % 7 == 6)],
        third_party: (index % 5 == 4).then(&mut *next),
        role: Some(next()),
        owner: Some(next()),
        criticality: Some("B".to_owned()),
        tags: vec![next(), next()],
        manufacturer: Some(next()),
        model: Some(next()),
        serial: Some(next()),
        uuid: Some("33221100-5544-7766-8899-aabbccddeeff".to_owned()),
        hardware_rev: Some(next()),
        firmware: Some(next()),
        os_family: Some(["linux", "ios", "windows", "junos"][index % 4].to_owned()),
        os_name: Some(next()),
        os_version: Some(next()),
        architecture: Some(next()),
        kernel: Some(next()),
        description: Some(next()),
        location: Some(next()),
        contact: Some(next()),
        uptime: Some(u64::MAX),
        end_of_support: Some("2027-01-31".to_owned()),
        memory: Some(u64::MAX),
        processors: Some(8),
        address: (index % 7 != 6).then(|| [10, 0, 0, byte].into()),
        seen_at: vec![[10, 0, 0, byte].into()],
        snmp: index.is_multiple_of(2),
        mac: Some(format!("00:1b:54:00:00:{byte:02x}")),
        ports: ports(byte, next),
        addresses: vec![
            Address {
                ip: [10, 0, 0, byte].into(),
                prefix_length: Some(24),
                port: Some("Vlan10".to_owned()),
            },
            Address {
                ip: format!("2001:db8::{byte:x}").parse().unwrap(),
                prefix_length: None,
                port: None,
            },
        ],
        vlans: BTreeMap::from([(10, Some(next())), (4094, None)]),
        components: vec![
            component(1, "chassis", None, next),
            component(2, "power-supply", Some(1), next),
            component(3, "module", Some(1), next),
            component(4, "something new", Some(99), next),
        ],
        units: vec![unit("1", next), unit("2", next)],
        guests: vec![Guest {
            name: next(),
            state: Some(next()),
            os: Some(next()),
            memory: Some(1 << 40),
            processors: Some(2),
        }],
        software: vec![Software {
            name: next(),
            version: Some(next()),
        }],
        services: vec![(22, "ssh".to_owned()), (443, "https".to_owned())],
    }
}

fn ports(byte: u8, next: &mut impl FnMut() -> String) -> Vec<Port> {
    let port = |name: &str, index: u32| Port {
        name: name.to_owned(),
        index: Some(index),
        iftype: Some(6),
        enabled: Some(true),
        oper_status: Some("lower-layer-down".to_owned()),
        mac: Some(format!("00:1b:54:00:{index:02x}:{byte:02x}")),
        speed: Some(u64::MAX),
        mtu: Some(9216),
        duplex: Some("full".to_owned()),
        ..Port::default()
    };
    vec![
        Port {
            description: Some(next()),
            aggregate: Some("Po1".to_owned()),
            unit: Some("1".to_owned()),
            neighbour: Some(Neighbour {
                protocol: "lldp".to_owned(),
                chassis_mac: Some("00:1b:54:ff:00:01".to_owned()),
                name: Some(next()),
                description: Some(next()),
                port_id: Some(next()),
                port_description: Some(next()),
                address: Some(next()),
            }),
            ..port("Gi1/0/1", 1)
        },
        Port {
            tagged: vec![10, 4094],
            untagged: Some(1),
            learnt: vec!["00:1b:54:00:aa:01".into(), "00:1b:54:00:aa:02".into()],
            ..port("Gi1/0/2", 2)
        },
        Port {
            iftype: Some(161),
            tagged_all: true,
            ..port("Po1", 3)
        },
        Port {
            name: next(),
            ..Port::default()
        },
    ]
}

fn component(
    index: u32,
    class: &str,
    parent: Option<u32>,
    next: &mut impl FnMut() -> String,
) -> Component {
    Component {
        index,
        class: Some(class.to_owned()),
        name: Some(next()),
        description: Some(next()),
        parent,
        mfg_name: Some(next()),
        model_name: Some(next()),
        serial_num: Some(next()),
    }
}

fn unit(number: &str, next: &mut impl FnMut() -> String) -> Unit {
    Unit {
        number: number.to_owned(),
        role: Some("member".to_owned()),
        model_name: Some(next()),
        serial_num: Some(next()),
        software_rev: Some(next()),
    }
}
