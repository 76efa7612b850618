/** Unit, property and fault tests of the client: domain, store, engine. Screens are tested in a browser (tests/e2e), what their forms keep here. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["app/**/*.test.ts", "map/**/*.test.ts", "walk/**/*.test.ts"],
    environment: "node",
    // idb knows IndexedDB's classes by their global names; each phone still has a factory of its own.
    setupFiles: ["fake-indexeddb/auto", "app/i18n/testing/allWords.ts"],
    testTimeout: 60_000,
    // A fuzz run prints its totals; nothing else may write.
    silent: false,
    pool: "forks",
    maxWorkers: 1,
  },
});
