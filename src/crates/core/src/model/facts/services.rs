//! What services of the network let anyone see without a login.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// SMB server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Smb {
    /// Dialects that it accepts: `1` (NT LM 0.12), `2.0.2`, `2.1`, `3.0`, `3.0.2`, `3.1.1`.
    /// Empty where ports 445 and 139 are closed.
    #[schemars(extend("x-source" = "SMB_COM_NEGOTIATE (MS-SMB 2.2.4.5), SMB2 NEGOTIATE (MS-SMB2 2.2.3)"))]
    pub dialects: Vec<String>,
    /// Whether it insists on signatures; absent where there is no server.
    #[schemars(extend("x-source" = "SecurityMode of the negotiate response (MS-SMB2 2.2.4)", "x-absentable" = true))]
    pub signing_required: Option<bool>,
    /// Shares, as the server's own configuration tells.
    #[schemars(extend("x-source" = "testparm -s", "x-key" = "name", "x-absentable" = true))]
    pub shares: Vec<SmbShare>,
}

/// One share.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SmbShare {
    /// Name.
    pub name: String,
    /// Path.
    pub path: Option<String>,
    /// Whether no account is needed.
    pub guest: Option<bool>,
    /// Whether files can be written.
    pub writable: Option<bool>,
    /// Accounts and groups (`@group`) that may use it; empty where every account may.
    pub users: Vec<String>,
}

/// NFS server.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Nfs {
    /// Directories exported.
    #[schemars(extend("x-source" = "MOUNTPROC_EXPORT (RFC 1813 section 5.2.5); exportfs -v", "x-key" = "path", "x-absentable" = true))]
    pub exports: Vec<NfsExport>,
}

/// One exported directory.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NfsExport {
    /// Directory.
    pub path: String,
    /// Hosts, networks and netgroups that may mount it; `*` or empty for anyone.
    pub clients: Vec<String>,
}

/// Management controller's IPMI.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ipmi {
    /// Whether it answers on UDP 623.
    #[schemars(extend("x-source" = "Get Channel Authentication Capabilities (IPMI 2.0 section 22.13)", "x-volatile" = true))]
    pub answers: Option<bool>,
    /// Whether a session may be opened without authentication or with a null account; absent
    /// where nothing answers.
    #[schemars(extend("x-source" = "Get Channel Authentication Capabilities", "x-absentable" = true))]
    pub anonymous: Option<bool>,
    /// Whether cipher suite 0 (no authentication, no integrity) opens a session; absent where
    /// nothing answers or RMCP+ is not spoken.
    #[schemars(extend("x-source" = "RMCP+ Open Session Request (IPMI 2.0 section 13.17)", "x-absentable" = true))]
    pub cipher_zero: Option<bool>,
}

/// Remote desktop.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rdp {
    /// Whether an RDP server answers.
    #[schemars(extend("x-source" = "X.224 Connection Request (MS-RDPBCGR 2.2.1.1)"))]
    pub answers: Option<bool>,
    /// Security protocol that it chose among all: `rdp`, `tls`, `nla`; absent where none answers.
    #[schemars(extend("x-source" = "RDP_NEG_RSP (MS-RDPBCGR 2.2.1.2.1)", "x-absentable" = true))]
    pub security: Option<String>,
}

/// A service that keeps data or gives control, and whether it asks who one is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OpenService {
    /// `redis/6379`.
    pub name: String,
    /// `redis`, `mongodb`, `elasticsearch`, `memcached`, `couchdb`, `postgresql`, `mysql`, `mssql`,
    /// `oracle`, `docker`, `kubelet`, `etcd`.
    pub product: String,
    /// TCP port.
    pub port: u16,
    /// Whether it asks for a login before it gives data or control.
    pub authenticated: Option<bool>,
}

/// Time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Clock {
    /// Offset of the clock from its reference, else from the scanner's, in milliseconds.
    #[schemars(extend("x-source" = "chronyc tracking, ntpq; NTP answer (RFC 5905 section 8); HOST-RESOURCES-MIB hrSystemDate", "x-unit" = "ms", "x-volatile" = true, "x-absentable" = true))]
    pub offset: Option<i64>,
    /// How far off that figure may be: round trip and resolution.
    #[schemars(extend("x-source" = "with the offset", "x-unit" = "ms", "x-volatile" = true, "x-absentable" = true))]
    pub offset_error: Option<i64>,
    /// Where it takes the time from: addresses or names, sorted.
    #[schemars(extend("x-source" = "chronyc sources; timesyncd; configuration; NTP reference id", "x-absentable" = true))]
    pub sources: Vec<String>,
}

/// Names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dns {
    /// Resolvers that the device uses.
    #[schemars(extend("x-source" = "/etc/resolv.conf, resolvectl; configuration", "x-absentable" = true))]
    pub resolvers: Vec<String>,
    /// Resolvers that the client declares.
    #[schemars(extend("x-source" = "declared.resolvers"))]
    pub declared_resolvers: Vec<String>,
    /// Whether a DNS server answers on port 53.
    #[schemars(extend("x-source" = "DNS query (RFC 1035), UDP 53", "x-volatile" = true))]
    pub server: Option<bool>,
    /// Whether that server resolves names of others for us; absent where there is none.
    #[schemars(extend("x-source" = "RA flag and answer to a recursive query", "x-absentable" = true))]
    pub recursion: Option<bool>,
    /// Zones that it gave away whole; absent where there is no server.
    #[schemars(extend("x-source" = "AXFR (RFC 5936) of declared.domains", "x-absentable" = true))]
    pub transfers: Vec<String>,
}

/// Wireless networks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wifi {
    /// Networks that it offers.
    #[schemars(extend("x-source" = "configuration; private MIB", "x-key" = "name", "x-absentable" = true))]
    pub ssids: Vec<Ssid>,
}

/// One wireless network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ssid {
    /// Name.
    pub name: String,
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// `open`, `owe`, `wep`, `wpa`, `wpa2`, `wpa3`: the weakest that is accepted.
    pub security: Option<String>,
    /// Whether it leads to guests' network only.
    pub guest: Option<bool>,
}

/// Factory accounts tried on web interfaces, where the mandate allows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FactoryLogin {
    /// Accounts of the maker that were accepted, `443 admin`; never a password.
    #[schemars(extend("x-source" = "HTTP GET with basic authentication (RFC 7617), where the mandate allows it"))]
    pub accepted: Vec<String>,
}
