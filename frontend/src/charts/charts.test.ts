import { describe, expect, it } from "vitest";

import { hourTicks, monthOf, nextDay, wallTime } from "./local-time";
import { stepArea, stepLine } from "./paths";
import { joined, meanWithin, readPieces, runsOf, within } from "./pieces";
import { axisFor, linear, roundStep } from "./scale";

const utc = (text: string) => Date.parse(`${text}Z`);

describe("scales", () => {
  it("maps a domain to a range, also upside down", () => {
    const y = linear([0, 10], [100, 0]);
    expect([y(0), y(5), y(10)]).toEqual([100, 50, 0]);
  });

  it("maps a domain without extent to the middle", () => {
    expect(linear([3, 3], [0, 10])(3)).toBe(5);
  });

  it.each([
    [1, 4, 0.5],
    [0.37, 4, 0.1],
    [30, 3, 10],
    [0, 3, 1],
  ])("cuts a span of %d into about %d steps of %d", (span, count, step) => {
    expect(roundStep(span, count)).toBeCloseTo(step, 12);
  });

  it("begins an axis at zero", () => {
    expect(axisFor([0.21, 0.34], 3).ticks).toEqual([0, 0.2, 0.4]);
  });

  it("goes below zero for negative prices, as far as they do", () => {
    const axis = axisFor([-0.12, 0.3], 3);
    expect(axis.ticks).toEqual([0, 0.2, 0.4]);
    expect([axis.minimum, axis.maximum]).toEqual([-0.12, 0.4]);
    expect(axisFor([-0.25, 0.3], 3).ticks).toEqual([-0.2, 0, 0.2, 0.4]);
  });

  it("has an axis when all prices are below zero, and when all are zero", () => {
    expect(axisFor([-0.1, -0.05], 2)).toEqual({ minimum: -0.1, maximum: 0, ticks: [-0.1, -0.05, 0] });
    expect(axisFor([0, 0], 2).ticks.length).toBeGreaterThan(1);
    expect(axisFor([], 2).maximum).toBeGreaterThan(0);
  });
});

describe("pieces", () => {
  const rows: [string, string, number][] = [
    ["2026-11-30T11:00:00Z", "2026-11-30T12:00:00Z", 0.2],
    ["2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z", 0.1],
  ];

  it("are read in the order of their times", () => {
    expect(readPieces(rows).map((piece) => piece.value)).toEqual([0.1, 0.2]);
  });

  it("leave out what cannot be read and what overlaps", () => {
    const pieces = readPieces([
      ...rows,
      ["nonsense", "2026-11-30T12:00:00Z", 1],
      ["2026-11-30T12:00:00Z", "2026-11-30T12:00:00Z", 1],
      ["2026-11-30T10:30:00Z", "2026-11-30T12:30:00Z", 1],
      ["2026-11-30T13:00:00Z", "2026-11-30T14:00:00Z", NaN],
    ]);
    expect(pieces.map((piece) => piece.value)).toEqual([0.1, 0.2]);
  });

  it("are cut at the ends of a span", () => {
    const cut = within(readPieces(rows), { start: utc("2026-11-30T10:30"), end: utc("2026-11-30T11:15") });
    expect(cut.map(({ start, end }) => (end - start) / 60_000)).toEqual([30, 15]);
  });

  it("have a mean by time, and none where nothing is known", () => {
    const pieces = readPieces(rows);
    expect(meanWithin(pieces, { start: utc("2026-11-30T10:30"), end: utc("2026-11-30T12:00") })).toBeCloseTo(0.5 / 3);
    expect(meanWithin(pieces, { start: utc("2026-11-30T15:00"), end: utc("2026-11-30T16:00") })).toBeNull();
  });

  it("are joined where the value stays, never over a gap", () => {
    const piece = (start: number, end: number, value: number) => ({ start, end, value });
    expect(joined([piece(0, 1, 5), piece(1, 2, 5), piece(3, 4, 5)])).toEqual([piece(0, 2, 5), piece(3, 4, 5)]);
    expect(runsOf([piece(0, 1, 5), piece(1, 2, 6), piece(3, 4, 5)]).map((run) => run.length)).toEqual([2, 1]);
  });
});

describe("paths", () => {
  const pieces = [
    { start: 0, end: 10, value: 1 },
    { start: 10, end: 20, value: -1 },
    { start: 30, end: 40, value: 2 },
  ];
  const x = linear([0, 40], [0, 40]);
  const y = linear([-2, 2], [4, 0]);

  it("go in steps, below the line for negative values, and break at a gap", () => {
    expect(stepLine(pieces, x, y)).toBe("M0,1V1H10V3H20M30,0V0H40");
  });

  it("close an area at its base", () => {
    expect(stepArea(pieces.slice(0, 1), x, y, 2)).toBe("M0,2V1H10V2Z");
  });
});

describe("the clock on the wall", () => {
  const berlin = "Europe/Berlin";

  it("is that of the time zone", () => {
    expect(wallTime(utc("2026-11-30T23:30"), berlin)).toEqual({ day: "2026-12-01", hour: 0, minute: 30 });
    expect(monthOf(utc("2026-11-30T23:30"), berlin)).toBe("2026-12");
  });

  it("skips an hour on the day of 23 hours", () => {
    const ticks = hourTicks(utc("2026-03-28T23:00"), utc("2026-03-29T22:00"), 1, berlin);
    expect(ticks.map((tick) => tick.hour)).toEqual([0, 1, 3, 4, ...Array.from({ length: 19 }, (_, i) => i + 5)]);
    expect((nextDay(utc("2026-03-29T10:00"), berlin) - utc("2026-03-28T23:00")) / 3_600_000).toBe(23);
  });

  it("names the hour that comes twice once on the day of 25 hours", () => {
    const ticks = hourTicks(utc("2026-10-24T22:00"), utc("2026-10-25T23:00"), 1, berlin);
    expect(ticks.map((tick) => tick.hour)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(ticks[3]!.at - ticks[2]!.at).toBe(2 * 3_600_000);
    expect((nextDay(utc("2026-10-25T10:00"), berlin) - utc("2026-10-24T22:00")) / 3_600_000).toBe(25);
  });

  it("has whole hours where the offset is half an hour", () => {
    const ticks = hourTicks(utc("2026-11-30T00:00"), utc("2026-11-30T12:00"), 6, "Asia/Kolkata");
    expect(ticks.map((tick) => new Date(tick.at).toISOString().slice(11, 16))).toEqual(["00:30", "06:30"]);
  });

  it("begins a day at its first hour where midnight is skipped", () => {
    // In Havana the clock goes from 23:59 to 1:00.
    const day = nextDay(utc("2026-03-08T02:00"), "America/Havana");
    expect(wallTime(day, "America/Havana")).toEqual({ day: "2026-03-08", hour: 1, minute: 0 });
  });

  it("marks where days begin", () => {
    const ticks = hourTicks(utc("2026-11-30T12:00"), utc("2026-12-01T12:00"), 6, berlin);
    expect(ticks.map((tick) => [tick.hour, tick.isDay])).toEqual([
      [18, false],
      [0, true],
      [6, false],
      [12, false],
    ]);
  });
});
