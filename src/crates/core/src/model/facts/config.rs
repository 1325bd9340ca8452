//! A network device's configuration, in words that are the same for every maker (OpenConfig
//! where it has one). Each value is what the device does: a maker's default where the
//! configuration is silent, nothing where neither tells.
//!
//! `source_lines` are line numbers of the configuration as it was read, `214` or `214-219`.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The running configuration. A truncated one, or one read without privilege, is unread as a
/// whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Language of the configuration: `cisco_ios`, `cisco_nxos`, `cisco_asa`, `procurve`,
    /// `aos_cx`, `comware`, `vrp`, `junos`, `fortios`, `routeros`, `aos`.
    #[schemars(extend("x-source" = "show running-config; a file that the client gave"))]
    pub platform: Option<String>,
    /// Host name that it sets.
    #[schemars(extend("x-source" = "hostname, sysname, host-name", "x-absentable" = true))]
    pub hostname: Option<String>,
    /// Whether it equals what the device starts with.
    #[schemars(extend("x-source" = "show startup-config compared; show version, NVRAM dates", "x-absentable" = true))]
    pub saved: Option<bool>,
    /// Authentication, authorisation, accounting.
    pub aaa: ConfigAaa,
    /// Local accounts.
    #[schemars(extend("x-source" = "username, local-user, set system login, config system admin", "x-key" = "name", "x-absentable" = true))]
    pub users: Vec<ConfigUser>,
    /// The secret that gives full privilege.
    pub enable: ConfigEnable,
    /// Ways in: virtual terminals, console, auxiliary port. A maker without lines has one `vty`
    /// entry for its remote command line.
    #[schemars(extend("x-source" = "line vty, line con, user-interface, ip ssh, set system services", "x-key" = "name", "x-absentable" = true))]
    pub lines: Vec<ConfigLine>,
    /// Text shown before the login.
    #[schemars(extend("x-source" = "banner login, banner motd, header login, pre-login-banner", "x-absentable" = true))]
    pub banner: Option<String>,
    /// Web server.
    pub http: ConfigHttp,
    /// Log messages.
    pub logging: ConfigLogging,
    /// Time.
    pub ntp: ConfigNtp,
    /// Whether Smart Install listens; absent where the platform has none, or where neither the
    /// configuration nor its maker tells.
    #[schemars(extend("x-source" = "vstack", "x-absentable" = true))]
    pub vstack: Option<bool>,
    /// Ports and logical interfaces.
    #[schemars(extend("x-source" = "interface", "x-key" = "name"))]
    pub interfaces: Vec<ConfigInterface>,
    /// VLANs of untagged frames of access ports, sorted: where people are.
    #[schemars(extend("x-source" = "switchport access vlan, port default vlan, vlan untagged"))]
    pub access_vlans: Vec<u32>,
    /// Spanning tree.
    pub stp: ConfigStp,
    /// DHCP snooping.
    pub dhcp_snooping: ConfigSnooping,
    /// Dynamic ARP inspection.
    pub arp_inspection: ConfigSnooping,
    /// Whether IP source routing is accepted; absent where the platform has no such thing.
    #[schemars(extend("x-source" = "ip source-route", "x-absentable" = true))]
    pub source_route: Option<bool>,
    /// Routing neighbours and areas.
    #[schemars(extend("x-source" = "router ospf, router bgp, router eigrp, router rip", "x-key" = "name", "x-absentable" = true))]
    pub routing: Vec<ConfigRouting>,
    /// Access lists that something refers to.
    #[schemars(extend("x-source" = "access-class, ip access-group, snmp-server community, traffic-filter", "x-key" = "name", "x-absentable" = true))]
    pub acl_references: Vec<ConfigAclReference>,
    /// Rules of a firewall that let traffic through, in order.
    #[schemars(extend("x-source" = "config firewall policy, access-list, security policies, /ip firewall filter", "x-key" = "name", "x-absentable" = true))]
    pub rules: Vec<ConfigRule>,
    /// How the device is managed.
    pub management: ConfigManagement,
}

/// Authentication, authorisation, accounting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigAaa {
    /// Methods of the administrators' login in the order tried: `radius`, `tacacs`, `ldap`,
    /// `local`, `enable`, `line`, `none`.
    #[schemars(extend("x-source" = "aaa authentication login, authentication-scheme, authentication-order"))]
    pub login: Vec<String>,
    /// Addresses or names of the servers.
    #[schemars(extend("x-source" = "radius-server, tacacs-server, aaa group server"))]
    pub servers: Vec<String>,
    /// Whether every command that is typed is reported to a server.
    #[schemars(extend("x-source" = "aaa accounting commands, set system accounting"))]
    pub command_accounting: Option<bool>,
}

/// One local account.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigUser {
    /// Name.
    pub name: String,
    /// Whether it has full privilege.
    pub administrator: Option<bool>,
    /// How its password is stored: `none` (there is none), `clear`, `reversible` (type 7 and the
    /// like), `weak` (MD5, SHA-1, unsalted), `strong` (types 8 and 9, SHA-256 or better, bcrypt,
    /// PBKDF2), `external` (kept elsewhere), `unknown`.
    pub storage: Option<String>,
    /// The maker's own word for it: `5`, `7`, `9`, `sha512`.
    pub storage_type: Option<String>,
    /// Lines.
    pub source_lines: Option<String>,
}

/// The secret that gives full privilege.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigEnable {
    /// How it is stored, as in `config.users[].storage`; absent where the platform has none.
    #[schemars(extend("x-source" = "enable secret, enable password, super password", "x-absentable" = true))]
    pub storage: Option<String>,
    /// The maker's own word for it.
    #[schemars(extend("x-source" = "enable secret, enable password", "x-absentable" = true))]
    pub storage_type: Option<String>,
    /// Lines.
    #[schemars(extend("x-source" = "enable secret, enable password", "x-absentable" = true))]
    pub source_lines: Option<String>,
    /// Whether the image knows a strong storage at all; absent where nothing tells.
    #[schemars(extend("x-source" = "version", "x-absentable" = true))]
    pub strong_supported: Option<bool>,
}

/// One way in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigLine {
    /// `vty 0 4`, `console 0`, `aux 0`.
    pub name: String,
    /// `vty`, `console` or `aux`.
    pub kind: String,
    /// Protocols that it lets in: `ssh`, `telnet`, `rlogin`; empty where none.
    pub transports: Vec<String>,
    /// Access list for IPv4 sources.
    pub acl: Option<String>,
    /// Access list for IPv6 sources.
    pub acl_ipv6: Option<String>,
    /// Whether the device speaks IPv6 at all, so that an IPv4 list alone leaves a door open.
    pub ipv6: Option<bool>,
    /// Whether the list counts for connections from a VRF too; nothing where there is no VRF.
    pub acl_in_vrf: Option<bool>,
    /// Idle time after which a session ends, in seconds; 0 for never.
    #[schemars(extend("x-unit" = "s"))]
    pub exec_timeout: Option<u32>,
    /// Whether a command line can be had there at all.
    pub exec: Option<bool>,
    /// Lines.
    pub source_lines: Option<String>,
}

/// Web server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigHttp {
    /// Whether it serves plain HTTP.
    #[schemars(extend("x-source" = "ip http server, web-management, set system services web-management"))]
    pub plain: Option<bool>,
    /// Whether it serves HTTPS.
    #[schemars(extend("x-source" = "ip http secure-server, web-management ssl"))]
    pub tls: Option<bool>,
    /// Lines.
    #[schemars(extend("x-source" = "ip http server", "x-absentable" = true))]
    pub source_lines: Option<String>,
}

/// Log messages.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigLogging {
    /// Where messages are sent to: addresses or names.
    #[schemars(extend("x-source" = "logging host, info-center loghost, set system syslog host"))]
    pub servers: Vec<String>,
    /// Whether messages carry date and time.
    #[schemars(extend("x-source" = "service timestamps log"))]
    pub timestamps: Option<bool>,
}

/// Time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigNtp {
    /// Servers: addresses or names.
    #[schemars(extend("x-source" = "ntp server, sntp server, ntp-service unicast-server"))]
    pub servers: Vec<String>,
    /// Whether more may be learnt by DHCP.
    #[schemars(extend("x-source" = "ip dhcp client; ntp server dhcp"))]
    pub from_dhcp: Option<bool>,
    /// Whether answers of every server are authenticated.
    #[schemars(extend("x-source" = "ntp authenticate, ntp trusted-key, ntp server … key"))]
    pub authenticated: Option<bool>,
}

/// One port or logical interface.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigInterface {
    /// Name, as the configuration spells it.
    pub name: String,
    /// `physical`, `aggregate`, `vlan`, `loopback`, `tunnel`, `management`, `subinterface` or `other`.
    pub kind: String,
    /// Description.
    pub description: Option<String>,
    /// Whether the administrator lets it work.
    pub enabled: Option<bool>,
    /// `access`, `trunk`, `dynamic` (negotiated), `routed`; a member of an aggregate has its mode.
    pub mode: Option<String>,
    /// Aggregate that it is a member of.
    pub aggregate: Option<String>,
    /// VLAN of untagged frames of an access port.
    pub access_vlan: Option<u32>,
    /// VLAN of phones.
    pub voice_vlan: Option<u32>,
    /// VLAN of untagged frames of a trunk.
    pub native_vlan: Option<u32>,
    /// VLANs that a trunk carries, `10,20-30`; nothing where every VLAN.
    pub trunk_vlans: Option<String>,
    /// Whether a trunk carries every VLAN.
    pub trunk_all: Option<bool>,
    /// Whether the port negotiates trunks (DTP); nothing where the platform has none.
    pub dtp: Option<bool>,
    /// Whether the port is an edge port of the spanning tree (PortFast), the default counted in.
    pub edge: Option<bool>,
    /// Whether BPDU guard works on it, the default counted in.
    pub bpdu_guard: Option<bool>,
    /// Whether root guard works on it.
    pub root_guard: Option<bool>,
    /// Whether loop guard works on it, the default counted in.
    pub loop_guard: Option<bool>,
    /// Whether broadcasts are limited.
    pub storm_control: Option<bool>,
    /// Whether the number of hardware addresses is limited.
    pub port_security: Option<bool>,
    /// Whether who connects must prove who it is (IEEE 802.1X, or by hardware address).
    pub dot1x: Option<bool>,
    /// Whether DHCP servers are believed here.
    pub dhcp_trusted: Option<bool>,
    /// Whether ARP is believed here without inspection.
    pub arp_trusted: Option<bool>,
    /// Whether it announces itself by CDP; nothing where the platform has none.
    pub cdp: Option<bool>,
    /// Whether it announces itself by LLDP.
    pub lldp: Option<bool>,
    /// IPv4 and IPv6 addresses with prefix length; `dhcp` where learnt.
    pub addresses: Vec<String>,
    /// Whether directed broadcasts are forwarded.
    pub directed_broadcast: Option<bool>,
    /// Whether it answers ARP for others.
    pub proxy_arp: Option<bool>,
    /// Security zone or role that the platform gives it (`wan`, `lan`, `outside`).
    pub zone: Option<String>,
    /// Access list for what comes in.
    pub acl_in: Option<String>,
    /// Access list for what goes out.
    pub acl_out: Option<String>,
    /// Lines.
    pub source_lines: Option<String>,
}

/// Spanning tree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigStp {
    /// `stp`, `rstp`, `mstp`, `pvst`, `rapid-pvst` or `none`.
    #[schemars(extend("x-source" = "spanning-tree mode, stp mode", "x-absentable" = true))]
    pub mode: Option<String>,
    /// Bridge priority that is set.
    #[schemars(extend("x-source" = "spanning-tree priority, stp priority, stp root primary", "x-absentable" = true))]
    pub priority: Option<u32>,
}

/// Inspection of one protocol by VLAN.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigSnooping {
    /// Whether it is on at all.
    #[schemars(extend("x-source" = "ip dhcp snooping, dhcp snooping enable, ip arp inspection"))]
    pub enabled: Option<bool>,
    /// VLANs that it looks at; empty with `enabled` where it looks at all of them.
    #[schemars(extend("x-source" = "ip dhcp snooping vlan, ip arp inspection vlan"))]
    pub vlans: Vec<u32>,
    /// VLANs with access ports that it does not look at.
    #[schemars(extend("x-source" = "ip dhcp snooping vlan, interface"))]
    pub access_vlans_missing: Vec<u32>,
}

/// A routing neighbour, or an interface or area that learns neighbours.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigRouting {
    /// `ospf 1 area 0`, `bgp 10.0.0.2`, `rip`, `eigrp 10`, `ospf 1 Vlan10`.
    pub name: String,
    /// `ospf`, `bgp`, `rip`, `eigrp`, `isis`.
    pub protocol: String,
    /// Whether neighbours must prove who they are.
    pub authenticated: Option<bool>,
    /// Lines.
    pub source_lines: Option<String>,
}

/// A use of an access list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigAclReference {
    /// `LIST used by line vty 0 4`.
    pub name: String,
    /// The list.
    pub acl: String,
    /// Whether the configuration defines it.
    pub defined: Option<bool>,
    /// Line of the use.
    pub source_lines: Option<String>,
}

/// One rule that lets traffic through.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigRule {
    /// Number or name; of a list, `LIST 10`.
    pub name: String,
    /// Whether it counts.
    pub enabled: Option<bool>,
    /// Whether it lets through.
    pub permits: Option<bool>,
    /// Whether any source is meant.
    pub source_any: Option<bool>,
    /// Whether any destination is meant.
    pub destination_any: Option<bool>,
    /// Whether any service is meant.
    pub service_any: Option<bool>,
    /// Where it goes to, where the rule names it (`wan1`): rules towards the Internet alone may be
    /// wide.
    pub destination_zone: Option<String>,
    /// Lines.
    pub source_lines: Option<String>,
}

/// How the device is managed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfigManagement {
    /// Whether an interface or VRF of its own is used for management and nothing else.
    #[schemars(extend("x-source" = "vrf forwarding Mgmt, interface mgmt0, management-vlan, set system services … dedicated", "x-absentable" = true))]
    pub dedicated: Option<bool>,
    /// Interface, VLAN or VRF.
    #[schemars(extend("x-source" = "ip vrf, management-vlan, interface Vlan", "x-absentable" = true))]
    pub through: Option<String>,
}
