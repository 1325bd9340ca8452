//! Readers of what services show without a login.
use super::tests::{exchange, fact, hex, sheet, tcp, walk};
use crate::model::*;
use arpenteur_wire::ntp;
use arpenteur_wire::snmp::Value;
use serde_json::json;

fn accepted(suite: u32) -> Answer {
    Answer::Tls(TlsAnswer {
        accepted: true,
        cipher_suite: Some(suite),
        ..TlsAnswer::default()
    })
}

fn refused() -> Answer {
    Answer::Tls(TlsAnswer {
        alert: Some(40),
        ..TlsAnswer::default()
    })
}

/// Every version refused but TLS 1.2, and offers of weak suites.
fn tls(offers: &[(&[WeakCipher], Answer)]) -> FactSheet {
    let mut exchanges: Vec<Exchange> = TlsVersion::ALL
        .into_iter()
        .map(|version| {
            let answer = match version {
                TlsVersion::Tls12 => accepted(0xc02f),
                _ => refused(),
            };
            exchange(Question::Tls { port: 443, version }, answer)
        })
        .collect();
    exchanges.extend(offers.iter().map(|(kinds, answer)| {
        let question = Question::TlsWeak {
            port: 443,
            version: TlsVersion::Tls12,
            kinds: kinds.to_vec(),
        };
        exchange(question, answer.clone())
    }));
    sheet(&exchanges)
}

fn weak(sheet: &FactSheet) -> Result<Vec<String>, UnreadReason> {
    let at = "tls.endpoints[443].weak_ciphers".parse().unwrap();
    match sheet.unread(&at) {
        Some(reason) => Err(reason),
        None => Ok(sheet.facts().unwrap().tls.endpoints[0].weak_ciphers.clone()),
    }
}

#[test]
fn weak_suites_are_known_once_an_offer_was_refused() {
    let all = WeakCipher::ALL;
    assert_eq!(weak(&tls(&[(&all, refused())])), Ok(vec![]));
    assert_eq!(weak(&tls(&[])), Err(UnreadReason::NotCollected));
    let silent = Answer::failed(Failure::Timeout, "");
    assert_eq!(weak(&tls(&[(&all, silent)])), Err(UnreadReason::Timeout));
    // Accepted, and the next offer never made.
    assert_eq!(
        weak(&tls(&[(&all, accepted(0x000a))])),
        Err(UnreadReason::NotCollected)
    );
    let rest = &all[..5];
    let both = tls(&[(&all, accepted(0x000a)), (rest, accepted(0x0005))]);
    assert_eq!(weak(&both), Err(UnreadReason::NotCollected));
    let without: Vec<_> = all
        .into_iter()
        .filter(|kind| *kind != WeakCipher::Rc4)
        .collect();
    let last = &without[..without.len() - 1];
    let both = tls(&[
        (&all, accepted(0x0005)),
        (&without, accepted(0x000a)),
        (last, refused()),
    ]);
    assert_eq!(weak(&both), Ok(vec!["rc4".to_owned(), "3des".to_owned()]));
    // A server that chooses what was not offered.
    assert_eq!(
        weak(&tls(&[(rest, accepted(0x000a))])),
        Err(UnreadReason::ParseFailed)
    );
}

#[test]
fn chosen_suites_have_their_registered_names() {
    let sheet = tls(&[]);
    let endpoint = &sheet.facts().unwrap().tls.endpoints[0];
    assert_eq!(
        endpoint.chosen_suites,
        ["tls12 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
    );
    assert_eq!(endpoint.chain_length, None);
}

fn said(port: u16, probe: TcpProbe, bytes: &[u8]) -> Exchange {
    exchange(
        Question::Tcp { port, probe },
        Answer::Bytes { hex: hex(bytes) },
    )
}

fn hung_up(port: u16, probe: TcpProbe) -> Exchange {
    exchange(
        Question::Tcp { port, probe },
        Answer::failed(Failure::Refused, "the server hung up"),
    )
}

fn datagram(port: u16, probe: UdpProbe, answer: Answer) -> Exchange {
    exchange(Question::Udp { port, probe }, answer)
}

fn bytes(bytes: &[u8]) -> Answer {
    Answer::Bytes { hex: hex(bytes) }
}

fn closed(ports: &[u16]) -> Vec<Exchange> {
    let refused = |port: &u16| tcp(*port, Answer::Closed);
    ports.iter().map(refused).collect()
}

fn smb2(dialect: u16, security: u8) -> Vec<u8> {
    let mut frame = b"\0\0\0\x80\xfeSMB\x40\0\0\0\0\0\0\0\0\0".to_vec();
    frame.extend([0; 50]);
    frame.extend([65, 0, security, 0]);
    frame.extend(dialect.to_le_bytes());
    frame.extend([0; 58]);
    frame
}

#[test]
fn smb_dialects_are_those_accepted_one_by_one() {
    let negotiated = |answers: &[(u16, Option<u8>)]| {
        let mut exchanges = vec![tcp(445, Answer::Present), hung_up(445, TcpProbe::Smb1)];
        exchanges.extend(answers.iter().map(|(dialect, security)| {
            let probe = TcpProbe::Smb2 { dialect: *dialect };
            match security {
                Some(security) => said(445, probe, &smb2(*dialect, *security)),
                None => hung_up(445, probe),
            }
        }));
        sheet(&exchanges)
    };
    let signed = negotiated(&[(0x0202, None), (0x0302, Some(3)), (0x0311, Some(3))]);
    assert_eq!(
        fact(&signed, "smb.dialects"),
        Fact::Known(json!(["3.0.2", "3.1.1"]))
    );
    assert_eq!(
        fact(&signed, "smb.signing_required"),
        Fact::Known(json!(true))
    );
    let open = negotiated(&[(0x0202, Some(1)), (0x0311, Some(3))]);
    assert_eq!(
        fact(&open, "smb.signing_required"),
        Fact::Known(json!(false))
    );
    let other = negotiated(&[(0x0311, None)]);
    assert_eq!(
        fact(&other, "smb.dialects"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let none = sheet(&closed(&[139, 445]));
    assert_eq!(fact(&none, "smb.dialects"), Fact::Known(json!([])));
    assert_eq!(fact(&none, "smb.signing_required"), Fact::Absent);
    let silent = Answer::failed(Failure::Timeout, "");
    let filtered = sheet(&[tcp(139, Answer::Closed), tcp(445, silent)]);
    assert_eq!(
        fact(&filtered, "smb.dialects"),
        Fact::Unread(UnreadReason::Timeout)
    );
    let unasked = sheet(&[tcp(139, Answer::Closed), tcp(445, Answer::Present)]);
    assert_eq!(
        fact(&unasked, "smb.dialects"),
        Fact::Unread(UnreadReason::NotCollected)
    );
}

const STORE_PORTS: [u16; 8] = [1433, 3306, 5432, 5984, 6379, 9200, 11211, 27017];

#[test]
fn data_stores_say_whether_they_ask_for_a_login() {
    let open = sheet(&[
        said(6379, TcpProbe::Redis, b"+PONG\r\n"),
        said(11211, TcpProbe::Memcached, b"SSH-2.0-x\r\n"),
        said(5432, TcpProbe::PostgresTls, b"N"),
        said(5432, TcpProbe::PostgresStartup, b"R\0\0\0\x08\0\0\0\x05"),
        said(
            3306,
            TcpProbe::MysqlGreeting,
            b"\x0c\0\0\0\x0a8.0.36\0\x01\x02\x03\x04",
        ),
        exchange(
            Question::Http {
                port: 9200,
                tls: false,
                path: "/".to_owned(),
            },
            Answer::Http {
                status: 200,
                headers: vec![],
                body: r#"{"cluster_name":"lab"}"#.to_owned(),
            },
        ),
    ]);
    let stores = open.facts().unwrap().data_stores;
    let told: Vec<_> = stores
        .iter()
        .map(|s| (s.name.as_str(), s.authenticated))
        .collect();
    assert_eq!(
        told,
        [
            ("mysql/3306", None),
            ("postgresql/5432", Some(true)),
            ("redis/6379", Some(false)),
            ("elasticsearch/9200", Some(false)),
        ]
    );
    assert_eq!(
        open.unread(&"data_stores[mysql/3306].authenticated".parse().unwrap()),
        Some(UnreadReason::NotAuthorised)
    );
    assert_eq!(
        fact(&sheet(&closed(&STORE_PORTS)), "data_stores"),
        Fact::Absent
    );
    // Fewer ports than there are products: of the others nothing is known.
    assert_eq!(
        fact(&sheet(&closed(&STORE_PORTS[1..])), "data_stores"),
        Fact::Unread(UnreadReason::NotCollected)
    );
    let mut slow = closed(&STORE_PORTS);
    slow.push(exchange(
        Question::Tcp {
            port: 6379,
            probe: TcpProbe::Redis,
        },
        Answer::failed(Failure::Timeout, ""),
    ));
    assert_eq!(
        fact(&sheet(&slow), "data_stores"),
        Fact::Unread(UnreadReason::Timeout)
    );
}

#[test]
fn container_interfaces_are_open_closed_or_not_seen() {
    let page = |port, tls, path: &str, answer| {
        let path = path.to_owned();
        exchange(Question::Http { port, tls, path }, answer)
    };
    let says = |status, body: &str| Answer::Http {
        status,
        headers: vec![],
        body: body.to_owned(),
    };
    let sheet = sheet(&[
        tcp(2375, Answer::Present),
        page(
            2375,
            false,
            "/version",
            says(200, r#"{"ApiVersion":"1.43"}"#),
        ),
        tcp(2376, Answer::Present),
        page(
            2376,
            true,
            "/version",
            Answer::failed(Failure::Unsupported, "certificate required"),
        ),
        page(
            2379,
            false,
            "/version",
            says(200, r#"{"etcdserver":"3.5.9"}"#),
        ),
        page(10250, true, "/healthz", says(401, "Unauthorized")),
    ]);
    let told: Vec<_> = sheet
        .facts()
        .unwrap()
        .container_apis
        .into_iter()
        .map(|api| (api.name, api.authenticated))
        .collect();
    assert_eq!(
        told,
        [
            ("docker/2375".to_owned(), Some(false)),
            ("etcd/2379".to_owned(), None),
            ("kubelet/10250".to_owned(), Some(true)),
        ]
    );
}

fn ntp_answer(t1: i64, t2: i64, first: u8, stratum: u8, source: [u8; 4]) -> Vec<u8> {
    let mut packet = vec![first, stratum, 6, 0xe9, 0, 0, 0, 1, 0, 0, 0, 1];
    packet.extend(source);
    for micros in [t2, t1, t2, t2 + 1000] {
        packet.extend(ntp::Time::from_unix_micros(micros).0.to_be_bytes());
    }
    packet
}

#[test]
fn a_clock_is_off_by_what_its_answer_says_within_half_the_round_trip() {
    let base: i64 = 1_800_000_000_000_000;
    let at = |packet: &[u8], arrived: i64| {
        let mut exchange = datagram(123, UdpProbe::Ntp, bytes(packet));
        exchange.at = Some(jiff::Timestamp::from_microsecond(arrived).unwrap());
        sheet(&[exchange])
    };
    let late = at(
        &ntp_answer(base, base - 5_000_000, 0x24, 3, [192, 0, 2, 9]),
        base + 21_000,
    );
    assert_eq!(fact(&late, "clock.offset"), Fact::Known(json!(-5010)));
    assert_eq!(fact(&late, "clock.offset_error"), Fact::Known(json!(11)));
    assert_eq!(
        fact(&late, "clock.sources"),
        Fact::Known(json!(["192.0.2.9"]))
    );
    let own = at(
        &ntp_answer(base, base, 0x24, 10, [127, 127, 1, 1]),
        base + 1000,
    );
    assert_eq!(
        fact(&own, "clock.sources"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    let kiss = at(&ntp_answer(base, base, 0xe4, 0, *b"RATE"), base);
    assert_eq!(
        fact(&kiss, "clock.offset"),
        Fact::Unread(UnreadReason::Denied)
    );
    let nobody = sheet(&[datagram(123, UdpProbe::Ntp, Answer::Closed)]);
    assert_eq!(
        fact(&nobody, "clock.offset"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    // Without our own time there is no offset.
    let undated = datagram(
        123,
        UdpProbe::Ntp,
        bytes(&ntp_answer(base, base, 0x24, 3, [9; 4])),
    );
    assert_eq!(
        fact(&sheet(&[undated]), "clock.offset"),
        Fact::Unread(UnreadReason::ParseFailed)
    );
}

#[test]
fn dns_servers_recurse_or_give_zones_away() {
    let head = |flags: [u8; 2], answers: u8| {
        let [high, low] = NUMBER.to_be_bytes();
        let mut message = vec![high, low, flags[0], flags[1], 0, 0, 0, answers, 0, 0, 0, 0];
        message.extend(b"\x03lab\0\0\x06\0\x01");
        message
    };
    let asked = |message: &[u8]| datagram(53, UdpProbe::Dns, bytes(message));
    let zone = || TcpProbe::DnsTransfer {
        zone: "lab".to_owned(),
    };
    let over_tcp = |message: Vec<u8>| {
        let length = (message.len() as u16).to_be_bytes();
        said(53, zone(), &[&length[..], &message].concat())
    };
    let open = sheet(&[asked(&head([0x81, 0x80], 1)), over_tcp(head([0x84, 0], 9))]);
    assert_eq!(fact(&open, "dns.server"), Fact::Known(json!(true)));
    assert_eq!(fact(&open, "dns.recursion"), Fact::Known(json!(true)));
    assert_eq!(fact(&open, "dns.transfers"), Fact::Known(json!(["lab"])));
    let tight = sheet(&[
        asked(&head([0x81, 0x05], 0)),
        over_tcp(head([0x84, 0x05], 0)),
    ]);
    assert_eq!(fact(&tight, "dns.recursion"), Fact::Known(json!(false)));
    assert_eq!(fact(&tight, "dns.transfers"), Fact::Known(json!([])));
    // It would have resolved, and could not: that tells neither.
    let failed = sheet(&[asked(&head([0x81, 0x82], 0))]);
    assert_eq!(
        fact(&failed, "dns.recursion"),
        Fact::Unread(UnreadReason::Unsupported)
    );
    assert_eq!(
        fact(&failed, "dns.transfers"),
        Fact::Unread(UnreadReason::NotCollected)
    );
    let none = sheet(&[datagram(53, UdpProbe::Dns, Answer::Closed)]);
    assert_eq!(fact(&none, "dns.server"), Fact::Known(json!(false)));
    assert_eq!(fact(&none, "dns.recursion"), Fact::Absent);
}

fn rpc(words: &[u32]) -> Vec<u8> {
    let body = [&[u32::from(NUMBER), 1, 0, 0, 0, 0], words].concat();
    let body: Vec<u8> = body.iter().flat_map(|word| word.to_be_bytes()).collect();
    let mark = (body.len() as u32 | 1 << 31).to_be_bytes();
    [&mark[..], &body].concat()
}

#[test]
fn exports_are_listed_or_known_to_be_none() {
    let srv = u32::from_be_bytes(*b"/srv");
    let listed = sheet(&[
        said(111, TcpProbe::MountPort, &rpc(&[20048])),
        said(20048, TcpProbe::MountExports, &rpc(&[1, 4, srv, 0, 0])),
    ]);
    assert_eq!(
        fact(&listed, "nfs.exports"),
        Fact::Known(json!([{"path": "/srv", "clients": []}]))
    );
    let mut none = closed(&[2049]);
    none.push(said(111, TcpProbe::MountPort, &rpc(&[0])));
    assert_eq!(fact(&sheet(&none), "nfs.exports"), Fact::Absent);
    assert_eq!(
        fact(&sheet(&closed(&[111, 2049])), "nfs.exports"),
        Fact::Absent
    );
    // Version 4 needs no portmapper and tells no list.
    let four = sheet(&[tcp(111, Answer::Closed), tcp(2049, Answer::Present)]);
    assert_eq!(
        fact(&four, "nfs.exports"),
        Fact::Unread(UnreadReason::Unsupported)
    );
}

#[test]
fn management_controllers_and_desktops() {
    let mut capable = b"\x06\0\xff\x07\0\0\0\0\0\0\0\0\0\x10\x81\x1c\x63\x20\0\x38\0".to_vec();
    capable.extend([1, 0x94, 0x04, 2, 0, 0, 0, 0, 0]);
    let mut opened = b"\x06\0\xff\x07\x06\x11\0\0\0\0\0\0\0\0\x24\0\0\0".to_vec();
    opened.extend([0; 34]);
    let open = sheet(&[
        datagram(623, UdpProbe::IpmiAuthentication, bytes(&capable)),
        datagram(623, UdpProbe::IpmiCipherZero, bytes(&opened)),
        said(
            3389,
            TcpProbe::Rdp,
            b"\x03\0\0\x13\x0e\xd0\0\0\0\0\0\x02\0\x08\0\x02\0\0\0",
        ),
        said(
            4786,
            TcpProbe::SmartInstall,
            b"\0\0\0\x04\0\0\0\0\0\0\0\x03\0\0\0\x08\0\0\0\x01\0\0\0\0",
        ),
    ]);
    assert_eq!(fact(&open, "ipmi.anonymous"), Fact::Known(json!(false)));
    assert_eq!(fact(&open, "ipmi.cipher_zero"), Fact::Known(json!(true)));
    assert_eq!(fact(&open, "rdp.security"), Fact::Known(json!("nla")));
    assert_eq!(fact(&open, "clear.smart_install"), Fact::Known(json!(true)));
    let silent = Answer::failed(Failure::Timeout, "");
    let mut exchanges = closed(&[3389, 4786, 7, 9, 13, 19, 79]);
    exchanges.push(datagram(623, UdpProbe::IpmiAuthentication, Answer::Closed));
    exchanges.push(datagram(123, UdpProbe::Ntp, silent));
    let none = sheet(&exchanges);
    assert_eq!(fact(&none, "ipmi.answers"), Fact::Known(json!(false)));
    assert_eq!(fact(&none, "ipmi.cipher_zero"), Fact::Absent);
    assert_eq!(fact(&none, "rdp.answers"), Fact::Known(json!(false)));
    assert_eq!(
        fact(&none, "clear.smart_install"),
        Fact::Known(json!(false))
    );
    assert_eq!(fact(&none, "clear.small_services"), Fact::Known(json!([])));
    assert_eq!(
        fact(&none, "clock.offset"),
        Fact::Unread(UnreadReason::Timeout)
    );
}

#[test]
fn administration_is_a_form_or_a_challenge_and_scripts_hide_it() {
    let page = |path: &str, status, headers: &[(&str, &str)], body: &str| {
        let pairs = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        exchange(
            Question::Http {
                port: 80,
                tls: false,
                path: path.to_owned(),
            },
            Answer::Http {
                status,
                headers: pairs.collect(),
                body: body.to_owned(),
            },
        )
    };
    let admin = |exchanges: &[Exchange]| {
        let sheet = sheet(exchanges);
        sheet.facts().unwrap().http.servers[0].admin
    };
    assert_eq!(admin(&[page("/", 200, &[], "<p>hello")]), Some(false));
    assert_eq!(
        admin(&[page("/", 200, &[], "<input TYPE='password'>")]),
        Some(true)
    );
    assert_eq!(
        admin(&[page("/", 200, &[], "<script src=a.js></script>")]),
        None
    );
    let challenge = [("www-authenticate", "Basic realm=\"x\"")];
    assert_eq!(admin(&[page("/", 401, &challenge, "")]), Some(true));
    assert_eq!(admin(&[page("/", 403, &[], "")]), None);
    let onward = page("/", 302, &[("location", "/login.html")], "");
    let form = page("/login.html", 200, &[], "<input type=password>");
    assert_eq!(admin(&[onward.clone(), form]), Some(true));
    assert_eq!(admin(&[onward]), None);
    let secure = page("/", 301, &[("location", "https://192.0.2.7/")], "");
    assert_eq!(admin(&[secure]), Some(false));
    let elsewhere = page("/", 302, &[("location", "http://192.0.2.7:8080/")], "");
    assert_eq!(admin(&[elsewhere]), Some(false));
}

#[test]
fn counters_duplex_and_targets_come_from_their_tables() {
    let text = |text: &str| Value::OctetString(text.as_bytes().to_vec());
    let row = |column: u32| format!("1.3.6.1.2.1.2.2.1.{column}.1");
    let more = |column: u32| format!("1.3.6.1.2.1.31.1.1.1.{column}.1");
    let walk = |root: &str, objects: &[(String, Value)]| {
        let objects: Vec<(&str, Value)> = objects
            .iter()
            .map(|(oid, value)| (oid.as_str(), value.clone()))
            .collect();
        walk(root, WalkEnd::Complete, &objects)
    };
    let sheet = sheet(&[
        walk(
            "1.3.6.1.2.1.1",
            &[("1.3.6.1.2.1.1.3.0".to_owned(), Value::TimeTicks(100_000))],
        ),
        walk(
            "1.3.6.1.2.1.2.2",
            &[
                (row(2), text("eth0")),
                (row(3), Value::Integer(6)),
                (row(8), Value::Integer(2)),
                (row(9), Value::TimeTicks(40_000)),
                (row(10), Value::Counter32(7)),
                (row(11), Value::Counter32(5)),
                (row(13), Value::Counter32(3)),
                (row(16), Value::Counter32(9)),
            ],
        ),
        walk(
            "1.3.6.1.2.1.31.1.1",
            &[
                (more(6), Value::Counter64(1 << 40)),
                (more(7), Value::Counter64(10)),
                (more(8), Value::Counter64(2)),
                (more(17), Value::Integer(1)),
            ],
        ),
        walk(
            "1.3.6.1.2.1.10.7.2.1.19",
            &[("1.3.6.1.2.1.10.7.2.1.19.1".to_owned(), Value::Integer(2))],
        ),
        walk(
            "1.3.6.1.2.1.25.3.3",
            &[
                ("1.3.6.1.2.1.25.3.3.1.2.1".to_owned(), Value::Integer(30)),
                ("1.3.6.1.2.1.25.3.3.1.2.2".to_owned(), Value::Integer(50)),
            ],
        ),
        walk(
            "1.3.6.1.6.3.12.1.2",
            &[
                (
                    "1.3.6.1.6.3.12.1.2.1.2.97".to_owned(),
                    Value::ObjectIdentifier("1.3.6.1.6.1.1".parse().unwrap()),
                ),
                (
                    "1.3.6.1.6.3.12.1.2.1.3.97".to_owned(),
                    Value::OctetString(vec![192, 0, 2, 50, 0, 162]),
                ),
            ],
        ),
    ]);
    let facts = sheet.facts().unwrap();
    let port = &facts.interfaces[0];
    assert_eq!((port.in_octets, port.out_octets), (Some(1 << 40), Some(9)));
    assert_eq!((port.in_packets, port.in_discards), (Some(12), Some(3)));
    assert_eq!(port.out_packets, None);
    assert_eq!(
        (port.duplex.as_deref(), port.last_change),
        (Some("half"), Some(600))
    );
    assert_eq!(
        (facts.capacity.ports, facts.capacity.ports_free),
        (Some(1), Some(1))
    );
    assert_eq!(facts.capacity.cpu_load, Some(40));
    assert_eq!(facts.snmp.trap_receivers, ["192.0.2.50"]);
}

#[test]
fn an_agents_date_is_as_right_as_it_is_rounded() {
    let dated = |octets: &[u8]| {
        let date = Value::OctetString(octets.to_vec());
        let mut walked = walk(
            "1.3.6.1.2.1.25.1",
            WalkEnd::Complete,
            &[("1.3.6.1.2.1.25.1.2.0", date)],
        );
        walked.at = "2026-11-22T10:00:00.300Z".parse().ok();
        walked.elapsed_us = 200_000;
        sheet(&[walked])
    };
    let right = dated(&[7, 234, 11, 22, 11, 0, 0, 0, b'+', 1, 0]);
    // Between 10:00:00 and 10:00:01 by its clock, between .1 and .3 by ours.
    assert_eq!(fact(&right, "clock.offset"), Fact::Known(json!(300)));
    assert_eq!(fact(&right, "clock.offset_error"), Fact::Known(json!(601)));
    let tenths = dated(&[7, 234, 11, 22, 4, 0, 0, 2, b'-', 6, 0]);
    assert_eq!(fact(&tenths, "clock.offset"), Fact::Known(json!(50)));
    assert_eq!(fact(&tenths, "clock.offset_error"), Fact::Known(json!(151)));
    for useless in [
        &[7, 234, 11, 22, 11, 0, 0, 0][..],
        &[7, 234, 13, 22, 11, 0, 0, 0, b'+', 1, 0],
        &[255; 11],
    ] {
        assert_eq!(
            fact(&dated(useless), "clock.offset"),
            Fact::Unread(UnreadReason::NotCollected)
        );
    }
}
