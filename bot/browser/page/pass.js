// The pass that comes with the first page is kept for this origin (this port of this machine) and shown with every request.

const KEPT = "deskhand-pass";
const given = document.documentElement.dataset.pass;
if (given) localStorage.setItem(KEPT, given);

export function passed(path, query = {}) {
  return `${path}?${new URLSearchParams({ ...query, pass: localStorage.getItem(KEPT) ?? "" })}`;
}
