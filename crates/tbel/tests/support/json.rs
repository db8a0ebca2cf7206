//! A result as JSON text, fractions with their point.

use std::fmt::Write;

use tbel::Output;

pub(crate) fn json(output: &Output) -> String {
    let mut out = String::new();
    write(output, &mut out);
    out
}

fn write(output: &Output, out: &mut String) {
    let _ = match output {
        Output::Null => write!(out, "null"),
        Output::Bool(b) => write!(out, "{b}"),
        Output::Int(n) => write!(out, "{n}"),
        Output::Long(n) => write!(out, "{n}"),
        Output::Float(x) => write!(out, "{x:?}"),
        Output::Double(x) => write!(out, "{x:?}"),
        Output::Big(n) => write!(out, "{n}"),
        Output::Str(s) => write!(out, "{}", serde_json::Value::from(s.as_str())),
        Output::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write(item, out);
            }
            out.push(']');
            Ok(())
        }
        Output::Map(entries) => {
            out.push('{');
            for (i, (key, value)) in entries.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                let _ = write!(out, "{}: ", serde_json::Value::from(key.as_str()));
                write(value, out);
            }
            out.push('}');
            Ok(())
        }
    };
}
