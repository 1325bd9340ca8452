//! What a device says of the network around it: neighbours, bridging, aggregation, power.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// CDP.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cdp {
    /// What neighbours announced; a port may have several.
    #[schemars(extend("x-source" = "CISCO-CDP-MIB cdpCacheTable; show cdp neighbors detail", "x-key" = "key", "x-absentable" = true))]
    pub neighbors: Vec<CdpNeighbor>,
}

/// One CDP neighbour.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CdpNeighbor {
    /// `local port/device id/remote port`.
    pub key: String,
    /// Own port's name.
    pub local_port: Option<String>,
    /// cdpCacheDeviceId.
    pub device_id: Option<String>,
    /// cdpCacheDevicePort.
    pub port_id: Option<String>,
    /// cdpCachePlatform.
    pub platform: Option<String>,
    /// cdpCacheVersion.
    pub software: Option<String>,
    /// cdpCacheAddress.
    pub management_addresses: Vec<String>,
}

/// Bridging (IEEE 802.1D, 802.1Q).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bridge {
    /// Bridge address.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dBaseBridgeAddress", "x-absentable" = true))]
    pub address: Option<String>,
    /// VLANs.
    #[schemars(extend("x-source" = "Q-BRIDGE-MIB dot1qVlanStaticTable, dot1qVlanCurrentTable; CISCO-VTP-MIB vtpVlanTable; show vlan", "x-key" = "id", "x-absentable" = true))]
    pub vlans: Vec<Vlan>,
    /// Forwarding database: where hardware addresses were learnt.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dTpFdbTable, Q-BRIDGE-MIB dot1qTpFdbTable; show mac address-table", "x-key" = "key", "x-absentable" = true, "x-volatile" = true))]
    pub fdb: Vec<FdbEntry>,
    /// Spanning tree.
    pub stp: Stp,
}

/// One VLAN.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Vlan {
    /// VLAN id, 1 to 4094.
    pub id: String,
    /// Name.
    pub name: Option<String>,
}

/// One entry of the forwarding database.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FdbEntry {
    /// `vlan/address`, or the address alone where the agent names no VLAN.
    pub key: String,
    /// Hardware address, colon hexadecimal in lower case.
    pub mac: Option<String>,
    /// VLAN id, or the filtering database's id where the agent maps it to none.
    pub vlan: Option<u32>,
    /// Own port's name.
    pub port: Option<String>,
}

/// Spanning tree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Stp {
    /// Whether a spanning tree protocol runs: a designated root is known.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dStpDesignatedRoot", "x-absentable" = true))]
    pub enabled: Option<bool>,
    /// Own bridge priority.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dStpPriority", "x-absentable" = true))]
    pub priority: Option<u32>,
    /// Designated root: priority in hexadecimal and address, `8000.02:00:5e:10:00:01`.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dStpDesignatedRoot", "x-absentable" = true))]
    pub root: Option<String>,
    /// Whether this bridge is the root.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dStpRootPort", "x-absentable" = true))]
    pub is_root: Option<bool>,
    /// Topology changes since the start.
    #[schemars(extend("x-source" = "BRIDGE-MIB dot1dStpTopChanges", "x-volatile" = true, "x-absentable" = true))]
    pub topology_changes: Option<u64>,
}

/// One entry of the neighbour cache (RFC 8344 `neighbor`): ARP, neighbour discovery.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IpNeighbor {
    /// Address.
    pub ip: String,
    /// Hardware address, colon hexadecimal in lower case.
    pub link_layer_address: Option<String>,
    /// Own interface's name.
    pub interface: Option<String>,
}

/// Power over Ethernet (RFC 3621).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Poe {
    /// Power that the supplies can give to ports, in watts.
    #[schemars(extend("x-source" = "POWER-ETHERNET-MIB pethMainPsePower", "x-unit" = "W", "x-absentable" = true))]
    pub power: Option<u64>,
    /// Power that ports take, in watts.
    #[schemars(extend("x-source" = "POWER-ETHERNET-MIB pethMainPseConsumptionPower", "x-unit" = "W", "x-volatile" = true, "x-absentable" = true))]
    pub consumption: Option<u64>,
    /// Ports that can feed a device.
    #[schemars(extend("x-source" = "POWER-ETHERNET-MIB pethPsePortTable", "x-key" = "port", "x-absentable" = true))]
    pub ports: Vec<PoePort>,
}

/// One port that can feed a device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PoePort {
    /// `group.port` of the MIB.
    pub port: String,
    /// Whether the administrator allows it.
    pub enabled: Option<bool>,
    /// `disabled`, `searching`, `delivering-power`, `fault`, `test`, `other-fault`.
    #[schemars(extend("x-volatile" = true))]
    pub status: Option<String>,
}
