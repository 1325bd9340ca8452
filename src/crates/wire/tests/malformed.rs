//! A million broken messages through every parser: none may panic, and memory
//! must stay small.
//!
//! Valid messages, most of them made by our own encoders, are damaged in the
//! ways that lengths, types and boundaries go wrong. The seed is fixed, so a
//! failure comes back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::net::{Ipv4Addr, Ipv6Addr};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arpenteur_wire::packet::{arp, icmp, ndp};
use arpenteur_wire::snmp::usm::{AuthProtocol, LocalizedKey, MasterKey, PrivProtocol, PrivacyKey};
use arpenteur_wire::snmp::v3::{Incoming, Outgoing, ScopedPdu, Security, discovery};
use arpenteur_wire::snmp::{Message, Oid, Pdu, Value, VarBind, Version};
use arpenteur_wire::{
    banner, datastore, dns, http, ipmi, ntp, oid, rdp, rpc, smart_install, smb, ssh, telnet, text,
    tftp, tls, x509,
};

const SEED: u64 = 0x4152_5045_4e54_4555;
const TOTAL: u64 = 1_000_000;
const MAX_RSS_KIB: u64 = 256 * 1024;
const ENGINE_ID: &[u8] = b"\x80\x00\x1f\x88\x04agent";

/// SplitMix64: small, fast and good enough to choose damage.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// Numbers that sit at the edges of length fields.
const EDGES: [u8; 12] = [
    0, 1, 2, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x85, 0x88, 0xfe, 0xff,
];

fn damage(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        match random.below(8) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            2 if !bytes.is_empty() => bytes[at] = EDGES[random.below(EDGES.len())],
            3 if bytes.len() > 4 => {
                // A whole length field becomes huge.
                let at = random.below(bytes.len() - 3);
                let edge = EDGES[random.below(EDGES.len())];
                let width = 2 + random.below(3);
                let end = (at + width).min(bytes.len());
                bytes[at..end].fill(edge);
            }
            4 => bytes.truncate(at),
            5 => {
                let piece: Vec<u8> = (0..1 + random.below(9))
                    .map(|_| random.next() as u8)
                    .collect();
                bytes.splice(at..at, piece);
            }
            6 => {
                // The tail of another message behind the head of this one.
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                // A piece of itself, repeated.
                let end = (at + 1 + random.below(40)).min(bytes.len());
                let piece = bytes.get(at..end).unwrap_or_default().to_vec();
                for _ in 0..1 + random.below(3) {
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
        }
    }
    bytes
}

/// Runs the parsers and says whether any of them took the message.
type Parse = Box<dyn Fn(&[u8]) -> bool>;

struct Group {
    name: &'static str,
    corpus: Vec<Vec<u8>>,
    parse: Parse,
}

fn group(
    name: &'static str,
    corpus: Vec<Vec<u8>>,
    parse: impl Fn(&[u8]) -> bool + 'static,
) -> Group {
    let parse = Box::new(parse);
    Group {
        name,
        corpus,
        parse,
    }
}

fn varbinds() -> Vec<VarBind> {
    [
        Value::Integer(-1),
        Value::OctetString(b"RouterOS RB750".to_vec()),
        Value::ObjectIdentifier(oid!(1, 3, 6, 1, 4, 1, 14988, 1)),
        Value::IpAddress([192, 0, 2, 1]),
        Value::Counter32(u32::MAX),
        Value::TimeTicks(12_345),
        Value::Opaque(vec![0x9f, 0x78, 4, 0, 0, 0, 0]),
        Value::Counter64(u64::MAX),
        Value::NoSuchInstance,
        Value::EndOfMibView,
    ]
    .into_iter()
    .map(|value| VarBind {
        oid: oid!(1, 3, 6, 1, 2, 1, 1, 1, 0),
        value,
    })
    .collect()
}

fn community_group() -> Group {
    let message = |version, pdu| {
        let community = b"public".to_vec();
        Message {
            version,
            community,
            pdu,
        }
        .encode()
    };
    let oids = [oid!(1, 3, 6, 1, 2, 1, 1), oid!(1, 3, 6, 1, 2, 1, 2)];
    let corpus = vec![
        message(Version::V1, Pdu::get(1, &oids)),
        message(Version::V2c, Pdu::get_bulk(2, 0, 50, &oids)),
        message(Version::V2c, Pdu::response(3, varbinds())),
        message(
            Version::V2c,
            Pdu::response(4, [varbinds(), varbinds(), varbinds()].concat()),
        ),
    ];
    group("SNMP v1 and v2c", corpus, |bytes| {
        let version = arpenteur_wire::snmp::version_number(bytes);
        let Ok(message) = Message::decode(bytes) else {
            return false;
        };
        assert_eq!(Message::decode(&message.encode()), Ok(message));
        version.is_ok()
    })
}

fn keys() -> (LocalizedKey, PrivacyKey) {
    let key = MasterKey::from_password(AuthProtocol::Sha256, b"maplesyrup").unwrap();
    let key = key.localize(ENGINE_ID);
    let privacy = key.privacy_key(PrivProtocol::Aes128, ENGINE_ID);
    (key, privacy)
}

fn v3_group() -> Group {
    let (auth, privacy) = keys();
    let message = |pdu| Outgoing {
        msg_id: 1,
        engine_id: ENGINE_ID.to_vec(),
        engine_boots: 2,
        engine_time: 3,
        user_name: b"auditor".to_vec(),
        scoped: ScopedPdu {
            context_engine_id: ENGINE_ID.to_vec(),
            context_name: b"vlan".to_vec(),
            pdu,
        },
    };
    let response = message(Pdu::response(4, varbinds()));
    let corpus = vec![
        discovery(1).encode(Security::None, 0).unwrap(),
        response.encode(Security::None, 0).unwrap(),
        response.encode(Security::Auth(&auth), 0).unwrap(),
        response
            .encode(Security::AuthPriv(&auth, &privacy), 9)
            .unwrap(),
    ];
    group("SNMP v3", corpus, move |bytes| {
        let Ok(message) = Incoming::decode(bytes) else {
            return false;
        };
        let open = |security| message.open(security).is_ok();
        message.unauthenticated_report().is_some()
            | open(Security::None)
            | open(Security::AuthPriv(&auth, &privacy))
    })
}

fn ssh_groups() -> [Group; 2] {
    let idents = vec![
        b"SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13\r\n".to_vec(),
        b"Notice\r\nof two lines\r\nSSH-1.99-Cisco-1.25\n".to_vec(),
    ];
    let names = |list: &str| list.split(',').map(str::to_owned).collect::<Vec<_>>();
    let offer = ssh::KexInit {
        kex_algorithms: names("curve25519-sha256,diffie-hellman-group14-sha1"),
        server_host_key_algorithms: names("ssh-ed25519,rsa-sha2-512,ssh-rsa"),
        encryption_client_to_server: names("aes128-ctr,3des-cbc"),
        mac_client_to_server: names("hmac-sha2-256,hmac-md5"),
        ..ssh::KexInit::default()
    };
    let mut ssh1 = b"\0\0\x01\x13\0\0\0\0\0\x02cookie!!".to_vec();
    ssh1.extend([0, 0, 3, 0, 0, 6, 37, 3, 0].iter().chain(&[0xff; 96]));
    ssh1.extend([0, 0, 4, 0, 0, 6, 37, 4, 0].iter().chain(&[0xff; 128]));
    ssh1.extend([0; 16]);
    let packets = vec![
        ssh::packet(&offer.encode()),
        ssh::packet(b"\x01\0\0\0\x0c\0\0\0\x08too many\0\0\0\0"),
        ssh1,
    ];
    [
        group("SSH identification", idents, |bytes| {
            matches!(ssh::Identification::parse(bytes), Ok(Some(_)))
        }),
        group("SSH packets", packets, |bytes| {
            let ssh1 = matches!(ssh::parse_ssh1_public_key(bytes), Ok(Some(_)));
            let packet = ssh::parse_packet(bytes).ok().flatten();
            ssh1 | packet.is_some_and(|(payload, _)| ssh::parse_message(payload).is_ok())
        }),
    ]
}

fn certificates() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("certs/rsa2048.der").to_vec(),
        include_bytes!("certs/p521.der").to_vec(),
        include_bytes!("certs/ed25519.der").to_vec(),
        include_bytes!("certs/dsa1024.der").to_vec(),
    ]
}

fn tls_group() -> Group {
    let handshake = |kind: u8, body: &[u8]| {
        let length = (body.len() as u32).to_be_bytes();
        [&[kind], &length[1..], body].concat()
    };
    let record = |content: u8, body: &[u8]| {
        let length = (body.len() as u16).to_be_bytes();
        [&[content, 3, 3], &length[..], body].concat()
    };
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0xc0, 0x2f, 0, 0, 0]);
    let der = &certificates()[2];
    let size = (der.len() as u32).to_be_bytes();
    let chain = [&size[1..], der].concat();
    let size = (chain.len() as u32).to_be_bytes();
    let chain = [&size[1..], &chain].concat();
    let hello = handshake(2, &hello);
    let rest = [handshake(11, &chain), handshake(14, &[])].concat();
    let mut ssl2 = vec![0x80, 33, 4, 0, 1, 0, 2, 0, 0, 0, 6, 0, 16];
    ssl2.extend([1, 0, 0x80, 7, 0, 0xc0]);
    ssl2.extend([5; 16]);
    let corpus = vec![
        [record(22, &hello), record(22, &rest)].concat(),
        record(22, &[&hello[..], &rest].concat()),
        [record(21, &[1, 112]), record(21, &[2, 40])].concat(),
        ssl2,
    ];
    group("TLS", corpus, |bytes| {
        let piece = 1 + bytes.first().map_or(0, |first| usize::from(*first) * 3);
        let mut flight = tls::ServerFlight::new();
        let done = bytes
            .chunks(piece)
            .any(|part| !matches!(flight.push(part), Ok(tls::Progress::NeedMore)));
        for der in flight.certificates() {
            x509::parse(der).ok();
        }
        done && flight.hello().is_some()
    })
}

fn packet_group() -> Group {
    let (ours, theirs) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    let v4 = Ipv4Addr::new(192, 0, 2, 1);
    let v6 = Ipv6Addr::LOCALHOST;
    let echo = icmp::Echo {
        reply: true,
        identifier: 1,
        sequence: 2,
        payload: b"arpenteur",
    };
    let claim = ndp::Advertisement {
        target: v6,
        mac: theirs,
        router: false,
    };
    let mut with_header = vec![0x45; 20];
    with_header.extend(echo.encode_v4());
    let corpus = vec![
        arp::Arp::request(ours, v4, v4).encode(),
        ndp::solicitation(ours, v6, v6),
        claim.encode(ours, v6),
        echo.encode_v4(),
        echo.encode_v6(v6, v6),
        with_header,
    ];
    group("packets", corpus, |bytes| {
        let arp = arp::Arp::decode(bytes);
        if let Ok(packet) = arp {
            assert_eq!(arp::Arp::decode(&packet.encode()), Ok(packet));
        }
        arp.is_ok()
            | ndp::Advertisement::decode(bytes).is_ok()
            | ndp::solicited(bytes).is_ok()
            | icmp::decode_v4(bytes).is_ok()
            | icmp::decode_v6(bytes).is_ok()
    })
}

fn text_groups() -> [Group; 4] {
    let telnet = vec![
        b"\xff\xfd\x18\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0Welcome\r\nlogin: ".to_vec(),
        b"220 ftp.example ready\r\n\x1b[31m".to_vec(),
    ];
    let http = vec![
        b"HTTP/1.1 301 Moved\r\nServer: nginx\r\nLocation: https://x/\r\n\r\n".to_vec(),
        b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>NAS &amp; co</title>".to_vec(),
    ];
    let tftp = vec![
        b"\0\x03\0\x01data".to_vec(),
        b"\0\x05\0\x01File not found\0".to_vec(),
        b"\0\x06blksize\x001428\0tsize\x000\0".to_vec(),
    ];
    let oids = vec![
        b".1.3.6.1.2.1.1.1.0".to_vec(),
        b"1.3.6.1.4.1.4294967295".to_vec(),
    ];
    [
        group("Telnet and banners", telnet, |bytes| {
            let telnet = telnet::parse(bytes);
            let answer = telnet::refuse(&telnet.options);
            !answer.is_empty()
                | !banner::lines(bytes).is_empty()
                | !text::printable(bytes, 80).is_empty()
        }),
        group("HTTP", http, |bytes| {
            let response = http::parse(bytes).ok().flatten();
            let body = response
                .as_ref()
                .map(|response| &bytes[response.head_len..]);
            response.is_some() | http::title(body.unwrap_or(bytes)).is_some()
        }),
        group("TFTP", tftp, |bytes| tftp::parse(bytes).is_ok()),
        group("OID text", oids, |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let oid = text.parse::<Oid>();
            if let Ok(oid) = &oid {
                assert_eq!(oid.to_string().parse().as_ref(), Ok(oid));
            }
            oid.is_ok()
        }),
    ]
}

fn service_groups() -> [Group; 4] {
    let mut accepted2 = b"\0\0\0\x80\xfeSMB\x40\0\0\0\0\0\0\0\0\0".to_vec();
    accepted2.extend([0; 50]);
    accepted2.extend([65, 0, 3, 0, 0x11, 3]);
    accepted2.extend([0; 58]);
    let mut mongo = vec![
        0x2d, 0, 0, 0, 9, 0, 0, 0, 7, 0, 0, 0, 0xdd, 7, 0, 0, 0, 0, 0, 0, 0,
    ];
    mongo.extend(b"\x18\0\0\0\x10code\0\x0d\0\0\0\x01ok\0\0\0\0\0\0\0\0\0\0");
    let stores = vec![
        b"+PONG\r\n".to_vec(),
        b"VERSION 1.6.18\r\n".to_vec(),
        b"R\0\0\0\x08\0\0\0\0".to_vec(),
        b"\x0c\0\0\0\x0a8.0.36\0\x01\x02\x03\x04".to_vec(),
        b"\x04\x01\0\x10\0\0\x01\0\0\0\x06\0\x06\0\0\xff".to_vec(),
        datastore::mongodb_databases(7),
        mongo,
    ];
    let exports = b"\x80\0\0\x30\0\0\0\x07\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
        \0\0\0\x01\0\0\0\x04/srv\0\0\0\x01\0\0\0\x01*\0\0\0\0\0\0\0\0\0\0\0";
    let mut exports = exports.to_vec();
    exports[3] = (exports.len() - 4) as u8;
    let mut capable = b"\x06\0\xff\x07\0\0\0\0\0\0\0\0\0\x10\x81\x1c\x63\x20\0\x38\0".to_vec();
    capable.extend([1, 0x95, 4, 2, 0, 0, 0, 0, 0]);
    let mut opened = b"\x06\0\xff\x07\x06\x11\0\0\0\0\0\0\0\0\x24\0\0\0".to_vec();
    opened.extend([0; 34]);
    let datagrams = vec![
        capable,
        opened,
        ntp::request(ntp::Time(1))
            .map(|byte| if byte == 0x23 { 0x24 } else { byte })
            .to_vec(),
        b"\0\x01\x81\x80\0\x01\0\x01\0\0\0\0\x01a\0\0\x01\0\x01\xc0\x0c\0\x06\0\x01".to_vec(),
        smart_install::request(),
    ];
    let rdp = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\x02\0\0\0".to_vec();
    let mut negotiations = vec![accepted2, smb::negotiate1(), smb::netbios_session()];
    negotiations.extend([smb::negotiate2(0x0311, &[7; 32]), rdp]);
    [
        group("SMB and RDP", negotiations, |bytes| {
            let whole = smb::is_whole(bytes) & rdp::is_whole(bytes);
            smb::parse(bytes).is_ok() | rdp::parse(bytes).is_ok() && whole
        }),
        group("data stores", stores, |bytes| {
            let whole = datastore::is_mongodb_message(bytes)
                | datastore::is_mysql_packet(bytes)
                | datastore::is_tds_packet(bytes)
                | datastore::is_postgres_answer(bytes);
            let read = [
                datastore::redis(bytes),
                datastore::memcached(bytes),
                datastore::postgres(bytes),
                datastore::mysql(bytes),
                datastore::mssql(bytes),
                datastore::mongodb(bytes),
            ];
            whole && read.iter().any(Result::is_ok)
        }),
        group("RPC", vec![exports, rpc::exports(7)], |bytes| {
            let port = rpc::read_port(bytes, 7).is_ok();
            rpc::is_whole(bytes) && rpc::read_exports(bytes, 7).is_ok() | port
        }),
        group("datagrams of services", datagrams, |bytes| {
            if let Ok(answer) = ntp::parse(bytes) {
                let (_, delay) = answer.offset(ntp::Time(u64::from(bytes[0]) << 56));
                assert!(delay >= 0);
            }
            ipmi::read_authentication(bytes).is_ok()
                | ipmi::read_open_session(bytes).is_ok()
                | ntp::parse(bytes).is_ok()
                | dns::parse(bytes).is_ok()
                | smart_install::is_answer(bytes)
        }),
    ]
}

fn peak_rss_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let digits = line.unwrap().split_whitespace().nth(1).unwrap();
    digits.parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_million_broken_messages() {
    let mut groups = vec![community_group(), v3_group(), tls_group(), packet_group()];
    groups.push(group("X.509", certificates(), |bytes| {
        x509::parse(bytes).is_ok()
    }));
    groups.extend(ssh_groups());
    groups.extend(text_groups());
    groups.extend(service_groups());
    println!("seed {SEED:#x}");
    for group in &groups {
        let taken = group.corpus.iter().filter(|sample| (group.parse)(sample));
        assert!(
            taken.count() > 0,
            "{}: the samples are not valid",
            group.name
        );
    }
    let mut random = Random(SEED);
    let mut taken = vec![0_u64; groups.len()];
    for round in 0..TOTAL {
        let number = (round % groups.len() as u64) as usize;
        let group = &groups[number];
        let bytes = damage(&mut random, &group.corpus);
        match catch_unwind(AssertUnwindSafe(|| (group.parse)(&bytes))) {
            Ok(was_taken) => taken[number] += u64::from(was_taken),
            Err(_) => panic!("{} failed in round {round} on {bytes:02x?}", group.name),
        }
    }
    for (group, taken) in groups.iter().zip(&taken) {
        println!("{}: {taken} messages were still readable", group.name);
        // Damage that only ever leaves rubbish would not reach the inner fields.
        assert!(*taken > 100, "{}", group.name);
    }
    let peak = peak_rss_kib();
    println!("{TOTAL} messages, peak RSS {peak} KiB");
    assert!(peak < MAX_RSS_KIB, "peak RSS {peak} KiB");
}
