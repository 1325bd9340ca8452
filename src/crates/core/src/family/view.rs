//! All evidence of one target, in one order, merged where several questions overlap.
use crate::model::{
    Answer, EvidenceId, Exchange, Failure, Question, SnmpVersion, UnreadReason, WalkEnd,
};
use arpenteur_wire::snmp::{Oid, Value};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Prefix of the credential names under which `collect` tries factory communities.
pub(super) const FACTORY: &str = "factory:";

/// How much of a subtree is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Never asked.
    NotAsked,
    /// Everything that the agent shows.
    Complete,
    /// The walk broke off: what was seen may not be all.
    Cut(UnreadReason),
    /// No answer at all.
    Failed(UnreadReason),
}

/// A command's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Output<'a> {
    pub(super) status: Option<u32>,
    pub(super) stdout: &'a str,
    pub(super) stderr: &'a str,
    pub(super) truncated: bool,
}

/// One object and the exchange that brought it.
struct Object<'a> {
    oid: &'a [u32],
    value: &'a Value,
    source: usize,
}

/// One walk, or one GET, of the agent.
struct Reach<'a> {
    root: &'a Oid,
    coverage: Coverage,
    source: usize,
}

/// The evidence of one target.
pub(super) struct View<'a> {
    exchanges: Vec<&'a Exchange>,
    ids: Vec<EvidenceId>,
    /// Sorted by OID, each once.
    objects: Vec<Object<'a>>,
    reaches: Vec<Reach<'a>>,
    /// Interface names by ifIndex, which many tables point at.
    port_names: OnceCell<BTreeMap<u32, String>>,
}

impl<'a> View<'a> {
    /// Orders and merges; the order of the input does not matter.
    pub(super) fn new(exchanges: impl IntoIterator<Item = &'a Exchange>) -> Self {
        let mut keyed: Vec<_> = exchanges
            .into_iter()
            .map(|exchange| (rank(exchange), exchange))
            .collect();
        keyed.sort_by(|(rank_a, a), (rank_b, b)| {
            rank_a
                .cmp(rank_b)
                .then_with(|| a.question.cmp(&b.question))
                .then_with(|| answer_key(a).cmp(&answer_key(b)))
        });
        let exchanges: Vec<&Exchange> = keyed.into_iter().map(|(_, exchange)| exchange).collect();
        let ids = exchanges.iter().map(|exchange| exchange.id()).collect();
        let mut view = Self {
            exchanges,
            ids,
            objects: Vec::new(),
            reaches: Vec::new(),
            port_names: OnceCell::new(),
        };
        view.merge_snmp();
        view
    }

    fn merge_snmp(&mut self) {
        let mut objects = Vec::new();
        for (source, exchange) in self.exchanges.iter().enumerate() {
            let (roots, walk): (&[Oid], bool) = match &exchange.question {
                Question::SnmpGet { oids, .. } => (oids, false),
                Question::SnmpWalk { root, .. } => (std::slice::from_ref(root), true),
                // Shows objects, and says nothing of those that it does not show.
                Question::SnmpNext { .. } => (&[], false),
                _ => continue,
            };
            let coverage = match &exchange.answer {
                Answer::Snmp { varbinds, end } => {
                    objects.extend(varbinds.iter().map(|varbind| Object {
                        oid: varbind.oid.sub_ids(),
                        value: &varbind.value,
                        source,
                    }));
                    coverage_of(*end, walk)
                }
                Answer::Failed { failure, .. } => Coverage::Failed(failure.unread()),
                _ => Coverage::Failed(UnreadReason::ParseFailed),
            };
            self.reaches.extend(roots.iter().map(|root| Reach {
                root,
                coverage,
                source,
            }));
        }
        // A value beats an exception; else the better source, which came first, has the word.
        objects.sort_by(|a, b| {
            let exception = |object: &Object<'_>| object.value.is_exception();
            (a.oid, exception(a), a.source).cmp(&(b.oid, exception(b), b.source))
        });
        objects.dedup_by(|later, first| later.oid == first.oid);
        self.objects = objects;
    }

    /// Objects at or after an OID.
    fn from(&self, oid: &[u32]) -> &[Object<'a>] {
        let start = self.objects.partition_point(|object| object.oid < oid);
        self.objects.get(start..).unwrap_or_default()
    }

    fn object(&self, oid: &[u32]) -> Option<&Object<'a>> {
        self.from(oid).first().filter(|object| object.oid == oid)
    }

    /// Every exchange with its id.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = (&'a Exchange, &EvidenceId)> {
        self.exchanges.iter().copied().zip(&self.ids)
    }

    /// The object, unless the agent said that there is none.
    pub(super) fn value(&self, oid: &[u32]) -> Option<&'a Value> {
        let object = self.object(oid)?;
        Some(object.value).filter(|value| !value.is_exception() && **value != Value::Null)
    }

    /// The exchange that brought an object.
    pub(super) fn source(&self, oid: &[u32]) -> Option<&EvidenceId> {
        self.ids.get(self.object(oid)?.source)
    }

    /// Objects below a root, index first; exceptions left out.
    pub(super) fn below<'r>(
        &'r self,
        root: &'r [u32],
    ) -> impl Iterator<Item = (&'r [u32], &'a Value)> + use<'r, 'a> {
        self.from(root)
            .iter()
            .take_while(move |object| object.oid.starts_with(root))
            .filter(|object| !object.value.is_exception() && *object.value != Value::Null)
            .filter_map(move |object| Some((object.oid.get(root.len()..)?, object.value)))
    }

    /// Enterprise numbers whose private objects (1.3.6.1.4.1.N) the agent showed, each with
    /// the exchange that brought the first.
    pub(super) fn enterprises(&self) -> Vec<(u32, &EvidenceId)> {
        const ROOT: [u32; 6] = [1, 3, 6, 1, 4, 1];
        let shown =
            |object: &&Object<'_>| !object.value.is_exception() && *object.value != Value::Null;
        let mut found = Vec::new();
        let mut from: Vec<u32> = ROOT.to_vec();
        loop {
            let next = self
                .from(&from)
                .iter()
                .take_while(|object| object.oid.starts_with(&ROOT))
                .find(shown);
            let Some((number, object)) = next.and_then(|object| Some((object.oid.get(6)?, object)))
            else {
                return found;
            };
            if let Some(id) = self.ids.get(object.source) {
                found.push((*number, id));
            }
            let Some(after) = number.checked_add(1) else {
                return found;
            };
            from = ROOT.iter().copied().chain([after]).collect();
        }
    }

    /// How much of the subtree (or, by a GET, of the object) at `root` is known.
    pub(super) fn coverage(&self, root: &[u32]) -> Coverage {
        self.reaches
            .iter()
            .filter(|reach| root.starts_with(reach.root.sub_ids()))
            .map(|reach| reach.coverage)
            .min_by_key(|coverage| match coverage {
                Coverage::Complete => 0,
                Coverage::Cut(_) => 1,
                Coverage::Failed(_) => 2,
                Coverage::NotAsked => 3,
            })
            .unwrap_or(Coverage::NotAsked)
    }

    /// The exchanges whose walk or GET covers, or lies below, a root.
    pub(super) fn evidence(&self, root: &[u32]) -> Vec<EvidenceId> {
        let related = |reach: &&Reach<'_>| {
            let asked = reach.root.sub_ids();
            root.starts_with(asked) || asked.starts_with(root)
        };
        let mut ids: Vec<_> = self
            .reaches
            .iter()
            .filter(related)
            .filter_map(|reach| self.ids.get(reach.source).cloned())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// A command's result, as root or not.
    pub(super) fn exec(&self, wanted: &str, as_root: bool) -> Option<(Output<'a>, &EvidenceId)> {
        self.exchanges()
            .filter_map(
                |(exchange, id)| match (typed(&exchange.question)?, &exchange.answer) {
                    (
                        (command, sudo),
                        Answer::Exec {
                            status,
                            stdout,
                            stderr,
                            truncated,
                        },
                    ) if command == wanted && sudo == as_root => {
                        let output = Output {
                            status: *status,
                            stdout,
                            stderr,
                            truncated: *truncated,
                        };
                        Some((output, id))
                    }
                    _ => None,
                },
            )
            // A shell tells no status of what went well.
            .min_by_key(|(output, _)| (output.status.unwrap_or(0) != 0, output.truncated))
    }

    /// A command's failure, where it was asked and never ran.
    pub(super) fn exec_failure(
        &self,
        wanted: &str,
        as_root: bool,
    ) -> Option<(Failure, &EvidenceId)> {
        self.exchanges().find_map(|(exchange, id)| {
            match (typed(&exchange.question)?, &exchange.answer) {
                ((command, sudo), Answer::Failed { failure, .. })
                    if command == wanted && sudo == as_root =>
                {
                    Some((*failure, id))
                }
                _ => None,
            }
        })
    }

    /// Interface names by ifIndex, read once.
    pub(super) fn port_names(
        &self,
        read: impl FnOnce() -> BTreeMap<u32, String>,
    ) -> &BTreeMap<u32, String> {
        self.port_names.get_or_init(read)
    }

    /// Whether any SNMP question was answered.
    pub(super) fn snmp_answered(&self) -> bool {
        self.exchanges
            .iter()
            .any(|exchange| matches!(exchange.answer, Answer::Snmp { .. }))
    }

    /// Whether any command ran.
    pub(super) fn ssh_logged_in(&self) -> bool {
        self.exchanges
            .iter()
            .any(|exchange| matches!(exchange.answer, Answer::Exec { .. }))
    }
}

/// A command line, and whether root runs it.
fn typed(question: &Question) -> Option<(&str, bool)> {
    match question {
        Question::SshExec { command, sudo, .. } => Some((command, *sudo)),
        Question::SshShell { command, .. } => Some((command, false)),
        _ => None,
    }
}

fn coverage_of(end: WalkEnd, walk: bool) -> Coverage {
    match end {
        WalkEnd::Complete => Coverage::Complete,
        // An error to a GET says nothing of the objects that came in other answers.
        _ if !walk => Coverage::Failed(UnreadReason::Denied),
        WalkEnd::Timeout => Coverage::Cut(UnreadReason::Timeout),
        WalkEnd::Looping | WalkEnd::TooLarge => Coverage::Cut(UnreadReason::ParseFailed),
        WalkEnd::ErrorStatus => Coverage::Cut(UnreadReason::Denied),
    }
}

/// Better sources first: v3 before v2c before v1, given credentials before factory ones.
fn rank(exchange: &Exchange) -> (bool, u8) {
    let version = match &exchange.question {
        Question::SnmpGet { version, .. }
        | Question::SnmpWalk { version, .. }
        | Question::SnmpNext { version, .. } => match version {
            SnmpVersion::V3 => 0,
            SnmpVersion::V2c => 1,
            SnmpVersion::V1 => 2,
        },
        _ => 0,
    };
    let factory = exchange
        .question
        .credential()
        .is_some_and(|name| name.starts_with(FACTORY));
    (factory, version)
}

/// Orders answers to the same question: what came back before what failed, then by content.
fn answer_key(exchange: &Exchange) -> (bool, Option<jiff::Timestamp>, String) {
    let failed = matches!(exchange.answer, Answer::Failed { .. });
    let content = serde_json::to_string(&exchange.answer).unwrap_or_default();
    (failed, exchange.at, content)
}
