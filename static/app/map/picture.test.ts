/** Names of districts give way to marks, and to each other. */
import { expect, it } from "vitest";
import { labelsThatFit, type Label } from "./picture";

const label = (x: number, y: number, width = 100): Label => ({ x, y, width, height: 20 });

it("a name over nothing is seen, one over a mark's shape is not", () => {
  expect(labelsThatFit([label(100, 100)], [])).toEqual([true]);
  expect(labelsThatFit([label(100, 100)], [{ x: 157, y: 100 }])).toEqual([false]);
  expect(labelsThatFit([label(100, 100)], [{ x: 159, y: 100 }, { x: 100, y: 119 }])).toEqual([true]);
});

it("of two names that meet the first is seen, and one that gave way is in nobody's way", () => {
  expect(labelsThatFit([label(100, 100), label(180, 110), label(260, 100)], [])).toEqual([true, false, true]);
  expect(labelsThatFit([label(100, 100), label(180, 110)], [{ x: 100, y: 100 }])).toEqual([false, true]);
});
