//! Probe packets below TCP and UDP: ARP, ICMP echo, IPv6 neighbour discovery.

pub mod arp;
mod ethernet;
pub mod icmp;
pub mod ndp;

pub use ethernet::{Mac, source_of};
