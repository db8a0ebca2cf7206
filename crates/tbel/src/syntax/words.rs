//! Reserved words.

pub(super) fn is_statement_word(word: &str) -> bool {
    matches!(
        word,
        "if" | "else"
            | "for"
            | "foreach"
            | "while"
            | "until"
            | "do"
            | "switch"
            | "case"
            | "default"
            | "break"
            | "return"
            | "function"
            | "def"
            | "var"
            | "new"
            | "with"
            | "assert"
            | "import"
            | "import_static"
    )
}

fn is_expression_word(word: &str) -> bool {
    matches!(
        word,
        "null"
            | "nil"
            | "true"
            | "false"
            | "empty"
            | "and"
            | "or"
            | "in"
            | "is"
            | "instanceof"
            | "contains"
            | "soundslike"
            | "strsim"
            | "convertable_to"
            | "isdef"
    )
}

pub(super) fn is_class_word(word: &str) -> bool {
    matches!(
        word,
        "String"
            | "CharSequence"
            | "Integer"
            | "int"
            | "Long"
            | "long"
            | "Boolean"
            | "boolean"
            | "Short"
            | "short"
            | "Character"
            | "char"
            | "Double"
            | "double"
            | "Float"
            | "float"
            | "Byte"
            | "byte"
            | "Math"
            | "StrictMath"
            | "Void"
            | "Object"
            | "Number"
            | "Exception"
            | "JSON"
            | "Date"
            | "Random"
            | "Calendar"
    )
}

/// Words of other languages that mean nothing here, with what to write instead.
pub(super) fn foreign_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "let" | "const" => "declare variables with 'var'",
        "try" | "catch" | "finally" => {
            "there are no exceptions to catch; test values before using them, e.g. with '!= null'"
        }
        "throw" => "use raiseError('message')",
        "typeof" => "use 'x instanceof Integer' or isList(x), isMap(x)",
        "delete" => "use m.remove('key'), or assign null to the key",
        "async" | "await" => "scripts run to their end at once; leave the word out",
        "class" | "interface" | "enum" => "use maps and functions",
        "yield" => "collect the values in a list",
        "export" => "leave the word out and return the result",
        "void" | "undefined" => "use null",
        "not" => "write '!' before the operand",
        _ => return None,
    })
}

pub(super) fn is_reserved(word: &str) -> bool {
    is_syntax_word(word) || is_class_word(word)
}

pub(super) fn is_syntax_word(word: &str) -> bool {
    is_statement_word(word) || is_expression_word(word)
}
