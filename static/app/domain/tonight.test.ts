/** The ranked list of *Ikväll*, on the fixtures that the reference in Python is held to (`tests/unit/test_tonight.py`). */
import { describe, expect, it } from "vitest";
import fixtures from "../../../tests/fixtures/tonight.json";
import { tonight, type Place, type TonightInput } from "./tonight";

describe("tonight", () => {
  it.each(fixtures.cases.map((one) => [one.name, one] as const))("%s", (_, { input, expected }) => {
    const found = tonight({
      now: Date.parse(input.now), ...("since" in input && { since: Date.parse(input.since) }), today: input.today, sites: input.sites as unknown as Place[],
      briefings: input.briefings as unknown as TonightInput["briefings"], district: input.district, visited: input.visited,
      movedHere: input.moved_here, openItems: "open_items" in input ? input.open_items : [], distancesM: new Map(Object.entries(input.distances_m as object)),
    });
    expect(found).toEqual(expected);
  });
});
