//! NetBox's words for ours: slugs, interface types, names of a bounded length.
pub(super) use crate::cmdb::words::{cut, marked, port_names, title};
use crate::export::Port;

/// A slug: letters, digits and hyphens in lower case, at most 100 (Django's SlugField; NetBox
/// gives it that length).
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let plain = match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' => "i",
            'ñ' => "n",
            'ô' | 'ö' | 'ó' | 'õ' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'œ' => "oe",
            'æ' => "ae",
            'ß' => "ss",
            _ => "",
        };
        if !plain.is_empty() {
            slug.push_str(plain);
        } else if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    let slug = cut(slug, 100).trim_end_matches('-').to_owned();
    if slug.is_empty() {
        "unnamed".to_owned()
    } else {
        slug
    }
}

/// NetBox's slug of an interface type (dcim/choices.py, InterfaceTypeChoices), from IANA ifType
/// and speed. Copper or fibre is not told by either: a speed gives the type only where the name
/// of a port or one medium makes it likely, else `other`.
pub(super) fn interface_type(port: &Port, aggregates: bool) -> &'static str {
    const BPS_1M: u64 = 1_000_000;
    if aggregates {
        return "lag";
    }
    match port.iftype {
        Some(161) => "lag",
        Some(209) => "bridge",
        // softwareLoopback, propVirtual, tunnel, l2vlan, l3ipvlan, mplsTunnel
        Some(24 | 53 | 131 | 135 | 136 | 150) => "virtual",
        Some(71) => "ieee802.11a",
        Some(6 | 62 | 69 | 117) => match port.speed.map(|speed| speed / BPS_1M) {
            Some(10 | 100) => "100base-tx",
            Some(1_000) => "1000base-t",
            Some(2_500) => "2.5gbase-t",
            Some(5_000) => "5gbase-t",
            Some(10_000) => "10gbase-x-sfpp",
            Some(25_000) => "25gbase-x-sfp28",
            Some(40_000) => "40gbase-x-qsfpp",
            Some(50_000) => "50gbase-x-sfp56",
            Some(100_000) => "100gbase-x-qsfp28",
            Some(200_000) => "200gbase-x-qsfp56",
            Some(400_000) => "400gbase-x-qsfpdd",
            _ => "other",
        },
        _ => "other",
    }
}

/// Types that no cable ends at.
pub(super) fn has_no_socket(kind: &str) -> bool {
    matches!(kind, "virtual" | "lag" | "bridge" | "other-wireless") || kind.starts_with("ieee802.1")
}
