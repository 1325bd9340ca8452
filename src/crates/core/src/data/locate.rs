//! Finds the place of a value by its path, for errors that only show after reading.
use super::{Location, Source, Spanned};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A document with the place of every value.
enum Tree {
    Map(Vec<(String, Spanned<Tree>)>),
    Seq(Vec<Spanned<Tree>>),
    Scalar,
}

impl Source<'_> {
    /// The place of the value at `path`: keys and indices joined by `/`, as in
    /// `sites/0/networks/1`. Where the path leads nowhere, the place of its last part that
    /// exists.
    pub fn locate(&self, path: &str) -> Option<Location> {
        let root: Spanned<Tree> = self.parse().ok()?;
        let mut found = root.referenced;
        let mut node = &root.value;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let next = match node {
                Tree::Map(entries) => entries
                    .iter()
                    .find(|(key, _)| key == part)
                    .map(|(_, value)| value),
                Tree::Seq(items) => part
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.get(index)),
                Tree::Scalar => None,
            };
            let Some(next) = next else { break };
            found = next.referenced;
            node = &next.value;
        }
        Some(found)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TreeVisitor;
        impl<'de> Visitor<'de> for TreeVisitor {
            type Value = Tree;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Tree::Map(entries))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Tree::Seq(items))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_str<E>(self, _: &str) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_unit<E>(self) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_none<E>(self) -> Result<Tree, E> {
                Ok(Tree::Scalar)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
                Tree::deserialize(deserializer)
            }
        }
        deserializer.deserialize_any(TreeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use crate::data::{Limits, Source};

    #[test]
    fn a_value_is_found_by_its_path_and_a_missing_one_by_its_parent() {
        let text = b"a: 1\nsites:\n  - id: x\n    networks: [10.0.0.0/8, true]\n  - id: ~\n";
        let source = Source::new("t.yaml", text, Limits::default()).unwrap();
        let place = |path| {
            let at = source.locate(path).unwrap();
            (at.line(), at.column())
        };
        assert_eq!(place("sites/0/networks/1"), (4, 28));
        assert_eq!(place("sites/0/nothing"), (3, 5));
        assert_eq!(place("sites/1/id"), (5, 9));
    }
}
