//! From a file to a check: everything that can be known to be wrong before a run.
mod facts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::analyse::Names;
use super::expr::Expr;
use super::format::{File, RawParam, RawRefs, RawText};
use super::refs::{Framework, Refs};
use super::{Check, ForEach, Param, embedded};
use crate::data::{Diagnostic, Diagnostics, Limits, Source, Spanned};
use crate::model::{FactPath, Text};

/// A check, and what is said of its file should another be in its way.
pub(super) struct Loaded {
    pub(super) check: Check,
    /// Message for a second file with the same id.
    pub(super) twice: Diagnostic,
    /// The built-in check whose place it takes, and the message should there be none.
    pub(super) overrides: Option<(String, Diagnostic)>,
}

/// Reads one file. `None` with its errors when something is wrong.
pub(super) fn check(path: &str, bytes: &[u8], errors: &mut Diagnostics) -> Option<Loaded> {
    let source = match Source::new(path, bytes, Limits::default()) {
        Ok(source) => source,
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    let file: File = match source.parse() {
        Ok(file) => file,
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    let mut loader = Loader {
        source: &source,
        errors: Diagnostics::default(),
    };
    let twice = source.error(
        &file.id,
        format!("check `{}` stands in two files", file.id.value),
    );
    let overrides = file.overrides.as_ref().map(|id| {
        let message = format!("`{}` is no check that could be overridden", id.value);
        (id.value.clone(), source.error(id, message))
    });
    let check = loader.file(path, &file);
    if loader.errors.0.is_empty() {
        return check.map(|check| Loaded {
            check,
            twice,
            overrides,
        });
    }
    errors.0.append(&mut loader.errors.0);
    None
}

pub(super) struct Loader<'s> {
    source: &'s Source<'s>,
    errors: Diagnostics,
}

impl Loader<'_> {
    /// Notes an error at a value.
    pub(super) fn at<T>(
        &mut self,
        value: &Spanned<T>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let error = self.source.error(value, message);
        self.errors.push(match help {
            Some(help) => error.help(help),
            None => error,
        });
    }

    fn file(&mut self, path: &str, file: &File) -> Option<Check> {
        self.identity(path, file);
        let params = self.params(&file.params);
        let for_each = file.for_each.as_ref().and_then(|list| self.for_each(list));
        let facts = self.facts(file, for_each.as_ref());
        let absent = self.absent(file, &facts);
        let (applies, filter, pass) = self.expressions(file, &facts, for_each.as_ref());
        let evidence = self.evidence(&file.evidence, for_each.as_ref());
        let masks = self.evidence(&file.masks, for_each.as_ref());
        let check = Check {
            family: file
                .id
                .value
                .split('-')
                .next()
                .unwrap_or_default()
                .to_lowercase(),
            id: file.id.value.clone(),
            revision: file.revision.value,
            status: file.status.value,
            replaced_by: file.replaced_by.as_ref().map(|id| id.value.clone()),
            aliases: file.aliases.iter().map(|id| id.value.clone()).collect(),
            title: self.text("title", &file.title),
            why: self.text("why", &file.why),
            fix: self.text("fix", &file.fix),
            severity: file.severity,
            confidence: file.confidence,
            effort: file.effort,
            scope: file.scope,
            applies: applies?,
            filter,
            pass: pass?,
            facts,
            for_each,
            absent,
            params,
            evidence,
            masks,
            refs: self.refs(&file.refs),
            tests: Vec::new(),
            file: path.to_owned(),
            listed: Vec::new(),
            shown: Vec::new(),
        };
        let tests = embedded::load(self, &file.tests, &check);
        Some(Check { tests, ..check })
    }

    /// `applies`, `where` and `pass`; `None` for one that is wrong, or not given.
    fn expressions(
        &mut self,
        file: &File,
        facts: &[FactPath],
        for_each: Option<&ForEach>,
    ) -> (Option<Expr>, Option<Expr>, Option<Expr>) {
        let params: Vec<&str> = file.params.keys().map(String::as_str).collect();
        let outer = Names {
            params: &params,
            for_each: None,
        };
        let inner = Names {
            params: &params,
            for_each: for_each.map(|each| &each.list),
        };
        let applies = self.expression(&file.applies, outer);
        let filter = file.r#where.as_ref().and_then(|text| {
            if file.for_each.is_none() {
                let help = "`where` chooses among the items of `for_each`; use `applies`";
                self.at(text, "`where` without `for_each`", Some(help.to_owned()));
            }
            self.expression(text, inner)
        });
        let pass = self.expression(&file.pass, inner);
        let mut written = vec![(&file.applies, &applies), (&file.pass, &pass)];
        written.extend(file.r#where.as_ref().map(|text| (text, &filter)));
        self.declared(file, &written, facts, for_each);
        (applies, filter, pass)
    }

    fn identity(&mut self, path: &str, file: &File) {
        let id = &file.id.value;
        let form = id.split_once('-').is_some_and(|(family, number)| {
            !family.is_empty()
                && family
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
                && number.len() == 3
                && number.chars().all(|c| c.is_ascii_digit())
        });
        if !form {
            let help = "capital letters, a hyphen and three digits: SNMP-001";
            self.at(
                &file.id,
                format!("`{id}` is not a check id"),
                Some(help.to_owned()),
            );
        }
        let stem = path
            .rsplit('/')
            .next()
            .and_then(|name| name.strip_suffix(".yaml"));
        if form && stem.is_some_and(|stem| stem != id) {
            self.at(
                &file.id,
                "the file is not named after the check",
                Some(format!("name it {id}.yaml")),
            );
        }
        if file.revision.value == 0 {
            self.at(&file.revision, "revisions count from 1", None);
        }
        let deprecated = file.status.value == super::Status::Deprecated;
        if let Some(other) = &file.replaced_by
            && !deprecated
        {
            let help = "`replaced_by` belongs to `status: deprecated`";
            self.at(
                other,
                "a check that is not deprecated is not replaced",
                Some(help.to_owned()),
            );
        }
    }

    fn text(&mut self, key: &str, text: &Spanned<RawText>) -> Text {
        let mut language = |name: &str, value: &Option<Spanned<String>>| match value {
            None => {
                let help = format!("add `{name}:` to `{key}`");
                self.at(text, format!("`{key}` has no text in `{name}`"), Some(help));
                String::new()
            }
            Some(value) => {
                if value.value.trim().is_empty() {
                    self.at(value, format!("`{key}` is empty in `{name}`"), None);
                }
                value.value.trim().to_owned()
            }
        };
        let fr = language("fr", &text.value.fr);
        let en = language("en", &text.value.en);
        Text { fr, en }
    }

    fn params(&mut self, raw: &BTreeMap<String, Spanned<RawParam>>) -> BTreeMap<String, Param> {
        let mut params = BTreeMap::new();
        for (name, param) in raw {
            let Some(strictest) = &param.value.strictest else {
                let help = "add `strictest:`, the loosest value that still meets the references";
                self.at(
                    param,
                    format!("parameter `{name}` has no `strictest`"),
                    Some(help.to_owned()),
                );
                continue;
            };
            let default = &param.value.default;
            match (type_of(default), type_of(strictest)) {
                (None, _) | (_, None) => {
                    let help = "a number, a text, a boolean, or a list of one of them";
                    self.at(
                        param,
                        format!("parameter `{name}` has no usable type"),
                        Some(help.to_owned()),
                    );
                }
                (Some(a), Some(b))
                    if a != b && !b.starts_with("empty") && !a.starts_with("empty") =>
                {
                    let message =
                        format!("parameter `{name}`: `default` is {a} and `strictest` {b}");
                    self.at(param, message, Some("give both the same type".to_owned()));
                }
                _ => {
                    let (default, strictest) = (default.clone(), strictest.clone());
                    let looser = param.value.looser;
                    params.insert(
                        name.clone(),
                        Param {
                            default,
                            strictest,
                            looser,
                        },
                    );
                }
            }
        }
        params
    }

    fn expression(&mut self, text: &Spanned<String>, names: Names<'_>) -> Option<Expr> {
        match Expr::compile(&text.value, names) {
            Ok(expression) => Some(expression),
            Err(problems) => {
                for problem in problems {
                    let error = self.inside(text, problem.place, problem.message);
                    self.errors.push(match problem.help {
                        Some(help) => error.help(help),
                        None => error,
                    });
                }
                None
            }
        }
    }

    /// An error inside an expression: at its own column where the text stands in the file as
    /// it was read (one line, no escapes), else at its beginning.
    fn inside(&self, text: &Spanned<String>, offset: usize, message: String) -> Diagnostic {
        let start = usize::try_from(text.referenced.column()).unwrap_or(1);
        let line = usize::try_from(text.referenced.line()).unwrap_or(1);
        let shown = self
            .source
            .text()
            .lines()
            .nth(line.saturating_sub(1))
            .unwrap_or_default();
        let rest: String = shown.chars().skip(start.saturating_sub(1)).collect();
        let quoted = usize::from(rest.starts_with(['"', '\'']));
        let body: String = rest.chars().skip(quoted).collect();
        let column = if body.starts_with(&text.value) {
            start + quoted + offset
        } else {
            start
        };
        Diagnostic::at(
            self.source.path(),
            self.source.text(),
            line,
            column,
            message,
        )
    }

    fn refs(&mut self, raw: &RawRefs) -> Refs {
        let mut list = |framework: Framework, references: &[Spanned<String>]| {
            for reference in references {
                if !framework.has(&reference.value) {
                    let message = format!("`{}` is not in the published list", reference.value);
                    self.at(reference, message, Some(framework.help().to_owned()));
                }
            }
            references
                .iter()
                .map(|reference| reference.value.clone())
                .collect()
        };
        Refs {
            anssi_hygiene: list(Framework::Anssi, &raw.anssi_hygiene),
            cis_v8: list(Framework::Cis, &raw.cis_v8),
            iso27001_2022: list(Framework::Iso, &raw.iso27001_2022),
            nis2_21_2: list(Framework::Nis2, &raw.nis2_21_2),
        }
    }

    /// A date of a test: RFC 3339, or a day, which begins at 00:00 UTC.
    pub(super) fn date(&mut self, text: &Spanned<String>) -> Option<Timestamp> {
        let day = || {
            text.value
                .parse::<jiff::civil::Date>()
                .ok()?
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()
        };
        let date = text.value.parse().ok().or_else(|| Some(day()?.timestamp()));
        if date.is_none() {
            let help = "write 2026-11-22 or 2026-11-22T09:14:00Z";
            self.at(
                text,
                format!("`{}` is not a date", text.value),
                Some(help.to_owned()),
            );
        }
        date
    }
}

/// The type of a parameter, in words.
fn type_of(value: &Json) -> Option<&'static str> {
    match value {
        Json::Bool(_) => Some("a boolean"),
        Json::Number(_) => Some("a number"),
        Json::String(_) => Some("a text"),
        Json::Array(list) => {
            let mut kinds = list.iter().map(type_of);
            let first = match kinds.next() {
                None => return Some("empty list"),
                Some(kind) => kind?,
            };
            let list = match first {
                "a boolean" => "a list of booleans",
                "a number" => "a list of numbers",
                "a text" => "a list of texts",
                _ => return None,
            };
            kinds.all(|kind| kind == Some(first)).then_some(list)
        }
        Json::Null | Json::Object(_) => None,
    }
}
