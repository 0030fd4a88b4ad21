// How each kind of entry looks. An entry is plain values from the program; see render.py.

import { element, icon, words } from "./dom.js";
import { passed } from "./pass.js";

const DOWN = ["M12 4v11", "m7 11 5 5 5-5", "M5 20h14"];
const PAPER = ["M7 3h7l4 4v14H7z", "M14 3v5h4"];

export function drawn(entry, presses) {
  const made = KINDS[entry.kind](entry, presses);
  made.dataset.name = entry.name;
  return made;
}

const KINDS = { said, reply, card, file };

function said(entry) {
  const made = element("article", { class: "said", "aria-label": "You" });
  if (entry.file) made.append(element("p", { class: "given" }, icon(...PAPER), element("span", { dir: "auto" }, entry.file)));
  if (entry.text) made.append(words(entry.text));
  return made;
}

function reply(entry, presses) {
  const looks = { class: entry.partial ? "reply partial" : "reply", "aria-label": "Deskhand", "aria-busy": String(entry.partial) };
  return element("article", looks, words(entry.text), entry.verdicts.length ? verdicts(entry, presses) : null);
}

const THUMB = ["M7 11v9H4v-9z", "M7 11l4-8a2 2 0 0 1 2 2v4h5.5a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.3 20H7"];

// Two small thumbs; the one that was pressed last counts.
function verdicts(entry, presses) {
  const row = element("div", { class: "verdicts" });
  for (const { label, verdict, token } of entry.verdicts) {
    const button = element("button", { type: "button", class: `verdict ${verdict}`, "aria-label": label, title: label, "aria-pressed": "false" }, icon(...THUMB));
    button.addEventListener("click", () => {
      for (const one of row.children) one.setAttribute("aria-pressed", String(one === button));
      presses.judge(token);
    });
    row.append(button);
  }
  return row;
}

export function card(entry, presses) {
  const title = element("h3", { dir: "auto" }, entry.title);
  const made = element("article", { class: "card", "aria-label": `Card: ${entry.title}` }, title);
  if (!entry.buttons.length) made.classList.add("settled");
  if (entry.fields.length) made.append(facts(entry.fields));
  if (entry.text.trim()) made.append(words(entry.text.replace(/^\n+|\n+$/g, ""), "words letter"));
  const ticks = entry.choices.length && entry.buttons.length ? choices(entry) : null;
  if (ticks) made.append(ticks);
  if (entry.buttons.length) made.append(buttons(entry, presses, ticks));
  return made;
}

// Everything is ticked to begin with; the names of what stays so go with the press.
function choices(entry) {
  const made = element("fieldset", { class: "choices" }, element("legend", { class: "unseen" }, entry.title));
  for (const { name, label } of entry.choices) {
    const tick = element("input", { type: "checkbox", value: name, checked: true });
    made.append(element("label", {}, tick, element("span", { dir: "auto" }, label)));
  }
  return made;
}

function chosen(ticks) {
  if (!ticks) return undefined;
  return { chosen: [...ticks.querySelectorAll("input:checked")].map((tick) => tick.value).join(",") };
}

function facts(fields) {
  const list = element("dl", { class: "facts" });
  for (const { label, value } of fields) {
    list.append(element("dt", { dir: "auto" }, label), element("dd", { dir: "auto" }, ...changed(label, value)));
  }
  return list;
}

// What a change took out and put in; any other value as it is.
function changed(label, value) {
  const lines = value.split("\n");
  if (label !== "Changed" || !lines.every((line) => /^[-+]/.test(line))) return [value];
  return lines.map((line) => {
    const [tag, said] = line.startsWith("+") ? ["ins", "Added: "] : ["del", "Taken out: "];
    return element(tag, { dir: "auto" }, element("span", { class: "unseen" }, said), line.slice(1));
  });
}

function buttons(entry, presses, ticks) {
  const row = element("div", { class: "buttons" });
  entry.buttons.forEach(({ label, token }, place) => {
    const form = token === entry.form;
    const first = !place && label !== "Cancel"; // to call something off is never what is suggested
    const button = element("button", { type: "button", class: first ? "primary" : "quiet" }, label);
    if (form) button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", () => (form ? presses.open(entry, label) : presses.press(entry, token, chosen(ticks))));
    row.append(button);
  });
  return row;
}

function file(entry) {
  const made = element("figure", { class: "file" });
  const href = passed(entry.href);
  if (entry.shown === "image") {
    const picture = element("img", { src: href, alt: entry.text, loading: "lazy" });
    made.append(element("a", { href, target: "_blank", rel: "noopener", class: "picture" }, picture));
  }
  const about = element("span", { class: "about" });
  about.append(element("b", { dir: "auto" }, entry.title), element("span", { dir: "auto" }, entry.text));
  made.append(element("figcaption", {}, icon(...PAPER), about, way(entry, href)));
  return made;
}

function way(entry, href) {
  if (entry.shown === "page") {
    return element("a", { class: "quiet link", href, target: "_blank", rel: "noopener" }, "Open");
  }
  return element("a", { class: "quiet link", href, download: entry.title }, icon(...DOWN), "Save");
}
