//! The greeting of SSL 2.0 to TLS 1.2: enough to learn what a server still
//! accepts and which certificate it shows, without a handshake.
//!
//! A scanner sends [`ClientHello::encode`] for one version and feeds what comes
//! back to [`ServerFlight::push`] until it is done. TLS 1.3 is left to a real
//! TLS library.

mod ciphers;
mod hello;
mod server;
mod ssl2;

pub use ciphers::{WeakKind, cipher_suite_name, cipher_suites, weak_suites};
pub use hello::{ClientHello, Version};
pub use server::{Alert, Progress, ServerFlight, ServerHello};
