use super::{check, check_errors};

#[test]
fn dates_are_read_counted_and_shown() {
    check(&[
        (
            "return [Date.now(), new Date().getTime()];",
            "[1700000000123L,1700000000123L]",
        ),
        (
            "return new Date('2023-05-22T07:47:05.404859+00:00').getTime();",
            "1684741625404L",
        ),
        (
            "return new Date(2024, 2, 29, 'Asia/Tokyo').toISOString();",
            "\"2024-02-28T15:00:00Z\"",
        ),
        (
            "return [Date.parse('garbage'), Date.UTC(2023, 11, 14)];",
            "[-1L,1699920000000L]",
        ),
        (
            "var d = new Date('2024-01-31T12:00:00Z'); d.setMonth(2); return d.toISOString();",
            "\"2024-03-02T12:00:00Z\"",
        ),
        (
            "var d = new Date('2024-01-31T12:00:00Z'); d.addMonths(1); return d.getDate();",
            "29",
        ),
        (
            "var d = new Date(1700000000123); return [d.getFullYear(), d.getMonth(), d.getDay(), d.time];",
            "[2023,11,2,1700000000123L]",
        ),
        (
            "return '' + new Date(0);",
            "\"Thursday, January 1, 1970 at 12:00:00 AM Coordinated Universal Time\"",
        ),
        (
            "return new Date('14.11.2023 22:13', 'dd.MM.yyyy HH:mm', 'en', 'Europe/Kyiv').getTime();",
            "1699992780000L",
        ),
        (
            "return new Date(0).toLocaleString('en-US', '{\"pattern\":\"EEE, d MMM yyyy\"}');",
            "\"Thu, 1 Jan 1970\"",
        ),
    ]);
    check_errors(&[
        ("return new Date('2023-11-14');", "runtime", "not a date"),
        ("return new Date(2023, 13, 1);", "runtime", "not a date"),
    ]);
}
