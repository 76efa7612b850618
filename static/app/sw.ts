/**
 * The service worker: keeps the shell and its files so that the app starts without a network.
 * It knows no records, no queue and no API; everything but `/`, `/app/*` and static files passes it by.
 */
import { PrecacheController } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { StaleWhileRevalidate } from "workbox-strategies";

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { url: string; revision: string | null; sha256: string }[];

const SHELL = "/";
const CACHE = "faltlogg-shell";
const BUILT = new Map(__PRECACHE__.map(({ url, sha256 }) => [url, sha256]));

/**
 * C18, trap 11: a file is kept and served only while it is, byte for byte, the one that was built. A captive
 * portal's page, a half written file and another build's are none of ours.
 */
async function isGenuine(url: string, response: Response): Promise<boolean> {
  if (!response.ok || response.redirected) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === BUILT.get(url);
}

const controller = new PrecacheController({
  cacheName: CACHE,
  plugins: [
    {
      fetchDidSucceed: async ({ request, response }) => {
        if (await isGenuine(new URL(request.url).pathname, response)) return response;
        throw new Error("not a file of this app");
      },
    },
  ],
});
controller.addToCacheList(__PRECACHE__.map(({ url, revision }) => ({ url, revision })));

self.addEventListener("install", (event) => void controller.install(event));
self.addEventListener("activate", (event) => {
  // The first worker also serves the page that brought it: who has just signed in may lose coverage at the door.
  event.waitUntil(controller.activate(event).then(() => self.clients.claim()));
});

const isScreen = (path: string) => path === SHELL || path === "/app" || path.startsWith("/app/");

registerRoute(
  ({ request, url, sameOrigin }) => sameOrigin && request.mode === "navigate" && isScreen(url.pathname),
  ({ event }) => served(SHELL, event),
);
registerRoute(
  ({ request, url, sameOrigin }) => sameOrigin && request.mode !== "navigate" && BUILT.has(url.pathname),
  ({ url, event }) => served(url.pathname, event),
);
registerRoute(
  ({ url, sameOrigin }) =>
    sameOrigin && (url.pathname === "/manifest.webmanifest" || url.pathname.startsWith("/static/dist/icons/")),
  new StaleWhileRevalidate({ cacheName: "faltlogg-icons" }),
);

/** What is kept; where that is broken the server's, and whatever else is broken is fetched too. */
async function served(url: string, event: ExtendableEvent): Promise<Response> {
  const kept = await keptOf(url);
  if (kept) return kept;
  event.waitUntil(repair().catch(() => undefined));
  return fetchAnew(url).catch(() => fetch(url));
}

async function keptOf(url: string): Promise<Response | undefined> {
  const kept = await controller.matchPrecache(url).catch(() => undefined);
  return kept && (await isGenuine(url, kept).catch(() => false)) ? kept : undefined;
}

const repair = (): Promise<unknown> => Promise.all([...BUILT.keys()].map(async (url) => (await keptOf(url)) ?? fetchAnew(url)));

/** Fetches one file past every cache and keeps it in the corrupt one's place (C18). */
async function fetchAnew(url: string): Promise<Response> {
  const response = await fetch(url, { cache: "reload", credentials: "same-origin" });
  if (!(await isGenuine(url, response))) throw new Error("not a file of this app");
  const cache = await caches.open(CACHE);
  // A full disk stops the repair, never the app.
  await cache.put(controller.getCacheKeyForURL(url) ?? url, response.clone()).catch(() => undefined);
  return response;
}

self.addEventListener("message", (event) => {
  if (event.data === "take_over") void self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
  if (event.data === "repair") {
    event.waitUntil(repair().then(() => event.source?.postMessage("repaired")).catch(() => undefined));
  }
});
