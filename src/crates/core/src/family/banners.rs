//! What a service's greeting says of it: `banners/<protocol>.yaml`.
use super::draft::{Draft, Origin, path};
use super::fill::{Captures, fill, placeholders};
use super::pattern::Pattern;
use super::text::{TextSource, Texts};
use crate::data::{Diagnostics, Limits, Source, Spanned, suggest};
use crate::model::Confidence;
use crate::model::class::ClassTable;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What may be said, in the keys that fingerprint databases share.
pub const KEYS: [&str; 14] = [
    "service.vendor",
    "service.product",
    "service.family",
    "service.version",
    "os.vendor",
    "os.product",
    "os.family",
    "os.version",
    "os.device",
    "hw.vendor",
    "hw.product",
    "hw.family",
    "hw.version",
    "hw.device",
];
/// Largest file, bytes.
const LIMITS: Limits = Limits {
    bytes: 2 << 20,
    depth: 8,
    nodes: 200_000,
};
/// Longest greeting that is looked at, bytes.
const LONGEST: usize = 4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Spanned<u32>,
    protocol: Spanned<String>,
    fingerprints: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    pattern: Spanned<String>,
    set: BTreeMap<String, Spanned<String>>,
    class: Option<Spanned<String>>,
    #[serde(default)]
    map: BTreeMap<String, BTreeMap<String, String>>,
    /// Later fingerprints may add what this one does not say.
    #[serde(default)]
    more: bool,
    #[serde(default)]
    examples: Vec<Spanned<String>>,
}

#[derive(Debug, Clone)]
struct Fingerprint {
    pattern: Pattern,
    set: Vec<(String, String)>,
    class: Option<String>,
    map: BTreeMap<String, BTreeMap<String, String>>,
    more: bool,
    examples: Vec<String>,
}

/// Every fingerprint, by protocol, in the order of its file.
#[derive(Debug, Default)]
pub struct Banners {
    protocols: BTreeMap<String, Protocol>,
}

/// One protocol's file. Of those that the program was built with, most are never needed in a
/// run: each is read when a greeting of its protocol first comes.
#[derive(Debug)]
struct Protocol {
    path: String,
    bytes: Vec<u8>,
    read: OnceLock<Vec<Fingerprint>>,
}

impl Protocol {
    fn fingerprints(&self) -> &[Fingerprint] {
        self.read.get_or_init(|| {
            let source = Source::built_in(&self.path, &self.bytes, LIMITS);
            let found = source.map_err(Diagnostics::from);
            found
                .and_then(|source| read(&source, None))
                .map(|(_, fingerprints)| fingerprints)
                .unwrap_or_default()
        })
    }
}

/// What a greeting says.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct BannerMatch {
    /// By key of [`KEYS`].
    pub values: BTreeMap<String, String>,
    /// Class of device, where the greeting is that of one kind alone.
    pub class: Option<String>,
}

impl Banners {
    /// Takes the files that the program was built with as they are (the tests check them), and
    /// reads those of the user, given as (path, bytes), which replace them.
    ///
    /// # Errors
    /// Every mistake of every file of the user, with its place.
    pub fn load(
        built_in: &[(String, Vec<u8>)],
        files: &[(String, Vec<u8>)],
        classes: &ClassTable,
    ) -> Result<Self, Diagnostics> {
        let mut errors = Diagnostics::default();
        let mut protocols = BTreeMap::new();
        let all = built_in.iter().map(|file| (file, true));
        let all = all.chain(files.iter().map(|file| (file, false)));
        for ((path, bytes), built_in) in all {
            let name = path.rsplit('/').next().unwrap_or(path);
            let Some(name) = name.strip_suffix(".yaml") else {
                continue;
            };
            let protocol = Protocol {
                path: path.clone(),
                bytes: bytes.clone(),
                read: OnceLock::new(),
            };
            if !built_in {
                let source = Source::new(path, bytes, LIMITS).map_err(Diagnostics::from);
                match source.and_then(|source| read(&source, Some(classes))) {
                    Ok((_, fingerprints)) => drop(protocol.read.set(fingerprints)),
                    Err(found) => errors.0.extend(found.0),
                }
            }
            protocols.insert(name.to_owned(), protocol);
        }
        errors.into_result(Self { protocols })
    }

    /// The protocols, each with its number of fingerprints.
    pub fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.protocols
            .iter()
            .map(|(name, protocol)| (name.as_str(), protocol.fingerprints().len()))
    }

    /// How many fingerprints there are.
    pub fn len(&self) -> usize {
        self.counts().map(|(_, count)| count).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a greeting of a protocol says; nothing where no fingerprint knows it.
    pub fn identify(&self, protocol: &str, banner: &str) -> BannerMatch {
        let mut found = BannerMatch::default();
        let end = banner.len().min(LONGEST);
        let end = (0..=end).rev().find(|end| banner.is_char_boundary(*end));
        let banner = banner.get(..end.unwrap_or(0)).unwrap_or_default().trim();
        let known = self.protocols.get(protocol).map(Protocol::fingerprints);
        for fingerprint in known.unwrap_or_default() {
            let Some(captures) = captured(fingerprint, banner) else {
                continue;
            };
            for (key, template) in &fingerprint.set {
                if !found.values.contains_key(key)
                    && let Some(value) = fill(template, &captures)
                {
                    found.values.insert(key.clone(), value);
                }
            }
            found.class = found.class.or_else(|| fingerprint.class.clone());
            if !fingerprint.more {
                break;
            }
        }
        found
    }

    /// Files that cannot be read, patterns that do not compile, and every example that its own
    /// fingerprint does not know, or that an earlier one takes.
    pub fn test(&self, classes: &ClassTable) -> Vec<String> {
        let mut failures = Vec::new();
        for protocol in self.protocols.values() {
            let source = Source::new(&protocol.path, &protocol.bytes, LIMITS);
            let source = source.map_err(Diagnostics::from);
            if let Err(errors) = source.and_then(|source| read(&source, Some(classes))) {
                failures.push(errors.to_string());
            }
        }
        for (protocol, fingerprints) in self
            .protocols
            .iter()
            .map(|(name, protocol)| (name, protocol.fingerprints()))
        {
            for fingerprint in fingerprints {
                if let Err(reason) = fingerprint.pattern.compile() {
                    failures.push(format!("{protocol}: `{}`: {reason}", fingerprint.pattern));
                }
                for example in &fingerprint.examples {
                    let found = self.identify(protocol, example);
                    let own = captured(fingerprint, example.trim()).map(|captures| {
                        let filled = |(key, template): &(String, String)| {
                            Some((key.clone(), fill(template, &captures)?))
                        };
                        let mut own = fingerprint.set.iter().filter_map(filled);
                        own.all(|(key, value)| found.values.get(&key) == Some(&value))
                    });
                    if own != Some(true) {
                        failures.push(format!(
                            "{protocol}: `{}` does not lead on `{example}`",
                            fingerprint.pattern
                        ));
                    }
                }
            }
        }
        failures
    }
}

fn captured(fingerprint: &Fingerprint, banner: &str) -> Option<Captures> {
    let mut found = Captures::new();
    for (name, group) in fingerprint.pattern.captures(banner)? {
        found.insert(name.to_owned(), vec![group.trim().to_owned()]);
    }
    for (name, map) in &fingerprint.map {
        let value = found.get(name).and_then(|texts| texts.first().cloned());
        match value.and_then(|value| map.get(&value).or_else(|| map.get("*")).cloned()) {
            Some(mapped) => found.insert(name.clone(), vec![mapped]),
            None => found.remove(name),
        };
    }
    Some(found)
}

fn read(
    source: &Source<'_>,
    classes: Option<&ClassTable>,
) -> Result<(String, Vec<Fingerprint>), Diagnostics> {
    let file: File = source.parse()?;
    let mut errors = Diagnostics::default();
    if file.version.value != 1 {
        let message = format!("version {} is not known", file.version.value);
        let error = source.error(&file.version, message);
        errors.push(error.help("this program reads version 1"));
    }
    if !source
        .path()
        .ends_with(&format!("{}.yaml", file.protocol.value))
    {
        let help = format!("name the file `{}.yaml`", file.protocol.value);
        let error = source.error(&file.protocol, "protocol and file name differ");
        errors.push(error.help(help));
    }
    let mut fingerprints = Vec::new();
    for entry in file.fingerprints {
        let pattern = match Pattern::new(&entry.pattern.value) {
            Ok(pattern) => pattern,
            Err(reason) => {
                errors.push(source.error(&entry.pattern, format!("not a pattern: {reason}")));
                continue;
            }
        };
        for (key, template) in &entry.set {
            if !KEYS.contains(&key.as_str()) {
                let error = source.error(template, format!("no key `{key}`"));
                errors.push(match suggest(key, KEYS) {
                    Some(help) => error.help(help),
                    None => error,
                });
            }
            for (name, _) in placeholders(&template.value) {
                if !pattern.names().iter().any(|known| known == name) {
                    let message = format!("nothing is captured as `{name}`");
                    errors.push(source.error(template, message));
                }
            }
        }
        if let (Some(class), Some(classes)) = (&entry.class, classes)
            && classes.get(&class.value).is_none()
        {
            let error = source.error(class, format!("no class `{}`", class.value));
            errors.push(match suggest(&class.value, classes.ids()) {
                Some(help) => error.help(help),
                None => error,
            });
        }
        fingerprints.push(Fingerprint {
            pattern,
            set: entry
                .set
                .into_iter()
                .map(|(key, template)| (key, template.value))
                .collect(),
            class: entry.class.map(|class| class.value),
            map: entry.map,
            more: entry.more,
            examples: entry.examples.into_iter().map(|text| text.value).collect(),
        });
    }
    errors.into_result((file.protocol.value, fingerprints))
}

/// Protocols by the texts of the evidence.
const SOURCES: [(TextSource, &str); 7] = [
    (TextSource::SysDescr, "snmp"),
    (TextSource::SshSoftware, "ssh"),
    (TextSource::HttpServer, "http-server"),
    (TextSource::HttpTitle, "html-title"),
    (TextSource::TlsSubject, "tls-certificate-subject"),
    (TextSource::Telnet, "telnet"),
    (TextSource::Ftp, "ftp"),
];

/// Offers what the greetings say: rules of thumb, below everything that a family or a
/// standard's object says.
pub(super) fn offer(banners: &Banners, texts: &Texts, draft: &mut Draft) {
    // Of a known system's sysDescr its family has read all that it says.
    let known = draft.best(&path("os.family")).is_some();
    let sources = SOURCES
        .iter()
        .filter(|(source, _)| *source != TextSource::SysDescr || !known);
    for (source, protocol) in sources.copied() {
        for (text, id) in texts.get(source) {
            let found = banners.identify(protocol, text);
            let by = format!("banner/{protocol}");
            let mut pen = draft.pen(Origin::Fallback, &by);
            let value = |key: &str| found.values.get(key).cloned();
            let facts = [
                ("hardware.mfg_name", value("hw.vendor")),
                ("hardware.model_name", value("hw.product")),
                ("os.name", value("os.product")),
                ("os.version", value("os.version")),
                ("device.class", found.class.clone()),
            ];
            for (at, value) in facts {
                if let Some(value) = value {
                    let ids = std::slice::from_ref(id);
                    pen.offer(&path(at), value.into(), Confidence::Heuristic, ids);
                }
            }
        }
    }
}
