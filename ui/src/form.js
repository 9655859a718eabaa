// In charge of the big form: child tables, defaults that follow a choice, making a record on the spot, the summary.

import htmx from "htmx.org";
import { rooted } from "./addresses.js";
import { onContent } from "./content.js";
import { evaluate } from "./expressions.js";
import { word } from "./words.js";

onContent("[data-summary]", (summary) => {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    const input = document.getElementById(link.hash.slice(1));
    (input?.tomselect ?? input)?.focus();
    input?.closest(".control")?.scrollIntoView({ block: "center" });
  });
});

export function start(form) {
  offerCreating(form, JSON.parse(form.dataset.quick));
  follow(form, form, JSON.parse(form.dataset.leading), form.dataset.defaults, (name) => name);
  form.querySelectorAll("[data-child-table]").forEach(edit);
}

function edit(table) {
  const plan = JSON.parse(table.dataset.plan);
  const body = table.querySelector("tbody");
  let next = body.rows.length;
  for (const row of body.rows) begin(table, row, plan);
  table.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-row]")) add();
    const remove = event.target.closest("[data-remove-row]");
    if (remove) takeAway(remove.closest("tr"));
  });
  table.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.closest("button, textarea, .ts-wrapper.dropdown-active")) return;
    event.preventDefault();
    walk(event.target);
  }, true); // before the picker, which closes its list on Enter

  function add() {
    const pattern = table.querySelector("[data-pattern]");
    const holder = document.createElement("tbody");
    holder.innerHTML = pattern.innerHTML.replaceAll(`.new.`, `.${next}.`).replaceAll(`-new-`, `-${next}-`).replace('data-row="new"', `data-row="${next}"`);
    next += 1;
    const row = holder.rows[0];
    body.append(row);
    htmx.process(row);
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: row } }));
    begin(table, row, plan);
    import("./picker.js").then(() => setTimeout(() => focusFirst(row)));
  }

  function takeAway(row) {
    const after = row.nextElementSibling ?? row.previousElementSibling;
    if (row.querySelector("[name$='.id']").value) {
      row.querySelector("[data-gone]").value = "1";
      row.hidden = true;
    } else row.remove();
    table.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
    (after?.querySelector("[data-remove-row]") ?? table.querySelector("[data-add-row]"))?.focus();
  }

  // Enter goes down the column; at the last row it makes a new one.
  function walk(input) {
    const cell = input.closest("td");
    const row = cell.parentElement;
    let below = row.nextElementSibling;
    while (below?.hidden) below = below.nextElementSibling;
    if (!below) return void add();
    below.cells[cell.cellIndex]?.querySelector("input:not([type=hidden]), select")?.focus();
  }
}

const focusFirst = (row) => {
  const select = row.querySelector("select");
  (select?.tomselect ?? row.querySelector("input:not([type=hidden])"))?.focus();
};

function begin(table, row, plan) {
  const prefix = `${table.dataset.childTable}.${row.dataset.row}.`;
  follow(table.closest("form"), row, plan.leading, plan.defaults, (name) => prefix + name);
  const compute = () => formulas(row, plan, prefix);
  row.addEventListener("input", compute);
  row.addEventListener("change", compute);
  compute();
}

function formulas(row, plan, prefix) {
  const record = {};
  for (const holder of row.querySelectorAll("[data-field]")) {
    const input = row.querySelector(`[name="${holder.dataset.field}"]:not([type=hidden])`);
    const text = input?.value?.trim() ?? "";
    const plain = holder.dataset.kind === "number" ? text.normalize("NFKC").replace(/[,\s%]/g, "") : text;
    record[holder.dataset.field.slice(prefix.length)] = plain === "" || (holder.dataset.kind === "number" && !/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) ? null : plain;
  }
  for (const [name, tree] of Object.entries(plan.formulas)) {
    const value = evaluate(tree, record, { today: "", now: "", timezone: "UTC" });
    record[name] = value;
    const output = row.querySelector(`[data-field="${prefix}${name}"] output`);
    if (output) output.textContent = value === null ? "–" : shown(value, output.dataset);
  }
}

function shown(value, { format, scale, currency }) {
  if (format === "percent") return `${value}%`;
  if (format !== "money" && format !== "number") return String(value);
  const digits = { minimumFractionDigits: Number(scale || 0), maximumFractionDigits: Number(scale || 9) };
  return new Intl.NumberFormat(document.documentElement.lang, format === "money" ? { style: "currency", currency, ...digits } : digits).format(value);
}

// When a look-up that others follow is chosen, their defaults fill inputs that are empty or still hold a default.
function follow(form, place, names, address, nameOf) {
  for (const name of names) {
    place.addEventListener("change", async (event) => {
      if (event.target.name !== nameOf(name) || !event.target.value) return;
      const url = `${address}?field=${encodeURIComponent(name)}&id=${encodeURIComponent(event.target.value)}`;
      const answer = await fetch(rooted(url), { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok) return;
      for (const [other, value] of Object.entries(await answer.json())) fill(form.elements[nameOf(other)], value, form.elements[`${nameOf(other)}.currency`]);
      place.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

function fill(input, { text, title, currency }, currencyInput) {
  if (!input || input instanceof RadioNodeList) return;
  if (input.value && input.value !== input.dataset.defaulted) return;
  if (input.tomselect) {
    input.tomselect.addOption({ value: text, text: title });
    input.tomselect.setValue(text, true);
  } else input.value = text;
  if (currency && currencyInput) currencyInput.value = currency;
  input.dataset.defaulted = text;
}

// --- a new record for a look-up, without leaving the form

let asked = null;

function offerCreating(form, addresses) {
  for (const [name, address] of Object.entries(addresses)) {
    const holder = form.querySelector(`[data-field="${name}"]`);
    if (!holder?.querySelector("select")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-link quick-create";
    button.textContent = `+ ${word("quick_create")}`;
    button.setAttribute("aria-label", `${word("quick_create")}: ${holder.querySelector(".control-label")?.textContent.replace("*", "").trim()}`);
    button.addEventListener("click", () => {
      asked = holder.querySelector("select");
      const typed = asked.tomselect?.control_input?.value ?? "";
      htmx.ajax("GET", `${address}?name=${encodeURIComponent(typed)}`, { target: "#sheet-place", swap: "innerHTML" });
    });
    holder.append(button);
  }
}

document.addEventListener("tenon:created", (event) => {
  const { id, title } = event.detail;
  document.querySelector("dialog[data-quick-dialog]")?.close();
  if (!asked?.tomselect) return;
  asked.tomselect.addOption({ value: id, text: title });
  asked.tomselect.setValue(id);
  asked.tomselect.focus();
});
