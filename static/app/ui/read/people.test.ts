import { describe, expect, it } from "vitest";
import { cellOf, contacts, fromFields, NOBODY_COUNTED, rest, state, tap, toFields, total } from "./people";

describe("how many people", () => {
  it("says not counted, never zero, when nothing was tapped", () => {
    expect(toFields(NOBODY_COUNTED)).toEqual({ people_basis: "not_counted", counts: [] });
    expect(total(state(state(NOBODY_COUNTED, 1), 0))).toBeNull();
  });

  it("keeps a rough number as unknown and estimated", () => {
    expect(toFields(state(NOBODY_COUNTED, 7))).toEqual({
      people_basis: "estimated",
      counts: [{ age_band: "unknown", gender: "unknown", present: 7, contacts: 0 }],
    });
  });

  it("leaves the undistributed rest unknown", () => {
    let people = state(NOBODY_COUNTED, 7);
    people = tap(people, "13-15", "female", "present", 1);
    people = tap(people, "13-15", "male", "present", 1);
    expect(rest(people)).toBe(5);
    expect(total(people)).toBe(7);
    expect(toFields(people).people_basis).toBe("estimated");
  });

  it("counts what is distributed whole, and grows past the rough number", () => {
    let people = state(NOBODY_COUNTED, 1);
    people = tap(people, "16-17", "male", "present", 1);
    people = tap(people, "16-17", "male", "present", 1);
    expect(total(people)).toBe(2);
    expect(toFields(people)).toEqual({
      people_basis: "counted",
      counts: [{ age_band: "16-17", gender: "male", present: 2, contacts: 0 }],
    });
  });

  it("never has more contacts than present", () => {
    let people = tap(NOBODY_COUNTED, "18-20", "female", "contacts", 1);
    expect(cellOf(people, "18-20", "female")).toMatchObject({ present: 1, contacts: 1 });
    people = tap(people, "18-20", "female", "present", -1);
    expect(contacts(people)).toBe(0);
    expect(total(people)).toBeNull();
  });

  it("lets unknown be tapped like any other tile", () => {
    let people = tap(NOBODY_COUNTED, "unknown", "unknown", "contacts", 1);
    expect(toFields(people).counts).toEqual([{ age_band: "unknown", gender: "unknown", present: 1, contacts: 1 }]);
    people = tap(people, "unknown", "unknown", "present", -1);
    expect(toFields(people).people_basis).toBe("not_counted");
  });

  it("comes back from its fields as it went", () => {
    let people = state(NOBODY_COUNTED, 4);
    people = tap(people, "0-12", "unknown", "contacts", 1);
    expect(toFields(fromFields(toFields(people)))).toEqual(toFields(people));
  });
});
