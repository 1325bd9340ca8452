//! Networks and VLANs that the inventory stands in.
use super::words::cut;
use crate::export::{Device, Estate};
use crate::model::{AssetState, SiteId};
use ipnetwork::IpNetwork;
use std::collections::{BTreeMap, BTreeSet};

/// Networks worth a prefix: those of the scope that hold more than one host, and those that
/// devices say they stand in, inside them.
pub(super) fn networks(estate: &Estate) -> BTreeSet<(SiteId, IpNetwork)> {
    let is_network = |net: &IpNetwork| match net {
        IpNetwork::V4(net) => net.prefix() <= 30,
        IpNetwork::V6(net) => net.prefix() <= 126,
    };
    let first = |net: IpNetwork| IpNetwork::new(net.network(), net.prefix()).ok();
    let scope: BTreeSet<(SiteId, IpNetwork)> = estate
        .networks
        .iter()
        .filter_map(|(site, net)| Some((site.clone(), first(*net)?)))
        .collect();
    let mut all: BTreeSet<(SiteId, IpNetwork)> = scope.clone();
    for device in estate
        .devices
        .iter()
        .filter(|device| device.state == AssetState::Observed)
    {
        for address in &device.addresses {
            let network = address
                .prefix_length
                .and_then(|length| IpNetwork::new(address.ip, length).ok());
            let Some(network) = network.and_then(first) else {
                continue;
            };
            let mut around = scope.iter().filter(|(site, _)| *site == device.site);
            if around.any(|(_, net)| net.contains(network.ip()) && net.prefix() <= network.prefix())
            {
                all.insert((device.site.clone(), network));
            }
        }
    }
    all.retain(|(_, net)| is_network(net));
    all
}

/// VLANs that devices list or ports of theirs are in, with the name that most of them give; an
/// empty one where none does.
pub(super) fn vlan_names<'a>(
    devices: impl Iterator<Item = &'a Device>,
    longest: usize,
) -> BTreeMap<u16, String> {
    let mut names: BTreeMap<u16, BTreeMap<String, usize>> = BTreeMap::new();
    for device in devices {
        let ports = device.ports.iter();
        let on_ports = ports.flat_map(|port| port.untagged.iter().chain(&port.tagged));
        for id in on_ports.chain(device.vlans.keys()) {
            let names = names.entry(*id).or_default();
            if let Some(Some(name)) = device.vlans.get(id) {
                *names.entry(cut(name, longest)).or_default() += 1;
            }
        }
    }
    let most = |names: BTreeMap<String, usize>| {
        let names = names.into_iter().filter(|(name, _)| !name.is_empty());
        let name = names.max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0)));
        name.map_or_else(String::new, |(name, _)| name)
    };
    let all = names.into_iter();
    all.map(|(id, names)| (id, most(names))).collect()
}
