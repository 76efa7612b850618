// Single keys on the pages of review. They can be turned off (WCAG 2.1.4), and none acts while something is written.
const KEPT = "faltlogg-review-keys";
const dialog = document.querySelector("dialog#keys");
const opener = document.querySelector("button[data-keys]");
const toggle = dialog?.querySelector("input[type=checkbox]");

const isOn = () => {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true; // no storage: as if never turned off
  }
};

const links = () => [...document.querySelectorAll("main tbody th a, main ul.plain > li > a:first-child")];

function step(by) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

const follow = (selector) => document.querySelector(selector)?.click();
const focus = (selector) => document.querySelector(selector)?.focus();

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => follow("main a[rel=next]"),
  p: () => follow("main a[rel=prev]"),
  u: () => follow("main nav.pages a"),
  a: () => focus("#decide button[value=approve]"),
  r: () => focus("#comment"),
  x: () => document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
};

function pressed(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return;
  // A dialog that has just closed keeps the focus for a moment: nothing is written there any more.
  if (target.closest("input, textarea, select, [contenteditable]") && !dialog?.contains(target)) return;
  if (key === "?") dialog?.showModal();
  else if (isOn() && KEYS[key]) KEYS[key]();
  else return;
  event.preventDefault();
}

if (dialog && opener && toggle) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  toggle.checked = isOn();
  toggle.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, toggle.checked ? "on" : "off");
    } catch {
      toggle.checked = true; // it could not be kept, and the next page would not know
    }
  });
  document.addEventListener("keydown", pressed);
}
