/** CL5, CL9: which of the browser's events start a round trip, and which of its caches can be spared. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { dropMapCaches, onWakeEvents } from "./browser";

afterEach(() => vi.unstubAllGlobals());

function page(visibilityState: "visible" | "hidden") {
  const [window, document] = [new EventTarget(), Object.assign(new EventTarget(), { visibilityState })];
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
  vi.stubGlobal("document", document);
  const wake = vi.fn();
  const stop = onWakeEvents(wake);
  const all = () => {
    for (const name of ["online", "pageshow", "focus"]) window.dispatchEvent(new Event(name));
    document.dispatchEvent(new Event("visibilitychange"));
  };
  return { wake, stop, all };
}

it("CL5 online, pageshow, focus and becoming visible each wake the engine; hiding the page does not", () => {
  const shown = page("visible");
  shown.all();
  expect(shown.wake).toHaveBeenCalledTimes(4);
  const hidden = page("hidden");
  hidden.all();
  expect(hidden.wake).toHaveBeenCalledTimes(3);
});

it("CL5 nothing wakes what has stopped", () => {
  const { wake, stop, all } = page("visible");
  stop();
  all();
  expect(wake).not.toHaveBeenCalled();
});

describe("CL9 caches when the phone is full", () => {
  const withCaches = (names: string[], remove: (name: string) => Promise<boolean>, pieces: Record<string, Promise<boolean>> = { piece: Promise.resolve(true) }) => {
    const deleted: string[] = [];
    vi.stubGlobal("caches", {
      keys: () => Promise.resolve(names),
      open: (name: string) => Promise.resolve({ keys: () => Promise.resolve(Object.keys(pieces)), delete: (one: string) => (deleted.push(`${name} ${one}`), pieces[one]) }),
      delete: (name: string) => {
        deleted.push(name);
        return remove(name);
      },
    });
    return deleted;
  };

  it("CL9 the map's go, what is in them first, the shell stays", async () => {
    const deleted = withCaches(["faltlogg-shell", "map-tiles", "map"], () => Promise.resolve(true));
    expect(await dropMapCaches()).toBe(true);
    expect(deleted).toEqual(["map-tiles piece", "map piece", "map-tiles", "map"]);
  });

  it("CL9 nothing to spare says so; so does a browser without caches", async () => {
    withCaches(["faltlogg-shell"], () => Promise.resolve(true));
    expect(await dropMapCaches()).toBe(false);
    vi.unstubAllGlobals();
    vi.stubGlobal("caches", undefined);
    expect(await dropMapCaches()).toBe(false);
  });

  it("CL9 what fails to go holds nothing else back", async () => {
    const fails = Promise.reject(new Error("disk"));
    const deleted = withCaches(["map-tiles", "map"], (name) => (name === "map" ? Promise.resolve(true) : fails), { a: fails, b: Promise.resolve(true) });
    expect(await dropMapCaches()).toBe(true);
    expect(deleted).toEqual(["map-tiles a", "map-tiles b", "map a", "map b", "map-tiles", "map"]);
    withCaches(["map"], () => fails, { a: fails });
    expect(await dropMapCaches()).toBe(false);
  });

  it("C05 a cache that can't let go never keeps the message back", async () => {
    vi.useFakeTimers();
    const never = new Promise<boolean>(() => undefined);
    for (const [pieces, gone] of [[{ a: never }, false], [{ a: Promise.resolve(true), b: never }, true]] as const) {
      withCaches(["map"], () => never, pieces);
      const answer = dropMapCaches();
      await vi.advanceTimersByTimeAsync(500);
      expect(await answer).toBe(gone);
    }
    vi.useRealTimers();
  });
});
