//! TextFSM templates: what people wrote on a terminal, made into rows.
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use textfsm_core::{ListItem, Template, Value};

/// Most rows taken from one output.
const MOST_ROWS: usize = 20_000;

/// One row: the template's values by name; a list keeps its items.
pub(super) type Row = BTreeMap<String, Vec<String>>;

/// A `.textfsm` file, parsed when first used.
#[derive(Debug, Clone)]
pub(super) struct Tabular {
    text: Arc<str>,
    parsed: Arc<OnceLock<Result<Template, String>>>,
}

impl Tabular {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            parsed: Arc::default(),
        }
    }

    fn template(&self) -> &Result<Template, String> {
        self.parsed
            .get_or_init(|| Template::parse_str(&self.text).map_err(|error| error.to_string()))
    }

    /// Whether it is a template at all.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub(super) fn check(&self) -> Result<(), String> {
        self.template().as_ref().map(drop).map_err(Clone::clone)
    }

    /// Names of its values, read off without parsing the whole.
    pub(super) fn names(&self) -> Vec<String> {
        let values = self.text.lines().map_while(|line| {
            let line = line.trim_end();
            (line.starts_with("Value ") || line.starts_with('#')).then_some(line)
        });
        values
            .filter_map(|line| {
                let declared = line.strip_prefix("Value ")?.split(" (").next()?;
                declared.split_whitespace().last().map(str::to_owned)
            })
            .collect()
    }

    /// The rows of an output; nothing where the template refuses it.
    pub(super) fn rows(&self, output: &str) -> Vec<Row> {
        let Ok(template) = self.template() else {
            return Vec::new();
        };
        // Terminals end lines as they like.
        let output = output.replace('\r', "");
        let Ok(rows) = template.parser().parse_text(&output) else {
            return Vec::new();
        };
        let header = template.header();
        let row = |values: Vec<Value>| -> Row {
            let cells = header.iter().zip(values).map(|(name, value)| {
                let texts: Vec<String> = match value {
                    Value::List(items) => items.into_iter().map(item_text).collect(),
                    other => vec![other.as_string()],
                };
                let texts = texts
                    .into_iter()
                    .map(|text| text.trim().to_owned())
                    .filter(|text| !text.is_empty());
                ((*name).to_owned(), texts.collect())
            });
            cells.collect()
        };
        rows.into_iter().take(MOST_ROWS).map(row).collect()
    }
}

/// A list's item; one of named groups is its values joined.
fn item_text(item: ListItem) -> String {
    match item {
        ListItem::String(text) => text,
        ListItem::Dict(groups) => {
            let sorted: BTreeMap<String, String> = groups.into_iter().collect();
            sorted.into_values().collect::<Vec<_>>().join(" ")
        }
    }
}
