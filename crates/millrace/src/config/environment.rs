//! Settings from the environment.

use anyhow::{Result, bail};
use toml::{Table, Value};

const PREFIX: &str = "MILLRACE_";

/// Variables with the prefix that are no settings of the server.
const OTHERS: [&str; 5] = [
    "MILLRACE_SECRET_KEY",
    "MILLRACE_API_KEY",
    "MILLRACE_FAULT_POINT",
    "MILLRACE_CONFIG",
    "MILLRACE_BIN",
];

/// Puts the environment's settings over the file's. The defaults say which settings there are and
/// of what type.
pub(super) fn overlay(
    table: &mut Table,
    defaults: &Table,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<()> {
    for (variable, text) in environment {
        let Some(path) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        if OTHERS.contains(&variable.as_str()) {
            continue;
        }
        let Some((sections, setting, default)) = find(defaults, path) else {
            bail!(
                "the environment variable {variable} names no setting; \"millrace config\" prints them all"
            );
        };
        let value = typed(&text, default).map_err(|expected| {
            anyhow::anyhow!("the environment variable {variable} has the value \"{text}\": it must be {expected}")
        })?;
        put(table, &sections, setting, value);
    }
    Ok(())
}

/// Puts a value where it belongs; sections that the file leaves out are made.
fn put(table: &mut Table, sections: &[&str], setting: &str, value: Value) {
    let Some((first, deeper)) = sections.split_first() else {
        table.insert(setting.to_owned(), value);
        return;
    };
    let section = table
        .entry(*first)
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(section) = section {
        put(section, deeper, setting, value);
    }
}

/// The setting that a variable names, with the sections it is in. Settings have `_` in their own names,
/// so the sections tell where one ends.
fn find<'a>(defaults: &'a Table, path: &str) -> Option<(Vec<&'a str>, &'a str, &'a Value)> {
    defaults.iter().find_map(|(name, value)| {
        let rest = path.strip_prefix(&name.to_uppercase())?;
        let Some(section) = value.as_table() else {
            return rest.is_empty().then(|| (Vec::new(), name.as_str(), value));
        };
        let (mut sections, setting, default) = find(section, rest.strip_prefix('_')?)?;
        sections.insert(0, name);
        Some((sections, setting, default))
    })
}

fn typed(text: &str, default: &Value) -> Result<Value, &'static str> {
    match default {
        Value::Integer(_) => text
            .trim()
            .parse()
            .map(Value::Integer)
            .map_err(|_| "a whole number"),
        Value::Boolean(_) => text
            .trim()
            .parse()
            .map(Value::Boolean)
            .map_err(|_| "true or false"),
        _ => Ok(Value::String(text.to_owned())),
    }
}
