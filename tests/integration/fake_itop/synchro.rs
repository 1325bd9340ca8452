//! Synchronisation data sources and the import page.
use super::*;

/// Cells of CSV, as the server's parser cuts them; `<NULL>` is none, even quoted.
pub(super) fn csv(data: &str, separator: char, qualifier: char) -> Vec<Vec<Option<String>>> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Start,
        Raw,
        Qualified,
        Escaped,
    }
    let (mut rows, mut row, mut cell, mut at) = (Vec::new(), Vec::new(), String::new(), At::Start);
    let data = data.replace("\r\n", "\n");
    for letter in data.chars().map(Some).chain([None]) {
        let blank = matches!(letter, Some(' ' | '\t')) && letter != Some(separator);
        let parts = letter == Some(separator);
        let ends = letter.is_none() || (letter == Some('\n') && !parts);
        if at == At::Qualified && letter.is_some() {
            match letter == Some(qualifier) && !parts && !blank {
                true => at = At::Escaped,
                false => cell.extend(letter),
            }
        } else if parts || ends {
            let taken = std::mem::take(&mut cell);
            let taken = match at {
                At::Raw => taken
                    .trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b'])
                    .to_owned(),
                _ => taken,
            };
            row.push((taken != "<NULL>").then_some(taken));
            at = At::Start;
            if ends {
                let line = std::mem::take(&mut row);
                let empty = line.len() == 1 && line[0].as_deref().unwrap_or_default().is_empty();
                rows.extend((!empty).then_some(line));
            }
        } else if blank {
            if at == At::Raw {
                cell.extend(letter);
            }
        } else if letter == Some(qualifier) && at != At::Raw {
            if at == At::Escaped {
                cell.extend(letter);
            }
            at = At::Qualified;
        } else {
            cell.extend(letter);
            at = match at {
                At::Escaped => At::Start,
                _ => At::Raw,
            };
        }
    }
    rows
}

/// What the column of an importer's table makes of a cell; an SQL error in strict mode.
pub(super) fn stored(attribute: &Attribute, cell: &str) -> Result<String, String> {
    let code = &attribute.code;
    let number_like = cell.parse::<f64>().is_ok();
    match attribute.kind {
        Kind::Enum => {
            let mut choices = attribute.choices.iter();
            choices
                .find(|choice| folded(choice) == folded(cell))
                .map(|choice| (*choice).to_owned())
                .ok_or_else(|| format!("Data truncated for column '{code}' at row 1"))
        }
        Kind::Int | Kind::Bool if !number_like => Err(format!(
            "Incorrect integer value: '{cell}' for column '{code}' at row 1"
        )),
        Kind::Decimal if !number_like => Err(format!(
            "Incorrect decimal value: '{cell}' for column '{code}' at row 1"
        )),
        Kind::Decimal => Ok(format!("{:.2}", number(&json!(cell)))),
        Kind::Str | Kind::Ip | Kind::Key if cell.chars().count() > 255 => {
            Err(format!("Data too long for column '{code}' at row 1"))
        }
        _ => Ok(cell.to_owned()),
    }
}

#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    pub(super) fn comment(&mut self, words: &str) {
        self.0.push_str(&format!("#{words}<br/>\n"));
    }

    pub(super) fn title(&mut self, words: &str) {
        let rule = "-".repeat(60);
        for line in [&rule, words, &rule] {
            self.comment(line);
        }
    }

    pub(super) fn paragraph(&mut self, words: &str) {
        self.0.push_str(&format!("<p>{words}</p>\n"));
    }
}

/// Counts of a synchronisation.
pub(super) type Counts = BTreeMap<&'static str, u64>;

pub(super) fn count(counts: &mut Counts, what: &'static str) {
    *counts.entry(what).or_default() += 1;
}

/// A moment of the server's clock.
pub(super) fn moment(clock: u64) -> String {
    let (hours, minutes, seconds) = (clock / 3600, clock / 60 % 60, clock % 60);
    format!("2026-01-01 {hours:02}:{minutes:02}:{seconds:02}")
}

pub(super) fn cut(words: &str, size: usize) -> &str {
    let end = (0..=size.min(words.len()))
        .rev()
        .find(|at| words.is_char_boundary(*at));
    &words[..end.unwrap_or_default()]
}

/// An attribute of a source, as a run uses it.
pub(super) struct Synced {
    pub(super) attribute: &'static Attribute,
    pub(super) update: bool,
    pub(super) reconcile: bool,
    pub(super) if_empty: bool,
    pub(super) by: String,
}

impl State {
    pub(super) fn import(&mut self, form: &Form) -> String {
        let mut page = Page::default();
        let id = form.get("data_source_id").map(|id| id.parse());
        let class = id.and_then(|id| Some(self.source(id.ok()?, "scope_class")));
        if let Some((class, fields)) = self.race.take_if(|(to, _)| Some(&*to) == class.as_ref()) {
            self.make(&class, &fields).unwrap();
        }
        let before = self.clone();
        let simulate = form
            .get("simulate")
            .is_some_and(|value| value.trim() == "1");
        if let Err(words) = self.imported(form, simulate, &mut page) {
            page.comment(&words);
        }
        if simulate {
            (self.objects, self.rows) = (before.objects, before.rows);
        }
        page.0
    }

    pub(super) fn imported(
        &mut self,
        form: &Form,
        simulate: bool,
        page: &mut Page,
    ) -> Result<(), String> {
        let param = |name: &str, default: &str| {
            let value = form.get(name).map_or(default, String::as_str);
            value.trim().to_owned()
        };
        let Some(source) = form.get("data_source_id") else {
            page.paragraph("ERROR: Missing argument 'data_source_id'\n");
            page.paragraph("USAGE:\n");
            return Ok(());
        };
        let source = source.trim();
        self.clock += 1;
        let start = moment(self.clock);
        let data = form.get("csvdata").map_or("", String::as_str);
        if data.is_empty() {
            return Err("Missing data - at least one line is expected".to_owned());
        }
        let id = source.parse().unwrap_or_default();
        if self.object(SOURCE, id).is_none() {
            return Err(format!("Unknown data source id: '{source}'"));
        }
        let class = self.source(id, "scope_class");
        let separator = match param("separator", ";").to_lowercase().as_str() {
            "tab" => "\t".to_owned(),
            _ => param("separator", ";"),
        };
        let (qualifier, output) = (param("qualifier", "\""), param("output", "summary"));
        if separator.len() > 1 {
            return Err(format!(
                "Separator is limited to one character, found '{separator}'"
            ));
        }
        if qualifier.len() > 1 {
            return Err(format!(
                "Text qualifier is limited to one character, found '{qualifier}'"
            ));
        }
        if !["retcode", "summary", "details"].contains(&output.as_str()) {
            return Err(format!("Unknown output format: '{output}'"));
        }
        let letter = |text: &str| text.chars().next().unwrap_or('\u{fffe}');
        let mut rows = csv(data, letter(&separator), letter(&qualifier)).into_iter();
        let columns = rows.next().unwrap_or_default();
        let columns: Vec<String> = columns.into_iter().map(Option::unwrap_or_default).collect();
        for column in columns.iter().filter(|column| *column != "primary_key") {
            if !is_column(&class, column) {
                return Err(format!("Unknown column '{column}' (class: '{class}')"));
            }
        }
        if !columns.iter().any(|column| column == "primary_key") {
            return Err("Missing reconciliation column 'primary_key'".to_owned());
        }
        if output == "details" {
            page.title(" Import phase");
        }
        let rows: Vec<_> = rows.collect();
        let goes_on = param("no_stop_on_import_error", "0") == "1";
        let synchronize = param("synchronize", "1") == "1";
        let (mut made, mut changed, mut errors) = (0, 0, 0);
        for (at, row) in rows.iter().enumerate() {
            match self.load(id, &class, &columns, row) {
                Ok(true) => made += 1,
                Ok(false) => changed += 1,
                Err(words) if goes_on => {
                    errors += 1;
                    page.0
                        .push_str(&format!("{at}: Import error '{words}' (continuing)...\n"));
                }
                Err(words) => return Err(words),
            }
        }
        let flag = |flag: bool| if flag { "1" } else { "0" };
        if output != "retcode" {
            page.title(" Import phase summary");
            for line in [
                format!("Data Source: {source}"),
                format!("Synchronize: {}", flag(synchronize)),
                format!("Class: {class}"),
                format!("Separator: {separator}"),
                format!("Qualifier: {qualifier}"),
                format!("Charset Encoding:{}", param("charset", "UTF-8")),
                "Date and time format: 'Y-m-d H:i:s' ".to_owned(),
                "Date only format: 'Y-m-d' ".to_owned(),
                format!("Data Size: {}", data.len()),
                format!("Data Lines: {}", rows.len()),
                format!("Columns: {}", columns.join(", ")),
                format!("Output format: {output}"),
                format!("Simulate: {}", flag(simulate)),
                format!("Change tracking comment: {}", param("comment", "")),
                format!("Issues (before synchro): {errors}"),
                format!("Created (before synchro): {made}"),
                format!("Updated (before synchro): {changed}"),
            ] {
                page.comment(&line);
            }
        }
        if synchronize {
            self.synchronized(id, &start, output == "details", page);
        }
        if output == "retcode" {
            page.0.push_str(&errors.to_string());
        }
        Ok(())
    }

    /// Writes a row into the source's table, and what its triggers do; tells whether it is new.
    pub(super) fn load(
        &mut self,
        source: u64,
        class: &str,
        columns: &[String],
        row: &[Option<String>],
    ) -> Result<bool, String> {
        let failed = |words: &str| format!("MySQLException: Failed to issue SQL query: {words}");
        let at = columns.iter().position(|column| column == "primary_key");
        let key = row.get(at.unwrap()).cloned().flatten();
        let mine = self.select(REPLICA, |_, replica| {
            replica.fields["sync_source_id"] == source
        });
        let known = mine.into_iter().find(|(_, replica)| {
            let other = self.rows[replica].key.as_deref();
            key.as_deref()
                .is_some_and(|key| other.map(folded) == Some(folded(key)))
        });
        if row.len() > columns.len() || (known.is_none() && row.len() < columns.len()) {
            return Err(failed("Column count doesn't match value count at row 1"));
        }
        let mut now = known.map_or_else(Row::default, |(_, replica)| self.rows[&replica].clone());
        if known.is_none() {
            now.key = key;
        }
        let before = now.clone();
        for (column, cell) in columns.iter().zip(row) {
            match (cell, find_attribute(class, column)) {
                (Some(cell), Some(attribute)) => {
                    let cell = stored(attribute, cell).map_err(|words| failed(&words))?;
                    now.cells.insert(column.clone(), cell);
                }
                _ => drop(now.cells.remove(column)),
            }
        }
        let seen = json!(moment(self.clock));
        let Some(place) = known else {
            let fields = attributes(REPLICA).filter(|own| writable(own));
            let fields = fields.map(|own| (own.code.clone(), own.default.clone()));
            let mut replica = Object {
                class: REPLICA,
                fields: fields.collect(),
            };
            replica
                .fields
                .insert("sync_source_id".to_owned(), json!(source));
            replica.fields.insert("status_last_seen".to_owned(), seen);
            let id = self.put(replica);
            self.rows.insert(id, now);
            return Ok(true);
        };
        // What differs in case or in blanks at the end only is no change.
        let same = |row: &Row| -> BTreeMap<String, String> {
            let cells = row.cells.iter();
            cells
                .map(|(column, cell)| (column.clone(), folded(cell)))
                .collect()
        };
        let replica = self.objects.get_mut(&place).unwrap();
        let status = match text(&replica.fields["status"]).as_str() {
            "obsolete" => "modified",
            "synchronized" if same(&before) != same(&now) => "modified",
            _ => "",
        };
        if !status.is_empty() {
            replica.fields.insert("status".to_owned(), json!(status));
        }
        replica.fields.insert("status_last_seen".to_owned(), seen);
        self.rows.insert(place.1, now);
        Ok(false)
    }

    pub(super) fn synchronized(
        &mut self,
        source: u64,
        start: &str,
        details: bool,
        page: &mut Page,
    ) {
        let mut counts = Counts::new();
        let mine = |replica: &Object| replica.fields["sync_source_id"] == source;
        let total = self.select(REPLICA, |_, replica| mine(replica)).len();
        self.task = source;
        let outcome = self.run(source, start, total, &mut counts);
        self.task = 0;
        if details {
            page.title(" Synchronization phase");
            page.comment(" No traces. (To activate the traces set \"synchro_trace\" => true in the configuration file)");
        }
        if let Err(words) = outcome {
            page.paragraph(&format!("ERROR: {words}"));
        }
        page.title(" Synchronization phase summary");
        page.comment(&format!("Replicas: {total}"));
        let of = |what: &str| counts.get(what).copied().unwrap_or_default();
        for (words, what, warnings) in [
            ("Replicas touched since last synchro", "seen", ""),
            ("Objects deleted", "deleted", ""),
            ("Objects deletion errors", "deleted_errors", ""),
            ("Objects obsoleted", "obsoleted", ""),
            ("Objects obsolescence errors", "obsoleted_errors", ""),
            ("Objects created", "created", "created_warnings"),
            ("Objects creation errors", "created_errors", ""),
            ("Objects updated", "updated", "updated_warnings"),
            ("Objects update errors", "updated_errors", ""),
            (
                "Objects reconciled (updated)",
                "new_updated",
                "new_updated_warnings",
            ),
            // The server prints the warnings of the line above here.
            (
                "Objects reconciled (unchanged)",
                "new_unchanged",
                "new_updated_warnings",
            ),
            ("Objects reconciliation errors", "reconciled_errors", ""),
            ("Replica disappeared, no action taken", "disappeared", ""),
        ] {
            page.comment(&match warnings {
                "" => format!("{words}: {}", of(what)),
                _ => format!("{words}: {} ({} warnings)", of(what), of(warnings)),
            });
        }
    }

    pub(super) fn run(
        &mut self,
        source: u64,
        start: &str,
        total: usize,
        counts: &mut Counts,
    ) -> Result<(), String> {
        if self.source(source, "status") == "obsolete" {
            return Err("The data source is marked as obsolete. Operation cancelled.".to_owned());
        }
        let account = self.select("UserLocal", |_, user| user.fields["login"] == USER)[0].1;
        if self.ordinary && self.objects[&(SOURCE, source)].fields["user_id"] != account {
            return Err("Only adminstrators or the user specified in the data source can execute this operation. Operation cancelled.".to_owned());
        }
        let synced = self.synced(source);
        if !synced.iter().any(|own| own.update) {
            return Err("There is no attribute to update".to_owned());
        }
        let by_key = self.source(source, "reconciliation_policy") == "use_primary_key";
        if !by_key && !synced.iter().any(|own| own.reconcile) {
            return Err("No attribute for reconciliation".to_owned());
        }
        self.retire(source, start, total, counts)?;
        let status = |replica: &Object, among: &[&str]| {
            let status = text(&replica.fields["status"]);
            among.contains(&status.as_str())
        };
        let seen = self.select(REPLICA, |_, replica| {
            replica.fields["sync_source_id"] == source
                && text(&replica.fields["status_last_seen"]).as_str() >= start
                && !status(replica, &["obsolete"])
        });
        counts.insert("seen", seen.len() as u64);
        for (_, id) in seen {
            let replica = &self.objects[&(REPLICA, id)];
            let warned = replica.fields["status_last_warning"] != "";
            if status(replica, &["new"]) {
                self.adopt(source, id, &synced, by_key, counts)?;
            } else if status(replica, &["modified"])
                || (warned && status(replica, &["synchronized"]))
            {
                self.refresh(source, id, &synced, counts)?;
            }
        }
        if self.source(source, "delete_policy") == "update_then_delete" {
            let retention =
                integer(&self.objects[&(SOURCE, source)].fields["delete_policy_retention"]);
            let limit = moment(self.clock.saturating_sub(retention as u64));
            let late = self.select(REPLICA, |_, replica| {
                replica.fields["sync_source_id"] == source
                    && status(replica, &["obsolete"])
                    && text(&replica.fields["status_last_seen"]) < limit
            });
            for (_, id) in late {
                self.delete_object_of(id, counts);
            }
        }
        Ok(())
    }

    pub(super) fn synced(&self, source: u64) -> Vec<Synced> {
        let class = self.source(source, "scope_class");
        let places = self.sync_attributes(source);
        let fields = places.iter().map(|place| &self.objects[place].fields);
        fields
            .map(|own| Synced {
                attribute: find_attribute(&class, &text(&own["attcode"])).unwrap(),
                update: own["update"] == true,
                reconcile: own["reconcile"] == true,
                if_empty: own["update_policy"] == "write_if_empty",
                by: own
                    .get("reconciliation_attcode")
                    .map_or_else(String::new, text),
            })
            .collect()
    }

    /// Deals with replicas that this load did not touch.
    pub(super) fn retire(
        &mut self,
        source: u64,
        start: &str,
        total: usize,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let policy = self.source(source, "delete_policy");
        if policy == "ignore" {
            return Ok(());
        }
        let unseen = self.select(REPLICA, |_, replica| {
            replica.fields["sync_source_id"] == source
                && replica.fields["status"] != "obsolete"
                && text(&replica.fields["status_last_seen"]).as_str() < start
        });
        if total > 10 && total == unseen.len() {
            return Err("All records have been untouched for some time (all of the objects could be deleted). Please check that the process that writes into the synchronization table is still running. Operation cancelled.".to_owned());
        }
        let wanted = self.source(source, "delete_policy_update");
        let wanted: Vec<(String, Value)> = wanted
            .split(';')
            .filter_map(|pair| pair.split_once(':'))
            .map(|(code, value)| (code.to_owned(), json!(value)))
            .collect();
        for (_, id) in unseen {
            if policy == "delete" {
                self.delete_object_of(id, counts);
                continue;
            }
            let outcome = match self.object_of(id) {
                Some(place) => self.update(place, &wanted).map(|_| ()),
                None => Err("No result for the single row query".to_owned()),
            };
            match outcome {
                Ok(()) => {
                    count(counts, "obsoleted");
                    self.note(id, "status_last_error", json!(""));
                    self.note(id, "info_last_modified", json!(moment(self.clock)));
                    self.note(id, "status", json!("obsolete"));
                }
                Err(words) => {
                    count(counts, "obsoleted_errors");
                    self.fails(
                        id,
                        &format!("Unable to update the destination object: {words}"),
                    );
                }
            }
        }
        Ok(())
    }

    pub(super) fn note(&mut self, replica: u64, code: &str, value: Value) {
        if let Some(replica) = self.objects.get_mut(&(REPLICA, replica)) {
            replica.fields.insert(code.to_owned(), value);
        }
    }

    pub(super) fn fails(&mut self, replica: u64, words: &str) {
        let words = match words.len() > 255 {
            true => format!("{}...({} chars)...", cut(words, 200), words.len()),
            false => words.to_owned(),
        };
        self.note(replica, "status_last_error", json!(words));
    }

    pub(super) fn warns(&mut self, replica: u64, warnings: &[String]) {
        let words = match warnings {
            [] => String::new(),
            [one] => one.clone(),
            many => format!("{} warnings: {}", many.len(), many.join(" ")),
        };
        let words = match words.len() > 255 {
            true => format!("{}...", cut(&words, 252)),
            false => words,
        };
        self.note(replica, "status_last_warning", json!(words));
    }

    pub(super) fn object_of(&self, replica: u64) -> Option<Place> {
        let fields = self.replica(replica);
        let (class, id) = (text(&fields["dest_class"]), id_of(&fields["dest_id"]));
        self.object(&class, id)?;
        Some((root(&class)?, id))
    }

    pub(super) fn delete_object_of(&mut self, replica: u64, counts: &mut Counts) {
        if self.replica(replica)["status_dest_creator"] != true {
            self.destroy((REPLICA, replica));
            count(counts, "disappeared");
            return;
        }
        let mut plan = Plan::default();
        let words = match self.object_of(replica) {
            None => Some("No result for the single row query".to_owned()),
            Some(place) => {
                self.plan(&mut plan, place, None);
                plan.compute(self);
                plan.stopped.then(|| plan.issues("\n"))
            }
        };
        match words {
            None => {
                self.carry_out(&plan);
                self.destroy((REPLICA, replica));
                count(counts, "deleted");
            }
            Some(words) => {
                self.fails(
                    replica,
                    &format!("Unable to delete the destination object: {words}"),
                );
                self.note(replica, "status", json!("obsolete"));
                count(counts, "deleted_errors");
            }
        }
    }

    /// What a replica gives an attribute; none when it is to be left as it is.
    pub(super) fn given(
        &self,
        replica: u64,
        own: &Synced,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Value>, String> {
        let code = &own.attribute.code;
        let Some(cell) = self.rows[&replica].cells.get(code) else {
            return Ok(None);
        };
        match own.attribute.kind {
            Kind::Key if !own.by.is_empty() => {
                let found = self.by_column(own.attribute.target, &own.by, cell)?;
                if found.is_none() && !cell.is_empty() {
                    warnings.push(format!(
                        "Could not find [unique] object for '{code}': searched on {} = '{cell}'",
                        own.by
                    ));
                }
                Ok(Some(json!(found.unwrap_or_default())))
            }
            Kind::Links => Err(format!("{code}: the fake does not write link sets")),
            Kind::Blob => Ok(None),
            // Its column has another name than it: the server never reads it.
            Kind::Enum if code == "connection_type" => Ok(None),
            _ => {
                let value = real(own.attribute, &json!(cell))?;
                Ok((!value.is_null()).then_some(value))
            }
        }
    }

    /// A new replica finds its object, or makes it.
    pub(super) fn adopt(
        &mut self,
        source: u64,
        id: u64,
        synced: &[Synced],
        by_key: bool,
        counts: &mut Counts,
    ) -> Result<(), String> {
        self.note(id, "status_dest_creator", json!(false));
        let class = self.source(source, "scope_class");
        let mut warnings = Vec::new();
        let mut wanted = Vec::new();
        if by_key {
            wanted.push(("id".to_owned(), json!(self.rows[&id].key)));
        }
        for own in synced.iter().filter(|own| own.reconcile && !by_key) {
            let Some(value) = self.given(id, own, &mut warnings)? else {
                let code = &own.attribute.code;
                self.fails(
                    id,
                    &format!("Could not reconcile on null value for attribute '{code}'"),
                );
                count(counts, "reconciled_errors");
                return Ok(());
            };
            wanted.push((own.attribute.code.clone(), value));
        }
        let found = self.select(&class, |other, object| {
            wanted
                .iter()
                .all(|(code, value)| self.equals(other, object, code, value))
        });
        let on_zero = self.source(source, "action_on_zero");
        let on_one = self.source(source, "action_on_one");
        let on_multiple = self.source(source, "action_on_multiple");
        match (
            found.len(),
            on_zero.as_str(),
            on_one.as_str(),
            on_multiple.as_str(),
        ) {
            (0, "create", _, _) | (2.., _, _, "create") => {
                self.create_object(id, &class, synced, &mut warnings, counts);
            }
            (1, _, "update", _) | (2.., _, _, "take_first") => {
                let names = ["new_updated", "new_unchanged", "reconciled_errors"];
                let changed =
                    self.update_object(id, found[0], synced, &mut warnings, names, counts);
                self.note(id, "dest_id", json!(found[0].1));
                self.note(id, "dest_class", json!(self.objects[&found[0]].class));
                if !warnings.is_empty() && changed {
                    count(counts, "new_updated_warnings");
                }
            }
            (several, ..) => {
                let pairs: Vec<String> = wanted
                    .iter()
                    .map(|(code, value)| format!("{code}={}", text(value)))
                    .collect();
                let words = match several {
                    0 => "Could not find a match for reconciliation".to_owned(),
                    1 => "Found a match while expecting several".to_owned(),
                    _ => format!(
                        "{several} destination objects match the reconciliation criterias: {}",
                        pairs.join(" AND ")
                    ),
                };
                self.fails(id, &words);
                count(counts, "reconciled_errors");
            }
        }
        self.warns(id, &warnings);
        Ok(())
    }

    pub(super) fn create_object(
        &mut self,
        id: u64,
        class: &str,
        synced: &[Synced],
        warnings: &mut Vec<String>,
        counts: &mut Counts,
    ) {
        // The search and the making warn each for itself.
        let outcome = self
            .values(id, synced, None, warnings)
            .and_then(|values| self.insert(class, &values));
        match outcome {
            Ok(made) => {
                for (code, value) in [
                    ("dest_id", json!(made)),
                    ("dest_class", json!(class)),
                    ("status_dest_creator", json!(true)),
                    ("status_last_error", json!("")),
                    ("status", json!("synchronized")),
                    ("info_creation_date", json!(moment(self.clock))),
                ] {
                    self.note(id, code, value);
                }
                count(counts, "created");
                if !warnings.is_empty() {
                    count(counts, "created_warnings");
                }
            }
            Err(words) => {
                self.fails(id, &format!("Unable to create destination object: {words}"));
                count(counts, "created_errors");
                warnings.clear();
            }
        }
    }

    /// What a replica writes into its object, or into one to be made.
    pub(super) fn values(
        &self,
        id: u64,
        synced: &[Synced],
        into: Option<Place>,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<(String, Value)>, String> {
        let mut values = Vec::new();
        for own in synced.iter().filter(|own| own.update) {
            let Some(value) = self.given(id, own, warnings)? else {
                continue;
            };
            let code = &own.attribute.code;
            let kept = into.is_some_and(|place| {
                own.if_empty && !is_null(own.attribute, &self.objects[&place].fields[code])
            });
            if !kept {
                values.push((code.clone(), value));
            }
        }
        Ok(values)
    }

    /// Names of the counts: changed, unchanged, failed.
    pub(super) fn update_object(
        &mut self,
        id: u64,
        place: Place,
        synced: &[Synced],
        warnings: &mut Vec<String>,
        names: [&'static str; 3],
        counts: &mut Counts,
    ) -> bool {
        let outcome = self
            .values(id, synced, Some(place), warnings)
            .and_then(|values| self.update(place, &values));
        match outcome {
            Ok(changed) => {
                count(counts, if changed { names[0] } else { names[1] });
                if changed {
                    self.note(id, "info_last_modified", json!(moment(self.clock)));
                }
                self.note(id, "status_last_error", json!(""));
                self.note(id, "status", json!("synchronized"));
                changed
            }
            Err(words) => {
                self.fails(id, &format!("Unable to update destination object: {words}"));
                count(counts, names[2]);
                false
            }
        }
    }

    /// A replica that changed changes its object.
    pub(super) fn refresh(
        &mut self,
        source: u64,
        id: u64,
        synced: &[Synced],
        counts: &mut Counts,
    ) -> Result<(), String> {
        let class = self.source(source, "scope_class");
        let gone = "No result for the single row query";
        let place = self.object_of(id).ok_or(gone)?;
        if !is_a(self.objects[&place].class, &class) {
            return Err(gone.to_owned());
        }
        let mut warnings = Vec::new();
        let names = ["updated", "unchanged", "updated_errors"];
        let changed = self.update_object(id, place, synced, &mut warnings, names, counts);
        if !warnings.is_empty() && changed {
            count(counts, "updated_warnings");
        }
        self.warns(id, &warnings);
        Ok(())
    }
}

/// Whether an importer's table has a column.
pub(super) fn is_column(class: &str, column: &str) -> bool {
    let image = column
        .strip_suffix("_mimetype")
        .or(column.strip_suffix("_filename"));
    let image = image.and_then(|code| find_attribute(class, code));
    let plain = find_attribute(class, column);
    plain.is_some_and(|own| writable(own) && own.kind != Kind::Set)
        || image.is_some_and(|own| own.kind == Kind::Blob)
}
