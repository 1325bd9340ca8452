//! Certificates made with OpenSSL, against what OpenSSL prints of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::net::IpAddr;

use arpenteur_wire::x509::{AltName, Certificate, parse};

const RSA: &[u8] = include_bytes!("certs/rsa2048.der");
const NOT_BEFORE: i64 = 1_795_328_930;

fn read(der: &[u8]) -> Certificate {
    parse(der).unwrap()
}

#[test]
fn a_server_certificate() {
    let certificate = read(RSA);
    assert_eq!(
        certificate.subject,
        "CN=intranet.example,OU=\\#1,O=Société\\, SA,C=FR"
    );
    assert_eq!(certificate.issuer, certificate.subject);
    assert!(certificate.self_issued);
    assert_eq!(certificate.serial, "0123abcd");
    assert_eq!(certificate.not_before, NOT_BEFORE);
    assert_eq!(certificate.not_after, 1_826_864_930);
    assert_eq!(certificate.public_key_algorithm, "rsa");
    assert_eq!(certificate.public_key_bits, Some(2048));
    assert_eq!(certificate.signature_algorithm, "sha256WithRSAEncryption");
    let ip = |text: &str| AltName::Ip(text.parse::<IpAddr>().unwrap());
    assert_eq!(
        certificate.subject_alt_names,
        [
            AltName::Dns("intranet.example".to_owned()),
            AltName::Dns("*.example".to_owned()),
            ip("192.0.2.1"),
            ip("2001:db8::1"),
            AltName::Email("a@example".to_owned()),
            AltName::Uri("https://x/".to_owned()),
        ]
    );
    assert_eq!(certificate.complaints, Vec::<String>::new());
}

#[test]
fn key_types_sizes_and_signatures() {
    let facts = |der: &[u8]| {
        let read = read(der);
        (
            read.public_key_algorithm,
            read.public_key_bits.unwrap(),
            read.signature_algorithm,
        )
    };
    let is = |key: &str, bits, signature: &str| (key.to_owned(), bits, signature.to_owned());
    assert_eq!(
        facts(include_bytes!("certs/rsa1024sha1.der")),
        is("rsa", 1024, "sha1WithRSAEncryption")
    );
    assert_eq!(
        facts(include_bytes!("certs/p521.der")),
        is("ec", 521, "ecdsa-with-SHA384")
    );
    assert_eq!(
        facts(include_bytes!("certs/ed25519.der")),
        is("ed25519", 256, "ed25519")
    );
    assert_eq!(
        facts(include_bytes!("certs/dsa1024.der")),
        is("dsa", 1024, "dsa-with-SHA1")
    );
}

#[test]
fn names_with_several_values_and_none() {
    let multi = read(include_bytes!("certs/p521.der"));
    // Within a part the order is that of the encoding.
    assert_eq!(multi.subject, "serialNumber=7+CN=ec,DC=net,DC=example");
    // Past 2050 a date is a GeneralizedTime.
    assert_eq!(multi.not_after, 4_948_928_930);
    let empty = read(include_bytes!("certs/ed25519.der"));
    assert_eq!(empty.subject, "");
    assert_eq!(empty.serial, "ff");
}

#[test]
fn odd_certificates_are_read_with_a_complaint() {
    let mut padded = RSA.to_vec();
    padded.push(0);
    assert_eq!(read(&padded).complaints, ["1 bytes follow it"]);
    // The validity's two UTCTimes change places.
    let time = |year: &[u8]| [b"\x17\x0d", year, b"1122062850Z"].concat();
    let (start, end) = (time(b"26"), time(b"27"));
    let at = RSA.windows(15).position(|part| part == start).unwrap();
    let mut swapped = RSA.to_vec();
    swapped[at..at + 30].copy_from_slice(&[end, start].concat());
    assert_eq!(read(&swapped).complaints, ["it ends before it starts"]);
}

#[test]
fn what_is_no_certificate_is_an_error() {
    for end in 0..RSA.len() {
        assert!(parse(&RSA[..end]).is_err(), "{end}");
    }
    assert!(parse(b"-----BEGIN CERTIFICATE-----").is_err());
    assert!(parse(&vec![0x30; 70_000]).is_err());
}
