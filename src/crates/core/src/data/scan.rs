//! Structural checks made before a document is read into types.
//!
//! The reader's own budgets would stop most of this too, but later, after work was spent, and
//! without telling how to mend it.

use serde_saphyr::granit_parser::{
    ErrorKind, Event, Marker, Parser, ScalarStyle, Span, Tag, options,
};

use super::{Diagnostic, Limits};

/// Spellings that YAML 1.1 reads as booleans and YAML 1.2 as text.
const AMBIGUOUS: [&str; 4] = ["yes", "no", "on", "off"];

/// `bytes` as text: bounded, UTF-8, without control characters; a byte-order mark is skipped.
pub(super) fn decode<'a>(path: &str, bytes: &'a [u8], limit: usize) -> Result<&'a str, Diagnostic> {
    if bytes.len() > limit {
        return Err(Diagnostic::file(
            path,
            format!("file of {} bytes, at most {limit} are read", bytes.len()),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let before = String::from_utf8_lossy(valid);
        let (line, column) = position(&before);
        Diagnostic::at(path, &before, line, column, "not UTF-8 text")
            .help("save the file with the encoding UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    if let Some(offset) = text.find(control) {
        let (line, column) = position(text.get(..offset).unwrap_or_default());
        let c = text.get(offset..).and_then(|rest| rest.chars().next());
        let code = u32::from(c.unwrap_or_default());
        let message = format!("control character U+{code:04X} in the text");
        return Err(Diagnostic::at(path, text, line, column, message)
            .help("remove it, or write it escaped inside double quotes"));
    }
    Ok(text)
}

/// Line and column (from 1) just after `before`.
fn position(before: &str) -> (usize, usize) {
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

/// One open collection: where the next node stands in it.
enum Open {
    Sequence,
    Key,
    Value,
}

struct Scan<'a> {
    path: &'a str,
    text: &'a str,
    limits: Limits,
    open: Vec<Open>,
    nodes: usize,
    documents: usize,
}

/// Refuses what the data files may not use; see the room's page.
pub(super) fn structure(path: &str, text: &str, limits: Limits) -> Result<(), Diagnostic> {
    let mut scan = Scan {
        path,
        text,
        limits,
        open: Vec::new(),
        nodes: 0,
        documents: 0,
    };
    let options = options! {
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
        emit_unresolved_aliases: true,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| match error.kind() {
            ErrorKind::RecursionLimitExceeded => scan.too_deep(*error.marker()),
            _ => scan.at(*error.marker(), format!("not valid YAML: {}", error.info())),
        })?;
        scan.event(&event, span)?;
    }
    if scan.nodes == 0 {
        return Err(Diagnostic::file(path, "the file has no content"));
    }
    Ok(())
}

impl Scan<'_> {
    fn at(&self, place: Marker, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(self.path, self.text, place.line(), place.col() + 1, message)
    }

    fn too_deep(&self, place: Marker) -> Diagnostic {
        self.at(
            place,
            format!("nested deeper than {} levels", self.limits.depth),
        )
    }

    fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(self
                        .at(span.start, "a second document in one file")
                        .help("one file holds one document; remove the `---` line"));
                }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                return Err(self
                    .at(span.start, "aliases (`*name`) are not accepted")
                    .help("write the value out; quote it if it begins with `*`"));
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.node(span, *anchor, tag.as_deref())?;
                self.scalar(value, *style, span)?;
                self.advance();
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.node(span, *anchor, tag.as_deref())?;
                self.enter(Open::Sequence, span)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.node(span, *anchor, tag.as_deref())?;
                self.enter(Open::Key, span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                self.advance();
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks common to every node.
    fn node(&mut self, span: Span, anchor: usize, tag: Option<&Tag>) -> Result<(), Diagnostic> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            let message = format!("more than {} values in one file", self.limits.nodes);
            return Err(self.at(span.start, message));
        }
        if anchor != 0 {
            return Err(self
                .at(span.start, "anchors (`&name`) are not accepted")
                .help("write the value out where it is needed; quote it if it begins with `&`"));
        }
        if tag.is_some() {
            let place = span.tag_start().unwrap_or(span.start);
            return Err(self
                .at(place, "tags (`!name`) are not accepted")
                .help("remove the tag; quote the value if it begins with `!`"));
        }
        Ok(())
    }

    fn scalar(&self, value: &str, style: ScalarStyle, span: Span) -> Result<(), Diagnostic> {
        if style != ScalarStyle::Plain {
            return Ok(());
        }
        if matches!(self.open.last(), Some(Open::Key)) {
            if value == "<<" {
                return Err(self
                    .at(span.start, "merge keys (`<<`) are not accepted")
                    .help("write the keys out"));
            }
            return Ok(());
        }
        if AMBIGUOUS
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
        {
            return Err(self
                .at(
                    span.start,
                    format!("bare `{value}` is ambiguous: YAML 1.1 reads a boolean"),
                )
                .help(format!(
                    "quote it (\"{value}\") where text is meant, write true or false for a boolean"
                )));
        }
        Ok(())
    }

    fn enter(&mut self, open: Open, span: Span) -> Result<(), Diagnostic> {
        self.open.push(open);
        if self.open.len() > self.limits.depth {
            return Err(self.too_deep(span.start));
        }
        Ok(())
    }

    /// A node has ended: a mapping goes from key to value and back.
    fn advance(&mut self) {
        if let Some(open) = self.open.last_mut() {
            match open {
                Open::Key => *open = Open::Value,
                Open::Value => *open = Open::Key,
                Open::Sequence => {}
            }
        }
    }
}
