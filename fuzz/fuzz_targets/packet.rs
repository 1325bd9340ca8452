//! Probe packets.
#![no_main]

use arpenteur_wire::packet::{arp, icmp, ndp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(packet) = arp::Arp::decode(bytes) {
        assert_eq!(arp::Arp::decode(&packet.encode()), Ok(packet));
    }
    ndp::Advertisement::decode(bytes).ok();
    ndp::solicited(bytes).ok();
    icmp::decode_v4(bytes).ok();
    icmp::decode_v6(bytes).ok();
});
