//! `notify:` of `audit.yaml`: whom `audit --notify` tells what came of a run.
use super::{Connection, SecretSource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom a run without anybody at the keyboard tells what came of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// A server that takes the summary as JSON.
    pub webhook: Option<Webhook>,
    /// A folder that takes it as a mail message, for the local mail system to send.
    pub mail: Option<MailFile>,
}

/// An HTTP POST of the summary. Exactly one of `url` and `secret_url` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Address.
    #[serde(default)]
    pub url: Option<String>,
    /// Address that is itself a secret, as those of chat services are.
    #[serde(default)]
    pub secret_url: Option<SecretSource>,
    /// Bearer token (RFC 6750).
    #[serde(default)]
    pub token: Option<SecretSource>,
    /// How the server is reached.
    #[serde(default)]
    pub connection: Connection,
}

/// A message file (RFC 5322), one a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    /// Folder, relative to the audit folder; made where it is not there.
    pub folder: String,
    /// Sender's address.
    pub from: String,
    /// Recipients' addresses.
    pub to: Vec<String>,
}

impl Notify {
    /// Every secret that it names, by key path.
    pub fn secrets(&self) -> Vec<(&'static str, &SecretSource)> {
        let webhook = self.webhook.iter();
        webhook
            .flat_map(|webhook| {
                let url = webhook.secret_url.as_ref();
                let token = webhook.token.as_ref();
                url.map(|secret| ("webhook/secret_url", secret))
                    .into_iter()
                    .chain(token.map(|secret| ("webhook/token", secret)))
            })
            .collect()
    }
}
