import { describe, expect, it } from "vitest";
import { isLabel } from "./here";

describe("the label of a place outside the register", () => {
  it.each(["", " ", "  \t\n ", "\u00a0\u2003", "\u00ad", " \u200d "])("is not %j: nobody could read it", (text) => {
    expect(isLabel(text)).toBe(false);
  });

  it.each(["x", " bakom idrottshallen ", "👩\u200d👧", "7"])("may be %j", (text) => {
    expect(isLabel(text)).toBe(true);
  });
});
