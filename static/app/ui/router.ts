/** A tiny history router under /app/: the address is a signal, and moving to a screen changes it. */
import { signal } from "@preact/signals";

export interface Route {
  path: string;
  query: URLSearchParams;
  hash: string;
}

const read = (): Route => ({
  path: location.pathname.replace(/\/+$/, "") || "/",
  query: new URLSearchParams(location.search),
  hash: location.hash.slice(1),
});

export const route = signal<Route>(read());

let depth = 0;

export function startRouter(): void {
  addEventListener("popstate", () => {
    depth = Math.max(0, depth - 1);
    route.value = read();
  });
}

export function go(to: string): void {
  if (to === location.pathname + location.search + location.hash) return;
  history.pushState(null, "", to);
  depth++;
  route.value = read();
}

/** Replaces the screen one is on, so that "back" never returns to a form that is done. */
export function replace(to: string): void {
  history.replaceState(null, "", to);
  route.value = read();
}

/** Back where one came from; after a cold start in the middle, to the given screen. */
export function back(fallback: string): void {
  if (depth > 0) history.back();
  else replace(fallback);
}

/** For real links: plain clicks stay in the app, everything else is the browser's. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget;
  if (!(link instanceof HTMLAnchorElement) || event.button !== 0 || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}
