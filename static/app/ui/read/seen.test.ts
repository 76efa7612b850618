/** A form that stood open while something new came (PU5). */
import { expect, it } from "vitest";
import { changedOnly } from "./seen";

it("PU5 says what was changed on the form, whatever order the keys of a list's items are in", () => {
  const seen = { note: "ett", topics: ["alcohol"], counts: [{ present: 2, contacts: 0 }] };
  expect(changedOnly({ note: "ett", topics: ["alcohol"], counts: [{ contacts: 0, present: 2 }] }, seen)).toEqual({});
  expect(changedOnly({ note: "två", topics: ["alcohol"] }, seen)).toEqual({ note: "två" });
  expect(changedOnly({ topics: [] }, seen)).toEqual({ topics: [] });
});
