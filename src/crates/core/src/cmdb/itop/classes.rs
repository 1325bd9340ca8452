//! iTop's classes and the attributes of theirs that are read and written (data model
//! `itop-config-mgmt` and the modules that extend it, iTop 2.7 to 3.2).

/// A class of iTop.
#[derive(Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: &'static str,
    /// Attributes that are read; those of a loaded class are also the columns of its rows.
    pub attributes: &'static [&'static str],
    /// Attributes that a synchronisation data source finds an object by. Rows of such a class are
    /// loaded; objects of the others are made one by one over REST.
    pub reconciled_by: &'static [&'static str],
    /// Whether devices of the class have interfaces (ConnectableCI).
    pub connectable: bool,
    /// Whether an iTop may lack it: the module is an option of the installation.
    pub optional: bool,
}

impl Class {
    /// Whether its rows are loaded by a synchronisation data source.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        !self.reconciled_by.is_empty()
    }

    /// Whether it has an attribute.
    #[must_use]
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.contains(&attribute)
    }

    const fn device(
        name: &'static str,
        attributes: &'static [&'static str],
        connectable: bool,
        optional: bool,
    ) -> Self {
        Self {
            name,
            attributes,
            reconciled_by: &["org_id", "name", "serialnumber"],
            connectable,
            optional,
        }
    }

    const fn plain(name: &'static str, attributes: &'static [&'static str]) -> Self {
        Self {
            name,
            attributes,
            reconciled_by: &[],
            connectable: false,
            optional: false,
        }
    }
}

/// The class of network interfaces.
pub(super) const INTERFACE: &str = "PhysicalInterface";
/// The class above all devices.
pub(super) const PHYSICAL: &str = "PhysicalDevice";
/// The class of network devices: the only ones that links start from.
pub(super) const NETWORK: &str = "NetworkDevice";
/// Between devices and network devices.
pub(super) const LINK: &str = "lnkConnectableCIToNetworkDevice";
/// Between interfaces and VLANs.
pub(super) const MEMBERSHIP: &str = "lnkPhysicalInterfaceToVLAN";
/// The class of synchronisation data sources.
pub const SOURCE: &str = "SynchroDataSource";

/// Attributes of every device, then those of the class.
macro_rules! physical {
    ($($more:literal),*) => {
        &[
            "name", "description", "org_id", "business_criticity", "serialnumber", "location_id",
            "status", "brand_id", "model_id", $($more),*
        ]
    };
}

/// Classes of devices.
pub(super) const DEVICES: [Class; 14] = [
    Class::device(
        NETWORK,
        physical!("managementip", "networkdevicetype_id", "iosversion_id"),
        true,
        false,
    ),
    Class::device(
        "Server",
        physical!("managementip", "osfamily_id", "osversion_id", "cpu", "ram"),
        true,
        false,
    ),
    Class::device("NAS", physical!("managementip"), true, true),
    Class::device("StorageSystem", physical!("managementip"), true, true),
    Class::device("SANSwitch", physical!("managementip"), true, true),
    Class::device("TapeLibrary", physical!("managementip"), true, true),
    Class::device(
        "PC",
        physical!("osfamily_id", "osversion_id", "cpu", "ram"),
        true,
        true,
    ),
    Class::device("Printer", physical!(), true, true),
    Class::device("IPPhone", physical!(), false, true),
    Class::device("Phone", physical!(), false, true),
    Class::device("Peripheral", physical!(), false, true),
    Class::device("PowerSource", physical!(), false, true),
    // It wants a host, which nothing tells for sure: none is made by us, those of people are kept up.
    Class {
        name: "VirtualMachine",
        attributes: &[
            "name",
            "description",
            "org_id",
            "business_criticity",
            "status",
            "managementip",
            "osfamily_id",
            "osversion_id",
            "cpu",
            "ram",
        ],
        reconciled_by: &["org_id", "name"],
        connectable: false,
        optional: true,
    },
    // It wants a rack: none is made by us, those of people are kept up.
    Class::device("PDU", physical!(), false, true),
];

/// What devices refer to, and what stands below them.
const OTHERS: [Class; 15] = [
    Class::plain("User", &["login"]),
    Class::plain("Organization", &["name", "status"]),
    Class::plain("Location", &["name", "status", "org_id"]),
    Class::plain("Brand", &["name"]),
    Class::plain("Model", &["name", "brand_id", "type"]),
    Class::plain("NetworkDeviceType", &["name"]),
    Class::plain("IOSVersion", &["name", "brand_id"]),
    Class::plain("OSFamily", &["name"]),
    Class::plain("OSVersion", &["name", "osfamily_id"]),
    Class::plain(PHYSICAL, &["name", "org_id", "serialnumber", "status"]),
    Class {
        name: INTERFACE,
        attributes: &[
            "name",
            "connectableci_id",
            "ipaddress",
            "ipmask",
            "macaddress",
            "comment",
            "speed",
        ],
        reconciled_by: &["connectableci_id", "name"],
        connectable: false,
        optional: false,
    },
    Class::plain("VLAN", &["vlan_tag", "description", "org_id"]),
    Class::plain(MEMBERSHIP, &["physicalinterface_id", "vlan_id"]),
    Class::plain("Subnet", &["ip", "ip_mask", "org_id", "subnet_name"]),
    Class::plain(
        LINK,
        &[
            "networkdevice_id",
            "connectableci_id",
            "network_port",
            "device_port",
            "connection_type",
        ],
    ),
];

/// Settings of the synchronisation itself.
const SOURCES: Class = Class::plain(
    SOURCE,
    &[
        "name",
        "description",
        "status",
        "user_id",
        "scope_class",
        "reconciliation_policy",
        "action_on_zero",
        "action_on_one",
        "action_on_multiple",
        "delete_policy",
        "user_delete_policy",
    ],
);

/// A class by name.
#[must_use]
pub fn class(name: &str) -> Option<&'static Class> {
    static DEVICE: [Class; 14] = DEVICES;
    static OTHER: [Class; 15] = OTHERS;
    static SOURCE: Class = SOURCES;
    let mut all = DEVICE.iter().chain(&OTHER).chain(std::iter::once(&SOURCE));
    all.find(|class| class.name == name)
}
