// Elements are made here and nowhere else: every word becomes a text node, so nothing that anybody wrote is ever markup.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined));
  return made;
}

export function icon(...paths) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  for (const path of paths) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    drawn.append(line);
  }
  return drawn;
}

// Plain words, line by line; a numbered or listed line hangs, so that its number stands out.
export function words(text, name = "words") {
  const block = element("div", { class: name, dir: "auto" });
  for (const line of text.split("\n")) {
    const hangs = /^(\d{1,3}\.|[-•]) /.test(line);
    block.append(element("p", { class: hangs ? "line hangs" : "line", dir: "auto" }, line || "\u00a0"));
  }
  return block;
}

export const byId = (id) => document.getElementById(id);
