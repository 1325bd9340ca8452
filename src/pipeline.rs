//! The program on one page: discover and collect put evidence into the journal; judge is a
//! pure function of evidence, data files and a date.
use crate::collect::Collector;
use crate::data::Data;
use crate::discover::discover;
use crate::transport::Session;
use arpenteur_core::check::{self, Baseline, Judged, Policy};
use arpenteur_core::inventory::{self, Context, Samples};
use arpenteur_core::model::{
    DataSource, EvidenceSummary, Exchange, Inventory, KnownAsset, Observation, Recording,
    RunResults, Target,
};
use arpenteur_core::scope::Scope;
use arpenteur_core::{results, size};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use tokio::sync::{Notify, mpsc};

/// Addresses looked at side by side: silent ones cost a wait, not work.
const DISCOVERED_AT_A_TIME: usize = 512;
/// Hosts found that wait for collection.
const FOUND_WAITING: usize = 64;

/// What happens during a scan, for whoever watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// So many addresses will be looked at.
    Targets(u64),
    /// A host answered.
    Found(Target),
    /// An address is finished; whether a host was there.
    Done(Target, bool),
}

/// What a scan is done with.
pub struct Scan<'a> {
    /// The seam.
    pub session: &'a dyn Session,
    /// What may be touched.
    pub scope: &'a Scope,
    /// Families and classes.
    pub data: &'a Data,
    /// Targets that an interrupted run finished.
    pub finished: HashSet<Target>,
    /// Slows a target down to the rate of fragile devices.
    pub slow_down: &'a (dyn Fn(&Target) + Sync),
    /// Told what happens.
    pub watch: &'a (dyn Fn(Event) + Sync),
}

impl Scan<'_> {
    /// Every target that the session has evidence of, else every address of the scope.
    pub fn targets(&self) -> Vec<Target> {
        let all = self.session.targets().unwrap_or_else(|| {
            let of_site = |site| {
                let id: &arpenteur_core::scope::Site = site;
                self.scope
                    .addresses(site)
                    .into_iter()
                    .map(|address| Target::new(id.id.clone(), address))
            };
            self.scope.audit().sites.iter().flat_map(of_site).collect()
        });
        all.into_iter()
            .filter(|target| !self.finished.contains(target))
            .collect()
    }

    /// Discovers and collects. Returns whether every target was finished: `stop` ends the
    /// scan at once, and what was answered is in the journal already.
    pub async fn run(&self, stop: &Notify) -> bool {
        let targets = self.targets();
        (self.watch)(Event::Targets(targets.len() as u64));
        let (found, waiting) = mpsc::channel(FOUND_WAITING);
        let sweep = async {
            let found = found;
            stream::iter(&targets)
                .for_each_concurrent(DISCOVERED_AT_A_TIME, |target| async {
                    match discover(self.session, target).await {
                        Some(host) => {
                            (self.watch)(Event::Found(target.clone()));
                            // The collector outlives the sweep: it cannot be gone.
                            let _ = found.send(host).await;
                        }
                        None => {
                            self.session.done(target).await;
                            (self.watch)(Event::Done(target.clone(), false));
                        }
                    }
                })
                .await;
        };
        let collector = Collector {
            session: self.session,
            scope: self.scope,
            families: &self.data.knowledge.families,
            classes: &self.data.knowledge.classes,
            slow_down: self.slow_down,
        };
        let at_a_time = self.scope.audit().limits.hosts_at_a_time as usize;
        let hosts = stream::unfold(waiting, |mut waiting| async {
            let host = waiting.recv().await?;
            Some((host, waiting))
        });
        let collect = hosts.for_each_concurrent(at_a_time, |host| async {
            let target = host.target.clone();
            collector.collect(host).await;
            (self.watch)(Event::Done(target, true));
        });
        tokio::select! {
            ((), ()) = async { tokio::join!(sweep, collect) } => true,
            () = stop.notified() => false,
        }
    }
}

/// What a judgement needs beside the evidence.
pub struct Judgement<'a> {
    /// The audit.
    pub scope: &'a Scope,
    /// The data files.
    pub data: &'a Data,
    /// The date that judges.
    pub as_of: Timestamp,
    /// Identities of earlier runs.
    pub known: Vec<KnownAsset>,
    /// Hashes of the evidence files.
    pub sources: Vec<DataSource>,
    /// Loads that earlier runs saw.
    pub samples: Vec<Samples>,
    /// The client's choices.
    pub policy: Policy,
    /// The judgement to compare with.
    pub baseline: Option<Baseline>,
}

impl Judgement<'_> {
    /// Evidence to results: interpret, merge, check, size. Same input, same output.
    ///
    /// # Errors
    /// Where declared quantities cannot be sized.
    pub fn judge(&self, recording: &Recording) -> Result<RunResults, size::SizingError> {
        let (observations, left_out) = self.observe(&recording.exchanges);
        let context = Context {
            known: self.known.clone(),
            sources: recording.header.source_addresses.clone(),
            lifecycle: Some(self.data.lifecycle.clone()),
            as_of: self.as_of,
            samples: self.samples.clone(),
            ..results::context(self.scope)
        };
        let inventory = inventory::build(observations, &context, &self.data.knowledge.classes);
        let judged = self
            .data
            .catalogue
            .judge(&inventory, &self.policy, self.as_of);
        let input = results::sizing_input(self.scope, &inventory, &judged.findings, self.as_of);
        let estimate = size::estimate(&input, &self.data.sizing, &self.data.knowledge.classes)?;
        let evidence = EvidenceSummary {
            left_out,
            ..results::evidence(recording)
        };
        Ok(self.results(recording, inventory, judged, estimate, evidence))
    }

    fn results(
        &self,
        recording: &Recording,
        inventory: Inventory,
        judged: Judged,
        estimate: arpenteur_core::model::estimate::Estimate,
        evidence: EvidenceSummary,
    ) -> RunResults {
        let Judged { findings, waivers } = judged;
        let now = Baseline::new(&inventory, &findings, Some(self.as_of));
        RunResults {
            version: arpenteur_core::model::RESULTS_VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            audit: results::summary(self.scope),
            as_of: self.as_of,
            sources: self
                .data
                .sources
                .iter()
                .chain(&self.sources)
                .cloned()
                .collect(),
            checks: results::check_summaries(&self.data.catalogue, &self.policy),
            coverage: results::coverage(&findings),
            tiers: check::tiers(&findings),
            profile: self.policy.profile.clone(),
            waivers,
            compliance: self.data.catalogue.compliance(&self.policy, &findings),
            drift: self.baseline.as_ref().map(|before| now.since(before)),
            not_seen: results::not_seen(self.scope, &inventory, &evidence),
            draft: results::draft(self.scope),
            ledger: recording.ledger.clone(),
            inventory,
            findings,
            estimate,
            evidence,
        }
    }

    /// One observation per target; what the scope does not allow is left out, and said.
    fn observe(&self, exchanges: &[Exchange]) -> (Vec<Observation>, Vec<(Target, String)>) {
        let mut by_target: BTreeMap<&Target, Vec<Exchange>> = BTreeMap::new();
        for exchange in exchanges {
            by_target
                .entry(&exchange.target)
                .or_default()
                .push(exchange.clone());
        }
        let mut left_out = Vec::new();
        by_target.retain(
            |target, _| match results::may_be_judged(self.scope, target) {
                Ok(()) => true,
                Err(reason) => {
                    left_out.push(((*target).clone(), reason));
                    false
                }
            },
        );
        let observations = by_target
            .into_par_iter()
            .filter(|(_, exchanges)| {
                exchanges
                    .iter()
                    .any(|exchange| exchange.answer.shows_host())
            })
            .map(|(target, exchanges)| {
                self.data.knowledge.families.observe(
                    target,
                    &exchanges,
                    &self.data.knowledge.classes,
                )
            })
            .collect();
        (observations, left_out)
    }
}
