/** The ground is quiet: by day and by night every mark stands out against it (WCAG 1.4.11), and it asks nobody for anything. */
import { readFileSync } from "node:fs";
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import { GROUND, groundLayers, HOUSES } from "./ground";
import { MARKS, TOKENS, type Colours, type Token } from "./looks";

const tokens = readFileSync(new URL("../../tokens.css", import.meta.url), "utf8");
const of = (rule: string) => Object.fromEntries(TOKENS.map((token) => [token, new RegExp(`--${token}: (#[0-9a-f]{6});`).exec(rule)?.[1]])) as Colours;
const [day, byPhone, byPerson] = tokens.split("}").filter((rule) => rule.includes("--paper")).map(of) as [Colours, Colours, Colours];

const parts = (colour: string) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** What the eye meets: houses let the land through. */
const areasOf = ({ surface, green, water, line }: Colours) => [
  surface, green, water, `#${parts(surface).map((one, at) => Math.round(one + (parts(line)[at]! - one) * HOUSES).toString(16).padStart(2, "0")).join("")}`,
];

function light(colour: string): number {
  const [red, green, blue] = parts(colour).map((part) => part / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
function contrast(one: string, other: string): number {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright! + 0.05) / (dark! + 0.05);
}

describe.each([["day", day], ["the phone's night", byPhone], ["the person's night", byPerson]])("by %s", (_, colours) => {
  const weakest = (tokens: readonly Token[], grounds: string[]) => Math.min(...tokens.flatMap((token) => grounds.map((ground) => contrast(colours[token], ground))));
  const marks = [...Object.values(MARKS).map(({ line }) => line), "primary"] as const;

  it("marks and zones stand out against all of it, borders against its areas", () => {
    expect(weakest(marks, [...areasOf(colours), colours.line])).toBeGreaterThanOrEqual(3);
    expect(weakest(["edge"], areasOf(colours))).toBeGreaterThanOrEqual(3);
  });
  it("names can be read on it", () => expect(weakest(["quiet", "ink"], [...areasOf(colours), colours.line])).toBeGreaterThanOrEqual(4.5));
});

it("night is the same whoever chose it", () => expect(byPerson).toEqual(byPhone));

it("its layers are of one source, without text, and what the map library understands", () => {
  const layers = groundLayers(day);
  expect(JSON.stringify(layers)).not.toMatch(/text-field|icon-image|https?:/);
  expect(new Set(layers.map((layer) => "source" in layer && layer.source))).toEqual(new Set([GROUND]));
  expect(validateStyleMin({ version: 8, sources: { [GROUND]: { type: "vector", tiles: ["pmtiles://x/{z}/{x}/{y}"] } }, layers })).toEqual([]);
});
