//! A server's TLS answer: cut into pieces or whole, it must read the same.
#![no_main]

use arpenteur_wire::tls::{Progress, ServerFlight};
use libfuzzer_sys::fuzz_target;

fn read(bytes: &[u8], piece: usize) -> ServerFlight {
    let mut flight = ServerFlight::new();
    for part in bytes.chunks(piece) {
        if !matches!(flight.push(part), Ok(Progress::NeedMore)) {
            break;
        }
    }
    flight
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = read(bytes, bytes.len().max(1));
    let pieces = read(bytes, usize::from(piece) + 1);
    assert_eq!(whole.hello(), pieces.hello());
    assert_eq!(whole.certificates(), pieces.certificates());
    assert_eq!(whole.alert(), pieces.alert());
});
