/**
 * The service worker: keeps the shell and its files so that the app starts without a network.
 * It knows no records, no queue and no API; everything but `/`, `/app/*` and static files passes it by.
 */
import { PrecacheController } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { StaleWhileRevalidate } from "workbox-strategies";

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { url: string; revision: string | null; sha256: string; later: boolean }[];

const FILES = __PRECACHE__;
const SHELL = "/";
const CACHE = "faltlogg-shell";
const LATER_CACHE = "faltlogg-map";
const BUILT = new Map(FILES.map(({ url, sha256 }) => [url, sha256]));
/** What draws maps weighs seven times the rest: a bad line must not keep the app itself from being there at the door. */
const LATER = new Set(FILES.filter(({ later }) => later).map(({ url }) => url));

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
controller.addToCacheList(FILES.filter(({ later }) => !later).map(({ url, revision }) => ({ url, revision })));

self.addEventListener("install", (event) => {
  void controller.install(event);
  // A new version is in no hurry: it takes over with its map, where that is to be had.
  if (self.registration.active) event.waitUntil(keepLater().catch(() => undefined));
});
self.addEventListener("activate", (event) => {
  // The first worker also serves the page that brought it: who has just signed in may lose coverage at the door.
  event.waitUntil(controller.activate(event).then(forgetOlder).then(() => self.clients.claim()));
});

async function keepLater(): Promise<void> {
  for (const url of LATER) if (!(await keptOf(url))) await fetchAnew(url, "low");
}

async function forgetOlder(): Promise<void> {
  const cache = await caches.open(LATER_CACHE);
  for (const { url } of await cache.keys()) if (!LATER.has(new URL(url).pathname)) await cache.delete(url);
}

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
  const found = LATER.has(url) ? caches.open(LATER_CACHE).then((cache) => cache.match(url)) : controller.matchPrecache(url);
  const kept = await found.catch(() => undefined);
  return kept && (await isGenuine(url, kept).catch(() => false)) ? kept : undefined;
}

const repair = (): Promise<unknown> => Promise.all([...BUILT.keys()].map(async (url) => (await keptOf(url)) ?? fetchAnew(url)));

/** Fetches one file past every cache and keeps it in the corrupt one's place (C18). */
async function fetchAnew(url: string, priority: RequestPriority = "auto"): Promise<Response> {
  const response = await fetch(url, { cache: "reload", credentials: "same-origin", priority });
  if (!(await isGenuine(url, response))) throw new Error("not a file of this app");
  const cache = await caches.open(LATER.has(url) ? LATER_CACHE : CACHE);
  // A full disk stops the repair, never the app.
  await cache.put(controller.getCacheKeyForURL(url) ?? url, response.clone()).catch(() => undefined);
  return response;
}

self.addEventListener("message", (event) => {
  if (event.data === "take_over") void self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
  if (event.data === "keep_later") {
    event.waitUntil(keepLater().then(() => event.source?.postMessage("kept_later")).catch(() => undefined));
  }
  if (event.data === "repair") {
    event.waitUntil(repair().then(() => event.source?.postMessage("repaired")).catch(() => undefined));
  }
});
