use super::*;
use crate::oid;
use crate::snmp::usm::{AuthProtocol, MasterKey, PrivProtocol};
use crate::snmp::{Value, VarBind, version_number};

const ENGINE_ID: &[u8] = b"\x80\x00\x1f\x88\x04agent";

fn request() -> Outgoing {
    Outgoing {
        msg_id: 77,
        engine_id: ENGINE_ID.to_vec(),
        engine_boots: 3,
        engine_time: 1_000_000,
        user_name: b"auditor".to_vec(),
        scoped: ScopedPdu {
            context_engine_id: ENGINE_ID.to_vec(),
            context_name: b"vlan-10".to_vec(),
            pdu: Pdu::get(5, &[oid!(1, 3, 6, 1, 2, 1, 1, 1, 0)]),
        },
    }
}

fn key(protocol: AuthProtocol, password: &str) -> LocalizedKey {
    let master = MasterKey::from_password(protocol, password.as_bytes()).unwrap();
    master.localize(ENGINE_ID)
}

fn report(counter: crate::snmp::Oid) -> Outgoing {
    let varbinds = vec![VarBind {
        oid: counter,
        value: Value::Counter32(1),
    }];
    let mut message = request();
    message.scoped.pdu = Pdu {
        kind: PduKind::Report,
        ..Pdu::response(5, varbinds)
    };
    message
}

#[test]
fn every_pair_of_protocols_comes_back() {
    let sent = request();
    for auth_protocol in AuthProtocol::ALL {
        let auth = key(auth_protocol, "auth password");
        for priv_protocol in PrivProtocol::ALL {
            let privacy = key(auth_protocol, "priv password").privacy_key(priv_protocol, ENGINE_ID);
            let security = Security::AuthPriv(&auth, &privacy);
            let bytes = sent.encode(security, 0x0102_0304_0506_0708).unwrap();
            assert!(!bytes.windows(7).any(|part| part == b"vlan-10"));
            let received = Incoming::decode(&bytes).unwrap();
            assert_eq!(received.user_name, b"auditor");
            assert_eq!(
                (received.engine_boots, received.engine_time),
                (3, 1_000_000)
            );
            assert_eq!(received.open(security), Ok(sent.scoped.clone()));
        }
    }
}

#[test]
fn lower_levels_come_back_and_the_version_is_seen() {
    let sent = request();
    let auth = key(AuthProtocol::Sha256, "auth password");
    for security in [Security::None, Security::Auth(&auth)] {
        let bytes = sent.encode(security, 0).unwrap();
        assert_eq!(version_number(&bytes), Ok(3));
        let received = Incoming::decode(&bytes).unwrap();
        assert_eq!(received.open(security), Ok(sent.scoped.clone()));
    }
}

#[test]
fn a_change_of_any_bit_is_seen() {
    let auth = key(AuthProtocol::Sha1, "auth password");
    let bytes = request().encode(Security::Auth(&auth), 0).unwrap();
    for place in 0..bytes.len() {
        let mut forged = bytes.clone();
        forged[place] ^= 1;
        let opened = Incoming::decode(&forged).and_then(|m| m.open(Security::Auth(&auth)));
        assert!(opened.is_err(), "byte {place}");
    }
    let other = key(AuthProtocol::Sha1, "another password");
    let received = Incoming::decode(&bytes).unwrap();
    assert_eq!(
        received.open(Security::Auth(&other)),
        Err(WireError::WrongDigest)
    );
}

#[test]
fn padding_behind_the_message_is_not_part_of_the_digest() {
    let auth = key(AuthProtocol::Md5, "auth password");
    let mut bytes = request().encode(Security::Auth(&auth), 0).unwrap();
    bytes.extend([0; 3]);
    let received = Incoming::decode(&bytes).unwrap();
    assert!(received.open(Security::Auth(&auth)).is_ok());
}

#[test]
fn a_wrong_privacy_key_is_told_from_a_wrong_digest() {
    let auth = key(AuthProtocol::Sha1, "auth password");
    for protocol in PrivProtocol::ALL {
        let right = key(AuthProtocol::Sha1, "priv password").privacy_key(protocol, ENGINE_ID);
        let wrong = key(AuthProtocol::Sha1, "other password").privacy_key(protocol, ENGINE_ID);
        let bytes = request().encode(Security::AuthPriv(&auth, &right), 9);
        let bytes = bytes.unwrap();
        let received = Incoming::decode(&bytes).unwrap();
        assert_eq!(
            received.open(Security::AuthPriv(&auth, &wrong)),
            Err(WireError::Decryption),
            "{protocol:?}"
        );
        assert_eq!(
            received.open(Security::Auth(&auth)),
            Err(WireError::Decryption)
        );
    }
}

#[test]
fn an_answer_less_secure_than_its_request_is_refused() {
    let auth = key(AuthProtocol::Sha1, "auth password");
    let privacy =
        key(AuthProtocol::Sha1, "priv password").privacy_key(PrivProtocol::Aes128, ENGINE_ID);
    let clear = request().encode(Security::None, 0).unwrap();
    let signed = request().encode(Security::Auth(&auth), 0).unwrap();
    let full = Security::AuthPriv(&auth, &privacy);
    assert_eq!(
        Incoming::decode(&clear)
            .unwrap()
            .open(Security::Auth(&auth)),
        Err(LESS_SECURE)
    );
    assert_eq!(
        Incoming::decode(&signed).unwrap().open(full),
        Err(LESS_SECURE)
    );
    // A signed Report may come in clear: an engine sends it when it cannot decrypt.
    let signed = report(oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 6, 0));
    let signed = signed.encode(Security::Auth(&auth), 0).unwrap();
    let opened = Incoming::decode(&signed).unwrap().open(full).unwrap();
    assert_eq!(
        ReportKind::of(&opened.pdu),
        Some(ReportKind::DecryptionError)
    );
}

#[test]
fn reports_are_told_apart_without_a_key() {
    for (counter, kind) in [
        (
            oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 1, 0),
            ReportKind::UnsupportedSecurityLevel,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 2, 0),
            ReportKind::NotInTimeWindow,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0),
            ReportKind::UnknownUserName,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 4, 0),
            ReportKind::UnknownEngineId,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 5, 0),
            ReportKind::WrongDigest,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 15, 1, 1, 6),
            ReportKind::DecryptionError,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 11, 2, 1, 1, 0),
            ReportKind::UnknownSecurityModel,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 11, 2, 1, 2, 0),
            ReportKind::InvalidMessage,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0),
            ReportKind::UnknownPduHandler,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 12, 1, 4, 0),
            ReportKind::UnavailableContext,
        ),
        (
            oid!(1, 3, 6, 1, 6, 3, 12, 1, 5, 0),
            ReportKind::UnknownContext,
        ),
        (oid!(1, 3, 6, 1, 4), ReportKind::Other(oid!(1, 3, 6, 1, 4))),
    ] {
        let bytes = report(counter).encode(Security::None, 0).unwrap();
        let received = Incoming::decode(&bytes).unwrap();
        assert_eq!(received.unauthenticated_report(), Some(kind));
    }
    let bytes = request().encode(Security::None, 0).unwrap();
    assert_eq!(
        Incoming::decode(&bytes).unwrap().unauthenticated_report(),
        None
    );
}

#[test]
fn discovery_names_nobody() {
    let bytes = discovery(1).encode(Security::None, 0).unwrap();
    let received = Incoming::decode(&bytes).unwrap();
    assert!(received.engine_id.is_empty() && received.user_name.is_empty());
    assert!(!received.is_authenticated());
    assert!(
        received
            .open(Security::None)
            .unwrap()
            .pdu
            .varbinds
            .is_empty()
    );
}

#[test]
fn every_truncation_is_an_error() {
    let auth = key(AuthProtocol::Sha512, "auth password");
    let bytes = request().encode(Security::Auth(&auth), 0).unwrap();
    for end in 0..bytes.len() {
        assert!(Incoming::decode(&bytes[..end]).is_err(), "{end}");
    }
}

#[test]
fn an_oversized_engine_id_is_refused() {
    let mut message = request();
    message.engine_id = vec![1; 33];
    let bytes = message.encode(Security::None, 0).unwrap();
    assert!(Incoming::decode(&bytes).is_err());
}
