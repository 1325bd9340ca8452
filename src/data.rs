//! The data files that the program carries, and a user's folder that overrides them.
use arpenteur_core::check::Catalogue;
use arpenteur_core::data::{Diagnostic, Diagnostics, sha256_hex};
use arpenteur_core::family::{Banners, Families, Makers};
use arpenteur_core::model::class::ClassTable;
use arpenteur_core::model::{Answer, DataSource, Exchange, FactSheet, Question, Target};
use arpenteur_core::report::Reports;
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

/// Everything that judges, loaded and checked.
pub struct Data {
    /// Device classes.
    pub classes: ClassTable,
    /// Device families.
    pub families: Families,
    /// Checks.
    pub catalogue: Catalogue,
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
    /// Loads what the program carries; files of `folder` (`checks/`, `families/`, `models/`,
    /// `templates/` below it) replace those of the same path and join the others.
    ///
    /// # Errors
    /// Every mistake in a data file, at its place.
    pub fn load(folder: Option<&Path>) -> Result<Self, Diagnostics> {
        let checks = files::<CheckFiles>("checks", folder)?;
        let families = files::<FamilyFiles>("families", folder)?;
        let models = files::<ModelFiles>("models", folder)?;
        let templates = files::<TemplateFiles>("templates", folder)?;
        let (classes_path, classes_bytes) = one(&models.0, "classes.yaml")?;
        let classes = ClassTable::load(classes_path, classes_bytes)?;
        let (sizing_path, sizing_bytes) = one(&models.0, "sizing.yaml")?;
        let sizing = SizingModel::load(sizing_path, sizing_bytes, &classes)?;
        let default = ModelFiles::get("sizing.yaml")
            .map(|file| file.data.into_owned())
            .unwrap_or_default();
        let default_sizing = SizingModel::load("models/sizing.yaml", &default, &classes)?;
        let catalogue = Catalogue::load(&checks.0)?;
        let makers = Makers::load(
            one(&models.0, "makers.yaml")?,
            one(&models.0, "enterprises.tsv")?,
            &classes,
        )?;
        let banners = files::<BannerFiles>("banners", folder)?;
        let banners = Banners::load(&banners.0, &classes)?;
        let families_loaded = Families::load(&families.0, &classes)?
            .with_makers(makers)
            .with_banners(banners);
        let source = |name: &str, sha256: &str, built_in| DataSource {
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            built_in,
        };
        let sources = vec![
            source("catalogue", catalogue.sha256(), checks.1),
            source("families", families_loaded.sha256(), families.1),
            source("classes", &sha256_hex(classes_bytes), models.1),
            source("sizing", &sizing.sha256, models.1),
        ];
        Ok(Self {
            reports: Reports::load(&templates.0)?,
            families: families_loaded,
            classes,
            catalogue,
            sizing,
            default_sizing,
            sources,
        })
    }
}

impl Data {
    /// The facts that a text gives, for the raw tests inside checks: `parser` is the command
    /// over SSH whose output the text is, `sudo ` before it where it runs as root.
    ///
    /// # Errors
    /// Where the families read nothing from such a command.
    pub fn read_raw(&self, parser: &str, text: &str) -> Result<FactSheet, String> {
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
        let sheet = self
            .families
            .observe(&target, &[exchange], &self.classes)
            .sheet;
        if sheet.states().is_empty() {
            Err(format!("no family reads `{parser}`"))
        } else {
            Ok(sheet)
        }
    }
}

/// The commented `audit.yaml` of a language.
pub fn audit_template(language: &str) -> String {
    let file = TemplateFiles::get(&format!("audit.{language}.yaml"));
    file.map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .unwrap_or_default()
}

/// Embedded files, overridden by those of the user's folder; and whether none was.
fn files<E: RustEmbed>(name: &str, folder: Option<&Path>) -> Result<(Files, bool), Diagnostics> {
    let mut files: BTreeMap<String, Vec<u8>> = E::iter()
        .filter_map(|path| Some((format!("{name}/{path}"), E::get(&path)?.data.into_owned())))
        .collect();
    let mut built_in = true;
    if let Some(folder) = folder {
        let root = folder.join(name);
        if root.is_dir() {
            built_in = false;
            add_folder(&root, name, &mut files)?;
        }
    }
    Ok((files.into_iter().collect(), built_in))
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
