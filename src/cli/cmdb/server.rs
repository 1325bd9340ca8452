//! The server of a target, with the secrets that it wants.
use crate::cli::Failure;
use crate::cmdb::Target;
use crate::cmdb::glpi::{Glpi, Tokens};
use crate::cmdb::http::Http;
use crate::cmdb::netbox::{Netbox, authorization};
use crate::transport::Sources;
use arpenteur_core::scope::{CmdbTarget, GlpiTarget};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A client of a target, by its kind.
pub(super) enum Server {
    Netbox(Netbox),
    Glpi(Glpi),
}

impl Server {
    /// A client; nothing is sent yet.
    pub(super) fn connect(target: &CmdbTarget, sources: &Sources<'_>) -> Result<Self, Failure> {
        if let Some(settings) = &target.netbox {
            let token = sources.fetch(&target.name, &settings.token)?;
            let header = authorization(token.trim()).into();
            let http = Http::new(&settings.url, header, &target.connection, sources.folder)?;
            return Ok(Self::Netbox(Netbox::new(http)));
        }
        if let Some(settings) = &target.glpi {
            return glpi(target, settings, sources).map(Self::Glpi);
        }
        let name = &target.name;
        Err(format!("target `{name}`: only NetBox and GLPI can be written to so far").into())
    }

    /// Names the plan in what the server keeps of our changes, where it keeps a label.
    pub(super) fn labelled(&mut self, plan: &str) {
        if let Self::Netbox(netbox) = self {
            netbox.labelled(plan);
        }
    }

    pub(super) fn target(&mut self) -> &mut dyn Target {
        match self {
            Self::Netbox(netbox) => netbox,
            Self::Glpi(glpi) => glpi,
        }
    }
}

fn glpi(
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
