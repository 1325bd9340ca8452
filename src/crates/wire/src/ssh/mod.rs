//! The part of SSH that every server shows before a login (RFC 4253 §4.2, §6,
//! §7.1): its name and the algorithms that it offers.

mod ident;
mod kexinit;
mod ssh1;

pub use ident::{Identification, identification};
pub use kexinit::{KexInit, ServerMessage, packet, parse_message, parse_packet};
pub use ssh1::{Ssh1PublicKey, parse_ssh1_public_key};
