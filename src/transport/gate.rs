//! The one gate under every client: scope, rate, connections, logins, ledger.
use super::login::{Account, LoginCaps};
use super::pacer::Pacer;
use arpenteur_core::model::{Answer, Failure, LedgerProtocol, LedgerRow, Target};
use arpenteur_core::scope::{Denial, Limits, Scope};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Ports on which a byte may become a printed page: LPD, IPP, JetDirect.
const PRINT_PORTS: [RangeInclusive<u16>; 3] = [515..=515, 631..=631, 9100..=9107];

/// Whether a TCP port is one that printers print from.
pub(crate) fn is_print_port(port: u16) -> bool {
    PRINT_PORTS.iter().any(|range| range.contains(&port))
}

/// Scope, limits, caps and ledger; nothing reaches a socket without it.
pub struct Gate {
    scope: Arc<Scope>,
    all: Pacer,
    hosts: Mutex<HashMap<Target, Arc<HostGate>>>,
    logins: LoginCaps,
    ledger: Mutex<BTreeMap<Key, Counts>>,
}

/// What a row of the ledger counts.
type Key = (Target, LedgerProtocol, u16);

/// The figures of one ledger row.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    packets: u64,
    logins: u32,
    failed_logins: u32,
}

/// What is kept per host.
struct HostGate {
    pacer: Pacer,
    tcp: Arc<Semaphore>,
    /// Smoothed answer time, for time-outs on ports of a host that is known to be near.
    rtt: Mutex<Option<Duration>>,
}

/// Leave to hold one TCP connection open.
pub struct TcpPermit {
    /// Where to connect to.
    pub to: SocketAddr,
    _permit: OwnedSemaphorePermit,
}

impl Gate {
    /// A gate for a scope.
    pub fn new(scope: Arc<Scope>) -> Self {
        let limits = &scope.audit().limits;
        Self {
            all: Pacer::new(limits.packets_per_second),
            logins: LoginCaps::new(limits.failed_logins),
            hosts: Mutex::default(),
            ledger: Mutex::default(),
            scope,
        }
    }

    /// The scope that the gate keeps.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    fn limits(&self) -> &Limits {
        &self.scope.audit().limits
    }

    fn host(&self, target: &Target) -> Arc<HostGate> {
        let limits = self.limits();
        let new = || {
            Arc::new(HostGate {
                pacer: Pacer::new(limits.packets_per_second_per_host),
                tcp: Arc::new(Semaphore::new(limits.tcp_connections_per_host as usize)),
                rtt: Mutex::default(),
            })
        };
        match self.hosts.lock() {
            Ok(mut hosts) => Arc::clone(hosts.entry(target.clone()).or_insert_with(new)),
            Err(_) => new(),
        }
    }

    /// Slows down to the rate of fragile classes.
    pub fn mark_fragile(&self, target: &Target) {
        self.host(target)
            .pacer
            .set_rate(self.limits().packets_per_second_fragile);
    }

    /// The scope's verdict now, as an answer where it is no.
    fn verdict(&self, target: &Target) -> Result<IpAddr, Answer> {
        match self.scope.verdict(target, Timestamp::now()) {
            Ok(()) => target
                .locator
                .address()
                .ok_or_else(|| deny(&Denial::OutOfScope)),
            Err(denial) => Err(deny(&denial)),
        }
    }

    /// Leave to send one datagram; waits for its slot and counts it.
    ///
    /// # Errors
    /// The answer to give in place of the peer's.
    pub(crate) async fn datagram(
        &self,
        target: &Target,
        protocol: LedgerProtocol,
        port: u16,
    ) -> Result<SocketAddr, Answer> {
        self.verdict(target)?;
        self.host(target).pacer.wait(1).await;
        self.all.wait(1).await;
        // Asked again: the slot may lie beyond the end of a window.
        let address = self.verdict(target)?;
        self.count(target, protocol, port, |row| row.packets += 1);
        Ok(SocketAddr::new(address, port))
    }

    /// Leave to ask for one TCP connection and to hold it. Its SYN has a slot; what is sent
    /// from then on is for [`Gate::charge`].
    ///
    /// # Errors
    /// The answer to give in place of the peer's.
    pub(crate) async fn connection(&self, target: &Target, port: u16) -> Result<TcpPermit, Answer> {
        self.verdict(target)?;
        if is_print_port(port) {
            return Err(Answer::failed(
                Failure::NotAuthorised,
                "print ports are never contacted",
            ));
        }
        let host = self.host(target);
        let permit = Arc::clone(&host.tcp).acquire_owned().await;
        let Ok(permit) = permit else {
            return Err(Answer::failed(Failure::Interrupted, ""));
        };
        host.pacer.wait(1).await;
        self.all.wait(1).await;
        let address = self.verdict(target)?;
        self.count(target, LedgerProtocol::Tcp, port, |row| row.packets += 1);
        Ok(TcpPermit {
            to: SocketAddr::new(address, port),
            _permit: permit,
        })
    }

    /// Leave to send about `packets` more packets in a connection that is open.
    ///
    /// # Errors
    /// The answer to give in place of the peer's.
    pub(crate) async fn exchange(&self, target: &Target, packets: u32) -> Result<(), Answer> {
        self.verdict(target)?;
        self.host(target).pacer.wait(packets).await;
        self.all.wait(packets).await;
        self.verdict(target).map(|_| ())
    }

    /// Takes the slots of packets that the kernel sends in a connection without asking:
    /// whatever is sent next to this host waits until they have passed.
    pub(crate) fn charge(&self, target: &Target, packets: u32) {
        self.host(target).pacer.charge(packets);
        self.all.charge(packets);
    }

    /// Leave to try a login.
    ///
    /// # Errors
    /// The answer to give in place of the peer's, when the cap is reached.
    pub(crate) fn login(
        &self,
        target: &Target,
        credential: &str,
        account: Account,
    ) -> Result<(), Answer> {
        if self.logins.allows(target, credential, account) {
            return Ok(());
        }
        Err(Answer::failed(
            Failure::LoginCap,
            "the cap of failed logins is reached",
        ))
    }

    /// Counts a login that was tried, and whether it failed.
    pub(crate) fn count_login(
        &self,
        target: &Target,
        (protocol, port): (LedgerProtocol, u16),
        credential: &str,
        account: Account,
        success: bool,
    ) {
        if success {
            self.logins.succeeded(credential);
        } else {
            self.logins.failed(target, credential, account);
        }
        self.count(target, protocol, port, |row| {
            row.logins += 1;
            row.failed_logins += u32::from(!success);
        });
    }

    fn count(
        &self,
        target: &Target,
        protocol: LedgerProtocol,
        port: u16,
        add: impl FnOnce(&mut Counts),
    ) {
        if let Ok(mut ledger) = self.ledger.lock() {
            add(ledger.entry((target.clone(), protocol, port)).or_default());
        }
    }

    /// Takes up the counts of an interrupted run.
    pub fn resume(&self, rows: &[LedgerRow]) {
        for row in rows {
            self.count(&row.target, row.protocol, row.port, |counts| {
                counts.packets += row.packets;
                counts.logins += row.logins;
                counts.failed_logins += row.failed_logins;
            });
        }
    }

    /// What was sent to one target so far.
    pub fn ledger_of(&self, target: &Target) -> Vec<LedgerRow> {
        self.ledger
            .lock()
            .map(|ledger| rows(ledger.range(of(target))).collect())
            .unwrap_or_default()
    }

    /// What was sent so far, sorted.
    pub fn ledger(&self) -> Vec<LedgerRow> {
        self.ledger
            .lock()
            .map(|ledger| rows(ledger.iter()).collect())
            .unwrap_or_default()
    }

    /// Notes how long a host took to answer.
    pub(crate) fn answered(&self, target: &Target, elapsed: Duration) {
        if let Ok(mut rtt) = self.host(target).rtt.lock() {
            *rtt = Some(rtt.map_or(elapsed, |known| known.min(elapsed)));
        }
    }

    /// How long to wait for an answer of this host: the scope's time-out, less where the host
    /// is known to answer fast, half where it never answered yet and may not exist.
    pub(crate) fn patience(&self, target: &Target) -> Duration {
        let longest = Duration::from_secs(u64::from(self.limits().timeout_seconds));
        let rtt = self.host(target).rtt.lock().ok().and_then(|rtt| *rtt);
        rtt.map_or(longest / 2, |rtt| {
            (rtt * 10 + Duration::from_millis(400)).min(longest)
        })
    }
}

/// The keys of one target's rows.
fn of(target: &Target) -> RangeInclusive<Key> {
    (target.clone(), LedgerProtocol::Neighbour, 0)..=(target.clone(), LedgerProtocol::Udp, u16::MAX)
}

fn rows<'a>(
    ledger: impl Iterator<Item = (&'a Key, &'a Counts)> + 'a,
) -> impl Iterator<Item = LedgerRow> + 'a {
    ledger.map(|((target, protocol, port), counts)| LedgerRow {
        target: target.clone(),
        protocol: *protocol,
        port: *port,
        packets: counts.packets,
        logins: counts.logins,
        failed_logins: counts.failed_logins,
    })
}

fn deny(denial: &Denial) -> Answer {
    Answer::failed(Failure::NotAuthorised, denial.to_string())
}
