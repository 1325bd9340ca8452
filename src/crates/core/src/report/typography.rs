//! French spacing: whoever writes a message types ordinary blanks.

use std::borrow::Cow;

/// Narrow no-break space.
const NARROW: &str = "\u{202f}";
/// Signs that a narrow no-break space precedes in French.
const AFTER_SPACE: [&str; 7] = [":", ";", "?", "!", "»", "%", "€"];

/// Replaces the blank before `: ; ? ! » % €` and after `«` by a narrow no-break one, and the
/// straight apostrophe by the typographic one.
pub(super) fn french(text: &str) -> Cow<'_, str> {
    if !text.contains([' ', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = text.replace('\'', "’").replace("« ", &format!("«{NARROW}"));
    for sign in AFTER_SPACE {
        out = out.replace(&format!(" {sign}"), &format!("{NARROW}{sign}"));
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::french;

    #[test]
    fn blanks_before_tall_signs_do_not_break() {
        assert_eq!(
            french("l'hôte : « a » ; 80 % !"),
            "l’hôte\u{202f}: «\u{202f}a\u{202f}»\u{202f}; 80\u{202f}%\u{202f}!"
        );
        assert_eq!(french("10:30"), "10:30");
    }
}
