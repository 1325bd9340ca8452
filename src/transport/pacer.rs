//! Evens out sending: at most so many packets a second, never a burst.
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Slots closer than this are taken at once: a timer cannot wait for less.
const TIMER_GRAIN: Duration = Duration::from_millis(1);

/// A queue of evenly spaced sending slots.
pub(crate) struct Pacer {
    next: Mutex<Instant>,
    interval: Mutex<Duration>,
}

impl Pacer {
    /// A pacer of `rate` packets a second.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            next: Mutex::new(Instant::now()),
            interval: Mutex::new(interval(rate)),
        }
    }

    /// Changes the rate, for slots not yet handed out.
    pub(crate) fn set_rate(&self, rate: u32) {
        if let Ok(mut current) = self.interval.lock() {
            *current = interval(rate);
        }
    }

    /// Reserves `packets` slots and gives the moment of the first.
    fn reserve(&self, packets: u32) -> Instant {
        let interval = self
            .interval
            .lock()
            .map_or(Duration::ZERO, |interval| *interval);
        let Ok(mut next) = self.next.lock() else {
            return Instant::now();
        };
        let slot = (*next).max(Instant::now());
        *next = slot + interval * packets;
        slot
    }

    /// Takes slots for packets that are sent already.
    pub(crate) fn charge(&self, packets: u32) {
        self.reserve(packets);
    }

    /// Waits until `packets` may be sent.
    pub(crate) async fn wait(&self, packets: u32) {
        let slot = self.reserve(packets);
        if slot.saturating_duration_since(Instant::now()) > TIMER_GRAIN {
            tokio::time::sleep_until(slot.into()).await;
        }
    }
}

fn interval(rate: u32) -> Duration {
    Duration::from_secs(1) / rate.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_evenly_spaced_whoever_asks() {
        let pacer = Pacer::new(100);
        let first = pacer.reserve(1);
        let second = pacer.reserve(3);
        let third = pacer.reserve(1);
        assert_eq!(second - first, Duration::from_millis(10));
        assert_eq!(third - second, Duration::from_millis(30));
    }

    #[test]
    fn what_was_sent_without_waiting_delays_what_follows() {
        let pacer = Pacer::new(100);
        let first = pacer.reserve(1);
        pacer.charge(4);
        assert_eq!(pacer.reserve(1) - first, Duration::from_millis(50));
    }

    #[test]
    fn an_idle_pacer_saves_nothing_up() {
        let pacer = Pacer::new(1_000_000);
        pacer.reserve(1);
        std::thread::sleep(Duration::from_millis(5));
        let (before, slot) = (Instant::now(), pacer.reserve(1));
        assert!(slot >= before);
    }
}
