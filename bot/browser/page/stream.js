// The stream of what the program shows. It goes on where it broke off, and ends while nobody looks at the tab.

import { passed } from "./pass.js";

const KINDS = ["start", "show", "change", "working", "step"];
const AGAIN_AFTER = 1500;
const UNSEEN_FOR = 60000;

export function follow(hears) {
  let source = null;
  let at = "";
  let closing = 0;

  function open() {
    source = new EventSource(passed("/browser/stream", { after: at }));
    source.onopen = () => hears.line(true);
    source.onerror = broken;
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        at = event.lastEventId;
        hears[kind](JSON.parse(event.data));
      });
    }
  }

  async function broken() {
    hears.line(false);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source = null;
    if (await signedOut()) hears.out();
    else setTimeout(() => source || document.hidden || open(), AGAIN_AFTER);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(closing);
    if (document.hidden) {
      closing = setTimeout(() => {
        source?.close();
        source = null;
      }, UNSEEN_FOR);
    } else if (!source) open();
  });

  open();
}

async function signedOut() {
  try {
    return (await fetch(passed("/browser/commands"), { cache: "no-store" })).status === 401;
  } catch {
    return false;
  }
}
