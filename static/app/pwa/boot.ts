/**
 * Runs before the first paint, as a classic blocking file: sets the chosen theme so that night never
 * flashes white, and watches over the start of the app. Imports nothing, or it would become a module.
 */
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "night") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage may be blocked; the phone's own choice then holds.
}

// C18: a kept file that no longer runs is fetched anew once; the marker stops a loop when the server's is broken too.
const REPAIRED = "repaired";

addEventListener(
  "error",
  (event) => {
    const fromFile = event.target instanceof HTMLScriptElement || event.target instanceof HTMLLinkElement;
    const worker = navigator.serviceWorker?.controller;
    if (document.documentElement.dataset["started"] || !worker) return;
    if (!fromFile && !(event instanceof ErrorEvent)) return;
    if (sessionStorage.getItem(REPAIRED)) return;
    sessionStorage.setItem(REPAIRED, "1");
    navigator.serviceWorker.addEventListener("message", (message: MessageEvent<unknown>) => {
      if (message.data === "repaired") location.reload();
    });
    worker.postMessage("repair");
  },
  true,
);

export {};
