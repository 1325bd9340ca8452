//! Greetings of line-based services: FTP, SMTP, POP3, IMAP and the like.

use crate::text::printable;

/// The most lines that are kept.
pub const MAX_LINES: usize = 16;
/// The most characters of a line that are kept.
pub const MAX_LINE: usize = 512;

/// The first printable lines of a greeting; empty ones are left out.
#[must_use]
pub fn lines(bytes: &[u8]) -> Vec<String> {
    bytes
        .split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter(|line| !line.is_empty())
        .map(|line| printable(line, MAX_LINE).trim().to_owned())
        .filter(|line| !line.is_empty())
        .take(MAX_LINES)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_and_cleaned() {
        let greeting = b"\r\n220-mail.example.net\r\n220 ESMTP\x00 ready \r\n";
        assert_eq!(lines(greeting), ["220-mail.example.net", "220 ESMTP ready"]);
        let many = "x\n".repeat(100);
        assert_eq!(lines(many.as_bytes()).len(), MAX_LINES);
        assert_eq!(lines(&[b'a'; 5000])[0].len(), MAX_LINE);
    }
}
