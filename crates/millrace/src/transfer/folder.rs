//! Documents as files.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::{Value as Json, json};

use super::{Document, Kind, members::Members, pretty::pretty};

/// Members of a converter's configuration that are scripts, and the ending of their files.
const SCRIPTS: [(&str, &str); 4] = [
    ("decoder", "js"),
    ("encoder", "js"),
    ("tbelDecoder", "tbel"),
    ("tbelEncoder", "tbel"),
];

/// Stands for the text of a file beside the document.
const FILE: &str = "$file";

/// Largest file that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// Files that belong to a folder.
const ENDINGS: [&str; 3] = [".json", ".js", ".tbel"];

/// Writes one file for each document, and one for each script of a converter.
///
/// # Errors
/// When a file cannot be written, or two names become the same file.
pub(crate) fn write(dir: &Path, documents: &[Document]) -> Result<()> {
    let mut written = std::collections::HashMap::new();
    for document in documents {
        let folder = dir.join(document.kind.folder());
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let stem = file_name(&document.name);
        let path = folder.join(format!("{stem}.json"));
        let place = path.to_string_lossy().to_lowercase();
        if let Some(other) = written.insert(place, &document.name) {
            bail!(
                "\"{other}\" and \"{}\" would be the same file {}: rename one",
                document.name,
                path.display()
            );
        }
        let text = if document.kind == Kind::Converter {
            scripts_out(&document.text, &folder, &stem)?
        } else {
            document.text.clone()
        };
        put(&path, &pretty(&text))?;
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// A name as a file name every system takes.
fn file_name(name: &str) -> String {
    let mut clean: String = name
        .chars()
        .map(|c| {
            if c.is_control() || "/\\:*?\"<>|".contains(c) {
                '_'
            } else {
                c
            }
        })
        .take(120)
        .collect();
    if clean.starts_with('.') {
        clean.insert(0, '_');
    }
    clean.trim().to_owned()
}

/// Puts the scripts of a converter beside it.
fn scripts_out(text: &str, folder: &Path, stem: &str) -> Result<String> {
    let mut converter = Members::read(text)?;
    let Some(mut configuration) = converter.object("configuration")? else {
        return Ok(text.to_owned());
    };
    for (member, ending) in SCRIPTS {
        let Some(script) = configuration
            .text(member)
            .filter(|script| !script.is_empty())
        else {
            continue;
        };
        let name = format!("{stem}.{member}.{ending}");
        put(&folder.join(&name), &script)?;
        configuration.set(member, &json!({ FILE: name }))?;
    }
    converter.set("configuration", &configuration)?;
    converter.to_text()
}

/// Files of a folder: path within it (with `/`) and text.
pub(crate) type Files = BTreeMap<String, String>;

/// Reads every document of a folder.
///
/// # Errors
/// A file that cannot be read, or is no document of its folder; names the file.
pub(crate) fn read(dir: &Path) -> Result<Vec<Document>> {
    if !dir.is_dir() {
        bail!("{} is no folder", dir.display());
    }
    let mut files = Files::new();
    for kind in Kind::ALL {
        let folder = dir.join(kind.folder());
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str())
                && ENDINGS.iter().any(|ending| name.ends_with(ending))
            {
                files.insert(format!("{}/{name}", kind.folder()), text_of(&path)?);
            }
        }
    }
    let documents = documents(&files).with_context(|| dir.display().to_string())?;
    if documents.is_empty() {
        let folders: Vec<_> = Kind::ALL.iter().map(|kind| kind.folder()).collect();
        bail!(
            "{} holds no configuration: expected JSON files in {}",
            dir.display(),
            folders.join(", ")
        );
    }
    Ok(documents)
}

/// The documents of a folder whose files were read already.
///
/// # Errors
/// A file that is no document of its folder; names the file.
pub(crate) fn documents(files: &Files) -> Result<Vec<Document>> {
    let mut documents: Vec<Document> = Vec::new();
    for kind in Kind::ALL {
        let folder = format!("{}/", kind.folder());
        let own = files
            .iter()
            .filter(|(path, _)| path.starts_with(&folder) && path.ends_with(".json"));
        for (path, text) in own {
            let document = document(kind, files, text).with_context(|| path.clone())?;
            if documents
                .iter()
                .any(|known| known.kind == kind && known.name == document.name)
            {
                bail!(
                    "{path}: another file holds a {} called \"{}\" too",
                    kind.word(),
                    document.name
                );
            }
            documents.push(document);
        }
    }
    Ok(documents)
}

fn document(kind: Kind, files: &Files, text: &str) -> Result<Document> {
    let mut members = Members::read(text)?;
    // What version control of the reference platform writes.
    if let Some(entity) = members
        .object("entity")
        .ok()
        .flatten()
        .filter(|_| members.get("entityType").is_some())
    {
        members = entity;
    }
    let named = if kind == Kind::RuleChain {
        members
            .object("ruleChain")?
            .context("expected {\"ruleChain\", \"metadata\"}")?
            .text("name")
    } else {
        members.text(kind.name_member())
    };
    let name =
        named.with_context(|| format!("expected a member \"{}\" with text", kind.name_member()))?;
    if kind == Kind::Converter
        && let Some(mut configuration) = members.object("configuration")?
    {
        for (member, _) in SCRIPTS {
            let Some(file) = configuration.get(member).and_then(script_file) else {
                continue;
            };
            let path = format!("{}/{file}", kind.folder());
            let script = files
                .get(&path)
                .with_context(|| format!("configuration.{member}: there is no file {path}"))?;
            configuration.set(member, script)?;
        }
        members.set("configuration", &configuration)?;
    }
    Ok(Document {
        kind,
        name,
        text: members.to_text()?,
    })
}

/// The file a script lies in: beside its document, nowhere else.
fn script_file(member: &str) -> Option<String> {
    let value: Json = serde_json::from_str(member).ok()?;
    let name = value.get(FILE)?.as_str()?;
    Path::new(name)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
}

fn text_of(path: &Path) -> Result<String> {
    let about = || format!("{} cannot be read", path.display());
    let size = fs::metadata(path).with_context(about)?.len();
    if size > LARGEST {
        bail!(
            "{} has {size} bytes: a file may have {LARGEST}",
            path.display()
        );
    }
    fs::read_to_string(path).with_context(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converter() -> Document {
        Document {
            kind: Kind::Converter,
            name: "Up: a/b".to_owned(),
            text: r#"{"name":"Up: a/b","configuration":{"scriptLang":"TBEL","tbelDecoder":"return 1.0;\n","x":1.50}}"#
                .to_owned(),
        }
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &[converter()]).unwrap();
        let script = dir.path().join("converters/Up_ a_b.tbelDecoder.tbel");
        assert_eq!(fs::read_to_string(script).unwrap(), "return 1.0;\n");
        assert_eq!(read(dir.path()).unwrap(), [converter()]);
    }

    #[test]
    fn names_that_would_be_one_file_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let other = Document {
            name: "up? A_B".to_owned(),
            ..converter()
        };
        let error = write(dir.path(), &[converter(), other])
            .unwrap_err()
            .to_string();
        assert!(error.contains("would be the same file"), "{error}");
    }

    #[test]
    fn errors_name_the_file() {
        let files = |path: &str, text: &str| Files::from([(path.to_owned(), text.to_owned())]);
        let error = |files| format!("{:#}", documents(&files).unwrap_err());
        assert!(
            error(files("dashboards/a.json", "[]"))
                .starts_with("dashboards/a.json: expected a JSON object")
        );
        assert!(error(files("dashboards/a.json", "{}")).contains("expected a member \"title\""));
        let script = r#"{"name":"n","configuration":{"decoder":{"$file":"../../etc/passwd"}}}"#;
        assert!(
            error(files("converters/a.json", script))
                .contains("there is no file converters/passwd")
        );
    }
}
