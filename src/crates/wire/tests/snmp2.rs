//! Agreement with another implementation, the `snmp2` crate.
//!
//! Its encoder is private except for messages that it decoded, so each message
//! goes from us to it and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use arpenteur_wire::oid;
use arpenteur_wire::snmp::usm::{AuthProtocol, KeyExtension, MasterKey, PrivProtocol};
use arpenteur_wire::snmp::v3::{Incoming, Outgoing, ScopedPdu, Security};
use arpenteur_wire::snmp::{Message, Oid, Pdu, Value, VarBind, Version};
use snmp2::v3 as peer;

const ENGINE_ID: &[u8] = b"\x80\x00\x1f\x88\x04agent";

fn answer() -> Vec<VarBind> {
    let values = [
        Value::Integer(i32::MIN),
        Value::OctetString(b"Linux".to_vec()),
        Value::Null,
        Value::ObjectIdentifier(oid!(1, 3, 6, 1, 4, 1, 8072, 4294967295)),
        Value::IpAddress([192, 0, 2, 1]),
        Value::Counter32(u32::MAX),
        Value::Gauge32(128),
        Value::TimeTicks(1 << 31),
        Value::Opaque(vec![1, 2, 3]),
        Value::Counter64(u64::MAX),
        Value::NoSuchObject,
        Value::NoSuchInstance,
        Value::EndOfMibView,
    ];
    let name = |number: usize| oid!(1, 3, 6, 1, 2, 1).child(number as u32 * 100);
    (1..)
        .zip(values)
        .map(|(number, value)| VarBind {
            oid: name(number).unwrap(),
            value,
        })
        .collect()
}

/// What the other implementation understood, in our types.
fn understood(pdu: &snmp2::Pdu<'_>) -> Vec<VarBind> {
    let oid = |oid: &snmp2::Oid<'_>| oid.to_string().parse::<Oid>().unwrap();
    let value = |value: snmp2::Value<'_>| match value {
        snmp2::Value::Integer(number) => Value::Integer(number.try_into().unwrap()),
        snmp2::Value::OctetString(octets) => Value::OctetString(octets.to_vec()),
        snmp2::Value::Null => Value::Null,
        snmp2::Value::ObjectIdentifier(name) => Value::ObjectIdentifier(oid(&name)),
        snmp2::Value::IpAddress(address) => Value::IpAddress(address),
        snmp2::Value::Counter32(number) => Value::Counter32(number),
        snmp2::Value::Unsigned32(number) => Value::Gauge32(number),
        snmp2::Value::Timeticks(ticks) => Value::TimeTicks(ticks),
        snmp2::Value::Opaque(octets) => Value::Opaque(octets.to_vec()),
        snmp2::Value::Counter64(number) => Value::Counter64(number),
        snmp2::Value::NoSuchObject => Value::NoSuchObject,
        snmp2::Value::NoSuchInstance => Value::NoSuchInstance,
        snmp2::Value::EndOfMibView => Value::EndOfMibView,
        other => panic!("a value that we did not send: {other:?}"),
    };
    pdu.varbinds
        .clone()
        .map(|(name, found)| VarBind {
            oid: oid(&name),
            value: value(found),
        })
        .collect()
}

#[test]
fn community_messages() {
    for version in [Version::V1, Version::V2c] {
        let message = Message {
            version,
            community: b"public".to_vec(),
            pdu: Pdu::response(-7, answer()),
        };
        let bytes = message.encode();
        let read = snmp2::Pdu::from_bytes(&bytes).unwrap();
        assert_eq!((read.community, read.req_id), (&b"public"[..], -7));
        assert_eq!(understood(&read), answer());
        let back = read.to_bytes().unwrap();
        assert_eq!(Message::decode(&back), Ok(message));
    }
}

#[test]
fn requests() {
    let oids = [oid!(1, 3, 6, 1, 2, 1, 1), oid!(1, 3, 6, 1, 2, 1, 2)];
    for (pdu, kind) in [
        (Pdu::get(1, &oids), snmp2::MessageType::GetRequest),
        (Pdu::get_next(1, &oids), snmp2::MessageType::GetNextRequest),
        (
            Pdu::get_bulk(1, 1, 300, &oids),
            snmp2::MessageType::GetBulkRequest,
        ),
    ] {
        let message = Message {
            version: Version::V2c,
            community: b"c".to_vec(),
            pdu,
        };
        let bytes = message.encode();
        let read = snmp2::Pdu::from_bytes(&bytes).unwrap();
        assert_eq!(read.message_type, kind);
        assert_eq!(i32::try_from(read.error_index), Ok(message.pdu.error_index));
        assert_eq!(understood(&read), message.pdu.varbinds);
        assert_eq!(Message::decode(&read.to_bytes().unwrap()), Ok(message));
    }
}

fn peer_auth(protocol: AuthProtocol) -> peer::AuthProtocol {
    match protocol {
        AuthProtocol::Md5 => peer::AuthProtocol::Md5,
        AuthProtocol::Sha1 => peer::AuthProtocol::Sha1,
        AuthProtocol::Sha224 => peer::AuthProtocol::Sha224,
        AuthProtocol::Sha256 => peer::AuthProtocol::Sha256,
        AuthProtocol::Sha384 => peer::AuthProtocol::Sha384,
        AuthProtocol::Sha512 => peer::AuthProtocol::Sha512,
    }
}

fn peer_cipher(protocol: PrivProtocol) -> (peer::Cipher, peer::KeyExtension) {
    let extension = |extension| match extension {
        KeyExtension::Blumenthal => peer::KeyExtension::Blumenthal,
        KeyExtension::Reeder => peer::KeyExtension::Reeder,
    };
    match protocol {
        PrivProtocol::Des => (peer::Cipher::Des, peer::KeyExtension::Reeder),
        PrivProtocol::Aes128 => (peer::Cipher::Aes128, peer::KeyExtension::Reeder),
        PrivProtocol::Aes192(kind) => (peer::Cipher::Aes192, extension(kind)),
        PrivProtocol::Aes256(kind) => (peer::Cipher::Aes256, extension(kind)),
    }
}

fn peer_security(auth: AuthProtocol, privacy: PrivProtocol) -> peer::Security {
    let (cipher, extension) = peer_cipher(privacy);
    peer::Security::new(b"auditor", b"auth password")
        .with_auth_protocol(peer_auth(auth))
        .with_auth(peer::Auth::AuthPriv {
            cipher,
            privacy_password: b"priv password".to_vec(),
        })
        .with_key_extension_method(extension)
        .with_engine_boots_and_time(3, 1000)
        .with_engine_id(ENGINE_ID)
        .unwrap()
}

#[test]
fn every_pair_of_protocols_of_version_3() {
    let sent = Outgoing {
        msg_id: 9,
        engine_id: ENGINE_ID.to_vec(),
        engine_boots: 3,
        engine_time: 1000,
        user_name: b"auditor".to_vec(),
        scoped: ScopedPdu {
            context_engine_id: ENGINE_ID.to_vec(),
            context_name: Vec::new(),
            pdu: Pdu::response(9, answer()),
        },
    };
    for auth_protocol in AuthProtocol::ALL {
        let key = |password: &str| {
            let master = MasterKey::from_password(auth_protocol, password.as_bytes());
            master.unwrap().localize(ENGINE_ID)
        };
        let auth = key("auth password");
        for priv_protocol in PrivProtocol::ALL {
            let pair = format!("{auth_protocol:?} {priv_protocol:?}");
            let privacy = key("priv password").privacy_key(priv_protocol, ENGINE_ID);
            let security = Security::AuthPriv(&auth, &privacy);
            let bytes = sent.encode(security, 77).unwrap();
            let mut theirs = peer_security(auth_protocol, priv_protocol);
            let read = snmp2::Pdu::from_bytes_with_security(&bytes, Some(&mut theirs));
            let read = read.unwrap_or_else(|error| panic!("{pair}: {error}"));
            assert_eq!(understood(&read), answer(), "{pair}");
            // The other way: it encodes what it decoded, with keys of its own.
            let theirs = peer_security(auth_protocol, priv_protocol);
            let back = read.to_bytes_with_security(Some(&theirs)).unwrap();
            let opened = Incoming::decode(&back).unwrap().open(security);
            let opened = opened.unwrap_or_else(|error| panic!("{pair}: {error}"));
            assert_eq!(opened.pdu.varbinds, answer(), "{pair}");
        }
    }
}
