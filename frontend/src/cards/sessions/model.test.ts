import { describe, expect, it } from "vitest";

import { liveConnector } from "../../../test/hass";
import { month, session } from "../../../test/sessions";
import type { MonthData, SessionData } from "./data";
import { type Column, finishedRows, monthsOf, monthView, runningRows, type Sort, sortAfter, sorted } from "./model";

const ZONE = "Europe/Berlin";
const NEWEST: Sort = { column: "started", isDescending: true };
const names = new Map([["c032e", "Garage"]]);

const rowsOf = (...sessions: SessionData[]) => finishedRows({ sessions, months: [] }, names);

const viewOf = (sessions: SessionData[], months: MonthData[] = [], name = "2026-11") =>
  monthView(name, rowsOf(...sessions), months, NEWEST, ZONE);

describe("rows", () => {
  it("have the name of the wall connector, and its id once it is gone", () => {
    const [named, gone] = rowsOf(session(), session({ device_id: null, connector: "1839" }));
    expect([named!.connector, gone!.connector]).toEqual(["Garage", "1839"]);
  });

  it("of what runs have no end and no comparison", () => {
    const [row] = runningRows([liveConnector(), liveConnector({ session: null })], names, "EUR");
    expect(row).toMatchObject({ connector: "Garage", ended: null, at_once: null, sun: 82, cost: 0.42, currency: "EUR" });
  });
});

describe("months", () => {
  it("are those of sessions and sums, and the present one", () => {
    const rows = rowsOf(session({ started: "2026-09-10T10:00:00Z" }));
    expect(monthsOf(rows, [month({ month: "2026-03" })], Date.parse("2026-11-29T12:00:00Z"), ZONE)).toEqual([
      "2026-03",
      "2026-09",
      "2026-11",
    ]);
  });

  it("hold the sessions that began in them, by the owner's clock", () => {
    const late = session({ started: "2026-10-31T23:30:00+00:00" });
    expect(viewOf([late]).rows).toHaveLength(1);
    expect(viewOf([late], [], "2026-10").rows).toHaveLength(0);
  });
});

describe("the sum", () => {
  it("is of what is shown", () => {
    const total = viewOf([session(), session({ started: "2026-11-10T10:00:00Z", energy_kwh: 10, green_kwh: 10, grid_kwh: 0, cost: 0.5, cost_at_once: 2 })]).total!;
    expect(total).toMatchObject({ count: 2, energy: 30, sun: 50, hasMore: false });
    expect(total.money).toEqual([{ currency: "EUR", cost: 4.5, average_price: 0.15, at_once: 8 }]);
  });

  it("never adds two currencies", () => {
    const total = viewOf([session(), session({ started: "2026-11-10T10:00:00Z", currency: "NOK", cost: 30 })]).total!;
    expect(total.money.map((money) => [money.currency, money.cost])).toEqual([
      ["EUR", 4],
      ["NOK", 30],
    ]);
  });

  it("counts in the mean only energy with a known price", () => {
    const total = viewOf([session({ priced_percent: 50, cost: 2 })]).total!;
    expect(total.money[0]!.average_price).toBeCloseTo(0.2);
  });

  it("has no sum of what charging at once would have cost if one part is not known", () => {
    const total = viewOf([session(), session({ started: "2026-11-10T10:00:00Z", cost_at_once: null })]).total!;
    expect(total.money[0]!.at_once).toBeNull();
  });

  it("has no share of sun where nothing is known of it, and no money without prices", () => {
    const unknown = { green_kwh: 0, grid_kwh: 0, unknown_kwh: 20, green_percent: null };
    const total = viewOf([session({ ...unknown, cost: null, currency: null })]).total!;
    expect(total.sun).toBeNull();
    expect(total.money).toEqual([]);
  });

  it("leaves out a session that runs", () => {
    const rows = [...rowsOf(session()), ...runningRows([liveConnector()], names, "EUR")];
    const view = monthView("2026-11", rows, [], NEWEST, ZONE);
    expect(view.rows).toHaveLength(2);
    expect(view.total!.count).toBe(1);
  });

  it("is that of the month where sessions are no longer kept", () => {
    const old = viewOf([session()], [month({ month: "2026-03", energy_kwh: 80, cost: 12 })], "2026-03");
    expect(old.rows).toEqual([]);
    expect(old.total).toMatchObject({ energy: 80, hasMore: true });
    expect(old.total!.money[0]).toMatchObject({ cost: 12, at_once: null });
  });

  it("is that of the month where some are no longer kept", () => {
    expect(viewOf([session()], [month({ energy_kwh: 200 })]).total).toMatchObject({ energy: 200, hasMore: true });
  });

  it("is that of the sessions where one goes on into the next month", () => {
    const sessions = [session({ started: "2026-10-02T10:00:00Z" }), session({ started: "2026-10-31T20:00:00Z" })];
    const months = [month({ month: "2026-10", energy_kwh: 30 }), month({ month: "2026-11", energy_kwh: 10 })];
    expect(viewOf(sessions, months, "2026-10").total).toMatchObject({ energy: 40, hasMore: false });
    expect(viewOf(sessions, months, "2026-11").total).toBeNull();
  });

  it("is nothing in a month without sessions", () => {
    expect(viewOf([], [], "2026-11").total).toBeNull();
  });
});

describe("the order", () => {
  const rows = rowsOf(
    session({ started: "2026-11-01T10:00:00Z", energy_kwh: 5, cost: null, currency: null }),
    session({ started: "2026-11-02T10:00:00Z", energy_kwh: 20, cost: 1 }),
    session({ started: "2026-11-03T10:00:00Z", energy_kwh: 10, cost: 9, currency: "NOK" }),
    session({ started: "2026-11-04T10:00:00Z", energy_kwh: 15, cost: 3 }),
  );
  const order = (column: Column, isDescending: boolean): number[] =>
    sorted(rows, { column, isDescending }).map((row) => new Date(row.started).getUTCDate());

  it.each<[Column, boolean, number[]]>([
    ["started", true, [4, 3, 2, 1]],
    ["started", false, [1, 2, 3, 4]],
    ["energy", true, [2, 4, 3, 1]],
    ["cost", true, [4, 2, 3, 1]],
    ["cost", false, [2, 4, 3, 1]],
  ])("by %s, descending %s", (column, isDescending, days) => {
    // What is not known is last either way, and crowns are not compared with euros.
    expect(order(column, isDescending)).toEqual(days);
  });

  it("turns at the second click", () => {
    expect(sortAfter(NEWEST, "cost")).toEqual({ column: "cost", isDescending: true });
    expect(sortAfter({ column: "cost", isDescending: true }, "cost").isDescending).toBe(false);
    expect(sortAfter(NEWEST, "connector").isDescending).toBe(false);
  });
});
