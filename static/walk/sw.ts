/**
 * Keeps a group's own page and its files, so that the log can be written where there is no coverage: the network
 * first, what was kept else. It covers /walk/ alone and knows nothing of the field app.
 */
export {};
declare const self: ServiceWorkerGlobalScope;

const CACHE = "faltlogg-walk";
const FILES = ["/static/dist/walk.js", "/static/tokens.css", "/static/office/office.css"];
const PATIENCE_MS = 5_000;

self.addEventListener("install", (event) => {
  const anew = FILES.map((path) => fileOf(path, new Request(path, { cache: "reload" })));
  event.waitUntil(Promise.all(anew).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(keepOpenPages));
});

/** The page that brought the worker was loaded without it. */
async function keepOpenPages(): Promise<void> {
  const open = await self.clients.matchAll({ type: "window" });
  const paths = new Set(open.map((one) => new URL(one.url).pathname).filter((path) => path.startsWith("/walk/")));
  await Promise.all([...paths].map((path) => pageOf(path, new Request(path)).catch(() => undefined)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith("/walk/")) event.respondWith(pageOf(url.pathname, request));
  else if (FILES.includes(url.pathname)) event.respondWith(fileOf(url.pathname, request));
});

/** What the group's page says of itself; a captive portal's page never does. */
const isOurs = (response: Response): boolean => !response.redirected && response.headers.get("X-Walk-Page") === "1";

async function pageOf(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(path);
  try {
    const response = await fetch(request, kept ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {});
    // A page that thanks for an answer is no page to open another time.
    const isPlain = new URL(request.url).search === "";
    if (isOurs(response) && response.ok && isPlain) await cache.put(path, response.clone()).catch(() => undefined);
    // A link that has ended takes its page along.
    if (isOurs(response) && response.status === 404) await cache.delete(path);
    if (response.status >= 500 && kept) return kept;
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function fileOf(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    const isFile = /javascript|css/.test(response.headers.get("Content-Type") ?? "");
    if (!response.ok || response.redirected || !isFile) throw new Error("not a file of this page");
    await cache.put(path, response.clone()).catch(() => undefined);
    return response;
  } catch (error) {
    const kept = await cache.match(path);
    if (kept) return kept;
    throw error;
  }
}
