//! The table and the library name the same things, in both directions.

use std::collections::BTreeSet;

use super::{Owner, entries};
use crate::library::classes::Class;
use crate::library::{self, MEMBERS, builtin_names};

fn listed(pick: impl Fn(&super::Entry) -> bool) -> BTreeSet<&'static str> {
    let picked: Vec<&str> = entries()
        .iter()
        .filter(|e| pick(e))
        .map(|e| e.name)
        .collect();
    let set: BTreeSet<&str> = picked.iter().copied().collect();
    assert_eq!(
        set.len(),
        picked.len(),
        "something is listed twice: {picked:?}"
    );
    set
}

#[test]
fn functions() {
    let known: BTreeSet<&str> = builtin_names().into_iter().collect();
    let listed = listed(|e| matches!(e.owner, Owner::Function(_)));
    assert_eq!(known, listed);
}

#[test]
fn members_of_types() {
    let types: BTreeSet<&str> = MEMBERS.iter().map(|(name, ..)| *name).collect();
    let owners: BTreeSet<&str> = entries()
        .iter()
        .filter_map(|e| match e.owner {
            Owner::Type(name) => Some(name),
            _ => None,
        })
        .collect();
    assert_eq!(types, owners);
    for (owner, properties, methods) in MEMBERS {
        let own = |e: &super::Entry| e.owner == Owner::Type(owner);
        // The name for `split` in an assignment is no name that a script could write.
        let callable: BTreeSet<&str> = methods
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !name.contains(' '))
            .collect();
        assert_eq!(callable, listed(|e| own(e) && e.is_callable()), "{owner}");
        let mut readable: BTreeSet<&str> = properties.iter().map(|(name, _)| *name).collect();
        let listed = listed(|e| own(e) && e.is_property());
        if *owner == "date" {
            // Every getter can be read without "get"; the table names the usual spelling.
            let getters = callable
                .iter()
                .filter(|name| name.starts_with("get"))
                .count();
            assert_eq!(getters, listed.len());
            readable.extend(
                listed
                    .iter()
                    .filter(|name| library::date::property(name).is_some()),
            );
        }
        assert_eq!(readable, listed, "{owner}");
    }
}

#[test]
fn members_of_classes() {
    let names: BTreeSet<&str> = Class::ALL.iter().map(|class| class.name()).collect();
    for entry in entries() {
        if let Owner::Class(name) = entry.owner {
            assert!(names.contains(name), "{name}");
        }
    }
    for class in Class::ALL {
        assert_eq!(Class::find(class.name()), Some(*class), "{}", class.name());
        let own = |e: &super::Entry| e.owner == Owner::Class(class.name());
        let (constants, functions) = library::statics(*class);
        let readable: BTreeSet<&str> = constants.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            readable,
            listed(|e| own(e) && e.is_property()),
            "{}",
            class.name()
        );
        let mut callable: BTreeSet<&str> = functions.iter().map(|(name, _)| *name).collect();
        if library::constructor(*class).is_some() {
            callable.insert("new");
        }
        assert_eq!(
            callable,
            listed(|e| own(e) && e.is_callable()),
            "{}",
            class.name()
        );
    }
}
