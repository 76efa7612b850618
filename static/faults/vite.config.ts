/** Bundles the phones of the fault harness – the shipped client and nothing beside it – into one file for Node. */
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    ssr: "main.ts",
    outDir: "../../build/faults",
    emptyOutDir: true,
    minify: false,
    target: "node20",
    rolldownOptions: { output: { entryFileNames: "phones.mjs" } },
  },
  // One file, so that it runs wherever it is put.
  ssr: { noExternal: true },
});
