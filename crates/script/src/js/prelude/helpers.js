// The functions converters expect without defining them; a script's own definitions win. Runs before the
// script, so everything used later is taken here, before a script can patch it.
(function (native) {
  const apply = Reflect.apply;
  const parse = JSON.parse;
  const fromCharCode = String.fromCharCode;
  const slice = Array.prototype.slice;
  const isArray = Array.isArray;
  const define = Object.defineProperty;
  const keysOf = Object.keys;
  const { utf8, btoa: encode, atob: decode } = native;

  function hide(target, name, value) {
    define(target, name, { value, writable: true, enumerable: false, configurable: true });
  }

  // Longer argument lists are refused by the engine.
  const CHUNK = 16384;

  function latin1(bytes) {
    const count = bytes.length;
    if (count <= CHUNK) return apply(fromCharCode, undefined, bytes);
    let text = "";
    for (let at = 0; at < count; at += CHUNK) {
      text += apply(fromCharCode, undefined, apply(slice, bytes, [at, at + CHUNK]));
    }
    return text;
  }

  hide(globalThis, "decodeToString", function decodeToString(payload) {
    return typeof payload === "string" ? payload : utf8(latin1(payload));
  });
  hide(globalThis, "decodeToJson", function decodeToJson(payload) {
    return parse(typeof payload === "string" ? payload : utf8(latin1(payload)));
  });
  hide(globalThis, "btoa", function btoa(text) {
    return encode(`${text}`);
  });
  hide(globalThis, "atob", function atob(text) {
    return decode(`${text}`);
  });

  // toFlatMap(value[, excludedKeys][, pathInKey]): nested members under one name, joined by dots. Without the
  // path only the last name stays, and for items of a list the list's name before it.
  hide(globalThis, "toFlatMap", function toFlatMap(value, excluded, pathInKey) {
    if (typeof excluded === "boolean") {
      pathInKey = excluded;
      excluded = undefined;
    }
    const skip = new Set(excluded || []);
    const withPath = pathInKey !== false;
    const flat = {};
    (function walk(part, path, list) {
      for (const name of keysOf(part)) {
        if (skip.has(name)) continue;
        const member = part[name];
        const key = withPath ? (path ? `${path}.${name}` : name) : (list ? `${list}.${name}` : name);
        if (member !== null && typeof member === "object") {
          walk(member, withPath ? key : "", isArray(member) ? name : "");
        } else {
          flat[key] = member;
        }
      }
    })(value, "", "");
    return flat;
  });
})
