//! Walks: GETBULK of adaptive size, GETNEXT for SNMPv1, loops and floods cut off.
use super::{Access, SnmpClient};
use crate::transport::gate::Gate;
use crate::transport::vault::Vault;
use arpenteur_core::model::{Answer, Failure, SnmpVersion, Target, WalkEnd};
use arpenteur_wire::snmp::{ErrorStatus, Oid, Pdu, Value, VarBind};

/// First size of a GETBULK: fills most of an Ethernet frame.
const FIRST_BULK: u16 = 25;
/// Largest size: the reply still fits the 65,507 bytes of a datagram, fragmented.
const LARGEST_BULK: u16 = 50;
/// Most objects taken from one subtree.
const MOST_OBJECTS: usize = 200_000;

impl SnmpClient {
    /// Every object below `root`.
    pub(in crate::transport) async fn walk(
        &self,
        means: (&Gate, &Vault),
        target: &Target,
        (version, access): (SnmpVersion, Access<'_>),
        root: &Oid,
    ) -> Answer {
        let mut walk = Walk {
            root,
            last: root.clone(),
            varbinds: Vec::new(),
            bulk: first_bulk(version),
        };
        let end = loop {
            let (last, bulk) = (walk.last.clone(), walk.bulk);
            let request = |id| match bulk {
                0 => Pdu::get_next(id, std::slice::from_ref(&last)),
                size => Pdu::get_bulk(id, 0, size, std::slice::from_ref(&last)),
            };
            match self
                .request(means, target, (version, access), &request)
                .await
            {
                Ok(pdu) => {
                    if let Some(end) = walk.take(pdu) {
                        break end;
                    }
                }
                // A reply that never arrives may be one too large for the path.
                Err(Answer::Failed {
                    failure: Failure::Timeout,
                    ..
                }) if walk.shrink() => {}
                Err(Answer::Failed {
                    failure: Failure::Timeout,
                    ..
                }) if !walk.varbinds.is_empty() => {
                    break WalkEnd::Timeout;
                }
                Err(answer) => return answer,
            }
        };
        Answer::Snmp {
            varbinds: walk.varbinds,
            end,
        }
    }
}

impl SnmpClient {
    /// The first object below each of several roots.
    pub(in crate::transport) async fn next(
        &self,
        means: (&Gate, &Vault),
        target: &Target,
        (version, access): (SnmpVersion, Access<'_>),
        roots: &[Oid],
    ) -> Answer {
        let mut left = roots.to_vec();
        let mut varbinds = Vec::new();
        while !left.is_empty() {
            let asked = left.clone();
            let request = |id| Pdu::get_next(id, &asked);
            let pdu = match self
                .request(means, target, (version, access), &request)
                .await
            {
                Ok(pdu) => pdu,
                Err(answer) => return answer,
            };
            match pdu.status() {
                ErrorStatus::NoError => {
                    let below = left.iter().zip(pdu.varbinds);
                    varbinds = below
                        .filter(|(root, found)| {
                            found.oid.starts_with(root) && found.value != Value::EndOfMibView
                        })
                        .map(|(_, found)| found)
                        .collect();
                    break;
                }
                // SNMPv1 fails the whole request for the one that ends its tree.
                ErrorStatus::NoSuchName => {
                    let place = usize::try_from(pdu.error_index).unwrap_or(0);
                    match place.checked_sub(1).filter(|place| *place < left.len()) {
                        Some(place) => drop(left.remove(place)),
                        None => break,
                    }
                }
                _ => {
                    return Answer::Snmp {
                        varbinds,
                        end: WalkEnd::ErrorStatus,
                    };
                }
            }
        }
        Answer::Snmp {
            varbinds,
            end: WalkEnd::Complete,
        }
    }
}

fn first_bulk(version: SnmpVersion) -> u16 {
    if version == SnmpVersion::V1 {
        0
    } else {
        FIRST_BULK
    }
}

/// A walk under way. `bulk` 0 means GETNEXT.
struct Walk<'a> {
    root: &'a Oid,
    last: Oid,
    varbinds: Vec<VarBind>,
    bulk: u16,
}

impl Walk<'_> {
    /// Takes one reply; says how the walk ends, if it does.
    fn take(&mut self, pdu: Pdu) -> Option<WalkEnd> {
        match pdu.status() {
            ErrorStatus::NoError => {}
            // SNMPv1 ends a walk this way (RFC 1157 section 4.1.3).
            ErrorStatus::NoSuchName => return Some(WalkEnd::Complete),
            ErrorStatus::TooBig | ErrorStatus::GenErr if self.shrink() => return None,
            _ => return Some(WalkEnd::ErrorStatus),
        }
        if pdu.varbinds.is_empty() {
            return Some(WalkEnd::ErrorStatus);
        }
        for varbind in pdu.varbinds {
            if varbind.value == Value::EndOfMibView || !varbind.oid.starts_with(self.root) {
                return Some(WalkEnd::Complete);
            }
            if varbind.oid <= self.last {
                return Some(WalkEnd::Looping);
            }
            if self.varbinds.len() >= MOST_OBJECTS {
                return Some(WalkEnd::TooLarge);
            }
            self.last = varbind.oid.clone();
            self.varbinds.push(varbind);
        }
        if self.bulk > 0 {
            self.bulk = (self.bulk + 5).min(LARGEST_BULK);
        }
        None
    }

    /// Asks for less at a time; false when one object at a time is already asked for.
    fn shrink(&mut self) -> bool {
        let smaller = self.bulk > 0;
        self.bulk = if self.bulk > 3 { self.bulk / 4 } else { 0 };
        smaller
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(root: &Oid) -> Walk<'_> {
        Walk {
            root,
            last: root.clone(),
            varbinds: Vec::new(),
            bulk: FIRST_BULK,
        }
    }

    fn reply(oids: &[&str]) -> Pdu {
        let varbind = |oid: &&str| VarBind {
            oid: oid.parse().unwrap(),
            value: Value::Integer(1),
        };
        Pdu::response(1, oids.iter().map(varbind).collect())
    }

    #[test]
    fn a_walk_ends_at_the_first_object_outside_its_subtree() {
        let root: Oid = "1.3.6.1.2.1.1".parse().unwrap();
        let mut walk = walk(&root);
        assert_eq!(
            walk.take(reply(&["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.2.1.0"])),
            Some(WalkEnd::Complete)
        );
        assert_eq!(walk.varbinds.len(), 1);
    }

    #[test]
    fn an_agent_that_goes_round_in_circles_is_cut_off() {
        let root: Oid = "1.3.6.1.2.1.1".parse().unwrap();
        let mut walk = walk(&root);
        assert_eq!(walk.take(reply(&["1.3.6.1.2.1.1.2.0"])), None);
        assert_eq!(
            walk.take(reply(&["1.3.6.1.2.1.1.1.0"])),
            Some(WalkEnd::Looping)
        );
    }

    #[test]
    fn too_big_asks_for_less_until_one_at_a_time() {
        let root: Oid = "1.3.6.1.2.1.1".parse().unwrap();
        let mut walk = walk(&root);
        let mut too_big = reply(&[]);
        too_big.error_status = 1;
        let mut sizes = vec![walk.bulk];
        while walk.take(too_big.clone()).is_none() {
            sizes.push(walk.bulk);
        }
        assert_eq!(sizes, [25, 6, 1, 0]);
    }
}
