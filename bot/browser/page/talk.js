// The conversation: entries in order, each under its name; the view follows what is new unless the person reads further up.

import { byId } from "./dom.js";
import { drawn } from "./entries.js";

const NEAR = 160;

export class Talk {
  constructor(presses) {
    this.presses = presses;
    this.list = byId("talk");
    this.scroll = byId("scroll");
    this.newer = byId("newer");
    this.shown = new Map();
    this.newer.addEventListener("click", () => this.toEnd());
    this.scroll.addEventListener("scroll", () => this.atEnd() && (this.newer.hidden = true));
    this.list.addEventListener("load", () => this.wasAtEnd && this.toEnd(), true); // a chart takes its place
  }

  // Everything anew, without reading it all out loud.
  start(entries, cut) {
    this.list.setAttribute("aria-live", "off");
    this.shown.clear();
    this.list.replaceChildren();
    if (cut) this.list.append(note("What was said before is not shown here any more."));
    for (const entry of entries) this.put(entry);
    this.toEnd();
    requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  show(entry) {
    const follows = this.atEnd() || entry.kind === "said";
    this.put(entry);
    if (follows) this.toEnd();
    else this.newer.hidden = false;
  }

  change(entry) {
    const before = this.shown.get(entry.name);
    if (!before) return this.show(entry);
    const follows = this.atEnd();
    const had = entry.kind !== "reply" && (before.contains(document.activeElement) || document.activeElement === document.body);
    const now = drawn(entry, this.presses);
    before.replaceWith(now);
    this.shown.set(entry.name, now);
    if (had) this.presses.focusBack();
    if (follows) this.toEnd();
  }

  has(name) {
    return this.shown.has(name);
  }

  remove(name) {
    this.shown.get(name)?.remove();
    this.shown.delete(name);
  }

  get empty() {
    return this.shown.size === 0;
  }

  put(entry) {
    this.remove(entry.name);
    const made = drawn(entry, this.presses);
    this.shown.set(entry.name, made);
    this.list.append(made);
    this.wasAtEnd = true;
    return made;
  }

  atEnd() {
    this.wasAtEnd = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
    return this.wasAtEnd;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.newer.hidden = true;
    this.wasAtEnd = true;
  }
}

function note(words) {
  const made = document.createElement("p");
  made.className = "note";
  made.textContent = words;
  return made;
}
