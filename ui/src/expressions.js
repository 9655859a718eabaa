// In charge of the expression language in the browser: interprets the typed tree that the server sends.
//
// No code is made of text (the content policy forbids it). Numbers are decimals {digits: BigInt, scale}, never
// floats; dates are ISO texts; instants are BigInt microseconds since 1970; durations are BigInt microseconds.
// The meanings are those of the server: one property test compares them, value by value.

const QUOTIENT_PLACES = 10;
const MOST_DAYS = 4_000_000;
const DAY = 86_400_000_000n;
const LAST_DAY = 3_652_058; // 9999-12-31, counted from 0001-01-01
const EPOCH = 719_162; // 1970-01-01, counted likewise
const SPACES = " \t\n\r\u000b\u000c\u00a0\u3000";

/** The value of `tree` for one record, as the API writes it: decimals and durations as text, look-ups as ids.
 *
 * `context` has today ("2017-03-31"), now (ISO, UTC), timezone, and as needed: user, old, is_new, roots,
 * subtree(entity, id) → array or Set of ids, find(entity, key) → id or null. */
export function evaluate(tree, record, context) {
  return written(step(tree, { record, context }), tree.kind);
}

// --- decimals

export function decimal(source) {
  const text = String(source).trim();
  const match = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text);
  if (!match || !(match[2] || match[3])) return null;
  const fraction = match[3] ?? "";
  const digits = BigInt((match[2] || "0") + fraction) * (match[1] === "-" ? -1n : 1n);
  const scale = fraction.length - Number(match[4] ?? 0);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

const whole = (number) => ({ digits: BigInt(number), scale: 0 });
const at = (number, scale) => number.digits * 10n ** BigInt(scale - number.scale);
const magnitude = (digits) => (digits < 0n ? -digits : digits);

function aligned(left, right) {
  const scale = Math.max(left.scale, right.scale);
  return [at(left, scale), at(right, scale), scale];
}

function add(left, right) {
  const [a, b, scale] = aligned(left, right);
  return { digits: a + b, scale };
}

function subtract(left, right) {
  const [a, b, scale] = aligned(left, right);
  return { digits: a - b, scale };
}

const multiply = (left, right) => ({ digits: left.digits * right.digits, scale: left.scale + right.scale });

function halfEven(dividend, divisor) {
  if (divisor < 0n) [dividend, divisor] = [-dividend, -divisor];
  const sign = dividend < 0n ? -1n : 1n;
  const size = magnitude(dividend);
  let quotient = size / divisor;
  const twice = (size % divisor) * 2n;
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient += 1n;
  return quotient * sign;
}

function divide(left, right) {
  if (right.digits === 0n) return null;
  const [a, b] = aligned(left, right);
  return { digits: halfEven(a * 10n ** BigInt(QUOTIENT_PLACES), b), scale: QUOTIENT_PLACES };
}

function remainder(left, right) {
  if (right.digits === 0n) return null;
  const [a, b, scale] = aligned(left, right);
  const rest = a % b;
  return { digits: rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest, scale };
}

function rounded(number, places) {
  if (places >= number.scale) return number;
  const digits = halfEven(number.digits, 10n ** BigInt(number.scale - places));
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), scale: 0 } : { digits, scale: places };
}

// --- amounts in words

const CAPITALS = "零壹贰叁肆伍陆柒捌玖";

function chineseAmount(amount) {
  const cents = at(rounded(amount, 2), 2);
  const size = magnitude(cents);
  if (size === 0n) return "零圆整";
  if (magnitude(amount.digits) >= 10n ** BigInt(16 + amount.scale)) return null;
  const [yuan, jiao, fen] = [size / 100n, Number((size / 10n) % 10n), Number(size % 10n)];
  let words = yuan ? `${capitals(yuan)}圆` : "";
  if (jiao) words += `${CAPITALS[jiao]}角`;
  else if (fen && yuan) words += "零";
  words += fen ? `${CAPITALS[fen]}分` : "整";
  return amount.digits < 0n ? `负${words}` : words;
}

function capitals(number) {
  for (const [size, unit] of [[100_000_000n, "亿"], [10_000n, "万"]]) {
    if (number < size) continue;
    const low = number % size;
    const gap = low > 0n && low < size / 10n ? "零" : "";
    return `${capitals(number / size)}${unit}${gap}${low ? capitals(low) : ""}`;
  }
  let [words, gap] = ["", false];
  for (const [size, unit] of [[1000n, "仟"], [100n, "佰"], [10n, "拾"], [1n, ""]]) {
    const digit = Number((number / size) % 10n);
    if (digit) words += (gap && words ? "零" : "") + CAPITALS[digit] + unit;
    gap = digit === 0;
  }
  return words;
}

function truncated(number) {
  return whole(number.digits / 10n ** BigInt(number.scale));
}

function floored(number) {
  const cut = truncated(number);
  return number.digits < 0n && at(cut, number.scale) !== number.digits ? whole(cut.digits - 1n) : cut;
}

export function plain(number) {
  const size = magnitude(number.digits).toString().padStart(number.scale + 1, "0");
  const point = size.length - number.scale;
  const fraction = size.slice(point).replace(/0+$/, "");
  const text = size.slice(0, point) + (fraction ? "." + fraction : "");
  return number.digits < 0n && text !== "0" ? "-" + text : text;
}

function integer(number) {
  const limit = BigInt(MOST_DAYS);
  const { digits } = truncated(number);
  return digits > limit ? MOST_DAYS + 1 : digits < -limit ? -MOST_DAYS - 1 : Number(digits);
}

// --- days, instants, zones

const leap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const monthLength = (year, month) => [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
const parts = (day) => [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
const two = (number) => String(number).padStart(2, "0");
const iso = (year, month, day) => `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;

/** Days since 0001-01-01. */
function ordinal(text) {
  const [year, month, day] = parts(text);
  const before = year - 1;
  let days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  for (let each = 1; each < month; each += 1) days += monthLength(year, each);
  return days + day - 1;
}

function fromOrdinal(days) {
  if (days < 0 || days > LAST_DAY) return null;
  const shown = new Date((days - EPOCH) * 86_400_000);
  return iso(shown.getUTCFullYear(), shown.getUTCMonth() + 1, shown.getUTCDate());
}

function madeDate(year, month, day) {
  const right = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= monthLength(year, month);
  return right ? iso(year, month, day) : null;
}

function floorDivide(left, right) {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

function instant(text) {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(Z|[-+]\d\d:?\d\d)?$/.exec(String(text));
  if (!match) return null;
  const [, day, hour, minute, second = "0", fraction = "", zone = "Z"] = match;
  const days = BigInt(ordinal(day) - EPOCH);
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset(zone));
  return days * DAY + seconds * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
}

function offset(zone) {
  if (zone === "Z") return 0;
  const digits = zone.replace(":", "");
  return (digits[0] === "-" ? -1 : 1) * (Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5)) * 60);
}

function splitInstant(micros) {
  const days = floorDivide(micros, DAY);
  return [fromOrdinal(Number(days) + EPOCH), micros - days * DAY];
}

function instantText(micros) {
  const [day, rest] = splitInstant(micros);
  if (day === null) return null;
  const seconds = Number(rest / 1_000_000n);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  const fraction = rest % 1_000_000n;
  return `${day}T${clock}${fraction ? "." + String(fraction).padStart(6, "0") : ""}Z`;
}

const formats = new Map();

/** [day, hour, minute] as a clock on the wall in `zone` shows the instant. */
function local(micros, zone) {
  if (!formats.has(zone)) {
    const options = { timeZone: zone, hourCycle: "h23", era: "short", year: "numeric", month: "numeric" };
    formats.set(zone, new Intl.DateTimeFormat("en-US", { ...options, day: "numeric", hour: "numeric", minute: "numeric" }));
  }
  const shown = {};
  for (const part of formats.get(zone).formatToParts(Number(floorDivide(micros, 1000n)))) shown[part.type] = part.value;
  const year = Number(shown.year);
  const day = shown.era === "BC" || year > 9999 ? null : iso(year, Number(shown.month), Number(shown.day));
  return [day, Number(shown.hour), Number(shown.minute)];
}

function moveByMonths(day, months) {
  const [year, month, date] = parts(day);
  const index = year * 12 + month - 1 + months;
  const [newYear, newMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  if (newYear < 1 || newYear > 9999) return null;
  return iso(newYear, newMonth, Math.min(date, monthLength(newYear, newMonth)));
}

function length(seconds) {
  const micros = rounded(multiply(seconds, whole(1_000_000)), 0);
  const size = magnitude(truncated(micros).digits);
  return size > BigInt(MOST_DAYS) * DAY ? null : truncated(micros).digits;
}

const micro = (value) => ({ digits: value, scale: 6 });

function inRange(micros) {
  const [day] = splitInstant(micros);
  return day === null ? null : micros;
}

function periodStart(day, period) {
  const [year, month] = parts(day);
  if (period === "week") return fromOrdinal(ordinal(day) - (ordinal(day) % 7));
  if (period === "month") return iso(year, month, 1);
  return period === "quarter" ? iso(year, month - ((month - 1) % 3), 1) : iso(year, 1, 1);
}

function periodEnd(day, period) {
  const first = periodStart(day, period);
  if (period === "week") return fromOrdinal(ordinal(first) + 6);
  const next = moveByMonths(first, { month: 1, quarter: 3, year: 12 }[period]);
  return next === null ? "9999-12-31" : fromOrdinal(ordinal(next) - 1);
}

function isoWeek(day) {
  const thursday = ordinal(day) - (ordinal(day) % 7) + 3;
  const date = new Date((thursday - EPOCH) * 86_400_000);
  const year = date.getUTCFullYear();
  const start = new Date(0).setUTCFullYear(year, 0, 1) / 86_400_000 + EPOCH;
  return `${String(year).padStart(4, "0")}-W${two(Math.floor((thursday - start) / 7) + 1)}`;
}

function monthsBetween(first, second) {
  const [a, b] = [parts(first), parts(second)];
  const months = (b[0] - a[0]) * 12 + b[1] - a[1];
  if (months > 0 && b[2] < a[2]) return months - 1;
  return months < 0 && b[2] > a[2] ? months + 1 : months;
}

function workdays(day) {
  const days = ordinal(day);
  return Math.floor(days / 7) * 5 + Math.min(days % 7, 5);
}

// --- text

/** By code point, as everywhere else; JavaScript's own order is by UTF-16 unit. */
function compareTexts(left, right) {
  const [a, b] = [[...left], [...right]];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = a[index].codePointAt(0) - b[index].codePointAt(0);
    if (difference) return difference;
  }
  return a.length - b.length;
}

function trimmed(text, spaces) {
  let [start, end] = [0, text.length];
  while (start < end && spaces.includes(text[start])) start += 1;
  while (end > start && spaces.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

const size = (count) => (count === null ? 0 : Math.max(0, Math.min(integer(count), MOST_DAYS)));
const isNumber = (text) => /^[-+]?[0-9]{1,20}(\.[0-9]{1,10})?$/.test(text);

function found(text, part) {
  const index = text.indexOf(part);
  return whole(index < 0 ? 0 : [...text.slice(0, index)].length + 1);
}

function dateOfText(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? madeDate(...parts(text)) : null;
}

const edge = (find, period) => (day) => find(day, period);
const unit = (seconds) => (count) => length(multiply(count, whole(seconds)));

function extreme(sign) {
  return (values, kind) =>
    values.reduce((best, value) => {
      if (value === null) return best;
      return best === null || order(value, best, kind) * sign < 0 ? value : best;
    }, null);
}

const least = extreme(1);
const greatest = extreme(-1);

/** The functions of the catalogue under the names the server knows; those with a scope get it as `this`. */
export const functions = {
  today() {
    return this.context.today;
  },
  now() {
    return instant(this.context.now);
  },
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  trim: (text) => trimmed(text, SPACES),
  concat: (...texts) => texts.join(""),
  replace: (text, old, fresh) => (old ? text.split(old).join(fresh) : text),
  left: (text, count) => [...text].slice(0, size(count)).join(""),
  right: (text, count) => (size(count) ? [...text].slice(-size(count)).join("") : ""),
  middle(text, start, count) {
    const first = Math.max(size(start) - 1, 0);
    return [...text].slice(first, first + size(count)).join("");
  },
  contains: (text, part) => text.toLowerCase().includes(part.toLowerCase()),
  starts_with: (text, part) => text.toLowerCase().startsWith(part.toLowerCase()),
  ends_with: (text, part) => text.toLowerCase().endsWith(part.toLowerCase()),
  find: found,
  len: (text) => whole([...text].length),
  _len_list: (items) => whole((items ?? []).length),
  round: (number, places = whole(0)) => rounded(number, integer(places)),
  floor: floored,
  ceil: (number) => subtract(whole(0), floored(subtract(whole(0), number))),
  trunc: truncated,
  abs: (number) => ({ digits: magnitude(number.digits), scale: number.scale }),
  least(...values) {
    return least(values, this.kind);
  },
  greatest(...values) {
    return greatest(values, this.kind);
  },
  number: (text) => (isNumber(trimmed(text, " ")) ? decimal(trimmed(text, " ")) : null),
  chinese_amount: chineseAmount,
  percent_of: (part, all) => divide(multiply(part, whole(100)), all),
  coalesce: (...values) => values.find((value) => value !== null) ?? null,
  is_blank: (value) => value === null,
  _is_blank_text: (text) => trimmed(text, SPACES) === "",
  _is_blank_list: (items) => (items ?? []).length === 0,
  text: (value) => value,
  _text_number: (value) => (value === null ? "" : plain(value)),
  _text_boolean: (value) => (value === null ? "" : String(value)),
  _text_date: (value) => value ?? "",
  _text_datetime(value) {
    if (value === null) return "";
    const [day, hour, minute] = local(value, this.context.timezone);
    return `${day} ${two(hour)}:${two(minute)}`;
  },
  weeks: unit(604_800),
  days: unit(86_400),
  hours: unit(3600),
  minutes: unit(60),
  seconds: unit(1),
  _add_lengths: (left, right) => length(add(micro(left), micro(right))),
  _scale_length: (span, count) => length(multiply(micro(span), count)),
  _length_ratio: (left, right) => divide(micro(left), micro(right)),
  _move_date: (day, span) => fromOrdinal(ordinal(day) + Number(floorDivide(span, DAY))),
  _move_moment: (moment, span) => inRange(moment + span),
  _between_dates: (later, earlier) => BigInt(ordinal(later) - ordinal(earlier)) * DAY,
  _between_moments: (later, earlier) => later - earlier,
  _move_date_by_months: (day, count) => moveByMonths(day, integer(count)),
  _move_moment_by_months(moment, count) {
    const [day, rest] = splitInstant(moment);
    const moved = moveByMonths(day, integer(count));
    return moved === null ? null : BigInt(ordinal(moved) - EPOCH) * DAY + rest;
  },
  date: dateOfText,
  _date_of_date: (day) => day,
  _date_of_parts: (year, month, day) => madeDate(integer(year), integer(month), integer(day)),
  _date_of_moment(moment) {
    return local(moment, this.context.timezone)[0];
  },
  year: (day) => whole(parts(day)[0]),
  month_of_year: (day) => whole(parts(day)[1]),
  day: (day) => whole(parts(day)[2]),
  weekday: (day) => whole((ordinal(day) % 7) + 1),
  hour(moment) {
    return whole(local(moment, this.context.timezone)[1]);
  },
  month: (day) => day.slice(0, 7),
  quarter: (day) => `${day.slice(0, 4)}-Q${Math.floor((parts(day)[1] + 2) / 3)}`,
  week: isoWeek,
  start_of_week: edge(periodStart, "week"),
  end_of_week: edge(periodEnd, "week"),
  start_of_month: edge(periodStart, "month"),
  end_of_month: edge(periodEnd, "month"),
  start_of_quarter: edge(periodStart, "quarter"),
  end_of_quarter: edge(periodEnd, "quarter"),
  start_of_year: edge(periodStart, "year"),
  end_of_year: edge(periodEnd, "year"),
  days_between: (first, second) => whole(ordinal(second) - ordinal(first)),
  workdays_between: (first, second) => whole(workdays(second) - workdays(first)),
  months_between: (first, second) => whole(monthsBetween(first, second)),
  years_between: (first, second) => whole(Math.trunc(monthsBetween(first, second) / 12)),
};

// --- values as they come and go

function identity(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value.id ?? null) : value;
}

function read(value, kind) {
  if (value === undefined || value === null) return null;
  if (kind === "number") return decimal(typeof value === "object" ? value.amount : value);
  if (kind === "datetime") return instant(value);
  if (kind === "duration") return length(decimal(value));
  return value;
}

function written(value, kind) {
  if (value === null || value === undefined) return null;
  if (kind === "number") return plain(value);
  if (kind === "datetime") return instantText(value);
  if (kind === "duration") return plain(micro(value));
  return kind === "record" ? identity(value) : value;
}

function order(left, right, kind) {
  if (kind === "number") {
    const [a, b] = aligned(left, right);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (kind === "text" || kind === "choice") return compareTexts(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

function equal(left, right, kind) {
  if (left === null || right === null) return left === right;
  return kind === "number" ? order(left, right, kind) === 0 : left === right;
}

function start(base, scope) {
  if (base === "record") return scope.record;
  if (base === "old") return scope.context.old;
  if (base === "user") return scope.context.user;
  return scope.context.roots?.[base.slice("root:".length)];
}

function walk(value, path) {
  for (let index = 0; index < path.length; index += 1) {
    if (value === null || value === undefined) return null;
    if (typeof value !== "object") return index + 1 === path.length && path[index] === "id" ? value : null;
    if (index + 1 < path.length && (value[path[index]] === null || typeof value[path[index]] !== "object")) {
      const flat = value[path.slice(index).join(".")];
      if (flat !== undefined && flat !== null) return flat;
    }
    value = value[path[index]];
  }
  return value ?? null;
}

// --- the interpreter

const step = (tree, scope) => steps[tree.op](tree, scope);
const plainStep = (tree, scope) => (tree.kind === "record" ? identity(step(tree, scope)) : step(tree, scope));
const operations = { "+": add, "-": subtract, "*": multiply, "/": divide, "%": remainder };

const compared = {
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};

function compare(tree, scope) {
  const [left, right] = tree.args.map((argument) => plainStep(argument, scope));
  const kind = tree.args[0].kind === "null" ? tree.args[1].kind : tree.args[0].kind;
  if (tree.operator === "==") return equal(left, right, kind);
  if (tree.operator === "!=") return !equal(left, right, kind);
  return left !== null && right !== null && compared[tree.operator](order(left, right, kind));
}

function within(tree, scope) {
  const [item, container] = tree.args;
  const value = plainStep(item, scope);
  if (container.op === "items") {
    return (container.args ?? []).some((element) => equal(value, plainStep(element, scope), item.kind));
  }
  const held = step(container, scope) ?? [];
  return value !== null && [...held].some((each) => equal(value, read(identity(each), item.kind), item.kind));
}

function call(tree, scope) {
  const args = tree.args ?? [];
  const values = args.map((argument) => plainStep(argument, scope));
  if (tree.nulls === "strict" && values.includes(null)) return null;
  const given = values.map((value, index) =>
    value === null && tree.nulls === "blank" && ["text", "choice", "null"].includes(args[index].kind) ? "" : value,
  );
  return functions[tree.name].apply({ context: scope.context, kind: tree.kind }, given);
}

function changed(tree, scope) {
  const [now, before] = [scope.record, scope.context.old].map((record) => {
    const value = identity(record?.[tree.field] ?? null);
    return Array.isArray(value) && value.length === 0 ? null : value;
  });
  return JSON.stringify(now) !== JSON.stringify(before);
}

const folds = {
  sum: (values) => values.reduce(add, whole(0)),
  count: (values) => whole(values.length),
  min: least,
  max: greatest,
  avg: (values) => (values.length ? divide(values.reduce(add, whole(0)), whole(values.length)) : null),
  any: (values) => values.length > 0,
};

function aggregate(tree, scope) {
  const children = walk(start(tree.base, scope), tree.path) ?? [];
  const inChild = (child) => ({ record: child, context: scope.context });
  const keeps = (child) => !tree.condition || Boolean(step(tree.condition, inChild(child)));
  if (tree.name === "all") return children.every(keeps);
  const kept = children.filter(keeps);
  if (tree.name === "first") return first(tree, kept, inChild);
  const values = tree.item ? kept.map((child) => plainStep(tree.item, inChild(child))) : kept;
  return folds[tree.name](values.filter((value) => value !== null), tree.kind);
}

function first(tree, children, inChild) {
  const rows = children.map((child) => ({ child, key: tree.order ? step(tree.order, inChild(child)) : null }));
  rows.sort((a, b) => {
    if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1;
    const difference = a.key === null ? 0 : order(a.key, b.key, tree.order.kind) * (tree.descending ? -1 : 1);
    return difference || compareTexts(String(a.child.id), String(b.child.id));
  });
  if (!rows.length) return null;
  return tree.item ? step(tree.item, inChild(rows[0].child)) : rows[0].child;
}

const steps = {
  constant: (tree) => read(tree.value, tree.kind),
  read: (tree, scope) => read(walk(start(tree.base, scope), tree.path), tree.kind),
  negate(tree, scope) {
    const value = step(tree.args[0], scope);
    return value === null ? null : subtract(whole(0), value);
  },
  arithmetic(tree, scope) {
    const [left, right] = tree.args.map((argument) => step(argument, scope));
    return left === null || right === null ? null : operations[tree.operator](left, right);
  },
  compare,
  within,
  logic(tree, scope) {
    const holds = (argument) => Boolean(step(argument, scope));
    return tree.operator === "and" ? tree.args.every(holds) : tree.args.some(holds);
  },
  not: (tree, scope) => !step(tree.args[0], scope),
  conditional: (tree, scope) => step(step(tree.args[0], scope) ? tree.args[1] : tree.args[2], scope),
  call,
  changed,
  isnew: (tree, scope) => Boolean(scope.context.is_new),
  bykey(tree, scope) {
    const key = step(tree.args[0], scope);
    return key === null ? null : (scope.context.find(tree.entity, key) ?? null);
  },
  subtree(tree, scope) {
    const root = plainStep(tree.args[0], scope);
    return root === null ? [] : (scope.context.subtree(tree.entity, root) ?? []);
  },
  aggregate,
};
