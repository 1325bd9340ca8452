//! The server of a target, with the secrets that it wants.
use crate::cli::Failure;
use crate::cmdb::Target;
use crate::cmdb::glpi::{Glpi, Tokens};
use crate::cmdb::http::Http;
use crate::cmdb::itop::Itop;
use crate::cmdb::netbox::{Netbox, authorization};
use crate::transport::Sources;
use arpenteur_core::cmdb::{Plan, Policy, Purpose, Refusal, Written, glpi, itop, netbox};
use arpenteur_core::export::{Estate, GlpiMessage, Mapping, glpi as glpi_messages};
use arpenteur_core::scope::{CmdbTarget, GlpiTarget, ItopTarget, NetboxTarget};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A client of a target, by its kind.
pub(super) enum Server {
    Netbox(Netbox),
    Itop(Itop),
    Glpi(Glpi),
}

/// What a plan is made of.
pub(super) struct Question<'a> {
    pub(super) target: &'a CmdbTarget,
    pub(super) client: &'a str,
    pub(super) estate: &'a Estate,
    pub(super) mapping: &'a Mapping,
    pub(super) written: &'a Written,
    pub(super) purpose: Purpose,
}

impl Question<'_> {
    fn policy(&self) -> Policy {
        Policy {
            after_missed: self.target.retire.after_missed,
            at_most_percent: self.target.retire.at_most_percent,
        }
    }

    fn netbox(&self, netbox: &NetboxTarget) -> netbox::Settings {
        netbox::Settings {
            target: self.target.name.clone(),
            server: address(self.target).to_owned(),
            tenant: netbox.tenant.as_deref().unwrap_or(self.client).to_owned(),
            vrf: netbox.vrf.clone(),
            retire: self.policy(),
        }
    }

    fn itop(&self, itop: &ItopTarget) -> itop::Settings {
        let organization = itop.organization.as_deref().unwrap_or(self.client);
        itop::Settings {
            target: self.target.name.clone(),
            server: address(self.target).to_owned(),
            organization: organization.to_owned(),
            user: itop.user.clone(),
            retire: self.policy(),
        }
    }
}

/// Address of a target's server, as plans hold it.
pub(super) fn address(target: &CmdbTarget) -> &str {
    target.url().unwrap_or_default().trim_end_matches('/')
}

/// What GLPI is sent.
pub(super) fn messages(
    target: &CmdbTarget,
    mapping: &Mapping,
    estate: &Estate,
) -> Vec<GlpiMessage> {
    let settings = target.glpi.as_ref();
    let tag = settings.and_then(|settings| settings.tag.as_deref());
    glpi_messages(estate, mapping, tag)
}

impl Server {
    /// A client; nothing is sent yet.
    pub(super) fn connect(
        target: &CmdbTarget,
        audit: Uuid,
        sources: &Sources<'_>,
    ) -> Result<Self, Failure> {
        if let Some(settings) = &target.netbox {
            let token = sources.fetch(&target.name, &settings.token)?;
            let header = authorization(token.trim()).into();
            let http = Http::new(&settings.url, header, &target.connection, sources.folder)?;
            return Ok(Self::Netbox(Netbox::new(http)));
        }
        if let Some(settings) = &target.glpi {
            return connect_glpi(target, settings, sources).map(Self::Glpi);
        }
        if let Some(settings) = &target.itop {
            let password = sources.fetch(&target.name, &settings.password)?;
            let none = Zeroizing::default();
            let http = Http::new(&settings.url, none, &target.connection, sources.folder)?;
            let (user, password) = (settings.user.clone(), password.trim().to_owned().into());
            return Ok(Self::Itop(Itop::new(http, user, password, audit)));
        }
        // The settings' own check demands exactly one.
        Err(format!("target `{}` is of no kind", target.name).into())
    }

    /// Reads the target and makes a plan.
    pub(super) fn plan(&self, question: &Question<'_>) -> Result<Result<Plan, Refusal>, Failure> {
        let Question {
            target,
            estate,
            mapping,
            written,
            purpose,
            ..
        } = *question;
        Ok(match (self, &target.netbox, &target.itop) {
            (Self::Netbox(server), Some(settings), _) => {
                let settings = question.netbox(settings);
                let snapshot = server.snapshot(estate, mapping, &settings)?;
                match purpose {
                    Purpose::Sync => {
                        Ok(netbox::plan(estate, mapping, &settings, &snapshot, written))
                    }
                    Purpose::Retire => {
                        netbox::retire(estate, mapping, &settings, &snapshot, written)
                    }
                }
            }
            (Self::Itop(server), _, Some(settings)) => {
                let settings = question.itop(settings);
                let snapshot = server.snapshot(estate, &settings, written)?;
                match purpose {
                    Purpose::Sync => Ok(itop::plan(estate, mapping, &settings, &snapshot, written)),
                    Purpose::Retire => itop::retire(estate, mapping, &settings, &snapshot, written),
                }
            }
            _ => {
                let scope = (estate.audit, estate.as_of);
                let empty = Plan::new(&target.name, address(target), purpose, scope);
                let messages = messages(target, mapping, estate);
                Ok(glpi::plan(estate, &messages, mapping, empty, written))
            }
        })
    }

    /// Names the plan in what the server keeps of our changes, where it keeps a label.
    pub(super) fn labelled(&mut self, plan: &str) {
        match self {
            Self::Netbox(netbox) => netbox.labelled(plan),
            Self::Itop(itop) => itop.labelled(plan),
            Self::Glpi(_) => {}
        }
    }

    pub(super) fn target(&mut self) -> &mut dyn Target {
        match self {
            Self::Netbox(netbox) => netbox,
            Self::Itop(itop) => itop,
            Self::Glpi(glpi) => glpi,
        }
    }
}

fn connect_glpi(
    target: &CmdbTarget,
    settings: &GlpiTarget,
    sources: &Sources<'_>,
) -> Result<Glpi, Failure> {
    let header: Zeroizing<String> = match &settings.basic {
        Some(basic) => {
            let password = sources.fetch(&target.name, &basic.password)?;
            let pair: Zeroizing<String> = format!("{}:{}", basic.user, password.trim()).into();
            format!("Basic {}", STANDARD.encode(pair.as_bytes())).into()
        }
        None => Zeroizing::default(),
    };
    let http = Http::new(&settings.url, header, &target.connection, sources.folder)?;
    let tokens = match &settings.oauth2 {
        Some(oauth2) => Some(Tokens {
            http: Http::new(
                &oauth2.token_url,
                Zeroizing::default(),
                &target.connection,
                sources.folder,
            )?,
            id: oauth2.client_id.clone(),
            secret: sources
                .fetch(&target.name, &oauth2.client_secret)?
                .trim()
                .to_owned()
                .into(),
            scope: oauth2.scope.clone(),
            until: None,
        }),
        None => None,
    };
    Ok(Glpi::new(http, tokens, settings.compress))
}
