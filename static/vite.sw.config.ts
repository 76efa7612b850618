/** Builds app/sw.ts to static/dist/sw.js, after the app: the list of files to precache is what lies in dist. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig, type Plugin } from "vite";

const DIST = join(import.meta.dirname, "dist");

interface Entry {
  url: string;
  revision: string | null;
  /** What the worker knows a genuine file by (C18). */
  sha256: string;
  /** Large, and of a screen that the app can do without: kept once the rest is. */
  later: boolean;
}

const LATER = /\/maplibre-gl/;

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Hashed files carry their version in the name; the shell is known by its content. */
function filesToPrecache(): Entry[] {
  const shell = sha256(join(DIST, "index.html"));
  const hashed = readdirSync(join(DIST, "assets"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(m?js|css)$/.test(name))
    .map((name) => join(DIST, "assets", name))
    .map((path) => ({ url: `/static/dist/${relative(DIST, path)}`, revision: null, sha256: sha256(path), later: LATER.test(path) }));
  return [{ url: "/", revision: shell.slice(0, 16), sha256: shell, later: false }, ...hashed.sort((a, b) => a.url.localeCompare(b.url))];
}

function precacheList(): Plugin {
  return {
    name: "precache-list",
    config: () => ({ define: { __PRECACHE__: JSON.stringify(filesToPrecache()) } }),
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: "/static/dist/",
  publicDir: false,
  plugins: [precacheList()],
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    rolldownOptions: { input: "app/sw.ts", output: { format: "iife", entryFileNames: "sw.js", codeSplitting: false } },
  },
});
