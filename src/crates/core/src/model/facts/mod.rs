//! The facts of one device: the contract between families, which fill them, and checks,
//! which judge them.
//!
//! Names follow the standards where one exists: interfaces RFC 8343, hardware RFC 8348,
//! system RFC 7317, neighbours IEEE 802.1AB. The published schema
//! (`arpenteur schema facts`) is generated from these types; the `x-` extensions say
//! what JSON Schema cannot: `x-source` (where a value comes from), `x-unit`,
//! `x-absentable` (whether a device may rightly have none), `x-volatile` (whether it
//! changes by itself between two runs), `x-key` (what names an item of a list) and `x-tier`
//! (which access answers it first: see [`Tier`](super::Tier)).
//!
//! Every field is an `Option` or a collection: a missing value means *absent* only
//! where the [`FactSheet`](super::FactSheet) says that the path was read.
mod config;
mod context;
mod host;
mod network;
mod parts;
mod services;
mod site;

pub use config::{
    Config, ConfigAaa, ConfigAclReference, ConfigEnable, ConfigHttp, ConfigInterface, ConfigLine,
    ConfigLogging, ConfigManagement, ConfigNtp, ConfigRouting, ConfigRule, ConfigSnooping,
    ConfigStp, ConfigUser,
};
pub use context::{DeclaredFacts, Licence, Lifecycle, Reach, Redundancy, Topology, Uplink};
pub use host::{
    Account, Antivirus, AntivirusAgent, Backup, BackupJob, Datastore, HostLogs, HostSecurity,
    Hypervisor, Listener, Snapshot, SudoRule, Updates,
};
pub use network::{Bridge, Cdp, CdpNeighbor, FdbEntry, IpNeighbor, Poe, PoePort, Stp, Vlan};
pub use parts::{Guest, Printer, Sensor, Software, Supply, Unit, Ups};
pub use services::{
    Clock, Dns, FactoryLogin, Ipmi, Nfs, NfsExport, OpenService, Rdp, Smb, SmbShare, Ssid, Wifi,
};
pub use site::{ModelFirmware, SharedHostKey, SiteFacts, SiteUps, StpRoot, TimeSource};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that may be known of one device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// What the device is.
    #[schemars(extend("x-tier" = "inventory"))]
    pub device: Device,
    /// What it says of itself as a managed system (RFC 7317, SNMPv2-MIB system group).
    #[schemars(extend("x-tier" = "snmp"))]
    pub system: System,
    /// The chassis and its components (RFC 8348, ENTITY-MIB).
    #[schemars(extend("x-tier" = "snmp"))]
    pub hardware: Hardware,
    /// Its operating system.
    #[schemars(extend("x-tier" = "login"))]
    pub os: Os,
    /// Network interfaces (RFC 8343, IF-MIB).
    #[schemars(extend("x-tier" = "snmp", "x-source" = "IF-MIB ifTable, ifXTable; ip -json link", "x-key" = "name", "x-absentable" = true))]
    pub interfaces: Vec<Interface>,
    /// IP addresses that the device itself lists.
    #[schemars(extend("x-tier" = "snmp", "x-source" = "IP-MIB ipAddressTable, ipAddrTable; ip -json addr", "x-key" = "ip", "x-absentable" = true))]
    pub addresses: Vec<IpAddress>,
    /// Who its neighbour caches know (ARP, neighbour discovery).
    #[schemars(extend("x-tier" = "snmp", "x-source" = "IP-MIB ipNetToPhysicalTable, ipNetToMediaTable; show arp", "x-key" = "ip", "x-absentable" = true, "x-volatile" = true))]
    pub ip_neighbors: Vec<IpNeighbor>,
    /// What LLDP says of it and of its neighbours (IEEE 802.1AB, LLDP-MIB).
    #[schemars(extend("x-tier" = "snmp"))]
    pub lldp: Lldp,
    /// What CDP says of its neighbours.
    #[schemars(extend("x-tier" = "snmp"))]
    pub cdp: Cdp,
    /// Bridging.
    #[schemars(extend("x-tier" = "snmp"))]
    pub bridge: Bridge,
    /// Power over Ethernet.
    #[schemars(extend("x-tier" = "snmp"))]
    pub poe: Poe,
    /// Sensors and monitored parts.
    #[schemars(extend("x-tier" = "snmp", "x-source" = "ENTITY-SENSOR-MIB entPhySensorTable; private MIB", "x-key" = "name", "x-absentable" = true))]
    pub sensors: Vec<Sensor>,
    /// Printer.
    #[schemars(extend("x-tier" = "snmp"))]
    pub printer: Printer,
    /// Uninterruptible power supply.
    #[schemars(extend("x-tier" = "snmp"))]
    pub ups: Ups,
    /// Virtual machines.
    #[schemars(extend("x-tier" = "snmp", "x-source" = "VMWARE-VMINFO-MIB vmwVmTable; LIBVIRT-MIB; private MIB", "x-key" = "name", "x-absentable" = true))]
    pub guests: Vec<Guest>,
    /// Installed software.
    #[schemars(extend("x-tier" = "snmp", "x-source" = "HOST-RESOURCES-MIB hrSWInstalledTable", "x-key" = "name", "x-absentable" = true))]
    pub software: Vec<Software>,
    /// File systems, memory, processors.
    #[schemars(extend("x-tier" = "snmp"))]
    pub capacity: Capacity,
    /// Names that tell this device from every other.
    #[schemars(extend("x-tier" = "login"))]
    pub identity: IdentityFacts,
    /// Ports seen from the scanner's place.
    #[schemars(extend("x-tier" = "probe"))]
    pub ports: Ports,
    /// The SNMP agent.
    #[schemars(extend("x-tier" = "snmp"))]
    pub snmp: Snmp,
    /// The SSH server seen without a login.
    #[schemars(extend("x-tier" = "probe"))]
    pub ssh: Ssh,
    /// The OpenSSH server's effective configuration.
    #[schemars(extend("x-tier" = "login"))]
    pub sshd: Sshd,
    /// TLS endpoints.
    #[schemars(extend("x-tier" = "probe"))]
    pub tls: Tls,
    /// HTTP servers.
    #[schemars(extend("x-tier" = "probe"))]
    pub http: Http,
    /// Services without encryption.
    #[schemars(extend("x-tier" = "probe"))]
    pub clear: Clear,
    /// The running configuration of a network device.
    #[schemars(extend("x-tier" = "login"))]
    pub config: Config,
    /// Wireless networks.
    #[schemars(extend("x-tier" = "login"))]
    pub wifi: Wifi,
    /// SMB server.
    #[schemars(extend("x-tier" = "probe"))]
    pub smb: Smb,
    /// NFS server.
    #[schemars(extend("x-tier" = "probe"))]
    pub nfs: Nfs,
    /// IPMI.
    #[schemars(extend("x-tier" = "probe"))]
    pub ipmi: Ipmi,
    /// Remote desktop.
    #[schemars(extend("x-tier" = "probe"))]
    pub rdp: Rdp,
    /// Data stores that answer; those closed to us are not in the list.
    #[schemars(extend("x-tier" = "probe", "x-source" = "TCP, first question of each protocol", "x-key" = "name", "x-absentable" = true))]
    pub data_stores: Vec<OpenService>,
    /// Interfaces that control containers.
    #[schemars(extend("x-tier" = "probe", "x-source" = "HTTP GET /version on 2375, 2376, 2379; /healthz on 10250", "x-key" = "name", "x-absentable" = true))]
    pub container_apis: Vec<OpenService>,
    /// Factory accounts tried.
    #[schemars(extend("x-tier" = "probe"))]
    pub factory_login: FactoryLogin,
    /// Time.
    #[schemars(extend("x-tier" = "login"))]
    pub clock: Clock,
    /// Names.
    #[schemars(extend("x-tier" = "login"))]
    pub dns: Dns,
    /// A host's own security.
    #[schemars(extend("x-tier" = "login"))]
    pub security: HostSecurity,
    /// Accounts of the host.
    #[schemars(extend("x-tier" = "login", "x-source" = "getent passwd, /etc/group; /etc/shadow as root", "x-key" = "name", "x-absentable" = true))]
    pub accounts: Vec<Account>,
    /// Logs of the host.
    #[schemars(extend("x-tier" = "login"))]
    pub logs: HostLogs,
    /// Updates.
    #[schemars(extend("x-tier" = "login"))]
    pub updates: Updates,
    /// Protection against malware.
    #[schemars(extend("x-tier" = "login"))]
    pub antivirus: Antivirus,
    /// Backup.
    #[schemars(extend("x-tier" = "declaration"))]
    pub backup: Backup,
    /// Virtualisation host.
    #[schemars(extend("x-tier" = "login"))]
    pub hypervisor: Hypervisor,
    /// Licences and subscriptions.
    #[schemars(extend("x-tier" = "declaration", "x-source" = "private MIB; get system fortiguard, show license; declared.devices", "x-key" = "name", "x-absentable" = true))]
    pub licences: Vec<Licence>,
    /// High availability.
    #[schemars(extend("x-tier" = "snmp"))]
    pub redundancy: Redundancy,
    /// Place in the network.
    #[schemars(extend("x-tier" = "inventory"))]
    pub topology: Topology,
    /// What the scanner could reach.
    #[schemars(extend("x-tier" = "inventory"))]
    pub reach: Reach,
    /// Dates of support.
    #[schemars(extend("x-tier" = "inventory"))]
    pub lifecycle: Lifecycle,
    /// What the client declares.
    #[schemars(extend("x-tier" = "declaration"))]
    pub declared: DeclaredFacts,
    /// The site as a whole; filled for checks of `scope: site` alone.
    #[schemars(extend("x-tier" = "inventory"))]
    pub site: SiteFacts,
}

/// What the device is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Device {
    /// Class, an id of `models/classes.yaml`.
    #[schemars(extend("x-source" = "family; declaration"))]
    pub class: Option<String>,
    /// Catalogue codes of the class (`net`, `sw`, `srv`, `lin`, ...), sorted.
    #[schemars(extend("x-source" = "models/classes.yaml, operating system family"))]
    pub codes: Vec<String>,
    /// Role that the client declared (`core switch`, `directory`, `backup`).
    #[schemars(extend("x-source" = "declared.devices", "x-absentable" = true))]
    pub role: Option<String>,
    /// Owner that the client declared.
    #[schemars(extend("x-source" = "declared.devices", "x-absentable" = true))]
    pub owner: Option<String>,
    /// Role of the zone in which it stands: `users`, `servers`, `management`, `guests`, `printers`,
    /// `voice`, `iot`, `dmz`, `backup`, `wan`. Unread where `audit.yaml` gives its network no zone.
    #[schemars(extend("x-source" = "sites[].networks[].zone"))]
    pub zone: Option<String>,
    /// End of vendor support that the client declared (RFC 3339 full-date).
    #[schemars(extend("x-source" = "declared.devices", "x-absentable" = true))]
    pub end_of_support: Option<String>,
}

/// System group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct System {
    /// Host name.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysName.0; hostname", "x-absentable" = true))]
    pub hostname: Option<String>,
    /// Names of other assets of the same site that carry the same host name.
    #[schemars(extend("x-source" = "inventory"))]
    pub hostname_shared_with: Vec<String>,
    /// Free description.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysDescr.0", "x-absentable" = true))]
    pub description: Option<String>,
    /// The vendor's identification of the device type.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysObjectID.0", "x-absentable" = true))]
    pub object_id: Option<String>,
    /// Organisation that IANA registered the enterprise number of the object id to: the maker
    /// of the device, or of its agent.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysObjectID.0; IANA private enterprise numbers", "x-absentable" = true))]
    pub enterprise: Option<String>,
    /// Where it stands; factory strings (`Unknown`, `Sitting on the Dock of the Bay`) are absent.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysLocation.0", "x-absentable" = true))]
    pub location: Option<String>,
    /// Who answers for it; factory strings are absent.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysContact.0", "x-absentable" = true))]
    pub contact: Option<String>,
    /// Seconds since the agent or the host started.
    #[schemars(extend("x-source" = "HOST-RESOURCES-MIB hrSystemUptime.0, else sysUpTime.0", "x-unit" = "s", "x-volatile" = true, "x-absentable" = true))]
    pub uptime: Option<u64>,
    /// OSI layers served, the sysServices sum.
    #[schemars(extend("x-source" = "SNMPv2-MIB sysServices.0", "x-absentable" = true))]
    pub services: Option<i64>,
}

/// Chassis.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Hardware {
    /// Manufacturer.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalMfgName; DMI sys_vendor; family", "x-absentable" = true))]
    pub mfg_name: Option<String>,
    /// Model.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalModelName; DMI product_name; family", "x-absentable" = true))]
    pub model_name: Option<String>,
    /// Serial number; placeholders (`To be filled by O.E.M.`) are absent.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalSerialNum; DMI product_serial; private MIB", "x-absentable" = true))]
    pub serial_num: Option<String>,
    /// Hardware revision.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalHardwareRev", "x-absentable" = true))]
    pub hardware_rev: Option<String>,
    /// Firmware revision.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalFirmwareRev; family", "x-absentable" = true))]
    pub firmware_rev: Option<String>,
    /// Software revision.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalSoftwareRev; family", "x-absentable" = true))]
    pub software_rev: Option<String>,
    /// Members of a stack, each a box of its own; empty where there is but one.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalTable; CISCO-STACKWISE-MIB; show switch detail", "x-key" = "number", "x-absentable" = true))]
    pub units: Vec<Unit>,
    /// Physical components below the chassis.
    #[schemars(extend("x-source" = "ENTITY-MIB entPhysicalTable", "x-key" = "index", "x-absentable" = true))]
    pub components: Vec<Component>,
}

/// One physical component (RFC 8348 `component`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Component {
    /// entPhysicalIndex.
    pub index: u32,
    /// Component class of RFC 8348 (`chassis`, `power-supply`, `fan`, `module`, `port`, ...).
    pub class: Option<String>,
    /// entPhysicalName.
    pub name: Option<String>,
    /// entPhysicalDescr.
    pub description: Option<String>,
    /// Index of the containing component.
    pub parent: Option<u32>,
    /// Manufacturer.
    pub mfg_name: Option<String>,
    /// Model.
    pub model_name: Option<String>,
    /// Serial number.
    pub serial_num: Option<String>,
}

/// Operating system.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Os {
    /// Family: `linux`, `bsd`, `windows`, `ios`, `junos`, ... in lower case.
    #[schemars(extend("x-source" = "family", "x-absentable" = true))]
    pub family: Option<String>,
    /// Name as its maker writes it: `Debian GNU/Linux`, `Cisco IOS XE`.
    #[schemars(extend("x-source" = "os-release NAME; family", "x-absentable" = true))]
    pub name: Option<String>,
    /// Version.
    #[schemars(extend("x-source" = "os-release VERSION_ID, debian_version; sysDescr; family", "x-absentable" = true))]
    pub version: Option<String>,
    /// Processor architecture, `Generic x86 64-bit`, `Intel x64`.
    #[schemars(extend("x-source" = "sysDescr", "x-absentable" = true))]
    pub architecture: Option<String>,
    /// Kernel release.
    #[schemars(extend("x-source" = "uname -r; sysDescr", "x-absentable" = true))]
    pub kernel: Option<String>,
}

/// One interface.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Interface {
    /// ifName, else ifDescr.
    pub name: String,
    /// ifIndex.
    pub if_index: Option<u32>,
    /// ifAlias, or the administrator's description.
    pub description: Option<String>,
    /// IANA ifType number.
    #[serde(rename = "type")]
    pub iftype: Option<u32>,
    /// `up`, `down` or `testing`.
    pub admin_status: Option<String>,
    /// RFC 8343 oper-status.
    #[schemars(extend("x-volatile" = true))]
    pub oper_status: Option<String>,
    /// Hardware address, colon hexadecimal in lower case.
    pub phys_address: Option<String>,
    /// Speed in bits per second.
    #[schemars(extend("x-unit" = "bit/s"))]
    pub speed: Option<u64>,
    /// MTU in octets.
    pub mtu: Option<u32>,
    /// Packets received with errors since the counters began.
    #[schemars(extend("x-volatile" = true))]
    pub in_errors: Option<u64>,
    /// Packets that could not be sent for errors.
    #[schemars(extend("x-volatile" = true))]
    pub out_errors: Option<u64>,
    /// Packets received that were dropped without an error.
    #[schemars(extend("x-volatile" = true))]
    pub in_discards: Option<u64>,
    /// Packets that were dropped instead of sent, without an error.
    #[schemars(extend("x-volatile" = true))]
    pub out_discards: Option<u64>,
    /// Packets received, all kinds.
    #[schemars(extend("x-volatile" = true))]
    pub in_packets: Option<u64>,
    /// Packets sent, all kinds.
    #[schemars(extend("x-volatile" = true))]
    pub out_packets: Option<u64>,
    /// Octets received.
    #[schemars(extend("x-volatile" = true))]
    pub in_octets: Option<u64>,
    /// Octets sent.
    #[schemars(extend("x-volatile" = true))]
    pub out_octets: Option<u64>,
    /// `full`, `half` or `unknown`.
    pub duplex: Option<String>,
    /// Seconds since it last changed its state; no more than the agent's uptime.
    #[schemars(extend("x-unit" = "s", "x-volatile" = true))]
    pub last_change: Option<u64>,
    /// Speed of the other end of its link in bits per second, where known.
    #[schemars(extend("x-unit" = "bit/s"))]
    pub peer_speed: Option<u64>,
    /// 95th percentile of its load in the busier direction, over the runs so far.
    #[schemars(extend("x-unit" = "%", "x-volatile" = true))]
    pub utilisation_p95: Option<u32>,
    /// Name of the aggregate that it is a member of (IEEE 802.1AX).
    pub aggregate: Option<String>,
    /// Number of the stack member that it stands in.
    pub unit: Option<String>,
}

/// One address of the device.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IpAddress {
    /// The address.
    pub ip: String,
    /// Prefix length.
    pub prefix_length: Option<u8>,
    /// Interface name, where known.
    pub interface: Option<String>,
}

/// LLDP.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lldp {
    /// Own chassis id, formatted by its subtype.
    #[schemars(extend("x-source" = "LLDP-MIB lldpLocChassisId", "x-absentable" = true))]
    pub chassis_id: Option<String>,
    /// Own system name.
    #[schemars(extend("x-source" = "LLDP-MIB lldpLocSysName", "x-absentable" = true))]
    pub system_name: Option<String>,
    /// What neighbours announced.
    #[schemars(extend("x-source" = "LLDP-MIB lldpRemTable", "x-key" = "key", "x-absentable" = true))]
    pub neighbors: Vec<LldpNeighbor>,
}

/// One LLDP neighbour.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LldpNeighbor {
    /// `local port/remote chassis/remote port`.
    pub key: String,
    /// Own port's name.
    pub local_port: Option<String>,
    /// Neighbour's chassis id, formatted by its subtype (a MAC address in colon hexadecimal).
    pub chassis_id: Option<String>,
    /// Neighbour's port id.
    pub port_id: Option<String>,
    /// Neighbour's port description.
    pub port_description: Option<String>,
    /// Neighbour's system name.
    pub system_name: Option<String>,
    /// Neighbour's system description.
    pub system_description: Option<String>,
    /// Neighbour's management addresses.
    pub management_addresses: Vec<String>,
}

/// Capacity.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Capacity {
    /// File systems on fixed storage.
    #[schemars(extend("x-source" = "HOST-RESOURCES-MIB hrStorageTable, UCD-SNMP-MIB dskTable; df -P", "x-key" = "mount_point", "x-absentable" = true))]
    pub filesystems: Vec<Filesystem>,
    /// Physical memory in bytes.
    #[schemars(extend("x-source" = "HOST-RESOURCES-MIB hrMemorySize; UCD-SNMP-MIB memTotalReal; /proc/meminfo", "x-unit" = "B", "x-absentable" = true))]
    pub memory_total: Option<u64>,
    /// Memory available to programs without swapping, in bytes.
    #[schemars(extend("x-source" = "UCD-SNMP-MIB; /proc/meminfo MemAvailable", "x-unit" = "B", "x-volatile" = true, "x-absentable" = true))]
    pub memory_available: Option<u64>,
    /// Number of logical processors.
    #[schemars(extend("x-source" = "HOST-RESOURCES-MIB hrProcessorTable; nproc", "x-absentable" = true))]
    pub processors: Option<u32>,
    /// Load of the processors now, the mean of all.
    #[schemars(extend("x-source" = "HOST-RESOURCES-MIB hrProcessorLoad; private MIB; /proc/loadavg per processor", "x-unit" = "%", "x-volatile" = true, "x-absentable" = true))]
    pub cpu_load: Option<u32>,
    /// 95th percentile of that load over the runs so far.
    #[schemars(extend("x-source" = "earlier runs of the audit", "x-unit" = "%", "x-volatile" = true))]
    pub cpu_p95: Option<u32>,
    /// 95th percentile of memory in use over the runs so far.
    #[schemars(extend("x-source" = "earlier runs of the audit", "x-unit" = "%", "x-volatile" = true))]
    pub memory_p95: Option<u32>,
    /// Ports of a switch for cables.
    #[schemars(extend("x-source" = "IF-MIB: ethernetCsmacd interfaces with a connector", "x-absentable" = true))]
    pub ports: Option<u32>,
    /// Of these, ports with nothing on them.
    #[schemars(extend("x-source" = "IF-MIB ifOperStatus", "x-volatile" = true, "x-absentable" = true))]
    pub ports_free: Option<u32>,
}

/// One file system.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filesystem {
    /// Mount point or volume name.
    pub mount_point: String,
    /// Size in bytes.
    #[schemars(extend("x-unit" = "B"))]
    pub size: u64,
    /// Bytes in use.
    #[schemars(extend("x-unit" = "B", "x-volatile" = true))]
    pub used: u64,
    /// Bytes in use per hundred of size, as the system itself counts, rounded to the nearest integer.
    #[schemars(extend("x-unit" = "%", "x-volatile" = true))]
    pub used_percent: u8,
}

/// Names that tell a device from every other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityFacts {
    /// `/etc/machine-id`.
    #[schemars(extend("x-source" = "/etc/machine-id", "x-absentable" = true))]
    pub machine_id: Option<String>,
    /// DMI product UUID.
    #[schemars(extend("x-source" = "DMI product_uuid", "x-absentable" = true))]
    pub product_uuid: Option<String>,
    /// snmpEngineID, hexadecimal.
    #[schemars(extend("x-source" = "SNMPv3 engine discovery", "x-absentable" = true))]
    pub engine_id: Option<String>,
    /// SHA-256 fingerprints of SSH host keys (`SHA256:...`), sorted.
    #[schemars(extend("x-source" = "SSH key exchange", "x-absentable" = true))]
    pub ssh_host_keys: Vec<String>,
    /// Organisations that IEEE registered the address blocks of its interfaces to, sorted.
    #[schemars(extend("x-source" = "IF-MIB ifPhysAddress, BRIDGE-MIB dot1dBaseBridgeAddress; IEEE registration authority", "x-absentable" = true))]
    pub mac_vendors: Vec<String>,
    /// Hardware address seen by ARP or neighbour discovery from the scanner.
    #[schemars(extend("x-source" = "ARP, neighbour discovery", "x-absentable" = true))]
    pub mac_address: Option<String>,
}

/// Ports seen from the scanner's place.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ports {
    /// TCP ports that accepted a connection, sorted.
    #[schemars(extend("x-source" = "TCP connect"))]
    pub tcp_open: Vec<u16>,
    /// TCP ports that refused a connection, sorted.
    #[schemars(extend("x-source" = "TCP connect"))]
    pub tcp_closed: Vec<u16>,
    /// TCP ports that stayed silent, sorted: filtered or lost, so neither open nor closed.
    #[schemars(extend("x-source" = "TCP connect"))]
    pub tcp_silent: Vec<u16>,
}

/// The SNMP agent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Snmp {
    /// Versions enabled (`v1`, `v2c`, `v3`), sorted. Without the configuration, those that a
    /// login proved, where v1 or v2c is among them. Empty where no agent listens.
    #[schemars(extend("x-source" = "snmpd.conf; private MIB"))]
    pub versions: Vec<String>,
    /// Well-known communities that were tried and accepted.
    pub probe: SnmpProbe,
    /// Communities configured, values masked.
    #[schemars(extend("x-source" = "snmpd.conf; private MIB", "x-key" = "name", "x-absentable" = true))]
    pub communities: Vec<SnmpCommunity>,
    /// Where traps and informs are sent to.
    #[schemars(extend("x-source" = "SNMP-TARGET-MIB snmpTargetAddrTable; snmpd.conf; configuration"))]
    pub trap_receivers: Vec<String>,
    /// SNMPv3 users.
    #[schemars(extend("x-source" = "SNMP-USER-BASED-SM-MIB usmUserTable; snmpd.conf", "x-key" = "name", "x-absentable" = true))]
    pub v3_users: Vec<SnmpUser>,
}

/// Well-known communities tried.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SnmpProbe {
    /// Factory communities that the agent accepted.
    #[schemars(extend("x-source" = "SNMP GET sysObjectID.0 per community, where the mandate allows it"))]
    pub accepted: Vec<String>,
}

/// One community.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SnmpCommunity {
    /// Masked value (`<hash:community>`, `<secret:NAME>`), or a well-known value as it is;
    /// followed by `#n` where a mask would not be unique.
    pub name: String,
    /// `ro` or `rw`.
    pub access: String,
    /// Sources allowed; empty when any.
    pub sources: Vec<String>,
}

/// One SNMPv3 user.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SnmpUser {
    /// User name.
    pub name: String,
    /// `none`, `md5`, `sha1`, `sha224`, `sha256`, `sha384`, `sha512`.
    pub auth_protocol: Option<String>,
    /// `none`, `des`, `3des`, `aes128`, `aes192`, `aes256`.
    pub priv_protocol: Option<String>,
    /// Least level that the agent accepts from the user: `noAuthNoPriv`, `authNoPriv`, `authPriv` (RFC 3411).
    pub security_level: Option<String>,
}

/// SSH without login.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ssh {
    /// Software version of the identification string.
    #[schemars(extend("x-source" = "SSH identification string (RFC 4253 section 4.2)", "x-absentable" = true))]
    pub software: Option<String>,
    /// Protocol versions offered: `1`, `2`. Empty, as the lists below, where port 22 is closed:
    /// there is no server to judge.
    #[schemars(extend("x-source" = "SSH identification string"))]
    pub protocols: Vec<String>,
    /// Key exchange methods offered.
    #[schemars(extend("x-source" = "SSH_MSG_KEXINIT kex_algorithms"))]
    pub kex: Vec<String>,
    /// Ciphers offered in either direction.
    #[schemars(extend("x-source" = "SSH_MSG_KEXINIT encryption_algorithms"))]
    pub ciphers: Vec<String>,
    /// MACs offered in either direction.
    #[schemars(extend("x-source" = "SSH_MSG_KEXINIT mac_algorithms"))]
    pub macs: Vec<String>,
    /// Host keys shown.
    #[schemars(extend("x-source" = "SSH key exchange", "x-key" = "fingerprint"))]
    pub host_keys: Vec<SshHostKey>,
}

/// One host key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SshHostKey {
    /// `rsa`, `dsa`, `ecdsa`, `ed25519`.
    pub algorithm: String,
    /// Length in bits.
    #[schemars(extend("x-unit" = "bit"))]
    pub bits: u32,
    /// `SHA256:...`, base64 without padding, as OpenSSH prints it.
    pub fingerprint: String,
}

/// `sshd -T`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sshd {
    /// Effective options, names in lower case; an option given several times is joined by a blank.
    #[schemars(extend("x-source" = "sshd -T, as root"))]
    pub effective: BTreeMap<String, String>,
    /// Number of accounts with a non-empty authorized_keys file; at least so many where the
    /// login was not root (confidence likely).
    #[schemars(extend("x-source" = "authorized_keys files, as root"))]
    pub accounts_with_keys: Option<u32>,
}

/// TLS.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Every port on which a TLS server answered. Empty where every port that could is closed
    /// or speaks something else; unread where none answered and one stayed silent.
    #[schemars(extend("x-source" = "TLS handshakes", "x-key" = "port", "x-absentable" = true))]
    pub endpoints: Vec<TlsEndpoint>,
}

/// One TLS server. A version that was not probed is unread at `tls.endpoints[PORT].VERSION`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TlsEndpoint {
    /// TCP port.
    pub port: u16,
    /// Whether SSL 2.0 is accepted.
    pub ssl2: Option<bool>,
    /// Whether SSL 3.0 is accepted.
    pub ssl3: Option<bool>,
    /// Whether TLS 1.0 is accepted.
    pub tls10: Option<bool>,
    /// Whether TLS 1.1 is accepted.
    pub tls11: Option<bool>,
    /// Whether TLS 1.2 is accepted.
    pub tls12: Option<bool>,
    /// Whether TLS 1.3 is accepted.
    pub tls13: Option<bool>,
    /// Weak kinds of cipher suite that it accepts: `null`, `anon`, `export`, `rc4`, `des`, `3des`.
    pub weak_ciphers: Vec<String>,
    /// Suite that it chose for each version, IANA name, as `tls12 TLS_…`.
    pub chosen_suites: Vec<String>,
    /// Number of certificates that it sent.
    pub chain_length: Option<u32>,
    /// Leaf certificate.
    pub certificate: Option<Certificate>,
}

/// One X.509 certificate (RFC 5280).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Certificate {
    /// Subject (RFC 4514).
    pub subject: String,
    /// Issuer (RFC 4514).
    pub issuer: String,
    /// Alternative names.
    pub alt_names: Vec<String>,
    /// Start of validity (RFC 3339).
    pub not_before: String,
    /// End of validity (RFC 3339).
    pub not_after: String,
    /// Public key algorithm: `rsa`, `ec`, `ed25519`, ...
    pub key_algorithm: String,
    /// Public key length in bits.
    pub key_bits: u32,
    /// Signature algorithm.
    pub signature_algorithm: String,
    /// Whether issuer and subject are equal.
    pub self_issued: bool,
    /// SHA-256 of the DER, hexadecimal.
    pub sha256: String,
}

/// HTTP servers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Every port on which an HTTP server answered.
    #[schemars(extend("x-source" = "HTTP GET /", "x-key" = "port", "x-absentable" = true))]
    pub servers: Vec<HttpServer>,
}

/// One HTTP server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HttpServer {
    /// TCP port.
    pub port: u16,
    /// Over TLS.
    pub tls: bool,
    /// Status code of `GET /`.
    pub status: u16,
    /// `Server` header.
    pub server: Option<String>,
    /// Page title.
    pub title: Option<String>,
    /// `Location` header.
    pub location: Option<String>,
    /// Whether this is where the device is administered: a login form, an authentication
    /// challenge, or a page that a family knows as such.
    pub admin: Option<bool>,
}

/// Services without encryption.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Clear {
    /// Whether a Telnet server answers: true only when options were negotiated (RFC 854).
    #[schemars(extend("x-source" = "TCP 23, Telnet negotiation"))]
    pub telnet: Option<bool>,
    /// Whether an FTP server answers: a 220 greeting (RFC 959).
    #[schemars(extend("x-source" = "TCP 21, greeting"))]
    pub ftp: Option<bool>,
    /// FTP greeting.
    #[schemars(extend("x-source" = "TCP 21, greeting", "x-absentable" = true))]
    pub ftp_banner: Option<String>,
    /// Whether a TFTP server answers a read request for a random name. That it does not is told
    /// by ICMP, which routers ration (RFC 1812 section 4.3.2.8): volatile.
    #[schemars(extend("x-source" = "UDP 69, RFC 1350", "x-volatile" = true))]
    pub tftp: Option<bool>,
    /// Which of rexec (512), rlogin (513) and rsh (514) accept connections.
    #[schemars(extend("x-source" = "TCP 512, 513, 514"))]
    pub r_services: Vec<u16>,
    /// Which of echo (7), discard (9), daytime (13), chargen (19) and finger (79) accept connections.
    #[schemars(extend("x-source" = "TCP 7, 9, 13, 19, 79"))]
    pub small_services: Vec<u16>,
    /// Whether Smart Install answers: its own message came back on port 4786.
    #[schemars(extend("x-source" = "TCP 4786"))]
    pub smart_install: Option<bool>,
}
