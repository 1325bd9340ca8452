//! Reads the project's data files and the user's YAML, strictly.
//!
//! Every file is hostile until read: its size, depth and number of nodes are bounded, and the
//! parts of YAML that hide meaning (anchors, aliases, merge keys, tags, several documents, the
//! bare `yes`/`no`/`on`/`off` of YAML 1.1) are refused. What is wrong is told as a [`Diagnostic`]
//! with file, line, column, source line and, where there is one, the way to mend it.
//!
//! Types read here must derive `Deserialize` with `#[serde(deny_unknown_fields)]`: that is what
//! turns a misspelt key into an error. Wrap a value in [`Spanned`] when a later, semantic check
//! must point at it, and report it through [`Source::error`].

mod diagnostic;
mod locate;
mod scan;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use serde_saphyr::{Location, Spanned};

use serde::de::DeserializeOwned;
use serde_saphyr::{DefaultMessageFormatter, Error as YamlError, MessageFormatter};
use sha2::{Digest, Sha256};

/// Bounds of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub bytes: usize,
    /// Deepest nesting of mappings and sequences.
    pub depth: usize,
    /// Most nodes (scalars, sequences, mappings) in the file.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1024 * 1024,
            depth: 64,
            nodes: 100_000,
        }
    }
}

/// A file's text that has passed the structural checks, ready to be read into types and to
/// point errors at.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    path: &'a str,
    text: &'a str,
    limits: Limits,
}

impl<'a> Source<'a> {
    /// Checks size, encoding and YAML structure of `bytes`. `path` is only shown in messages.
    ///
    /// # Errors
    /// The first thing that is refused, at its place.
    pub fn new(path: &'a str, bytes: &'a [u8], limits: Limits) -> Result<Self, Diagnostic> {
        let text = scan::decode(path, bytes, limits.bytes)?;
        scan::structure(path, text, limits)?;
        Ok(Self { path, text, limits })
    }

    /// Takes a file that the program was built with, whose structure the tests have checked:
    /// several hundred of them are read at every start.
    ///
    /// # Errors
    /// Where it is too large or not UTF-8.
    pub fn built_in(path: &'a str, bytes: &'a [u8], limits: Limits) -> Result<Self, Diagnostic> {
        let text = scan::decode(path, bytes, limits.bytes)?;
        Ok(Self { path, text, limits })
    }

    /// Reads the document into `T`.
    ///
    /// # Errors
    /// Unknown, duplicate or missing keys and values of the wrong type, at their place.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Diagnostic> {
        serde_saphyr::from_str_with_options(self.text, yaml_options(self.limits))
            .map_err(|error| self.diagnose(&error))
    }

    /// A semantic error at the place of a value that was read as [`Spanned`].
    pub fn error<T>(&self, value: &Spanned<T>, message: impl Into<String>) -> Diagnostic {
        self.error_at(value.referenced, message)
    }

    /// A semantic error at a location kept from a [`Spanned`] value.
    pub fn error_at(&self, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(
            self.path,
            self.text,
            usize::try_from(location.line()).unwrap_or(0),
            usize::try_from(location.column()).unwrap_or(0),
            message,
        )
    }

    /// An error about the file as a whole, shown at its first line.
    pub fn file_error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.path, self.text, 1, 1, message)
    }

    /// The path given at construction.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The text without byte-order mark.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    fn diagnose(&self, error: &YamlError) -> Diagnostic {
        let error = error.without_snippet();
        let (message, help) = describe(error);
        let diagnostic = match error.location() {
            Some(location) => self.error_at(location, message),
            None => self.file_error(message),
        };
        match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// Reads one YAML document of at most 1 MiB into `T`; see [`Limits::default`].
///
/// # Errors
/// The first error found, with its place.
pub fn parse<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, Diagnostic> {
    Source::new(path, bytes, Limits::default())?.parse()
}

/// Lower-case hexadecimal SHA-256 (FIPS 180-4) of a file, as printed in reports.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The known name nearest to `name`, when near enough to be a likely slip of the hand.
#[must_use]
pub fn did_you_mean<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Bounded: the distance is quadratic and a key may be as long as the file.
    if name.len() > 64 {
        return None;
    }
    let folded = name.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&folded, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, candidate)| {
            *distance <= 1 + candidate.chars().count() / 5 && *distance < candidate.chars().count()
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Help line for an unknown name: the near miss, else the whole list when it is short.
#[must_use]
pub fn suggest<'k>(name: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> Option<String> {
    if let Some(near) = did_you_mean(name, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let names: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty() && names.len() <= 40).then(|| format!("known here: {}", names.join(", ")))
}

fn yaml_options(limits: Limits) -> serde_saphyr::Options {
    use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(limits.bytes),
            flow_nesting_limit: limits.depth,
            max_depth: limits.depth,
            max_nodes: limits.nodes,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_merge_keys: 0,
            max_inclusion_depth: 0,
            max_total_scalar_bytes: limits.bytes,
        },
        emit_comments: false,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// Message and help of a reader's error, in the words of someone who writes YAML.
fn describe(error: &YamlError) -> (String, Option<String>) {
    match error {
        YamlError::SerdeUnknownField {
            field, expected, ..
        } => (
            format!("unknown key `{field}`"),
            suggest(field, expected.iter().copied()),
        ),
        YamlError::SerdeUnknownVariant {
            variant, expected, ..
        } => (
            format!("unknown value `{variant}`"),
            suggest(variant, expected.iter().copied()),
        ),
        YamlError::SerdeMissingField { field, .. } => (format!("missing key `{field}`"), None),
        YamlError::DuplicateMappingKey { key, .. } => (
            key.as_deref().map_or_else(
                || "the same key stands twice in one mapping".to_owned(),
                |key| format!("key `{key}` stands twice in one mapping"),
            ),
            Some("keep one of the two".to_owned()),
        ),
        YamlError::SerdeInvalidType {
            unexpected,
            expected,
            ..
        }
        | YamlError::SerdeInvalidValue {
            unexpected,
            expected,
            ..
        } => (format!("expected {expected}, found {unexpected}"), None),
        YamlError::InvalidBooleanStrict { .. } => (
            "expected a boolean".to_owned(),
            Some("write true or false".to_owned()),
        ),
        YamlError::NullIntoString { .. } => (
            "expected text, found nothing".to_owned(),
            Some("give a value, or remove the key".to_owned()),
        ),
        other => (
            DefaultMessageFormatter.format_message(other).into_owned(),
            None,
        ),
    }
}

#[cfg(test)]
mod tests;
