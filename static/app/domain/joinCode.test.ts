/** The short code of a pass, on the fixtures that the server reads too (`tests/unit/test_join_code.py`). */
import { describe, expect, it } from "vitest";
import fixtures from "../../../tests/fixtures/join_codes.json";
import { inThrees, joinCode, typedCode } from "./joinCode";
import { uuid7 } from "./uuid7";

describe("the code of a pass", () => {
  it.each(fixtures.codes)("follows from its id as on the server: $shift_id", ({ shift_id, code }) => expect(joinCode(shift_id)).toBe(code));
  it.each(fixtures.typed)("is read as on the server: $typed", ({ typed, code }) => expect(typedCode(typed)).toBe(code));
  it("is read again as it was shown", () => {
    for (let last = 0; last < 256; last++) {
      const code = joinCode(uuid7(1_795_000_000_000, Uint8Array.from({ length: 10 }, (_, at) => (at * 37 + last * 11) % 256)));
      expect(inThrees(code)).toMatch(/^\d{3}\s\d{3}$/);
      expect(typedCode(inThrees(code))).toBe(code);
    }
  });
});
