// In charge of the small editor of formatted text: a <textarea data-rich-text> of HTML becomes a page to write on.
//
// The server cleans what arrives, and has cleaned what it sends; what is pasted arrives as plain text.

const COMMANDS = {
  bold: ["bold"],
  italic: ["italic"],
  underline: ["underline"],
  heading: ["formatBlock", "h3"],
  bullets: ["insertUnorderedList"],
  numbers: ["insertOrderedList"],
  plain: ["formatBlock", "p"],
};

export function start(area) {
  const editor = area.closest(".editor");
  const text = document.createElement("div");
  text.className = "editor-text prose";
  text.contentEditable = "true";
  text.setAttribute("role", "textbox");
  text.setAttribute("aria-multiline", "true");
  for (const name of ["aria-labelledby", "aria-describedby", "aria-invalid"]) {
    if (area.hasAttribute(name)) text.setAttribute(name, area.getAttribute(name));
  }
  text.innerHTML = area.value;
  area.after(text);
  area.hidden = true;
  const bar = editor.querySelector(".editor-bar");
  bar.hidden = false;
  document.execCommand("defaultParagraphSeparator", false, "p");

  const take = () => {
    area.value = text.textContent.trim() || text.querySelector("hr, table") ? text.innerHTML : "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  text.addEventListener("input", take);
  text.addEventListener("paste", (event) => {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  });
  bar.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays in the text
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-command]");
    if (!button) return;
    text.focus();
    const [command, value] = COMMANDS[button.dataset.command];
    document.execCommand(command, false, value);
    take();
    mark(bar);
  });
  text.addEventListener("keyup", () => mark(bar));
  text.addEventListener("mouseup", () => mark(bar));
  area.form?.addEventListener("reset", () => setTimeout(() => (text.innerHTML = area.value)));
}

function mark(bar) {
  for (const button of bar.querySelectorAll("button[data-command]")) {
    const [command, value] = COMMANDS[button.dataset.command];
    if (!value) button.setAttribute("aria-pressed", String(document.queryCommandState(command)));
  }
}
