//! What to write instead of names that other languages have.

/// Instead of a function that is not there.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    Some(match name {
        "Number" | "parseNumber" => "use parseDouble(x) or parseInt(x)",
        "String" => "use String.valueOf(x) or '' + x",
        "Boolean" => "use Boolean.parseBoolean(x)",
        "Date" => "write new Date()",
        "setTimeout" | "setInterval" => "scripts run to their end at once; there are no timers",
        "fetch" | "require" => "scripts have no network and no modules",
        "alert" | "print" | "println" | "printf" => "there is no console; use the debug events",
        "isFinite" => "compare with Double.POSITIVE_INFINITY, or use isNaN(x)",
        "typeof" => "use 'x instanceof Integer' or isList(x), isMap(x)",
        "encodeURIComponent" | "escape" => "use encodeURI(text)",
        "decodeURIComponent" | "unescape" => "use decodeURI(text)",
        "parseBytesToUnsignedInt" => "use parseBytesToLong, which has room for four unsigned bytes",
        "len" => "use x.length() or x.size()",
        _ => return None,
    })
}

/// Instead of a variable that is not there.
pub(crate) fn name(name: &str) -> Option<&'static str> {
    Some(match name {
        "undefined" | "None" => "use null",
        "continue" => "there is no 'continue'; put the rest of the body into an 'if'",
        "console" => "there is no console; use the debug events",
        "this" | "self" | "globalThis" | "window" => {
            "there is no such object; pass what a function needs"
        }
        "let" | "const" => "declare variables with 'var'",
        "NaN" => "use Double.NaN, or isNaN(x) to test",
        "Infinity" => "use Double.POSITIVE_INFINITY",
        "Array" => "use the literal [], or isList(x) to test",
        "Buffer" | "Uint8Array" | "DataView" => {
            "use the functions on bytes, e.g. parseBytesToInt(payload, 0, 2)"
        }
        "System" | "Runtime" | "Thread" => "scripts see nothing of the server",
        "True" => "write true",
        "False" => "write false",
        _ => return None,
    })
}

/// Instead of a method that no value of the kind has.
pub(crate) fn method(name: &str) -> Option<&'static str> {
    Some(match name {
        "includes" => "use contains(x)",
        "map" | "filter" | "forEach" | "reduce" | "find" | "findIndex" | "some" | "every"
        | "flat" | "flatMap" => "there are no functions as values; write a foreach loop",
        "substr" => "use substring(from, to)",
        "charCodeAt" => "use codePointAt(i)",
        "padStart" | "padEnd" => "use the function padStart(text, length, ' ')",
        "toFixed" | "toPrecision" => "use the function toFixed(x, digits)",
        "hasOwnProperty" | "has" => "use containsKey(k)",
        "trimStart" => "use stripLeading()",
        "trimEnd" => "use stripTrailing()",
        "match" | "test" | "exec" => "use matches(pattern), which tests the whole text",
        "append" => "use add(x)",
        "delete" => "use remove(key)",
        "entries" => "use entrySet()",
        "getOrElse" => "use getOrDefault(key, value)",
        "toStringAsync" | "then" => "scripts run to their end at once",
        _ => return None,
    })
}

/// Instead of a member that a class does not have.
pub(crate) fn static_member(class: &str, name: &str) -> Option<&'static str> {
    Some(match (class, name) {
        ("Object", "keys") => "use m.keys() or m.keySet()",
        ("Object", "values") => "use m.values()",
        ("Object", "entries") => "use m.entrySet()",
        ("Object", "assign") => "use m.putAll(other)",
        ("Math", "trunc") => "use a cast: (long) x, or (int) x",
        ("Math", "sign") => "use Math.signum(x)",
        ("Math", "log2") => "use Math.log(x) / Math.log(2)",
        ("Number", "isNaN") => "use isNaN(x)",
        ("Number", "isInteger") => "use 'x instanceof Integer'",
        ("Number", "parseFloat") => "use parseDouble(x)",
        ("Number", "parseInt") => "use parseInt(x)",
        ("Number", "MAX_VALUE") => "use Double.MAX_VALUE",
        ("String", "fromCharCode") => "use a cast: (char) 65",
        _ => return None,
    })
}
