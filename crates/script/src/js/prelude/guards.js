// Built-in functions that work through much data in one step are charged for it, so that steps stay a fair
// measure of a run: an engine that only counts jumps and calls would let a loop over them run for minutes.
(function (native) {
  const { spend } = native;
  const apply = Reflect.apply;
  const call = Function.prototype.call;
  const define = Object.defineProperty;
  const floor = Math.floor;

  // The loop does not end: the engine asks about the budget within it and stops the script in a way that no
  // `catch` of the script sees.
  function charge(steps) {
    if (spend(steps)) for (;;);
  }

  // Below this a call costs what a step costs.
  const SMALL = 2048;

  function replace(target, name, make) {
    const original = target[name];
    if (typeof original !== "function") return;
    const guarded = make(original);
    define(guarded, "name", { value: name, configurable: true });
    define(guarded, "length", { value: original.length, configurable: true });
    define(target, name, { value: guarded, writable: true, enumerable: false, configurable: true });
  }

  // Charged by the length of what it works on.
  function bySubject(target, names, stepsPerItem) {
    for (const name of names) {
      replace(target, name, (original) => function () {
        const size = this.length;
        if (size > SMALL) charge(size * stepsPerItem);
        return apply(original, this, arguments);
      });
    }
  }

  // The same at a third of the price, for functions to which undefined means the same as no argument. The
  // way to call them is kept on them, out of reach of a script that patches Function.prototype.
  function bySubjectBriefly(target, names, stepsPerItem) {
    for (const name of names) {
      replace(target, name, (original) => {
        define(original, "run", { value: call });
        return function (first, second) {
          if (this.length > SMALL) charge(this.length * stepsPerItem);
          return original.run(this, first, second);
        };
      });
    }
  }

  // Charged before by the length asked for.
  function byLength(name, lengthOf) {
    replace(String.prototype, name, (original) => function (count) {
      const size = lengthOf(this.length, count);
      if (size > SMALL) charge(size / 4);
      return apply(original, this, arguments);
    });
  }

  // Charged by the length of what it gives back.
  function byResult(target, names, stepsPerItem) {
    for (const name of names) {
      replace(target, name, (original) => function () {
        const result = apply(original, this, arguments);
        if (result !== undefined && result !== null && result.length > SMALL) charge(result.length * stepsPerItem);
        return result;
      });
    }
  }

  // A search compares, at worst, the whole needle at every place.
  function bySearch(names) {
    for (const name of names) {
      replace(String.prototype, name, (original) => function (needle) {
        const size = this.length;
        if (size > SMALL) {
          charge(typeof needle === "string" && needle.length > 4 ? size * floor(needle.length / 4) : size);
        }
        return apply(original, this, arguments);
      });
    }
  }

  bySubjectBriefly(Array.prototype, ["includes", "indexOf", "join", "reverse", "shift", "slice", "toReversed"], 1);
  bySubject(Array.prototype, [
    "concat", "copyWithin", "fill", "flat", "lastIndexOf", "splice", "toSpliced", "unshift", "with",
  ], 1);
  bySubject(Array.prototype, ["sort", "toSorted"], 20);
  bySubject(Object.getPrototypeOf(Uint8Array.prototype), [
    "copyWithin", "fill", "includes", "indexOf", "join", "lastIndexOf", "reverse", "set", "slice", "toReversed",
    "with",
  ], 1);
  bySubject(Object.getPrototypeOf(Uint8Array.prototype), ["sort", "toSorted"], 20);
  bySubjectBriefly(String.prototype, [
    "isWellFormed", "slice", "substr", "substring", "toLocaleLowerCase", "toLocaleUpperCase", "toLowerCase",
    "toUpperCase", "toWellFormed", "trim", "trimEnd", "trimStart",
  ], 0.25);
  bySubject(String.prototype, ["concat", "localeCompare", "match", "matchAll", "normalize", "search"], 0.25);
  bySearch(["includes", "indexOf", "lastIndexOf", "replace", "replaceAll", "split"]);
  byLength("repeat", (length, count) => length * count);
  byLength("padEnd", (length, count) => +count);
  byLength("padStart", (length, count) => +count);
  byResult(Array, ["from", "of"], 1);
  byResult(Object, ["entries", "getOwnPropertyNames", "keys", "values"], 8);
  byResult(JSON, ["stringify"], 1);
  replace(JSON, "parse", (original) => function (text) {
    if (typeof text === "string" && text.length > SMALL) charge(text.length);
    return apply(original, this, arguments);
  });
})
