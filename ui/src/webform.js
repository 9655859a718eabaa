// In charge of a web form on the page of a visitor: conditions, the machine's small task, the height inside a frame.
//
// Everything here is a help: without it the form is sent all the same, and the server judges everything once more.

import { start } from "./conditions.js";

const BITS = 14;
const form = document.querySelector("[data-public-form]");
const summary = document.querySelector("[data-summary]");
const framed = window.parent !== window;

summary?.focus();
summary?.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const input = link && document.getElementById(link.hash.slice(1));
  if (!input) return;
  event.preventDefault();
  (input.querySelector("input") ?? input).focus();
  input.closest(".control")?.scrollIntoView({ block: "center" });
});

if (form) {
  start(form);
  form.addEventListener("submit", once);
  if (form.dataset.work) work(form, form.dataset.work);
}
if (framed) {
  tell();
  new ResizeObserver(tell).observe(document.querySelector("[data-public-page]"));
  addEventListener("message", hear);
  const sent = document.querySelector("[data-sent]");
  say(sent ? { sent: true, redirect: sent.dataset.redirect ?? "" } : { ready: true });
}

// A second click sends nothing; whoever comes back by the browser's button may send again.
function once(event) {
  const button = form.querySelector("[data-send]");
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  button.setAttribute("aria-disabled", "true");
}
addEventListener("pageshow", () => form?.querySelector("[data-send]").removeAttribute("aria-disabled"));

// The page around says what its own address holds; only what no visitor fills in himself, and is empty, takes it.
function hear(event) {
  if (event.source !== window.parent || typeof event.data?.tenonPage !== "string" || !form) return;
  const page = form.elements["-page"];
  page.value = event.data.tenonPage.slice(0, 500);
  const query = new URLSearchParams(String(event.data.query ?? ""));
  for (const input of form.querySelectorAll("input[type=hidden][data-query]")) {
    if (!input.value) input.value = query.get(input.dataset.query) ?? "";
  }
}

function tell() {
  say({ height: Math.ceil(document.querySelector("[data-public-page]").getBoundingClientRect().height) });
}

function say(message) {
  window.parent.postMessage({ tenonForm: true, ...message }, "*");
}

// Numbers are tried until the hash of one begins with enough zeros; then there is no question to answer.
async function work(form, key) {
  if (!globalThis.crypto?.subtle) return;
  const question = form.querySelector("[data-question]");
  const encoder = new TextEncoder();
  question.hidden = true;
  for (let first = 0; ; first += 256) {
    const tried = Array.from({ length: 256 }, (_nothing, place) => first + place);
    const hashes = await Promise.all(tried.map((number) => crypto.subtle.digest("SHA-256", encoder.encode(`${key}:${number}`))));
    const found = hashes.findIndex((hash) => new DataView(hash).getUint32(0) >>> (32 - BITS) === 0);
    if (found < 0) continue;
    form.elements["-solution"].value = `work:${tried[found]}`;
    form.dataset.worked = "";
    return;
  }
}
