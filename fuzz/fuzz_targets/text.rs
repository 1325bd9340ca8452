//! Protocols that are mostly text: Telnet, HTTP, TFTP, banners, dotted OIDs.
#![no_main]

use arpenteur_wire::snmp::Oid;
use arpenteur_wire::{banner, http, telnet, text, tftp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let heard = telnet::parse(bytes);
    assert!(telnet::refuse(&heard.options).len() <= 3 * heard.options.len());
    assert!(banner::lines(bytes).len() <= banner::MAX_LINES);
    assert!(text::printable(bytes, 80).chars().count() <= 80);
    if let Ok(Some(response)) = http::parse(bytes) {
        assert!(response.head_len <= bytes.len());
    }
    let _ = http::title(bytes);
    tftp::parse(bytes).ok();
    if let Ok(oid) = String::from_utf8_lossy(bytes).parse::<Oid>() {
        assert_eq!(oid.to_string().parse(), Ok(oid));
    }
});
