//! What is wrong in a file, where, and how to mend it.

use std::fmt;

/// Widest piece of a source line shown, in characters.
const SNIPPET_WIDTH: usize = 120;
/// Longest message kept, in characters: a message may quote a hostile file.
const MESSAGE_LENGTH: usize = 400;

/// One error at one place of a file.
///
/// Prints as `path:line:column: message`, then the source line with a caret under the place,
/// then `help: …` when the reader can act. Text quoted from the file is cut and its control
/// characters are made visible, so that a file cannot write to the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file as the user named it.
    pub path: String,
    /// Line, from 1; 0 when the error has no place in the file.
    pub line: usize,
    /// Column in characters, from 1; 0 when the error has no place in the file.
    pub column: usize,
    /// What is wrong, in lower case, without the place.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The source line and the caret line; empty when there is no source text.
    pub snippet: String,
}

impl Diagnostic {
    /// An error at `line` and `column` (both from 1, the column in characters) of `source`.
    pub fn at(
        path: &str,
        source: &str,
        line: usize,
        column: usize,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: visible(path, MESSAGE_LENGTH),
            line,
            column,
            message: visible(&message.into(), MESSAGE_LENGTH),
            help: None,
            snippet: snippet(source, line, column),
        }
    }

    /// An error about a file that could not be read as text, or is wrong as a whole.
    pub fn file(path: &str, message: impl Into<String>) -> Self {
        Self::at(path, "", 0, 0, message)
    }

    /// Adds the line that tells how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        // A list of known names may be long, but it is ours.
        self.help = Some(visible(&help.into(), 4 * MESSAGE_LENGTH));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.path, self.message)?;
        } else {
            let (path, line, column) = (&self.path, self.line, self.column);
            write!(f, "{path}:{line}:{column}: {}", self.message)?;
        }
        if !self.snippet.is_empty() {
            write!(f, "\n{}", self.snippet)?;
        }
        if let Some(help) = &self.help {
            write!(f, "\nhelp: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// Every error found in one or several files, in the order found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one error.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// `value` when nothing was found wrong.
    ///
    /// # Errors
    /// The collection itself, when it is not empty.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// `text` cut to `length` characters, each control or direction-changing character escaped.
fn visible(text: &str, length: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == length {
            out.push('…');
            break;
        }
        push_visible(&mut out, c);
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    let reorders =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match c {
        '\t' => out.push(' '),
        c if c.is_control() || reorders => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}

fn snippet(source: &str, line: usize, column: usize) -> String {
    let Some(text) = line
        .checked_sub(1)
        .and_then(|index| source.lines().nth(index))
    else {
        return String::new();
    };
    let place = column.saturating_sub(1);
    // Keep the caret inside the window on very long lines.
    let start = place.saturating_sub(SNIPPET_WIDTH * 2 / 3);
    let mut shown = String::new();
    let mut caret = None;
    for (index, c) in text.chars().enumerate().skip(start).take(SNIPPET_WIDTH) {
        if index == place {
            caret = Some(shown.chars().count());
        }
        push_visible(&mut shown, c);
    }
    let caret = caret.unwrap_or_else(|| shown.chars().count());
    let gutter = line.to_string();
    let blank = " ".repeat(gutter.len());
    format!(
        " {gutter} | {}\n {blank} | {}^",
        shown.trim_end(),
        " ".repeat(caret)
    )
}
