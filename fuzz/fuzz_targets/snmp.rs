//! SNMP of all versions; what is understood must survive being written again.
#![no_main]

use arpenteur_wire::snmp::v3::{Incoming, Security};
use arpenteur_wire::snmp::{Message, version_number};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    version_number(bytes).ok();
    if let Ok(message) = Message::decode(bytes) {
        assert_eq!(Message::decode(&message.encode()), Ok(message));
    }
    if let Ok(message) = Incoming::decode(bytes) {
        message.unauthenticated_report();
        message.open(Security::None).ok();
    }
});
