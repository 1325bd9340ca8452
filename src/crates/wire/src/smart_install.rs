//! Cisco Smart Install on TCP 4786: the message with which Cisco's Talos group looks for clients
//! (Cisco Security Response cisco-sr-20170214-smi refers to it). It asks and changes nothing.

/// The question.
#[must_use]
pub fn request() -> Vec<u8> {
    words(&[1, 1, 4, 8, 1, 0])
}

/// Whether this is the director's or client's answer to it.
#[must_use]
pub fn is_answer(bytes: &[u8]) -> bool {
    bytes.starts_with(&words(&[4, 0, 3, 8, 1, 0]))
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_answer_counts() {
        assert_eq!(request().len(), 24);
        assert!(is_answer(&words(&[4, 0, 3, 8, 1, 0])));
        assert!(!is_answer(&request()) && !is_answer(b"") && !is_answer(b"HTTP/1.1 400"));
    }
}
