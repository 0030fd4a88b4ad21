// What the person does goes to the program under a name of its own, again and again until it has arrived: the program answers
// the same name once only.

import { passed } from "./pass.js";

const AGAIN_AFTER = 1500;

export function newEvent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

export class RefusedError extends Error {}

async function arrived(address, options) {
  for (;;) {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", cache: "no-store", ...options });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER)); // the program is away; it may come back
      continue;
    }
    if (answer.ok) return;
    throw new RefusedError(await refusal(answer));
  }
}

async function refusal(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return `Deskhand could not take that (error ${answer.status}). Please try again.`;
  }
}

function post(path, body) {
  return arrived(passed(path), { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

export const say = (event, text) => post("/browser/say", { event, text });
export const press = (event, token, fields = {}) => post("/browser/press", { event, token, fields });
export const stop = (event) => post("/browser/stop", { event });

export function give(event, file, text) {
  return arrived(passed("/browser/give", { event, name: file.name, text }), { headers: { "content-type": "application/octet-stream" }, body: file });
}
