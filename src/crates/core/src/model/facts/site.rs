//! Facts of a whole site, for the checks that judge it as one (`scope: site`). Filled by the
//! inventory from the facts of the site's devices and from declarations; a device whose part is
//! unread makes the site's fact an item that is unread.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The site.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteFacts {
    /// SSH host keys seen, with who shows them.
    #[schemars(extend("x-source" = "ssh.host_keys of every device", "x-key" = "fingerprint", "x-absentable" = true))]
    pub host_keys: Vec<SharedHostKey>,
    /// Roots of spanning trees.
    #[schemars(extend("x-source" = "bridge.stp.root of every switch", "x-key" = "root", "x-absentable" = true))]
    pub stp_roots: Vec<StpRoot>,
    /// Models of network devices, with the software that runs on them.
    #[schemars(extend("x-source" = "hardware.model_name, os.version of network devices", "x-key" = "model", "x-absentable" = true))]
    pub firmware: Vec<ModelFirmware>,
    /// Time sources, with how many devices use each.
    #[schemars(extend("x-source" = "clock.sources of every device", "x-key" = "source", "x-absentable" = true))]
    pub time_sources: Vec<TimeSource>,
    /// Devices whose time source is known.
    #[schemars(extend("x-source" = "clock.sources of every device"))]
    pub time_devices: Option<u32>,
    /// Uninterruptible power supplies.
    #[schemars(extend("x-source" = "devices of class ups", "x-key" = "name", "x-absentable" = true))]
    pub ups: Vec<SiteUps>,
    /// Whether a copy of the backups is offline or cannot be changed.
    #[schemars(extend("x-source" = "declared.backup offline_copy"))]
    pub backup_offline_copy: Option<bool>,
    /// When data were last restored for a test (RFC 3339 full-date); absent: never.
    #[schemars(extend("x-source" = "declared.backup restore_tested_on", "x-absentable" = true))]
    pub restore_tested_on: Option<String>,
}

/// One host key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SharedHostKey {
    /// `SHA256:…`
    pub fingerprint: String,
    /// Devices that show it, members of one stack, cluster or high-availability pair counted once.
    pub devices: Vec<String>,
}

/// One root bridge.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StpRoot {
    /// Bridge id.
    pub root: String,
    /// Device that it is, where known.
    pub device: Option<String>,
    /// Whether the client declared that device as root (role `core switch` or `stp_root`).
    pub declared: Option<bool>,
    /// Devices that follow it.
    pub followed_by: u32,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ModelFirmware {
    /// Maker and model.
    pub model: String,
    /// Versions that run.
    pub versions: Vec<String>,
    /// Devices.
    pub devices: Vec<String>,
}

/// One time source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimeSource {
    /// Address or name.
    pub source: String,
    /// Number of devices that use it.
    pub devices: u32,
}

/// One power supply.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteUps {
    /// Device.
    pub name: String,
    /// As `ups.battery_status`.
    #[schemars(extend("x-volatile" = true))]
    pub battery_status: Option<String>,
    /// As `ups.alarms`.
    #[schemars(extend("x-volatile" = true))]
    pub alarms: Option<u32>,
}
