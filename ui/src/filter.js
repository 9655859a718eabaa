// In charge of the filter panel: adding and removing rows and groups; the server draws every row.

import htmx from "htmx.org";
import { onContent } from "./content.js";

onContent("dialog[data-filter]", (dialog) => {
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.filterMode) turn(dialog, button.dataset.filterMode);
    if ("addCondition" in button.dataset) addRow(dialog, button.closest("[data-group]"));
    if ("removeCondition" in button.dataset) removeRow(dialog, button.closest("[data-condition]"));
    if ("addGroup" in button.dataset) addGroup(dialog);
  });
});

function turn(dialog, mode) {
  for (const tab of dialog.querySelectorAll("[data-filter-mode]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.filterMode === mode));
  }
  dialog.querySelector("[data-filter-rows]").hidden = mode !== "rows";
  dialog.querySelector("[data-filter-text]").hidden = mode !== "text";
}

const entity = (dialog) => dialog.querySelector("[data-add-group]").dataset.entity;

function addRow(dialog, group) {
  const rows = group.querySelector("[data-rows]");
  const index = 1 + Math.max(-1, ...[...rows.querySelectorAll("[data-condition]")].map((row) => Number(row.dataset.condition)));
  return htmx
    .ajax("GET", `/${entity(dialog)}/-/filter/row?group=${group.dataset.group}&index=${index}`, { target: rows, swap: "beforeend" })
    .then(() => rows.lastElementChild?.querySelector("select")?.focus());
}

function removeRow(dialog, row) {
  const group = row.closest("[data-group]");
  row.remove();
  if (!group.querySelector("[data-condition]") && dialog.querySelectorAll("[data-group]").length > 1) group.remove();
  mark(dialog);
}

function addGroup(dialog) {
  const groups = dialog.querySelector("[data-groups]");
  const made = groups.querySelector("[data-group]").cloneNode(true);
  const index = 1 + Math.max(...[...groups.querySelectorAll("[data-group]")].map((group) => Number(group.dataset.group)));
  made.dataset.group = index;
  made.querySelector("legend select").name = `join.${index}`;
  made.querySelector("[data-rows]").replaceChildren();
  groups.append(made);
  mark(dialog);
  addRow(dialog, made);
}

function mark(dialog) {
  dialog.querySelector("[data-outer-join]").hidden = dialog.querySelectorAll("[data-group]").length < 2;
}
