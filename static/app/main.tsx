/** Wires the parts – store, engine, service worker, screens – and draws. Nothing else may import all of them. */
import { render } from "preact";
import { createApp } from "./createApp";
import { t } from "./i18n";
import { detectPlatform } from "./pwa/platform";
import { watchForUpdates } from "./pwa/updates";
import "../tokens.css";
import "./ui/app.css";
import { App } from "./ui/App";
import { restoreChoices } from "./ui/device";
import { startRouter } from "./ui/router";
import { connect } from "./ui/state";
import { restoreUndo } from "./ui/undo";

/** C07: another tab that can't let go of an older database holds this one up; a slow phone takes its time too. */
const PATIENCE_MS = 3_000;

async function start(): Promise<void> {
  const app = createApp();
  const slow = setTimeout(() => say(t("frame.startSlow"), "status"), PATIENCE_MS);
  await Promise.all([restoreChoices(), app.ready()]).finally(() => clearTimeout(slow));
  connect({ app, updates: watchForUpdates(), platform: detectPlatform() });
  startRouter();
  if (app.session()) await restoreUndo().catch(() => undefined);
  const root = document.getElementById("app");
  root?.replaceChildren();
  if (root) render(<App />, root);
}

function say(text: string, role: "status" | "alert"): void {
  const words = document.createElement("p");
  words.setAttribute("role", role);
  words.textContent = text;
  document.getElementById("app")?.replaceChildren(words);
}

// Without storage nothing could be kept, so the app says so instead of pretending.
start().catch(() => say(t("frame.startFailed"), "alert"));
