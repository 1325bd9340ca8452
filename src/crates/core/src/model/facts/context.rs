//! What is known of a device from around it: zones, declarations, topology, dates of support.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the scanner could reach from where it stood.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reach {
    /// Role of the zone in which the scanner stood: `users`, `servers`, `management`, `guests`,
    /// `printers`, `voice`, `iot`, `dmz`, `backup`, `wan`. Unread where `audit.yaml` gives the
    /// network no zone.
    #[schemars(extend("x-source" = "sites[].networks[].zone of the scanner's address"))]
    pub vantage: Option<String>,
    /// Whether the SNMP agent answered from there, login or not.
    #[schemars(extend("x-source" = "SNMP engine discovery, GET"))]
    pub snmp: Option<bool>,
}

/// Dates up to which makers mend their products.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lifecycle {
    /// Last day of security updates for the operating system (RFC 3339 full-date), of any device.
    /// Unread (`stale`) where the list of dates is too old, `unsupported` where it does not know
    /// the product.
    #[schemars(extend("x-source" = "models/lifecycle.yaml; declared.devices end_of_support"))]
    pub os_end: Option<String>,
    /// Product and cycle that the date is of, `Debian GNU/Linux 11`.
    #[schemars(extend("x-source" = "models/lifecycle.yaml", "x-absentable" = true))]
    pub product: Option<String>,
    /// Last day of security updates for a network device's firmware branch or model.
    #[schemars(extend("x-source" = "models/lifecycle.yaml; declared.devices end_of_support"))]
    pub firmware_end: Option<String>,
}

/// What the client declares of the device beyond its class and role.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeclaredFacts {
    /// Whether the client's own inventory has the device. Unread where none was given.
    #[schemars(extend("x-source" = "declared.devices"))]
    pub known: Option<bool>,
    /// Accounts with full privilege, as the client's list has them.
    #[schemars(extend("x-source" = "declared.devices administrators", "x-absentable" = true))]
    pub administrators: Vec<String>,
    /// Services that should listen: `tcp/22`.
    #[schemars(extend("x-source" = "declared.devices services", "x-absentable" = true))]
    pub services: Vec<String>,
    /// Last day of the support contract (RFC 3339 full-date).
    #[schemars(extend("x-source" = "declared.devices support_until", "x-absentable" = true))]
    pub support_until: Option<String>,
}

/// A licence or subscription.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Licence {
    /// Name.
    pub name: String,
    /// `licence` or `subscription` (signatures, filters).
    pub kind: Option<String>,
    /// Last day (RFC 3339 full-date); nothing where it does not end.
    pub until: Option<String>,
    /// Whether it is in force, as the device says; nothing where only the date tells.
    pub active: Option<bool>,
}

/// Devices that work as one so that one may fail.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Redundancy {
    /// `standalone`, `active-passive`, `active-active`, `stack`, `mlag`.
    #[schemars(extend("x-source" = "private MIB; show failover, get system ha status, show redundancy, display irf", "x-absentable" = true))]
    pub mode: Option<String>,
    /// Members, this one included.
    #[schemars(extend("x-source" = "with the mode", "x-absentable" = true))]
    pub members: Option<u32>,
    /// Whether the members' states agree; absent where there is one member.
    #[schemars(extend("x-source" = "with the mode", "x-volatile" = true, "x-absentable" = true))]
    pub in_sync: Option<bool>,
}

/// What leads from a switch to another network device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Uplink {
    /// Name of the other device.
    pub neighbor: String,
    /// Own ports that lead there and are up.
    pub ports_up: u32,
    /// Own ports that lead there, up or down, with the aggregate's members.
    pub ports: u32,
    /// Aggregate that they form, where they form one.
    pub aggregate: Option<String>,
}

/// Place in the network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Topology {
    /// Number of links to other devices that are known.
    #[schemars(extend("x-source" = "inventory: LLDP, CDP, forwarding databases"))]
    pub links: Option<u32>,
    /// Links of a network device to others, one entry per other device.
    #[schemars(extend("x-source" = "inventory: LLDP, CDP", "x-key" = "neighbor", "x-absentable" = true))]
    pub uplinks: Vec<Uplink>,
}
