//! Readers of what services show without a login.
use super::tests::{exchange, sheet};
use crate::model::*;

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
