//! Answers from evidence: a recording, or what a client sent. No socket is opened.
use super::{Boxed, Session};
use arpenteur_core::model::{Answer, Exchange, Failure, Question, Target, WalkEnd};
use arpenteur_wire::snmp::{Oid, Value, VarBind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Evidence by target.
#[derive(Default)]
pub struct Replaying {
    answers: HashMap<Target, HashMap<Question, Exchange>>,
    /// Objects of foreign files: they answer any SNMP question.
    objects: HashMap<Target, BTreeMap<Oid, Value>>,
}

impl Replaying {
    /// A replay of exchanges; of two answers to one question the later stays.
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        let mut replay = Self::default();
        replay.add(exchanges);
        replay
    }

    /// Adds exchanges.
    pub fn add(&mut self, exchanges: impl IntoIterator<Item = Exchange>) {
        for exchange in exchanges {
            let of_target = self.answers.entry(exchange.target.clone()).or_default();
            of_target.insert(exchange.question.clone(), exchange);
        }
    }

    /// Adds the objects of a foreign file as a device.
    pub fn add_objects(&mut self, target: Target, objects: impl IntoIterator<Item = VarBind>) {
        let table = self.objects.entry(target).or_default();
        table.extend(
            objects
                .into_iter()
                .map(|varbind| (varbind.oid, varbind.value)),
        );
    }

    /// The recorded exchange, or an answer from a foreign file's objects.
    fn find(&self, target: &Target, question: &Question) -> Option<Exchange> {
        if let Some(exchange) = self
            .answers
            .get(target)
            .and_then(|answers| answers.get(question))
        {
            return Some(exchange.clone());
        }
        // The file of a client proves no credential and no version: it answers the blank one alone.
        let objects = self
            .objects
            .get(target)
            .filter(|_| question.credential() == Some(""))?;
        let answer = match question {
            Question::SnmpGet { oids, .. } => {
                let lookup = |oid: &Oid| VarBind {
                    oid: oid.clone(),
                    value: objects.get(oid).cloned().unwrap_or(Value::NoSuchInstance),
                };
                Answer::Snmp {
                    varbinds: oids.iter().map(lookup).collect(),
                    end: WalkEnd::Complete,
                }
            }
            Question::SnmpNext { roots, .. } => {
                let first = |root: &Oid| {
                    let (oid, value) = objects.range(root.clone()..).next()?;
                    oid.starts_with(root).then(|| VarBind {
                        oid: oid.clone(),
                        value: value.clone(),
                    })
                };
                Answer::Snmp {
                    varbinds: roots.iter().filter_map(first).collect(),
                    end: WalkEnd::Complete,
                }
            }
            Question::SnmpWalk { root, .. } => {
                let below = objects
                    .range(root.clone()..)
                    .take_while(|(oid, _)| oid.starts_with(root));
                let varbinds = below.map(|(oid, value)| VarBind {
                    oid: oid.clone(),
                    value: value.clone(),
                });
                Answer::Snmp {
                    varbinds: varbinds.collect(),
                    end: WalkEnd::Complete,
                }
            }
            _ => return None,
        };
        Some(Exchange {
            target: target.clone(),
            question: question.clone(),
            answer,
            at: None,
            elapsed_us: 0,
        })
    }

    fn missing(target: &Target, question: Question) -> Exchange {
        let answer = Answer::failed(Failure::NotRecorded, "");
        Exchange {
            target: target.clone(),
            question,
            answer,
            at: None,
            elapsed_us: 0,
        }
    }
}

impl Session for Replaying {
    fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange> {
        let exchange = self.find(target, &question);
        Box::pin(async move { exchange.unwrap_or_else(|| Self::missing(target, question)) })
    }

    fn done<'a>(&'a self, _: &'a Target) -> Boxed<'a, ()> {
        Box::pin(async {})
    }

    fn targets(&self) -> Option<Vec<Target>> {
        let targets: BTreeSet<&Target> = self.answers.keys().chain(self.objects.keys()).collect();
        Some(targets.into_iter().cloned().collect())
    }

    fn foreign(&self, target: &Target) -> bool {
        self.objects.contains_key(target)
    }
}

/// Goes on with an interrupted run: what was answered is not asked again.
pub struct Resuming<S> {
    before: Replaying,
    live: S,
}

impl<S: Session> Resuming<S> {
    /// The evidence of the interrupted run, and the session for the rest.
    pub fn new(exchanges: Vec<Exchange>, live: S) -> Self {
        let finished = |exchange: &Exchange| {
            !matches!(
                exchange.answer,
                Answer::Failed {
                    failure: Failure::Interrupted | Failure::Local,
                    ..
                }
            )
        };
        Self {
            before: Replaying::new(exchanges.into_iter().filter(finished)),
            live,
        }
    }

    /// The session for the rest.
    pub fn inner(&self) -> &S {
        &self.live
    }
}

impl<S: Session> Session for Resuming<S> {
    fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange> {
        match self.before.find(target, &question) {
            Some(exchange) => Box::pin(async move { exchange }),
            None => self.live.ask(target, question),
        }
    }

    fn done<'a>(&'a self, target: &'a Target) -> Boxed<'a, ()> {
        self.live.done(target)
    }

    fn privileged(&self) -> bool {
        self.live.privileged()
    }
}
