//! What leaves the audit: targets, notifications, and the secrets that they and credentials name.
use super::Check;
use crate::scope::{CmdbTarget, Notify, SecretSource};
use std::collections::BTreeSet;

impl Check<'_> {
    pub(super) fn secrets(
        &mut self,
        here: &str,
        secrets: Vec<(&str, &SecretSource)>,
        allow_inline: bool,
    ) {
        for (path, secret) in secrets {
            if matches!(secret, SecretSource::Inline(_)) && !allow_inline {
                self.say(
                    &format!("{here}/{path}"),
                    "a secret stands in clear in this file",
                    "use `{env: NAME}`, `{file: PATH}` (mode 0600), `{age: PATH}` or `{keyring: {account: NAME}}`, or pass --allow-inline-secrets",
                );
            }
        }
    }

    pub(super) fn notify(&mut self, notify: &Notify, allow_inline: bool) {
        if let Some(webhook) = &notify.webhook
            && webhook.url.is_some() == webhook.secret_url.is_some()
        {
            self.say(
                "notify/webhook",
                "a webhook has exactly one of url and secret_url",
                "secret_url where the address itself must not be read: `{env: NAME}`",
            );
        }
        if let Some(mail) = &notify.mail {
            let address = |text: &str| text.contains('@') && !text.chars().any(char::is_control);
            if mail.to.is_empty() || !mail.to.iter().chain([&mail.from]).all(|to| address(to)) {
                self.say(
                    "notify/mail",
                    "`from` and `to` are mail addresses, `to` at least one",
                    "for example `to: [audit@example.org]`",
                );
            }
        }
        self.secrets("notify", notify.secrets(), allow_inline);
    }

    pub(super) fn targets(&mut self, targets: &[CmdbTarget], allow_inline: bool) {
        let mut names = BTreeSet::new();
        for (index, target) in targets.iter().enumerate() {
            let here = format!("targets/{index}");
            let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let name = &target.name;
            if name.is_empty() || name.starts_with('.') || !name.chars().all(word) {
                self.say(
                    &format!("{here}/name"),
                    "a target's name is letters, digits, `-`, `_` and `.`",
                    "for example `netbox`: plans and journals are kept below it",
                );
            }
            if !names.insert(name) {
                self.say(
                    &format!("{here}/name"),
                    format!("target `{name}` stands twice"),
                    "names are unique",
                );
            }
            let kinds = usize::from(target.netbox.is_some())
                + usize::from(target.itop.is_some())
                + usize::from(target.glpi.is_some());
            if kinds != 1 {
                self.say(
                    &here,
                    "a target is exactly one of netbox, itop, glpi",
                    "split it into several",
                );
            }
            if target
                .glpi
                .as_ref()
                .is_some_and(|glpi| glpi.basic.is_some() && glpi.oauth2.is_some())
            {
                self.say(
                    &format!("{here}/glpi"),
                    "basic and oauth2 exclude each other",
                    "keep the one that the server asks for",
                );
            }
            let web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
            if target.url().is_some_and(|url| !web(url)) {
                self.say(
                    &here,
                    "the url does not begin with https:// or http://",
                    "write the address as in a browser",
                );
            }
            if target.connection.timeout_seconds == 0 {
                self.say(
                    &format!("{here}/connection/timeout_seconds"),
                    "timeout_seconds is 0",
                    "give at least 1; bulk requests need more than 60",
                );
            }
            self.secrets(&here, target.secrets(), allow_inline);
        }
    }
}
