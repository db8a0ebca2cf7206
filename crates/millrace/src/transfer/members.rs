//! Members of JSON objects as the text they came in.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde_json::value::RawValue;

/// An object whose values were not looked into: numbers keep their form, members their order.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Members(IndexMap<String, Box<RawValue>>);

impl Members {
    /// Reads an object.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).context("expected a JSON object")
    }

    /// The text of a member.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.get())
    }

    /// A member that is text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// A member whatever it is.
    pub(super) fn value(&self, name: &str) -> Option<serde_json::Value> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// A list of objects; empty when there is none.
    pub(super) fn list(&self, name: &str) -> Result<Vec<Self>> {
        match self.get(name).filter(|text| *text != "null") {
            Some(text) => serde_json::from_str(text)
                .with_context(|| format!("{name}: expected a list of objects")),
            None => Ok(Vec::new()),
        }
    }

    /// An object in an object.
    pub(super) fn object(&self, name: &str) -> Result<Option<Self>> {
        match self.get(name).filter(|text| *text != "null") {
            Some(text) => Self::read(text).with_context(|| name.to_owned()).map(Some),
            None => Ok(None),
        }
    }

    /// Sets a member to what serialises to it.
    pub(super) fn set(&mut self, name: &str, value: &impl serde::Serialize) -> Result<()> {
        let value = serde_json::value::to_raw_value(value)?;
        self.0.insert(name.to_owned(), value);
        Ok(())
    }

    /// Takes over every member of `other`.
    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Leaves members out.
    pub(super) fn drop_all(&mut self, names: &[&str]) {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
    }

    /// Leaves out members that are null: absent says the same.
    pub(super) fn drop_nulls(&mut self) {
        self.0.retain(|_, value| value.get() != "null");
    }

    /// As JSON text.
    pub(super) fn to_text(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}
