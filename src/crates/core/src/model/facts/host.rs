//! How a server is run: accounts, firewall, updates, logs, backup, protection.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A host's own security.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HostSecurity {
    /// Whether a packet filter drops something: any rule or policy that does.
    #[schemars(extend("x-source" = "nft -j list ruleset, iptables-save, ufw status, firewall-cmd --state, as root"))]
    pub firewall: Option<bool>,
    /// Kernel parameters that were asked for.
    #[schemars(extend("x-source" = "sysctl -a"))]
    pub sysctl: BTreeMap<String, String>,
    /// Programs that listen to the network, loopback left out.
    #[schemars(extend("x-source" = "ss -H -l -n -t -u -p", "x-key" = "name"))]
    pub listeners: Vec<Listener>,
    /// Rules of sudo.
    #[schemars(extend("x-source" = "/etc/sudoers, /etc/sudoers.d, as root", "x-key" = "name", "x-absentable" = true))]
    pub sudo: Vec<SudoRule>,
}

/// One socket that waits for others.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Listener {
    /// `tcp/22`, `udp/161`.
    pub name: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// Port.
    pub port: u16,
    /// Addresses, `*` for any.
    pub addresses: Vec<String>,
    /// Program.
    pub program: Option<String>,
}

/// One rule of sudo.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SudoRule {
    /// `FILE:LINE who`.
    pub name: String,
    /// User, `%group`, or alias.
    pub who: String,
    /// Whether a person is meant: an account or group with a login shell, not a service.
    pub person: Option<bool>,
    /// Commands, as written.
    pub commands: String,
    /// Whether every command is meant.
    pub all_commands: bool,
    /// Whether no password is asked.
    pub nopasswd: bool,
}

/// One account of the host.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Name.
    pub name: String,
    /// User id.
    pub uid: u32,
    /// Whether it has a shell to log in with.
    pub login: bool,
    /// Whether it has or can take full privilege (uid 0, wheel, sudo, admin).
    pub administrator: Option<bool>,
    /// State of its password: `set`, `empty`, `locked`, `none`. Nothing but this is kept.
    pub password: Option<String>,
    /// How it is hashed: `des`, `md5`, `bcrypt`, `sha256`, `sha512`, `scrypt`, `yescrypt`,
    /// `gost-yescrypt`, `other`.
    pub password_hash: Option<String>,
}

/// Logs of the host.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HostLogs {
    /// Whether logs outlive a restart: a syslog daemon that writes files, or a persistent journal.
    #[schemars(extend("x-source" = "journald.conf, /var/log/journal, rsyslog, syslog-ng"))]
    pub persistent: Option<bool>,
    /// Whether auditd runs.
    #[schemars(extend("x-source" = "systemctl is-active auditd"))]
    pub auditd: Option<bool>,
    /// Where messages are sent to.
    #[schemars(extend("x-source" = "rsyslog.conf, syslog-ng.conf, journal-upload.conf"))]
    pub servers: Vec<String>,
}

/// Updates.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Updates {
    /// Security updates that wait, by the package manager's own count.
    #[schemars(extend("x-source" = "apt-get -s upgrade, dnf updateinfo, zypper list-patches", "x-volatile" = true))]
    pub security_pending: Option<u32>,
    /// Days since updates were last installed, counted at the time of the reading.
    #[schemars(extend("x-source" = "/var/log/dpkg.log, /var/log/apt/history.log, rpm -qa --last", "x-unit" = "d", "x-volatile" = true))]
    pub days_since_update: Option<u32>,
    /// Days since the package index was fetched; the count above is stale with it.
    #[schemars(extend("x-source" = "/var/lib/apt/lists, dnf cache", "x-unit" = "d", "x-volatile" = true))]
    pub index_age: Option<u32>,
    /// Whether security updates are installed by themselves.
    #[schemars(extend("x-source" = "apt-config dump, dnf-automatic.timer, transactional-update.timer"))]
    pub automatic: Option<bool>,
    /// Whether installed updates wait for a restart.
    #[schemars(extend("x-source" = "/var/run/reboot-required, needs-restarting -r, running kernel", "x-volatile" = true))]
    pub reboot_pending: Option<bool>,
}

/// Protection against malware.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Antivirus {
    /// Agents found.
    #[schemars(extend("x-source" = "systemctl list-units, processes, installed software", "x-key" = "name", "x-absentable" = true))]
    pub agents: Vec<AntivirusAgent>,
}

/// One agent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AntivirusAgent {
    /// Product.
    pub name: String,
    /// Whether it runs.
    pub running: Option<bool>,
    /// Date of its signatures (RFC 3339); nothing where it has none or does not tell.
    pub signatures: Option<String>,
}

/// Backup.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Backup {
    /// When this device's configuration was last saved elsewhere (RFC 3339).
    #[schemars(extend("x-source" = "declared.devices; archive of the configuration", "x-volatile" = true, "x-absentable" = true))]
    pub config_saved: Option<String>,
    /// Jobs that save this server's data.
    #[schemars(extend("x-source" = "systemctl show of backup units; declared.devices", "x-key" = "name", "x-absentable" = true))]
    pub jobs: Vec<BackupJob>,
}

/// One backup job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BackupJob {
    /// Unit, job or product.
    pub name: String,
    /// When it last ended well (RFC 3339).
    #[schemars(extend("x-volatile" = true))]
    pub last_success: Option<String>,
}

/// Virtualisation host.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Hypervisor {
    /// Snapshots of guests.
    #[schemars(extend("x-source" = "qm listsnapshot, vim-cmd vmsvc/snapshot.get, virsh snapshot-list", "x-key" = "name", "x-absentable" = true))]
    pub snapshots: Vec<Snapshot>,
    /// Places where guests' disks are kept.
    #[schemars(extend("x-source" = "pvesm status, esxcli storage filesystem list, virsh pool-info", "x-key" = "name", "x-absentable" = true))]
    pub datastores: Vec<Datastore>,
    /// Whether guests restart elsewhere by themselves.
    #[schemars(extend("x-source" = "ha-manager status, vSphere HA", "x-absentable" = true))]
    pub high_availability: Option<bool>,
    /// Hosts of the cluster, this one included.
    #[schemars(extend("x-source" = "pvecm nodes; declaration", "x-absentable" = true))]
    pub hosts: Option<u32>,
    /// Memory of guests per hundred of what the cluster keeps without its largest host.
    #[schemars(extend("x-source" = "pvesh get /cluster/resources", "x-unit" = "%", "x-volatile" = true, "x-absentable" = true))]
    pub load_without_one: Option<u32>,
}

/// One snapshot.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Snapshot {
    /// `guest/snapshot`.
    pub name: String,
    /// When it was taken (RFC 3339).
    pub created: Option<String>,
}

/// One datastore.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Datastore {
    /// Name.
    pub name: String,
    /// Size in bytes.
    #[schemars(extend("x-unit" = "B"))]
    pub size: Option<u64>,
    /// Bytes in use per hundred of size.
    #[schemars(extend("x-unit" = "%", "x-volatile" = true))]
    pub used_percent: Option<u32>,
}
