/** Finished sessions for tests. */

import type { MonthData, SessionData } from "../src/cards/sessions/data";

export function session(changes: Partial<SessionData> = {}): SessionData {
  return {
    device_id: "c032e",
    connector: "032E",
    started: "2026-11-20T18:00:00+00:00",
    ended: "2026-11-21T06:00:00+00:00",
    energy_kwh: 20,
    green_kwh: 5,
    battery_kwh: 0,
    grid_kwh: 15,
    unknown_kwh: 0,
    green_percent: 25,
    cost: 4,
    currency: "EUR",
    average_price: 0.2,
    priced_percent: 100,
    price_source: "Nord Pool",
    cost_at_once: 6,
    charging_minutes: 190,
    peak_amps: 16,
    vehicle: "Model 3",
    end: "complete",
    ...changes,
  };
}

export function month(changes: Partial<MonthData> = {}): MonthData {
  const { device_id: _0, started: _1, ended: _2, cost_at_once: _3, charging_minutes: _4, ...rest } = session();
  const { peak_amps: _5, end: _6, ...sums } = rest;
  return { month: "2026-11", ...sums, ...changes };
}
