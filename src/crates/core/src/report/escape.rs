//! Makes text from the network harmless in a page.

/// `text` without what acts on its surroundings: control characters, characters that change the
/// writing direction of what follows, and those that XML 1.0 (section 2.2) forbids become U+FFFD.
/// A device's name must neither rearrange the words beside it nor move a terminal's cursor.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().map(harmless).collect()
}

fn harmless(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// [`plain`] text for an HTML or SVG text or a quoted attribute.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(harmless(c)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn nothing_leaves_its_place() {
        assert_eq!(html("<a b='\"&\">"), "&lt;a b=&#39;&quot;&amp;&quot;&gt;");
        assert_eq!(
            html("a\u{202e}b\u{0}c\u{1b}[1m"),
            "a\u{fffd}b\u{fffd}c\u{fffd}[1m"
        );
        assert_eq!(html("été שלום"), "été שלום");
    }
}
