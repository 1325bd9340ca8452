//! Templates of values: `{NAME}`, or `{NAME|filter}`.
use super::names::meaningful;
use super::text::line;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Longest value that a template gives, characters.
const LONGEST_VALUE: usize = 512;

/// What was captured, by name; a list of a command's table has several texts.
pub(super) type Captures = BTreeMap<String, Vec<String>>;

/// Names of the filters.
pub(super) const FILTERS: [&str; 9] = [
    "mac", "id", "lower", "kilo", "mega", "giga", "hex", "first", "prefix",
];

/// Names in braces, each with its filter.
pub(super) fn placeholders(template: &str) -> Vec<(&str, Option<&str>)> {
    let inside = template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    inside
        .map(|(inside, _)| match inside.split_once('|') {
            Some((name, filter)) => (name, Some(filter)),
            None => (inside, None),
        })
        .collect()
}

/// What a template gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filled {
    /// A value.
    Value(String),
    /// What makers write where they have nothing to say (`000000000000`).
    Placeholder(String),
}

/// The template with captures in it; nothing where one is missing or the result says nothing.
pub(super) fn fill(template: &str, captures: &Captures) -> Option<String> {
    match filled(template, captures)? {
        Filled::Value(text) => Some(text),
        Filled::Placeholder(_) => None,
    }
}

/// The same for a row of a command's table, where `default` is a VLAN's name, 111 its number
/// and 1.1.1.1 an address.
pub(super) fn fill_as_told(template: &str, captures: &Captures) -> Option<String> {
    let (Filled::Value(text) | Filled::Placeholder(text)) = filled(template, captures)?;
    (!text.is_empty()).then_some(text)
}

/// The same, with what says nothing told apart from what is not there.
pub(super) fn filled(template: &str, captures: &Captures) -> Option<Filled> {
    let mut text = template.to_owned();
    for (name, filter) in placeholders(template) {
        let value = captures.get(name)?.first()?;
        let value = match filter {
            Some(filter) => filtered(value, filter)?,
            None => value.clone(),
        };
        if value.trim().is_empty() {
            return None;
        }
        let whole = filter.map_or_else(|| format!("{{{name}}}"), |f| format!("{{{name}|{f}}}"));
        text = text.replace(&whole, &value);
    }
    let text: String = line(text.as_bytes()).chars().take(LONGEST_VALUE).collect();
    Some(match meaningful(text.clone()) {
        Some(text) => Filled::Value(text),
        None => Filled::Placeholder(text),
    })
}

/// Every text of a template's one capture, each once.
pub(super) fn fill_list(template: &str, captures: &Captures) -> Value {
    let placeholder = placeholders(template).into_iter().next();
    let Some((name, filter)) = placeholder else {
        return Value::Array(Vec::new());
    };
    let texts = captures.get(name).into_iter().flatten();
    let texts = texts.filter_map(|text| match filter {
        Some(filter) => filtered(text, filter),
        None => Some(line(text.as_bytes())),
    });
    let mut seen = BTreeSet::new();
    texts
        .filter(|text| !text.is_empty() && seen.insert(text.clone()))
        .map(Value::from)
        .collect()
}

fn filtered(text: &str, filter: &str) -> Option<String> {
    let times = |factor: f64| {
        let number: f64 = text.trim().replace(',', "").parse().ok()?;
        // Counters of a device: far below what a double counts exactly.
        (number.is_finite() && number >= 0.0).then(|| format!("{:.0}", number * factor))
    };
    match filter {
        "mac" => hardware_address(text),
        // What names a chassis or a port may be an address or any text.
        "id" => Some(hardware_address(text).unwrap_or_else(|| text.to_owned())),
        "prefix" => prefix_length(text),
        "lower" => Some(text.to_lowercase()),
        "first" => text.split_whitespace().next().map(str::to_owned),
        "kilo" => times(1e3),
        "mega" => times(1e6),
        "giga" => times(1e9),
        // Octets that are text only by chance.
        "hex" => Some(text.bytes().map(|byte| format!("{byte:02x}")).collect()),
        _ => None,
    }
}

/// `0011.2233.4455`, `00-11-22-33-44-55`, `001122-334455` as colon hexadecimal.
fn hardware_address(text: &str) -> Option<String> {
    let digits: Vec<char> = text
        .trim()
        .to_lowercase()
        .chars()
        .filter(|letter| !matches!(letter, ':' | '-' | '.' | ' '))
        .collect();
    let right = digits.len() == 12 && digits.iter().all(char::is_ascii_hexdigit);
    right.then(|| {
        let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
        pairs.join(":")
    })
}

/// `255.255.255.0` as 24; nothing where it is no mask.
fn prefix_length(text: &str) -> Option<String> {
    let mask = u32::from(text.trim().parse::<std::net::Ipv4Addr>().ok()?);
    let ones = mask.leading_ones();
    (ones + mask.trailing_zeros() == u32::BITS).then(|| ones.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures() -> Captures {
        Captures::from([
            ("MAC".to_owned(), vec!["0011.2233.AAbb".to_owned()]),
            ("BW".to_owned(), vec!["1,000,000".to_owned()]),
            (
                "IP".to_owned(),
                vec![
                    "192.0.2.1".to_owned(),
                    "2001:db8::1".to_owned(),
                    "192.0.2.1".to_owned(),
                ],
            ),
            ("MASK".to_owned(), vec!["255.255.252.0".to_owned()]),
            ("VLAN".to_owned(), vec!["default".to_owned()]),
        ])
    }

    #[test]
    fn filters_bring_values_into_the_form_of_facts() {
        assert_eq!(fill("{MAC|mac}", &captures()).unwrap(), "00:11:22:33:aa:bb");
        assert_eq!(fill("{BW|kilo}", &captures()).unwrap(), "1000000000");
        assert_eq!(fill("a {IP} b", &captures()).unwrap(), "a 192.0.2.1 b");
        assert_eq!(fill("{NONE}", &captures()), None);
        assert_eq!(fill("{IP|mac}", &captures()), None);
        assert_eq!(fill("{MAC|id}", &captures()).unwrap(), "00:11:22:33:aa:bb");
        assert_eq!(fill("{IP|id}", &captures()).unwrap(), "192.0.2.1");
        assert_eq!(fill("{MASK|prefix}", &captures()).unwrap(), "22");
        assert_eq!(fill("{IP|prefix}", &captures()), None);
        assert_eq!(fill("{VLAN}", &captures()), None);
        assert_eq!(fill_as_told("{VLAN}", &captures()).unwrap(), "default");
        assert_eq!(
            fill_list("{IP}", &captures()),
            serde_json::json!(["192.0.2.1", "2001:db8::1"])
        );
    }
}
