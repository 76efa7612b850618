/**
 * Registers the service worker and tells when a new version waits. It never takes over on its own:
 * the screens decide when to ask (CL10), and the person answers.
 */

export interface Updates {
  /** "waiting": a new version is ready to be asked about. "replaced": another tab has taken it. */
  state(): "none" | "waiting" | "replaced";
  onState(listener: () => void): () => void;
  /** Looks for a new version now, as after a 426. */
  check(): void;
  /** The person said yes: the new version takes over and the page reloads. */
  apply(): void;
}

const CHECK_EVERY_MS = 60 * 60 * 1000;
const RETRY_MS = 20_000;

export function watchForUpdates(): Updates {
  let state: ReturnType<Updates["state"]> = "none";
  let registration: ServiceWorkerRegistration | undefined;
  let accepted = false;
  const listeners = new Set<() => void>();
  const become = (next: typeof state) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const check = () => void registration?.update().catch(() => undefined);

  // The map's files come once the app itself is kept; a line that broke off is tried again until they are there.
  let hasLater = false;
  const askForLater = () => void (hasLater || registration?.active?.postMessage("keep_later"));

  const watch = (found: ServiceWorkerRegistration) => {
    if (found === registration) return;
    registration = found;
    // The very first worker replaces nothing, so there is nothing to ask.
    const report = () => found.waiting && navigator.serviceWorker.controller && become("waiting");
    report();
    found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", report));
  };
  // A first installation that broke off leaves nothing behind: it begins anew until the app can start without coverage.
  const register = () => {
    // A page that was being opened while the first worker took over is nobody's: it asks to be taken along.
    if (!navigator.serviceWorker.controller) registration?.active?.postMessage("claim");
    if (registration?.active || registration?.waiting || registration?.installing) return;
    // C18: without a worker the app runs from the network; the queue does not need it.
    navigator.serviceWorker.register("/sw.js").then(watch, () => undefined);
  };

  if ("serviceWorker" in navigator) {
    let hadController = navigator.serviceWorker.controller !== null;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      if (accepted) location.reload();
      else if (hadController) become("replaced");
      hadController = true;
    });
    navigator.serviceWorker.addEventListener("message", ({ data }) => void (data === "kept_later" && (hasLater = true)));
    register();
    void navigator.serviceWorker.ready.then(watch).then(register).then(askForLater);
    setInterval(register, RETRY_MS);
    setInterval(check, CHECK_EVERY_MS);
    setInterval(askForLater, RETRY_MS);
    addEventListener("online", register);
    addEventListener("online", askForLater);
  }

  return {
    state: () => state,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    check,
    apply() {
      accepted = true;
      if (registration?.waiting) registration.waiting.postMessage("take_over");
      else location.reload();
    },
  };
}
