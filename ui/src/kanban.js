// In charge of the board: dragging cards between lanes, the same by menu and keyboard, and putting back what was refused.

import htmx from "htmx.org";
import { onContent } from "./content.js";
import { word } from "./words.js";

const waiting = new Map();

onContent("[data-board][data-movable]", async (board) => {
  board.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move-menu]");
    if (button) offer(board, button);
  });
  const { default: Sortable } = await import("sortablejs");
  for (const lane of board.querySelectorAll("[data-lane-cards]")) {
    Sortable.create(lane, {
      group: "board",
      draggable: ".board-card",
      filter: ".lane-more, button",
      preventOnFilter: false,
      animation: 150,
      delay: 250,
      delayOnTouchOnly: true,
      touchStartThreshold: 5,
      ghostClass: "board-card-ghost",
      scrollSensitivity: 60,
      onStart: () => board.classList.add("dragging"),
      onEnd: ({ item, from, to, oldIndex }) => {
        board.classList.remove("dragging");
        if (from !== to) move(board, item, to, () => from.insertBefore(item, from.children[oldIndex] ?? null));
      },
    });
  }
});

onContent("[data-board]", (board) => {
  board.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.target.closest("a, button, dialog")) return;
    event.target.closest(".board-card")?.querySelector("a.name")?.click();
  });
});

function move(board, card, lane, back) {
  const key = lane.dataset.laneCards;
  const id = card.dataset.card;
  waiting.set(id, back);
  card.classList.add("moving");
  const stage = board.dataset.by === "stage";
  const values = stage ? { stage: key, target: "board" } : { lane: key };
  const query = stage ? "" : location.search;
  htmx
    .ajax("POST", `/${board.dataset.entity}/${id}/${stage ? "stage" : "lane"}${query}`, {
      source: card,
      target: "#sheet-place",
      values: { ...values, version: card.dataset.version },
    })
    .catch(() => putBack(id));
}

document.addEventListener("htmx:afterRequest", (event) => {
  const card = event.detail.elt.closest?.(".board-card");
  const xhr = event.detail.xhr;
  if (!card || !xhr || !waiting.has(card.dataset.card)) return;
  card.classList.remove("moving");
  if (xhr.status < 300) settle(card.dataset.card);
  else if (xhr.status !== 422) putBack(card.dataset.card);
  else askedFor(card.dataset.card);
});

// The server wants more first: closing its dialog without an answer puts the card back.
function askedFor(id) {
  const dialog = document.querySelector(`dialog[data-move-dialog="${id}"]`);
  if (!dialog) return void putBack(id);
  dialog.addEventListener("close", () => setTimeout(() => !document.querySelector(`dialog[data-move-dialog="${id}"]`) && putBack(id)));
}

document.addEventListener("tenon:moved", (event) => settle(event.detail.id));

function settle(id) {
  waiting.delete(id);
  const board = document.querySelector("[data-board]");
  const card = board?.querySelector(`[data-card="${id}"]`);
  if (card) card.dataset.version = Number(card.dataset.version) + 1;
  if (board) htmx.ajax("GET", board.dataset.heads, { target: "#sheet-place", swap: "none" });
}

function putBack(id) {
  const back = waiting.get(id);
  waiting.delete(id);
  const card = document.querySelector(`[data-card="${id}"]`);
  card?.classList.remove("moving");
  back?.();
  card?.querySelector("[data-move-menu]")?.focus({ preventScroll: true });
}

// --- the way without dragging

function offer(board, button) {
  document.querySelector(".move-menu")?.remove();
  const card = button.closest(".board-card");
  const here = card.closest("[data-lane-cards]");
  const menu = document.createElement("div");
  menu.className = "move-menu menu-panel";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", word("move_to"));
  for (const lane of board.querySelectorAll("[data-lane-cards]")) {
    if (lane === here) continue;
    const item = document.createElement("button");
    item.type = "button";
    item.className = "menu-item";
    item.setAttribute("role", "menuitem");
    item.append(lane.closest(".lane").querySelector(".dot").cloneNode(), lane.closest(".lane").querySelector("h2").firstChild.nextSibling.textContent.trim());
    item.addEventListener("click", () => {
      close(true);
      const next = card.nextElementSibling;
      lane.prepend(card);
      move(board, card, lane, () => here.insertBefore(card, next));
    });
    menu.append(item);
  }
  const close = (focus) => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (focus) button.focus();
  };
  const outside = (event) => menu.contains(event.target) || close(false);
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close(true);
    if (!step) return;
    event.preventDefault();
    items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
  });
  document.addEventListener("pointerdown", outside, true);
  button.setAttribute("aria-expanded", "true");
  card.append(menu);
  menu.querySelector("button")?.focus();
}
