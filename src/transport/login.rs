//! Counts failed logins, so that no device and no account is ever locked out by us.
use arpenteur_core::model::Target;
use std::collections::HashMap;
use std::sync::Mutex;

/// Failed logins per device and per account.
pub(crate) struct LoginCaps {
    cap: u32,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    /// Credentials that failed, by device: the same one asked again (a community in v1 after
    /// v2c) is one failure.
    devices: HashMap<Target, Vec<String>>,
    accounts: HashMap<String, u32>,
}

/// Whether a credential is one account everywhere (a directory user), so that failures on
/// several devices add up to one lock-out. A community is not: each agent counts alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// The same account on every device.
    Shared,
    /// One account per device.
    PerDevice,
}

impl LoginCaps {
    pub(crate) fn new(cap: u32) -> Self {
        Self {
            cap,
            counts: Mutex::default(),
        }
    }

    /// Whether one more login may be tried.
    pub(crate) fn allows(&self, target: &Target, credential: &str, account: Account) -> bool {
        let Ok(counts) = self.counts.lock() else {
            return false;
        };
        let failed = counts
            .devices
            .get(target)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let on_device = failed.iter().filter(|known| *known != credential).count();
        let of_account = match account {
            Account::Shared => counts.accounts.get(credential).copied().unwrap_or(0),
            Account::PerDevice => 0,
        };
        on_device < self.cap as usize && of_account < self.cap
    }

    /// Counts a failed login.
    pub(crate) fn failed(&self, target: &Target, credential: &str, account: Account) {
        if let Ok(mut counts) = self.counts.lock() {
            let failed = counts.devices.entry(target.clone()).or_default();
            if account == Account::Shared || !failed.iter().any(|known| known == credential) {
                failed.push(credential.to_owned());
            }
            if account == Account::Shared {
                *counts.accounts.entry(credential.to_owned()).or_default() += 1;
            }
        }
    }

    /// A login that succeeded clears its account: a lock-out counts failures in a row.
    pub(crate) fn succeeded(&self, credential: &str) {
        if let Ok(mut counts) = self.counts.lock() {
            counts.accounts.remove(credential);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_left_alone_after_the_cap_and_an_account_everywhere() {
        let caps = LoginCaps::new(2);
        let target = |last: u8| Target::new("s", [10, 0, 0, last].into());
        for community in ["ro", "rw"] {
            assert!(caps.allows(&target(1), community, Account::PerDevice));
            caps.failed(&target(1), community, Account::PerDevice);
        }
        assert!(!caps.allows(&target(1), "other", Account::PerDevice));
        assert!(caps.allows(&target(2), "ro", Account::PerDevice));
        caps.failed(&target(2), "root", Account::Shared);
        caps.failed(&target(3), "root", Account::Shared);
        assert!(!caps.allows(&target(4), "root", Account::Shared));
        caps.succeeded("root");
        assert!(caps.allows(&target(4), "root", Account::Shared));
    }
}
