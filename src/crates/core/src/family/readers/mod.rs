//! What standards say and every device answers alike: one file per standard.
mod system;

use super::draft::Draft;
use super::families::Ask;
use super::view::View;
use arpenteur_wire::snmp::Oid;

/// The command that reads os-release(5).
pub(super) const OS_RELEASE: &str = "cat /etc/os-release";

/// What every SNMP agent is asked.
pub(super) fn snmp_asks(_view: &View<'_>) -> Vec<Ask> {
    SUBTREES
        .iter()
        .map(|root| Ask::SnmpWalk(Oid::from_static(root)))
        .collect()
}

/// Subtrees of the standard MIBs; hrSWRunParameters (command lines, with passwords in
/// them) lies in none.
const SUBTREES: [&[u32]; 1] = [&[1, 3, 6, 1, 2, 1, 1]];

/// What every shell is asked.
pub(super) fn shell_asks(_view: &View<'_>) -> Vec<Ask> {
    let command = |command: &str| Ask::SshExec {
        command: command.to_owned(),
        sudo: false,
    };
    vec![command(OS_RELEASE)]
}

/// Lets every reader look at the evidence.
pub(super) fn read(view: &View<'_>, draft: &mut Draft) {
    system::read(view, draft);
}
