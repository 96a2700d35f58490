import { describe, expect, it } from "vitest";

import { liveBus, liveConnector } from "../../../test/hass";
import { HOUR, hoursAfter, livePlan, series, slots } from "../../../test/plans";
import type { LiveBus } from "../../live";
import { layoutOf, nearest } from "./layout";
import { type PlanContext, planView, runsOfView, timeTicks } from "./model";

const NOW = "2026-11-29T12:20:00Z";
const NOON = "2026-11-29T12:00:00Z";
const EVENING_HIGH = Array.from({ length: 36 }, (_, hour) => (hour >= 10 && hour < 18 ? 0.1 : 0.3));

function context(changes: Partial<PlanContext> = {}): PlanContext {
  return { now: Date.parse(NOW), timeZone: "Europe/Berlin", isPaused: false, names: new Map(), charged: new Map(), ...changes };
}

function bus(changes: Partial<LiveBus> = {}): LiveBus {
  return liveBus({
    prices: series(NOON, EVENING_HIGH),
    forecast: series(NOON, [2000, 1500, 800, 0]),
    plans: [livePlan({ slots: slots(NOON, [10, 11, 14]) })],
    ...changes,
  });
}

const kinds = (changes: Partial<LiveBus>, more: Partial<PlanContext> = {}): string[] =>
  planView(bus(changes), context(more)).notices.map((notice) => notice.kind);

const reasonWith = (changes: Partial<LiveBus>): string | undefined =>
  runsOfView(planView(bus(changes), context()))[0]?.reason.kind;

describe("the time that is shown", () => {
  it("is as far as prices are known, and no further than two days", () => {
    expect((planView(bus(), context()).span.end - Date.parse(NOON)) / HOUR).toBe(36);
    const long = bus({ prices: series(NOON, Array<number>(90).fill(0.2)) });
    expect((planView(long, context()).span.end - Date.parse(NOON)) / HOUR).toBe(48);
  });

  it("is a day if less is known", () => {
    const view = planView(bus({ prices: [], plans: [], forecast: [] }), context());
    expect((view.span.end - view.span.start) / HOUR).toBe(24);
  });

  it("begins earlier where a vehicle has charged lately", () => {
    const charged = new Map([["c032e", [{ start: Date.parse(NOON) - HOUR, end: Date.parse(NOON), value: 3000 }]]]);
    const view = planView(bus(), context({ charged }));
    expect((Date.parse(NOON) - view.span.start) / HOUR).toBe(3);
    expect(view.lanes[0]!.charged).toHaveLength(1);
  });

  it("is not lengthened by what was drawn as nothing", () => {
    const charged = new Map([["c032e", [{ start: Date.parse(NOON) - HOUR, end: Date.parse(NOON), value: 0 }]]]);
    expect(planView(bus(), context({ charged })).span.start).toBe(Date.parse(NOON));
  });

  it("has no more ticks than there is room for", () => {
    const { span } = planView(bus(), context());
    expect(timeTicks(span, "Europe/Berlin", 240).length).toBeLessThanOrEqual(5);
    expect(timeTicks(span, "Europe/Berlin", 1200).length).toBeGreaterThan(10);
  });
});

describe("planned times", () => {
  it("follow each other as one, with what they cost together", () => {
    const runs = runsOfView(planView(bus(), context()));
    expect(runs.map((run) => (run.end - run.start) / HOUR)).toEqual([2, 1]);
    expect(runs[0]!.cost).toBeCloseTo(0.74);
    expect(runs[0]!.price).toBeCloseTo(0.1);
  });

  it("end where only estimates go on", () => {
    const plan = livePlan({ slots: [...slots(NOON, [10]), ...slots(NOON, [11], { known: false })] });
    const runs = runsOfView(planView(bus({ plans: [plan] }), context()));
    expect(runs.map((run) => run.known)).toEqual([true, false]);
    expect(runs[1]!.reason.kind).toBe("estimated");
  });

  it("have no cost if that of a part is not known", () => {
    const plan = livePlan({ slots: [...slots(NOON, [10]), ...slots(NOON, [11], { cost: null })] });
    expect(runsOfView(planView(bus({ plans: [plan] }), context()))[0]!.cost).toBeNull();
  });

  it("that are over are not shown", () => {
    const plan = livePlan({ slots: slots(NOON, [-3, 10]) });
    expect(runsOfView(planView(bus({ plans: [plan] }), context()))).toHaveLength(1);
  });

  it("keep their range of amps", () => {
    const plan = livePlan({ slots: [...slots(NOON, [10], { amps: 6 }), ...slots(NOON, [11], { amps: 16 })] });
    const [run] = runsOfView(planView(bus({ plans: [plan] }), context()));
    expect(run!.amps).toEqual({ minimum: 6, maximum: 16 });
  });

  it("may be a hundred", () => {
    const plan = livePlan({
      ready: hoursAfter(NOON, 47),
      slots: slots(NOON, Array.from({ length: 100 }, (_, index) => 0.5 + index * 0.45), {}, 0.25),
    });
    const view = planView(bus({ plans: [plan] }), context());
    expect(runsOfView(view)).toHaveLength(100);
  });
});

describe("lanes", () => {
  it("are named after the vehicle, with the wall connector beside it", () => {
    const [lane] = planView(bus(), context()).lanes;
    expect([lane!.name, lane!.place]).toEqual(["Model 3", "Wall Connector 032E"]);
  });

  it("are named after the wall connector where the vehicle is not known", () => {
    const [lane] = planView(bus({ connectors: [liveConnector({ vehicle: null })] }), context()).lanes;
    expect([lane!.name, lane!.place]).toEqual(["Wall Connector 032E", null]);
  });

  it("have the owner's name of the wall connector", () => {
    const names = new Map([["c032e", "Garage"]]);
    expect(planView(bus(), context({ names })).lanes[0]!.place).toBe("Garage");
  });

  it("have a mark for when a plan has to be ready", () => {
    const [lane] = planView(bus(), context()).lanes;
    expect(lane!.ready.map((mark) => [mark.at, mark.isReached])).toEqual([[Date.parse("2026-11-30T06:00:00Z"), true]]);
  });

  it("of plans whose vehicle is away have the name of the plan", () => {
    const view = planView(bus({ plans: [livePlan({ connector: null })] }), context());
    expect(view.lanes.map((lane) => lane.name)).toEqual(["Workdays"]);
  });

  it("are left out where nothing is planned and nothing was charged", () => {
    expect(planView(bus({ plans: [] }), context()).lanes).toEqual([]);
  });

  it("show only the wall connector of the card", () => {
    const two = bus({
      connectors: [liveConnector(), liveConnector({ device_id: "c1839", id: "1839", vehicle: null })],
      plans: [
        livePlan({ slots: slots(NOON, [10]) }),
        livePlan({ plan_id: "plan2", name: "Other", connector: "c1839", slots: slots(NOON, [12]) }),
      ],
    });
    expect(planView(two, context()).lanes).toHaveLength(2);
    const view = planView(two, context({ deviceId: "c1839" }));
    expect(view.plans.map((plan) => plan.name)).toEqual(["Other"]);
    expect(view.lanes.map((lane) => lane.key)).toEqual(["c1839"]);
    expect(planView(two, context({ deviceId: "bus" })).lanes).toHaveLength(2);
  });
});

describe("what has to be said", () => {
  it("is nothing if all is known", () => {
    expect(kinds({})).toEqual([]);
  });

  it.each<[string, Partial<LiveBus>, Partial<PlanContext>]>([
    ["no_plans", { plans: [] }, {}],
    ["no_prices", { prices: [] }, {}],
    ["no_prices", { prices: series("2026-11-28T00:00:00Z", [0.2, 0.3]) }, {}],
    ["no_forecast", { forecast: [] }, {}],
    ["unpublished", { prices: series(NOON, EVENING_HIGH.slice(0, 11)) }, {}],
    ["paused", {}, { isPaused: true }],
    ["offline", { state: "offline" }, {}],
  ])("is %s", (kind, changes, more) => {
    expect(kinds(changes, more)).toEqual([kind]);
  });

  it("does not count tomorrow as published in a zone whose day begins an hour earlier than the market's", () => {
    // The market's day ends at 01:00 in Finland.
    const prices = series(NOON, EVENING_HIGH.slice(0, 11));
    expect(kinds({ prices }, { timeZone: "Europe/Helsinki" })).toEqual(["unpublished"]);
  });

  it("is not that plans are paused where there is none", () => {
    expect(kinds({ plans: [] }, { isPaused: true })).toEqual(["no_plans"]);
  });
});

describe("the reason", () => {
  const planned = (changes: Parameters<typeof livePlan>[0], begins = [10], slot = {}): Partial<LiveBus> => ({
    plans: [livePlan({ slots: slots(NOON, begins, slot), ...changes })],
  });

  it("is the low price, compared with the mean until the plan has to be ready", () => {
    const [run] = runsOfView(planView(bus(), context()));
    expect(run!.reason).toMatchObject({ kind: "cheap", price: 0.1 });
    expect(run!.reason.kind === "cheap" && run!.reason.mean).toBeGreaterThan(0.1);
  });

  it.each<[string, Partial<LiveBus>]>([
    ["late", planned({ state: "unreachable" })],
    ["latest", planned({ strategy: "latest" })],
    ["needed", planned({}, [3])],
    ["block", planned({ strategy: "one_block" }, [3])],
    ["sun", planned({}, [1], { cost: 0.1, price: 0.027 })],
    ["paid", { ...planned({}), prices: series(NOON, EVENING_HIGH.map((price) => price - 0.2)) }],
    ["same", { ...planned({}, [3]), prices: series(NOON, EVENING_HIGH.map(() => 0.3)) }],
    ["no_prices", { ...planned({}), prices: [] }],
    ["estimated", planned({}, [10], { known: false })],
  ])("is %s", (kind, changes) => {
    expect(reasonWith(changes)).toBe(kind);
  });
});

describe("the layout", () => {
  it("has room for each lane, and for curves only where there are any", () => {
    const full = layoutOf(planView(bus(), context()), 358);
    const bare = layoutOf(planView(bus({ prices: [], forecast: [] }), context()), 358);
    expect(full.prices!.bottom).toBeLessThan(full.sun!.top);
    expect(full.sun!.bottom).toBeLessThan(full.lanes[0]!.top);
    expect(full.lanes[0]!.top + full.lanes[0]!.height).toBeLessThanOrEqual(full.axis);
    expect([bare.prices, bare.sun]).toEqual([null, null]);
    expect(bare.height).toBeLessThan(full.height);
  });

  it("has a price below zero below the line", () => {
    const view = planView(bus({ prices: series(NOON, [0.2, -0.1]) }), context());
    const { y, bottom } = layoutOf(view, 358).prices!;
    expect(y(-0.1)).toBeGreaterThan(y(0));
    expect(y(-0.1)).toBeLessThanOrEqual(bottom);
  });

  it("does not become narrower than can be read", () => {
    expect(layoutOf(planView(bus(), context()), 40).width).toBe(200);
  });

  it("finds the planned time nearest to a finger", () => {
    const spans = [
      { start: 0, end: 10 },
      { start: 20, end: 30 },
    ];
    expect(nearest(spans, 14)).toBe(spans[0]);
    expect(nearest(spans, 18)).toBe(spans[1]);
    expect(nearest([], 5)).toBeUndefined();
  });
});

describe("days of another length", () => {
  it.each([
    ["2026-03-28T23:00:00Z", 23],
    ["2026-10-24T22:00:00Z", 25],
  ])("the day from %s has %i hours of prices, one beside the other", (midnight, hours) => {
    const prices = series(midnight, Array.from({ length: hours }, (_, hour) => hour / 100));
    const view = planView(bus({ prices, plans: [], forecast: [] }), context({ now: Date.parse(midnight) }));
    const { x } = layoutOf(view, 600);
    const widths = view.prices.map((piece) => Math.round(x(piece.end) - x(piece.start)));
    expect(view.prices).toHaveLength(hours);
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1);
  });
});
