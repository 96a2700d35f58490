/** The finished sessions of the buses, by the action `get_sessions`. */

import { DOMAIN, type Hass } from "../../ha";

/** Energy in kWh, shares in %, money in the main unit of the currency, times in ISO 8601; null is unknown. */
interface Amounts {
  readonly energy_kwh: number;
  readonly green_kwh: number;
  readonly battery_kwh: number;
  readonly grid_kwh: number;
  readonly unknown_kwh: number;
  readonly green_percent: number | null;
  readonly cost: number | null;
  readonly currency: string | null;
  readonly average_price: number | null;
  readonly priced_percent: number | null;
  readonly price_source: string | null;
}

export interface SessionData extends Amounts {
  /** The device of its connector; null if that was removed. */
  readonly device_id: string | null;
  readonly connector: string;
  readonly started: string;
  readonly ended: string;
  readonly cost_at_once: number | null;
  readonly charging_minutes: number;
  readonly peak_amps: number;
  readonly vehicle: string | null;
  readonly end: string | null;
}

export interface MonthData extends Amounts {
  /** Like "2026-11". */
  readonly month: string;
  readonly connector: string;
  readonly vehicle: string | null;
}

export interface SessionsData {
  readonly sessions: readonly SessionData[];
  readonly months: readonly MonthData[];
}

/** Returns the sessions of a bus or a connector, or of all. Rejects if they cannot be had. */
export async function loadSessions(hass: Hass, deviceId: string | undefined): Promise<SessionsData> {
  const target = deviceId === undefined ? undefined : { device_id: deviceId };
  const { response } = await hass.callService<SessionsData>(DOMAIN, "get_sessions", {}, target, false, true);
  if (response === undefined) throw new Error("no response");
  return response;
}
