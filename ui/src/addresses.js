// In charge of where the workspace begins: at the root of its host, or below a path it shares with others.

const root = document.documentElement.dataset.root ?? "";

/** A path of this workspace as the browser must ask for it; one that carries the root already stays as it is. */
export function rooted(address) {
  const mine = address === root || address.startsWith(`${root}/`) || address.startsWith(`${root}?`);
  return !root || mine || !address.startsWith("/") ? address : root + address;
}
