//! Loads rows into a source: simulated first, halved where a row is at fault, read back after.
use super::source::Source;
use super::{Itop, Target, text};
use crate::cmdb::http::HttpError;
use crate::cmdb::{Answer, Step};
use arpenteur_core::cmdb::itop::{Class, PRIMARY_KEY};
use arpenteur_core::cmdb::{Action, Object, same};

/// Address of the import.
const IMPORT: &str = "/synchro/synchro_import.php";
/// A cell that leaves its attribute alone.
const IGNORED: &str = "<NULL>";

/// Loads of one class.
pub(super) struct Load<'a> {
    itop: &'a mut Itop,
    class: &'static Class,
}

/// What the server says of a load.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    created: usize,
    reconciled: usize,
    /// Errors and warnings: after a warning a field is empty.
    faults: usize,
}

/// Why a load was not done.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed {
    words: String,
    /// Whether it is no row's fault.
    all: bool,
}

/// Cells of one row, in the order of the header.
type Row = Vec<String>;

impl<'a> Load<'a> {
    pub(super) fn of(itop: &'a mut Itop, class: &'static Class) -> Self {
        Self { itop, class }
    }

    /// An answer for each step.
    pub(super) fn run(&mut self, steps: &[Step<'_>]) -> Vec<Answer> {
        self.attempt(steps).unwrap_or_else(|error| {
            let words = error.to_string();
            let mut error = Some(error);
            let again = || HttpError::Settings(words.clone());
            steps
                .iter()
                .map(|_| Answer::Unknown(error.take().unwrap_or_else(again)))
                .collect()
        })
    }

    fn attempt(&mut self, steps: &[Step<'_>]) -> Result<Vec<Answer>, HttpError> {
        let Some(source) = self.itop.ready(self.class)? else {
            return Ok(refused(steps, "the data source is not there"));
        };
        if steps.iter().all(|step| !step.object.is_null()) {
            self.adopt(steps, &source)?;
        }
        let rows: Vec<Row> = steps.iter().map(|step| self.row(step)).collect();
        let simulated = match self.import(&source, &rows, true)? {
            // What is the matter is no row's fault.
            Err(Failed { words, all: true }) => return Ok(refused(steps, &words)),
            other => other,
        };
        // A row of ours that would take up an object is no row of ours: somebody made it since.
        let clean =
            matches!(&simulated, Ok(counts) if counts.faults == 0 && counts.reconciled == 0);
        match steps {
            [one] if !clean => self.alone(one, &source, simulated),
            _ if !clean => {
                let (left, right) = steps.split_at(steps.len() / 2);
                let mut answers = self.attempt(left)?;
                answers.extend(self.attempt(right)?);
                Ok(answers)
            }
            _ => {
                if let Err(failed) = self.import(&source, &rows, false)? {
                    return Ok(refused(steps, &failed.words));
                }
                self.read_back(steps, &source)
            }
        }
    }

    /// A row that a simulation refused, alone. An object that somebody made in the meantime is
    /// not taken for ours; what the server refuses, it says once it has the row.
    fn alone(
        &mut self,
        step: &Step<'_>,
        source: &Source,
        simulated: Result<Counts, Failed>,
    ) -> Result<Vec<Answer>, HttpError> {
        let counts = match simulated {
            Err(failed) => return Ok(vec![Answer::Refused(failed.words)]),
            Ok(counts) => counts,
        };
        if counts.faults == 0 {
            return Ok(vec![Answer::Changed]);
        }
        let rows = [self.row(step)];
        let told = self.import(source, &rows, false)?;
        let mut words = self.itop.sweep(source)?;
        words.extend(told.err().map(|failed| failed.words));
        if words.is_empty() {
            words.push("the load has warnings".to_owned());
        }
        Ok(vec![Answer::Refused(words.join("; "))])
    }

    /// Rows for objects that hang on none of ours yet: found by their own values, left as they
    /// are.
    fn adopt(&mut self, steps: &[Step<'_>], source: &Source) -> Result<(), HttpError> {
        let ids: Vec<String> = steps.iter().map(|step| text(&step.object)).collect();
        let held = self.itop.held(self.class, &ids)?;
        let strangers: Vec<Step<'_>> = steps
            .iter()
            .filter(|step| !held.contains(&text(&step.object)))
            .cloned()
            .collect();
        if strangers.is_empty() {
            return Ok(());
        }
        let objects = self.itop.current(&strangers)?;
        let rows: Vec<Row> = strangers
            .iter()
            .zip(objects)
            .filter_map(|(step, object)| {
                let object = object?;
                let own = |attribute: &str| {
                    let reconciles = self.class.reconciled_by.contains(&attribute);
                    reconciles.then(|| object.text(attribute).to_owned())
                };
                Some(self.cells(step, own))
            })
            .collect();
        if !rows.is_empty() && !self.takes_up(source, &rows)? {
            // Where several objects are alike, the server refuses; so does the load that follows.
            for row in rows.chunks(1) {
                self.takes_up(source, row)?;
            }
        }
        Ok(())
    }

    /// Loads rows that must make nothing; whether that was so, and they were loaded.
    fn takes_up(&self, source: &Source, rows: &[Row]) -> Result<bool, HttpError> {
        let simulated = self.import(source, rows, true)?;
        let harmless = matches!(simulated, Ok(counts) if counts.faults == 0 && counts.created == 0);
        Ok(harmless && self.import(source, rows, false)?.is_ok())
    }

    fn row(&self, step: &Step<'_>) -> Row {
        let create = step.operation.action == Action::Create;
        self.cells(step, |attribute| {
            let value = step.values.get(attribute).map(text);
            // What an object is found by is never ignored.
            let blank = create && self.class.reconciled_by.contains(&attribute);
            value.or_else(|| blank.then(String::new))
        })
    }

    /// The row's key, then a cell for each attribute.
    fn cells(&self, step: &Step<'_>, value: impl Fn(&str) -> Option<String>) -> Row {
        let key = step
            .operation
            .key
            .split_once(' ')
            .map_or("", |(_, key)| key);
        let attributes = self.class.attributes.iter();
        let cells = attributes.map(|attribute| match value(attribute) {
            // A text that would be taken for the sign of nothing.
            Some(text) if text == IGNORED => "NULL".to_owned(),
            Some(text) => text,
            None => IGNORED.to_owned(),
        });
        std::iter::once(key.to_owned()).chain(cells).collect()
    }

    /// One import; the server's words where it is none.
    fn import(
        &self,
        source: &Source,
        rows: &[Row],
        simulate: bool,
    ) -> Result<Result<Counts, Failed>, HttpError> {
        let attributes = self.class.attributes.iter().map(|name| (*name).to_owned());
        let header: Row = std::iter::once(PRIMARY_KEY.to_owned())
            .chain(attributes)
            .collect();
        let text: String = std::iter::once(&header).chain(rows).map(line).collect();
        let fields = [
            ("data_source_id", source.id.as_str()),
            ("separator", ";"),
            ("qualifier", "\""),
            ("charset", "UTF-8"),
            ("output", "summary"),
            ("synchronize", "1"),
            ("simulate", if simulate { "1" } else { "0" }),
            ("comment", &self.itop.label),
            ("csvdata", &text),
        ];
        // The same rows twice are the same rows once.
        let told = self.itop.post(IMPORT, &fields, true)?;
        Ok(counts(&told))
    }

    /// The objects after a load.
    fn read_back(&mut self, steps: &[Step<'_>], source: &Source) -> Result<Vec<Answer>, HttpError> {
        let objects = self.itop.current(steps)?;
        let mut words = if objects.iter().any(Option::is_none) {
            self.itop.sweep(source)?
        } else {
            Vec::new()
        };
        if words.is_empty() {
            words.push("the load made no object".to_owned());
        }
        let words = words.join("; ");
        let answer = |(step, object): (&Step<'_>, Option<Object>)| match object {
            // A row whose letters changed in case alone is no change for the server.
            Some(object) if !step.object.is_null() && !is_done(step, &object) => {
                self.itop.single(step, self.class)
            }
            Some(mut object) => {
                // The server does not give it back: it is no part of what is compared later.
                object.fields.remove(PRIMARY_KEY);
                Answer::Done(object)
            }
            None => Answer::Refused(words.clone()),
        };
        Ok(steps.iter().zip(objects).map(answer).collect())
    }
}

/// The same answer for each step.
fn refused(steps: &[Step<'_>], words: &str) -> Vec<Answer> {
    let answer = |_| Answer::Refused(words.to_owned());
    steps.iter().map(answer).collect()
}

/// Whether an object has every value of a step that the server gives back.
fn is_done(step: &Step<'_>, object: &Object) -> bool {
    let values = step
        .values
        .iter()
        .filter(|(field, _)| *field != PRIMARY_KEY);
    values
        .into_iter()
        .all(|(field, value)| same(object.get(field), value))
}

/// A line of CSV: every cell in quotes, a quote in one twice.
fn line(row: &Row) -> String {
    let cells = row
        .iter()
        .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    cells.collect::<Vec<_>>().join(";") + "\n"
}

/// Reads the summary of an import: lines `Objects created: 3 (0 warnings)`, each behind a comment
/// sign. Without one the load was not done, and the words say why.
fn counts(text: &str) -> Result<Counts, Failed> {
    let mut counts = Counts::default();
    let mut summary = false;
    for line in lines(text) {
        let line = line.trim_start_matches('#').trim();
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let mut numbers = value
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse::<usize>().ok());
        let count = numbers.next().unwrap_or(0);
        let warnings = numbers.next().unwrap_or(0);
        match name {
            "ERROR" => {
                let words = words(value);
                return Err(Failed { words, all: true });
            }
            "Objects created" => {
                summary = true;
                counts.created = count;
                counts.faults += warnings;
            }
            "Objects updated" => counts.faults += warnings,
            "Objects reconciled (updated)" | "Objects reconciled (unchanged)" => {
                counts.reconciled += count;
                counts.faults += warnings;
            }
            "Issues (before synchro)"
            | "Objects creation errors"
            | "Objects update errors"
            | "Objects reconciliation errors" => counts.faults += count,
            _ => {}
        }
    }
    if summary {
        return Ok(counts);
    }
    Err(Failed {
        words: words(&lines(text).collect::<Vec<_>>().join(" ")),
        all: false,
    })
}

/// Lines of a page, without its markup.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text
        .split('<')
        .enumerate()
        .map(|(place, piece)| match place {
            0 => piece,
            _ => piece.split_once('>').map_or("", |(_, rest)| rest),
        });
    let lines = pieces.flat_map(str::lines).map(str::trim);
    lines.filter(|line| !line.is_empty())
}

/// The beginning of what the server says, on one line.
fn words(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).take(600).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: &str = "#----<br/>\n# Import phase summary<br/>\n#Issues (before synchro): 0<br/>\n\
        #Objects created: 3 (1 warnings)<br/>\n#Objects creation errors: 2<br/>\n\
        #Objects updated: 4 (0 warnings)<br/>\n#Objects reconciled (updated): 5 (0 warnings)<br/>\n";

    #[test]
    fn a_summary_is_counted_and_what_is_none_is_repeated() {
        let counted = Counts {
            created: 3,
            reconciled: 5,
            faults: 3,
        };
        assert_eq!(counts(PAGE), Ok(counted));
        let failed = |words: &str, all| {
            let words = words.to_owned();
            Err(Failed { words, all })
        };
        let column = "#Unknown column 'x' (class: 'NAS')<br/>\n";
        assert_eq!(
            counts(column),
            failed("#Unknown column 'x' (class: 'NAS')", false)
        );
        let not_allowed = format!("<p>ERROR: Only administrators</p>\n{PAGE}");
        assert_eq!(counts(&not_allowed), failed("Only administrators", true));
    }

    proptest! {
        #[test]
        fn no_page_is_a_panic(text in ".*", start in 0_usize..300) {
            let _ = counts(&text);
            let rest: String = PAGE.chars().skip(start).collect();
            let _ = counts(&(text + &rest));
        }

        #[test]
        fn a_cell_holds_whatever_it_is_given(cell in ".*") {
            let line = line(&vec!["key".to_owned(), cell.clone()]);
            let inner = line.strip_prefix("\"key\";\"").unwrap().strip_suffix("\"\n").unwrap();
            prop_assert_eq!(inner.replace("\"\"", "\""), cell.clone());
            // No quote stands alone: none ends the cell.
            prop_assert_eq!(inner.matches('"').count(), 2 * cell.matches('"').count());
        }
    }
}
