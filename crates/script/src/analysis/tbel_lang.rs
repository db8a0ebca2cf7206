//! TBEL: everything is known to the language's own analysis.

use tbel::analysis::{self, Argument, CompletionKind, Context};
use tbel::{Severity, Span};

use super::samples::kind_of;
use super::{Analysis, Asked, Completions, Finding, Hover, Item, Range, Signature};
use crate::Limits;

pub(super) fn analyze(asked: &Asked<'_>, limits: &Limits) -> Analysis {
    let arguments: Vec<Argument<'_>> = asked
        .arguments
        .iter()
        .map(|known| Argument {
            name: known.name,
            kind: known.sample.map(kind_of).unwrap_or_default(),
            decoded: known.decoded.map(kind_of),
        })
        .collect();
    let context = Context {
        arguments: &arguments,
        functions: &[],
        max_source_chars: limits.source_chars,
    };
    let source = asked.source;
    let findings = analysis::diagnostics(source, &context);
    let mut found = Analysis {
        diagnostics: findings.into_iter().map(|f| finding(source, f)).collect(),
        ..Analysis::default()
    };
    let Some((line, column)) = asked.at else {
        return found;
    };
    let offset = analysis::offset_at(source, line, column);
    let completions = analysis::completions(source, offset, &context);
    found.completions = Completions {
        replaces: range(source, completions.replaces),
        items: completions.items.into_iter().map(item).collect(),
    };
    found.hover = analysis::hover(source, offset, &context).map(|hover| {
        let (example, result) = hover.example.unzip();
        Hover {
            range: range(source, hover.span),
            title: hover.title,
            text: hover.text,
            example,
            result,
        }
    });
    found.signature = analysis::signature_help(source, offset, &context).map(|help| Signature {
        signatures: help.signatures,
        doc: help.doc,
        parameter: help.parameter,
    });
    found
}

fn finding(source: &str, from: tbel::Diagnostic) -> Finding {
    Finding {
        severity: match from.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
        },
        code: from.code,
        message: from.message,
        hint: from.hint,
        range: range(source, from.span),
    }
}

fn range(source: &str, span: Span) -> Range {
    let [(line, column), (end_line, end_column)] = analysis::range_of(source, span);
    Range {
        line,
        column,
        end_line,
        end_column,
    }
}

fn item(from: analysis::Completion) -> Item {
    Item {
        label: from.label,
        kind: match from.kind {
            CompletionKind::Field => "FIELD",
            CompletionKind::Argument => "ARGUMENT",
            CompletionKind::Variable => "VARIABLE",
            CompletionKind::Function => "FUNCTION",
            CompletionKind::Method => "METHOD",
            CompletionKind::Property => "PROPERTY",
            CompletionKind::Constant => "CONSTANT",
            CompletionKind::Class => "CLASS",
            CompletionKind::Keyword => "KEYWORD",
        },
        detail: from.detail,
        doc: from.doc,
    }
}
