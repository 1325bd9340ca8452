//! Networks that the inventory stands in.
use crate::export::Estate;
use crate::model::{AssetState, SiteId};
use ipnetwork::IpNetwork;
use std::collections::BTreeSet;

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
