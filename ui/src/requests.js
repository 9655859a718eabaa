// In charge of htmx: its settings, the token against forgery, boosted links, and answers that are refusals.

import htmx from "htmx.org";
import "idiomorph/htmx";
import { rooted } from "./addresses.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0, // pages hold confidential records: nothing is kept in the browser's storage
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  selfRequestsOnly: true,
  allowScriptTags: false,
  globalViewTransitions: false,
});

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

// Ordinary links and forms are boosted here, not in the markup, so that the page works the same without scripts.
document.body.setAttribute("hx-boost", "true");
htmx.process(document.body);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.path = rooted(event.detail.path);
  const { verb, headers, path } = event.detail;
  if (verb !== "get" && new URL(path, location.href).origin === location.origin) headers["X-CSRFToken"] = meta("csrf-token");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const detail = event.detail;
  const status = detail.xhr.status;
  if (detail.requestConfig.boosted) return takePage(detail);
  if (status === 422 || status === 409 || status === 412) {
    detail.shouldSwap = (detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html");
    detail.isError = false;
  }
});

// A boosted answer replaces the page; one that has no page in it, or is of a newer build, is loaded as a whole.
function takePage(detail) {
  const text = detail.serverResponse ?? "";
  const build = /data-build="([^"]*)"/.exec(text)?.[1];
  if (build !== meta("build") || !document.getElementById("places")) {
    detail.shouldSwap = false;
    location.assign(detail.xhr.responseURL || location.href);
    return;
  }
  detail.target = document.getElementById("page");
  detail.selectOverride = "#page";
  detail.swapOverride = "outerHTML";
  detail.shouldSwap = true;
  detail.isError = false;
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.requestConfig?.boosted) return;
  document.getElementById("navigation")?.hidePopover?.();
  const page = document.getElementById("page");
  const first = page.querySelector("[autofocus], [aria-invalid=true]");
  (first ?? page).focus({ preventScroll: !first });
  if (!location.hash) window.scrollTo({ top: 0, behavior: "instant" });
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Trigger")?.includes("toast")) return;
  toast(reason(xhr) ?? word("failed"), "danger");
});

document.addEventListener("htmx:sendError", () => toast(word("offline"), "danger"));

/** The sentence in a problem document, null when the answer is something else. */
export function reason(xhr) {
  try {
    const problem = JSON.parse(xhr.responseText);
    return [problem.detail, problem.hint].filter(Boolean).join(" ") || null;
  } catch {
    return null;
  }
}

/** `fetch` with the token against forgery; throws an Error whose message is the server's sentence. */
export async function send(method, address, body) {
  const response = await fetch(rooted(address), {
    method,
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": meta("csrf-token") },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => {
    throw new Error(word("offline"));
  });
  const text = await response.text();
  if (!response.ok) throw new Error(reason({ responseText: text }) ?? word("failed"));
  return text ? JSON.parse(text) : null;
}
