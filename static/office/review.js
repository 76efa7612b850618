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

function step(by) {
  const all = [...document.querySelectorAll(TARGETS.j)];
  const at = all.indexOf(document.activeElement?.closest(TARGETS.j)); // also from within a row
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

const follow = (selector) => document.querySelector(selector)?.click();
const focus = (selector) => document.querySelector(selector)?.focus();

// What each key is about: without it on the page, the key does nothing, and the help leaves it out.
const TARGETS = {
  j: "main [data-row]",
  k: "main [data-row]",
  n: "main a[rel=next]",
  p: "main a[rel=prev]",
  u: "main nav.pages a",
  a: "#decide button[value=approve]",
  r: "#comment",
  x: "main tbody input[type=checkbox]",
};

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => follow(TARGETS.n),
  p: () => follow(TARGETS.p),
  u: () => follow(TARGETS.u),
  a: () => focus(TARGETS.a),
  r: () => focus(TARGETS.r),
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
  for (const term of dialog.querySelectorAll("dt[data-key]")) {
    const target = TARGETS[term.dataset.key];
    term.hidden = term.nextElementSibling.hidden = Boolean(target) && !document.querySelector(target);
  }
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
