/** S17: what happens in one run, as plain data that fast-check makes from a seed and shrinks when a run fails. */
import fc from "fast-check";

export const PHONES = 8;
/** Two people share this one. */
export const SHARED = 1;
/** This one starts with two tabs. */
export const TABBED = 2;

const DAY_MS = 86_400_000;

export type Step =
  /** `killed`: the system takes the page before the save is acknowledged. */
  | { do: "save"; phone: number; kind: number; pick: number; killed: boolean }
  | { do: "decide"; phone: number; how: "correct" | "discard" | "handOver" | "takeBack" | "resolve"; pick: number }
  | { do: "wait"; ms: number }
  | { do: "offline"; phone: number; ms: number }
  | { do: "storm"; kind: "500" | "502" | "503" | "504" | "429" | "html" | "redirect"; ms: number }
  | { do: "restart"; phone: number; tabs: number }
  | { do: "tab"; phone: number }
  | { do: "clock"; phone: number; ms: number }
  | { do: "swap" }
  | { do: "office"; act: "edit" | "approve" | "reopen" | "takeIn" | "replay" | "resolve" | "hide" | "show" | "dispose" | "reset"; pick: number }
  | { do: "backup" }
  | { do: "restore" };

export interface Plan {
  seed: number;
  /** Of a hundred requests, how many meet a fault of the line. */
  faulty: number;
  steps: Step[];
}

const phone = fc.nat(PHONES - 1);
const pick = fc.nat(999);
const of = <K extends Step["do"]>(kind: K) => ({ do: fc.constant(kind) });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 70, arbitrary: fc.record({ ...of("save"), phone, kind: fc.nat(19), pick, killed: fc.nat(19).map((at) => at === 19) }) },
  { weight: 8, arbitrary: fc.record({ ...of("decide"), phone, how: fc.constantFrom("correct" as const, "discard" as const, "handOver" as const, "takeBack" as const, "resolve" as const), pick }) },
  { weight: 12, arbitrary: fc.record({ ...of("wait"), ms: fc.nat(20_000) }) },
  { weight: 5, arbitrary: fc.record({ ...of("offline"), phone, ms: fc.nat(120_000) }) },
  { weight: 2, arbitrary: fc.record({ ...of("storm"), kind: fc.constantFrom("500" as const, "502" as const, "503" as const, "504" as const, "429" as const, "html" as const, "redirect" as const), ms: fc.nat(60_000) }) },
  { weight: 5, arbitrary: fc.record({ ...of("restart"), phone, tabs: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ ...of("tab"), phone }) },
  { weight: 3, arbitrary: fc.record({ ...of("clock"), phone, ms: fc.constantFrom(-3 * DAY_MS, -3_600_000, 3_600_000, 3 * DAY_MS) }) },
  { weight: 3, arbitrary: fc.record(of("swap")) },
  { weight: 14, arbitrary: fc.record({ ...of("office"), act: fc.constantFrom(
    "edit" as const, "edit" as const, "approve" as const, "approve" as const, "reopen" as const, "takeIn" as const, "replay" as const, "resolve" as const,
    "hide" as const, "show" as const, "dispose" as const, "reset" as const,
  ), pick }) },
  { weight: 2, arbitrary: fc.record(of("backup")) },
  { weight: 2, arbitrary: fc.record(of("restore")) },
);

export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1), faulty: fc.nat(60), steps: fc.array(step, { minLength: 1, maxLength: 120, size: "max" }),
});
