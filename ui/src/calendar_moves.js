// In charge of putting an entry on another day or time: by dragging, by keys, by a dialog. The server decides.

import htmx from "htmx.org";
import { minuteAt, STEP, wide } from "./calendar_hours.js";

const FAR = 5; // pixels a pointer moves before a press becomes a drag

export function press(root, event) {
  const entry = event.target.closest("[data-entry][data-movable]");
  if (!entry || event.button !== 0 || event.pointerType === "touch" || event.target.closest("[data-entry-move]")) return;
  const grabbed = entry.closest(".segment")?.getBoundingClientRect();
  const drag = { root, entry, x: event.clientX, y: event.clientY, above: grabbed ? event.clientY - grabbed.top : 0 };
  const move = (next) => follow(drag, next);
  const stop = (last) => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", stop);
    document.removeEventListener("pointercancel", stop);
    document.removeEventListener("keydown", escape, true);
    drop(drag, last);
  };
  const escape = (pressed) => {
    if (pressed.key !== "Escape") return;
    pressed.preventDefault();
    drag.cell = null;
    stop(pressed);
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", stop);
  document.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", escape, true);
}

function follow(drag, event) {
  if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
  event.preventDefault();
  if (!drag.ghost) {
    drag.ghost = drag.entry.cloneNode(true);
    drag.ghost.classList.add("entry-ghost");
    drag.ghost.removeAttribute("data-entry");
    drag.root.append(drag.ghost);
    drag.entry.classList.add("dragged");
    drag.root.classList.add("dragging");
  }
  drag.ghost.style.left = `${event.clientX + 8}px`;
  drag.ghost.style.top = `${event.clientY + 8}px`;
  const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-day-cell]") ?? null;
  if (cell !== drag.cell) {
    drag.cell?.classList.remove("drop-here");
    cell?.classList.add("drop-here");
    drag.cell = cell;
  }
  drag.line?.remove();
  if (cell?.matches("[data-clock]") && drag.entry.matches("[data-timed]")) {
    drag.minute = minuteAt(cell, event.clientY - drag.above);
    drag.line = document.createElement("i");
    drag.line.className = "hour-here";
    drag.line.style.top = `${(drag.minute / 1440) * 100}%`;
    cell.append(drag.line);
  } else drag.minute = null;
}

function drop(drag, event) {
  const { root, entry, cell } = drag;
  drag.ghost?.remove();
  drag.line?.remove();
  cell?.classList.remove("drop-here");
  entry.classList.remove("dragged");
  root.classList.remove("dragging");
  if (!drag.ghost) return;
  const swallow = (after) => (after.preventDefault(), after.stopPropagation());
  root.addEventListener("click", swallow, true);
  setTimeout(() => root.removeEventListener("click", swallow, true));
  if (!cell || event.type === "pointercancel") return;
  const days = apart(entry.dataset.day, cell.dataset.dayCell);
  const segment = entry.closest(".segment");
  const minutes = drag.minute === null || !segment ? 0 : drag.minute - Number(segment.dataset.from);
  if (days || minutes) send(entry, { days, minutes });
}

const apart = (first, last) => Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);

// --- the same without a pointer

export function key(root, event) {
  const entry = event.target.closest("[data-entry][data-movable]");
  if (!entry || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key.toLowerCase() === "m" && !event.shiftKey) return void (event.preventDefault(), ask(entry));
  if (!event.shiftKey) return;
  const clock = entry.closest("[data-clock]") !== null && wide();
  const steps = {
    ArrowLeft: { days: -1 },
    ArrowRight: { days: 1 },
    ArrowUp: clock ? { minutes: -STEP } : { days: -7 },
    ArrowDown: clock ? { minutes: STEP } : { days: 7 },
  };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  send(entry, { days: 0, minutes: 0, ...step });
}

export function ask(entry) {
  const dialog = document.getElementById("calendar-move");
  const form = dialog.querySelector("form");
  const field = form.querySelector("input");
  field.type = entry.matches("[data-timed]") ? "datetime-local" : "date";
  field.value = entry.dataset.starts;
  form.querySelector("[data-calendar-what]").textContent = entry.querySelector(".entry-title").textContent;
  form.querySelector("[data-calendar-cancel]").onclick = () => dialog.close();
  form.onsubmit = () => {
    if (field.value && field.value !== entry.dataset.starts) send(entry, { at: field.value });
  };
  dialog.onclose = () => entry.isConnected && entry.querySelector(".entry-link").focus();
  dialog.showModal();
  field.focus();
}

// --- the change itself: the server decides, then the days are shown anew

async function send(entry, values) {
  const { entry: id, entity, view, version } = entry.dataset;
  if (entry.matches(".moving")) return;
  entry.classList.add("moving", "dragged");
  let status = 0;
  const note = (event) => (status = event.detail.xhr.status);
  entry.addEventListener("htmx:afterRequest", note, { once: true });
  await htmx
    .ajax("POST", `/${entity}/${id}/-/calendar`, { source: entry, target: "#sheet-place", swap: "none", values: { view, version, ...values } })
    .catch(() => {});
  entry.classList.remove("moving", "dragged");
  entry.removeEventListener("htmx:afterRequest", note);
  if (status !== 204 && status !== 409 && status !== 412) return;
  await htmx.ajax("GET", location.pathname + location.search, { target: "#results", swap: "innerHTML" });
  document.querySelector(`[data-calendar] [data-entry="${id}"] .entry-link`)?.focus({ preventScroll: true });
}
