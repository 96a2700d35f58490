import { describe, expect, it } from "vitest";
import { gauge } from "./gauge";

const end = (path: string | null): number[] => path!.split(" ").slice(-2).map(Number);

describe("the gauge", () => {
  it("has drawn, offered and limit on the scale of the maximum", () => {
    const shown = gauge({ drawn: 12, offered: 24, limit: 36, maximum: 48 });
    expect(shown.scale).toBe(48);
    expect(end(shown.offered)).toEqual([100, 16]);
    expect(end(shown.drawn)[0]).toBeCloseTo(100 - 84 * Math.SQRT1_2, 1);
    expect(shown.limit!.x1).toBeGreaterThan(100);
    expect(end(shown.track)).toEqual([184, 100]);
  });

  it("draws no arc for 0 and for what is unknown", () => {
    const shown = gauge({ drawn: 0, offered: null, limit: null, maximum: 32 });
    expect([shown.drawn, shown.offered, shown.limit]).toEqual([null, null, null]);
  });

  it("widens its scale for more than the maximum, so that it is seen", () => {
    const shown = gauge({ drawn: 40.2, offered: 16, limit: 16, maximum: 32 });
    expect(shown.scale).toBe(41);
    expect(end(shown.drawn)[0]).toBeLessThan(184);
  });

  it("has a scale when nothing is known", () => {
    expect(gauge({ drawn: null, offered: null, limit: null, maximum: null }).scale).toBe(16);
    expect(gauge({ drawn: Number.NaN, offered: 0, limit: 0, maximum: 0 }).scale).toBe(16);
  });
});
