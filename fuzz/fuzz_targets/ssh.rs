//! SSH identification, packets and their messages, and SSH-1's first packet.
#![no_main]

use arpenteur_wire::ssh;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    ssh::Identification::parse(bytes).ok();
    ssh::parse_ssh1_public_key(bytes).ok();
    ssh::parse_message(bytes).ok();
    if let Ok(Some((payload, length))) = ssh::parse_packet(bytes) {
        assert!(length <= bytes.len());
        ssh::parse_message(payload).ok();
    }
});
