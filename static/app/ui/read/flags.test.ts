import { describe, expect, it } from "vitest";
import { flagsInWords } from "./flags";

describe("a record's flags in words", () => {
  it.each([
    ["PU15", "clock_uncertain", "Klockan på mobilen var osäker"],
    ["PU14", "sequence_reused", "Mobilens löpnummer har använts två gånger"],
    ["PL5", "base_ahead", "Bygger på en version som servern inte har"],
    ["PU11", "amendment", "Tillagt efter godkännandet"],
  ])("%s %s", (_rule, flag, words) => {
    expect(flagsInWords({ flags: [flag] })).toEqual([words]);
  });

  it("shows one of a newer server as it is, and none on what the server has not answered", () => {
    expect(flagsInWords({ flags: ["amendment", "moon"] })).toEqual(["Tillagt efter godkännandet", "moon"]);
    expect(flagsInWords({})).toEqual([]);
  });
});
