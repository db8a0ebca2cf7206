use super::{check, check_errors};

#[test]
fn maps_never_hold_null() {
    check(&[
        ("return {a: null, b: 1};", "{b:1}"),
        (
            "var m = {a: 1}; m.a = null; return m.containsKey('a');",
            "false",
        ),
        ("return {size: 5}.size;", "1"),
        ("return {size: 5}['size'];", "5"),
        (
            "var m = {}; m[1] = 'a'; return [m[1], m['1']];",
            "[\"a\",null]",
        ),
        ("return {b: 1, a: 2}.toSortedByKey();", "{a:2,b:1}"),
        (
            "var m = {a: 1}; m.putAll({b: 2}); return [m.keys(), m.values()];",
            "[[\"a\",\"b\"],[1,2]]",
        ),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("return [1, , 2,];", "[1,null,2]"),
        (
            "var l = [1, 2, 3, 4, 5]; return [l.splice(1, 2, 'x'), l];",
            "[[2,3],[1,\"x\",4,5]]",
        ),
        (
            "return [[1, 2, 3].slice(-2), [10, 9, 1].toSorted(), [1, [2, 3]].join('-')];",
            "[[2,3],[1,9,10],\"1-2,3\"]",
        ),
        (
            "var l = ['a', 'b']; return [l.remove('a'), l.remove(0), l];",
            "[true,\"b\",[]]",
        ),
        (
            "return [[1, 2] + 3, [3].contains(3.0), [1, 2, 3].with(1, 9)];",
            "[[1,2,3],false,[1,9,2,3]]",
        ),
        ("return payload;", "[18,52,86,-1]"),
        ("payload.push(300); return payload;", "[18,52,86,-1,300]"),
    ]);
    check_errors(&[
        ("return msg.list[9];", "runtime", "index 9 is out of range"),
        ("return msg.list[1L];", "runtime", "indexed with an int"),
        ("return msg.list.map(1);", "runtime", "write a foreach loop"),
        (
            "[1].toUnmodifiable().add(2);",
            "runtime",
            "cannot be modified",
        ),
    ]);
}

#[test]
fn sets_keep_order_and_each_value_once() {
    check(&[
        (
            "var s = toSet([3, 1, 3]); s.add(1); s.add('x'); return s;",
            "[3,1,\"x\"]",
        ),
        ("return toSet([1, 2]) == toSet([2, 1]);", "true"),
    ]);
}

#[test]
fn null_safe_links_guard_what_they_produce() {
    check(&[
        (
            "return [msg.?no.x.y(), msg.deep.?er, msg.?no[0]];",
            "[null,5,null]",
        ),
        ("return msg.?no.size() > 0;", "false"),
    ]);
    check_errors(&[
        ("return msg.no.?x;", "runtime", "cannot read 'x' of null"),
        ("var z = null; return z.?a;", "runtime", "of null"),
    ]);
}

#[test]
fn literals_follow_the_reference_where_it_surprises() {
    check(&[
        ("return {a: {}, b: []};", "{a:{},b:{}}"),
        ("return [[], {}];", "[[],[]]"),
        ("return {a: msg.on ? 'x' : 'y'};", "{x:\"y\"}"),
        ("return {a: (msg.on ? 'x' : 'y')};", "{a:\"x\"}"),
        ("var k = 'z'; return {k: 1, (k): 2};", "{k:2}"),
        ("return ['a': 1];", "{a:1}"),
    ]);
}
