//! What the person sees: language, quiet, JSON. The only place that prints.
#![expect(clippy::print_stderr, reason = "this is the place that prints")]
use super::args::General;
use super::exit::Exit;
use arpenteur_core::model::Language;
use arpenteur_core::report::{MessageValue, Messages};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Where messages go.
pub(crate) struct Output<'a> {
    messages: &'a Messages,
    pub(crate) language: Language,
    pub(crate) json: bool,
    quiet: bool,
}

impl<'a> Output<'a> {
    pub(crate) fn new(messages: &'a Messages, language: Language, general: &General) -> Self {
        Self {
            messages,
            language,
            json: general.json,
            quiet: general.quiet,
        }
    }

    /// The words of the person's language.
    pub(crate) fn messages(&self) -> &'a Messages {
        self.messages
    }

    /// A message's text.
    pub(crate) fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (*name, MessageValue::Text(value)))
            .collect();
        self.messages.text(key, &values)
    }

    /// A word of a closed list (`severity-high`), else the value itself.
    pub(crate) fn word(&self, list: &str, value: &str) -> String {
        self.messages
            .word(list, value)
            .unwrap_or_else(|| value.to_owned())
    }

    /// The word of a closed list for one of its values.
    pub(crate) fn named(&self, list: &str, value: impl Serialize) -> String {
        match serde_json::to_value(value) {
            Ok(serde_json::Value::String(name)) => self.word(list, &name),
            _ => String::new(),
        }
    }

    /// How many tests passed; the exit code says whether all did.
    pub(crate) fn tally(&self, count: usize, failed: usize) -> Exit {
        let (all, bad) = (count.to_string(), failed.to_string());
        if failed == 0 {
            self.say("cli-tests-passed", &[("count", &all)]);
            return Exit::Complete;
        }
        self.result(&self.text("cli-tests-failed", &[("count", &all), ("failed", &bad)]));
        Exit::Findings
    }

    /// A message for the person, on standard error where standard output carries JSON.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) {
        self.line(&self.text(key, values));
    }

    /// A message beside a result that is piped into a file: always on standard error.
    pub(crate) fn remark(&self, key: &str, values: &[(&str, &str)]) {
        if !self.quiet {
            eprintln!("{}", self.text(key, values));
        }
    }

    /// A line for the person.
    pub(crate) fn line(&self, text: &str) {
        if self.quiet {
            return;
        }
        if self.json {
            eprintln!("{text}")
        } else {
            print(text)
        }
    }

    /// A result, whatever `--quiet` says.
    pub(crate) fn result(&self, text: &str) {
        print(text);
    }

    /// A result as JSON.
    pub(crate) fn json(&self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => print(&text),
            Err(error) => fail(&error.to_string()),
        }
    }

    /// A result as one line of JSON.
    pub(crate) fn json_line(&self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => print(&text),
            Err(error) => fail(&error.to_string()),
        }
    }

    /// Whether a progress bar has a place to live.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }
}

/// A line on standard output; ends the program where nobody reads it any more (`| head`).
fn print(text: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}") {
        if error.kind() != std::io::ErrorKind::BrokenPipe {
            fail(&error.to_string());
        }
        std::process::exit(Exit::CouldNotRun as i32);
    }
}

/// An error, on standard error.
pub(crate) fn fail(text: &str) {
    eprintln!("arpenteur: {text}");
}

/// The locale's language: LC_ALL, LC_MESSAGES, LANG (POSIX.1-2017 section 8.2); French by
/// default.
pub(crate) fn locale_language() -> Language {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL")
        .or_else(|| set("LC_MESSAGES"))
        .or_else(|| set("LANG"))
        .unwrap_or_default();
    match locale.get(..2) {
        Some("fr") | None => Language::Fr,
        Some(_) => Language::En,
    }
}
