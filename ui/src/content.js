// In charge of calling back for each element of a kind, now and whenever htmx brings new ones.

const wanted = [];
const known = new WeakMap();

export function onContent(selector, start) {
  wanted.push([selector, start]);
  scan(document.body, [[selector, start]]);
}

function scan(root, list) {
  for (const [selector, start] of list) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.push(root);
    for (const element of found) {
      const done = known.get(element) ?? new Set();
      if (done.has(selector)) continue;
      known.set(element, done.add(selector));
      start(element);
    }
  }
}

document.addEventListener("htmx:load", (event) => scan(event.detail.elt, wanted));
