//! Where a device was met: a site, and an address or a file.
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The name of a site in `audit.yaml`. Two sites may use the same private addresses,
/// so a site is part of every target's identity.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct SiteId(pub String);

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An IP address, or the name of a file that a client sent and that names no address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locator {
    /// A device met on the network, or a recording of one.
    Address(IpAddr),
    /// A device known only by a file (`.snmprec`, `snmpwalk -On` output), by base name.
    File(String),
}

impl Locator {
    /// The address, where there is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(*address),
            Self::File(_) => None,
        }
    }
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "{address}"),
            Self::File(name) => write!(f, "file:{name}"),
        }
    }
}

impl FromStr for Locator {
    type Err = std::net::AddrParseError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("file:") {
            Some(name) => Ok(Self::File(name.to_owned())),
            None => text.parse().map(Self::Address),
        }
    }
}

impl Serialize for Locator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Locator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One place to ask: a locator on a site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// The site of the audit's scope that the locator belongs to.
    pub site: SiteId,
    /// The address or file.
    pub locator: Locator,
}

impl Target {
    /// A target on the network.
    pub fn new(site: impl Into<String>, address: IpAddr) -> Self {
        Self {
            site: SiteId(site.into()),
            locator: Locator::Address(address),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.site, self.locator)
    }
}
