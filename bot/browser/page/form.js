// The form of a card: what its inputs hold now, changed by the person, and given along with the press.

import { byId, element } from "./dom.js";

export function openForm(entry, label, press, focusBack) {
  const dialog = byId("dialog");
  byId("dialog-title").textContent = `${label}: ${entry.title}`;
  const fields = entry.inputs.map((input, place) => field(input, `input-${place}`));
  byId("dialog-fields").replaceChildren(...fields.flatMap(({ name, text }) => [name, text]));
  byId("dialog-form").onsubmit = () => {
    press(Object.fromEntries(entry.inputs.map((input, place) => [input.name, fields[place].text.value])));
  };
  byId("dialog-form").onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      byId("dialog-form").requestSubmit();
    }
  };
  byId("dialog-cancel").onclick = () => dialog.close();
  dialog.onclose = focusBack;
  dialog.showModal();
  fields[0]?.text.focus();
}

function field(input, id) {
  const text = element("textarea", { id, dir: "auto", rows: Math.min(14, input.value.split("\n").length + 1), spellcheck: "true" });
  text.value = input.value;
  return { name: element("label", { for: id }, input.label), text };
}
