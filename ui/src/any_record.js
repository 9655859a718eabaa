// In charge of look-ups of any record: first what kind of record, then which one; the input keeps "entity:id".
//
// data-kinds: [[entity, label]]; data-options: address that answers the records of &entity=; data-title: of the present
// record. Without this file the input itself is filled in.

import { start } from "./picker.js";
import { made, tell } from "./values.js";

export function anyRecord(field) {
  const input = field.querySelector("input");
  const kinds = JSON.parse(field.dataset.kinds);
  if ((!kinds.length && !input.value) || (input.value && !input.value.includes(":"))) return;
  const [present] = input.value.split(":");
  if (present && !kinds.some(([name]) => name === present)) kinds.push([present, present]);
  const kind = made("select", { className: "form-select" }, made("option", { value: "", textContent: field.dataset.anyKind }), ...kinds.map(([name, label]) => made("option", { value: name, textContent: label, selected: name === present })));
  kind.setAttribute("aria-label", field.dataset.kindLabel);
  if (kinds.length === 1) kind.value = kinds[0][0];
  let picker;
  const choose = (value, title) => {
    picker?.destroy();
    field.querySelector("[data-record]")?.remove();
    const select = made("select", { className: `form-select${input.classList.contains("is-invalid") ? " is-invalid" : ""}`, disabled: !kind.value }, made("option", { value: "" }));
    if (value) select.append(made("option", { value, textContent: title || value, selected: true }));
    Object.assign(select.dataset, { ...words(field), record: "", options: `${field.dataset.options}&entity=${encodeURIComponent(kind.value)}` });
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
      if (input.hasAttribute(name)) select.setAttribute(name, input.getAttribute(name));
    }
    select.setAttribute("aria-label", field.dataset.label);
    kind.after(select);
    picker = start(select);
    select.addEventListener("change", () => {
      input.value = select.value;
      tell(input);
    });
  };
  input.type = "hidden";
  field.prepend(kind);
  choose(input.value, field.dataset.title);
  kind.addEventListener("change", () => {
    input.value = "";
    tell(input);
    choose(); // the focus stays: arrows go through the kinds one by one
  });
  input.focus = () => (kind.value ? picker.focus() : kind.focus());
  document.getElementById(`${input.id}-label`)?.addEventListener("click", () => input.focus());
}

const words = ({ dataset: { nothing, add, remove, clear, placeholder } }) => ({ nothing, add, remove, clear, placeholder });
