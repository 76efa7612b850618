/** The first screens say nothing that only comes with a later one. Read from the source, as the build follows it. */
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { sv } from "./sv";
import { svLater } from "./svLater";

const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.ts", "!../**/testing/**"], { eager: true, import: "default", query: "?raw" });
const ROOTS = ["../main.tsx", "../ui/screens/SignIn.tsx"];
const IMPORT = /^(?:import|export)\s(?!type\s)[^;]*?\bfrom\s+"(\.[^"]+)"|^import\s+"(\.[^"]+)"/gm;
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

/** Everything that is loaded with the roots: what they import, but for what is imported when it is needed. */
function loadedFirst(): Map<string, string> {
  const found = new Map<string, string>();
  const waiting = [...ROOTS];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const text = sources[path];
    if (text === undefined || found.has(path)) continue;
    found.set(path, withoutComments(text));
    for (const [, named, bare] of found.get(path)!.matchAll(IMPORT)) {
      const { pathname } = new URL(named ?? bare ?? "", `file:///app/${path.slice(3)}`);
      const stem = `../${pathname.replace(/^\/app\//, "")}`;
      waiting.push(...[stem, `${stem}.ts`, `${stem}.tsx`, `${stem}/index.ts`].filter((one) => one in sources));
    }
  }
  return found;
}

/** Keys a text may ask for: written out, counted, or by their beginning. */
function asked(text: string): string[] {
  const written = [...text.matchAll(/"([\w.]+)"/g)].map((match) => match[1]!);
  const begun = [...text.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1]!);
  const families = [...text.matchAll(/(?:coded\(|family[=:]\s*)"([\w.]+)"/g)].map((match) => `${match[1]!}.`);
  const counted = [...text.matchAll(/\bcount\("([\w.]+)"/g)].flatMap((match) => [`${match[1]!}.one`, `${match[1]!}.other`]);
  const all = [...Object.keys(sv), ...Object.keys(svLater)];
  return all.filter((key) => [...written, ...counted].includes(key) || [...begun, ...families].some((stem) => key.startsWith(stem)));
}

describe("the words of the first screens", () => {
  it("are all loaded with them", () => {
    const files = loadedFirst();
    expect(files.size).toBeGreaterThan(60);
    const missing = [...files].filter(([path]) => !path.includes("/i18n/sv") && !path.includes("/i18n/en")).flatMap(([path, text]) => asked(text).filter((key) => !(key in sv)).map((key) => `${path}: ${key}`));
    expect(missing).toEqual([]);
  });
  it("stand in one place each, in both languages", () => {
    expect(Object.keys(svLater).filter((key) => key in sv)).toEqual([]);
    expect(Object.keys({ ...sv, ...svLater }).sort()).toEqual(Object.keys(en).sort());
  });
  it.each(Object.keys(svLater).slice(0, 3))("a word that would come too late is seen: %s", (key) => {
    expect(asked(`<p>{t("${key}")}</p>`)).toContain(key);
    expect(asked(`t(\`${key.replace(/\w+$/, "")}\${code}\`)`)).toContain(key);
    expect(asked("t(other)")).toEqual([]);
  });
});
