//! Progress of a scan: a bar on a terminal, plain lines otherwise.
use super::output::Output;
use crate::pipeline::Event;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Plain lines come every so many addresses.
const LINE_EVERY: u64 = 256;

/// Watches a scan.
pub(crate) struct Progress<'a> {
    output: &'a Output<'a>,
    bar: Option<ProgressBar>,
    total: AtomicU64,
    done: AtomicU64,
    hosts: AtomicU64,
    verbose: bool,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(output: &'a Output<'a>, verbose: bool) -> Self {
        let bar = output.shows_progress().then(|| {
            let bar = ProgressBar::new(0);
            let template = "{bar:30} {pos}/{len}  {msg}  {per_sec}  ETA {eta}";
            bar.set_style(
                ProgressStyle::with_template(template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            output,
            bar,
            total: 0.into(),
            done: 0.into(),
            hosts: 0.into(),
            verbose,
        }
    }

    /// Takes note of an event.
    pub(crate) fn watch(&self, event: Event) {
        match event {
            Event::Targets(total) => {
                self.total.store(total, Ordering::Relaxed);
                if let Some(bar) = &self.bar {
                    bar.set_length(total);
                }
            }
            Event::Found(target) => {
                let hosts = self.hosts.fetch_add(1, Ordering::Relaxed) + 1;
                if let Some(bar) = &self.bar {
                    bar.set_message(
                        self.output
                            .text("cli-progress-hosts", &[("hosts", &hosts.to_string())]),
                    );
                } else if self.verbose {
                    self.output
                        .say("cli-found", &[("target", &target.to_string())]);
                }
            }
            Event::Done(target, host) => {
                let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
                let total = self.total.load(Ordering::Relaxed);
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                    return;
                }
                if self.verbose && host {
                    self.output
                        .say("cli-finished", &[("target", &target.to_string())]);
                }
                if done.is_multiple_of(LINE_EVERY) || done == total {
                    let hosts = self.hosts.load(Ordering::Relaxed).to_string();
                    let (done, total) = (done.to_string(), total.to_string());
                    self.output.say(
                        "cli-progress",
                        &[("done", &done), ("total", &total), ("hosts", &hosts)],
                    );
                }
            }
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
