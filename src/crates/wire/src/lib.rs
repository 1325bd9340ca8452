//! Turns bytes into messages and back: no I/O, no clock, no randomness.
//!
//! Whatever a peer sends is hostile. Every parser here reads through
//! [`reader::Reader`], which cannot overrun, allocates in proportion to what
//! was received and never to a length field, and answers with [`WireError`]
//! instead of a panic. Salts, request identifiers and times enter as values,
//! so the same input always gives the same bytes.

pub mod banner;
pub mod ber;
pub mod datastore;
pub mod dns;
pub mod http;
pub mod ipmi;
pub mod ntp;
pub mod packet;
pub mod rdp;
pub mod reader;
pub mod rpc;
pub mod smart_install;
pub mod smb;
pub mod snmp;
pub mod ssh;
pub mod telnet;
pub mod text;
pub mod tftp;
pub mod tls;
pub mod x509;

pub use reader::WireError;
