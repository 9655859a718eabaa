// In charge of lists: rows that open, arrow keys, picking several, endless scrolling with few rows in the page.

import { onContent } from "./content.js";

const MOST_CHUNKS = 3;
const MARGIN = 900;

onContent("table[data-list]", (table) => {
  table.addEventListener("click", open);
  table.addEventListener("keydown", walk);
  keepFew(table);
});

// --- opening and walking

function open(event) {
  if (event.defaultPrevented || event.target.closest("a, button, input, label, form")) return;
  if (window.getSelection()?.toString()) return;
  const link = event.target.closest("tr")?.querySelector("a.name");
  if (event.ctrlKey || event.metaKey) window.open(link?.href);
  else link?.click();
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  if (!step || !event.target.matches("a.name, [name=id]")) return;
  event.preventDefault();
  const selector = event.target.matches("a.name") ? "a.name" : "input[name=id]";
  const all = [...event.currentTarget.querySelectorAll(selector)];
  all[all.indexOf(event.target) + step]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || event.target.id !== "list-search") return;
  event.preventDefault();
  document.querySelector("table[data-list] a.name")?.focus();
});

// --- few rows: chunks far from the window give way to an empty one of the same height

function keepFew(table) {
  const kept = new WeakMap();
  const far = new Set();
  const watcher = new IntersectionObserver((entries) => entries.forEach(turn), { rootMargin: `${MARGIN}px 0px` });
  const chunks = () => table.querySelectorAll("tbody[data-chunk]");

  function turn({ target, isIntersecting }) {
    if (!isIntersecting) far.add(target);
    else {
      far.delete(target);
      if (kept.has(target)) target.replaceChildren(...kept.get(target));
      kept.delete(target);
    }
    if (chunks().length > MOST_CHUNKS) for (const chunk of far) if (!kept.has(chunk)) putAway(chunk);
  }

  function putAway(chunk) {
    if (chunk.contains(document.activeElement) || chunk.querySelector(":checked")) return;
    const height = chunk.getBoundingClientRect().height;
    fix(table);
    kept.set(chunk, [...chunk.childNodes]);
    const room = document.createElement("tr");
    const cell = document.createElement("td");
    cell.colSpan = 99;
    cell.className = "put-away";
    cell.style.height = `${height}px`;
    room.append(cell);
    chunk.replaceChildren(room);
  }

  const look = () => chunks().forEach((chunk) => watcher.observe(chunk));
  look();
  new MutationObserver(look).observe(table, { childList: true });
}

// Columns keep their width when rows come and go.
function fix(table) {
  if (table.dataset.fixed) return;
  const heads = [...table.querySelectorAll("thead th")];
  const widths = heads.map((head) => head.getBoundingClientRect().width);
  heads.forEach((head, place) => (head.style.width = `${widths[place]}px`));
  table.dataset.fixed = "true";
}

// --- picking several

const picked = () => [...document.querySelectorAll("#results input[name=id]:checked")];
let last = null;

function tell() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const count = picked().length;
  bar.hidden = count === 0;
  const words = bar.querySelector("[data-bulk-count]");
  words.textContent = words.dataset.words.replace("{count}", count);
  const all = document.querySelector("[data-pick-all]");
  if (!all) return;
  const total = document.querySelectorAll("#results input[name=id]").length;
  all.checked = count > 0 && count === total;
  all.indeterminate = count > 0 && count < total;
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-pick-all]")) {
    document.querySelectorAll("#results input[name=id]").forEach((box) => (box.checked = event.target.checked));
  }
  if (event.target.matches?.("[data-pick-all], #results input[name=id]")) tell();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-unpick]")) {
    picked().forEach((box) => (box.checked = false));
    tell();
  }
  const box = event.target.closest?.("#results input[name=id]");
  if (!box) return;
  if (event.shiftKey && last?.isConnected) {
    const all = [...document.querySelectorAll("#results input[name=id]")];
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
    tell();
  }
  last = box;
});

document.addEventListener("htmx:afterSwap", (event) => event.detail.target?.id === "results" && tell());

// --- the chooser of columns

onContent("ul[data-sortable]", async (list) => {
  const { default: Sortable } = await import("sortablejs");
  Sortable.create(list, { handle: ".grip", animation: 120 });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-move]");
  if (!button) return;
  const item = button.closest("li");
  if (button.dataset.move === "-1") item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  button.focus();
});
