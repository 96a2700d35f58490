import { describe, expect, it } from "vitest";
import { gauge } from "./gauge";

describe("the gauge", () => {
  it("has drawn, offered and limit on the scale of the maximum", () => {
    const shown = gauge({ drawn: 12, offered: 24, limit: 36, maximum: 48 });
    expect([shown.scale, shown.drawn, shown.offered]).toEqual([48, 0.25, 0.5]);
    // Three quarters of half a circle are at 45 degrees on its right side.
    const { x1, y1, x2, y2 } = shown.limit!;
    expect((y1 - y2) / (x2 - x1)).toBeCloseTo(1, 6);
    expect([x1 > 100, y2 < y1]).toEqual([true, true]);
  });

  it("begins and ends on one level", () => {
    const [x, y, ...rest] = gauge({ drawn: 0, offered: 0, limit: 0, maximum: 32 }).track.match(/[\d.]+/g)!.map(Number);
    expect([x, y, rest.at(-2), rest.at(-1)]).toEqual([16, 100, 184, 100]);
  });

  it("shows nothing for 0 and for what is unknown", () => {
    const shown = gauge({ drawn: 0, offered: null, limit: null, maximum: 32 });
    expect([shown.drawn, shown.offered, shown.limit]).toEqual([0, 0, null]);
  });

  it("widens its scale for more than the maximum, so that it is seen", () => {
    const shown = gauge({ drawn: 40.2, offered: 16, limit: 16, maximum: 32 });
    expect(shown.scale).toBe(41);
    expect(shown.drawn).toBeLessThan(1);
  });

  it("has a scale when nothing is known", () => {
    expect(gauge({ drawn: null, offered: null, limit: null, maximum: null }).scale).toBe(16);
    const odd = gauge({ drawn: Number.NaN, offered: -1, limit: 0, maximum: 0 });
    expect([odd.scale, odd.drawn, odd.offered]).toEqual([16, 0, 0]);
  });
});
