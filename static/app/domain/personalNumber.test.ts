/** PU13, X28: the guard on the phone, on the texts the server's own tests read too. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import fixtures from "../../../tests/fixtures/personal_numbers.json";
import { hasPersonalNumber, personalNumberPaths } from "./personalNumber";

const VALID = ["811218-9876", "701063-2391", "990919-3766", "850709-9805"];
const DASHES = ["", "-", "–", "—", "‐", "‑", "−", "－", "+", " ", "\u00a0", "\u2009", ".", " - ", "\u00ad", "\u200b", "-\u200b"];

describe("PU13 personal numbers", () => {
  it.each(fixtures.refused)("PU13 refuses %j", (text) => expect(hasPersonalNumber(text)).toBe(true));
  it.each(fixtures.harmless)("PU13 lets %j through", (text) => expect(hasPersonalNumber(text)).toBe(false));

  it("X28 1,000 texts with a number in any spelling are refused", () => {
    const spelled = fc.tuple(
      fc.constantFrom(...VALID), fc.constantFrom("", "19"), fc.constantFrom("", "-", " ", "."), fc.constantFrom(...DASHES),
      fc.constantFrom("", "Noterat: ", "vid entrén ", "(", "3 st, "), fc.constantFrom("", ".", ")", " sedan", ", lugnt"),
    ).map(([number, century, inner, dash, before, after]) => {
      const [year, month, day] = [number.slice(0, 2), number.slice(2, 4), number.slice(4, 6)];
      return before + century + [year, month, day].join(inner) + dash + number.slice(7) + after;
    });
    fc.assert(fc.property(spelled, hasPersonalNumber), { numRuns: 1_000, seed: 28 });
  });

  it("X28 at most 1 % of 1,000 texts with dates, telephone-like and street numbers are refused", () => {
    const digits = (count: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((all) => all.join(""));
    const harmless = fc.oneof(
      fc.date({ min: new Date("2000-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }).map((date) => `Den ${date.toISOString().slice(0, 10)} kl ${date.toISOString().slice(11, 16)}`),
      fc.tuple(digits(2), digits(3), digits(2), digits(2)).map(([a, b, c, d]) => `Ring 0${a}-${b} ${c} ${d}`),
      fc.tuple(digits(1), digits(3), digits(2)).map(([number, post, town]) => `Demogatan ${number}, ${post} ${town} Demostad`),
      fc.uuid(),
      fc.date({ min: new Date("2000-01-01"), max: new Date("2030-01-01"), noInvalidDate: true }).map((date) => date.toISOString()),
    );
    const refused = fc.sample(harmless, { numRuns: 1_000, seed: 28 }).filter(hasPersonalNumber);
    expect(refused.length).toBeLessThanOrEqual(10);
  });

  it("PU13 names the path and never the contents, deep in lists and objects", () => {
    const fields = { note: "lugnt", open_items: [{ text: "Följ upp 811218-9876" }], place: { label: "701063-2391" } };
    expect(personalNumberPaths(fields)).toEqual(["open_items.0.text", "place.label"]);
  });
});
