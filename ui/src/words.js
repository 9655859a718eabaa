// In charge of the few words that scripts say; the server sends them in the reader's language.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");

export function word(key, parameters = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => parameters[name] ?? whole);
}
