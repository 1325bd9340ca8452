//! From a file to a check: everything that can be known to be wrong before a run.
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::analyse::{Names, unknown_fact_help};
use super::expr::Expr;
use super::format::{AbsentRule, File, RawParam, RawRefs, RawText};
use super::path::ItemField;
use super::refs::{Framework, Refs};
use super::value::Shape;
use super::{Check, ForEach, Param, embedded};
use crate::data::{Diagnostic, Diagnostics, Limits, Source, Spanned};
use crate::model::{FactPath, FactSchema, FactSpec, FactType, Text};

/// Reads one file. `None` with its errors when something is wrong.
pub(super) fn check(
    path: &str,
    bytes: &[u8],
    errors: &mut Diagnostics,
) -> Option<(Check, Diagnostic)> {
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
    // Kept for a message about a second file with the same id.
    let here = source.error(
        &file.id,
        format!("check `{}` stands in two files", file.id.value),
    );
    let check = loader.file(path, &file);
    if loader.errors.0.is_empty() {
        return check.map(|check| (check, here));
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
        let names: Vec<&str> = file.params.keys().map(String::as_str).collect();
        let outer = Names {
            params: &names,
            for_each: None,
        };
        let inner = Names {
            params: &names,
            for_each: for_each.as_ref().map(|list| &list.list),
        };
        let applies = self.expression(&file.applies, outer);
        let filter = file.r#where.as_ref().map(|text| {
            if file.for_each.is_none() {
                let help = "`where` chooses among the items of `for_each`; use `applies`";
                self.at(text, "`where` without `for_each`", Some(help.to_owned()));
            }
            self.expression(text, inner)
        });
        let pass = self.expression(&file.pass, inner);
        let expressions = [
            Some((&file.applies, &applies)),
            Some((&file.pass, &pass)),
            file.r#where.as_ref().zip(filter.as_ref()),
        ];
        self.declared(
            file,
            expressions.into_iter().flatten(),
            &facts,
            for_each.as_ref(),
        );
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
            applies: applies?,
            filter: match filter {
                Some(expression) => Some(expression?),
                None => None,
            },
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
        };
        let tests = embedded::load(self, &file.tests, &check);
        Some(Check { tests, ..check })
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
                    params.insert(name.clone(), Param { default, strictest });
                }
            }
        }
        params
    }

    fn path(&mut self, text: &Spanned<String>) -> Option<(FactPath, &'static FactSpec)> {
        let path: FactPath = match text.value.parse() {
            Ok(path) => path,
            Err(error) => {
                let error: crate::model::PathError = error;
                self.at(text, error.to_string(), None);
                return None;
            }
        };
        match FactSchema::get().spec(&path) {
            Some(spec) => Some((path, spec)),
            None => {
                self.at(
                    text,
                    format!("unknown fact `{path}`"),
                    unknown_fact_help(&path),
                );
                None
            }
        }
    }

    fn for_each(&mut self, text: &Spanned<String>) -> Option<ForEach> {
        let (list, spec) = self.path(text)?;
        let Some(key) = spec.key.clone().filter(|_| spec.r#type == FactType::Items) else {
            let lists = FactSchema::get()
                .paths()
                .filter(|(_, spec)| spec.key.is_some());
            let lists: Vec<_> = lists.map(|(path, _)| format!("`{path}`")).collect();
            let help = format!("lists of items: {}", lists.join(", "));
            self.at(text, format!("`{list}` is not a list of items"), Some(help));
            return None;
        };
        let shape = Shape::of(&list.item(""));
        Some(ForEach { list, key, shape })
    }

    fn facts(&mut self, file: &File, for_each: Option<&ForEach>) -> Vec<FactPath> {
        let mut facts: Vec<FactPath> = Vec::new();
        for text in &file.facts.value {
            let Some((path, spec)) = self.path(text) else {
                continue;
            };
            if spec.r#type == FactType::Group {
                let below = FactSchema::get()
                    .paths()
                    .filter(|(below, _)| below.parent() == path);
                let below: Vec<_> = below.map(|(below, _)| format!("`{below}`")).collect();
                let help = format!("list its facts: {}", below.join(", "));
                self.at(text, format!("`{path}` is a group of facts"), Some(help));
            }
            let foreign = ItemField::of(&path)
                .is_some_and(|field| for_each.is_none_or(|each| each.list != field.list));
            if foreign {
                let help = "list the whole list, or judge it with `for_each`";
                self.at(
                    text,
                    format!("`{path}` is not below the `for_each` list"),
                    Some(help.to_owned()),
                );
            }
            if facts.contains(&path) {
                self.at(text, format!("`{path}` is listed twice"), None);
            }
            facts.push(path);
        }
        if let (Some(each), Some(text)) = (for_each, &file.for_each)
            && !facts.contains(&each.list)
        {
            let help = format!("add `{}` to `facts`", each.list);
            self.at(
                text,
                format!("`{}` is not a listed fact", each.list),
                Some(help),
            );
        }
        if facts.is_empty() && file.facts.value.is_empty() {
            let help = "a check judges facts: name those it needs";
            self.at(&file.facts, "no facts", Some(help.to_owned()));
        }
        facts
    }

    fn absent(&mut self, file: &File, facts: &[FactPath]) -> BTreeMap<FactPath, AbsentRule> {
        let mut rules = BTreeMap::new();
        for (text, rule) in &file.absent {
            let listed = facts.iter().find(|path| path.to_string() == *text);
            let Some(path) = listed else {
                let known: Vec<String> = facts.iter().map(ToString::to_string).collect();
                let help = crate::data::suggest(text, known.iter().map(String::as_str));
                self.at(rule, format!("`{text}` is not a listed fact"), help);
                continue;
            };
            if !absentable(path) && ItemField::of(path).is_none() {
                let help = "remove the rule: the schema says that this fact is never absent";
                self.at(
                    rule,
                    format!("`{path}` cannot be absent"),
                    Some(help.to_owned()),
                );
            }
            rules.insert(path.clone(), rule.value);
        }
        for (index, path) in facts.iter().enumerate() {
            if absentable(path) && !rules.contains_key(path) {
                let help = format!(
                    "add to `absent:` the line `{path}: pass|fail|not_applicable|evaluate`"
                );
                let place = file.facts.value.get(index);
                let message = format!(
                    "a device may have no `{path}`, and the check does not say what that means"
                );
                match place {
                    Some(place) => self.at(place, message, Some(help)),
                    None => self.at(&file.facts, message, Some(help)),
                }
            }
        }
        rules
    }

    fn expression(&mut self, text: &Spanned<String>, names: Names<'_>) -> Option<Expr> {
        match Expr::compile(&text.value, names) {
            Ok(expression) => Some(expression),
            Err(wrongs) => {
                for wrong in wrongs {
                    let error = self.inside(text, wrong.offset, wrong.message);
                    self.errors.push(match wrong.help {
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

    /// Every fact that an expression uses must be listed, so that its presence is known
    /// before anything is evaluated.
    fn declared<'e>(
        &mut self,
        file: &File,
        expressions: impl Iterator<Item = (&'e Spanned<String>, &'e Option<Expr>)>,
        facts: &[FactPath],
        for_each: Option<&ForEach>,
    ) {
        let mut used_facts: BTreeSet<FactPath> = BTreeSet::new();
        let mut used_params: BTreeSet<String> = BTreeSet::new();
        let mut complete = true;
        for (text, expression) in expressions {
            let Some(expression) = expression else {
                complete = false;
                continue;
            };
            used_params.extend(expression.uses().params.iter().cloned());
            for (used, _) in &expression.uses().facts {
                let covering = facts.iter().find(|listed| covers(listed, used, for_each));
                let own_key = for_each.is_some_and(|each| {
                    *used == each.list.item("").field(&each.key) || *used == each.list.item("")
                });
                match covering {
                    Some(listed) => {
                        used_facts.insert(listed.clone());
                    }
                    None if own_key => {}
                    None => {
                        let place = expression
                            .source()
                            .find(used.to_string().rsplit('.').next().unwrap_or_default());
                        let offset = place
                            .and_then(|at| expression.source().get(..at))
                            .map_or(0, |before| before.chars().count());
                        let error =
                            self.inside(text, offset, format!("`{used}` is used and not listed"));
                        self.errors
                            .push(error.help(format!("add `{used}` to `facts`")));
                    }
                }
            }
        }
        if !complete {
            return;
        }
        for text in &file.facts.value {
            let listed = facts.iter().find(|path| path.to_string() == text.value);
            let list = for_each.is_some_and(|each| listed == Some(&each.list));
            if listed.is_some_and(|path| !used_facts.contains(path)) && !list {
                let help = "remove it: an unread fact that is not used would hide the verdict";
                self.at(
                    text,
                    format!("`{}` is listed and no expression uses it", text.value),
                    Some(help.to_owned()),
                );
            }
        }
        for (name, param) in &file.params {
            if !used_params.contains(name) {
                self.at(param, format!("parameter `{name}` is not used"), None);
            }
        }
    }

    fn evidence(&mut self, raw: &[Spanned<String>], for_each: Option<&ForEach>) -> Vec<FactPath> {
        let mut paths = Vec::new();
        for text in raw {
            let full = match (text.value.strip_prefix("item."), for_each) {
                (Some(field), Some(each)) => format!("{}[].{field}", each.list),
                (Some(_), None) => {
                    let help = "`item` is bound by `for_each`";
                    self.at(text, "`item` without `for_each`", Some(help.to_owned()));
                    continue;
                }
                (None, _) => text.value.clone(),
            };
            let spanned = Spanned::new(full, text.referenced, text.defined);
            if let Some((path, _)) = self.path(&spanned) {
                paths.push(path);
            }
        }
        paths
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

/// Whether listing `listed` makes `used` safe to read. Below `for_each`, the fields of an
/// item are listed one by one, because each may be unread or absent by itself.
fn covers(listed: &FactPath, used: &FactPath, for_each: Option<&ForEach>) -> bool {
    let whole_list = for_each.is_some_and(|each| *listed == each.list && used != listed);
    used.starts_with(listed) && !whole_list
}

/// Whether a device may rightly have none. Any name of a map may be missing.
pub(super) fn absentable(path: &FactPath) -> bool {
    let schema = FactSchema::get();
    let below_map = schema
        .spec(&path.parent())
        .is_some_and(|parent| parent.r#type == FactType::Map);
    below_map || schema.spec(path).is_some_and(|spec| spec.absentable)
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
