/**
 * What the group's own page does with JavaScript: answers are kept on the phone until they are received, and the log
 * appears when the walk begins, also where the page itself was kept. Without it the forms are plain forms.
 */
import { hasPersonalNumber } from "../app/domain/personalNumber";
import { createKeeper, type Fields, type Keeper, type Shown } from "./keeper";

const RETRY_MS = 20_000;
const marked = document.querySelector<HTMLElement>("[data-walk-page]");

async function start(words: DOMStringMap): Promise<void> {
  followTheClock();
  window.setInterval(followTheClock, RETRY_MS);
  void navigator.serviceWorker?.register("/walk/sw.js", { scope: "/walk/" }).catch(() => undefined);
  const keeper = await createKeeper({
    page: location.pathname,
    walkIds: [...document.querySelectorAll<HTMLElement>("[data-kept-of]")].map((list) => list.dataset["keptOf"] ?? ""),
    fetcher: (input, init) => fetch(input, init),
    now: () => Date.now(),
    newId: () => newId(),
    onChange: (moved) => {
      if (moved) followVersion(moved.walkId, moved.from, moved.to);
      void show(keeper, words);
    },
  });
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-answer]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void keepForm(keeper, form, words);
    });
  }
  const flush = () => void keeper.flush();
  window.addEventListener("online", flush);
  window.addEventListener("pageshow", flush);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") flush();
  });
  window.setInterval(flush, RETRY_MS);
  await show(keeper, words);
  flush();
}

async function keepForm(keeper: Keeper, form: HTMLFormElement, words: DOMStringMap): Promise<void> {
  if (form.dataset["busy"]) return; // a second tap is the same answer
  const fields: Fields = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value !== "") fields[name] = value;
  // PU13: a personal number is not written anywhere, not even here.
  if (Object.values(fields).some(hasPersonalNumber)) return say(form, words["personalNumber"] ?? "");
  form.dataset["busy"] = "yes";
  try {
    await keeper.keep(fields, form.dataset["replaces"]);
  } catch {
    say(form, words["full"] ?? "");
    return;
  } finally {
    delete form.dataset["busy"];
  }
  delete form.dataset["replaces"];
  form.querySelector(".kept-fault")?.remove();
  form.reset();
  form.closest("details")?.removeAttribute("open");
  void keeper.flush();
}

function say(form: HTMLFormElement, text: string): void {
  const line = form.querySelector(".kept-fault") ?? form.appendChild(document.createElement("p"));
  line.className = "fault kept-fault";
  line.setAttribute("role", "alert");
  line.textContent = text;
}

async function show(keeper: Keeper, words: DOMStringMap): Promise<void> {
  const kept = await keeper.shown();
  for (const list of document.querySelectorAll<HTMLElement>("[data-kept-of]")) {
    const own = kept.filter((one) => one.walkId === list.dataset["keptOf"]);
    list.replaceChildren(...own.map((one) => lineOf(one, words)));
  }
}

function lineOf(one: Shown, words: DOMStringMap): HTMLElement {
  const line = document.createElement("li");
  const kind = words[one.kind.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] ?? one.kind;
  const count = one.fields["walkers"] ? ` ${one.fields["walkers"]}` : "";
  line.textContent = `${kind}${count}: ${words[one.state] ?? one.state}${one.message ? `. ${one.message}` : ""}`;
  if (one.state === "refused") {
    line.className = "attention";
    const change = document.createElement("button");
    change.type = "button";
    change.textContent = words["edit"] ?? "";
    change.addEventListener("click", () => refill(one));
    line.append(" ", change);
  }
  return line;
}

/** Puts a refused answer back into its form; it is given up only when another is kept in its place. */
function refill(one: Shown): void {
  const form = formsOf(one.walkId).find((form) => field(form, "kind")?.value === one.kind);
  if (!form) return;
  for (const [name, value] of Object.entries(one.fields)) {
    if (["id", "walk_id", "version", "kind", "made_at"].includes(name)) continue;
    const there = form.elements.namedItem(name);
    if (there instanceof RadioNodeList || there instanceof HTMLInputElement || there instanceof HTMLTextAreaElement) there.value = value;
  }
  form.dataset["replaces"] = one.id;
  form.closest("details")?.setAttribute("open", "");
  form.querySelector<HTMLElement>("input:not([type=hidden]), textarea")?.focus();
}

/** What is said next is said of the walk as it stands after what was just received. */
function followVersion(walkId: string, from: number, to: number): void {
  for (const form of formsOf(walkId)) {
    const version = field(form, "version");
    if (version?.value === String(from)) version.value = version.defaultValue = String(to);
  }
}

const formsOf = (walkId: string): HTMLFormElement[] =>
  [...document.querySelectorAll<HTMLFormElement>("form[data-answer]")].filter((form) => field(form, "walk_id")?.value === walkId);

function field(form: HTMLFormElement, name: string): HTMLInputElement | null {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement ? found : null;
}

/** A kept page knows only what was to come: the log is there once the walk has begun, *Vi kommer* until it is over. */
function followTheClock(): void {
  const now = Date.now();
  for (const part of document.querySelectorAll<HTMLElement>("[data-begins]")) {
    const { kind, begins = "", ends = "" } = part.dataset;
    part.hidden = kind === "log" ? now < Date.parse(begins) : now >= Date.parse(ends);
  }
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = 0x40 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Where nothing can be kept, the forms stay plain forms.
if (marked) void start(marked.dataset).catch(() => undefined);
