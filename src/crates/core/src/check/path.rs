//! Fact paths as checks write them.
use crate::model::{FactPath, FactSheet, FactState, UnreadReason};

/// A path below the items of a list: the list, and the names from an item to the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ItemField {
    /// The list, `tls.endpoints`.
    pub(super) list: FactPath,
    /// Names below one item, `[certificate, not_after]`.
    pub(super) names: Vec<String>,
}

impl ItemField {
    /// The parts of a schema path such as `tls.endpoints[].certificate.not_after`.
    pub(super) fn of(path: &FactPath) -> Option<Self> {
        let text = path.to_string();
        let (list, names) = text.split_once("[]")?;
        let names = names.trim_start_matches('.').split('.');
        Some(Self {
            list: list.parse().ok()?,
            names: names
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        })
    }

    /// The path of this field in the item with that key.
    pub(super) fn at(&self, key: &str) -> FactPath {
        let item = self.list.item(key);
        self.names.iter().fold(item, |path, name| path.field(name))
    }

    /// The value in one item; absent and missing are both `None`.
    pub(super) fn value<'v>(&self, item: &'v serde_json::Value) -> Option<&'v serde_json::Value> {
        self.names
            .iter()
            .try_fold(item, |node, name| node.get(name))
            .filter(|value| !value.is_null())
    }
}

/// The first path at or below `path` that is unread, items of lists included.
pub(super) fn deep_unread(sheet: &FactSheet, path: &FactPath) -> Option<(FactPath, UnreadReason)> {
    if let Some(reason) = sheet.unread(path) {
        return Some((path.clone(), reason));
    }
    sheet
        .states_below(path)
        .find_map(|(known, state)| match state {
            FactState::Unread { reason, .. } => Some((known.clone(), *reason)),
            _ => None,
        })
}

/// Keys of the items of `list` that have a state of their own that is unread: such an item
/// may be missing from the values altogether.
pub(super) fn unread_items<'s>(
    sheet: &'s FactSheet,
    list: &'s FactPath,
) -> impl Iterator<Item = (String, UnreadReason)> + 's {
    let prefix = list.to_string();
    sheet.states_below(list).filter_map(move |(known, state)| {
        let FactState::Unread { reason, .. } = state else {
            return None;
        };
        if known.parent() != *list {
            return None;
        }
        let text = known.to_string();
        let key = text
            .strip_prefix(&prefix)?
            .strip_prefix('[')?
            .strip_suffix(']')?;
        Some((key.to_owned(), *reason))
    })
}
