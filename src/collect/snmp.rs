//! Finds the SNMP credential that an agent accepts.
use super::Asking;
use arpenteur_core::model::{Answer, Failure, Question, SnmpVersion};
use arpenteur_core::scope::CredentialKind;
use arpenteur_wire::snmp::Oid;

/// Factory communities that SNMP-001 tries where the mandate allows it.
const FACTORY_COMMUNITIES: [&str; 2] = ["public", "private"];

/// A login that works, and what it may do.
pub(super) struct Login {
    pub(super) port: u16,
    pub(super) credential: String,
    pub(super) sudo: bool,
}

/// sysDescr.0, sysObjectID.0, sysName.0: every agent has them (RFC 3418).
fn first_objects() -> Vec<Oid> {
    [1, 2, 5]
        .into_iter()
        .filter_map(|column| Oid::new(vec![1, 3, 6, 1, 2, 1, 1, column, 0]).ok())
        .collect()
}

impl Asking<'_> {
    /// Tries the credentials bound here: v3 first, for its refusals are explicit, then v2c,
    /// then v1. A v2c community that stays silent is asked once more in v1.
    pub(super) async fn find_community(&mut self) {
        for (version, credential) in self.candidates() {
            if version == SnmpVersion::V3 && !self.host.has_engine() {
                continue;
            }
            let answer = self.try_community(version, &credential).await;
            if self.snmp.is_some() {
                break;
            }
            if matches!(
                answer,
                Answer::Failed {
                    failure: Failure::LoginCap,
                    ..
                }
            ) {
                break;
            }
        }
    }

    /// Tries factory communities where the mandate allows it; last, since each refusal
    /// counts against the device's cap. Whether one opened an agent that was closed to us.
    pub(super) async fn try_factory(&mut self) -> bool {
        if !self.means.scope.audit().mandate.probes.default_credentials {
            return false;
        }
        let before = self.snmp.is_some();
        let version = match &self.snmp {
            Some((SnmpVersion::V1, _)) => SnmpVersion::V1,
            _ => SnmpVersion::V2c,
        };
        for community in FACTORY_COMMUNITIES {
            let credential = format!("{}{community}", crate::transport::FACTORY);
            let answer = self.put(get(version, &credential)).await;
            if self.snmp.is_none() && matches!(answer, Answer::Snmp { .. }) {
                self.snmp = Some((version, credential));
            }
        }
        !before && self.snmp.is_some()
    }

    fn foreign(&self) -> bool {
        self.means.session.foreign(&self.host.target)
    }

    fn candidates(&self) -> Vec<(SnmpVersion, String)> {
        if self.foreign() {
            return vec![(SnmpVersion::V2c, String::new())];
        }
        let kinds = [
            (SnmpVersion::V3, CredentialKind::SnmpV3),
            (SnmpVersion::V2c, CredentialKind::SnmpV2c),
            (SnmpVersion::V1, CredentialKind::SnmpV1),
        ];
        let of_kind = |(version, kind)| {
            let found = self.means.scope.credentials(&self.host.target, &[kind]);
            found
                .into_iter()
                .map(move |credential| (version, credential.name.clone()))
        };
        kinds.into_iter().flat_map(of_kind).collect()
    }

    async fn try_community(&mut self, version: SnmpVersion, credential: &str) -> Answer {
        let mut answer = self.put(get(version, credential)).await;
        let mut spoken = version;
        // An agent that shows no v3 engine may speak v1 alone.
        let silent = matches!(
            answer,
            Answer::Failed {
                failure: Failure::Timeout,
                ..
            }
        );
        if version == SnmpVersion::V2c && silent && !self.host.has_engine() {
            spoken = SnmpVersion::V1;
            answer = self.put(get(spoken, credential)).await;
        }
        if matches!(&answer, Answer::Snmp { .. }) {
            self.snmp = Some((spoken, credential.to_owned()));
        }
        answer
    }
}

fn get(version: SnmpVersion, credential: &str) -> Question {
    Question::SnmpGet {
        version,
        credential: credential.to_owned(),
        oids: first_objects(),
    }
}
