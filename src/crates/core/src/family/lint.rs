//! What a reviewer of a family would object to.
use super::families::Families;
use super::format::{Condition, Family, From, Wish};
use super::pattern::Pattern;
use super::readers;
use arpenteur_wire::snmp::Oid;

/// One objection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Objection {
    /// The family.
    pub family: String,
    /// What is wrong, and how to mend it.
    pub message: String,
}

impl std::fmt::Display for Objection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.family, self.message)
    }
}

impl Families {
    /// Patterns and templates that do not compile, objects that rules look at and nobody asks
    /// for, and families that could never be told apart.
    pub fn lint(&self) -> Vec<Objection> {
        let mut objections = Vec::new();
        for family in self.all() {
            let mut object = |message: String| {
                objections.push(Objection {
                    family: family.id.clone(),
                    message,
                });
            };
            for (at, pattern) in patterns(family) {
                if let Err(reason) = pattern.compile() {
                    object(format!("`{pattern}` ({at}): {reason}"));
                }
            }
            for read in &family.reads {
                if let From::Tabular(command, template) = &read.from
                    && let Err(reason) = template.check()
                {
                    object(format!("template of `{command}`: {reason}"));
                }
            }
            let asked = self.asked(family);
            for oid in looked_at(family) {
                if !asked.iter().any(|root| oid.starts_with(root)) {
                    object(format!(
                        "looks at {oid}, which nobody asks for: add it to `ask`"
                    ));
                }
            }
            for command in commands(family) {
                let known = self.with_base(&family.id).flat_map(|family| &family.asks);
                let mut known = known.filter_map(|wish| match wish {
                    Wish::Command { command, .. } | Wish::Shell(command) => Some(command.as_str()),
                    _ => None,
                });
                if !known.any(|asked| asked == command) && !readers::runs(command) {
                    object(format!(
                        "reads `{command}`, which nobody asks for: add it to `ask`"
                    ));
                }
            }
        }
        objections.sort();
        objections.dedup();
        objections
    }

    /// Subtrees that are asked for when this family leads or has a claim.
    fn asked(&self, family: &Family) -> Vec<Oid> {
        let own = self.with_base(&family.id).flat_map(|family| &family.asks);
        let own = own.flat_map(|wish| match wish {
            Wish::Get(oids) => oids.clone(),
            Wish::Walk(root) => vec![root.clone()],
            Wish::Command { .. } | Wish::Shell(_) => Vec::new(),
        });
        own.chain(readers::subtrees()).collect()
    }
}

fn patterns(family: &Family) -> Vec<(&'static str, &Pattern)> {
    let rules = family
        .rules
        .iter()
        .filter_map(|rule| match &rule.condition {
            Condition::Text(_, pattern)
            | Condition::Scalar(_, pattern)
            | Condition::Command(_, pattern) => Some(("recognise", pattern)),
            _ => None,
        });
    let reads = family.reads.iter().filter_map(|read| read.pattern.as_ref());
    rules
        .chain(reads.map(|pattern| ("read", pattern)))
        .collect()
}

/// Objects whose values matter; whether a subtree is there at all is asked of every agent.
fn looked_at(family: &Family) -> Vec<Oid> {
    let rules = family
        .rules
        .iter()
        .filter_map(|rule| match &rule.condition {
            Condition::Scalar(oid, _) => Some(oid.clone()),
            _ => None,
        });
    let reads = family.reads.iter().flat_map(|read| {
        let from = match &read.from {
            From::Scalar(oid) | From::Column(oid) | From::Table(oid) => Some(oid.clone()),
            _ => None,
        };
        from.into_iter().chain(read.with.values().cloned())
    });
    rules.chain(reads).collect()
}

fn commands(family: &Family) -> Vec<&str> {
    let rules = family
        .rules
        .iter()
        .filter_map(|rule| match &rule.condition {
            Condition::Command(command, _) => Some(command.as_str()),
            _ => None,
        });
    let reads = family.reads.iter().filter_map(|read| match &read.from {
        From::Command(command) | From::Tabular(command, _) => Some(command.as_str()),
        _ => None,
    });
    rules.chain(reads).collect()
}
