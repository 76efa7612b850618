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
  const withCaches = (names: string[], remove: (name: string) => Promise<boolean>) => {
    const deleted: string[] = [];
    vi.stubGlobal("caches", {
      keys: () => Promise.resolve(names),
      open: (name: string) => Promise.resolve({ keys: () => Promise.resolve(["piece"]), delete: (one: string) => Promise.resolve(deleted.push(`${name} ${one}`)) }),
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

  it("C05 a cache that can't let go never keeps the message back", async () => {
    vi.useFakeTimers();
    withCaches(["map"], () => new Promise(() => undefined));
    const answer = dropMapCaches();
    await vi.advanceTimersByTimeAsync(500);
    expect(await answer).toBe(false);
    vi.useRealTimers();
  });
});
