//! Configurations of network devices: every reader on any text.
#![no_main]

use arpenteur_core::family::config;
use libfuzzer_sys::fuzz_target;

const LANGUAGES: [&str; 11] = [
    "cisco_ios",
    "cisco_nxos",
    "cisco_asa",
    "procurve",
    "aos_cx",
    "comware",
    "vrp",
    "junos",
    "fortios",
    "routeros",
    "aos",
];

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for language in LANGUAGES {
        if let Some(sheet) = config::raw(language, &text) {
            assert!(sheet.facts().is_ok());
        }
    }
});
