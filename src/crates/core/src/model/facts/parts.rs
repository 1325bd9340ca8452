//! What stands inside or behind a device: stack members, sensors, supplies, guests, software.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One member of a stack, or one chassis of a virtual one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Unit {
    /// Number that the stack gives it; the entity's index where it gives none.
    pub number: String,
    /// `active`, `standby` or `member`, where told.
    pub role: Option<String>,
    /// Model.
    pub model_name: Option<String>,
    /// Serial number.
    pub serial_num: Option<String>,
    /// Software revision.
    pub software_rev: Option<String>,
}

/// One sensor or monitored part.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sensor {
    /// Name; numbered where several carry one.
    pub name: String,
    /// `temperature`, `humidity`, `voltage`, `current`, `power`, `frequency`, `fan`,
    /// `power-supply`, `disk`, `raid`, `cpu`, `memory`, `other`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Reading, as the device's MIB scales it.
    #[schemars(extend("x-volatile" = true))]
    pub value: Option<String>,
    /// Unit of the reading.
    pub unit: Option<String>,
    /// `ok`, `warning`, `failed`, `absent` or `unknown`.
    pub status: Option<String>,
}

/// Printer (RFC 3805).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Printer {
    /// Whether its settings ask for a password: those of the web interface, or of the SNMP set
    /// community as the printer itself tells.
    #[schemars(extend("x-source" = "HTTP settings page; private MIB", "x-absentable" = true))]
    pub admin_password: Option<bool>,
    /// Pages printed since it was made.
    #[schemars(extend("x-source" = "Printer-MIB prtMarkerLifeCount", "x-volatile" = true, "x-absentable" = true))]
    pub page_count: Option<u64>,
    /// Toner, ink, drums and the like.
    #[schemars(extend("x-source" = "Printer-MIB prtMarkerSuppliesTable", "x-key" = "name", "x-absentable" = true))]
    pub supplies: Vec<Supply>,
}

/// One supply.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Supply {
    /// prtMarkerSuppliesDescription; numbered where several carry one.
    pub name: String,
    /// prtMarkerSuppliesType in its MIB's words (`toner`, `wasteToner`, `ink`, `opc`, …).
    pub kind: Option<String>,
    /// What is left, per hundred of its capacity; nothing where the printer does not measure it.
    #[schemars(extend("x-unit" = "%", "x-volatile" = true))]
    pub level_percent: Option<u8>,
}

/// Uninterruptible power supply (RFC 1628).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ups {
    /// `normal`, `low` or `depleted`.
    #[schemars(extend("x-source" = "UPS-MIB upsBatteryStatus; private MIB", "x-volatile" = true, "x-absentable" = true))]
    pub battery_status: Option<String>,
    /// Charge of the batteries.
    #[schemars(extend("x-source" = "UPS-MIB upsEstimatedChargeRemaining; private MIB", "x-unit" = "%", "x-volatile" = true, "x-absentable" = true))]
    pub battery_charge: Option<u32>,
    /// Time that the batteries would last.
    #[schemars(extend("x-source" = "UPS-MIB upsEstimatedMinutesRemaining; private MIB", "x-unit" = "min", "x-volatile" = true, "x-absentable" = true))]
    pub runtime: Option<u32>,
    /// Load of the most loaded output line.
    #[schemars(extend("x-source" = "UPS-MIB upsOutputPercentLoad; private MIB", "x-unit" = "%", "x-volatile" = true, "x-absentable" = true))]
    pub load: Option<u32>,
    /// `normal`, `bypass`, `battery`, `booster`, `reducer`, `none` or `other`.
    #[schemars(extend("x-source" = "UPS-MIB upsOutputSource; private MIB", "x-volatile" = true, "x-absentable" = true))]
    pub output_source: Option<String>,
    /// Alarms present.
    #[schemars(extend("x-source" = "UPS-MIB upsAlarmsPresent", "x-volatile" = true, "x-absentable" = true))]
    pub alarms: Option<u32>,
}

/// One virtual machine of a hypervisor.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Guest {
    /// Name that the hypervisor gives it; numbered where several carry one.
    pub name: String,
    /// `running`, `stopped`, `suspended` or `unknown`.
    #[schemars(extend("x-volatile" = true))]
    pub state: Option<String>,
    /// Guest operating system, as configured.
    pub os: Option<String>,
    /// Memory in bytes.
    #[schemars(extend("x-unit" = "B"))]
    pub memory: Option<u64>,
    /// Virtual processors.
    pub processors: Option<u32>,
}

/// One installed program or package.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Software {
    /// Name, with its version where the agent joins them.
    pub name: String,
    /// Version, where told apart.
    pub version: Option<String>,
}
