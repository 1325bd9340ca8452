//! Tries the factory accounts of the device's maker on its web interface.
use super::Asking;
use arpenteur_core::model::{Answer, Question};

/// Accounts tried on one device.
const MOST_TRIED: usize = 2;

impl Asking<'_> {
    /// Tries factory accounts where the mandate allows it, once each, until one is accepted.
    /// Small stacks and operational technology are left alone without consent of their own.
    pub(super) async fn try_factory_accounts(&mut self) {
        let probes = &self.means.scope.audit().mandate.probes;
        let leave = probes.operational_technology || !self.is_delicate();
        if !probes.default_credentials || !leave {
            return;
        }
        let (families, classes) = (self.means.families, self.means.classes);
        let wanted = families.factory_questions(&self.host.target, &self.host.exchanges, classes);
        for question in wanted {
            if self.accounts_tried() >= MOST_TRIED || self.account_accepted() {
                return;
            }
            if !self.asked.contains(&question) {
                self.put(question).await;
            }
        }
    }

    fn accounts_tried(&self) -> usize {
        let tried = |question: &&Question| matches!(question, Question::HttpFactory { .. });
        self.asked.iter().filter(tried).count()
    }

    fn account_accepted(&self) -> bool {
        self.host.exchanges.iter().any(|exchange| {
            matches!(exchange.question, Question::HttpFactory { .. })
                && matches!(exchange.answer, Answer::Http { status, .. } if (200..300).contains(&status))
        })
    }
}
