/**
 * Builds the field app into static/dist: hashed files under /static/dist/, the shell index.html,
 * and beside them what has a fixed name (icons, manifest). The service worker has its own config.
 */
import { readdirSync, readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/**
 * Adds to the head what Vite would otherwise bundle or defer: the theme choice as a blocking file, since a
 * module runs after the first paint, and the manifest under its fixed address.
 */
function head(): Plugin {
  return {
    name: "head",
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const manifest = { tag: "link", attrs: { rel: "manifest", href: "/manifest.webmanifest" }, injectTo: "head" as const };
        const boot = Object.values(context.bundle ?? {}).find((file) => file.type === "chunk" && file.name === "boot");
        if (!boot) return [manifest];
        return [{ tag: "script", attrs: { src: `/static/dist/${boot.fileName}` }, injectTo: "head" as const }, manifest];
      },
    },
  };
}

function fixedNames(): Plugin {
  return {
    name: "fixed-names",
    apply: "build",
    generateBundle() {
      const emit = (fileName: string, from: string) =>
        this.emitFile({ type: "asset", fileName, source: readFileSync(new URL(from, import.meta.url)) });
      emit("manifest.webmanifest", "./manifest.webmanifest");
      for (const icon of readdirSync(new URL("./icons/", import.meta.url))) emit(`icons/${icon}`, `./icons/${icon}`);
    },
  };
}

const OF_THE_MAP = /node_modules\/(@maplibre|@mapbox|maplibre-gl|earcut|gl-matrix|kdbush|murmurhash-js|pbf|pmtiles|fflate|potpack|quickselect|tinyqueue|bidi-js)\//;

export default defineConfig({
  root: import.meta.dirname,
  base: "/static/dist/",
  publicDir: false,
  plugins: [head(), fixedNames()],
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    // Inlined assets would become data: URLs; preloading is code for what the worker does better.
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: 1200, // kB: what draws maps, loaded when a map is first opened
    rolldownOptions: {
      input: { index: "index.html", boot: "app/pwa/boot.ts", map: "map/page.ts" },
      // By itself, so that a phone keeps it from build to build.
      output: {
        // The office's pages know the map's script by its name.
        entryFileNames: ({ name }) => (name === "map" ? "[name].js" : "assets/[name]-[hash].js"),
        codeSplitting: { groups: [{ name: "maplibre-gl", test: OF_THE_MAP }] },
      },
    },
  },
});
