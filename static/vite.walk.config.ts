/** Builds the walk group's page to static/dist/walk.js and its service worker to static/dist/walk-sw.js, after the app. */
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/static/dist/",
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: { walk: "walk/page.ts", "walk-sw": "walk/sw.ts" },
      output: { format: "es", entryFileNames: "[name].js" },
    },
  },
});
