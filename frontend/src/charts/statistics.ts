/** The mean power of entities over time, from the recorder's statistics. */

import type { Hass } from "../ha";
import type { Piece } from "./pieces";

interface Row {
  readonly start: number;
  readonly end: number;
  readonly mean?: number | null;
}

/** By entity. */
export type Statistics = Record<string, readonly Row[] | undefined>;

export interface StatisticsQuery {
  readonly ids: readonly string[];
  readonly start: number;
  readonly end?: number;
  readonly period: "5minute" | "hour";
}

/** Asks for the mean power in W of entities. Rejects if there is no recorder or it cannot be had. */
export async function statisticsOf(hass: Hass, { ids, start, end, period }: StatisticsQuery): Promise<Statistics> {
  return hass.callWS<Statistics>({
    type: "recorder/statistics_during_period",
    statistic_ids: ids,
    start_time: new Date(start).toISOString(),
    ...(end === undefined ? {} : { end_time: new Date(end).toISOString() }),
    period,
    types: ["mean"],
    units: { power: "W" },
  });
}

/** Returns the means of an entity; empty without any. */
export function readStatistics(rows: readonly Row[] | undefined): Piece[] {
  return (rows ?? []).flatMap(({ start, end, mean }) =>
    typeof mean === "number" && Number.isFinite(mean) ? [{ start, end, value: mean }] : [],
  );
}
