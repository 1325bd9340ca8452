//! Raw sockets: ARP on attached networks, ICMP echo. Linux alone; elsewhere, and without
//! the privilege, [`RawSockets::open`] says why and the portable probes do the work.
/// Why raw sockets are not at hand, in words for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotPrivileged(pub String);

#[cfg(target_os = "linux")]
pub use platform::RawSockets;

#[cfg(not(target_os = "linux"))]
pub use portable::RawSockets;

#[cfg(not(target_os = "linux"))]
use portable as platform;

/// What a raw probe says: the hardware address, an echo, or nothing.
pub(crate) enum Heard<T> {
    /// An answer.
    Yes(T),
    /// No answer in time.
    No,
    /// The question does not apply here (address not attached).
    Inapplicable,
}

#[cfg(target_os = "linux")]
#[path = "raw_linux.rs"]
mod platform;

#[cfg(not(target_os = "linux"))]
mod portable {
    use super::{Heard, NotPrivileged};
    use std::net::IpAddr;
    use std::time::Duration;

    /// No raw sockets on this system.
    pub struct RawSockets;

    impl RawSockets {
        /// Always refused here.
        ///
        /// # Errors
        /// Always.
        pub fn open() -> Result<Self, NotPrivileged> {
            Err(NotPrivileged(
                "raw sockets are used on Linux only".to_owned(),
            ))
        }

        pub(crate) fn attached(&self, _: IpAddr) -> bool {
            false
        }

        pub(crate) async fn neighbour(&self, _: IpAddr, _: Duration) -> Heard<[u8; 6]> {
            Heard::Inapplicable
        }

        pub(crate) async fn echo(&self, _: IpAddr, _: Duration) -> Heard<()> {
            Heard::Inapplicable
        }
    }
}
