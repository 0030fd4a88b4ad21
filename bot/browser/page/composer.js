// The message field: Enter sends, Shift+Enter starts a new line, `/` offers the commands, files are dropped or chosen.

import { byId, element } from "./dom.js";

const MOST_OFFERED = 8;

export class Composer {
  constructor({ send, stop, give }) {
    this.words = byId("words");
    this.offers = byId("commands");
    this.known = [];
    this.send = send;
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.words.addEventListener("input", () => this.changed());
    this.words.addEventListener("keydown", (event) => this.key(event));
    this.words.addEventListener("blur", () => this.offer([]));
    byId("stop").addEventListener("click", () => {
      stop();
      this.focus();
    });
    this.files(give);
    this.changed();
  }

  // Not on a touch screen: there it would bring up the keyboard.
  focus() {
    if (!matchMedia("(pointer: coarse)").matches) this.words.focus({ preventScroll: true });
  }

  take() {
    const text = this.words.value.trim();
    this.words.value = "";
    this.changed();
    return text;
  }

  put(text) {
    this.words.value = text;
    this.changed();
    this.focus();
  }

  submit() {
    const text = this.take();
    if (text) this.send(text);
    this.focus();
  }

  changed() {
    this.words.style.height = "auto";
    this.words.style.height = `${this.words.scrollHeight}px`;
    byId("send").disabled = !this.words.value.trim();
    const typed = /^\/(\S*)$/.exec(this.words.value);
    const found = typed ? this.known.filter(({ name }) => name.startsWith(typed[1].toLowerCase())) : [];
    this.offer(found.length === 1 && found[0].name === typed[1] ? [] : found.slice(0, MOST_OFFERED));
  }

  key(event) {
    if (event.isComposing) return; // an input method is choosing a character
    const open = !this.offers.hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (open && event.key === "Escape") {
      this.offer([]);
    } else if (open && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey && this.chosen >= 0) {
      event.preventDefault();
      this.complete(this.offered[this.chosen]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  offer(found) {
    this.offered = found;
    this.offers.hidden = !found.length;
    this.offers.replaceChildren(...found.map((one, place) => this.offerOf(one, place)));
    this.choose(-1);
  }

  offerOf(one, place) {
    const made = element("li", { id: `offer-${place}`, role: "option", "aria-selected": "false" });
    made.append(element("b", {}, `/${one.name}`), element("i", {}, one.usage), element("span", {}, one.help));
    made.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field keeps its focus
      this.complete(one);
    });
    return made;
  }

  choose(place) {
    const count = this.offered.length;
    this.chosen = count && place >= -1 ? (place + count) % count : -1;
    if (place === -1) this.chosen = -1;
    [...this.offers.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === this.chosen)));
    if (this.chosen < 0) this.words.removeAttribute("aria-activedescendant");
    else this.words.setAttribute("aria-activedescendant", `offer-${this.chosen}`);
  }

  complete({ name, usage }) {
    this.put(usage ? `/${name} ` : `/${name}`);
    this.offer([]);
  }

  files(give) {
    const chooser = byId("file");
    const veil = byId("drop");
    byId("attach").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      give([...chooser.files]);
      chooser.value = "";
    });
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      veil.hidden = false;
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) veil.hidden = true;
    });
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      veil.hidden = true;
      give([...event.dataTransfer.files]);
    });
    this.words.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      give([...event.clipboardData.files]);
    });
  }
}
