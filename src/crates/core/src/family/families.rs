//! The families loaded, and the questions that they want asked.
use super::banners::Banners;
use super::example::ExampleFailure;
use super::factory::FactoryLogins;
use super::format::{Basis, Condition, Family, Wish};
use super::makers::Makers;
use super::readers;
use super::recognise::{Recognition, recognise};
use super::tabular::Tabular;
use super::text::Texts;
use super::view::View;
use crate::data::{Diagnostic, Diagnostics, sha256_hex};
use crate::model::class::ClassTable;
use crate::model::{Exchange, Observation, Question, Target};
use arpenteur_wire::snmp::Oid;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What a family wants asked; `collect` adds credential, version and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ask {
    /// SNMP GET of these objects.
    SnmpGet(Vec<Oid>),
    /// SNMP walk of this subtree.
    SnmpWalk(Oid),
    /// Which of these subtrees the agent has.
    SnmpNext(Vec<Oid>),
    /// A read-only command over SSH.
    SshExec {
        /// The command line.
        command: String,
        /// Through `sudo -n`.
        sudo: bool,
    },
    /// A read-only command typed into an interactive shell over SSH.
    SshShell(String),
}

/// Score from which on a family's objects are asked for though another leads.
const STRONG: u32 = 10;
/// Score from which on the leading family is taken to know the device.
const KNOWN: u32 = 40;
/// Subtrees asked for in one packet: the answers fit an Ethernet frame.
const SIGNS_AT_A_TIME: usize = 16;

/// One line of `arpenteur families`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FamilySummary {
    /// `vendor/name`.
    pub id: String,
    /// Name for people.
    pub title: String,
    /// What its rules rest on.
    pub basis: Basis,
    /// How many examples it carries.
    pub examples: usize,
}

/// What one family knows, for `arpenteur families explain`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    /// The summary.
    pub summary: FamilySummary,
    /// The family whose questions and readings it takes over.
    pub extends: Option<String>,
    /// The rules that recognise it, one line each.
    pub recognise: Vec<String>,
    /// What it asks, one line each.
    pub ask: Vec<String>,
    /// The fact paths that it reads or states, sorted.
    pub facts: Vec<String>,
}

/// Every family, by id.
#[derive(Debug, Default)]
pub struct Families {
    families: BTreeMap<String, Family>,
    makers: Makers,
    banners: Banners,
    factory_logins: FactoryLogins,
    /// The subtrees whose mere existence is a sign, sorted.
    signs: Vec<Oid>,
    sha256: String,
}

impl Families {
    /// Reads family files, given as (path, bytes). A later file of the same id takes the
    /// earlier one's place, so that a user's folder can override what is built in.
    ///
    /// # Errors
    /// Every error of every file, with its place.
    pub fn load(files: &[(String, Vec<u8>)], classes: &ClassTable) -> Result<Self, Diagnostics> {
        Self::load_over(&[], files, classes)
    }

    /// The same over the files that the program was built with, which are read faster: their
    /// structure needs no check.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_over(
        built_in: &[(String, Vec<u8>)],
        files: &[(String, Vec<u8>)],
        classes: &ClassTable,
    ) -> Result<Self, Diagnostics> {
        let all = || {
            let built_in = built_in.iter().map(|file| (file, true));
            built_in.chain(files.iter().map(|file| (file, false)))
        };
        let mut families = BTreeMap::new();
        let mut errors = Diagnostics::default();
        let mut paths = BTreeMap::new();
        let templates: BTreeMap<String, Tabular> = all()
            .map(|(file, _)| file)
            .filter(|(path, _)| path.ends_with(".textfsm"))
            .map(|(path, bytes)| (path.clone(), Tabular::new(&String::from_utf8_lossy(bytes))))
            .collect();
        let wanted: Vec<_> = all()
            .filter(|((path, _), _)| path.ends_with(".yaml"))
            .collect();
        let loaded: Vec<_> = wanted
            .into_par_iter()
            .map(|((path, bytes), built_in)| {
                let family = Family::load((path, bytes, built_in), &templates, classes);
                (path, family)
            })
            .collect();
        for (path, family) in loaded {
            match family {
                Ok(family) => {
                    paths.insert(family.id.clone(), path.as_str());
                    families.insert(family.id.clone(), family);
                }
                Err(found) => errors.0.extend(found.0),
            }
        }
        for family in families.values() {
            let base = family.extends.as_ref().and_then(|id| families.get(id));
            let path = paths.get(&family.id).copied().unwrap_or_default();
            match (&family.extends, base) {
                (Some(id), None) if errors.0.is_empty() => {
                    errors.push(Diagnostic::file(
                        path,
                        format!("no family `{id}` to extend"),
                    ));
                }
                (Some(id), Some(base)) if base.extends.is_some() => {
                    let message = format!("`{id}` extends another family itself");
                    errors.push(
                        Diagnostic::file(path, message).help("extend a family that stands alone"),
                    );
                }
                _ => {}
            }
        }
        let mut listing: Vec<_> = all()
            .map(|((path, bytes), _)| format!("{} {path}\n", sha256_hex(bytes)))
            .collect();
        listing.sort();
        let sha256 = sha256_hex(listing.concat().as_bytes());
        let signs: BTreeSet<Oid> = families.values().flat_map(signs_of).collect();
        errors.into_result(Self {
            signs: signs.into_iter().collect(),
            families,
            makers: Makers::default(),
            banners: Banners::default(),
            factory_logins: FactoryLogins::default(),
            sha256,
        })
    }

    /// The same with what is known of makers by their registered numbers.
    #[must_use]
    pub fn with_makers(self, makers: Makers) -> Self {
        Self { makers, ..self }
    }

    /// The same with what is known of services' greetings.
    #[must_use]
    pub fn with_banners(self, banners: Banners) -> Self {
        Self { banners, ..self }
    }

    /// The same with the accounts that makers set at the factory.
    #[must_use]
    pub fn with_factory_logins(self, factory_logins: FactoryLogins) -> Self {
        Self {
            factory_logins,
            ..self
        }
    }

    /// The accounts that makers set at the factory.
    pub fn factory_logins(&self) -> &FactoryLogins {
        &self.factory_logins
    }

    /// The factory accounts to try on a device, as far as known now: those of its maker, where
    /// a page asked for one by basic authentication. Whether they may be tried is not said here.
    pub fn factory_questions(
        &self,
        target: &Target,
        exchanges: &[Exchange],
        classes: &ClassTable,
    ) -> Vec<Question> {
        let seen = self.observe(target, exchanges, classes).sheet.facts();
        let Ok(facts) = seen else { return Vec::new() };
        let kind = (
            facts.hardware.mfg_name.as_deref(),
            facts.device.class.as_deref(),
        );
        readers::factory_login::questions(&View::new(exchanges), &self.factory_logins, kind)
    }

    /// What is known of services' greetings.
    pub fn banners(&self) -> &Banners {
        &self.banners
    }

    /// Every family, by id.
    pub(super) fn all(&self) -> impl Iterator<Item = &Family> {
        self.families.values()
    }

    /// What is known of makers.
    pub(super) fn makers(&self) -> &Makers {
        &self.makers
    }

    /// SHA-256 of all files' hashes and names: what the report cites.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Everything this host should be asked as far as known now, in order, including what
    /// was asked already (the caller removes duplicates). To be called again after each
    /// round of answers.
    pub fn asks(&self, exchanges: &[Exchange]) -> Vec<Ask> {
        let view = View::new(exchanges);
        let claims = self.recognise(&view, &Texts::of(&view));
        let mut asks = Vec::new();
        if view.snmp_answered() {
            asks.extend(readers::snmp_asks());
        }
        if view.ssh_logged_in() {
            asks.extend(readers::shell_asks(&view));
        }
        if view.snmp_answered() {
            asks.extend(self.signs(&claims));
        }
        let strong = |(rank, claim): &(usize, &Recognition)| *rank == 0 || claim.score >= STRONG;
        for (rank, claim) in claims.iter().enumerate().filter(strong) {
            for family in self.with_base(&claim.family) {
                // A command goes to the device that it was written for; an SNMP object that
                // an agent does not have costs one answer.
                let wishes = family.asks.iter().filter(|wish| match wish {
                    Wish::Command { .. } | Wish::Shell(_) => rank == 0 && view.ssh_logged_in(),
                    _ => view.snmp_answered(),
                });
                asks.extend(wishes.cloned().map(Ask::from));
            }
        }
        let mut seen = std::collections::HashSet::new();
        asks.retain(|ask| seen.insert(ask.clone()));
        asks
    }

    /// The subtrees whose mere existence is a sign, asked for in packets of a fixed make-up (so
    /// that none is asked twice): all of them of a device that nobody knows, else those of the
    /// families that have a claim.
    fn signs(&self, claims: &[Recognition]) -> Vec<Ask> {
        let known = claims.first().is_some_and(|best| {
            let family = self.families.get(&best.family);
            best.score >= KNOWN && family.is_some_and(|family| !family.fallback)
        });
        let wanted: BTreeSet<Oid> = claims
            .iter()
            .filter(|claim| known && claim.score >= STRONG)
            .filter_map(|claim| self.families.get(&claim.family))
            .flat_map(signs_of)
            .collect();
        self.signs
            .chunks(SIGNS_AT_A_TIME)
            .filter(|signs| !known || signs.iter().any(|sign| wanted.contains(sign)))
            .map(|signs| Ask::SnmpNext(signs.to_vec()))
            .collect()
    }

    /// Facts of one target from all its exchanges; the same whatever their order.
    pub fn observe(
        &self,
        target: &Target,
        exchanges: &[Exchange],
        classes: &ClassTable,
    ) -> Observation {
        super::observe::observe(self, target, exchanges, classes)
    }

    /// Facts of one target as a family reads them, whatever recognises it: to measure the
    /// reading of one command's output.
    pub fn observe_as(
        &self,
        id: &str,
        target: &Target,
        exchanges: &[Exchange],
        classes: &ClassTable,
    ) -> Option<Observation> {
        self.families.contains_key(id).then(|| {
            let claim = Recognition {
                family: id.to_owned(),
                score: 1,
                evidence: Vec::new(),
            };
            super::observe::observe_as(self, vec![claim], target, exchanges, classes)
        })
    }

    /// Every family, by id.
    pub fn list(&self) -> Vec<FamilySummary> {
        self.families.values().map(summary).collect()
    }

    /// What one family knows.
    pub fn explain(&self, id: &str) -> Option<Explanation> {
        let family = self.families.get(id)?;
        let stated = family.set.iter().map(|(path, _)| path);
        let read = family.reads.iter().flat_map(|read| {
            let list = read.rows.iter().map(|rows| &rows.path);
            read.set.iter().map(|(path, ..)| path).chain(list)
        });
        let mut facts: Vec<String> = stated.chain(read).map(ToString::to_string).collect();
        facts.sort();
        facts.dedup();
        Some(Explanation {
            summary: summary(family),
            extends: family.extends.clone(),
            recognise: family.rules.iter().map(ToString::to_string).collect(),
            ask: family
                .asks
                .iter()
                .cloned()
                .map(|wish| Ask::from(wish).to_string())
                .collect(),
            facts,
        })
    }

    /// Runs every family's examples; what failed, by family and example.
    pub fn test(&self, classes: &ClassTable) -> Vec<ExampleFailure> {
        let mut failures = Vec::new();
        for family in self.families.values() {
            match family.examples.parse() {
                Ok(examples) => failures.extend(
                    examples
                        .iter()
                        .flat_map(|example| example.run(self, &family.id, classes)),
                ),
                Err(mistake) => failures.push(ExampleFailure {
                    family: family.id.clone(),
                    example: "examples".to_owned(),
                    message: mistake.to_string(),
                }),
            }
        }
        failures
    }

    /// The claims on a device, best first.
    pub(super) fn recognise(&self, view: &View<'_>, texts: &Texts) -> Vec<Recognition> {
        recognise(self.families.values(), view, texts)
    }

    /// The class that a family states, itself or by the one that it extends.
    pub(super) fn class(&self, id: &str) -> Option<&str> {
        self.with_base(id)
            .flat_map(|family| &family.set)
            .find(|(path, _)| path.to_string() == "device.class")
            .and_then(|(_, value)| value.as_str())
    }

    /// Whether a family is for what nobody knows better.
    pub(super) fn is_fallback(&self, id: &str) -> bool {
        self.families.get(id).is_some_and(|family| family.fallback)
    }

    /// A family and the one that it extends.
    pub(super) fn with_base(&self, id: &str) -> impl Iterator<Item = &Family> {
        let family = self.families.get(id);
        let base = family
            .and_then(|family| family.extends.as_ref())
            .and_then(|id| self.families.get(id));
        family.into_iter().chain(base)
    }
}

/// The subtrees that a family takes for signs, beside those that every agent is asked for.
fn signs_of(family: &Family) -> Vec<Oid> {
    let rules = family
        .rules
        .iter()
        .filter_map(|rule| match &rule.condition {
            Condition::Has(root) => Some(root),
            _ => None,
        });
    let reads = family.reads.iter().flat_map(|read| &read.has);
    let asked = |root: &&Oid| readers::subtrees().any(|walked| root.starts_with(&walked));
    rules
        .chain(reads)
        .filter(|root| !asked(root))
        .cloned()
        .collect()
}

fn summary(family: &Family) -> FamilySummary {
    FamilySummary {
        id: family.id.clone(),
        title: family.title.clone(),
        basis: family.basis,
        examples: family.examples.len(),
    }
}

impl From<Wish> for Ask {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Get(oids) => Self::SnmpGet(oids),
            Wish::Walk(root) => Self::SnmpWalk(root),
            Wish::Command { command, sudo } => Self::SshExec { command, sudo },
            Wish::Shell(command) => Self::SshShell(command),
        }
    }
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SnmpGet(oids) => {
                let oids: Vec<_> = oids.iter().map(ToString::to_string).collect();
                write!(f, "snmp get {}", oids.join(" "))
            }
            Self::SnmpWalk(root) => write!(f, "snmp walk {root}"),
            Self::SnmpNext(roots) => write!(f, "snmp next of {} subtrees", roots.len()),
            Self::SshExec {
                command,
                sudo: true,
            } => write!(f, "ssh exec sudo -n {command}"),
            Self::SshExec { command, .. } => write!(f, "ssh exec {command}"),
            Self::SshShell(command) => write!(f, "ssh shell {command}"),
        }
    }
}
