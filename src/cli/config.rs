//! Running configurations that the client gave, as evidence.
use super::Failure;
use arpenteur_core::data::sha256_hex;
use arpenteur_core::family::config::{MOST_BYTES, config_exchange, introduce};
use arpenteur_core::model::{
    DataSource, Exchange, Locator, Question, RecordingLine, SiteId, Target,
};
use arpenteur_core::scope::Scope;
use std::collections::BTreeSet;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// `FILE[@ADDRESS]`, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    address: Option<IpAddr>,
}

impl FromStr for ConfigFile {
    type Err = std::convert::Infallible;
    /// What stands behind the last `@` is an address or part of the file's name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let split = text.rsplit_once('@').and_then(|(path, address)| {
            let address = address.parse().ok()?;
            Some((path, address))
        });
        Ok(match split {
            Some((path, address)) => Self {
                path: path.into(),
                address: Some(address),
            },
            None => Self {
                path: text.into(),
                address: None,
            },
        })
    }
}

/// Configurations as exchanges, with the hashes of their files.
#[derive(Debug, Default)]
pub(crate) struct Configs {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) sources: Vec<DataSource>,
}

impl Configs {
    /// Reads every file.
    ///
    /// # Errors
    /// Where one is no configuration that we know, is too large, belongs to no site, or belongs to
    /// a device that another one speaks of.
    pub(crate) fn read(files: &[ConfigFile], scope: &Scope) -> Result<Self, Failure> {
        let mut configs = Self::default();
        let mut seen = BTreeSet::new();
        for file in files {
            let bytes = bounded(&file.path)?;
            let target = file.target(&bytes, scope)?;
            if !seen.insert(target.clone()) {
                return Err(file.wrong(&format!(
                    "another configuration is that of {target} too\nhelp: say whose each is: --config FILE@ADDRESS"
                )));
            }
            let text = String::from_utf8_lossy(&bytes);
            configs.exchanges.push(config_exchange(target, &text));
            configs
                .sources
                .push(super::run::source(&file.path, sha256_hex(&bytes)));
        }
        Ok(configs)
    }

    /// Lines of the journal for these and those of a recording; these have the word. Nobody asks
    /// a session for configurations, so they are written down by themselves.
    pub(crate) fn lines(&self, recorded: &[Exchange]) -> Vec<RecordingLine> {
        let newer = |exchange: &Exchange| {
            let mut given = self.exchanges.iter();
            given.any(|other| other.target == exchange.target)
        };
        let recorded = recorded
            .iter()
            .filter(|exchange| exchange.question == Question::Config && !newer(exchange));
        let all = recorded.chain(&self.exchanges).cloned();
        all.map(RecordingLine::Exchange).collect()
    }
}

impl ConfigFile {
    fn wrong(&self, reason: &str) -> Failure {
        format!("{}: {reason}", self.path.display()).into()
    }

    /// Which device the file speaks of.
    fn target(&self, bytes: &[u8], scope: &Scope) -> Result<Target, Failure> {
        let text = String::from_utf8_lossy(bytes);
        let introduction = introduce(&text).ok_or_else(|| {
            self.wrong("no running configuration in a language that this program reads\nhelp: `show running-config`, `display current-configuration`, `show configuration`, `show full-configuration` or `/export`, saved as text, whole")
        })?;
        let sites = &scope.audit().sites;
        let Some(address) = self.address else {
            let first = sites
                .first()
                .map_or_else(String::new, |site| site.id.clone());
            let file = || self.path.file_name().unwrap_or_default().to_string_lossy();
            let name = introduction.hostname.unwrap_or_else(|| file().into_owned());
            return Ok(Target {
                site: SiteId(first),
                locator: Locator::File(name),
            });
        };
        let home = sites
            .iter()
            .find(|site| scope.place(&SiteId(site.id.clone()), address).is_ok());
        let home = home.ok_or_else(|| {
            self.wrong(&format!("{address} lies in no network of audit.yaml, or is excluded\nhelp: correct the address, or add its network to a site"))
        })?;
        Ok(Target::new(home.id.clone(), address))
    }
}

/// A file's bytes, no more than a configuration may have.
fn bounded(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let wrong = |reason: String| -> Failure {
        format!("cannot read {name}: {reason}\nhelp: --config takes a running configuration saved as a text file").into()
    };
    let file = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
    let known = file.metadata().map_err(|error| wrong(error.to_string()))?;
    if !known.is_file() {
        return Err(wrong("it is no file".to_owned()));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| wrong(error.to_string()))?;
    if bytes.len() > MOST_BYTES {
        let most = MOST_BYTES >> 20;
        return Err(wrong(format!("it is larger than {most} MiB")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_behind_the_last_at_sign_and_anything_else_is_a_name() {
        let cases = [
            ("sw1.txt", "sw1.txt", None),
            ("sw1.txt@10.0.0.1", "sw1.txt", Some("10.0.0.1")),
            ("a@b.txt", "a@b.txt", None),
            ("a@b.txt@fd00::1", "a@b.txt", Some("fd00::1")),
        ];
        for (typed, path, address) in cases {
            let Ok(file) = typed.parse::<ConfigFile>();
            assert_eq!(file.path, Path::new(path), "{typed}");
            assert_eq!(
                file.address,
                address.and_then(|address| address.parse().ok())
            );
        }
    }
}
