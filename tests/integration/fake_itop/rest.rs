//! REST.
use super::*;

pub(super) fn numeric(key: &Value) -> Option<u64> {
    match key {
        Value::Number(_) => Some(id_of(key)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn param<'a>(data: &'a Value, name: &str) -> Result<&'a Value, String> {
    data.get(name)
        .filter(|value| !value.is_null())
        .ok_or_else(|| format!("Missing parameter '{name}'"))
}

impl State {
    /// The value for an attribute of what REST gives: a key may be a number, a query or criteria.
    pub(super) fn make_value(
        &self,
        class: &str,
        code: &str,
        value: &Value,
    ) -> Result<Value, String> {
        let Some(attribute) = find_attribute(class, code) else {
            return Err(format!("{code}: Unknown attribute"));
        };
        if attribute.kind != Kind::Key {
            return Ok(value.clone());
        }
        if numeric(value) == Some(0) {
            return Ok(json!(0));
        }
        let found = self.find(attribute.target, value);
        let (_, id) = found.map_err(|words| format!("{code}: {words}"))?;
        Ok(json!(id))
    }

    /// The class that criteria are about, and the objects that meet them all.
    pub(super) fn criteria(
        &self,
        class: &str,
        key: &Map<String, Value>,
    ) -> Result<Vec<Place>, String> {
        let mut class = class.to_owned();
        if let Some(last) = key.get("finalclass").and_then(Value::as_str) {
            if !MODEL.contains_key(last) {
                return Err(format!("finalclass: Unknown class '{last}'"));
            }
            class = last.to_owned();
        }
        let mut wanted = Vec::new();
        for (code, value) in key {
            wanted.push((code.as_str(), self.make_value(&class, code, value)?));
        }
        Ok(self.select(&class, |id, object| {
            wanted
                .iter()
                .all(|(code, value)| self.equals(id, object, code, value))
        }))
    }

    /// The objects that a key names.
    pub(super) fn set_of(&self, class: &str, key: &Value) -> Result<Vec<Place>, String> {
        match key {
            Value::Object(criteria) => self.criteria(class, criteria),
            key if numeric(key).is_some() => Ok(self.select(class, |id, _| Some(id) == numeric(key))),
            Value::String(query) => self.oql(query).map_err(|words| {
                format!("Query failed to execute: query = {query}, exception_class = OQLException, exception_message = {words}")
            }),
            _ => Err("Wrong format for key".to_owned()),
        }
    }

    /// The one object that a key names.
    pub(super) fn find(&self, class: &str, key: &Value) -> Result<Place, String> {
        let (found, how) = match key {
            Value::Object(criteria) => {
                let words: Vec<String> = criteria
                    .iter()
                    .map(|(code, value)| match value {
                        Value::Object(_) | Value::Array(_) => format!("{code}: {value} ()"),
                        _ => format!("{code}: {0} ({0})", text(value)),
                    })
                    .collect();
                let how = format!("with criteria: {}", words.join(", "));
                (self.criteria(class, criteria)?, how)
            }
            key if numeric(key).is_some() => {
                let id = numeric(key).unwrap();
                return match self.object(class, id) {
                    Some(_) => Ok((root(class).unwrap(), id)),
                    None => Err(format!("Invalid object {class}::{id}")),
                };
            }
            Value::String(query) => (self.oql(query)?, format!("for query: {query}")),
            _ => return Err("Wrong format for key".to_owned()),
        };
        match found.len() {
            0 => Err(format!("No item found {how}")),
            1 => Ok(found[0]),
            count => Err(format!("Several items found ({count}) {how}")),
        }
    }

    pub(super) fn reported(&self, place: Place, codes: &[&str], deep: bool, words: &str) -> Value {
        json!({
            "code": 0,
            "message": words,
            "class": self.objects[&place].class,
            "key": place.1.to_string(),
            "fields": self.fields(place, codes.iter().copied(), deep),
        })
    }

    pub(super) fn rest(&mut self, form: &Form) -> Value {
        match self.served(form) {
            Ok(answer) => answer,
            Err((code, words)) => json!({"code": code, "message": words}),
        }
    }

    pub(super) fn served(&mut self, form: &Form) -> Result<Value, (u64, String)> {
        let thrown = |code: u64, words: &str| (code, format!("Error: {words}"));
        let Some(version) = form.get("version") else {
            return Err(thrown(2, "Missing parameter 'version' (e.g. '1.0')"));
        };
        let Some(data) = form.get("json_data") else {
            return Err(thrown(3, "Missing parameter 'json_data"));
        };
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        if data.is_null() {
            return Err(thrown(
                4,
                "Parameter json_data is not a valid JSON structure",
            ));
        }
        if !["1.0", "1.1", "1.2", "1.3"].contains(&version.as_str()) {
            return Err(thrown(
                10,
                &format!("There is no service available for version '{version}'"),
            ));
        }
        let operation = param(&data, "operation").map_err(|words| thrown(100, &words))?;
        let verb = match operation.as_str().unwrap_or_default() {
            "core/get" => "reading",
            "core/create" => "creating",
            "core/update" => "modifying",
            "core/delete" => "deleting",
            other => {
                let words = format!("Unknown verb '{other}' in version '{version}'");
                return Err(thrown(11, &words));
            }
        };
        self.operation(verb, &data)
            .map_err(|(code, words)| match code {
                100 => thrown(code, &words),
                _ => (code, words),
            })
    }

    pub(super) fn operation(&mut self, verb: &str, data: &Value) -> Result<Value, (u64, String)> {
        let internal = |words: String| (100, words);
        if matches!(verb, "creating" | "modifying") {
            param(data, "comment").map_err(internal)?;
        }
        let class = param(data, "class").map_err(internal)?;
        let class = text(class);
        let known = MODEL.get(class.as_str());
        let Some(known) = known.filter(|_| !self.lacking.contains(&class)) else {
            return Err(internal(format!("class: '{class}' is not a valid class'")));
        };
        let private = class.starts_with("Synchro") || is_a(&class, "User");
        let denied = (self.ordinary && private).then(|| {
            let words = format!(
                "The current user does not have enough permissions for {verb} data of class {class}"
            );
            (1, words)
        });
        let output = Output::of(known.name, data).map_err(internal);
        match verb {
            "creating" => {
                let fields = param(data, "fields").map_err(internal)?;
                let output = output?;
                denied.map_or(Ok(()), Err)?;
                let id = self.make(&class, fields).map_err(internal)?;
                let place = (root(&class).unwrap(), id);
                Ok(answered(&[output.show(self, place, "created")], None))
            }
            "modifying" => {
                let key = param(data, "key").map_err(internal)?;
                let fields = param(data, "fields").map_err(internal)?;
                let output = output?;
                self.set_of(&class, key).map_err(internal)?;
                denied.map_or(Ok(()), Err)?;
                let place = self.find(&class, key).map_err(internal)?;
                let mut given = Vec::new();
                let own = self.objects[&place].class;
                for (code, value) in fields.as_object().into_iter().flatten() {
                    let value = self.make_value(own, code, value).map_err(internal)?;
                    given.push((code.clone(), value));
                }
                self.update(place, &given).map_err(internal)?;
                Ok(answered(&[output.show(self, place, "updated")], None))
            }
            "deleting" => {
                let key = param(data, "key").map_err(internal)?;
                let places = self.set_of(&class, key).map_err(internal)?;
                denied.map_or(Ok(()), Err)?;
                let simulate = data["simulate"] == true;
                self.delete(&places, simulate).map_err(internal)
            }
            _ => {
                let key = param(data, "key").map_err(internal)?;
                let output = output?;
                let (limit, page) = (id_of(&data["limit"]), data.get("page").map_or(1, integer));
                let places = self.set_of(&class, key).map_err(internal)?;
                denied.map_or(Ok(()), Err)?;
                if page < 1 {
                    let words = "The request page number is not valid. It must be an integer greater than 0";
                    return Err((13, words.to_owned()));
                }
                let count = if limit == 0 {
                    places.len()
                } else {
                    limit as usize
                };
                let skipped = (limit * (page as u64 - 1)) as usize;
                let found: Vec<Value> = places
                    .iter()
                    .skip(skipped)
                    .take(count)
                    .map(|place| output.show(self, *place, ""))
                    .collect();
                // The count is of all, whatever the limit.
                Ok(answered(&found, Some(format!("Found: {}", places.len()))))
            }
        }
    }

    pub(super) fn delete(&mut self, places: &[Place], simulate: bool) -> Result<Value, String> {
        let mut plan = Plan::default();
        for place in places {
            let class = self.objects.get(place).map_or("", |object| object.class);
            self.plan(&mut plan, *place, None);
            plan.compute(self);
            if simulate {
                continue;
            }
            if plan.stopped {
                return Err(format!(
                    "Found issue(s): target_class = {class}, target_id = {}, issues = {}",
                    place.1,
                    plan.issues(", ")
                ));
            }
            self.carry_out(&plan);
        }
        let mut reports = Vec::new();
        for doomed in &plan.deletes {
            let (code, words) = match (&doomed.issue, doomed.mode, doomed.requested) {
                // `isset` of a false flag is true: the server takes all for asked.
                (Some(issue), Mode::Manual, _) => {
                    (4, format!("Must be deleted explicitely... but: {issue}"))
                }
                (Some(issue), _, _) => (1, format!("Cannot be deleted: {issue}")),
                (None, Mode::Manual, _) => (4, "Must be deleted explicitely".to_owned()),
                (None, _, _) => (0, String::new()),
            };
            reports.push(told(&doomed.report, code, &words));
        }
        for reset in &plan.resets {
            let labels: Vec<String> = reset.codes.iter().map(|code| label(code)).collect();
            let (code, words) = match &reset.issue {
                Some(issue) => (
                    6,
                    format!("Should be updated automatically... but: {issue}"),
                ),
                None => (5, format!("Reset external keys: {}", labels.join(", "))),
            };
            reports.push(told(&reset.report, code, &words));
        }
        let indirect = plan.deletes.len() + plan.resets.len() - places.len();
        let (code, words) = match (plan.stopped, plan.by_hand, indirect) {
            (true, true, _) => (12, "The deletion requires that other objects be deleted/updated, and those operations must be requested explicitely".to_owned()),
            (true, false, _) => (100, "Some issues have been encountered. See the list of planned changes for more information about the issue(s).".to_owned()),
            (_, _, 0) => (0, format!("Deleted: {}", places.len())),
            _ => (0, format!("Deleted: {} plus (for DB integrity) {indirect}", places.len())),
        };
        let words = match simulate {
            true => format!("SIMULATING: {words}"),
            false => words,
        };
        let mut answer = answered(&reports, Some(words));
        answer["code"] = json!(code);
        Ok(answer)
    }
}

pub(super) fn told(report: &Value, code: u64, words: &str) -> Value {
    let mut report = report.clone();
    report["code"] = json!(code);
    report["message"] = json!(words);
    report
}

/// `objects` is a map by class and key, and null when there is none.
pub(super) fn answered(reports: &[Value], words: Option<String>) -> Value {
    let objects: Map<String, Value> = reports
        .iter()
        .map(|report| {
            let name = format!("{}::{}", text(&report["class"]), text(&report["key"]));
            (name, report.clone())
        })
        .collect();
    let objects = match objects.is_empty() {
        true => Value::Null,
        false => Value::Object(objects),
    };
    json!({"objects": objects, "code": 0, "message": words})
}

/// What is asked to be shown.
pub(super) struct Output {
    pub(super) class: &'static str,
    pub(super) codes: Vec<String>,
    /// `*+`: every attribute of the object's own class, links in full.
    pub(super) deep: bool,
}

impl Output {
    pub(super) fn of(class: &'static str, data: &Value) -> Result<Self, String> {
        let asked = data.get("output_fields").map_or("*".to_owned(), text);
        let codes: Vec<String> = match asked.as_str() {
            "*" | "*+" => attributes(class).map(|own| own.code.clone()).collect(),
            list => list.split(',').map(|code| code.trim().to_owned()).collect(),
        };
        let known = |code: &str| code == "id" || find_attribute(class, code).is_some();
        match codes.iter().find(|code| !known(code)) {
            Some(code) => Err(format!("output_fields: invalid attribute code '{code}'")),
            None => Ok(Self {
                class,
                codes,
                deep: asked == "*+",
            }),
        }
    }

    pub(super) fn show(&self, state: &State, place: Place, words: &str) -> Value {
        let own = state.objects[&place].class;
        let codes: Vec<&str> = match (is_a(own, self.class), self.deep) {
            // A query for another class than the one named.
            (false, _) => vec!["id", "friendlyname"],
            (true, true) => attributes(own).map(|own| own.code.as_str()).collect(),
            (true, false) => self.codes.iter().map(String::as_str).collect(),
        };
        state.reported(place, &codes, self.deep, words)
    }
}
