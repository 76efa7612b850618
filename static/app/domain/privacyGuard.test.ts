/** What a text is looked over for, on the fixtures that the server reads too (`tests/unit/test_privacy_guard.py`). */
import { describe, expect, it } from "vitest";
import fixtures from "../../../tests/fixtures/privacy_guard.json";
import { privacyWarnings } from "./privacyGuard";

interface Case { text: string; places?: string[]; warnings: string[] }

describe("the guard of free text", () => {
  it.each(fixtures.cases as Case[])("reads as on the server: $text", ({ text, places, warnings }) =>
    expect(privacyWarnings(text, places ?? [])).toEqual(warnings));
});
