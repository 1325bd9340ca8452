//! Texts of a bounded length, on one line.
use crate::export::Device;
use std::collections::BTreeSet;

/// The first characters of a text, on one line.
pub(super) fn cut(text: &str, longest: usize) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(longest)
        .collect();
    text.trim().to_owned()
}

/// A name made unique by a mark at its end, within a length.
pub(super) fn marked(name: &str, mark: &str, longest: usize) -> String {
    let room = longest.saturating_sub(mark.chars().count() + 3);
    format!("{} ({mark})", cut(name, room))
}

/// Names of ports: unique within the device, of a bounded length.
pub(super) fn port_names(device: &Device, longest: usize) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for (place, port) in device.ports.iter().enumerate() {
        let mut name = cut(&port.name, longest);
        if !seen.insert(name.to_lowercase()) {
            let number = port.index.map_or(place, |index| index as usize);
            name = marked(&name, &number.to_string(), longest);
            seen.insert(name.to_lowercase());
        }
        names.push(name);
    }
    names
}

/// A role's name from our slug for it; a client's own name as it is.
pub(super) fn title(role: &str) -> String {
    let is_slug = role
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_slug {
        return role.to_owned();
    }
    let words = role.replace('-', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}
