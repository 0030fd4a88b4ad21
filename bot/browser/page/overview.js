// The overview: what waits, what came, how the mailboxes are. Read again whenever something has been done.

import { byId, element } from "./dom.js";
import { passed } from "./pass.js";

const EVERY = 60000;

export class Overview {
  constructor({ say, show }) {
    this.say = say;
    this.showCard = show;
    this.pane = byId("overview");
    this.toggle = byId("open-overview");
    this.toggle.addEventListener("click", () => this.set(this.pane.hidden));
    byId("close-overview").addEventListener("click", () => this.set(false, true));
    this.pane.addEventListener("keydown", (event) => event.key === "Escape" && this.set(false, true));
    setInterval(() => document.hidden || this.read(), EVERY);
  }

  set(open, back = false) {
    this.pane.hidden = !open;
    document.body.classList.toggle("with-overview", open);
    this.toggle.setAttribute("aria-expanded", String(open));
    if (open) this.read().then(() => byId("close-overview").focus());
    else if (back) this.toggle.focus();
  }

  async read() {
    let told;
    try {
      const answer = await fetch(passed("/browser/overview"), { cache: "no-store" });
      if (!answer.ok) return;
      told = await answer.json();
    } catch {
      return; // the program is away; the line says so
    }
    this.counted(told);
    if (!this.pane.hidden) byId("overview-body").replaceChildren(...this.sections(told));
  }

  counted({ waiting, accounts }) {
    const count = byId("waiting");
    count.hidden = !waiting.length;
    count.textContent = waiting.length;
    count.setAttribute("aria-label", `${waiting.length} waiting for you`);
    if (accounts.length) byId("account").textContent = accounts.map((one) => one.address).join(", ");
  }

  sections(told) {
    return [
      section("Waits for your word", told.waiting.map((one) => this.draft(one)), "Nothing waits."),
      section("Mail of late", told.mail.map(mail), "No mail yet.", `${told.unread} unread, ${told.needs_me} need you`),
      section("Mailboxes", told.accounts.map(account), "None is linked."),
      section("Follow-ups", told.follow_ups.map(line), "None."),
      section("Jobs", told.jobs.map((one) => this.job(one)), "None so far."),
      section("Rules", told.rules.map(line)),
      section("Templates", told.templates.map(line)),
      section("Usage", told.usage.map(line)),
    ].filter(Boolean);
  }

  draft(card) {
    const about = card.fields.filter(({ label }) => label === "To" || label === "Subject").map(({ value }) => value);
    const button = element("button", { type: "button", class: "row", dir: "auto" }, element("b", {}, about[1] ?? card.title), element("span", {}, about[0] ?? ""));
    button.addEventListener("click", () => this.showCard(card));
    return element("li", {}, button);
  }

  job(one) {
    const made = element("li", { class: "pair" }, element("span", {}, element("b", {}, one.kind), element("small", {}, `${one.state}, ${one.when}`)));
    if (one.cancellable) {
      const button = element("button", { type: "button", class: "quiet small", "aria-label": `Cancel ${one.kind}` }, "Cancel");
      button.addEventListener("click", () => this.say(`/cancel ${one.id}`));
      made.append(button);
    }
    return made;
  }
}

function section(title, items, empty = "", about = "") {
  if (!items.length && !empty) return null;
  const made = element("section", {}, element("h3", {}, title));
  if (about) made.append(element("p", { class: "about" }, about));
  made.append(items.length ? element("ul", {}, ...items) : element("p", { class: "none" }, empty));
  return made;
}

function mail(one) {
  const sure = one.confidence === null ? "" : ` ${Math.round(one.confidence * 100)} %`;
  const top = element("span", { class: "top" }, element("b", { dir: "auto" }, one.sender), element("small", {}, one.when));
  const made = element("li", { class: "mail" }, top, element("span", { dir: "auto", class: "subject" }, one.subject));
  const marks = element("span", { class: "marks" });
  if (one.needs_me) marks.append(element("span", { class: "mark needs" }, "needs you"));
  if (one.label) marks.append(element("span", { class: "mark", dir: "auto" }, `${one.label}${sure}`));
  if (marks.childNodes.length) made.append(marks);
  return made;
}

function account(one) {
  const state = element("small", { class: one.well ? "well" : "ill" }, one.health);
  return element("li", { class: "pair" }, element("span", {}, element("b", { dir: "auto" }, one.address), state));
}

function line(words) {
  return element("li", { dir: "auto" }, words);
}
