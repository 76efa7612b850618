/** PU5: what stands against what in a conflict, and what a choice sends: an answer for each field, none more. */
import { describe, expect, it } from "vitest";
import { NOTHING } from "../../domain/projection";
import type { Conflict } from "../../domain/records";
import { questionsOf, resolutionOf } from "./conflicts";

const conflict = (server: Conflict["server"], sent: Conflict["sent"]): Conflict => ({
  id: "c", mutation_id: "m", collection: "visits", record_id: "v", op: "update", server, sent, state: "open", resolution: null,
  author_id: "a", made_at: "2026-11-23T21:43:00+01:00", server_by: null, server_at: "2026-11-23T21:40:00+01:00",
});

describe("conflicts in words", () => {
  it("PU7 what only means something together is one question, and its answer goes for every field", () => {
    const questions = questionsOf(NOTHING, null, conflict(
      { outcome: "observed", not_visited_reason: null, neighbourhood: "Fagersjö", site_id: null, audience: ["youth"] },
      { outcome: "not_visited", not_visited_reason: "weather", neighbourhood: "Gubbängen", site_id: null, audience: [] },
    ));
    expect(questions.map(({ name, server, sent, isText }) => [name, server, sent, isText])).toEqual([
      ["Plats", "Fagersjö", "Gubbängen", false],
      ["Hur blev det?", "Besökt", "Ej besökt: vädret", false],
      ["Riktat till", "Unga", "inget", false],
    ]);
    const answers = { site_id: { choice: "server" }, outcome: { choice: "sent" }, audience: { choice: "sent" } } as const;
    expect(resolutionOf(questions, answers)).toEqual({
      site_id: { choice: "server" }, neighbourhood: { choice: "server" }, outcome: { choice: "sent" },
      not_visited_reason: { choice: "sent" }, audience: { choice: "sent" },
    });
  });

  it("a text may be written anew, a code may not", () => {
    const questions = questionsOf(NOTHING, null, conflict({ note: "a", situation: "calm" }, { note: "b", situation: "uneasy" }));
    expect(questions.map(({ fields, isText }) => [fields[0], isText])).toEqual([["note", true], ["situation", false]]);
    expect(resolutionOf(questions, { note: { choice: "other", value: "c" } })).toEqual({ note: { choice: "other", value: "c" } });
  });

  it.each([
    [{ deleted: true }, { situation: "uneasy", topics: ["alcohol"] }, "Borttagen", "Läget: Oroligt\nVad ser ni: Alkohol", ["situation", "topics"]],
    [{ situation: "calm", note: "", shift_id: "s" }, { deleted: true }, "Läget: Lugnt", "Borttagen", ["deleted"]],
  ])("S09 a side that was a removal is about the whole record: %j, %j", (server, sent, left, right, fields) => {
    const questions = questionsOf(NOTHING, null, conflict(server, sent));
    expect(questions).toMatchObject([{ name: "Hela posten", server: left, sent: right }]);
    const [first] = fields;
    expect(resolutionOf(questions, { [first!]: { choice: "sent" } })).toEqual(Object.fromEntries(fields.map((field) => [field, { choice: "sent" }])));
  });

  it("a value of a newer build is shown as it is, never hidden", () => {
    const [question] = questionsOf(NOTHING, null, conflict({ moon: { full: true } }, { moon: "half" }));
    expect(question).toMatchObject({ name: "moon", server: '{"full":true}', sent: "half" });
  });
});
