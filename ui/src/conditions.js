// In charge of forms that answer while being filled in: what is shown, asked for, fixed, and what formulas give.
//
// <form data-conditions='{"record", "context", "fields": {name: {visible, required, read_only, value}}, "sections"}'>
// holds the typed trees of the expressions; the server judges the same again when the form arrives.

import { evaluate } from "./expressions.js";

export function start(form) {
  const plan = JSON.parse(form.dataset.conditions);
  const update = () => apply(form, plan, record(form, plan));
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("reset", () => setTimeout(update));
  update();
}

/** The record as it stands in the form, in the API's notation. */
function record(form, plan) {
  const values = { ...plan.record };
  for (const holder of form.querySelectorAll("[data-field]")) {
    const { field, kind } = holder.dataset;
    const value = read(form, field, kind);
    if (value === undefined) continue;
    if (kind === "record") Object.assign(values, parts(field, value));
    else values[field] = value;
  }
  return values;
}

// Of a look-up of any record, "entity:id": expressions see the id, and the parts beside it.
function parts(field, value) {
  const [entity = null, id = null] = value?.split(":") ?? [];
  return { [field]: id, [`${field}.entity`]: entity, [`${field}.id`]: id };
}

function read(form, name, kind) {
  const found = form.elements[name];
  if (!found) return undefined;
  const list = found instanceof RadioNodeList ? [...found] : [found];
  if (kind === "boolean") return list.some((input) => input.type === "checkbox" && input.checked);
  if (kind === "list") return list.flatMap((each) => (each.selectedOptions ? [...each.selectedOptions].map((option) => option.value) : []));
  const text = found.value.trim();
  if (!text) return null;
  return kind === "number" ? number(text) : text;
}

function number(text) {
  const plain = text.normalize("NFKC").replace(/[,\s%'’]/g, "").replace("−", "-");
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? plain : null;
}

function apply(form, plan, values) {
  const holds = (tree) => Boolean(evaluate(tree, values, plan.context));
  for (const [name, rules] of Object.entries(plan.fields)) {
    const holder = form.querySelector(`[data-field="${name}"]`);
    if (!holder) continue;
    if (rules.visible) holder.hidden = !holds(rules.visible);
    if (rules.read_only) holder.inert = holds(rules.read_only);
    if (rules.required) demand(holder, !holder.hidden && holds(rules.required));
    if (rules.value) show(holder, evaluate(rules.value, values, plan.context), plan.context.language);
  }
  for (const [name, tree] of Object.entries(plan.sections)) {
    const section = form.querySelector(`[data-section="${name}"]`);
    if (section) section.hidden = !holds(tree);
  }
}

function demand(holder, required) {
  const mark = holder.querySelector(".required");
  if (mark) mark.hidden = !required;
  for (const input of holder.querySelectorAll("input:not([type=hidden], [type=checkbox]), select, textarea")) {
    if (!input.id.endsWith("-ts-control")) input.setAttribute("aria-required", String(required));
  }
}

function show(holder, value, language) {
  const place = holder.querySelector("output");
  if (!place) return;
  const { format, scale, currency } = place.dataset;
  if (value === null) place.textContent = "–";
  else if (format === "number" || format === "money") place.textContent = written(value, language, scale, format === "money" && currency);
  else if (format === "percent") place.textContent = `${value}%`;
  else place.textContent = String(value);
}

function written(value, language, scale, currency) {
  const digits = { minimumFractionDigits: Number(scale ?? 0), maximumFractionDigits: Number(scale ?? 9) };
  return new Intl.NumberFormat(language, currency ? { style: "currency", currency, ...digits } : digits).format(value);
}
