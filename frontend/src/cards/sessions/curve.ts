/** The power of one session over time: history where it is short, otherwise statistics. */

import type { Piece } from "../../charts/pieces";
import { readStatistics, statisticsOf } from "../../charts/statistics";
import type { Hass } from "../../ha";

const HOUR = 3_600_000;
/** Statistics of five minutes say too little about less. */
const SHORT_MS = HOUR;

export interface Curve {
  /** Power in W. */
  readonly pieces: readonly Piece[];
  /** Whether only the means of hours are left. */
  readonly isHourly: boolean;
}

interface HistoryState {
  readonly s: string;
  /** In s since 1970. */
  readonly lu: number;
}

/** Returns the power of an entity between two instants; without pieces if nothing was kept. Rejects if it cannot be had. */
export async function loadCurve(hass: Hass, entityId: string, start: number, end: number): Promise<Curve> {
  if (end - start <= SHORT_MS) {
    const pieces = await history(hass, entityId, start, end);
    if (pieces.length > 0) return { pieces, isHourly: false };
  }
  for (const period of ["5minute", "hour"] as const) {
    const answer = await statisticsOf(hass, { ids: [entityId], start, end, period });
    const pieces = readStatistics(answer[entityId]);
    if (pieces.length > 0) return { pieces, isHourly: period === "hour" };
  }
  return { pieces: [], isHourly: false };
}

async function history(hass: Hass, entityId: string, start: number, end: number): Promise<Piece[]> {
  const answer = await hass.callWS<Record<string, readonly HistoryState[] | undefined>>({
    type: "history/history_during_period",
    entity_ids: [entityId],
    start_time: new Date(start).toISOString(),
    end_time: new Date(end).toISOString(),
    minimal_response: true,
    no_attributes: true,
    significant_changes_only: false,
  });
  const factor = hass.states[entityId]?.attributes["unit_of_measurement"] === "kW" ? 1000 : 1;
  const states = answer[entityId] ?? [];
  return states.flatMap(({ s, lu }, index) => {
    const piece = { start: Math.max(start, lu * 1000), end: Math.min(end, (states[index + 1]?.lu ?? Infinity) * 1000) };
    const value = s.trim() === "" ? NaN : Number(s) * factor;
    return Number.isFinite(value) && piece.end > piece.start ? [{ ...piece, value }] : [];
  });
}
