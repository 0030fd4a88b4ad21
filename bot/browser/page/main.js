// The page: what the program shows goes into the talk, what the person does goes to the program.

import { byId, element } from "./dom.js";
import { Composer } from "./composer.js";
import { openForm } from "./form.js";
import { Overview } from "./overview.js";
import { passed } from "./pass.js";
import * as program from "./post.js";
import { follow } from "./stream.js";
import { Talk } from "./talk.js";

const IDEAS = ["What needs me today?", "Find the latest invoice", "List my follow-ups", "/help"];
const ALERT_FOR = 8000;

const unfinished = new Map(); // event -> whether it has arrived, until the program says that it is done
const pressed = new Map(); // event -> the card whose buttons rest until then
let busy = [];
let step = null;

const talk = new Talk({ press, judge, open: (entry, label) => openForm(entry, label, (fields) => press(entry, entry.form, fields), back), focusBack: back });
const composer = new Composer({ send: say, stop, give });
const overview = new Overview({ say, show: (card) => toCard(card) });

function back() {
  composer.focus();
}

function say(text) {
  const event = program.newEvent();
  expect({ kind: "said", name: `said:${event}`, text, file: "" });
  begin(event, () => program.say(event, text));
}

function press(entry, token, fields) {
  const event = program.newEvent();
  enableButtonsOf(entry.name, false);
  back();
  pressed.set(event, entry.name);
  begin(event, () => program.press(event, token, fields));
}

// What was thought of an answer: nothing is said to it, and nobody waits.
async function judge(token) {
  try {
    await program.press(program.newEvent(), token);
  } catch (error) {
    alarm(error.message);
  }
}

function stop() {
  const event = program.newEvent();
  begin(event, () => program.stop(event));
}

async function give(files) {
  let text = composer.take();
  for (const file of files) {
    const event = program.newEvent();
    expect({ kind: "said", name: `said:${event}`, text, file: file.name });
    await begin(event, () => program.give(event, file, text));
    text = "";
  }
  back();
}

// Shown at once; the program's own entry takes its place.
function expect(entry) {
  talk.show(entry);
  document.querySelector(`[data-name="${CSS.escape(entry.name)}"]`).classList.add("expected");
  welcome();
}

async function begin(event, work) {
  unfinished.set(event, false);
  underWay();
  try {
    await work();
    if (unfinished.has(event)) unfinished.set(event, true);
  } catch (error) {
    finished(event);
    talk.remove(`said:${event}`);
    alarm(error instanceof program.RefusedError ? error.message : "The page made a mistake. Reload it and try again.");
  }
}

function finished(event) {
  unfinished.delete(event);
  enableButtonsOf(pressed.get(event), true);
  pressed.delete(event);
  underWay();
}

function enableButtonsOf(name, enabled) {
  if (!name) return;
  for (const button of document.querySelectorAll(`[data-name="${CSS.escape(name)}"] button`)) button.disabled = !enabled;
}

// A draft of the overview: to where it stands in the talk, or shown there anew.
function toCard(card) {
  if (!talk.has(card.name)) return say("/approvals");
  const shown = document.querySelector(`[data-name="${CSS.escape(card.name)}"]`);
  if (matchMedia("(max-width: 60rem)").matches) overview.set(false);
  shown.scrollIntoView({ block: "center" });
  shown.querySelector("button")?.focus({ preventScroll: true });
}

function working(events, done = "") {
  busy = events;
  if (done) {
    finished(done);
    overview.read();
  }
  if (!busy.length) step = null;
  underWay();
}

function underWay() {
  const words = step ? `${step.tool}${step.about ? `: ${step.about}` : ""}` : "Working on it";
  const live = busy.length + unfinished.size > 0;
  byId("step").hidden = !live;
  byId("step-words").textContent = live ? words : "";
  byId("stop").classList.toggle("live", live);
  document.body.setAttribute("aria-busy", String(live));
  if (live && talk.wasAtEnd) talk.toEnd();
}

function welcome() {
  byId("welcome").hidden = !talk.empty;
}

let alarmed = 0;
function alarm(words) {
  clearTimeout(alarmed);
  byId("alert").textContent = words;
  byId("alert").hidden = false;
  alarmed = setTimeout(() => (byId("alert").hidden = true), ALERT_FOR);
}

function news() {
  if (document.hidden) document.title = "● Deskhand";
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = "Deskhand";
});

follow({
  start({ entries, cut, events, step: now }) {
    talk.start(entries, cut);
    for (const [event, arrived] of [...unfinished]) {
      if (arrived && !events.includes(event)) finished(event); // it was done while we were away
    }
    step = now;
    working(events);
    welcome();
    overview.read();
  },
  show(entry) {
    talk.show(entry);
    welcome();
    news();
  },
  change(entry) {
    talk.change(entry);
    news();
  },
  working: ({ events, done }) => working(events, done),
  step(now) {
    step = now;
    underWay();
  },
  line(there) {
    byId("line").textContent = there ? "Connected" : "Connecting again …";
    byId("line").classList.toggle("there", there);
  },
  out() {
    byId("line").textContent = "Signed out";
    byId("words").disabled = true;
    alarmed = Infinity;
    byId("alert").textContent = "Deskhand was started again. Open the new address that it printed.";
    byId("alert").hidden = false;
  },
});

for (const idea of IDEAS) {
  const chip = element("button", { type: "button", class: "idea" }, idea);
  chip.addEventListener("click", () => say(idea));
  byId("ideas").append(chip);
}

fetch(passed("/browser/commands")).then(async (answer) => {
  if (answer.ok) composer.known = await answer.json();
});

if (location.search) history.replaceState(null, "", "/"); // the key is used; it need not stand in the address
back();
