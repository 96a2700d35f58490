import { describe, expect, it } from "vitest";
import { livePlan as plan } from "../../../test/plans";
import type { LiveBus, LivePlan } from "../../live";
import { isOwnPlan, planAt, planData } from "./planning";

const busWith = (...plans: LivePlan[]): LiveBus => ({ plans }) as unknown as LiveBus;

describe("the plan of a connector", () => {
  it("is the one that is ready first", () => {
    const later = plan({ plan_id: "trip", ready: "2026-12-01T06:00:00+00:00" });
    const never = plan({ plan_id: "some_day", ready: null });
    expect(planAt(busWith(never, later, plan()), "c032e", "032E")?.plan_id).toBe("plan1");
  });

  it("is the one set for a single time, even if another is ready before", () => {
    const own = plan({ plan_id: "set_032E", ready: "2026-12-01T06:00:00+00:00" });
    const shown = planAt(busWith(plan(), own), "c032e", "032E");
    expect([shown?.plan_id, isOwnPlan(own, "032E"), isOwnPlan(own, "1839"), isOwnPlan(plan(), "032E")]).toEqual([
      "set_032E",
      true,
      false,
      false,
    ]);
  });

  it("is the one set for a single time also while no plan is followed", () => {
    const own = plan({ plan_id: "set_032E", state: "off", enabled: false, ready: null });
    expect(planAt(busWith(plan(), own), "c032e", "032E")?.plan_id).toBe("set_032E");
    expect(planAt(busWith(plan(), { ...own, connector: "c1839" }), "c032e", "032E")?.plan_id).toBe("plan1");
  });

  it("is none that is off or another connector's", () => {
    const plans = [plan({ state: "off" }), plan({ enabled: false }), plan({ connector: "c1839" }), plan({ connector: null })];
    expect(planAt(busWith(...plans), "c032e", "032E")).toBeNull();
    expect(planAt(undefined, "c032e", "032E")).toBeNull();
  });
});

describe("a plan that is set", () => {
  it("has one goal and one time", () => {
    expect(planData({ kind: "percent", amount: 80, time: "07:00" })).toEqual({ level: 80, time: "07:00:00" });
    expect(planData({ kind: "kwh", amount: 12.5, time: "23:59" })).toEqual({ energy: 12.5, time: "23:59:00" });
  });

  it("means the clock of the user, where that is not the one of the house", () => {
    const at = (day: number, hour: number): Date => new Date(2026, 10, day, hour, 30);
    const sent = (time: string): unknown => planData({ kind: "percent", amount: 80, time }, at(30, 8));
    expect(sent("09:30")).toEqual({ level: 80, date_time: at(30, 9).toISOString() });
    // November ends, and a time that has come is that of tomorrow.
    expect(sent("08:30")).toEqual({ level: 80, date_time: at(31, 8).toISOString() });
    expect(sent("25:00")).toBeNull();
  });

  it("is not sent if it would be refused", () => {
    const wrong = [
      { kind: "percent", amount: 0, time: "07:00" },
      { kind: "percent", amount: 101, time: "07:00" },
      { kind: "percent", amount: 80.5, time: "07:00" },
      { kind: "kwh", amount: 0, time: "07:00" },
      { kind: "kwh", amount: 1001, time: "07:00" },
      { kind: "kwh", amount: Number.NaN, time: "07:00" },
      { kind: "kwh", amount: 10, time: "" },
      { kind: "kwh", amount: 10, time: "24:00" },
    ] as const;
    expect(wrong.map((wish) => planData(wish))).toEqual(wrong.map(() => null));
  });
});
