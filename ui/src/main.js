// In charge of what every page needs; rarer things are fetched when a page asks for them.

import "./requests.js";
import "./toasts.js";
import "./menus.js";
import "./display.js";
import "./palette.js";
import "./shortcuts.js";
import "./unsaved.js";
import "./small.js";
import "./sheets.js";
import "./list.js";
import "./filter.js";
import "./kanban.js";
import "./record.js";
import { onContent } from "./content.js";

onContent("form[data-conditions]", async (form) => (await import("./conditions.js")).start(form));
onContent("select[data-picker]", async (select) => (await import("./picker.js")).start(select));
onContent("[data-any-record]", async (field) => (await import("./any_record.js")).anyRecord(field));
onContent("textarea[data-rich-text]", async (area) => (await import("./editor.js")).start(area));
onContent("form[data-record-form]", async (form) => (await import("./form.js")).start(form));
onContent("[data-calendar]", async (root) => (await import("./calendar.js")).calendar(root));
onContent("[data-signature]", async (field) => (await import("./signature.js")).signature(field));
for (const [selector, name] of [
  ["[data-address]", "address"],
  ["[data-checklist]", "checklist"],
  ["[data-color-field]", "color"],
  ["input[data-picture]", "picture"],
  ["[data-secret]", "secret"],
]) {
  onContent(selector, async (element) => (await import("./values.js"))[name](element));
}
