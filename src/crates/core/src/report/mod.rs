//! Arranges results for readers: one self-contained page per language.
//!
//! Words stand in `templates/i18n/*.ftl`, structure in `templates/report*.hbs`, looks in
//! `templates/report.css`. This module computes no verdict: it groups, counts and draws what
//! [`RunResults`] holds.

mod chart;
mod escape;
mod helpers;
mod messages;
mod typography;
mod view;

use crate::data::{Diagnostic, Diagnostics};
use crate::model::Language;
use crate::model::RunResults;
use crate::model::class::ClassTable;
use handlebars::Handlebars;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

pub use escape::plain;
pub use messages::{MessageValue, Messages};

/// The template that a report starts from; every other one is a partial.
const MAIN: &str = "report.html";
/// The style sheet, which is copied into the page.
const STYLE: &str = "report.css";

/// Why a report could not be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A template asks for something that does not exist, such as a message or a value.
    #[error("write the report: {0}")]
    Render(#[from] Box<handlebars::RenderError>),
}

/// Templates and messages, loaded once.
#[derive(Debug)]
pub struct Reports {
    french: Edition,
    english: Edition,
    style: String,
}

/// What one language needs.
#[derive(Debug)]
struct Edition {
    messages: Arc<Messages>,
    templates: Handlebars<'static>,
}

impl Reports {
    /// Reads `report.html.hbs`, its partials (every other `.hbs` file, named by its path without
    /// `.hbs`), `report.css` and `i18n/{fr,en}.ftl`. Paths may begin with `templates/`; of two
    /// files of one path the later holds, so that a folder of the user can replace any of them.
    /// Other files are left alone.
    ///
    /// # Errors
    /// Every mistake found: a missing file, a template or message file that cannot be parsed,
    /// a message that only one language has, a style sheet that could leave its element.
    pub fn load(files: &[(String, Vec<u8>)]) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        for (path, bytes) in files {
            let name = path.strip_prefix("templates/").unwrap_or(path);
            if !(name.ends_with(".hbs") || name.ends_with(".ftl") || name == STYLE) {
                continue;
            }
            match String::from_utf8(bytes.clone()) {
                Ok(text) => drop(texts.insert(name, text)),
                Err(_) => errors.push(Diagnostic::file(path, "is not UTF-8 text")),
            }
        }
        let style = required(&texts, STYLE, &mut errors);
        if style.to_lowercase().contains("</style") || style.contains("url(") {
            let message = "a style sheet may hold neither `</style` nor `url(`";
            errors.push(Diagnostic::file(STYLE, message));
        }
        let french = Edition::load(&texts, Language::Fr, &mut errors);
        let english = Edition::load(&texts, Language::En, &mut errors);
        messages::compare(&french.messages, &english.messages, &mut errors);
        errors.into_result(Self {
            french,
            english,
            style,
        })
    }

    /// The technical committee's edition: one HTML page without any external resource.
    /// The same results give the same bytes.
    ///
    /// # Errors
    /// A template that asks for a message or a value that does not exist.
    pub fn html(
        &self,
        results: &RunResults,
        classes: &ClassTable,
        language: Language,
    ) -> Result<String, ReportError> {
        let edition = self.edition(language);
        let mut root = view::root(results, classes, &edition.messages);
        if let Some(object) = root.as_object_mut() {
            object.insert("style".to_owned(), json!(self.style));
            object.insert("language".to_owned(), json!(language.code()));
        }
        let page = edition.templates.render(MAIN, &root);
        page.map_err(|error| ReportError::Render(Box::new(error)))
    }

    /// Every word that the program prints in that language.
    #[must_use]
    pub fn messages(&self, language: Language) -> &Messages {
        &self.edition(language).messages
    }

    fn edition(&self, language: Language) -> &Edition {
        match language {
            Language::Fr => &self.french,
            Language::En => &self.english,
        }
    }
}

impl Edition {
    fn load(texts: &BTreeMap<&str, String>, language: Language, errors: &mut Diagnostics) -> Self {
        let path = format!("i18n/{}.ftl", language.code());
        let source = required(texts, &path, errors);
        let messages = Arc::new(Messages::load(&path, source, language, errors));
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        templates.register_escape_fn(escape::html);
        helpers::register(&mut templates, &messages);
        required(texts, &format!("{MAIN}.hbs"), errors);
        let sources = texts
            .iter()
            .filter_map(|(path, text)| Some((path.strip_suffix(".hbs")?, text)));
        for (name, text) in sources {
            // Both languages read the same templates: one of them reports their mistakes.
            if let Err(error) = templates.register_template_string(name, text)
                && language == Language::Fr
            {
                let path = format!("{name}.hbs");
                let (line, column) = error.pos().unwrap_or((0, 0));
                let message = error.reason().to_string();
                errors.push(Diagnostic::at(&path, text, line, column, message));
            }
        }
        Self {
            messages,
            templates,
        }
    }
}

fn required(texts: &BTreeMap<&str, String>, path: &str, errors: &mut Diagnostics) -> String {
    texts.get(path).cloned().unwrap_or_else(|| {
        errors.push(Diagnostic::file(path, "is missing"));
        String::new()
    })
}
