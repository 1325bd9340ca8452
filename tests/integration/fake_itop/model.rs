//! Classes and attributes, as the data model has them.
use super::*;

/// What an attribute holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Str,
    Text,
    Ip,
    Int,
    Decimal,
    Bool,
    Enum,
    Date,
    Time,
    Blob,
    Password,
    /// A dashboard: shown as nothing.
    Board,
    Key,
    /// Read through a key.
    Field,
    /// Objects that refer to this one, and those that a link class ties to it.
    Set,
    Links,
    Friendly,
    Final,
    Obsolete,
    ObsoleteSince,
}

/// What becomes of an object when what its mandatory key names is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    Silent,
    Auto,
    Manual,
}

pub(super) struct Attribute {
    pub(super) code: String,
    pub(super) kind: Kind,
    pub(super) mandatory: bool,
    pub(super) default: Value,
    pub(super) choices: Vec<&'static str>,
    /// The class that a key or a set names.
    pub(super) target: &'static str,
    /// Of a field, the key and the attribute of what it names; of a set, the key of its class.
    pub(super) via: String,
    pub(super) remote: String,
    pub(super) mode: Mode,
}

pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) parent: Option<&'static str>,
    pub(super) concrete: bool,
    pub(super) naming: Vec<&'static str>,
    pub(super) reconcile: Vec<&'static str>,
    pub(super) attributes: Vec<Attribute>,
}

/// Class (`-` when abstract) and parent, what makes its name, its reconciliation keys, its attributes:
/// `code`, `!` when mandatory, then `:kind(choices)=default`, `>Class/mode` for a key, `=key.code`
/// for a field read through a key, `[Class.key` for a set, `[[Class.key` for one over links.
pub(super) const CLASSES: &str = "\
Organization / name / name code / name! code status:enum(active|inactive)=active parent_id>Organization parent_name=parent_id.name overview:board
Location / name / name org_id / name! status:enum(active|inactive)=active org_id!>Organization org_name=org_id.name address:text postal_code city country person_list[Person.location_id physicaldevice_list[PhysicalDevice.location_id
-Typology / name / name / name!
Brand Typology / name / name / logo:blob physicaldevices_list[PhysicalDevice.brand_id
Model Typology / name / name brand_id type / brand_id!>Brand brand_name=brand_id.name picture:blob type!:enum(NetworkDevice|Server|SANSwitch|StorageSystem|Rack|Enclosure|PC|Tablet|Phone|MobilePhone|Printer|DiskArray|NAS|TapeLibrary|IPPhone|Peripheral|PowerSource|PDU) physicaldevices_list[PhysicalDevice.model_id
NetworkDeviceType Typology / name / name / networkdevicesdevices_list[NetworkDevice.networkdevicetype_id
IOSVersion Typology / brand_name name / name brand_id / brand_id!>Brand brand_name=brand_id.name
OSFamily Typology / name / name / 
OSVersion Typology / name / name osfamily_id / osfamily_id!>OSFamily osfamily_name=osfamily_id.name
-FunctionalCI / name / name org_id / name! description:text org_id!>Organization organization_name=org_id.name business_criticity:enum(high|medium|low)=low move2production:date contacts_list[[lnkContactToFunctionalCI.functionalci_id documents_list[[lnkDocumentToFunctionalCI.functionalci_id applicationsolution_list[[lnkApplicationSolutionToFunctionalCI.functionalci_id softwares_list[SoftwareInstance.system_id providercontracts_list[[lnkFunctionalCIToProviderContract.functionalci_id services_list[[lnkFunctionalCIToService.functionalci_id tickets_list[[lnkFunctionalCIToTicket.functionalci_id
-PhysicalDevice FunctionalCI / name / name org_id location_id / serialnumber location_id>Location location_name=location_id.name status:enum(production|implementation|stock|obsolete)=production brand_id>Brand brand_name=brand_id.name model_id>Model model_name=model_id.name asset_number purchase_date:date end_of_warranty:date
-ConnectableCI PhysicalDevice / name / name org_id / networkdevice_list[[lnkConnectableCIToNetworkDevice.connectableci_id physicalinterface_list[PhysicalInterface.connectableci_id
-DatacenterDevice ConnectableCI / name / name org_id / rack_id>Rack rack_name=rack_id.name enclosure_id>Enclosure enclosure_name=enclosure_id.name nb_u:int managementip:ip powerA_id>PowerConnection powerA_name=powerA_id.name powerB_id>PowerConnection powerB_name=powerB_id.name fiberinterfacelist_list[FiberChannelInterface.datacenterdevice_id san_list[[lnkSanToDatacenterDevice.datacenterdevice_id redundancy:str=1
NetworkDevice DatacenterDevice / name / name org_id / networkdevicetype_id!>NetworkDeviceType networkdevicetype_name=networkdevicetype_id.name connectablecis_list[[lnkConnectableCIToNetworkDevice.networkdevice_id iosversion_id>IOSVersion iosversion_name=iosversion_id.name ram
Server DatacenterDevice / name / name org_id / osfamily_id>OSFamily osfamily_name=osfamily_id.name osversion_id>OSVersion osversion_name=osversion_id.name oslicence_id>OSLicence oslicence_name=oslicence_id.name cpu ram logicalvolumes_list[[lnkServerToVolume.server_id
StorageSystem DatacenterDevice / name / name org_id / logicalvolume_list[LogicalVolume.storagesystem_id
NAS DatacenterDevice / name / name org_id / nasfilesystem_list[NASFileSystem.nas_id
SANSwitch DatacenterDevice / name / name org_id / datacenterdevice_list[[lnkSanToDatacenterDevice.san_id
TapeLibrary DatacenterDevice / name / name org_id / tapes_list[Tape.tapelibrary_id
PC ConnectableCI / name / name org_id / osfamily_id>OSFamily osfamily_name=osfamily_id.name osversion_id>OSVersion osversion_name=osversion_id.name cpu ram type:enum(laptop|desktop)
Printer ConnectableCI / name / name org_id / 
-TelephonyCI PhysicalDevice / name / name org_id / phonenumber
Phone TelephonyCI / name / name org_id / 
IPPhone TelephonyCI / name / name org_id / 
MobilePhone TelephonyCI / name / name org_id / imei hw_pin
Tablet PhysicalDevice / name / name org_id / 
Peripheral PhysicalDevice / name / name org_id / 
Rack PhysicalDevice / name / name org_id location_id / nb_u:int device_list[DatacenterDevice.rack_id enclosure_list[Enclosure.rack_id
Enclosure PhysicalDevice / name / name org_id / rack_id!>Rack rack_name=rack_id.name nb_u:int device_list[DatacenterDevice.enclosure_id
-PowerConnection PhysicalDevice / name / name org_id / 
PowerSource PowerConnection / name / name org_id / pdus_list[PDU.powerstart_id
PDU PowerConnection / name / name org_id / rack_id!>Rack rack_name=rack_id.name powerstart_id>PowerConnection powerstart_name=powerstart_id.name
-VirtualDevice FunctionalCI / name / name org_id / status:enum(production|implementation|stock|obsolete)=production
-VirtualHost VirtualDevice / name / name org_id / 
Hypervisor VirtualHost / name / name org_id / server_id>Server server_name=server_id.name
VirtualMachine VirtualDevice / name / name org_id / virtualhost_id!>VirtualHost virtualhost_name=virtualhost_id.name osfamily_id>OSFamily osfamily_name=osfamily_id.name osversion_id>OSVersion osversion_name=osversion_id.name managementip:ip cpu ram
-NetworkInterface / name / name / name!
-IPInterface NetworkInterface / name / name / ipaddress:ip macaddress comment:text ipgateway:ip ipmask:ip speed:decimal
PhysicalInterface IPInterface / name connectableci_name / name connectableci_id / connectableci_id!>ConnectableCI/auto connectableci_name=connectableci_id.name org_id=connectableci_id.org_id location_id=connectableci_id.location_id vlans_list[[lnkPhysicalInterfaceToVLAN.physicalinterface_id
VLAN / vlan_tag / vlan_tag org_id / vlan_tag! description:text org_id!>Organization org_name=org_id.name subnets_list[[lnkSubnetToVLAN.vlan_id physicalinterfaces_list[[lnkPhysicalInterfaceToVLAN.vlan_id
Subnet / ip ip_mask / ip ip_mask org_id / description:text subnet_name org_id!>Organization org_name=org_id.name ip!:ip ip_mask!:ip vlans_list[[lnkSubnetToVLAN.subnet_id
lnkSubnetToVLAN / subnet_name vlan_tag / subnet_id vlan_id / subnet_id!>Subnet/auto subnet_ip=subnet_id.ip subnet_name=subnet_id.subnet_name vlan_id!>VLAN/auto vlan_tag=vlan_id.vlan_tag
lnkPhysicalInterfaceToVLAN / physicalinterface_device_name physicalinterface_name vlan_tag / physicalinterface_id vlan_id / physicalinterface_id!>PhysicalInterface/auto physicalinterface_name=physicalinterface_id.name physicalinterface_device_id=physicalinterface_id.connectableci_id physicalinterface_device_name=physicalinterface_id.connectableci_name vlan_id!>VLAN/auto vlan_tag=vlan_id.vlan_tag
lnkConnectableCIToNetworkDevice / connectableci_name networkdevice_name / networkdevice_id connectableci_id / networkdevice_id!>NetworkDevice/auto networkdevice_name=networkdevice_id.name connectableci_id!>ConnectableCI/auto connectableci_name=connectableci_id.name network_port device_port connection_type!:enum(uplink|downlink)=downlink
-User / login /  / contactid>Person last_name=contactid.name first_name=contactid.first_name email=contactid.email org_id=contactid.org_id login! language!:str=EN~US status!:enum(enabled|disabled)=enabled profile_list[[URP_UserProfile.userid allowed_org_list[[URP_UserOrg.userid log:text
UserLocal User / login / login / password!:password expiration!:enum(can_expire|never_expire|force_expire|otp_expire)=never_expire password_renewed_date:date
SynchroDataSource / name /  / name! description status!:enum(implementation|production|obsolete)=implementation user_id>User notify_contact_id>Contact scope_class! database_table_name scope_restriction full_load_periodicity:int=0 reconciliation_policy!:enum(use_primary_key|use_attributes)=use_attributes action_on_zero!:enum(create|error)=create action_on_one!:enum(update|error)=update action_on_multiple!:enum(take_first|create|error)=error delete_policy!:enum(ignore|delete|update|update_then_delete)=ignore delete_policy_update delete_policy_retention:int attribute_list[SynchroAttribute.sync_source_id user_delete_policy:enum(everybody|administrators|nobody)=nobody url_icon url_application
SynchroAttribute / attcode /  / sync_source_id!>SynchroDataSource/silent sync_source_name=sync_source_id.name attcode! update!:bool=1 reconcile!:bool=0 update_policy!:enum(master_locked|master_unlocked|write_if_empty)=master_locked
SynchroAttExtKey SynchroAttribute / attcode /  / reconciliation_attcode
SynchroAttLinkSet SynchroAttribute / attcode /  / row_separator:str=| attribute_separator:str=; value_separator:str=: attribute_qualifier:str='
SynchroReplica /  /  / sync_source_id!>SynchroDataSource/silent base_class=sync_source_id.scope_class dest_id:int=0 dest_class:str=Organization status_last_seen:time status!:enum(new|synchronized|modified|orphan|obsolete)=new status_dest_creator:bool=0 status_last_error status_last_warning info_creation_date:time info_last_modified:time";

pub(super) const LINK: &str = "lnkConnectableCIToNetworkDevice";
pub(super) const SOURCE: &str = "SynchroDataSource";
pub(super) const REPLICA: &str = "SynchroReplica";

/// Attributes that no two objects of a class may share, and what is said else.
pub(super) fn unique(class: &str) -> Option<(&'static [&'static str], &'static str)> {
    Some(match class {
        "Brand" => (&["name"], "This brand already exists"),
        "Model" => (
            &["name", "brand_id"],
            "this model already exists for this brand",
        ),
        "lnkPhysicalInterfaceToVLAN" => (
            &["physicalinterface_id", "vlan_id"],
            "Uniqueness rule 'no_duplicate' in error",
        ),
        "lnkSubnetToVLAN" => (
            &["subnet_id", "vlan_id"],
            "Uniqueness rule 'no_duplicate' in error",
        ),
        _ => return None,
    })
}

/// The label of an attribute in the English dictionary, where it is not its code.
pub(super) fn label(code: &str) -> String {
    match code {
        "org_id" => "Organization",
        "networkdevicetype_id" => "Network type",
        "iosversion_id" => "IOS version",
        "brand_id" => "Brand",
        "model_id" => "Model",
        "location_id" => "Location",
        "managementip" => "Management ip",
        "ipaddress" => "IP address",
        "connectableci_id" => "Connectable ci",
        "networkdevice_id" => "Network device",
        "serialnumber" => "Serial number",
        "osfamily_id" => "OS family",
        "osversion_id" => "OS version",
        other => {
            let mut letters = other.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            return first.chain(letters).collect();
        }
    }
    .to_owned()
}

pub(super) static MODEL: LazyLock<BTreeMap<&'static str, Class>> = LazyLock::new(|| {
    let mut model = BTreeMap::new();
    for line in CLASSES.lines() {
        let parts: Vec<&'static str> = line.split(" / ").collect();
        let [head, naming, reconcile, attributes] = parts[..] else {
            panic!("four parts in {line}")
        };
        let (name, parent) = head
            .split_once(' ')
            .map_or((head, None), |(name, parent)| (name, Some(parent)));
        let class = Class {
            name: name.trim_start_matches('-'),
            parent,
            concrete: !name.starts_with('-'),
            naming: naming.split_whitespace().collect(),
            reconcile: reconcile.split_whitespace().collect(),
            attributes: attributes.split_whitespace().map(attribute).collect(),
        };
        model.insert(class.name, class);
    }
    // What the server adds by itself.
    let names: Vec<&'static str> = model.keys().copied().collect();
    let parents: BTreeSet<&str> = model.values().filter_map(|class| class.parent).collect();
    for name in names {
        let family = ancestors(&model, name);
        let keys: Vec<(String, &'static str)> = model[name]
            .attributes
            .iter()
            .filter(|own| own.kind == Kind::Key)
            .map(|own| (own.code.clone(), own.target))
            .collect();
        let mut added = Vec::new();
        for (key, target) in keys {
            added.push(format!("{key}_friendlyname={key}.friendlyname"));
            if fades(&ancestors(&model, target)) {
                added.push(format!("{key}_obsolescence_flag={key}.obsolescence_flag"));
            }
            if parents.contains(target) {
                added.push(format!("{key}_finalclass_recall={key}.finalclass"));
            }
        }
        if family.len() == 1 {
            added.push("friendlyname:friendly".to_owned());
            if parents.contains(name) {
                added.push("finalclass:final".to_owned());
            }
            if fades(&family) {
                added.push("obsolescence_flag:obsolete".to_owned());
                added.push("obsolescence_date:since".to_owned());
            }
        }
        let class = model.get_mut(name).unwrap();
        class
            .attributes
            .extend(added.iter().map(|token| attribute(token)));
    }
    model
});

pub(super) fn fades(family: &[&str]) -> bool {
    family.last().is_some_and(|root| {
        [
            "Organization",
            "Location",
            "FunctionalCI",
            "NetworkInterface",
        ]
        .contains(root)
    })
}

pub(super) fn attribute(token: &str) -> Attribute {
    let end = token.find(['!', ':', '>', '=', '[']).unwrap_or(token.len());
    let (code, rest) = token.split_at(end);
    let mandatory = rest.starts_with('!');
    let rest = rest.trim_start_matches('!');
    let kept = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let mut made = Attribute {
        code: code.to_owned(),
        kind: Kind::Str,
        mandatory,
        default: json!(""),
        choices: Vec::new(),
        target: "",
        via: String::new(),
        remote: String::new(),
        mode: Mode::Manual,
    };
    if let Some(target) = rest.strip_prefix('>') {
        let (target, mode) = target.split_once('/').unwrap_or((target, "manual"));
        made.kind = Kind::Key;
        made.default = json!(0);
        made.target = kept(target);
        made.mode = match mode {
            "auto" => Mode::Auto,
            "silent" => Mode::Silent,
            _ => Mode::Manual,
        };
    } else if let Some((via, remote)) = rest.strip_prefix('=').and_then(|way| way.split_once('.')) {
        made.kind = Kind::Field;
        (made.via, made.remote) = (via.to_owned(), remote.to_owned());
    } else if let Some(way) = rest.strip_prefix('[') {
        let (class, key) = way.trim_start_matches('[').split_once('.').unwrap();
        made.kind = match way.starts_with('[') {
            true => Kind::Links,
            false => Kind::Set,
        };
        (made.target, made.via) = (kept(class), key.to_owned());
    } else if let Some(form) = rest.strip_prefix(':') {
        let (form, default) = form.split_once('=').unwrap_or((form, ""));
        let (kind, choices) = form.split_once('(').unwrap_or((form, ""));
        let choices = choices.trim_end_matches(')').split('|');
        made.choices = choices
            .filter(|choice| !choice.is_empty())
            .map(kept)
            .collect();
        made.kind = kind_of(kind);
        let default = json!(default.replace('~', " "));
        made.default = real(&made, &default).unwrap_or_default();
    }
    made
}

pub(super) fn kind_of(word: &str) -> Kind {
    match word {
        "text" => Kind::Text,
        "ip" => Kind::Ip,
        "int" => Kind::Int,
        "decimal" => Kind::Decimal,
        "bool" => Kind::Bool,
        "enum" => Kind::Enum,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "blob" => Kind::Blob,
        "password" => Kind::Password,
        "board" => Kind::Board,
        "friendly" => Kind::Friendly,
        "final" => Kind::Final,
        "obsolete" => Kind::Obsolete,
        "since" => Kind::ObsoleteSince,
        _ => Kind::Str,
    }
}

/// A class and those it descends from, itself first.
pub(super) fn ancestors(model: &BTreeMap<&'static str, Class>, name: &str) -> Vec<&'static str> {
    let mut family = Vec::new();
    let mut next = model.get(name);
    while let Some(class) = next {
        family.push(class.name);
        next = class.parent.and_then(|parent| model.get(parent));
    }
    family
}

pub(super) fn is_a(class: &str, parent: &str) -> bool {
    ancestors(&MODEL, class).contains(&parent)
}

pub(super) fn root(class: &str) -> Option<&'static str> {
    ancestors(&MODEL, class).last().copied()
}

/// Every attribute of a class, those of its parents first.
pub(super) fn attributes(class: &str) -> impl Iterator<Item = &'static Attribute> {
    let family = ancestors(&MODEL, class).into_iter().rev();
    family.flat_map(|class| &MODEL[class].attributes)
}

pub(super) fn find_attribute(class: &str, code: &str) -> Option<&'static Attribute> {
    attributes(class).find(|attribute| attribute.code == code)
}

/// The attribute that a field shows in the end.
pub(super) fn shown(class: &str, attribute: &'static Attribute) -> Option<&'static Attribute> {
    if attribute.kind != Kind::Field {
        return Some(attribute);
    }
    let target = find_attribute(class, &attribute.via)?.target;
    shown(target, find_attribute(target, &attribute.remote)?)
}

pub(super) fn writable(attribute: &Attribute) -> bool {
    !matches!(
        attribute.kind,
        Kind::Field
            | Kind::Board
            | Kind::Friendly
            | Kind::Final
            | Kind::Obsolete
            | Kind::ObsoleteSince
    )
}

/// `(string)` of PHP.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "1".to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// `(float)` of PHP: what a text begins with.
pub(super) fn number(value: &Value) -> f64 {
    if let Some(number) = value.as_f64() {
        return number;
    }
    let text = text(value);
    let text = text.trim_start();
    let ends = (0..=text.len())
        .rev()
        .filter(|at| text.is_char_boundary(*at));
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte))
    };
    ends.map(|at| &text[..at])
        .filter(|text| plain(text))
        .find_map(|text| text.parse().ok())
        .unwrap_or_default()
}

pub(super) fn integer(value: &Value) -> i64 {
    number(value) as i64
}

pub(super) fn id_of(value: &Value) -> u64 {
    u64::try_from(integer(value)).unwrap_or_default()
}

/// As the collation compares: neither case nor accents nor blanks at the end count.
pub(super) fn folded(text: &str) -> String {
    let plain = |letter: char| match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    };
    let text = text.trim_end_matches(' ').to_lowercase();
    text.chars().map(plain).collect()
}

/// The value that an attribute keeps of what it is given.
pub(super) fn real(attribute: &Attribute, value: &Value) -> Result<Value, String> {
    let empty = value.is_null() || value == "";
    if value.is_array() || value.is_object() {
        return Err("Array to string conversion".to_owned());
    }
    Ok(match attribute.kind {
        Kind::Str | Kind::Text | Kind::Ip | Kind::Password => json!(text(value)),
        Kind::Key if empty => json!(0),
        Kind::Key => json!(integer(value)),
        Kind::Int | Kind::Decimal | Kind::Bool | Kind::Date | Kind::Time if empty => Value::Null,
        Kind::Enum if empty || *value == false => Value::Null,
        Kind::Int => json!(integer(value)),
        Kind::Decimal => json!(format!("{:.2}", number(value))),
        // Words are false: only a number that is not zero is true.
        Kind::Bool => json!(*value == true || integer(value) != 0),
        Kind::Enum => json!(text(value)),
        Kind::Date | Kind::Time => {
            let (form, size) = match attribute.kind {
                Kind::Date => ("Y-m-d", 10),
                _ => ("Y-m-d H:i:s", 19),
            };
            let given = text(value);
            if given.len() != size || !given.is_ascii() || given.as_bytes()[4] != b'-' {
                return Err(format!(
                    "Wrong format for date attribute {}, expecting \"{form}\" and got \"{given}\"",
                    attribute.code
                ));
            }
            json!(given)
        }
        _ => Value::Null,
    })
}

pub(super) fn is_null(attribute: &Attribute, value: &Value) -> bool {
    value.is_null() || value == "" || (attribute.kind == Kind::Key && integer(value) == 0)
}

pub(super) fn four_numbers(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
            && part.parse::<u8>().is_ok()
    };
    text.split('.').count() == 4 && text.split('.').all(plain)
}
