//! The data files that the program carries, and a user's folder that overrides them.
use arpenteur_core::check::{Catalogue, Check, Mutation, mutate};
use arpenteur_core::data::{Diagnostic, Diagnostics, sha256_hex};
use arpenteur_core::family::{Banners, FactoryLogins, Families, Makers, config};
use arpenteur_core::inventory::Lifecycle;
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{Answer, DataSource, Exchange, FactSheet, Language, Question, Target};
use arpenteur_core::report::{Messages, Reports};
use arpenteur_core::size::SizingModel;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::path::Path;

macro_rules! embedded {
    ($name:ident, $folder:literal, $include:literal) => {
        #[derive(RustEmbed)]
        #[folder = $folder]
        #[include = $include]
        struct $name;
    };
}

embedded!(CheckFiles, "checks/", "**/*.yaml");
#[derive(RustEmbed)]
#[folder = "families/"]
struct FamilyFiles;
#[derive(RustEmbed)]
#[folder = "banners/"]
struct BannerFiles;
embedded!(ModelFiles, "models/", "*");
#[derive(RustEmbed)]
#[folder = "templates/"]
struct TemplateFiles;

/// (path, bytes) of a folder's files, sorted by path.
type Files = Vec<(String, Vec<u8>)>;

/// What recognises devices: all that `identify` needs, and quick to load.
pub struct Knowledge {
    /// Device classes.
    pub classes: ClassTable,
    /// Device families, makers and greetings.
    pub families: Families,
    /// Hashes for the report.
    sources: Vec<DataSource>,
}

impl Knowledge {
    /// Loads what the program carries; files of `folder` (`families/`, `banners/`, `models/`
    /// below it) replace those of the same path and join the others.
    ///
    /// # Errors
    /// Every mistake in a data file, at its place.
    pub fn load(folder: Option<&Path>) -> Result<Self, Diagnostics> {
        let built_in = embedded_files::<FamilyFiles>("families");
        let families = own_files("families", folder)?;
        let greetings = embedded_files::<BannerFiles>("banners");
        let own_greetings = own_files("banners", folder)?;
        let models = files::<ModelFiles>("models", folder)?;
        let (path, bytes) = one(&models.0, "classes.yaml")?;
        let classes = ClassTable::load(path, bytes)?;
        let makers = Makers::load(
            one(&models.0, "makers.yaml")?,
            one(&models.0, "enterprises.tsv")?,
            &classes,
        )?;
        let (path, logins) = one(&models.0, "factory_logins.yaml")?;
        let loaded = Families::load_over(&built_in, &families, &classes)?
            .with_makers(makers)
            .with_factory_logins(FactoryLogins::load(path, logins, &classes)?)
            .with_banners(Banners::load(&greetings, &own_greetings, &classes)?);
        let every_greeting: Files = greetings.into_iter().chain(own_greetings.clone()).collect();
        let sources = vec![
            source("families", loaded.sha256(), families.is_empty()),
            source(
                "banners",
                &folder_sha256(&every_greeting),
                own_greetings.is_empty(),
            ),
            source("classes", &sha256_hex(bytes), models.1),
            source(
                "makers",
                &sha256_hex(one(&models.0, "makers.yaml")?.1),
                models.1,
            ),
            source("factory_logins", &sha256_hex(logins), models.1),
        ];
        Ok(Self {
            classes,
            families: loaded,
            sources,
        })
    }
}

/// Everything that judges, loaded and checked.
pub struct Data {
    /// What recognises devices.
    pub knowledge: Knowledge,
    /// Checks.
    pub catalogue: Catalogue,
    /// Ends of support.
    pub lifecycle: Lifecycle,
    /// Sizing model.
    pub sizing: SizingModel,
    /// The sizing model that the program carries, to show what was changed.
    pub default_sizing: SizingModel,
    /// Report templates and messages.
    pub reports: Reports,
    /// Hashes for the report.
    pub sources: Vec<DataSource>,
}

impl Data {
    /// Loads what the program carries; files of `folder` (`checks/`, `templates/` and those of
    /// [`Knowledge::load`] below it) replace those of the same path and join the others.
    ///
    /// # Errors
    /// Every mistake in a data file, at its place.
    pub fn load(folder: Option<&Path>) -> Result<Self, Diagnostics> {
        let knowledge = Knowledge::load(folder)?;
        let own_checks = own_files("checks", folder)?;
        let models = files::<ModelFiles>("models", folder)?;
        let templates = files::<TemplateFiles>("templates", folder)?;
        let (path, bytes) = one(&models.0, "sizing.yaml")?;
        let sizing = SizingModel::load(path, bytes, &knowledge.classes)?;
        let default = ModelFiles::get("sizing.yaml")
            .map(|file| file.data.into_owned())
            .unwrap_or_default();
        let default_sizing = SizingModel::load("models/sizing.yaml", &default, &knowledge.classes)?;
        let catalogue = Catalogue::load_over(&embedded_files::<CheckFiles>("checks"), &own_checks)?;
        let (path, bytes) = one(&models.0, "lifecycle.yaml")?;
        let lifecycle = Lifecycle::load(path, bytes)?;
        let mut sources = vec![source(
            "catalogue",
            catalogue.sha256(),
            own_checks.is_empty(),
        )];
        sources.extend(knowledge.sources.iter().cloned());
        sources.push(source("sizing", &sizing.sha256, models.1));
        sources.push(source("lifecycle", &sha256_hex(bytes), models.1));
        Ok(Self {
            reports: Reports::load(&templates.0)?,
            knowledge,
            catalogue,
            lifecycle,
            sizing,
            default_sizing,
            sources,
        })
    }
}

/// The words of one language, a user's folder included.
///
/// # Errors
/// Message files that cannot be parsed.
pub fn words(folder: Option<&Path>, language: Language) -> Result<Messages, Diagnostics> {
    let templates = files::<TemplateFiles>("templates", folder)?;
    Messages::of_files(&templates.0, language)
}

fn source(name: &str, sha256: &str, built_in: bool) -> DataSource {
    DataSource {
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        built_in,
    }
}

fn folder_sha256(files: &Files) -> String {
    let listing: String = files
        .iter()
        .map(|(path, bytes)| format!("{} {path}\n", sha256_hex(bytes)))
        .collect();
    sha256_hex(listing.as_bytes())
}

impl Data {
    /// Breaks every stable check that is `wanted` and lets its own tests notice.
    ///
    /// # Errors
    /// Files of `folder` that cannot be read or loaded.
    pub fn mutate_checks(
        &self,
        folder: Option<&Path>,
        wanted: &dyn Fn(&Check) -> bool,
    ) -> Result<Mutation, Diagnostics> {
        let mut checks = own_files("checks", folder)?;
        checks.extend(embedded_files::<CheckFiles>("checks"));
        mutate(&self.catalogue, &checks, wanted, &|parser, text| {
            self.read_raw(parser, text)
        })
    }

    /// The facts that a text gives, for the raw tests inside checks: `parser` is a configuration
    /// language (`cisco_ios`), or the command over SSH whose output the text is, `sudo ` before
    /// it where it runs as root.
    ///
    /// # Errors
    /// Where the families read nothing from such a command.
    pub fn read_raw(&self, parser: &str, text: &str) -> Result<FactSheet, String> {
        if let Some(sheet) = config::raw(parser, text) {
            return Ok(sheet);
        }
        let target = Target::new("test", std::net::Ipv4Addr::LOCALHOST.into());
        let (command, sudo) = match parser.strip_prefix("sudo ") {
            Some(command) => (command, true),
            None => (parser, false),
        };
        let question = Question::SshExec {
            port: 22,
            credential: "test".to_owned(),
            command: command.to_owned(),
            sudo,
        };
        let answer = Answer::Exec {
            status: Some(0),
            stdout: text.to_owned(),
            stderr: String::new(),
            truncated: false,
        };
        let exchange = Exchange {
            target: target.clone(),
            question,
            answer,
            at: None,
            elapsed_us: 0,
        };
        let Knowledge {
            families, classes, ..
        } = &self.knowledge;
        let sheet = families.observe(&target, &[exchange], classes).sheet;
        if sheet.states().is_empty() {
            Err(format!("no family reads `{parser}`"))
        } else {
            Ok(sheet)
        }
    }
}

/// A check to begin with, under the id given.
pub fn check_template(id: &str) -> String {
    let file = TemplateFiles::get("check.yaml");
    let text = file.map(|file| String::from_utf8_lossy(&file.data).into_owned());
    text.unwrap_or_default().replace("@ID@", id)
}

/// The commented `audit.yaml` of a language.
pub fn audit_template(language: &str) -> String {
    let file = TemplateFiles::get(&format!("audit.{language}.yaml"));
    file.map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .unwrap_or_default()
}

/// Embedded files, overridden by those of the user's folder; and whether none was.
fn files<E: RustEmbed>(name: &str, folder: Option<&Path>) -> Result<(Files, bool), Diagnostics> {
    let own = own_files(name, folder)?;
    let built_in = own.is_empty();
    let mut files: BTreeMap<String, Vec<u8>> = embedded_files::<E>(name).into_iter().collect();
    files.extend(own);
    Ok((files.into_iter().collect(), built_in))
}

fn embedded_files<E: RustEmbed>(name: &str) -> Files {
    E::iter()
        .filter_map(|path| Some((format!("{name}/{path}"), E::get(&path)?.data.into_owned())))
        .collect()
}

/// Files of the user's folder.
fn own_files(name: &str, folder: Option<&Path>) -> Result<Files, Diagnostics> {
    let mut files = BTreeMap::new();
    if let Some(root) = folder.map(|folder| folder.join(name))
        && root.is_dir()
    {
        add_folder(&root, name, &mut files)?;
    }
    Ok(files.into_iter().collect())
}

fn add_folder(
    folder: &Path,
    name: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), Diagnostics> {
    let failed = |error: std::io::Error| {
        Diagnostic::file(
            &folder.to_string_lossy(),
            format!("cannot be read: {error}"),
        )
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let below = format!(
            "{name}/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        );
        if path.is_dir() {
            add_folder(&path, &below, files)?;
        } else {
            files.insert(below, std::fs::read(&path).map_err(failed)?);
        }
    }
    Ok(())
}

fn one<'a>(files: &'a Files, name: &str) -> Result<(&'a str, &'a [u8]), Diagnostics> {
    let path = format!("models/{name}");
    files
        .iter()
        .find(|(known, _)| *known == path)
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .ok_or_else(|| Diagnostic::file(&path, "is missing").into())
}
