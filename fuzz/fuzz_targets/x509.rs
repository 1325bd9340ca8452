//! Certificates.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    arpenteur_wire::x509::parse(bytes).ok();
});
