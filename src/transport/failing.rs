//! Fails on purpose: every question matching a rule gets the given answer, so that tests
//! see what a broken device does to a run.
use super::{Boxed, Session};
use arpenteur_core::model::{Answer, Exchange, Question, Target};

/// Which questions fail, and how.
pub type Rule = Box<dyn Fn(&Target, &Question) -> Option<Answer> + Send + Sync>;

/// Wraps another session.
pub struct Failing<S> {
    inner: S,
    rule: Rule,
}

impl<S: Session> Failing<S> {
    /// Answers by `rule` where it gives an answer, else by `inner`.
    pub fn new(inner: S, rule: Rule) -> Self {
        Self { inner, rule }
    }
}

impl<S: Session> Session for Failing<S> {
    fn ask<'a>(&'a self, target: &'a Target, question: Question) -> Boxed<'a, Exchange> {
        match (self.rule)(target, &question) {
            Some(answer) => {
                let exchange = Exchange {
                    target: target.clone(),
                    question,
                    answer,
                    at: None,
                    elapsed_us: 0,
                };
                Box::pin(async move { exchange })
            }
            None => self.inner.ask(target, question),
        }
    }

    fn done<'a>(&'a self, target: &'a Target) -> Boxed<'a, ()> {
        self.inner.done(target)
    }

    fn targets(&self) -> Option<Vec<Target>> {
        self.inner.targets()
    }

    fn foreign(&self, target: &Target) -> bool {
        self.inner.foreign(target)
    }

    fn privileged(&self) -> bool {
        self.inner.privileged()
    }
}
