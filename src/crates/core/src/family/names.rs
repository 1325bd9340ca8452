//! Values that devices carry from the factory and that say nothing.

/// The text, unless it is a maker's placeholder for a serial number, a model or a name.
pub(super) fn meaningful(text: String) -> Option<String> {
    let folded: String = text
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    const PLACEHOLDERS: [&str; 32] = [
        "tobefilledbyoem",
        "tobefilledbyoemoem",
        "oem",
        "none",
        "na",
        "null",
        "nil",
        "unknown",
        "default",
        "defaultstring",
        "defaultvalue",
        "notspecified",
        "notavailable",
        "notapplicable",
        "notset",
        "empty",
        "systemserialnumber",
        "systemproductname",
        "systemmanufacturer",
        "chassisserialnumber",
        "baseboardserialnumber",
        "serialnumber",
        "productname",
        "invalid",
        "123456789",
        "0123456789",
        "1234567890",
        "012345678",
        "01234567",
        "12345678",
        "noserial",
        "sernum",
    ];
    let one_letter = |letter: char| folded.chars().all(|other| other == letter);
    // A release number such as 1.11 may well be ones alone.
    let number = text.contains('.');
    let blank = folded.is_empty()
        || ['0', 'x', 'f', '1'].into_iter().any(one_letter) && folded.len() > 2 && !number
        || one_letter('0');
    (!blank && !PLACEHOLDERS.contains(&folded.as_str())).then_some(text)
}

/// The text, unless it is one that agents ship as sysLocation.
pub(super) fn location(text: String) -> Option<String> {
    const FACTORY: [&str; 12] = [
        "unknown",
        "sitting on the dock of the bay",
        "right here, right now.",
        "undefined",
        "not specified",
        "not set",
        "none",
        "n/a",
        "default",
        "location",
        "syslocation",
        "system location",
    ];
    chosen(text, &FACTORY)
}

/// The text, unless it is one that agents ship as sysContact.
pub(super) fn contact(text: String) -> Option<String> {
    const FACTORY: [&str; 16] = [
        "me <me@example.org>",
        "root",
        "admin",
        "administrator",
        "sys contact",
        "syscontact",
        "system contact",
        "contact",
        "unknown",
        "none",
        "n/a",
        "not specified",
        "not set",
        "undefined",
        "default",
        "no contact",
    ];
    let factory = |text: &String| {
        let text = text.to_lowercase();
        text.starts_with("root@localhost")
            || text.starts_with("root <root@localhost")
            || text.starts_with("me <me@") && text.contains("example.")
    };
    chosen(text, &FACTORY).filter(|text| !factory(text))
}

fn chosen(text: String, factory: &[&str]) -> Option<String> {
    let folded = text.to_lowercase();
    let bare = folded.trim_matches(|letter: char| "<>\"'() ".contains(letter));
    (!bare.is_empty() && !factory.contains(&folded.as_str()) && !factory.contains(&bare))
        .then_some(text)
}
