/** Who may import whom in the client, read from the import lines; the server's arrows are import-linter's. */
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>(["./**/*.{ts,tsx}", "!./**/*.test.ts", "!./**/testing/**"], { eager: true, import: "default", query: "?raw" });

/** Folder → folders it may import from. `ports` holds types alone; files beside the folders wire, and may see all. */
const ARROWS: Record<string, readonly string[]> = {
  domain: ["ports"],
  store: ["domain", "ports"],
  transport: ["ports"],
  sync: ["store", "transport", "domain", "ports"],
  commands: ["store", "domain", "ports"],
  i18n: [],
  pwa: [],
  map: ["domain"],
  ui: ["domain", "ports", "i18n", "pwa", "map"],
};
/** Names of the browser's that belong to one folder; the rest get them handed in by `environment`. */
const OWNED: readonly [RegExp, readonly string[]][] = [
  [/\bfetch\(|XMLHttpRequest|sendBeacon/, ["transport", "sw", "environment"]],
  [/\bindexedDB\b|from "idb"/, ["store", "environment"]],
];

const folderOf = (path: string): string => path.replace(/^\.\//, "").replace(/\.tsx?$/, "").split("/")[0]!;
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

/** The folders a file imports from; "" is a package. */
function importedFolders(path: string, text: string): string[] {
  const names = [...withoutComments(text).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
  return names.filter((name) => name.startsWith(".")).map((name) => folderOf(new URL(name, `file:///${path.slice(2)}`).pathname.slice(1)));
}

function wrongArrows(files: Record<string, string>): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const from = folderOf(path);
    const allowed = ARROWS[from];
    const imports = allowed ? importedFolders(path, text).filter((to) => to !== from && !allowed.includes(to)) : [];
    const touched = OWNED.filter(([name, owners]) => name.test(withoutComments(text)) && !owners.includes(from));
    return [...imports.map((to) => `${path} → ${to}`), ...touched.map(([name]) => `${path} uses ${name.source}`)];
  });
}

describe("the client's arrows point one way", () => {
  it("ui → domain; sync → store, transport, domain; domain → nothing; one folder fetches, one stores", () => {
    expect(Object.keys(sources).length).toBeGreaterThan(80);
    expect(wrongArrows(sources)).toEqual([]);
  });

  it("every folder has its arrows", () => {
    const folders = Object.keys(sources).filter((path) => path.split("/").length > 2).map(folderOf);
    expect([...new Set(folders)].sort()).toEqual(Object.keys(ARROWS).sort());
  });

  it("what domain takes from ports is types alone", () => {
    const values = Object.entries(sources).filter(([path, text]) => folderOf(path) === "domain" && /^import (?!type ).*\/ports"/m.test(text));
    expect(values.map(([path]) => path)).toEqual([]);
  });

  it.each([
    ["./ui/screens/Late.tsx", 'import { FieldStore } from "../../store/store";', "./ui/screens/Late.tsx → store"],
    ["./domain/rules.ts", 'const later = () => import("../ui/state");', "./domain/rules.ts → ui"],
    ["./ui/submit.ts", 'await fetch("/api/v1/sync");', "./ui/submit.ts uses \\bfetch\\(|XMLHttpRequest|sendBeacon"],
    ["./sync/engine.ts", "indexedDB.open('x');", './sync/engine.ts uses \\bindexedDB\\b|from "idb"'],
  ])("a wrong arrow is seen: %s", (path, text, expected) => expect(wrongArrows({ [path]: text })).toEqual([expected]));
});
