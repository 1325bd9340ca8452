//! Patterns of family files: checked when loaded, compiled when first used.
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::captures::Captures;
use std::fmt;
use std::sync::OnceLock;

/// Largest compiled pattern, bytes: a family is data, and data is bounded.
const LARGEST: usize = 1 << 20;

/// A regular expression of the `regex` crate's syntax. Several hundred families hold more
/// than a thousand of them, of which one run needs a part.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: String,
    names: Vec<String>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Checks the syntax.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let syntax = regex_syntax::ast::parse::Parser::new()
            .parse(text)
            .map_err(|error| error.kind().to_string())?;
        let mut names = Vec::new();
        group_names(&syntax, &mut names);
        Ok(Self {
            text: text.to_owned(),
            names,
            compiled: OnceLock::new(),
        })
    }

    /// Compiles it now.
    ///
    /// # Errors
    /// Where it would grow too large, or asks for what the engine cannot do.
    pub(super) fn compile(&self) -> Result<(), String> {
        build(&self.text)
            .map(drop)
            .map_err(|error| match error.syntax_error() {
                Some(reason) => reason.to_string(),
                None => error.to_string(),
            })
    }

    /// Names of its capture groups.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Texts of the named groups that took part in the first match; nothing without a match.
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Vec<(&str, &'t str)>> {
        let regex = self.regex()?;
        let mut captures: Captures = regex.create_captures();
        regex.captures(text, &mut captures);
        captures.get_match()?;
        let mut found = Vec::new();
        for name in &self.names {
            if let Some(span) = captures.get_group_by_name(name) {
                found.push((name.as_str(), text.get(span.range())?));
            }
        }
        Some(found)
    }

    /// A pattern that cannot be compiled matches nothing; `families lint` tells of it.
    fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| build(&self.text).ok())
            .as_ref()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn build(text: &str) -> Result<Regex, Box<BuildError>> {
    let config = Config::new().nfa_size_limit(Some(LARGEST));
    Regex::builder()
        .configure(config)
        .build(text)
        .map_err(Box::new)
}

fn group_names(ast: &regex_syntax::ast::Ast, names: &mut Vec<String>) {
    use regex_syntax::ast::{Ast, GroupKind};
    match ast {
        Ast::Group(group) => {
            if let GroupKind::CaptureName { name, .. } = &group.kind {
                names.push(name.name.clone());
            }
            group_names(&group.ast, names);
        }
        Ast::Repetition(repetition) => group_names(&repetition.ast, names),
        Ast::Alternation(alternation) => {
            for part in &alternation.asts {
                group_names(part, names);
            }
        }
        Ast::Concat(concat) => {
            for part in &concat.asts {
                group_names(part, names);
            }
        }
        _ => {}
    }
}
