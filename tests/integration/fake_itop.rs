//! An iTop 3.3 that behaves as its sources say, in memory.
use crate::server::{Handler, Reply, Request};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::Sender;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

pub(crate) const USER: &str = "arpenteur";
pub(crate) const PASSWORD: &str = "canary-itop-4c7e";

/// What befalls a write (create, update, delete or import that is not simulated), counted from 1.
#[derive(Clone)]
pub(crate) enum Fault {
    /// 429 with Retry-After: 0.
    Busy,
    /// 503, nothing done.
    Down,
    /// The connection is cut, nothing done.
    CutBefore,
    /// It is done, and the connection is cut.
    CutAfter,
    /// It is done, and the answer comes too late.
    Stall(Duration),
    /// Nothing done; the test is told, and no answer comes.
    HangBefore(Sender<()>),
    /// It is done; the test is told, and no answer comes.
    HangAfter(Sender<()>),
}

/// What an attribute holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
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
enum Mode {
    Silent,
    Auto,
    Manual,
}

struct Attribute {
    code: String,
    kind: Kind,
    mandatory: bool,
    default: Value,
    choices: Vec<&'static str>,
    /// The class that a key or a set names.
    target: &'static str,
    /// Of a field, the key and the attribute of what it names; of a set, the key of its class.
    via: String,
    remote: String,
    mode: Mode,
}

struct Class {
    name: &'static str,
    parent: Option<&'static str>,
    concrete: bool,
    naming: Vec<&'static str>,
    reconcile: Vec<&'static str>,
    attributes: Vec<Attribute>,
}

/// Class (`-` when abstract) and parent, what makes its name, its reconciliation keys, its attributes:
/// `code`, `!` when mandatory, then `:kind(choices)=default`, `>Class/mode` for a key, `=key.code`
/// for a field read through a key, `[Class.key` for a set, `[[Class.key` for one over links.
const CLASSES: &str = "\
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

const LINK: &str = "lnkConnectableCIToNetworkDevice";
const SOURCE: &str = "SynchroDataSource";
const REPLICA: &str = "SynchroReplica";

/// Attributes that no two objects of a class may share, and what is said else.
fn unique(class: &str) -> Option<(&'static [&'static str], &'static str)> {
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
fn label(code: &str) -> String {
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

static MODEL: LazyLock<BTreeMap<&'static str, Class>> = LazyLock::new(|| {
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

fn fades(family: &[&str]) -> bool {
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

fn attribute(token: &str) -> Attribute {
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

fn kind_of(word: &str) -> Kind {
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
fn ancestors(model: &BTreeMap<&'static str, Class>, name: &str) -> Vec<&'static str> {
    let mut family = Vec::new();
    let mut next = model.get(name);
    while let Some(class) = next {
        family.push(class.name);
        next = class.parent.and_then(|parent| model.get(parent));
    }
    family
}

fn is_a(class: &str, parent: &str) -> bool {
    ancestors(&MODEL, class).contains(&parent)
}

fn root(class: &str) -> Option<&'static str> {
    ancestors(&MODEL, class).last().copied()
}

/// Every attribute of a class, those of its parents first.
fn attributes(class: &str) -> impl Iterator<Item = &'static Attribute> {
    let family = ancestors(&MODEL, class).into_iter().rev();
    family.flat_map(|class| &MODEL[class].attributes)
}

fn find_attribute(class: &str, code: &str) -> Option<&'static Attribute> {
    attributes(class).find(|attribute| attribute.code == code)
}

/// The attribute that a field shows in the end.
fn shown(class: &str, attribute: &'static Attribute) -> Option<&'static Attribute> {
    if attribute.kind != Kind::Field {
        return Some(attribute);
    }
    let target = find_attribute(class, &attribute.via)?.target;
    shown(target, find_attribute(target, &attribute.remote)?)
}

fn writable(attribute: &Attribute) -> bool {
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
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "1".to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// `(float)` of PHP: what a text begins with.
fn number(value: &Value) -> f64 {
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

fn integer(value: &Value) -> i64 {
    number(value) as i64
}

fn id_of(value: &Value) -> u64 {
    u64::try_from(integer(value)).unwrap_or_default()
}

/// As the collation compares: neither case nor accents nor blanks at the end count.
fn folded(text: &str) -> String {
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
fn real(attribute: &Attribute, value: &Value) -> Result<Value, String> {
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

fn is_null(attribute: &Attribute, value: &Value) -> bool {
    value.is_null() || value == "" || (attribute.kind == Kind::Key && integer(value) == 0)
}

fn four_numbers(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
            && part.parse::<u8>().is_ok()
    };
    text.split('.').count() == 4 && text.split('.').all(plain)
}

#[derive(Clone)]
struct Object {
    class: &'static str,
    fields: Map<String, Value>,
}

/// The table that holds an object, named after the root of its class, and its number there.
type Place = (&'static str, u64);

/// What an importer left for a replica: its key and the cells that are not NULL.
#[derive(Clone, Default)]
struct Row {
    key: Option<String>,
    cells: BTreeMap<String, String>,
}

#[derive(Clone, Default)]
struct State {
    objects: BTreeMap<Place, Object>,
    rows: BTreeMap<u64, Row>,
    next: BTreeMap<&'static str, u64>,
    /// Seconds that have passed: one an import.
    clock: u64,
    ordinary: bool,
    /// Classes whose module is not installed.
    lacking: Vec<String>,
    /// The source whose synchronisation runs: what it owns is not locked for it.
    task: u64,
    writes: usize,
    faults: BTreeMap<usize, Fault>,
}

#[derive(Clone)]
pub(crate) struct FakeItop(Arc<Mutex<State>>);

impl FakeItop {
    pub(crate) fn new() -> Self {
        let mut state = State::default();
        let account = json!({"login": USER, "password": PASSWORD});
        state.make("UserLocal", &account).unwrap();
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn handler(&self) -> Handler {
        let fake = self.clone();
        Arc::new(move |request| fake.answer(request))
    }

    /// Whether the account is an ordinary one: it then sees no data source.
    pub(crate) fn ordinary(&self, ordinary: bool) {
        self.0.lock().unwrap().ordinary = ordinary;
    }

    /// Has no such class: its module is not installed.
    pub(crate) fn lacks(&self, class: &str) {
        self.0.lock().unwrap().lacking.push(class.to_owned());
    }

    pub(crate) fn writes(&self) -> usize {
        self.0.lock().unwrap().writes
    }

    /// What befalls the n-th write from now.
    pub(crate) fn fault(&self, write: usize, fault: Fault) {
        let mut state = self.0.lock().unwrap();
        let at = state.writes + write;
        state.faults.insert(at, fault);
    }

    /// Objects of a class and of its children: fields as REST shows them, link sets left out, and `id`.
    pub(crate) fn all(&self, class: &str) -> Vec<Value> {
        let state = self.0.lock().unwrap();
        let found = state.select(class, |_, _| true);
        found.into_iter().map(|place| state.plain(place)).collect()
    }

    /// The object with a name (its friendly name, or its attribute `name`).
    pub(crate) fn named(&self, class: &str, name: &str) -> Value {
        let mut all = self.all(class).into_iter();
        all.find(|object| object["friendlyname"] == name || object["name"] == name)
            .unwrap_or_else(|| panic!("no {name} in {class}"))
    }

    /// Makes an object as a person would; fields as for REST.
    pub(crate) fn person(&self, class: &str, fields: Value) -> u64 {
        self.0.lock().unwrap().make(class, &fields).unwrap()
    }

    /// A person changes a field, even one that a source keeps locked.
    pub(crate) fn edit(&self, class: &str, id: u64, field: &str, value: Value) {
        let mut state = self.0.lock().unwrap();
        let place = (root(class).unwrap(), id);
        let object = state.objects.get_mut(&place).unwrap();
        let attribute = find_attribute(object.class, field).unwrap();
        let value = real(attribute, &value).unwrap();
        object.fields.insert(field.to_owned(), value);
    }

    /// A person deletes an object, and all that goes with it, whatever the policy.
    pub(crate) fn remove(&self, class: &str, id: u64) {
        let mut state = self.0.lock().unwrap();
        let mut plan = Plan::default();
        state.plan(&mut plan, (root(class).unwrap(), id), None);
        state.carry_out(&plan);
    }

    /// Replicas of a source: their attributes, and the primary key that REST does not show.
    pub(crate) fn replicas(&self, source: &str) -> Vec<Value> {
        let state = self.0.lock().unwrap();
        let found = state.select(REPLICA, |id, object| {
            state.get(id, object, "sync_source_id_friendlyname") == source
        });
        let found = found.into_iter().map(|place| {
            let mut shown = state.plain(place);
            shown["primary_key"] = json!(state.rows[&place.1].key);
            shown
        });
        found.collect()
    }

    /// The business objects without their numbers: two runs that differ in order alone are equal.
    pub(crate) fn content(&self) -> Vec<String> {
        let state = self.0.lock().unwrap();
        let business = state.objects.iter().filter(|(_, object)| {
            !object.class.starts_with("Synchro") && !is_a(object.class, "User")
        });
        let mut lines: Vec<String> = business
            .map(|((_, id), object)| {
                let stored = attributes(object.class).filter(|own| writable(own));
                let fields = stored.filter_map(|own| {
                    let value = match own.kind {
                        Kind::Set | Kind::Links | Kind::Blob => return None,
                        Kind::Key => state.get(*id, object, &format!("{}_friendlyname", own.code)),
                        _ => state.get(*id, object, &own.code),
                    };
                    (!value.is_null() && value != "").then(|| format!("{}={value}", own.code))
                });
                let fields: Vec<String> = fields.collect();
                format!("{} {}", object.class, fields.join(" "))
            })
            .collect();
        lines.sort();
        lines
    }

    fn answer(&self, request: &Request) -> Reply {
        let form = form(request);
        let mut state = self.0.lock().unwrap();
        let import = match request.path.as_str() {
            "/webservices/rest.php" => false,
            "/synchro/synchro_import.php" => true,
            _ => return Reply::new(404, json!("Not Found")),
        };
        if let Err((code, words)) = login(&form) {
            return match import {
                true => page(format!("<p>{words}</p>\n")),
                false => Reply::new(
                    200,
                    json!({"code": code, "message": format!("Error: {words}")}),
                ),
            };
        }
        let fault = match writes(import, &form) {
            true => {
                state.writes += 1;
                let at = state.writes;
                state.faults.remove(&at)
            }
            false => None,
        };
        let never = |reply| Reply {
            cut: true,
            stall: Duration::from_secs(20),
            ..reply
        };
        match &fault {
            Some(Fault::Busy) => {
                let mut reply = Reply::new(429, json!("Too Many Requests"));
                reply.headers.push(("retry-after", "0".to_owned()));
                return reply;
            }
            Some(Fault::Down) => return Reply::new(503, json!("Service Unavailable")),
            Some(Fault::CutBefore) => {
                return Reply {
                    cut: true,
                    ..Reply::new(200, Value::Null)
                };
            }
            Some(Fault::HangBefore(tell)) => {
                tell.send(()).unwrap();
                return never(Reply::new(200, Value::Null));
            }
            _ => {}
        }
        let reply = match import {
            true => page(state.import(&form)),
            false => Reply::new(200, state.rest(&form)),
        };
        match fault {
            Some(Fault::CutAfter) => Reply { cut: true, ..reply },
            Some(Fault::Stall(stall)) => Reply { stall, ..reply },
            Some(Fault::HangAfter(tell)) => {
                tell.send(()).unwrap();
                never(reply)
            }
            _ => reply,
        }
    }
}

type Form = BTreeMap<String, String>;

fn form(request: &Request) -> Form {
    let body = String::from_utf8_lossy(&request.bytes);
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| (decoded(name), decoded(value)));
    request.query.iter().cloned().chain(pairs).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn login(form: &Form) -> Result<(), (u64, &'static str)> {
    match (form.get("auth_user"), form.get("auth_pwd")) {
        (None, _) => Err((5, "Missing parameter 'auth_user'")),
        (_, None) => Err((6, "Missing parameter 'auth_pwd'")),
        (Some(user), Some(password)) if user == USER && password == PASSWORD => Ok(()),
        _ => Err((1, "Invalid login")),
    }
}

fn page(text: String) -> Reply {
    Reply {
        text: Some(text),
        ..Reply::new(200, Value::Null)
    }
}

/// Whether a request means to change something.
fn writes(import: bool, form: &Form) -> bool {
    if import {
        return form.get("simulate").is_none_or(|simulate| simulate != "1");
    }
    let data = form.get("json_data").map_or("", String::as_str);
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    match data["operation"].as_str() {
        Some("core/create" | "core/update") => true,
        Some("core/delete") => data["simulate"] != true,
        _ => false,
    }
}

// Objects.

impl State {
    fn object(&self, class: &str, id: u64) -> Option<&Object> {
        let object = self.objects.get(&(root(class)?, id))?;
        is_a(object.class, class).then_some(object)
    }

    /// Places of objects that fit, in the order of their names.
    fn select(&self, class: &str, fits: impl Fn(u64, &Object) -> bool) -> Vec<Place> {
        let objects = self.objects.iter();
        let fit = objects
            .filter(|((_, id), object)| is_a(object.class, class) && fits(*id, object))
            .map(|(place, _)| *place);
        let mut found: Vec<Place> = fit.collect();
        found.sort_by_cached_key(|place| (folded(&self.name(*place)), place.1));
        found
    }

    fn name(&self, place: Place) -> String {
        text(&self.get(place.1, &self.objects[&place], "friendlyname"))
    }

    fn get(&self, id: u64, object: &Object, code: &str) -> Value {
        if code == "id" {
            return json!(id);
        }
        let attribute = find_attribute(object.class, code)
            .unwrap_or_else(|| panic!("{} has no {code}", object.class));
        match attribute.kind {
            Kind::Field => {
                let key = id_of(&self.get(id, object, &attribute.via));
                let target = find_attribute(object.class, &attribute.via).unwrap().target;
                match self.object(target, key) {
                    Some(other) => self.get(key, other, &attribute.remote),
                    None => shown(object.class, attribute)
                        .map_or(json!(""), |last| last.default.clone()),
                }
            }
            Kind::Friendly => {
                let parts = MODEL[object.class].naming.iter();
                let parts: Vec<String> = parts
                    .map(|code| text(&self.get(id, object, code)))
                    .collect();
                match parts.is_empty() {
                    true => json!(object.class),
                    false => json!(parts.join(" ")),
                }
            }
            Kind::Final => json!(object.class),
            Kind::Obsolete => json!(match object.fields.get("status").and_then(Value::as_str) {
                Some(status) => matches!(status, "obsolete" | "inactive"),
                None =>
                    is_a(object.class, "PhysicalInterface")
                        && self.get(id, object, "connectableci_id_obsolescence_flag") == true,
            }),
            _ => object.fields.get(code).cloned().unwrap_or_default(),
        }
    }

    /// A value as the server writes it in JSON: mostly text, whatever it is.
    fn rendered(&self, place: Place, code: &str, deep: bool) -> Value {
        let object = &self.objects[&place];
        let Some(attribute) = find_attribute(object.class, code) else {
            return json!(place.1.to_string());
        };
        let value = self.get(place.1, object, code);
        match shown(object.class, attribute).map_or(Kind::Str, |last| last.kind) {
            Kind::Bool | Kind::Obsolete => json!(value == true),
            Kind::Enum => value,
            Kind::Password => json!("*****"),
            Kind::Blob => {
                json!({"data": "", "mimetype": "text/plain", "filename": "", "downloads_count": 0})
            }
            Kind::Set | Kind::Links => self.rendered_set(place, attribute, deep),
            _ => json!(text(&value)),
        }
    }

    fn rendered_set(&self, place: Place, set: &Attribute, deep: bool) -> Value {
        let linked = self.select(set.target, |_, object| {
            object.fields.get(&set.via) == Some(&json!(place.1))
        });
        let linked = linked.into_iter().map(|other| {
            let class = match deep {
                true => self.objects[&other].class,
                false => set.target,
            };
            let codes = attributes(class).filter(|own| own.code != set.via && own.via != set.via);
            let codes = codes.map(|own| own.code.as_str());
            Value::Object(self.fields(other, codes, deep))
        });
        Value::Array(linked.collect())
    }

    fn fields<'a>(
        &self,
        place: Place,
        codes: impl Iterator<Item = &'a str>,
        deep: bool,
    ) -> Map<String, Value> {
        codes
            .map(|code| (code.to_owned(), self.rendered(place, code, deep)))
            .collect()
    }

    fn plain(&self, place: Place) -> Value {
        let scalar = attributes(self.objects[&place].class)
            .filter(|own| !matches!(own.kind, Kind::Set | Kind::Links | Kind::Blob));
        let mut fields = self.fields(place, scalar.map(|own| own.code.as_str()), false);
        fields.insert("id".to_owned(), json!(place.1));
        Value::Object(fields)
    }

    /// `=` of SQL between an attribute and a value.
    fn equals(&self, id: u64, object: &Object, code: &str, value: &Value) -> bool {
        let own = self.get(id, object, code);
        if own.is_null() || value.is_null() {
            return false;
        }
        let attribute = find_attribute(object.class, code);
        let kind = attribute.and_then(|own| shown(object.class, own));
        let kind = kind.map_or(Kind::Int, |last| last.kind);
        match kind {
            Kind::Int | Kind::Decimal | Kind::Bool | Kind::Key | Kind::Obsolete => {
                number(&json!(text(&own))) == number(&json!(text(value)))
            }
            _ => folded(&text(&own)) == folded(&text(value)),
        }
    }

    /// The object that alone has a value, as the synchronisation looks for it.
    fn by_column(&self, class: &str, code: &str, value: &str) -> Result<Option<u64>, String> {
        if code != "id" && find_attribute(class, code).is_none() {
            return Err(format!("Unknown attribute {code} from class {class}"));
        }
        let found = self.select(class, |id, object| match code {
            "id" => value.trim().parse() == Ok(id),
            code => self.equals(id, object, code, &json!(value)),
        });
        Ok((found.len() == 1).then(|| found[0].1))
    }

    // Writing.

    /// What is wrong with an object that is about to be written, of which some attributes change.
    fn issues(&self, id: Option<u64>, object: &Object, changed: &[&str]) -> Vec<String> {
        let mut issues = Vec::new();
        if let Some((codes, words)) = unique(object.class) {
            let twins = self.select(object.class, |other, twin| {
                Some(other) != id
                    && codes
                        .iter()
                        .all(|code| self.equals(other, twin, code, &object.fields[*code]))
            });
            issues.extend((!twins.is_empty()).then(|| words.to_owned()));
        }
        for code in changed {
            let attribute = find_attribute(object.class, code).unwrap();
            if let Err(words) = self.check(attribute, &object.fields[*code]) {
                issues.push(format!(
                    "Unexpected value for attribute '{}' ({code}) : {words}",
                    label(code)
                ));
            }
        }
        if let (Some(id), true) = (id, issues.is_empty()) {
            let locked = changed.iter().filter(|code| self.locked(id, object, code));
            issues.extend(locked.map(|code| {
                format!(
                    "The field {} is not writable because it is mastered by the data synchronization. Value not set.",
                    label(code)
                )
            }));
        }
        if object.class == SOURCE {
            issues.extend(self.source_issues(id, object));
        }
        issues
    }

    fn check(&self, attribute: &Attribute, value: &Value) -> Result<(), String> {
        let given = text(value);
        if is_null(attribute, value) {
            return match attribute.mandatory {
                true => Err("Null not allowed".to_owned()),
                false => Ok(()),
            };
        }
        let limit = match attribute.kind {
            Kind::Str | Kind::Ip => 255,
            Kind::Text => 65535,
            _ => usize::MAX,
        };
        let count = given.chars().count();
        if attribute.kind == Kind::Key && self.object(attribute.target, id_of(value)).is_none() {
            return Err(format!(
                "Target object not found ({}::{given})",
                attribute.target
            ));
        }
        if attribute.kind == Kind::Enum && !attribute.choices.contains(&given.as_str()) {
            return Err(format!("Value not allowed [{given}]"));
        }
        if count > limit {
            return Err(format!(
                "String too long (found {count}, limited to {limit})"
            ));
        }
        let fits = match attribute.kind {
            Kind::Ip => four_numbers(&given),
            // DECIMAL(12,2): ten digits before the point.
            Kind::Decimal => given.trim_start_matches('-').len() <= 13,
            _ => true,
        };
        match fits {
            true => Ok(()),
            false => Err(format!("Wrong format [{given}]")),
        }
    }

    /// Replicas whose object this is.
    fn replicas_of(&self, id: u64, class: &str) -> Vec<u64> {
        let mine = |replica: &Object| {
            replica.fields["dest_class"] == class && replica.fields["dest_id"] == id
        };
        let found = self.select(REPLICA, |_, replica| mine(replica));
        found.into_iter().map(|(_, replica)| replica).collect()
    }

    fn replica(&self, replica: u64) -> &Map<String, Value> {
        &self.objects[&(REPLICA, replica)].fields
    }

    fn source(&self, id: u64, code: &str) -> String {
        text(&self.objects[&(SOURCE, id)].fields[code])
    }

    /// Whether another source than the one that runs is master of an attribute.
    fn locked(&self, id: u64, object: &Object, code: &str) -> bool {
        let replicas = self.replicas_of(id, object.class).into_iter();
        let sources = replicas.map(|replica| id_of(&self.replica(replica)["sync_source_id"]));
        sources.filter(|source| *source != self.task).any(|source| {
            let attributes = self.sync_attributes(source);
            let mut attributes = attributes.iter().map(|place| &self.objects[place].fields);
            attributes.any(|own| {
                own["attcode"] == code
                    && own["update"] == true
                    && own["update_policy"] == "master_locked"
            })
        })
    }

    fn sync_attributes(&self, source: u64) -> Vec<Place> {
        self.select("SynchroAttribute", |_, object| {
            object.fields["sync_source_id"] == source
        })
    }

    fn source_issues(&self, id: Option<u64>, source: &Object) -> Vec<String> {
        let is = |code: &str, value: &str| source.fields[code] == value;
        let reconciles = match id {
            Some(id) => self
                .sync_attributes(id)
                .iter()
                .any(|place| self.objects[place].fields["reconcile"] == true),
            None => MODEL
                .get(text(&source.fields["scope_class"]).as_str())
                .is_some_and(|class| !class.reconcile.is_empty()),
        };
        let later = is("delete_policy", "update_then_delete");
        let rules = [
            (
                is("reconciliation_policy", "use_attributes") && !reconciles,
                "At Least one reconciliation key must be specified, or the reconciliation policy must be to use the primary key.",
            ),
            (
                later && integer(&source.fields["delete_policy_retention"]) == 0,
                "A delete retention period must be specified, since objects are to be deleted after being marked as obsolete",
            ),
            (
                (later || is("delete_policy", "update")) && is("delete_policy_update", ""),
                "Obsolete objects are to be updated, but no update is specified.",
            ),
        ];
        let broken = rules.into_iter().filter(|(broken, _)| *broken);
        broken.map(|(_, words)| words.to_owned()).collect()
    }

    /// Makes an object of fields as REST gives them.
    fn make(&mut self, class: &str, fields: &Value) -> Result<u64, String> {
        let mut given = Vec::new();
        for (code, value) in fields.as_object().ok_or("Wrong format for fields")? {
            let value = self.make_value(class, code, value)?;
            given.push((code.clone(), value));
        }
        self.insert(class, &given)
    }

    fn insert(&mut self, class: &str, given: &[(String, Value)]) -> Result<u64, String> {
        let known = &MODEL[class];
        if !known.concrete {
            return Err(format!("Cannot instantiate abstract class {class}"));
        }
        if class == REPLICA {
            return Err(
                "A synchronization replica must be created only by the mean of triggers".to_owned(),
            );
        }
        let stored: Vec<&Attribute> = attributes(class)
            .filter(|own| writable(own) && !matches!(own.kind, Kind::Set | Kind::Links))
            .collect();
        let fields = stored
            .iter()
            .map(|own| (own.code.clone(), own.default.clone()));
        let mut object = Object {
            class: known.name,
            fields: fields.collect(),
        };
        for (code, value) in given {
            set(&mut object, code, value)?;
        }
        let codes: Vec<&str> = stored.iter().map(|own| own.code.as_str()).collect();
        refused(&self.issues(None, &object, &codes), class, "-1")?;
        if class == SOURCE && !MODEL.contains_key(text(&object.fields["scope_class"]).as_str()) {
            return Err(format!(
                "Unknown class '{}'",
                text(&object.fields["scope_class"])
            ));
        }
        let id = self.put(object);
        match class {
            SOURCE => self.source_made(id),
            LINK => self.link_made(id),
            _ => {}
        }
        Ok(id)
    }

    fn put(&mut self, object: Object) -> u64 {
        let table = root(object.class).unwrap();
        let next = self.next.entry(table).or_default();
        *next += 1;
        let id = *next;
        self.objects.insert((table, id), object);
        id
    }

    /// Changes an object; tells whether anything did change.
    fn update(&mut self, place: Place, given: &[(String, Value)]) -> Result<bool, String> {
        let before = self.objects[&place].clone();
        let mut object = before.clone();
        for (code, value) in given {
            set(&mut object, code, value)?;
        }
        let codes = object.fields.keys();
        let changed: Vec<&str> = codes
            .filter(|code| object.fields[*code] != before.fields[*code])
            .map(String::as_str)
            .collect();
        if changed.is_empty() {
            return Ok(false);
        }
        let issues = self.issues(Some(place.1), &object, &changed);
        refused(&issues, object.class, &place.1.to_string())?;
        self.objects.insert(place, object);
        if place.0 == LINK {
            self.link_changed(&before, place.1);
        }
        Ok(true)
    }

    /// A new source gets an attribute for each that may be written, locked and updated.
    fn source_made(&mut self, id: u64) {
        let source = self.objects.get_mut(&(SOURCE, id)).unwrap();
        let class = text(&source.fields["scope_class"]);
        if source.fields["database_table_name"] == "" {
            let table = format!("synchro_data_{}_{id}", class.to_lowercase());
            source
                .fields
                .insert("database_table_name".to_owned(), json!(table));
        }
        for own in attributes(&class).filter(|own| writable(own) && own.kind != Kind::Set) {
            let kind = match own.kind {
                Kind::Key => "SynchroAttExtKey",
                Kind::Links => "SynchroAttLinkSet",
                _ => "SynchroAttribute",
            };
            let key = MODEL[class.as_str()].reconcile.contains(&own.code.as_str());
            let fields =
                json!({"sync_source_id": id, "attcode": own.code, "reconcile": u8::from(key)});
            self.make(kind, &fields).unwrap();
        }
    }

    /// Links between two network devices that say a thing.
    fn links(&self, device: &Value, network: &Value, ports: [&Value; 2]) -> Vec<Place> {
        self.select(LINK, |id, link| {
            link.fields["connectableci_id"] == *device
                && link.fields["networkdevice_id"] == *network
                && self.equals(id, link, "network_port", ports[0])
                && self.equals(id, link, "device_port", ports[1])
        })
    }

    /// The link as the other end tells it; none when that end is no network device.
    fn mirrored(&self, link: &Object) -> Option<Object> {
        let fields = &link.fields;
        let other = self.object("ConnectableCI", id_of(&fields["connectableci_id"]))?;
        let other_type = match fields["connection_type"] == "uplink" {
            true => "downlink",
            false => "uplink",
        };
        let turned = json!({
            "networkdevice_id": fields["connectableci_id"],
            "connectableci_id": fields["networkdevice_id"],
            "network_port": fields["device_port"],
            "device_port": fields["network_port"],
            "connection_type": other_type,
        });
        (other.class == "NetworkDevice").then(|| Object {
            class: link.class,
            fields: turned.as_object().unwrap().clone(),
        })
    }

    fn twins(&self, turned: &Object) -> Vec<Place> {
        let fields = &turned.fields;
        self.links(
            &fields["connectableci_id"],
            &fields["networkdevice_id"],
            [&fields["network_port"], &fields["device_port"]],
        )
    }

    fn link_made(&mut self, id: u64) {
        if let Some(turned) = self.mirrored(&self.objects[&(LINK, id)])
            && self.twins(&turned).is_empty()
        {
            self.put(turned);
        }
    }

    fn link_changed(&mut self, before: &Object, id: u64) {
        let now = self.mirrored(&self.objects[&(LINK, id)]);
        let Some(was) = self.mirrored(before) else {
            // The server looks for a twin with its ports the wrong way round.
            if let Some(turned) = now {
                let fields = &turned.fields;
                let ports = [&fields["device_port"], &fields["network_port"]];
                let twins = self.links(
                    &fields["connectableci_id"],
                    &fields["networkdevice_id"],
                    ports,
                );
                if twins.is_empty() {
                    self.put(turned);
                }
            }
            return;
        };
        for twin in self.twins(&was) {
            if self.objects[&twin].fields["connection_type"] != was.fields["connection_type"] {
                continue;
            }
            match &now {
                Some(turned) => self.objects.insert(twin, turned.clone()),
                None => self.objects.remove(&twin),
            };
        }
    }
}

fn set(object: &mut Object, code: &str, value: &Value) -> Result<(), String> {
    if code == "finalclass" {
        return Ok(());
    }
    let attribute = find_attribute(object.class, code)
        .ok_or_else(|| format!("Unknown attribute code '{code}'"))?;
    if !writable(attribute) {
        return Err(format!(
            "{code}: Attempting to set the value on the read-only attribute {}::{code}",
            object.class
        ));
    }
    if matches!(attribute.kind, Kind::Set | Kind::Links | Kind::Blob) {
        return Err(format!("{code}: the fake does not write sets and images"));
    }
    let value = real(attribute, value).map_err(|words| format!("{code}: {words}"))?;
    object.fields.insert(code.to_owned(), value);
    Ok(())
}

fn refused(issues: &[String], class: &str, id: &str) -> Result<(), String> {
    if issues.is_empty() {
        return Ok(());
    }
    let pairs = issues.iter().enumerate();
    let pairs: Vec<String> = pairs.map(|(at, words)| format!("{at}=>{words}")).collect();
    Err(format!(
        "{}: issues = {{{}}}, class = {class}, id = {id}",
        issues.join(", "),
        pairs.join("; ")
    ))
}

// Deleting.

struct Doomed {
    place: Place,
    mode: Mode,
    /// Asked for, not a consequence.
    requested: bool,
    issue: Option<String>,
    report: Value,
}

struct Reset {
    place: Place,
    codes: Vec<String>,
    issue: Option<String>,
    report: Value,
}

#[derive(Default)]
struct Plan {
    deletes: Vec<Doomed>,
    resets: Vec<Reset>,
    stopped: bool,
    by_hand: bool,
}

impl Plan {
    /// Judges the plan; objects that must be asked for count as issues from the second time on only.
    fn compute(&mut self, state: &State) {
        for doomed in &mut self.deletes {
            if doomed.issue.is_some() {
                (self.stopped, self.by_hand) = (true, true);
            }
            if doomed.mode == Mode::Manual {
                doomed.issue = Some(format!(
                    "{}::{} Must be deleted manually",
                    text(&doomed.report["class"]),
                    doomed.place.1
                ));
                self.stopped = true;
            }
        }
        for reset in &mut self.resets {
            let Some(object) = state.objects.get(&reset.place) else {
                continue;
            };
            let locked = reset
                .codes
                .iter()
                .filter(|code| state.locked(reset.place.1, object, code));
            let issues: Vec<String> = locked
                .map(|code| {
                    format!(
                        "The field {} is not writable because it is mastered by the data synchronization. Value not set.",
                        label(code)
                    )
                })
                .collect();
            if !issues.is_empty() {
                reset.issue = Some(issues.join(", "));
                self.stopped = true;
            }
        }
    }

    fn issues(&self, between: &str) -> String {
        let deletes = self.deletes.iter().filter_map(|one| one.issue.clone());
        let resets = self.resets.iter().filter_map(|one| one.issue.clone());
        let all: Vec<String> = deletes.chain(resets).collect();
        all.join(between)
    }
}

impl State {
    /// Adds to a plan what goes when an object goes.
    fn plan(&self, plan: &mut Plan, place: Place, mode: Option<Mode>) {
        let Some(object) = self.objects.get(&place) else {
            return;
        };
        plan.resets.retain(|reset| reset.place != place);
        if let Some(known) = plan.deletes.iter_mut().find(|one| one.place == place) {
            match (mode, known.requested) {
                (_, true) => {}
                (None, _) => (known.requested, known.mode) = (true, Mode::Auto),
                (Some(Mode::Auto), _) => known.mode = Mode::Auto,
                (Some(Mode::Manual), _) if known.mode == Mode::Silent => known.mode = Mode::Manual,
                _ => {}
            }
            return;
        }
        plan.deletes.push(Doomed {
            place,
            mode: mode.unwrap_or(Mode::Auto),
            requested: mode.is_none(),
            issue: None,
            report: self.reported(place, &["id", "friendlyname"], false, ""),
        });
        if mode == Some(Mode::Manual) {
            return;
        }
        for replica in self.replicas_of(place.1, object.class) {
            self.plan(plan, (REPLICA, replica), Some(Mode::Silent));
        }
        let issue = self.kept_by(place.1, object);
        let doomed = plan.deletes.iter_mut().find(|one| one.place == place);
        doomed.unwrap().issue = issue;
        for (other, referring) in &self.objects {
            for key in attributes(referring.class).filter(|own| own.kind == Kind::Key) {
                if referring.fields[&key.code] != place.1 || !is_a(object.class, key.target) {
                    continue;
                }
                match key.mandatory {
                    true => self.plan(plan, *other, Some(key.mode)),
                    false => self.plan_reset(plan, *other, &key.code),
                }
            }
        }
    }

    fn plan_reset(&self, plan: &mut Plan, place: Place, code: &str) {
        if plan.deletes.iter().any(|one| one.place == place) {
            return;
        }
        match plan.resets.iter_mut().find(|one| one.place == place) {
            Some(reset) => reset.codes.push(code.to_owned()),
            None => plan.resets.push(Reset {
                place,
                codes: vec![code.to_owned()],
                issue: None,
                report: self.reported(place, &["id", "friendlyname"], false, ""),
            }),
        }
    }

    /// Says that a source owns an object and does not let this account delete it.
    fn kept_by(&self, id: u64, object: &Object) -> Option<String> {
        let replicas = self.replicas_of(id, object.class).into_iter();
        let kept = replicas.filter_map(|replica| {
            let replica = self.replica(replica);
            let source = id_of(&replica["sync_source_id"]);
            let policy = self.source(source, "user_delete_policy");
            let kept = policy == "nobody" || (policy == "administrators" && self.ordinary);
            (kept && source != self.task && replica["status_dest_creator"] == true).then(|| {
                format!(
                    "You <b>cannot delete the object</b> because it is owned by the external data source {}",
                    self.source(source, "name")
                )
            })
        });
        let kept: Vec<String> = kept.collect();
        (!kept.is_empty()).then(|| kept.join(", "))
    }

    fn carry_out(&mut self, plan: &Plan) {
        for doomed in &plan.deletes {
            self.destroy(doomed.place);
        }
        for reset in &plan.resets {
            for code in &reset.codes {
                if let Some(object) = self.objects.get_mut(&reset.place) {
                    object.fields.insert(code.clone(), json!(0));
                }
            }
        }
    }

    fn destroy(&mut self, place: Place) {
        let Some(object) = self.objects.remove(&place) else {
            return;
        };
        match object.class {
            REPLICA => drop(self.rows.remove(&place.1)),
            // The other end goes too, unless its device went before.
            LINK => {
                if let Some(turned) = self.mirrored(&object) {
                    for twin in self.twins(&turned) {
                        let mut plan = Plan::default();
                        self.plan(&mut plan, twin, None);
                        self.carry_out(&plan);
                    }
                }
            }
            _ => {}
        }
    }
}

// OQL: `SELECT Class [AS x] [WHERE [x.]code = value AND code IN (value, value)]`.

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(Value),
    Sign(String),
}

fn tokens(query: &str) -> Result<Vec<(usize, Token)>, String> {
    let letters: Vec<char> = query.chars().collect();
    let mut at = 0;
    let mut made = Vec::new();
    let run = |from: usize, fits: &dyn Fn(char) -> bool| -> String {
        letters[from..]
            .iter()
            .take_while(|letter| fits(**letter))
            .collect()
    };
    while let Some(letter) = letters.get(at).copied() {
        let start = at;
        let token = match letter {
            ' ' | '\t' | '\n' | '\r' => {
                at += 1;
                continue;
            }
            '"' | '\'' => {
                let (value, size) = quoted(&letters[at + 1..], letter)
                    .ok_or_else(|| unexpected(query, at, &letter.to_string()))?;
                at += size + 1;
                Token::Literal(json!(value))
            }
            '0'..='9' => {
                let digits = run(at, &|letter| letter.is_ascii_digit());
                at += digits.len();
                Token::Literal(json!(digits.parse::<u64>().unwrap_or(u64::MAX)))
            }
            '_' | 'a'..='z' | 'A'..='Z' => {
                let word = run(at, &|letter| {
                    letter == '_' || letter.is_ascii_alphanumeric()
                });
                at += word.len();
                Token::Word(word)
            }
            '`' => {
                let word = run(at + 1, &|letter| letter != '`');
                at += word.chars().count() + 2;
                Token::Word(word)
            }
            '!' if letters.get(at + 1) == Some(&'=') => {
                at += 2;
                Token::Sign("!=".to_owned())
            }
            '=' | ',' | '(' | ')' | '.' => {
                at += 1;
                Token::Sign(letter.to_string())
            }
            other => return Err(unexpected(query, at, &other.to_string())),
        };
        made.push((start, token));
    }
    Ok(made)
}

/// The content of a quoted text and its size; a backslash stands before the quote or itself only.
fn quoted(letters: &[char], quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut at = 0;
    loop {
        let letter = *letters.get(at)?;
        at += 1;
        if letter == quote {
            return Some((value, at));
        }
        if letter != '\\' {
            value.push(letter);
            continue;
        }
        let escaped = *letters.get(at)?;
        at += 1;
        if escaped != quote && escaped != '\\' {
            return None;
        }
        value.push(escaped);
    }
}

fn unexpected(query: &str, at: usize, found: &str) -> String {
    format!("Syntax error - found '{found}' at {at} in '{query}'")
}

struct Query {
    class: &'static str,
    /// Code, whether one of the values is wanted or none, the values.
    conditions: Vec<(String, bool, Vec<Value>)>,
}

struct Parser<'a> {
    query: &'a str,
    tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token)>>,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<(usize, Token), String> {
        let end = self.query.chars().count();
        self.tokens
            .next()
            .ok_or_else(|| unexpected(self.query, end, ""))
    }

    fn fails<T>(&self, (at, token): (usize, Token)) -> Result<T, String> {
        let found = match token {
            Token::Word(word) | Token::Sign(word) => word,
            Token::Literal(value) => text(&value),
        };
        Err(unexpected(self.query, at, &found))
    }

    fn word(&mut self) -> Result<(usize, String), String> {
        match self.next()? {
            (at, Token::Word(word)) => Ok((at, word)),
            other => self.fails(other),
        }
    }

    fn literal(&mut self) -> Result<Value, String> {
        match self.next()? {
            (_, Token::Literal(value)) => Ok(value),
            other => self.fails(other),
        }
    }

    fn sign(&mut self, wanted: &str) -> Result<(), String> {
        match self.next()? {
            (_, Token::Sign(sign)) if sign == wanted => Ok(()),
            other => self.fails(other),
        }
    }

    /// Takes a keyword or a sign when it is there.
    fn takes(&mut self, wanted: &str) -> bool {
        let there = self.tokens.peek().is_some_and(|(_, token)| match token {
            Token::Word(word) => word.eq_ignore_ascii_case(wanted),
            Token::Sign(sign) => sign == wanted,
            Token::Literal(_) => false,
        });
        if there {
            self.tokens.next();
        }
        there
    }

    fn query(mut self) -> Result<Query, String> {
        if !self.takes("SELECT") {
            let other = self.next()?;
            return self.fails(other);
        }
        let (at, class) = self.word()?;
        let alias = match self.takes("AS") {
            true => self.word()?.1,
            false => class.clone(),
        };
        let Some(known) = MODEL.get(class.as_str()) else {
            return Err(format!(
                "Unknown class - found '{class}' at {at} in '{}'",
                self.query
            ));
        };
        let mut conditions = Vec::new();
        if self.takes("WHERE") {
            conditions.push(self.condition(known.name, &alias)?);
            while self.takes("AND") {
                conditions.push(self.condition(known.name, &alias)?);
            }
        }
        match self.tokens.next() {
            Some(more) => self.fails(more),
            None => Ok(Query {
                class: known.name,
                conditions,
            }),
        }
    }

    fn condition(
        &mut self,
        class: &str,
        alias: &str,
    ) -> Result<(String, bool, Vec<Value>), String> {
        let (mut at, mut code) = self.word()?;
        if self.takes(".") {
            if code != alias {
                return Err(format!(
                    "Unknown class (alias) - found '{code}' at {at} in '{}'",
                    self.query
                ));
            }
            (at, code) = self.word()?;
        }
        let scalar = find_attribute(class, &code)
            .is_some_and(|own| !matches!(own.kind, Kind::Set | Kind::Links));
        if code != "id" && !scalar {
            return Err(format!(
                "Unknown filter code - found '{code}' at {at} in '{}'",
                self.query
            ));
        }
        if self.takes("IN") {
            self.sign("(")?;
            let mut values = vec![self.literal()?];
            while self.takes(",") {
                values.push(self.literal()?);
            }
            self.sign(")")?;
            return Ok((code, true, values));
        }
        let wanted = !self.takes("!=");
        if wanted {
            self.sign("=")?;
        }
        Ok((code, wanted, vec![self.literal()?]))
    }
}

impl State {
    fn oql(&self, query: &str) -> Result<Vec<Place>, String> {
        let parser = Parser {
            query,
            tokens: tokens(query)?.into_iter().peekable(),
        };
        let query = parser.query()?;
        Ok(self.select(query.class, |id, object| {
            query.conditions.iter().all(|(code, wanted, values)| {
                let known = !self.get(id, object, code).is_null();
                let any = values
                    .iter()
                    .any(|value| self.equals(id, object, code, value));
                known && any == *wanted
            })
        }))
    }
}

// REST.

fn numeric(key: &Value) -> Option<u64> {
    match key {
        Value::Number(_) => Some(id_of(key)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn param<'a>(data: &'a Value, name: &str) -> Result<&'a Value, String> {
    data.get(name)
        .filter(|value| !value.is_null())
        .ok_or_else(|| format!("Missing parameter '{name}'"))
}

impl State {
    /// The value for an attribute of what REST gives: a key may be a number, a query or criteria.
    fn make_value(&self, class: &str, code: &str, value: &Value) -> Result<Value, String> {
        let Some(attribute) = find_attribute(class, code) else {
            return Err(format!("{code}: Unknown attribute"));
        };
        if attribute.kind != Kind::Key {
            return Ok(value.clone());
        }
        if numeric(value) == Some(0) {
            return Ok(json!(0));
        }
        let found = self.find(attribute.target, value);
        let (_, id) = found.map_err(|words| format!("{code}: {words}"))?;
        Ok(json!(id))
    }

    /// The class that criteria are about, and the objects that meet them all.
    fn criteria(&self, class: &str, key: &Map<String, Value>) -> Result<Vec<Place>, String> {
        let mut class = class.to_owned();
        if let Some(last) = key.get("finalclass").and_then(Value::as_str) {
            if !MODEL.contains_key(last) {
                return Err(format!("finalclass: Unknown class '{last}'"));
            }
            class = last.to_owned();
        }
        let mut wanted = Vec::new();
        for (code, value) in key {
            wanted.push((code.as_str(), self.make_value(&class, code, value)?));
        }
        Ok(self.select(&class, |id, object| {
            wanted
                .iter()
                .all(|(code, value)| self.equals(id, object, code, value))
        }))
    }

    /// The objects that a key names.
    fn set_of(&self, class: &str, key: &Value) -> Result<Vec<Place>, String> {
        match key {
            Value::Object(criteria) => self.criteria(class, criteria),
            key if numeric(key).is_some() => Ok(self.select(class, |id, _| Some(id) == numeric(key))),
            Value::String(query) => self.oql(query).map_err(|words| {
                format!("Query failed to execute: query = {query}, exception_class = OQLException, exception_message = {words}")
            }),
            _ => Err("Wrong format for key".to_owned()),
        }
    }

    /// The one object that a key names.
    fn find(&self, class: &str, key: &Value) -> Result<Place, String> {
        let (found, how) = match key {
            Value::Object(criteria) => {
                let words: Vec<String> = criteria
                    .iter()
                    .map(|(code, value)| match value {
                        Value::Object(_) | Value::Array(_) => format!("{code}: {value} ()"),
                        _ => format!("{code}: {0} ({0})", text(value)),
                    })
                    .collect();
                let how = format!("with criteria: {}", words.join(", "));
                (self.criteria(class, criteria)?, how)
            }
            key if numeric(key).is_some() => {
                let id = numeric(key).unwrap();
                return match self.object(class, id) {
                    Some(_) => Ok((root(class).unwrap(), id)),
                    None => Err(format!("Invalid object {class}::{id}")),
                };
            }
            Value::String(query) => (self.oql(query)?, format!("for query: {query}")),
            _ => return Err("Wrong format for key".to_owned()),
        };
        match found.len() {
            0 => Err(format!("No item found {how}")),
            1 => Ok(found[0]),
            count => Err(format!("Several items found ({count}) {how}")),
        }
    }

    fn reported(&self, place: Place, codes: &[&str], deep: bool, words: &str) -> Value {
        json!({
            "code": 0,
            "message": words,
            "class": self.objects[&place].class,
            "key": place.1.to_string(),
            "fields": self.fields(place, codes.iter().copied(), deep),
        })
    }

    fn rest(&mut self, form: &Form) -> Value {
        match self.served(form) {
            Ok(answer) => answer,
            Err((code, words)) => json!({"code": code, "message": words}),
        }
    }

    fn served(&mut self, form: &Form) -> Result<Value, (u64, String)> {
        let thrown = |code: u64, words: &str| (code, format!("Error: {words}"));
        let Some(version) = form.get("version") else {
            return Err(thrown(2, "Missing parameter 'version' (e.g. '1.0')"));
        };
        let Some(data) = form.get("json_data") else {
            return Err(thrown(3, "Missing parameter 'json_data"));
        };
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        if data.is_null() {
            return Err(thrown(
                4,
                "Parameter json_data is not a valid JSON structure",
            ));
        }
        if !["1.0", "1.1", "1.2", "1.3"].contains(&version.as_str()) {
            return Err(thrown(
                10,
                &format!("There is no service available for version '{version}'"),
            ));
        }
        let operation = param(&data, "operation").map_err(|words| thrown(100, &words))?;
        let verb = match operation.as_str().unwrap_or_default() {
            "core/get" => "reading",
            "core/create" => "creating",
            "core/update" => "modifying",
            "core/delete" => "deleting",
            other => {
                let words = format!("Unknown verb '{other}' in version '{version}'");
                return Err(thrown(11, &words));
            }
        };
        self.operation(verb, &data)
            .map_err(|(code, words)| match code {
                100 => thrown(code, &words),
                _ => (code, words),
            })
    }

    fn operation(&mut self, verb: &str, data: &Value) -> Result<Value, (u64, String)> {
        let internal = |words: String| (100, words);
        if matches!(verb, "creating" | "modifying") {
            param(data, "comment").map_err(internal)?;
        }
        let class = param(data, "class").map_err(internal)?;
        let class = text(class);
        let known = MODEL.get(class.as_str());
        let Some(known) = known.filter(|_| !self.lacking.contains(&class)) else {
            return Err(internal(format!("class: '{class}' is not a valid class'")));
        };
        let private = class.starts_with("Synchro") || is_a(&class, "User");
        let denied = (self.ordinary && private).then(|| {
            let words = format!(
                "The current user does not have enough permissions for {verb} data of class {class}"
            );
            (1, words)
        });
        let output = Output::of(known.name, data).map_err(internal);
        match verb {
            "creating" => {
                let fields = param(data, "fields").map_err(internal)?;
                let output = output?;
                denied.map_or(Ok(()), Err)?;
                let id = self.make(&class, fields).map_err(internal)?;
                let place = (root(&class).unwrap(), id);
                Ok(answered(&[output.show(self, place, "created")], None))
            }
            "modifying" => {
                let key = param(data, "key").map_err(internal)?;
                let fields = param(data, "fields").map_err(internal)?;
                let output = output?;
                self.set_of(&class, key).map_err(internal)?;
                denied.map_or(Ok(()), Err)?;
                let place = self.find(&class, key).map_err(internal)?;
                let mut given = Vec::new();
                let own = self.objects[&place].class;
                for (code, value) in fields.as_object().into_iter().flatten() {
                    let value = self.make_value(own, code, value).map_err(internal)?;
                    given.push((code.clone(), value));
                }
                self.update(place, &given).map_err(internal)?;
                Ok(answered(&[output.show(self, place, "updated")], None))
            }
            "deleting" => {
                let key = param(data, "key").map_err(internal)?;
                let places = self.set_of(&class, key).map_err(internal)?;
                denied.map_or(Ok(()), Err)?;
                let simulate = data["simulate"] == true;
                self.delete(&places, simulate).map_err(internal)
            }
            _ => {
                let key = param(data, "key").map_err(internal)?;
                let output = output?;
                let (limit, page) = (id_of(&data["limit"]), data.get("page").map_or(1, integer));
                let places = self.set_of(&class, key).map_err(internal)?;
                denied.map_or(Ok(()), Err)?;
                if page < 1 {
                    let words = "The request page number is not valid. It must be an integer greater than 0";
                    return Err((13, words.to_owned()));
                }
                let count = if limit == 0 {
                    places.len()
                } else {
                    limit as usize
                };
                let skipped = (limit * (page as u64 - 1)) as usize;
                let found: Vec<Value> = places
                    .iter()
                    .skip(skipped)
                    .take(count)
                    .map(|place| output.show(self, *place, ""))
                    .collect();
                // The count is of all, whatever the limit.
                Ok(answered(&found, Some(format!("Found: {}", places.len()))))
            }
        }
    }

    fn delete(&mut self, places: &[Place], simulate: bool) -> Result<Value, String> {
        let mut plan = Plan::default();
        for place in places {
            let class = self.objects.get(place).map_or("", |object| object.class);
            self.plan(&mut plan, *place, None);
            plan.compute(self);
            if simulate {
                continue;
            }
            if plan.stopped {
                return Err(format!(
                    "Found issue(s): target_class = {class}, target_id = {}, issues = {}",
                    place.1,
                    plan.issues(", ")
                ));
            }
            self.carry_out(&plan);
        }
        let mut reports = Vec::new();
        for doomed in &plan.deletes {
            let (code, words) = match (&doomed.issue, doomed.mode, doomed.requested) {
                // `isset` of a false flag is true: the server takes all for asked.
                (Some(issue), Mode::Manual, _) => {
                    (4, format!("Must be deleted explicitely... but: {issue}"))
                }
                (Some(issue), _, _) => (1, format!("Cannot be deleted: {issue}")),
                (None, Mode::Manual, _) => (4, "Must be deleted explicitely".to_owned()),
                (None, _, _) => (0, String::new()),
            };
            reports.push(told(&doomed.report, code, &words));
        }
        for reset in &plan.resets {
            let labels: Vec<String> = reset.codes.iter().map(|code| label(code)).collect();
            let (code, words) = match &reset.issue {
                Some(issue) => (
                    6,
                    format!("Should be updated automatically... but: {issue}"),
                ),
                None => (5, format!("Reset external keys: {}", labels.join(", "))),
            };
            reports.push(told(&reset.report, code, &words));
        }
        let indirect = plan.deletes.len() + plan.resets.len() - places.len();
        let (code, words) = match (plan.stopped, plan.by_hand, indirect) {
            (true, true, _) => (12, "The deletion requires that other objects be deleted/updated, and those operations must be requested explicitely".to_owned()),
            (true, false, _) => (100, "Some issues have been encountered. See the list of planned changes for more information about the issue(s).".to_owned()),
            (_, _, 0) => (0, format!("Deleted: {}", places.len())),
            _ => (0, format!("Deleted: {} plus (for DB integrity) {indirect}", places.len())),
        };
        let words = match simulate {
            true => format!("SIMULATING: {words}"),
            false => words,
        };
        let mut answer = answered(&reports, Some(words));
        answer["code"] = json!(code);
        Ok(answer)
    }
}

fn told(report: &Value, code: u64, words: &str) -> Value {
    let mut report = report.clone();
    report["code"] = json!(code);
    report["message"] = json!(words);
    report
}

/// `objects` is a map by class and key, and null when there is none.
fn answered(reports: &[Value], words: Option<String>) -> Value {
    let objects: Map<String, Value> = reports
        .iter()
        .map(|report| {
            let name = format!("{}::{}", text(&report["class"]), text(&report["key"]));
            (name, report.clone())
        })
        .collect();
    let objects = match objects.is_empty() {
        true => Value::Null,
        false => Value::Object(objects),
    };
    json!({"objects": objects, "code": 0, "message": words})
}

/// What is asked to be shown.
struct Output {
    class: &'static str,
    codes: Vec<String>,
    /// `*+`: every attribute of the object's own class, links in full.
    deep: bool,
}

impl Output {
    fn of(class: &'static str, data: &Value) -> Result<Self, String> {
        let asked = data.get("output_fields").map_or("*".to_owned(), text);
        let codes: Vec<String> = match asked.as_str() {
            "*" | "*+" => attributes(class).map(|own| own.code.clone()).collect(),
            list => list.split(',').map(|code| code.trim().to_owned()).collect(),
        };
        let known = |code: &str| code == "id" || find_attribute(class, code).is_some();
        match codes.iter().find(|code| !known(code)) {
            Some(code) => Err(format!("output_fields: invalid attribute code '{code}'")),
            None => Ok(Self {
                class,
                codes,
                deep: asked == "*+",
            }),
        }
    }

    fn show(&self, state: &State, place: Place, words: &str) -> Value {
        let own = state.objects[&place].class;
        let codes: Vec<&str> = match (is_a(own, self.class), self.deep) {
            // A query for another class than the one named.
            (false, _) => vec!["id", "friendlyname"],
            (true, true) => attributes(own).map(|own| own.code.as_str()).collect(),
            (true, false) => self.codes.iter().map(String::as_str).collect(),
        };
        state.reported(place, &codes, self.deep, words)
    }
}

// Synchronisation.

/// Cells of CSV, as the server's parser cuts them; `<NULL>` is none, even quoted.
fn csv(data: &str, separator: char, qualifier: char) -> Vec<Vec<Option<String>>> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Start,
        Raw,
        Qualified,
        Escaped,
    }
    let (mut rows, mut row, mut cell, mut at) = (Vec::new(), Vec::new(), String::new(), At::Start);
    let data = data.replace("\r\n", "\n");
    for letter in data.chars().map(Some).chain([None]) {
        let blank = matches!(letter, Some(' ' | '\t')) && letter != Some(separator);
        let parts = letter == Some(separator);
        let ends = letter.is_none() || (letter == Some('\n') && !parts);
        if at == At::Qualified && letter.is_some() {
            match letter == Some(qualifier) && !parts && !blank {
                true => at = At::Escaped,
                false => cell.extend(letter),
            }
        } else if parts || ends {
            let taken = std::mem::take(&mut cell);
            let taken = match at {
                At::Raw => taken
                    .trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b'])
                    .to_owned(),
                _ => taken,
            };
            row.push((taken != "<NULL>").then_some(taken));
            at = At::Start;
            if ends {
                let line = std::mem::take(&mut row);
                let empty = line.len() == 1 && line[0].as_deref().unwrap_or_default().is_empty();
                rows.extend((!empty).then_some(line));
            }
        } else if blank {
            if at == At::Raw {
                cell.extend(letter);
            }
        } else if letter == Some(qualifier) && at != At::Raw {
            if at == At::Escaped {
                cell.extend(letter);
            }
            at = At::Qualified;
        } else {
            cell.extend(letter);
            at = match at {
                At::Escaped => At::Start,
                _ => At::Raw,
            };
        }
    }
    rows
}

/// What the column of an importer's table makes of a cell; an SQL error in strict mode.
fn stored(attribute: &Attribute, cell: &str) -> Result<String, String> {
    let code = &attribute.code;
    let number_like = cell.parse::<f64>().is_ok();
    match attribute.kind {
        Kind::Enum => {
            let mut choices = attribute.choices.iter();
            choices
                .find(|choice| folded(choice) == folded(cell))
                .map(|choice| (*choice).to_owned())
                .ok_or_else(|| format!("Data truncated for column '{code}' at row 1"))
        }
        Kind::Int | Kind::Bool if !number_like => Err(format!(
            "Incorrect integer value: '{cell}' for column '{code}' at row 1"
        )),
        Kind::Decimal if !number_like => Err(format!(
            "Incorrect decimal value: '{cell}' for column '{code}' at row 1"
        )),
        Kind::Decimal => Ok(format!("{:.2}", number(&json!(cell)))),
        Kind::Str | Kind::Ip | Kind::Key if cell.chars().count() > 255 => {
            Err(format!("Data too long for column '{code}' at row 1"))
        }
        _ => Ok(cell.to_owned()),
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn comment(&mut self, words: &str) {
        self.0.push_str(&format!("#{words}<br/>\n"));
    }

    fn title(&mut self, words: &str) {
        let rule = "-".repeat(60);
        for line in [&rule, words, &rule] {
            self.comment(line);
        }
    }

    fn paragraph(&mut self, words: &str) {
        self.0.push_str(&format!("<p>{words}</p>\n"));
    }
}

/// Counts of a synchronisation.
type Counts = BTreeMap<&'static str, u64>;

fn count(counts: &mut Counts, what: &'static str) {
    *counts.entry(what).or_default() += 1;
}

/// A moment of the server's clock.
fn moment(clock: u64) -> String {
    let (hours, minutes, seconds) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("2026-01-01 {hours:02}:{minutes:02}:{seconds:02}")
}

fn cut(words: &str, size: usize) -> &str {
    let end = (0..=size.min(words.len()))
        .rev()
        .find(|at| words.is_char_boundary(*at));
    &words[..end.unwrap_or_default()]
}

/// An attribute of a source, as a run uses it.
struct Synced {
    attribute: &'static Attribute,
    update: bool,
    reconcile: bool,
    if_empty: bool,
    by: String,
}

impl State {
    fn import(&mut self, form: &Form) -> String {
        let mut page = Page::default();
        let before = self.clone();
        let simulate = form
            .get("simulate")
            .is_some_and(|value| value.trim() == "1");
        if let Err(words) = self.imported(form, simulate, &mut page) {
            page.comment(&words);
        }
        if simulate {
            (self.objects, self.rows) = (before.objects, before.rows);
        }
        page.0
    }

    fn imported(&mut self, form: &Form, simulate: bool, page: &mut Page) -> Result<(), String> {
        let param = |name: &str, default: &str| {
            let value = form.get(name).map_or(default, String::as_str);
            value.trim().to_owned()
        };
        let Some(source) = form.get("data_source_id") else {
            page.paragraph("ERROR: Missing argument 'data_source_id'\n");
            page.paragraph("USAGE:\n");
            return Ok(());
        };
        let source = source.trim();
        self.clock += 1;
        let start = moment(self.clock);
        let data = form.get("csvdata").map_or("", String::as_str);
        if data.is_empty() {
            return Err("Missing data - at least one line is expected".to_owned());
        }
        let id = source.parse().unwrap_or_default();
        if self.object(SOURCE, id).is_none() {
            return Err(format!("Unknown data source id: '{source}'"));
        }
        let class = self.source(id, "scope_class");
        let separator = match param("separator", ";").to_lowercase().as_str() {
            "tab" => "\t".to_owned(),
            _ => param("separator", ";"),
        };
        let (qualifier, output) = (param("qualifier", "\""), param("output", "summary"));
        if separator.len() > 1 {
            return Err(format!(
                "Separator is limited to one character, found '{separator}'"
            ));
        }
        if qualifier.len() > 1 {
            return Err(format!(
                "Text qualifier is limited to one character, found '{qualifier}'"
            ));
        }
        if !["retcode", "summary", "details"].contains(&output.as_str()) {
            return Err(format!("Unknown output format: '{output}'"));
        }
        let letter = |text: &str| text.chars().next().unwrap_or('\u{fffe}');
        let mut rows = csv(data, letter(&separator), letter(&qualifier)).into_iter();
        let columns = rows.next().unwrap_or_default();
        let columns: Vec<String> = columns.into_iter().map(Option::unwrap_or_default).collect();
        for column in columns.iter().filter(|column| *column != "primary_key") {
            if !is_column(&class, column) {
                return Err(format!("Unknown column '{column}' (class: '{class}')"));
            }
        }
        if !columns.iter().any(|column| column == "primary_key") {
            return Err("Missing reconciliation column 'primary_key'".to_owned());
        }
        if output == "details" {
            page.title(" Import phase");
        }
        let rows: Vec<_> = rows.collect();
        let goes_on = param("no_stop_on_import_error", "0") == "1";
        let synchronize = param("synchronize", "1") == "1";
        let (mut made, mut changed, mut errors) = (0, 0, 0);
        for (at, row) in rows.iter().enumerate() {
            match self.load(id, &class, &columns, row) {
                Ok(true) => made += 1,
                Ok(false) => changed += 1,
                Err(words) if goes_on => {
                    errors += 1;
                    page.0
                        .push_str(&format!("{at}: Import error '{words}' (continuing)...\n"));
                }
                Err(words) => return Err(words),
            }
        }
        let flag = |flag: bool| if flag { "1" } else { "0" };
        if output != "retcode" {
            page.title(" Import phase summary");
            for line in [
                format!("Data Source: {source}"),
                format!("Synchronize: {}", flag(synchronize)),
                format!("Class: {class}"),
                format!("Separator: {separator}"),
                format!("Qualifier: {qualifier}"),
                format!("Charset Encoding:{}", param("charset", "UTF-8")),
                "Date and time format: 'Y-m-d H:i:s' ".to_owned(),
                "Date only format: 'Y-m-d' ".to_owned(),
                format!("Data Size: {}", data.len()),
                format!("Data Lines: {}", rows.len()),
                format!("Columns: {}", columns.join(", ")),
                format!("Output format: {output}"),
                format!("Simulate: {}", flag(simulate)),
                format!("Change tracking comment: {}", param("comment", "")),
                format!("Issues (before synchro): {errors}"),
                format!("Created (before synchro): {made}"),
                format!("Updated (before synchro): {changed}"),
            ] {
                page.comment(&line);
            }
        }
        if synchronize {
            self.synchronized(id, &start, output == "details", page);
        }
        if output == "retcode" {
            page.0.push_str(&errors.to_string());
        }
        Ok(())
    }

    /// Writes a row into the source's table, and what its triggers do; tells whether it is new.
    fn load(
        &mut self,
        source: u64,
        class: &str,
        columns: &[String],
        row: &[Option<String>],
    ) -> Result<bool, String> {
        let failed = |words: &str| format!("MySQLException: Failed to issue SQL query: {words}");
        let at = columns.iter().position(|column| column == "primary_key");
        let key = row.get(at.unwrap()).cloned().flatten();
        let mine = self.select(REPLICA, |_, replica| {
            replica.fields["sync_source_id"] == source
        });
        let known = mine.into_iter().find(|(_, replica)| {
            let other = self.rows[replica].key.as_deref();
            key.as_deref()
                .is_some_and(|key| other.map(folded) == Some(folded(key)))
        });
        if row.len() > columns.len() || (known.is_none() && row.len() < columns.len()) {
            return Err(failed("Column count doesn't match value count at row 1"));
        }
        let mut now = known.map_or_else(Row::default, |(_, replica)| self.rows[&replica].clone());
        if known.is_none() {
            now.key = key;
        }
        let before = now.clone();
        for (column, cell) in columns.iter().zip(row) {
            match (cell, find_attribute(class, column)) {
                (Some(cell), Some(attribute)) => {
                    let cell = stored(attribute, cell).map_err(|words| failed(&words))?;
                    now.cells.insert(column.clone(), cell);
                }
                _ => drop(now.cells.remove(column)),
            }
        }
        let seen = json!(moment(self.clock));
        let Some(place) = known else {
            let fields = attributes(REPLICA).filter(|own| writable(own));
            let fields = fields.map(|own| (own.code.clone(), own.default.clone()));
            let mut replica = Object {
                class: REPLICA,
                fields: fields.collect(),
            };
            replica
                .fields
                .insert("sync_source_id".to_owned(), json!(source));
            replica.fields.insert("status_last_seen".to_owned(), seen);
            let id = self.put(replica);
            self.rows.insert(id, now);
            return Ok(true);
        };
        // What differs in case or in blanks at the end only is no change.
        let same = |row: &Row| -> BTreeMap<String, String> {
            let cells = row.cells.iter();
            cells
                .map(|(column, cell)| (column.clone(), folded(cell)))
                .collect()
        };
        let replica = self.objects.get_mut(&place).unwrap();
        let status = match text(&replica.fields["status"]).as_str() {
            "obsolete" => "modified",
            "synchronized" if same(&before) != same(&now) => "modified",
            _ => "",
        };
        if !status.is_empty() {
            replica.fields.insert("status".to_owned(), json!(status));
        }
        replica.fields.insert("status_last_seen".to_owned(), seen);
        self.rows.insert(place.1, now);
        Ok(false)
    }

    fn synchronized(&mut self, source: u64, start: &str, details: bool, page: &mut Page) {
        let mut counts = Counts::new();
        let mine = |replica: &Object| replica.fields["sync_source_id"] == source;
        let total = self.select(REPLICA, |_, replica| mine(replica)).len();
        self.task = source;
        let outcome = self.run(source, start, total, &mut counts);
        self.task = 0;
        if details {
            page.title(" Synchronization phase");
            page.comment(" No traces. (To activate the traces set \"synchro_trace\" => true in the configuration file)");
        }
        if let Err(words) = outcome {
            page.paragraph(&format!("ERROR: {words}"));
        }
        page.title(" Synchronization phase summary");
        page.comment(&format!("Replicas: {total}"));
        let of = |what: &str| counts.get(what).copied().unwrap_or_default();
        for (words, what, warnings) in [
            ("Replicas touched since last synchro", "seen", ""),
            ("Objects deleted", "deleted", ""),
            ("Objects deletion errors", "deleted_errors", ""),
            ("Objects obsoleted", "obsoleted", ""),
            ("Objects obsolescence errors", "obsoleted_errors", ""),
            ("Objects created", "created", "created_warnings"),
            ("Objects creation errors", "created_errors", ""),
            ("Objects updated", "updated", "updated_warnings"),
            ("Objects update errors", "updated_errors", ""),
            (
                "Objects reconciled (updated)",
                "new_updated",
                "new_updated_warnings",
            ),
            // The server prints the warnings of the line above here.
            (
                "Objects reconciled (unchanged)",
                "new_unchanged",
                "new_updated_warnings",
            ),
            ("Objects reconciliation errors", "reconciled_errors", ""),
            ("Replica disappeared, no action taken", "disappeared", ""),
        ] {
            page.comment(&match warnings {
                "" => format!("{words}: {}", of(what)),
                _ => format!("{words}: {} ({} warnings)", of(what), of(warnings)),
            });
        }
    }

    fn run(
        &mut self,
        source: u64,
        start: &str,
        total: usize,
        counts: &mut Counts,
    ) -> Result<(), String> {
        if self.source(source, "status") == "obsolete" {
            return Err("The data source is marked as obsolete. Operation cancelled.".to_owned());
        }
        let account = self.select("UserLocal", |_, user| user.fields["login"] == USER)[0].1;
        if self.ordinary && self.objects[&(SOURCE, source)].fields["user_id"] != account {
            return Err("Only adminstrators or the user specified in the data source can execute this operation. Operation cancelled.".to_owned());
        }
        let synced = self.synced(source);
        if !synced.iter().any(|own| own.update) {
            return Err("There is no attribute to update".to_owned());
        }
        let by_key = self.source(source, "reconciliation_policy") == "use_primary_key";
        if !by_key && !synced.iter().any(|own| own.reconcile) {
            return Err("No attribute for reconciliation".to_owned());
        }
        self.retire(source, start, total, counts)?;
        let status = |replica: &Object, among: &[&str]| {
            let status = text(&replica.fields["status"]);
            among.contains(&status.as_str())
        };
        let seen = self.select(REPLICA, |_, replica| {
            replica.fields["sync_source_id"] == source
                && text(&replica.fields["status_last_seen"]).as_str() >= start
                && !status(replica, &["obsolete"])
        });
        counts.insert("seen", seen.len() as u64);
        for (_, id) in seen {
            let replica = &self.objects[&(REPLICA, id)];
            let warned = replica.fields["status_last_warning"] != "";
            if status(replica, &["new"]) {
                self.adopt(source, id, &synced, by_key, counts)?;
            } else if status(replica, &["modified"])
                || (warned && status(replica, &["synchronized"]))
            {
                self.refresh(source, id, &synced, counts)?;
            }
        }
        if self.source(source, "delete_policy") == "update_then_delete" {
            let retention =
                integer(&self.objects[&(SOURCE, source)].fields["delete_policy_retention"]);
            let limit = moment(self.clock.saturating_sub(retention as u64));
            let late = self.select(REPLICA, |_, replica| {
                replica.fields["sync_source_id"] == source
                    && status(replica, &["obsolete"])
                    && text(&replica.fields["status_last_seen"]) < limit
            });
            for (_, id) in late {
                self.delete_object_of(id, counts);
            }
        }
        Ok(())
    }

    fn synced(&self, source: u64) -> Vec<Synced> {
        let class = self.source(source, "scope_class");
        let places = self.sync_attributes(source);
        let fields = places.iter().map(|place| &self.objects[place].fields);
        fields
            .map(|own| Synced {
                attribute: find_attribute(&class, &text(&own["attcode"])).unwrap(),
                update: own["update"] == true,
                reconcile: own["reconcile"] == true,
                if_empty: own["update_policy"] == "write_if_empty",
                by: own
                    .get("reconciliation_attcode")
                    .map_or_else(String::new, text),
            })
            .collect()
    }

    /// Deals with replicas that this load did not touch.
    fn retire(
        &mut self,
        source: u64,
        start: &str,
        total: usize,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let policy = self.source(source, "delete_policy");
        if policy == "ignore" {
            return Ok(());
        }
        let unseen = self.select(REPLICA, |_, replica| {
            replica.fields["sync_source_id"] == source
                && replica.fields["status"] != "obsolete"
                && text(&replica.fields["status_last_seen"]).as_str() < start
        });
        if total > 10 && total == unseen.len() {
            return Err("All records have been untouched for some time (all of the objects could be deleted). Please check that the process that writes into the synchronization table is still running. Operation cancelled.".to_owned());
        }
        let wanted = self.source(source, "delete_policy_update");
        let wanted: Vec<(String, Value)> = wanted
            .split(';')
            .filter_map(|pair| pair.split_once(':'))
            .map(|(code, value)| (code.to_owned(), json!(value)))
            .collect();
        for (_, id) in unseen {
            if policy == "delete" {
                self.delete_object_of(id, counts);
                continue;
            }
            let outcome = match self.object_of(id) {
                Some(place) => self.update(place, &wanted).map(|_| ()),
                None => Err("No result for the single row query".to_owned()),
            };
            match outcome {
                Ok(()) => {
                    count(counts, "obsoleted");
                    self.note(id, "status_last_error", json!(""));
                    self.note(id, "info_last_modified", json!(moment(self.clock)));
                    self.note(id, "status", json!("obsolete"));
                }
                Err(words) => {
                    count(counts, "obsoleted_errors");
                    self.fails(
                        id,
                        &format!("Unable to update the destination object: {words}"),
                    );
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, replica: u64, code: &str, value: Value) {
        if let Some(replica) = self.objects.get_mut(&(REPLICA, replica)) {
            replica.fields.insert(code.to_owned(), value);
        }
    }

    fn fails(&mut self, replica: u64, words: &str) {
        let words = match words.len() > 255 {
            true => format!("{}...({} chars)...", cut(words, 200), words.len()),
            false => words.to_owned(),
        };
        self.note(replica, "status_last_error", json!(words));
    }

    fn warns(&mut self, replica: u64, warnings: &[String]) {
        let words = match warnings {
            [] => String::new(),
            [one] => one.clone(),
            many => format!("{} warnings: {}", many.len(), many.join(" ")),
        };
        let words = match words.len() > 255 {
            true => format!("{}...", cut(&words, 252)),
            false => words,
        };
        self.note(replica, "status_last_warning", json!(words));
    }

    fn object_of(&self, replica: u64) -> Option<Place> {
        let fields = self.replica(replica);
        let (class, id) = (text(&fields["dest_class"]), id_of(&fields["dest_id"]));
        self.object(&class, id)?;
        Some((root(&class)?, id))
    }

    fn delete_object_of(&mut self, replica: u64, counts: &mut Counts) {
        if self.replica(replica)["status_dest_creator"] != true {
            self.destroy((REPLICA, replica));
            count(counts, "disappeared");
            return;
        }
        let mut plan = Plan::default();
        let words = match self.object_of(replica) {
            None => Some("No result for the single row query".to_owned()),
            Some(place) => {
                self.plan(&mut plan, place, None);
                plan.compute(self);
                plan.stopped.then(|| plan.issues("\n"))
            }
        };
        match words {
            None => {
                self.carry_out(&plan);
                self.destroy((REPLICA, replica));
                count(counts, "deleted");
            }
            Some(words) => {
                self.fails(
                    replica,
                    &format!("Unable to delete the destination object: {words}"),
                );
                self.note(replica, "status", json!("obsolete"));
                count(counts, "deleted_errors");
            }
        }
    }

    /// What a replica gives an attribute; none when it is to be left as it is.
    fn given(
        &self,
        replica: u64,
        own: &Synced,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Value>, String> {
        let code = &own.attribute.code;
        let Some(cell) = self.rows[&replica].cells.get(code) else {
            return Ok(None);
        };
        match own.attribute.kind {
            Kind::Key if !own.by.is_empty() => {
                let found = self.by_column(own.attribute.target, &own.by, cell)?;
                if found.is_none() && !cell.is_empty() {
                    warnings.push(format!(
                        "Could not find [unique] object for '{code}': searched on {} = '{cell}'",
                        own.by
                    ));
                }
                Ok(Some(json!(found.unwrap_or_default())))
            }
            Kind::Links => Err(format!("{code}: the fake does not write link sets")),
            Kind::Blob => Ok(None),
            // Its column has another name than it: the server never reads it.
            Kind::Enum if code == "connection_type" => Ok(None),
            _ => {
                let value = real(own.attribute, &json!(cell))?;
                Ok((!value.is_null()).then_some(value))
            }
        }
    }

    /// A new replica finds its object, or makes it.
    fn adopt(
        &mut self,
        source: u64,
        id: u64,
        synced: &[Synced],
        by_key: bool,
        counts: &mut Counts,
    ) -> Result<(), String> {
        self.note(id, "status_dest_creator", json!(false));
        let class = self.source(source, "scope_class");
        let mut warnings = Vec::new();
        let mut wanted = Vec::new();
        if by_key {
            wanted.push(("id".to_owned(), json!(self.rows[&id].key)));
        }
        for own in synced.iter().filter(|own| own.reconcile && !by_key) {
            let Some(value) = self.given(id, own, &mut warnings)? else {
                let code = &own.attribute.code;
                self.fails(
                    id,
                    &format!("Could not reconcile on null value for attribute '{code}'"),
                );
                count(counts, "reconciled_errors");
                return Ok(());
            };
            wanted.push((own.attribute.code.clone(), value));
        }
        let found = self.select(&class, |other, object| {
            wanted
                .iter()
                .all(|(code, value)| self.equals(other, object, code, value))
        });
        let on_zero = self.source(source, "action_on_zero");
        let on_one = self.source(source, "action_on_one");
        let on_multiple = self.source(source, "action_on_multiple");
        match (
            found.len(),
            on_zero.as_str(),
            on_one.as_str(),
            on_multiple.as_str(),
        ) {
            (0, "create", _, _) | (2.., _, _, "create") => {
                self.create_object(id, &class, synced, &mut warnings, counts);
            }
            (1, _, "update", _) | (2.., _, _, "take_first") => {
                let names = ["new_updated", "new_unchanged", "reconciled_errors"];
                let changed =
                    self.update_object(id, found[0], synced, &mut warnings, names, counts);
                self.note(id, "dest_id", json!(found[0].1));
                self.note(id, "dest_class", json!(self.objects[&found[0]].class));
                if !warnings.is_empty() && changed {
                    count(counts, "new_updated_warnings");
                }
            }
            (several, ..) => {
                let pairs: Vec<String> = wanted
                    .iter()
                    .map(|(code, value)| format!("{code}={}", text(value)))
                    .collect();
                let words = match several {
                    0 => "Could not find a match for reconciliation".to_owned(),
                    1 => "Found a match while expecting several".to_owned(),
                    _ => format!(
                        "{several} destination objects match the reconciliation criterias: {}",
                        pairs.join(" AND ")
                    ),
                };
                self.fails(id, &words);
                count(counts, "reconciled_errors");
            }
        }
        self.warns(id, &warnings);
        Ok(())
    }

    fn create_object(
        &mut self,
        id: u64,
        class: &str,
        synced: &[Synced],
        warnings: &mut Vec<String>,
        counts: &mut Counts,
    ) {
        // The search and the making warn each for itself.
        let outcome = self
            .values(id, synced, None, warnings)
            .and_then(|values| self.insert(class, &values));
        match outcome {
            Ok(made) => {
                for (code, value) in [
                    ("dest_id", json!(made)),
                    ("dest_class", json!(class)),
                    ("status_dest_creator", json!(true)),
                    ("status_last_error", json!("")),
                    ("status", json!("synchronized")),
                    ("info_creation_date", json!(moment(self.clock))),
                ] {
                    self.note(id, code, value);
                }
                count(counts, "created");
                if !warnings.is_empty() {
                    count(counts, "created_warnings");
                }
            }
            Err(words) => {
                self.fails(id, &format!("Unable to create destination object: {words}"));
                count(counts, "created_errors");
                warnings.clear();
            }
        }
    }

    /// What a replica writes into its object, or into one to be made.
    fn values(
        &self,
        id: u64,
        synced: &[Synced],
        into: Option<Place>,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<(String, Value)>, String> {
        let mut values = Vec::new();
        for own in synced.iter().filter(|own| own.update) {
            let Some(value) = self.given(id, own, warnings)? else {
                continue;
            };
            let code = &own.attribute.code;
            let kept = into.is_some_and(|place| {
                own.if_empty && !is_null(own.attribute, &self.objects[&place].fields[code])
            });
            if !kept {
                values.push((code.clone(), value));
            }
        }
        Ok(values)
    }

    /// Names of the counts: changed, unchanged, failed.
    fn update_object(
        &mut self,
        id: u64,
        place: Place,
        synced: &[Synced],
        warnings: &mut Vec<String>,
        names: [&'static str; 3],
        counts: &mut Counts,
    ) -> bool {
        let outcome = self
            .values(id, synced, Some(place), warnings)
            .and_then(|values| self.update(place, &values));
        match outcome {
            Ok(changed) => {
                count(counts, if changed { names[0] } else { names[1] });
                if changed {
                    self.note(id, "info_last_modified", json!(moment(self.clock)));
                }
                self.note(id, "status_last_error", json!(""));
                self.note(id, "status", json!("synchronized"));
                changed
            }
            Err(words) => {
                self.fails(id, &format!("Unable to update destination object: {words}"));
                count(counts, names[2]);
                false
            }
        }
    }

    /// A replica that changed changes its object.
    fn refresh(
        &mut self,
        source: u64,
        id: u64,
        synced: &[Synced],
        counts: &mut Counts,
    ) -> Result<(), String> {
        let class = self.source(source, "scope_class");
        let gone = "No result for the single row query";
        let place = self.object_of(id).ok_or(gone)?;
        if !is_a(self.objects[&place].class, &class) {
            return Err(gone.to_owned());
        }
        let mut warnings = Vec::new();
        let names = ["updated", "unchanged", "updated_errors"];
        let changed = self.update_object(id, place, synced, &mut warnings, names, counts);
        if !warnings.is_empty() && changed {
            count(counts, "updated_warnings");
        }
        self.warns(id, &warnings);
        Ok(())
    }
}

/// Whether an importer's table has a column.
fn is_column(class: &str, column: &str) -> bool {
    let image = column
        .strip_suffix("_mimetype")
        .or(column.strip_suffix("_filename"));
    let image = image.and_then(|code| find_attribute(class, code));
    let plain = find_attribute(class, column);
    plain.is_some_and(|own| writable(own) && own.kind != Kind::Set)
        || image.is_some_and(|own| own.kind == Kind::Blob)
}
