//! Accounts that makers set at the factory: `models/factory_logins.yaml`.
use crate::data::{Diagnostics, Limits, Source, Spanned, suggest};
use crate::model::class::ClassTable;
use arpenteur_wire::http::{Login, Method, request};
use regex::Regex;
use serde::Deserialize;
use std::collections::BTreeSet;

/// One account of a maker.
#[derive(Debug, Clone)]
pub struct FactoryLogin {
    /// Name in evidence.
    pub id: String,
    /// User name.
    pub user: String,
    /// Password, which may be empty.
    pub password: String,
    vendor: String,
    class: Option<String>,
    path: Option<String>,
    realm: Option<Regex>,
}

/// Every account known, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct FactoryLogins(Vec<FactoryLogin>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    logins: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Spanned<String>,
    vendor: Spanned<String>,
    class: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    realm: Option<Spanned<String>>,
    user: Spanned<String>,
    password: String,
    /// The maker's document: for those who look the list through.
    source: Spanned<String>,
}

impl FactoryLogins {
    /// Reads the list.
    ///
    /// # Errors
    /// Every mistake, at its place.
    pub fn load(file: &str, bytes: &[u8], classes: &ClassTable) -> Result<Self, Diagnostics> {
        let source = Source::new(file, bytes, Limits::default())?;
        let raw: File = source.parse()?;
        let mut errors = Diagnostics::default();
        if raw.version.value != 1 {
            errors.push(source.error(&raw.version, "the version of this format is 1"));
        }
        let mut ids = BTreeSet::new();
        let mut logins = Vec::new();
        for entry in raw.logins {
            if !ids.insert(entry.id.value.clone()) {
                let message = format!("`{}` stands twice", entry.id.value);
                errors.push(source.error(&entry.id, message));
            }
            logins.push(entry.read(&source, classes, &mut errors));
        }
        errors.into_result(Self(logins))
    }

    /// The account of this name.
    pub fn get(&self, id: &str) -> Option<&FactoryLogin> {
        self.0.iter().find(|login| login.id == id)
    }

    /// The accounts of a maker's devices of a class.
    pub(super) fn of<'a>(
        &'a self,
        vendor: &'a str,
        class: Option<&'a str>,
    ) -> impl Iterator<Item = &'a FactoryLogin> {
        self.0.iter().filter(move |login| {
            login.vendor.eq_ignore_ascii_case(vendor)
                && (login.class.is_none() || login.class.as_deref() == class)
        })
    }
}

impl FactoryLogin {
    /// Whether the account may be tried where this page asked for this realm.
    pub(super) fn fits(&self, path: &str, realm: &str) -> bool {
        self.path.as_deref().is_none_or(|wanted| wanted == path)
            && self
                .realm
                .as_ref()
                .is_none_or(|wanted| wanted.is_match(realm))
    }

    /// The account as it is sent.
    pub fn login(&self) -> Login<'_> {
        Login {
            user: &self.user,
            password: &self.password,
        }
    }
}

impl Entry {
    /// The account, and what is wrong with it.
    fn read(
        self,
        source: &Source<'_>,
        classes: &ClassTable,
        errors: &mut Diagnostics,
    ) -> FactoryLogin {
        for text in [&self.id, &self.vendor, &self.user, &self.source] {
            if text.value.trim().is_empty() {
                errors.push(source.error(text, "may not be empty"));
            }
        }
        if let Some(class) = &self.class
            && classes.get(&class.value).is_none()
        {
            let error = source.error(class, format!("no class `{}`", class.value));
            errors.push(match suggest(&class.value, classes.ids()) {
                Some(help) => error.help(help),
                None => error,
            });
        }
        if let Some(path) = &self.path
            && request(Method::Get, "host", &path.value, None).is_err()
        {
            errors.push(source.error(path, format!("`{}` is not a path", path.value)));
        }
        let realm = self.realm.and_then(|text| match Regex::new(&text.value) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                errors.push(source.error(&text, error.to_string()));
                None
            }
        });
        let login = FactoryLogin {
            id: self.id.value.clone(),
            user: self.user.value.clone(),
            password: self.password,
            vendor: self.vendor.value,
            class: self.class.map(|class| class.value),
            path: self.path.map(|path| path.value),
            realm,
        };
        if !login.login().is_valid() {
            let message = "an account holds no control characters, and its user name no colon";
            errors.push(source.error(&self.user, message));
        }
        login
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "version: 1\nlogins:\n";

    fn load(lines: &str) -> Result<FactoryLogins, Diagnostics> {
        let classes = include_bytes!("../../../../../models/classes.yaml");
        let classes = ClassTable::load("models/classes.yaml", classes).unwrap();
        FactoryLogins::load("f.yaml", format!("{HEAD}{lines}").as_bytes(), &classes)
    }

    #[test]
    fn the_list_of_the_program_loads() {
        let file = include_str!("../../../../../models/factory_logins.yaml");
        let logins = load(file.split_once(HEAD).unwrap().1).unwrap();
        let user = |vendor, class| logins.of(vendor, class).map(|login| login.user.as_str());
        assert_eq!(user("netgear", None).collect::<Vec<_>>(), ["admin"]);
        assert_eq!(user("Sony", Some("printer")).count(), 0);
        assert_eq!(user("Nobody", None).count(), 0);
        let sdm = logins.get("cisco-sdm").unwrap();
        assert!(sdm.fits("/", "level_15_access") && !sdm.fits("/", "level_1_access"));
    }

    #[test]
    fn each_mistake_is_told_at_its_place() {
        let entry =
            |more: &str| format!("  - {{id: a, vendor: V, password: p, source: s, {more}}}\n");
        let good = entry("user: u");
        assert!(load(&good).is_ok());
        let cases = [
            (format!("{good}{good}"), "f.yaml:4:10", "stands twice"),
            (
                entry("user: u, class: camra"),
                "f.yaml:3:64",
                "no class `camra`",
            ),
            (entry("user: u, path: index"), "f.yaml:3:63", "not a path"),
            (
                entry("user: u, realm: '('"),
                "f.yaml:3:64",
                "regex parse error",
            ),
            (entry("user: 'a:b'"), "f.yaml:3:54", "no colon"),
            (entry("user: ''"), "f.yaml:3:54", "may not be empty"),
            (entry("usr: u"), "f.yaml:3:48", "usr"),
        ];
        for (lines, place, message) in cases {
            let told = load(&lines).unwrap_err().to_string();
            assert!(told.contains(place) && told.contains(message), "{told}");
        }
    }
}
