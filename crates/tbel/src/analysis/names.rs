//! Words of the language, with what they do.

/// Keywords that an editor offers, with an explanation.
pub(super) const KEYWORDS: &[(&str, &str)] = &[
    (
        "var",
        "Declares a variable, or assigns the visible one of that name.",
    ),
    (
        "if",
        "if (condition) { … } else { … }; the condition must be true or false.",
    ),
    (
        "else",
        "What happens when the condition of an 'if' does not hold.",
    ),
    (
        "foreach",
        "foreach (x : list) { … } goes through a list, set, array, map or text.",
    ),
    ("for", "for (var i = 0; i < n; i++) { … }"),
    ("while", "while (condition) { … }"),
    ("do", "do { … } while (condition);"),
    (
        "until",
        "until (condition) { … } runs as long as the condition does not hold.",
    ),
    ("switch", "switch (value) { case 1: … break; default: … }"),
    ("case", "One value of a 'switch'."),
    ("default", "What happens when no case of a 'switch' fits."),
    ("break", "Leaves the innermost loop or switch."),
    ("return", "Ends the script or function with a result."),
    (
        "function",
        "function name(a, b) { … }; it can be called before its text.",
    ),
    ("null", "No value."),
    ("true", "The boolean true."),
    ("false", "The boolean false."),
    (
        "empty",
        "x == empty holds for null, blank texts, 0, false and empty lists.",
    ),
    ("new", "new Date(…), or an array: new int[3]."),
    (
        "instanceof",
        "x instanceof String tests the type of a value.",
    ),
    (
        "contains",
        "a contains b tests for a part of a text, an element or a key.",
    ),
    ("isdef", "isdef x tells whether a variable exists."),
    ("and", "The same as &&."),
    ("or", "a or b gives a unless it is null or empty, else b."),
];

/// What a keyword does.
pub(super) fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, doc)| *doc)
}
