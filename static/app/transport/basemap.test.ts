/** What is taken for the server's basemap: its own answer, and exactly the bytes that were asked for. */
import { describe, expect, it } from "vitest";
import { browserClock } from "../sync/browser";
import { asBasemap, basemapLine } from "./basemap";

const VERSION = "0123456789abcdef";
const BASE = { url: `/api/v1/basemap/${VERSION}`, version: VERSION, bytes: 10, bounds: [17, 59, 19, 60] as [number, number, number, number], min_zoom: 0, max_zoom: 15, attribution: "© Demo" };
const GOOD = { ETag: `"${VERSION}"`, "Content-Range": "bytes 2-4/10" };
const answering = (answer: () => Response | Promise<Response>) => basemapLine({ fetch: async () => answer(), clock: browserClock, storageUse: () => Promise.resolve(null) });

describe("what is asked for", () => {
  it("comes by range, past every cache, and no redirect is followed", async () => {
    const asked: [string, RequestInit][] = [];
    const line = basemapLine({ fetch: async (...call) => (asked.push(call as [string, RequestInit]), new Response("234", { status: 206, headers: GOOD })), clock: browserClock, storageUse: () => Promise.resolve(null) });
    expect(new TextDecoder().decode(await line.range(BASE, 2, 5))).toBe("234");
    expect(asked[0]![0]).toBe(BASE.url);
    expect(asked[0]![1]).toMatchObject({ headers: { Range: "bytes=2-4" }, redirect: "error", cache: "no-store", credentials: "same-origin" });
  });

  it.each([
    ["a captive portal's page", new Response("<html>", { status: 200 })],
    ["a page that says it is a part", new Response("<ht", { status: 206, headers: { "Content-Range": "bytes 2-4/10" } })],
    ["another version", new Response("234", { status: 206, headers: { ...GOOD, ETag: '"fedcba9876543210"' } })],
    ["another part", new Response("345", { status: 206, headers: { ...GOOD, "Content-Range": "bytes 3-5/10" } })],
    ["of another length", new Response("234", { status: 206, headers: { ...GOOD, "Content-Range": "bytes 2-4/11" } })],
    ["a part that is cut off", new Response("23", { status: 206, headers: GOOD })],
    ["a version that is gone", new Response("{}", { status: 404 })],
  ])("C18 %s is refused", async (_, answer) => {
    await expect(answering(() => answer).range(BASE, 2, 5)).rejects.toThrow();
  });

  it("what is broken off is not asked for again", async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(answering(() => Promise.reject(new Error("was asked"))).range(BASE, 2, 5, stop.signal)).rejects.toThrow("aborted");
  });
});

describe("what the server offers", () => {
  it("is its basemap, or none", async () => {
    expect(await answering(() => Response.json({ basemap: { ...BASE, more: 1 } })).offered()).toEqual(BASE);
    expect(await answering(() => Response.json({ basemap: null })).offered()).toBeNull();
  });
  it.each([
    {}, null, [], "basemap", { basemap: 1 }, { basemap: {} }, { basemap: { ...BASE, url: "https://elsewhere.example/x" } }, { basemap: { ...BASE, version: "../x", url: "/api/v1/basemap/../x" } },
    { basemap: { ...BASE, bytes: 2 ** 31 } }, { basemap: { ...BASE, bytes: 1.5 } }, { basemap: { ...BASE, bounds: [1, 2, 3] } }, { basemap: { ...BASE, attribution: "x".repeat(201) } }, { basemap: { ...BASE, max_zoom: -1 } },
  ])("%j is no such answer", async (body) => {
    expect(asBasemap(body)).toBeUndefined();
    await expect(answering(() => Response.json(body)).offered()).rejects.toThrow();
  });
  it("an error is no such answer", async () => {
    await expect(answering(() => Response.json({ basemap: null }, { status: 401 })).offered()).rejects.toThrow();
  });
});
