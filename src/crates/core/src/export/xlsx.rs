//! The inventory as a workbook (Office Open XML, ECMA-376): one sheet each for devices,
//! interfaces, addresses, links and components.
use super::estate::{Device, Estate};
use super::mapping::Mapping;
use super::tree::{File, clean};
use crate::model::Language;
use crate::model::class::ClassTable;
use crate::report::Messages;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A sheet: its name's key, the keys of its columns, its rows.
type Sheet = (&'static str, &'static [&'static str], Vec<Vec<String>>);

const DEVICES: &[&str] = &[
    "name",
    "site",
    "class",
    "address",
    "manufacturer",
    "model",
    "serial",
    "os",
    "version",
    "location",
    "role",
    "owner",
    "criticality",
    "support",
    "third-party",
    "id",
];
const INTERFACES: &[&str] = &[
    "device",
    "interface",
    "description",
    "enabled",
    "state",
    "mac",
    "speed",
    "mtu",
    "aggregate",
    "untagged",
    "tagged",
    "id",
];
const ADDRESSES: &[&str] = &["device", "address", "prefix", "interface", "id"];
const LINKS: &[&str] = &["device", "interface", "other-device", "other-interface"];
const COMPONENTS: &[&str] = &["device", "component", "kind", "model", "serial", "id"];

/// `inventory.xlsx`, its headings in the language of `words`. Every cell is text: none can be a
/// formula. The same estate gives the same bytes: its date is the judgement's.
///
/// # Errors
/// More rows than a sheet holds (1,048,576).
pub fn xlsx(
    estate: &Estate,
    mapping: &Mapping,
    classes: &ClassTable,
    (words, language): (&Messages, Language),
) -> Result<File, XlsxError> {
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_timestamp(estate.as_of.as_second())?;
    let properties = DocProperties::new()
        .set_author("Arpenteur")
        .set_creation_datetime(&created);
    book.set_properties(&properties);
    let heading = Format::new().set_bold();
    for (name, columns, rows) in sheets(estate, mapping, classes, language) {
        let sheet = book.add_worksheet();
        sheet.set_name(words.text(&format!("xlsx-sheet-{name}"), &[]))?;
        for (at, column) in (0_u16..).zip(columns) {
            let text = words.text(&format!("xlsx-{column}"), &[]);
            sheet.write_string_with_format(0, at, text, &heading)?;
            sheet.set_column_width(at, 18)?;
        }
        let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let mut end = 0;
        for (at, row) in (1_u32..).zip(&rows) {
            for (column, cell) in (0_u16..).zip(row) {
                if !cell.is_empty() {
                    sheet.write_string(at, column, clean(cell))?;
                }
            }
            end = at;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, end, last)?;
    }
    Ok(File::new("inventory.xlsx", book.save_to_buffer()?))
}

fn sheets(
    estate: &Estate,
    mapping: &Mapping,
    classes: &ClassTable,
    language: Language,
) -> [Sheet; 5] {
    let names: BTreeMap<Uuid, &str> = estate
        .devices
        .iter()
        .map(|device| (device.id, device.name.as_str()))
        .collect();
    let name = |id: Uuid| names.get(&id).copied().unwrap_or_default().to_owned();
    let class = |device: &Device| {
        let class = classes.get(&device.class);
        let own = class.map_or(device.class.as_str(), |class| language.of(&class.names));
        mapping.role(&device.class, own).to_owned()
    };
    let devices = estate.devices.iter();
    let links = estate.cables.iter().map(|cable| {
        let (a, b) = (&cable.a, &cable.b);
        vec![name(a.0), a.1.clone(), name(b.0), b.1.clone()]
    });
    [
        (
            "devices",
            DEVICES,
            devices
                .clone()
                .map(|device| row(device, mapping, &class(device), estate))
                .collect(),
        ),
        (
            "interfaces",
            INTERFACES,
            devices.clone().flat_map(interfaces).collect(),
        ),
        (
            "addresses",
            ADDRESSES,
            devices.clone().flat_map(addresses).collect(),
        ),
        ("links", LINKS, links.collect()),
        (
            "components",
            COMPONENTS,
            devices.flat_map(components).collect(),
        ),
    ]
}

fn or_empty(value: &Option<impl ToString>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn row(device: &Device, mapping: &Mapping, class: &str, estate: &Estate) -> Vec<String> {
    let maker = device.manufacturer.as_deref().unwrap_or_default();
    vec![
        device.name.clone(),
        mapping
            .site(&device.site.0, estate.site_name(&device.site))
            .to_owned(),
        class.to_owned(),
        or_empty(&device.address),
        mapping.manufacturer(maker).to_owned(),
        or_empty(&device.model),
        or_empty(&device.serial),
        or_empty(&device.os_name),
        or_empty(&device.os_version),
        or_empty(&device.location),
        or_empty(&device.role),
        or_empty(&device.owner),
        or_empty(&device.criticality),
        or_empty(&device.end_of_support),
        or_empty(&device.third_party),
        device.id.to_string(),
    ]
}

fn interfaces(device: &Device) -> impl Iterator<Item = Vec<String>> {
    device.ports.iter().map(|port| {
        let tagged: Vec<String> = port.tagged.iter().map(u16::to_string).collect();
        vec![
            device.name.clone(),
            port.name.clone(),
            or_empty(&port.description),
            or_empty(&port.enabled),
            or_empty(&port.oper_status),
            or_empty(&port.mac),
            or_empty(&port.speed),
            or_empty(&port.mtu),
            or_empty(&port.aggregate),
            or_empty(&port.untagged),
            tagged.join(" "),
            device.id.to_string(),
        ]
    })
}

fn addresses(device: &Device) -> impl Iterator<Item = Vec<String>> {
    device.addresses.iter().map(|address| {
        vec![
            device.name.clone(),
            address.ip.to_string(),
            or_empty(&address.prefix_length),
            or_empty(&address.port),
            device.id.to_string(),
        ]
    })
}

/// Members of a stack, then what stands inside.
fn components(device: &Device) -> impl Iterator<Item = Vec<String>> {
    let units = device.units.iter().map(|unit| {
        vec![
            device.name.clone(),
            unit.number.clone(),
            "stack".to_owned(),
            or_empty(&unit.model_name),
            or_empty(&unit.serial_num),
            device.id.to_string(),
        ]
    });
    let parts = device.components.iter().map(|part| {
        let name = part.name.as_ref().or(part.description.as_ref());
        vec![
            device.name.clone(),
            or_empty(&name),
            or_empty(&part.class),
            or_empty(&part.model_name),
            or_empty(&part.serial_num),
            device.id.to_string(),
        ]
    });
    units.chain(parts)
}
