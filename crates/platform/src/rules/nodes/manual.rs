//! `docs/rule-nodes.md`, written from the descriptors.

use std::fmt::Write as _;

use super::descriptors;
use crate::rules::descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rule-nodes.md");

const HEAD: &str = "# Rule nodes

What each node of a rule chain does, with its settings and examples. This page is written from the
nodes' own descriptions, and every example on it runs as a test; to write it anew after a change:
`MILLRACE_WRITE_DOCS=1 cargo test -p millrace-platform --lib manual`.

A node that is not listed is kept on import with all its settings; each message that comes to it
leaves by Failure with the reason. Labels match without regard to case. A failure leaves by Failure
with its text under metadata `error`; where nothing is connected to Failure, it is shown at the node.
Settings marked *template* replace `${key}` by a metadata entry, `${*}` by all of them, `$[a.b]` by a
member of the body and `$[*]` by the whole body; what names nothing stays as it is written.

The examples are about the device `Boiler` of profile `thermometer`, which belongs to the customer
`Acme`, stands in the asset `Cellar` and is in the group `Boilers`.
";

#[test]
fn the_page_of_nodes_says_what_the_nodes_say() {
    let page = page();
    if std::env::var_os("MILLRACE_WRITE_DOCS").is_some() {
        std::fs::write(PATH, &page).unwrap();
    }
    let written = std::fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        written == page,
        "docs/rule-nodes.md is behind: MILLRACE_WRITE_DOCS=1 cargo test -p millrace-platform --lib manual"
    );
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut kinds: Vec<ComponentKind> = Vec::new();
    for node in descriptors() {
        if !kinds.contains(&node.kind) {
            kinds.push(node.kind);
        }
    }
    for kind in kinds {
        let _ = write!(page, "\n## {kind:?}\n");
        for node in descriptors().iter().filter(|node| node.kind == kind) {
            describe(&mut page, node);
        }
    }
    page
}

fn describe(page: &mut String, node: &NodeDescriptor) {
    let _ = write!(page, "\n### {}\n\n{}\n", node.name, node.description);
    let mut facts = vec![format!("type `{}`", node.type_name)];
    let mut labels: Vec<String> = node
        .outputs
        .iter()
        .map(|label| format!("`{label}`"))
        .collect();
    if node.custom_outputs {
        labels.push("any other".to_owned());
    }
    if !labels.is_empty() {
        facts.push(format!("leaves by {}", labels.join(", ")));
    }
    if !node.old_names.is_empty() {
        facts.push(format!("earlier names: {}", node.old_names.join(", ")));
    }
    facts.push(format!("version {} of its settings", node.version));
    let _ = write!(page, "\n- {}\n", facts.join("\n- "));
    if !node.settings.is_empty() {
        page.push_str("\n| setting | holds | default | |\n|---|---|---|---|\n");
        for setting in node.settings {
            let _ = writeln!(
                page,
                "| `{}` | {} | `{}` | {} |",
                setting.name,
                holds(setting),
                cell(setting.default),
                cell(setting.description)
            );
        }
    }
    for example in node.examples {
        show(page, example);
    }
}

fn holds(setting: &Setting) -> String {
    let mut text = match setting.kind {
        SettingKind::Text => "text".to_owned(),
        SettingKind::LongText => "text of several lines".to_owned(),
        SettingKind::Number => "number".to_owned(),
        SettingKind::Boolean => "yes or no".to_owned(),
        SettingKind::Choice(options) => {
            let options: Vec<String> = options
                .iter()
                .map(|(value, _)| format!("`{value}`"))
                .collect();
            options.join(", ")
        }
        SettingKind::Texts(_) => "list of texts".to_owned(),
        SettingKind::Map => "texts by name".to_owned(),
        SettingKind::Script(lang) => format!("{lang} script"),
        SettingKind::Entity(kind) => format!("id of {kind}"),
        SettingKind::Json => "JSON".to_owned(),
    };
    if setting.template {
        text.push_str(", *template*");
    }
    if setting.secret {
        text.push_str(", secret");
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn show(page: &mut String, example: &Example) {
    let _ = write!(page, "\n*{}*:", example.title);
    if example.settings != "{}" {
        let _ = write!(page, " with `{}`,", example.settings);
    }
    if example.stored != "{}" {
        let _ = write!(page, " stored `{}`,", example.stored);
    }
    let _ = write!(page, " `{}`", example.msg_type);
    if example.originator != Example::BASIC.originator {
        let _ = write!(page, " of `{}`", example.originator);
    }
    let _ = write!(page, " `{}`", example.data);
    if example.metadata != "{}" {
        let _ = write!(page, " with metadata `{}`", example.metadata);
    }
    match (example.leaves_by, example.leaves) {
        ("", _) => page.push_str(" ends here."),
        (by, "{}") => {
            let _ = write!(page, " leaves by `{by}`.");
        }
        (by, leaves) => {
            let _ = write!(page, " leaves by `{by}`: `{leaves}`.");
        }
    }
    page.push('\n');
}
