//! `targets:` of `audit.yaml`: the configuration databases that the inventory goes to.
use super::SecretSource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A configuration database. Exactly one of `netbox`, `itop` and `glpi` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CmdbTarget {
    /// Name used on the command line, in plans and journals.
    pub name: String,
    /// NetBox, over its REST interface; no plugin is needed.
    #[serde(default)]
    pub netbox: Option<NetboxTarget>,
    /// iTop, over synchronisation data sources and REST.
    #[serde(default)]
    pub itop: Option<ItopTarget>,
    /// GLPI, over its native inventory interface.
    #[serde(default)]
    pub glpi: Option<GlpiTarget>,
    /// Mapping file, relative to the audit folder.
    #[serde(default)]
    pub mapping: Option<String>,
    /// How the server is reached.
    #[serde(default)]
    pub connection: Connection,
    /// When devices that are no longer found are retired.
    #[serde(default)]
    pub retire: RetirePolicy,
}

/// NetBox 4.2 or newer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetboxTarget {
    /// Address of the server, `https://netbox.example.org`.
    pub url: String,
    /// API token: version 2 (`nbt_KEY.SECRET`), or version 1.
    pub token: SecretSource,
    /// Name of the tenant; default: the client's name.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Name of the VRF of addresses and prefixes; default: the global table. Two clients with the
    /// same private addresses need one each.
    #[serde(default)]
    pub vrf: Option<String>,
}

/// iTop 3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItopTarget {
    /// Address of the server, `https://itop.example.org`.
    pub url: String,
    /// Account with the profile `REST Services User`.
    pub user: String,
    /// Its password.
    pub password: SecretSource,
    /// Name of the organisation; default: the client's name.
    #[serde(default)]
    pub organization: Option<String>,
}

/// GLPI 10 or newer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlpiTarget {
    /// Address of the inventory interface, `https://glpi.example.org/front/inventory.php`.
    pub url: String,
    /// HTTP basic authentication.
    #[serde(default)]
    pub basic: Option<BasicAuth>,
    /// OAuth 2 client credentials (GLPI 11).
    #[serde(default)]
    pub oauth2: Option<ClientCredentials>,
    /// Whether messages are compressed with zlib.
    #[serde(default)]
    pub compress: bool,
    /// `tag` of the messages, for the server's entity rules; default: the client's name.
    #[serde(default)]
    pub tag: Option<String>,
}

/// HTTP basic authentication (RFC 7617).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// User name.
    pub user: String,
    /// Password.
    pub password: SecretSource,
}

/// Client credentials (RFC 6749 section 4.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCredentials {
    /// Where tokens are given out, `https://glpi.example.org/api.php/token`.
    pub token_url: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretSource,
    /// Scope.
    #[serde(default = "inventory_scope")]
    pub scope: String,
}

fn inventory_scope() -> String {
    "inventory".to_owned()
}

/// How a server is reached. TLS certificates are always verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Connection {
    /// PEM file of the certification authority to trust in place of the public ones, relative to
    /// the audit folder.
    pub ca: Option<String>,
    /// HTTP proxy, `http://proxy.example.org:3128`.
    pub proxy: Option<String>,
    /// Seconds to wait for one answer: bulk requests of NetBox take more than a minute.
    pub timeout_seconds: u32,
    /// Times that a request refused for the moment (429, 5xx), or cut, is sent again.
    pub retries: u32,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            ca: None,
            proxy: None,
            timeout_seconds: 180,
            retries: 4,
        }
    }
}

/// When devices that are no longer found are retired: by a status, never by a deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetirePolicy {
    /// Complete runs in a row that must have missed a device.
    pub after_missed: u32,
    /// Nothing is retired where more than this many per hundred of the target's devices would be.
    pub at_most_percent: u32,
}

impl Default for RetirePolicy {
    fn default() -> Self {
        Self {
            after_missed: 2,
            at_most_percent: 10,
        }
    }
}

impl CmdbTarget {
    /// Every secret that it names, by key path.
    pub fn secrets(&self) -> Vec<(&'static str, &SecretSource)> {
        let mut all = Vec::new();
        if let Some(netbox) = &self.netbox {
            all.push(("netbox/token", &netbox.token));
        }
        if let Some(itop) = &self.itop {
            all.push(("itop/password", &itop.password));
        }
        if let Some(glpi) = &self.glpi {
            if let Some(basic) = &glpi.basic {
                all.push(("glpi/basic/password", &basic.password));
            }
            if let Some(oauth2) = &glpi.oauth2 {
                all.push(("glpi/oauth2/client_secret", &oauth2.client_secret));
            }
        }
        all
    }

    /// Address of its server.
    pub fn url(&self) -> Option<&str> {
        let netbox = self.netbox.as_ref().map(|target| &target.url);
        let itop = self.itop.as_ref().map(|target| &target.url);
        let glpi = self.glpi.as_ref().map(|target| &target.url);
        netbox.or(itop).or(glpi).map(String::as_str)
    }
}
