// In charge of pickers: a <select data-picker> becomes a field one can type into.
//
// data-options: address that answers [{id, title, hint}] for ?q=; without it the options in the page are searched.
// data-create: new words may be added (tags). data-placeholder: words shown while empty.

import clearButton from "tom-select/dist/esm/plugins/clear_button/plugin.js";
import removeButton from "tom-select/dist/esm/plugins/remove_button/plugin.js";
import TomSelect from "tom-select/dist/esm/tom-select.js";
import { rooted } from "./addresses.js";

TomSelect.define("clear_button", clearButton);
TomSelect.define("remove_button", removeButton);

const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

export function start(select) {
  const remote = select.dataset.options;
  const words = select.dataset;
  const picker = new TomSelect(select, {
    plugins: plugins(select),
    valueField: "value",
    labelField: "text",
    searchField: remote ? [] : ["text"],
    placeholder: words.placeholder || undefined,
    hidePlaceholder: true,
    create: "create" in words,
    createOnBlur: "create" in words,
    persist: false,
    maxOptions: null,
    allowEmptyOption: false,
    preload: remote ? "focus" : false,
    loadThrottle: 150,
    load: remote ? (text, done) => load(remote, text, done) : undefined,
    shouldLoad: () => Boolean(remote),
    render: {
      option: (item) => `<div>${dot(item)}${escape(item.text)}${item.hint ? `<span class="hint">${escape(item.hint)}</span>` : ""}</div>`,
      item: (item) => `<div>${dot(item)}${escape(item.text)}</div>`,
      no_results: () => `<div class="no-results">${escape(words.nothing)}</div>`,
      option_create: (data) => `<div class="create">${escape(words.add)} <strong>${escape(data.input)}</strong></div>`,
      loading: () => `<div class="no-results" role="status">…</div>`,
      not_loading: () => "",
    },
    onType: remote ? () => picker.clearOptions((option) => picker.items.includes(option.value)) : undefined,
  });
  picker.wrapper.classList.remove("form-select");
  picker.dropdown.classList.remove("form-select");
  describe(select, picker.control_input);
  select.setAttribute("aria-hidden", "true"); // the field in its place has the label now
  return picker;
}

function plugins(select) {
  if (select.multiple) return { remove_button: { label: "×", title: select.dataset.remove ?? "" } };
  return select.getAttribute("aria-required") === "true" ? {} : { clear_button: { html: () => `<button type="button" class="clear-button" tabindex="-1" aria-label="${escape(select.dataset.clear)}">×</button>` } };
}

function dot(item) {
  const color = item.color ?? item.$option?.dataset?.color;
  return color ? `<i class="dot ${escape(color)}"></i> ` : "";
}

async function load(address, text, done) {
  const url = new URL(rooted(address), location.href);
  url.searchParams.set("q", text);
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const found = answer.ok ? await answer.json() : [];
    done(found.map((each) => ({ value: each.id, text: each.title ?? each.id, hint: each.hint })));
  } catch {
    done([]);
  }
}

// What the select told screen readers, its replacement tells as well.
function describe(select, input) {
  for (const name of ["aria-describedby", "aria-invalid", "aria-required", "aria-label"]) {
    const value = select.getAttribute(name);
    if (value !== null) input.setAttribute(name, value);
  }
}
