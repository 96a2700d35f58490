import { describe, expect, it } from "vitest";
import { allSteps, stepAt, usefulSteps } from "./amps-steps";

describe("the amps that a number takes", () => {
  it("are 0 and all from the minimum to the maximum", () => {
    expect(allSteps({ minimum: 12, maximum: 16 })).toEqual([0, 12, 13, 14, 15, 16]);
  });

  it("are only 0 and the maximum where that is below the minimum", () => {
    expect(allSteps({ minimum: 12, maximum: 8 })).toEqual([0, 8]);
  });

  it("are only both ends while the minimum is unknown", () => {
    expect(allSteps({ minimum: null, maximum: 48 })).toEqual([0, 48]);
  });

  it("are only 0 without a maximum", () => {
    expect(allSteps({ minimum: 6, maximum: 0 })).toEqual([0]);
    expect(allSteps({ minimum: 6, maximum: Number.NaN })).toEqual([0]);
  });

  it("are whole", () => {
    expect(allSteps({ minimum: 5.5, maximum: 7.9 })).toEqual([0, 6, 7]);
  });
});

describe("the useful amps", () => {
  it("begin with 0 and the minimum, end with the maximum and are usual in between", () => {
    expect(usefulSteps({ minimum: 6, maximum: 32 }, 5)).toEqual([0, 6, 16, 24, 32]);
    expect(usefulSteps({ minimum: 12, maximum: 48 }, 5)).toEqual([0, 12, 24, 32, 48]);
  });

  it("are all that there are when these are few", () => {
    expect(usefulSteps({ minimum: 6, maximum: 8 }, 5)).toEqual([0, 6, 7, 8]);
  });

  it("never contain a value that is refused, nor more than asked for", () => {
    const wrong: unknown[] = [];
    for (let maximum = 6; maximum <= 240; maximum += maximum < 50 ? 1 : 10) {
      for (const minimum of [null, 5, 6, 12, 20]) {
        for (let count = 3; count <= 8; count++) {
          const steps = usefulSteps({ minimum, maximum }, count);
          const accepted = allSteps({ minimum, maximum }).filter((amps) => steps.includes(amps));
          const fits = steps.length <= count && steps[0] === 0 && steps.at(-1) === maximum;
          if (!fits || accepted.join() !== steps.join()) wrong.push([minimum, maximum, count, steps]);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("the place of a value", () => {
  it("is that of the nearest accepted one", () => {
    const steps = [0, 12, 13, 14];
    expect(stepAt(steps, 13)).toBe(2);
    expect(stepAt(steps, 3)).toBe(0);
    expect(stepAt(steps, 99)).toBe(3);
  });
});
