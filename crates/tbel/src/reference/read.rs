//! Reading the text form. It is part of the program: a test reads all of it, so mistakes do not ship.

use super::{Entry, Example, Owner, Parameter, Signature};

/// The entries of one file. Lines that mean nothing are passed over; a test finds them.
pub(super) fn entries(text: &'static str) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    let mut owner = Owner::Function("");
    let mut open: Option<Entry> = None;
    for line in text.lines() {
        if let Some(section) = line.strip_prefix("@ ") {
            all.extend(open.take());
            owner = section_owner(section);
        } else if let Some(script) = line.strip_prefix("  > ") {
            if let Some(entry) = &mut open {
                let result = "";
                entry.examples.push(Example { script, result });
            }
        } else if let Some(result) = line.strip_prefix("  = ") {
            if let Some(example) = open.as_mut().and_then(|e| e.examples.last_mut()) {
                example.result = result;
            }
        } else if let Some(doc) = line.strip_prefix("  ") {
            if let Some(entry) = &mut open {
                entry.doc = doc;
            }
        } else if line.is_empty() {
            all.extend(open.take());
        } else if let Some(signature) = signature(line) {
            let name = line.split(['(', ':']).next().unwrap_or(line);
            let entry = open.get_or_insert_with(|| Entry {
                owner,
                name,
                signatures: Vec::new(),
                doc: "",
                examples: Vec::new(),
            });
            entry.signatures.push(signature);
        }
    }
    all.extend(open);
    all
}

fn section_owner(section: &'static str) -> Owner {
    match section.split_once(' ') {
        Some(("type", name)) => Owner::Type(name),
        Some(("class", name)) => Owner::Class(name),
        Some((_, topic)) => Owner::Function(topic),
        None => Owner::Function(section),
    }
}

/// `name(a: int, b: int = 0, rest...: any): result` or `name: result`.
pub(crate) fn signature(text: &'static str) -> Option<Signature> {
    let (head, result) = text.rsplit_once(": ")?;
    let Some((_, inner)) = head.split_once('(') else {
        return Some(Signature {
            text,
            parameters: None,
            result,
        });
    };
    let inner = inner.strip_suffix(')')?;
    let mut parameters = Vec::new();
    for part in split_parameters(inner) {
        parameters.push(parameter(part)?);
    }
    Some(Signature {
        text,
        parameters: Some(parameters),
        result,
    })
}

/// A default may be a text with a comma in it.
fn split_parameters(inner: &'static str) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let mut quoted = false;
    let mut start = 0;
    for (at, c) in inner.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            ',' if !quoted => {
                parts.extend(inner.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(inner.get(start..).filter(|rest| !rest.is_empty()));
    parts
}

fn parameter(text: &'static str) -> Option<Parameter> {
    let (name, rest) = text.trim().split_once(": ")?;
    let (kind, default) = match rest.split_once(" = ") {
        Some((kind, default)) => (kind, Some(default)),
        None => (rest, None),
    };
    let plain = name.trim_end_matches("...").trim_end_matches('?');
    Some(Parameter {
        name: plain,
        kind,
        default,
        optional: default.is_some() || name.ends_with('?'),
        repeated: name.ends_with("..."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_parameters_with_types_and_defaults() {
        let found = signature("join(separator: string = ',', rest...: any): string");
        let parameters = found.and_then(|s| s.parameters).unwrap();
        assert_eq!(parameters[0].default, Some("','"));
        assert!(parameters[0].optional && !parameters[0].repeated);
        assert!(parameters[1].repeated);
        let property = signature("size: int").unwrap();
        assert_eq!((property.parameters, property.result), (None, "int"));
    }

    #[test]
    fn every_line_of_the_texts_means_something() {
        for text in super::super::TEXTS {
            for line in text.lines() {
                let known = line.is_empty() || line.starts_with("  ") || line.starts_with("@ ");
                assert!(known || signature(line).is_some(), "{line}");
            }
        }
    }
}
