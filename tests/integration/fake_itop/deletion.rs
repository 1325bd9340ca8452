//! Deleting, with what hangs on it.
use super::*;

pub(super) struct Doomed {
    pub(super) place: Place,
    pub(super) mode: Mode,
    /// Asked for, not a consequence.
    pub(super) requested: bool,
    pub(super) issue: Option<String>,
    pub(super) report: Value,
}

pub(super) struct Reset {
    pub(super) place: Place,
    pub(super) codes: Vec<String>,
    pub(super) issue: Option<String>,
    pub(super) report: Value,
}

#[derive(Default)]
pub(super) struct Plan {
    pub(super) deletes: Vec<Doomed>,
    pub(super) resets: Vec<Reset>,
    pub(super) stopped: bool,
    pub(super) by_hand: bool,
}

impl Plan {
    /// Judges the plan; objects that must be asked for count as issues from the second time on only.
    pub(super) fn compute(&mut self, state: &State) {
        for doomed in &mut self.deletes {
            if doomed.issue.is_some() {
                (self.stopped, self.by_hand) = (true, true);
            }
            if doomed.mode == Mode::Manual {
                doomed.issue = Some(format!(
                    "{}::{} Must be deleted manually",
                    text(&doomed.report["class"]),
                    doomed.place.1
                ));
                self.stopped = true;
            }
        }
        for reset in &mut self.resets {
            let Some(object) = state.objects.get(&reset.place) else {
                continue;
            };
            let locked = reset
                .codes
                .iter()
                .filter(|code| state.locked(reset.place.1, object, code));
            let issues: Vec<String> = locked
                .map(|code| {
                    format!(
                        "The field {} is not writable because it is mastered by the data synchronization. Value not set.",
                        label(code)
                    )
                })
                .collect();
            if !issues.is_empty() {
                reset.issue = Some(issues.join(", "));
                self.stopped = true;
            }
        }
    }

    pub(super) fn issues(&self, between: &str) -> String {
        let deletes = self.deletes.iter().filter_map(|one| one.issue.clone());
        let resets = self.resets.iter().filter_map(|one| one.issue.clone());
        let all: Vec<String> = deletes.chain(resets).collect();
        all.join(between)
    }
}

impl State {
    /// Adds to a plan what goes when an object goes.
    pub(super) fn plan(&self, plan: &mut Plan, place: Place, mode: Option<Mode>) {
        let Some(object) = self.objects.get(&place) else {
            return;
        };
        plan.resets.retain(|reset| reset.place != place);
        if let Some(known) = plan.deletes.iter_mut().find(|one| one.place == place) {
            match (mode, known.requested) {
                (_, true) => {}
                (None, _) => (known.requested, known.mode) = (true, Mode::Auto),
                (Some(Mode::Auto), _) => known.mode = Mode::Auto,
                (Some(Mode::Manual), _) if known.mode == Mode::Silent => known.mode = Mode::Manual,
                _ => {}
            }
            return;
        }
        plan.deletes.push(Doomed {
            place,
            mode: mode.unwrap_or(Mode::Auto),
            requested: mode.is_none(),
            issue: None,
            report: self.reported(place, &["id", "friendlyname"], false, ""),
        });
        if mode == Some(Mode::Manual) {
            return;
        }
        for replica in self.replicas_of(place.1, object.class) {
            self.plan(plan, (REPLICA, replica), Some(Mode::Silent));
        }
        let issue = self.kept_by(place.1, object);
        let doomed = plan.deletes.iter_mut().find(|one| one.place == place);
        doomed.unwrap().issue = issue;
        for (other, referring) in &self.objects {
            for key in attributes(referring.class).filter(|own| own.kind == Kind::Key) {
                if referring.fields[&key.code] != place.1 || !is_a(object.class, key.target) {
                    continue;
                }
                match key.mandatory {
                    true => self.plan(plan, *other, Some(key.mode)),
                    false => self.plan_reset(plan, *other, &key.code),
                }
            }
        }
    }

    pub(super) fn plan_reset(&self, plan: &mut Plan, place: Place, code: &str) {
        if plan.deletes.iter().any(|one| one.place == place) {
            return;
        }
        match plan.resets.iter_mut().find(|one| one.place == place) {
            Some(reset) => reset.codes.push(code.to_owned()),
            None => plan.resets.push(Reset {
                place,
                codes: vec![code.to_owned()],
                issue: None,
                report: self.reported(place, &["id", "friendlyname"], false, ""),
            }),
        }
    }

    /// Says that a source owns an object and does not let this account delete it.
    pub(super) fn kept_by(&self, id: u64, object: &Object) -> Option<String> {
        let replicas = self.replicas_of(id, object.class).into_iter();
        let kept = replicas.filter_map(|replica| {
            let replica = self.replica(replica);
            let source = id_of(&replica["sync_source_id"]);
            let policy = self.source(source, "user_delete_policy");
            let kept = policy == "nobody" || (policy == "administrators" && self.ordinary);
            (kept && source != self.task && replica["status_dest_creator"] == true).then(|| {
                format!(
                    "You <b>cannot delete the object</b> because it is owned by the external data source {}",
                    self.source(source, "name")
                )
            })
        });
        let kept: Vec<String> = kept.collect();
        (!kept.is_empty()).then(|| kept.join(", "))
    }

    pub(super) fn carry_out(&mut self, plan: &Plan) {
        for doomed in &plan.deletes {
            self.destroy(doomed.place);
        }
        for reset in &plan.resets {
            for code in &reset.codes {
                if let Some(object) = self.objects.get_mut(&reset.place) {
                    object.fields.insert(code.clone(), json!(0));
                }
            }
        }
    }

    pub(super) fn destroy(&mut self, place: Place) {
        let Some(object) = self.objects.remove(&place) else {
            return;
        };
        match object.class {
            REPLICA => drop(self.rows.remove(&place.1)),
            // The other end goes too, unless its device went before.
            LINK => {
                if let Some(turned) = self.mirrored(&object) {
                    for twin in self.twins(&turned) {
                        let mut plan = Plan::default();
                        self.plan(&mut plan, twin, None);
                        self.carry_out(&plan);
                    }
                }
            }
            _ => {}
        }
    }
}
