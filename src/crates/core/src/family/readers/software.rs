//! HOST-RESOURCES-MIB hrSWInstalledTable (RFC 2790), and the guests of VMware hosts
//! (VMWARE-VMINFO-MIB).
use super::table::{distinct, offer_list, rows};
use crate::family::draft::{Draft, Origin};
use crate::family::view::View;
use crate::model::{Guest, Software};
use std::collections::BTreeMap;

/// hrSWInstalledTable; hrSWRunTable, whose command lines hold passwords, is another one.
pub(super) const INSTALLED: &[u32] = &[1, 3, 6, 1, 2, 1, 25, 6, 3];
/// vmwVmTable.
pub(super) const VMWARE_GUESTS: &[u32] = &[1, 3, 6, 1, 4, 1, 6876, 2, 1];

/// Installed software and guests.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    let mut seen = BTreeMap::new();
    let installed = rows(view, INSTALLED)
        .into_values()
        .filter_map(|row| row.text(2))
        .map(|name| Software {
            name: distinct(name, &mut seen),
            version: None,
        });
    let installed = installed.collect();
    let mut pen = draft.pen(Origin::Reader, "mib/host-resources");
    offer_list(&mut pen, view, ("software", INSTALLED), installed);
    let mut seen = BTreeMap::new();
    let guests: Vec<Guest> = rows(view, VMWARE_GUESTS)
        .into_values()
        .filter_map(|row| {
            let name = distinct(row.text(2)?, &mut seen);
            let state = row.text(6).map(|text| match text.to_lowercase().as_str() {
                "powered on" | "poweredon" => "running".to_owned(),
                "powered off" | "poweredoff" => "stopped".to_owned(),
                "suspended" => "suspended".to_owned(),
                _ => "unknown".to_owned(),
            });
            let memory = row
                .number::<u64>(5)
                .map(|mebibytes| mebibytes.saturating_mul(1 << 20));
            Some(Guest {
                name,
                state,
                os: row.text(4),
                memory,
                processors: row.number(9),
            })
        })
        .collect();
    // Only a hypervisor has guests: an empty table says so nowhere else.
    if !guests.is_empty() {
        let mut pen = draft.pen(Origin::Reader, "mib/vmware-vminfo");
        offer_list(&mut pen, view, ("guests", VMWARE_GUESTS), guests);
    }
}
