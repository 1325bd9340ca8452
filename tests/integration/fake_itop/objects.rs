//! Objects: reading, checking, changing.
use super::*;

impl State {
    pub(super) fn object(&self, class: &str, id: u64) -> Option<&Object> {
        let object = self.objects.get(&(root(class)?, id))?;
        is_a(object.class, class).then_some(object)
    }

    /// Places of objects that fit, in the order of their names.
    pub(super) fn select(&self, class: &str, fits: impl Fn(u64, &Object) -> bool) -> Vec<Place> {
        let objects = self.objects.iter();
        let fit = objects
            .filter(|((_, id), object)| is_a(object.class, class) && fits(*id, object))
            .map(|(place, _)| *place);
        let mut found: Vec<Place> = fit.collect();
        found.sort_by_cached_key(|place| (folded(&self.name(*place)), place.1));
        found
    }

    pub(super) fn name(&self, place: Place) -> String {
        text(&self.get(place.1, &self.objects[&place], "friendlyname"))
    }

    pub(super) fn get(&self, id: u64, object: &Object, code: &str) -> Value {
        if code == "id" {
            return json!(id);
        }
        let attribute = find_attribute(object.class, code)
            .unwrap_or_else(|| panic!("{} has no {code}", object.class));
        match attribute.kind {
            Kind::Field => {
                let key = id_of(&self.get(id, object, &attribute.via));
                let target = find_attribute(object.class, &attribute.via).unwrap().target;
                match self.object(target, key) {
                    Some(other) => self.get(key, other, &attribute.remote),
                    None => shown(object.class, attribute)
                        .map_or(json!(""), |last| last.default.clone()),
                }
            }
            Kind::Friendly => {
                let parts = MODEL[object.class].naming.iter();
                let parts: Vec<String> = parts
                    .map(|code| text(&self.get(id, object, code)))
                    .collect();
                match parts.is_empty() {
                    true => json!(object.class),
                    false => json!(parts.join(" ")),
                }
            }
            Kind::Final => json!(object.class),
            Kind::Obsolete => json!(match object.fields.get("status").and_then(Value::as_str) {
                Some(status) => matches!(status, "obsolete" | "inactive"),
                None =>
                    is_a(object.class, "PhysicalInterface")
                        && self.get(id, object, "connectableci_id_obsolescence_flag") == true,
            }),
            _ => object.fields.get(code).cloned().unwrap_or_default(),
        }
    }

    /// A value as the server writes it in JSON: mostly text, whatever it is.
    pub(super) fn rendered(&self, place: Place, code: &str, deep: bool) -> Value {
        let object = &self.objects[&place];
        let Some(attribute) = find_attribute(object.class, code) else {
            return json!(place.1.to_string());
        };
        let value = self.get(place.1, object, code);
        match shown(object.class, attribute).map_or(Kind::Str, |last| last.kind) {
            Kind::Bool | Kind::Obsolete => json!(value == true),
            Kind::Enum => value,
            Kind::Password => json!("*****"),
            Kind::Blob => {
                json!({"data": "", "mimetype": "text/plain", "filename": "", "downloads_count": 0})
            }
            Kind::Set | Kind::Links => self.rendered_set(place, attribute, deep),
            _ => json!(text(&value)),
        }
    }

    pub(super) fn rendered_set(&self, place: Place, set: &Attribute, deep: bool) -> Value {
        let linked = self.select(set.target, |_, object| {
            object.fields.get(&set.via) == Some(&json!(place.1))
        });
        let linked = linked.into_iter().map(|other| {
            let class = match deep {
                true => self.objects[&other].class,
                false => set.target,
            };
            let codes = attributes(class).filter(|own| own.code != set.via && own.via != set.via);
            let codes = codes.map(|own| own.code.as_str());
            Value::Object(self.fields(other, codes, deep))
        });
        Value::Array(linked.collect())
    }

    pub(super) fn fields<'a>(
        &self,
        place: Place,
        codes: impl Iterator<Item = &'a str>,
        deep: bool,
    ) -> Map<String, Value> {
        codes
            .map(|code| (code.to_owned(), self.rendered(place, code, deep)))
            .collect()
    }

    pub(super) fn plain(&self, place: Place) -> Value {
        let scalar = attributes(self.objects[&place].class)
            .filter(|own| !matches!(own.kind, Kind::Set | Kind::Links | Kind::Blob));
        let mut fields = self.fields(place, scalar.map(|own| own.code.as_str()), false);
        fields.insert("id".to_owned(), json!(place.1));
        Value::Object(fields)
    }

    /// `=` of SQL between an attribute and a value.
    pub(super) fn equals(&self, id: u64, object: &Object, code: &str, value: &Value) -> bool {
        let own = self.get(id, object, code);
        if own.is_null() || value.is_null() {
            return false;
        }
        let attribute = find_attribute(object.class, code);
        let kind = attribute.and_then(|own| shown(object.class, own));
        let kind = kind.map_or(Kind::Int, |last| last.kind);
        match kind {
            Kind::Int | Kind::Decimal | Kind::Bool | Kind::Key | Kind::Obsolete => {
                number(&json!(text(&own))) == number(&json!(text(value)))
            }
            _ => folded(&text(&own)) == folded(&text(value)),
        }
    }

    /// The object that alone has a value, as the synchronisation looks for it.
    pub(super) fn by_column(
        &self,
        class: &str,
        code: &str,
        value: &str,
    ) -> Result<Option<u64>, String> {
        if code != "id" && find_attribute(class, code).is_none() {
            return Err(format!("Unknown attribute {code} from class {class}"));
        }
        let found = self.select(class, |id, object| match code {
            "id" => value.trim().parse() == Ok(id),
            code => self.equals(id, object, code, &json!(value)),
        });
        Ok((found.len() == 1).then(|| found[0].1))
    }

    // Writing.

    /// What is wrong with an object that is about to be written, of which some attributes change.
    pub(super) fn issues(&self, id: Option<u64>, object: &Object, changed: &[&str]) -> Vec<String> {
        let mut issues = Vec::new();
        if let Some((codes, words)) = unique(object.class) {
            let twins = self.select(object.class, |other, twin| {
                Some(other) != id
                    && codes
                        .iter()
                        .all(|code| self.equals(other, twin, code, &object.fields[*code]))
            });
            issues.extend((!twins.is_empty()).then(|| words.to_owned()));
        }
        for code in changed {
            let attribute = find_attribute(object.class, code).unwrap();
            if let Err(words) = self.check(attribute, &object.fields[*code]) {
                issues.push(format!(
                    "Unexpected value for attribute '{}' ({code}) : {words}",
                    label(code)
                ));
            }
        }
        if let (Some(id), true) = (id, issues.is_empty()) {
            let locked = changed.iter().filter(|code| self.locked(id, object, code));
            issues.extend(locked.map(|code| {
                format!(
                    "The field {} is not writable because it is mastered by the data synchronization. Value not set.",
                    label(code)
                )
            }));
        }
        if object.class == SOURCE {
            issues.extend(self.source_issues(id, object));
        }
        issues
    }

    pub(super) fn check(&self, attribute: &Attribute, value: &Value) -> Result<(), String> {
        let given = text(value);
        if is_null(attribute, value) {
            return match attribute.mandatory {
                true => Err("Null not allowed".to_owned()),
                false => Ok(()),
            };
        }
        let limit = match attribute.kind {
            Kind::Str | Kind::Ip => 255,
            Kind::Text => 65535,
            _ => usize::MAX,
        };
        let count = given.chars().count();
        if attribute.kind == Kind::Key && self.object(attribute.target, id_of(value)).is_none() {
            return Err(format!(
                "Target object not found ({}::{given})",
                attribute.target
            ));
        }
        if attribute.kind == Kind::Enum && !attribute.choices.contains(&given.as_str()) {
            return Err(format!("Value not allowed [{given}]"));
        }
        if count > limit {
            return Err(format!(
                "String too long (found {count}, limited to {limit})"
            ));
        }
        let fits = match attribute.kind {
            Kind::Ip => four_numbers(&given),
            // DECIMAL(12,2): ten digits before the point.
            Kind::Decimal => given.trim_start_matches('-').len() <= 13,
            _ => true,
        };
        match fits {
            true => Ok(()),
            false => Err(format!("Wrong format [{given}]")),
        }
    }

    /// Replicas whose object this is.
    pub(super) fn replicas_of(&self, id: u64, class: &str) -> Vec<u64> {
        let mine = |replica: &Object| {
            replica.fields["dest_class"] == class && replica.fields["dest_id"] == id
        };
        let found = self.select(REPLICA, |_, replica| mine(replica));
        found.into_iter().map(|(_, replica)| replica).collect()
    }

    pub(super) fn replica(&self, replica: u64) -> &Map<String, Value> {
        &self.objects[&(REPLICA, replica)].fields
    }

    pub(super) fn source(&self, id: u64, code: &str) -> String {
        text(&self.objects[&(SOURCE, id)].fields[code])
    }

    /// Whether another source than the one that runs is master of an attribute.
    pub(super) fn locked(&self, id: u64, object: &Object, code: &str) -> bool {
        let replicas = self.replicas_of(id, object.class).into_iter();
        let sources = replicas.map(|replica| id_of(&self.replica(replica)["sync_source_id"]));
        sources.filter(|source| *source != self.task).any(|source| {
            let attributes = self.sync_attributes(source);
            let mut attributes = attributes.iter().map(|place| &self.objects[place].fields);
            attributes.any(|own| {
                own["attcode"] == code
                    && own["update"] == true
                    && own["update_policy"] == "master_locked"
            })
        })
    }

    pub(super) fn sync_attributes(&self, source: u64) -> Vec<Place> {
        self.select("SynchroAttribute", |_, object| {
            object.fields["sync_source_id"] == source
        })
    }

    pub(super) fn source_issues(&self, id: Option<u64>, source: &Object) -> Vec<String> {
        let is = |code: &str, value: &str| source.fields[code] == value;
        let reconciles = match id {
            Some(id) => self
                .sync_attributes(id)
                .iter()
                .any(|place| self.objects[place].fields["reconcile"] == true),
            None => MODEL
                .get(text(&source.fields["scope_class"]).as_str())
                .is_some_and(|class| !class.reconcile.is_empty()),
        };
        let later = is("delete_policy", "update_then_delete");
        let rules = [
            (
                is("reconciliation_policy", "use_attributes") && !reconciles,
                "At Least one reconciliation key must be specified, or the reconciliation policy must be to use the primary key.",
            ),
            (
                later && integer(&source.fields["delete_policy_retention"]) == 0,
                "A delete retention period must be specified, since objects are to be deleted after being marked as obsolete",
            ),
            (
                (later || is("delete_policy", "update")) && is("delete_policy_update", ""),
                "Obsolete objects are to be updated, but no update is specified.",
            ),
        ];
        let broken = rules.into_iter().filter(|(broken, _)| *broken);
        broken.map(|(_, words)| words.to_owned()).collect()
    }

    /// Makes an object of fields as REST gives them.
    pub(super) fn make(&mut self, class: &str, fields: &Value) -> Result<u64, String> {
        let mut given = Vec::new();
        for (code, value) in fields.as_object().ok_or("Wrong format for fields")? {
            let value = self.make_value(class, code, value)?;
            given.push((code.clone(), value));
        }
        self.insert(class, &given)
    }

    pub(super) fn insert(&mut self, class: &str, given: &[(String, Value)]) -> Result<u64, String> {
        let known = &MODEL[class];
        if !known.concrete {
            return Err(format!("Cannot instantiate abstract class {class}"));
        }
        if class == REPLICA {
            return Err(
                "A synchronization replica must be created only by the mean of triggers".to_owned(),
            );
        }
        let stored: Vec<&Attribute> = attributes(class)
            .filter(|own| writable(own) && !matches!(own.kind, Kind::Set | Kind::Links))
            .collect();
        let fields = stored
            .iter()
            .map(|own| (own.code.clone(), own.default.clone()));
        let mut object = Object {
            class: known.name,
            fields: fields.collect(),
        };
        for (code, value) in given {
            set(&mut object, code, value)?;
        }
        let codes: Vec<&str> = stored.iter().map(|own| own.code.as_str()).collect();
        refused(&self.issues(None, &object, &codes), class, "-1")?;
        if class == SOURCE && !MODEL.contains_key(text(&object.fields["scope_class"]).as_str()) {
            return Err(format!(
                "Unknown class '{}'",
                text(&object.fields["scope_class"])
            ));
        }
        let id = self.put(object);
        match class {
            SOURCE => self.source_made(id),
            LINK => self.link_made(id),
            _ => {}
        }
        Ok(id)
    }

    pub(super) fn put(&mut self, object: Object) -> u64 {
        let table = root(object.class).unwrap();
        let next = self.next.entry(table).or_default();
        *next += 1;
        let id = *next;
        self.objects.insert((table, id), object);
        id
    }

    /// Changes an object; tells whether anything did change.
    pub(super) fn update(
        &mut self,
        place: Place,
        given: &[(String, Value)],
    ) -> Result<bool, String> {
        let before = self.objects[&place].clone();
        let mut object = before.clone();
        for (code, value) in given {
            set(&mut object, code, value)?;
        }
        let codes = object.fields.keys();
        let changed: Vec<&str> = codes
            .filter(|code| object.fields[*code] != before.fields[*code])
            .map(String::as_str)
            .collect();
        if changed.is_empty() {
            return Ok(false);
        }
        let issues = self.issues(Some(place.1), &object, &changed);
        refused(&issues, object.class, &place.1.to_string())?;
        self.objects.insert(place, object);
        if place.0 == LINK {
            self.link_changed(&before, place.1);
        }
        Ok(true)
    }

    /// A new source gets an attribute for each that may be written, locked and updated.
    pub(super) fn source_made(&mut self, id: u64) {
        let source = self.objects.get_mut(&(SOURCE, id)).unwrap();
        let class = text(&source.fields["scope_class"]);
        if source.fields["database_table_name"] == "" {
            let table = format!("synchro_data_{}_{id}", class.to_lowercase());
            source
                .fields
                .insert("database_table_name".to_owned(), json!(table));
        }
        for own in attributes(&class).filter(|own| writable(own) && own.kind != Kind::Set) {
            let kind = match own.kind {
                Kind::Key => "SynchroAttExtKey",
                Kind::Links => "SynchroAttLinkSet",
                _ => "SynchroAttribute",
            };
            let key = MODEL[class.as_str()].reconcile.contains(&own.code.as_str());
            let fields =
                json!({"sync_source_id": id, "attcode": own.code, "reconcile": u8::from(key)});
            self.make(kind, &fields).unwrap();
        }
    }

    /// Links between two network devices that say a thing.
    pub(super) fn links(&self, device: &Value, network: &Value, ports: [&Value; 2]) -> Vec<Place> {
        self.select(LINK, |id, link| {
            link.fields["connectableci_id"] == *device
                && link.fields["networkdevice_id"] == *network
                && self.equals(id, link, "network_port", ports[0])
                && self.equals(id, link, "device_port", ports[1])
        })
    }

    /// The link as the other end tells it; none when that end is no network device.
    pub(super) fn mirrored(&self, link: &Object) -> Option<Object> {
        let fields = &link.fields;
        let other = self.object("ConnectableCI", id_of(&fields["connectableci_id"]))?;
        let other_type = match fields["connection_type"] == "uplink" {
            true => "downlink",
            false => "uplink",
        };
        let turned = json!({
            "networkdevice_id": fields["connectableci_id"],
            "connectableci_id": fields["networkdevice_id"],
            "network_port": fields["device_port"],
            "device_port": fields["network_port"],
            "connection_type": other_type,
        });
        (other.class == "NetworkDevice").then(|| Object {
            class: link.class,
            fields: turned.as_object().unwrap().clone(),
        })
    }

    pub(super) fn twins(&self, turned: &Object) -> Vec<Place> {
        let fields = &turned.fields;
        self.links(
            &fields["connectableci_id"],
            &fields["networkdevice_id"],
            [&fields["network_port"], &fields["device_port"]],
        )
    }

    pub(super) fn link_made(&mut self, id: u64) {
        if let Some(turned) = self.mirrored(&self.objects[&(LINK, id)])
            && self.twins(&turned).is_empty()
        {
            self.put(turned);
        }
    }

    pub(super) fn link_changed(&mut self, before: &Object, id: u64) {
        let now = self.mirrored(&self.objects[&(LINK, id)]);
        let Some(was) = self.mirrored(before) else {
            // The server looks for a twin with its ports the wrong way round.
            if let Some(turned) = now {
                let fields = &turned.fields;
                let ports = [&fields["device_port"], &fields["network_port"]];
                let twins = self.links(
                    &fields["connectableci_id"],
                    &fields["networkdevice_id"],
                    ports,
                );
                if twins.is_empty() {
                    self.put(turned);
                }
            }
            return;
        };
        for twin in self.twins(&was) {
            if self.objects[&twin].fields["connection_type"] != was.fields["connection_type"] {
                continue;
            }
            match &now {
                Some(turned) => self.objects.insert(twin, turned.clone()),
                None => self.objects.remove(&twin),
            };
        }
    }
}

pub(super) fn set(object: &mut Object, code: &str, value: &Value) -> Result<(), String> {
    if code == "finalclass" {
        return Ok(());
    }
    let attribute = find_attribute(object.class, code)
        .ok_or_else(|| format!("Unknown attribute code '{code}'"))?;
    if !writable(attribute) {
        return Err(format!(
            "{code}: Attempting to set the value on the read-only attribute {}::{code}",
            object.class
        ));
    }
    if matches!(attribute.kind, Kind::Set | Kind::Links | Kind::Blob) {
        return Err(format!("{code}: the fake does not write sets and images"));
    }
    let value = real(attribute, value).map_err(|words| format!("{code}: {words}"))?;
    object.fields.insert(code.to_owned(), value);
    Ok(())
}

pub(super) fn refused(issues: &[String], class: &str, id: &str) -> Result<(), String> {
    if issues.is_empty() {
        return Ok(());
    }
    let pairs = issues.iter().enumerate();
    let pairs: Vec<String> = pairs.map(|(at, words)| format!("{at}=>{words}")).collect();
    Err(format!(
        "{}: issues = {{{}}}, class = {class}, id = {id}",
        issues.join(", "),
        pairs.join("; ")
    ))
}
