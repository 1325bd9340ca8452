//! Readers against hostile and ordinary answers.
