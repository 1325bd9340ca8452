//! Text that a peer sent, made fit to show.

/// At most `limit` characters of `bytes` as text: what is not UTF-8 becomes
/// U+FFFD, a tab becomes a space, and other control characters, line ends and
/// the bidirectional overrides that could disguise a report's line are dropped.
#[must_use]
pub fn printable(bytes: &[u8], limit: usize) -> String {
    // A character has at most four bytes; the rest need not be looked at, unless
    // much is dropped, which no honest peer makes us do.
    let enough = bytes.get(..limit.saturating_mul(4)).unwrap_or(bytes);
    String::from_utf8_lossy(enough)
        .chars()
        .map(|letter| if letter == '\t' { ' ' } else { letter })
        .filter(|letter| !letter.is_control() && !is_direction_override(*letter))
        .take(limit)
        .collect()
}

fn is_direction_override(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Base64 (RFC 4648 section 4), padded.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let octet = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..=group.len() {
            let index = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            text.extend(LETTERS.get(index).map(|letter| char::from(*letter)));
        }
        text.extend(std::iter::repeat_n('=', 3 - group.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn only_what_can_be_shown_is_left() {
        assert_eq!(printable(b"a\tb\x1b[31m\r\n\xffz", 80), "a b[31m\u{fffd}z");
        assert_eq!(printable("caf\u{e9}\u{202e}x".as_bytes(), 80), "caf\u{e9}x");
        assert_eq!(printable(b"abcdef", 3), "abc");
        assert_eq!(printable("é".repeat(10).as_bytes(), 3), "ééé");
    }
}
