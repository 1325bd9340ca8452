use super::*;
use crate::tls::{ClientHello, Version, cipher_suite_name, cipher_suites};

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

fn records(content: u8, body: &[u8], size: usize) -> Vec<u8> {
    body.chunks(size)
        .flat_map(|part| {
            let length = u16::try_from(part.len()).unwrap().to_be_bytes();
            [&[content, 3, 1], &length[..], part].concat()
        })
        .collect()
}

fn flight() -> Vec<u8> {
    let mut hello = vec![3, 1];
    hello.extend([7; 32]);
    hello.extend([2, 9, 9, 0, 0x0a, 0]);
    let list = [&[0, 0, 3][..], b"one", &[0, 0, 5], b"three"].concat();
    let list = [&[0, 0, list.len() as u8][..], &list].concat();
    [
        handshake(2, &hello),
        handshake(11, &list),
        handshake(12, &[1; 300]),
        handshake(14, &[]),
    ]
    .concat()
}

fn check(flight: &ServerFlight) {
    let hello = flight.hello().unwrap();
    assert_eq!(Version::from_number(hello.version), Some(Version::Tls10));
    assert_eq!(hello.cipher_suite, Some(0x000a));
    assert_eq!(flight.certificates(), [b"one".to_vec(), b"three".to_vec()]);
    assert_eq!(flight.alert(), None);
}

#[test]
fn a_flight_is_read_however_it_is_cut() {
    for record_size in [1, 7, 100, 16_000] {
        let bytes = records(22, &flight(), record_size);
        for piece in [1, 3, bytes.len()] {
            let mut server = ServerFlight::new();
            let mut progress = Progress::NeedMore;
            for part in bytes.chunks(piece) {
                assert_eq!(progress, Progress::NeedMore, "done too early");
                progress = server.push(part).unwrap();
            }
            assert_eq!(progress, Progress::Done);
            check(&server);
        }
    }
}

#[test]
fn alerts() {
    let mut server = ServerFlight::new();
    assert_eq!(
        server.push(&records(21, &[1, 112], 9)),
        Ok(Progress::NeedMore)
    );
    assert_eq!(server.push(&records(21, &[2, 70], 9)), Ok(Progress::Done));
    let alert = Alert {
        level: 2,
        description: 70,
    };
    assert_eq!(server.alert(), Some(alert));
    assert_eq!(server.hello(), None);
}

#[test]
fn a_goodbye_ends_the_flight_and_ssl2_cannot_follow_tls() {
    let mut server = ServerFlight::new();
    assert_eq!(server.push(&records(21, &[1, 0], 9)), Ok(Progress::Done));
    let mut server = ServerFlight::new();
    server.push(&records(21, &[1, 112], 9)).unwrap();
    assert!(server.push(&[0x80, 3, 0, 0, 1]).is_err());
}

#[test]
fn ssl2_answers() {
    let mut hello = vec![4, 0, 1, 0, 2, 0, 4, 0, 6, 0, 16];
    hello.extend(b"cert");
    hello.extend([1, 0, 0x80, 7, 0, 0xc0]);
    hello.extend([5; 16]);
    let bytes = [&[0x80, hello.len() as u8], &hello[..]].concat();
    let mut server = ServerFlight::new();
    let (last, start) = bytes.split_last().unwrap();
    for byte in start {
        assert_eq!(server.push(&[*byte]), Ok(Progress::NeedMore));
    }
    assert_eq!(server.push(&[*last]), Ok(Progress::Done));
    let hello = server.hello().unwrap();
    assert_eq!(Version::from_number(hello.version), Some(Version::Ssl2));
    assert_eq!(hello.ssl2_ciphers, [0x01_0080, 0x07_00c0]);
    assert_eq!(server.certificates(), [b"cert".to_vec()]);
    let mut refused = ServerFlight::new();
    assert_eq!(refused.push(&[0x80, 3, 0, 0, 1]), Ok(Progress::Done));
    assert_eq!(
        refused.alert(),
        Some(Alert {
            level: 2,
            description: 1
        })
    );
}

#[test]
fn other_protocols_and_hostile_lengths_are_errors() {
    for bytes in [
        &b"HTTP/1.1 400 Bad Request\r\n"[..],
        b"S",
        &[22, 3, 1, 0xff, 0xff],
        &[22, 2, 0, 0, 1, 0],
        &[22, 3, 1, 0, 4, 11, 0xff, 0xff, 0xff],
        &[22, 3, 1, 0, 7, 11, 0, 0, 3, 0xff, 0xff, 0xff],
        &[21, 3, 1, 0, 1, 2],
        &[0x80, 1, 9],
        &[0x80, 11, 4, 0, 1, 0, 2, 0xff, 0xff, 0, 0, 0, 0],
    ] {
        assert!(ServerFlight::new().push(bytes).is_err(), "{bytes:?}");
    }
    let mut server = ServerFlight::new();
    let endless = records(22, &handshake(12, &[0; 60_000]), 16_000);
    assert!(server.push(&endless).is_ok());
    assert!(matches!(
        server.push(&endless),
        Err(WireError::TooLarge { .. })
    ));
    let many = [&[0, 0, 99][..], &[0; 99]].concat();
    assert!(
        ServerFlight::new()
            .push(&records(22, &handshake(11, &many), 999))
            .is_err()
    );
}

#[test]
fn a_hello_holds_together() {
    for version in Version::ALL {
        let name = Some("intranet.example".to_owned());
        let bytes = ClientHello::new(version, name, [9; 32]).encode();
        if version == Version::Ssl2 {
            assert_eq!(bytes[..2], [0x80, bytes.len() as u8 - 2]);
            assert_eq!(bytes[2..5], [1, 0, 2]);
            continue;
        }
        let (content, body) = record(&mut Reader::new(&bytes)).unwrap().unwrap();
        assert_eq!((content, body.len()), (22, bytes.len() - 5));
        let mut reader = Reader::new(body);
        assert_eq!(reader.u8("x"), Ok(1));
        assert_eq!(reader.u24("x").unwrap() as usize, body.len() - 4);
        assert_eq!(reader.u16("x"), Ok(version.number()));
        reader.take(33, "x").unwrap();
        let suites = usize::from(reader.u16("x").unwrap());
        assert_eq!(suites, 2 * cipher_suites(version).len() + 2);
        reader.take(suites + 2, "x").unwrap();
        let has_name = body.windows(16).any(|part| part == b"intranet.example");
        assert_eq!(has_name, version >= Version::Tls10);
        if version >= Version::Tls10 {
            let extensions = usize::from(reader.u16("x").unwrap());
            assert_eq!(extensions, reader.left());
        } else {
            assert!(reader.is_empty());
        }
    }
}

#[test]
fn suites_are_named_once_and_new_ones_kept_from_old_versions() {
    let all = cipher_suites(Version::Tls12);
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(unique.len(), all.len());
    assert!(!cipher_suites(Version::Ssl3).contains(&0xc02f));
    for weak in [0x0004, 0x000a, 0x0003, 0x0001] {
        assert!(cipher_suites(Version::Ssl3).contains(&weak));
    }
    assert_eq!(cipher_suite_name(0x0004), Some("TLS_RSA_WITH_RC4_128_MD5"));
    assert_eq!(cipher_suite_name(0xeeee), None);
}
