// The host's clock, randomness and time zone in place of the machine's.
(function (native) {
  const { now, random, offset } = native;
  const construct = Reflect.construct;
  const apply = Reflect.apply;
  const define = Object.defineProperty;
  const RealDate = Date;
  const proto = RealDate.prototype;
  const { getTime, setTime, toISOString } = proto;
  const realParse = RealDate.parse;
  const UTC = RealDate.UTC;
  const test = RegExp.prototype.test;
  const slice = String.prototype.slice;

  function hide(target, name, value) {
    define(target, name, { value, writable: true, enumerable: false, configurable: true });
  }

  // What could wait, or share memory with others.
  delete globalThis.Atomics;
  delete globalThis.SharedArrayBuffer;

  hide(Math, "random", random);

  const read = (date) => apply(getTime, date, []);
  // The same wall clock read as UTC, and back.
  const shifted = (ms) => new RealDate(ms + offset(ms));
  const unshift = (local) => local - offset(local - offset(local));

  const DAY_ONLY = /^[+-]?\d{4,6}(-\d\d(-\d\d)?)?$/;
  const HAS_ZONE = /(?:Z|GMT|UTC?)\s*(?:[+-]\d\d?:?\d{0,2})?\s*(?:\([^)]*\))?$|:\d\d(?:\.\d+)?\s*[+-]\d\d:?\d\d$/i;

  // Text without a zone means the host's zone, not the machine's.
  function parse(text) {
    text = `${text}`;
    if (apply(test, DAY_ONLY, [text]) || apply(test, HAS_ZONE, [text])) return realParse(text);
    let local = realParse(`${text}Z`);
    if (local !== local) local = realParse(`${text} GMT`);
    return unshift(local);
  }

  function HostDate(year, month) {
    if (new.target === undefined) return textOf(now());
    const count = arguments.length;
    if (count === 0) return construct(RealDate, [now()], new.target);
    if (count > 1) return construct(RealDate, [unshift(apply(UTC, RealDate, arguments))], new.target);
    return construct(RealDate, [typeof year === "string" ? parse(year) : year], new.target);
  }
  define(HostDate, "name", { value: "Date", configurable: true });
  define(HostDate, "length", { value: 7, configurable: true });
  define(HostDate, "prototype", { value: proto, writable: false });
  hide(proto, "constructor", HostDate);
  hide(HostDate, "now", function () { return now(); });
  hide(HostDate, "parse", function (text) { return parse(text); });
  hide(HostDate, "UTC", UTC);
  hide(globalThis, "Date", HostDate);

  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
    const get = proto[`getUTC${part}`];
    hide(proto, `get${part}`, function () {
      return apply(get, shifted(read(this)), []);
    });
    const set = proto[`setUTC${part}`];
    if (set === undefined) continue;
    hide(proto, `set${part}`, function () {
      const ms = read(this);
      const local = ms !== ms && part === "FullYear" ? new RealDate(0) : shifted(ms);
      return apply(setTime, this, [unshift(apply(set, local, arguments))]);
    });
  }
  const { getFullYear } = proto;
  hide(proto, "getYear", function () { return apply(getFullYear, this, []) - 1900; });
  hide(proto, "getTimezoneOffset", function () {
    const ms = read(this);
    return ms !== ms ? NaN : 0 - offset(ms) / 60000;
  });

  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const { getUTCDay, getUTCMonth, getUTCDate, getUTCFullYear, getUTCHours } = proto;
  const two = (n) => (n < 10 ? `0${n}` : `${n}`);
  const of = (get, date) => apply(get, date, []);

  function dayText(date) {
    return `${DAYS[of(getUTCDay, date)]} ${MONTHS[of(getUTCMonth, date)]} ${two(of(getUTCDate, date))} ${of(getUTCFullYear, date)}`;
  }
  function clockText(date) {
    return apply(slice, of(toISOString, date), [-13, -5]);
  }
  function zoneText(ms) {
    const minutes = offset(ms) / 60000;
    const size = minutes < 0 ? -minutes : minutes;
    return `GMT${minutes < 0 ? "-" : "+"}${two((size - (size % 60)) / 60)}${two(size % 60)}`;
  }
  function textOf(ms) {
    const date = shifted(ms);
    return `${dayText(date)} ${clockText(date)} ${zoneText(ms)}`;
  }
  const texts = {
    toString: textOf,
    toDateString: (ms) => dayText(shifted(ms)),
    toTimeString: (ms) => `${clockText(shifted(ms))} ${zoneText(ms)}`,
    toLocaleDateString(ms) {
      const date = shifted(ms);
      return `${two(of(getUTCMonth, date) + 1)}/${two(of(getUTCDate, date))}/${of(getUTCFullYear, date)}`;
    },
    toLocaleTimeString(ms) {
      const date = shifted(ms);
      const hours = of(getUTCHours, date);
      return `${two(hours % 12 || 12)}${apply(slice, clockText(date), [2])} ${hours < 12 ? "AM" : "PM"}`;
    },
    toLocaleString: (ms) => `${texts.toLocaleDateString(ms)}, ${texts.toLocaleTimeString(ms)}`,
  };
  for (const name of ["toString", "toDateString", "toTimeString", "toLocaleDateString", "toLocaleTimeString", "toLocaleString"]) {
    const write = texts[name];
    hide(proto, name, function () {
      const ms = read(this);
      return ms !== ms ? "Invalid Date" : write(ms);
    });
  }
})
