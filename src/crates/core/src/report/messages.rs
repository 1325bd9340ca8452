//! Every word that the product prints, from Fluent files (<https://projectfluent.org>).

use super::typography;
use crate::data::{Diagnostic, Diagnostics};
use crate::model::Language;
use crate::size::format;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use std::collections::BTreeMap;
use std::fmt;
use unic_langid::langid;

/// The words of one language.
pub struct Messages {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    /// Line of each message in its file.
    keys: BTreeMap<String, usize>,
    path: String,
}

/// A value that a message prints or counts by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageValue<'a> {
    /// Printed as it is.
    Text(&'a str),
    /// Printed with the language's thousands separator; chooses singular or plural.
    Count(u64),
}

impl<'a> From<&'a str> for MessageValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for MessageValue<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for MessageValue<'_> {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<u32> for MessageValue<'_> {
    fn from(count: u32) -> Self {
        Self::Count(count.into())
    }
}

impl From<usize> for MessageValue<'_> {
    fn from(count: usize) -> Self {
        Self::Count(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.len();
        write!(f, "Messages({}, {keys} messages)", self.language.code())
    }
}

impl Messages {
    /// The words of one language, from the files of `templates/`.
    ///
    /// # Errors
    /// A message file that is missing or cannot be parsed.
    pub fn of_files(files: &[(String, Vec<u8>)], language: Language) -> Result<Self, Diagnostics> {
        let path = format!("i18n/{}.ftl", language.code());
        let file = files.iter().rfind(|(name, _)| name.ends_with(&path));
        let Some(text) = file.and_then(|(_, bytes)| String::from_utf8(bytes.clone()).ok()) else {
            return Err(Diagnostic::file(&path, "is missing, or not UTF-8 text").into());
        };
        let mut errors = Diagnostics::default();
        let messages = Self::load(&path, text, language, &mut errors);
        errors.into_result(messages)
    }

    pub(super) fn load(
        path: &str,
        source: String,
        language: Language,
        errors: &mut Diagnostics,
    ) -> Self {
        let mut keys = BTreeMap::new();
        for (index, line) in source.lines().enumerate() {
            if let Some((key, _)) = line.split_once(" =")
                && key.starts_with(|c: char| c.is_ascii_alphabetic())
                && keys.insert(key.to_owned(), index + 1).is_some()
            {
                let message = format!("message `{key}` stands twice");
                errors.push(Diagnostic::at(path, &source, index + 1, 1, message));
            }
        }
        let resource = FluentResource::try_new(source).unwrap_or_else(|(resource, mistakes)| {
            for mistake in mistakes {
                let before = resource.source().get(..mistake.pos.start).unwrap_or("");
                let line = before.matches('\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                let message = mistake.kind.to_string();
                errors.push(Diagnostic::at(
                    path,
                    resource.source(),
                    line,
                    column,
                    message,
                ));
            }
            resource
        });
        let mut bundle = FluentBundle::new_concurrent(vec![match language {
            Language::Fr => langid!("fr"),
            Language::En => langid!("en"),
        }]);
        bundle.set_use_isolating(false);
        match language {
            Language::Fr => {
                bundle.set_transform(Some(typography::french));
                bundle.set_formatter(Some(|value, _| count(value, Language::Fr)));
            }
            Language::En => {
                bundle.set_formatter(Some(|value, _| count(value, Language::En)));
            }
        }
        // Doubled keys were reported above; the first holds.
        let _ = bundle.add_resource(resource);
        Self {
            language,
            bundle,
            keys,
            path: path.to_owned(),
        }
    }

    /// The message with its arguments, or `⟦key⟧` where there is no such message or an argument
    /// is missing.
    #[must_use]
    pub fn text(&self, key: &str, args: &[(&str, MessageValue<'_>)]) -> String {
        self.try_text(key, args)
            .unwrap_or_else(|| format!("⟦{key}⟧"))
    }

    /// The message with its arguments; `None` where there is no such message or an argument is
    /// missing.
    #[must_use]
    pub fn try_text(&self, key: &str, args: &[(&str, MessageValue<'_>)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            let value = match value {
                MessageValue::Text(text) => FluentValue::from(*text),
                MessageValue::Count(count) => FluentValue::from(*count),
            };
            given.set(*name, value);
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&given), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }

    /// The word of a closed list: message `list-value`, `_` written as `-`.
    #[must_use]
    pub fn word(&self, list: &str, value: &str) -> Option<String> {
        let value = value.replace(['_', '.'], "-");
        self.try_text(&format!("{list}-{value}"), &[])
    }

    /// Every key, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The same language, for [`format`].
    #[must_use]
    pub fn figures(&self) -> Language {
        match self.language {
            Language::Fr => Language::Fr,
            Language::En => Language::En,
        }
    }
}

/// Says which messages only one language has.
pub(super) fn compare(a: &Messages, b: &Messages, errors: &mut Diagnostics) {
    for (these, others) in [(a, b), (b, a)] {
        for (key, line) in &these.keys {
            if !others.keys.contains_key(key) {
                let message = format!("message `{key}` is missing in {}", others.path);
                errors.push(Diagnostic::at(&these.path, "", *line, 1, message));
            }
        }
    }
}

/// Prints a counted number; other values as Fluent does.
fn count(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) => {
            let value = Decimal::from_f64(number.value)?;
            Some(format::number(value, 0, language))
        }
        _ => None,
    }
}
