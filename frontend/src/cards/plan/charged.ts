/** What the connectors took lately, from the statistics of their power. */

import type { Piece } from "../../charts/pieces";
import { connectorsOf } from "../../entities";
import type { Hass } from "../../ha";
import { type Statistics, readStatistics, statisticsOf } from "../../charts/statistics";

const LATELY_MS = 4 * 3_600_000;

/** Returns the power in W by the devices of the connectors. Rejects if the statistics cannot be had. */
export async function loadCharged(
  hass: Hass,
  deviceId: string | undefined,
  now: number,
): Promise<ReadonlyMap<string, readonly Piece[]>> {
  const connectors = connectorsOf(hass, deviceId).flatMap(({ deviceId: device, entities }) => {
    const power = entities.get("sensor.power");
    return power === undefined ? [] : [{ device, power }];
  });
  if (connectors.length === 0) return new Map();
  const answer: Statistics = await statisticsOf(hass, {
    ids: connectors.map(({ power }) => power),
    start: now - LATELY_MS,
    period: "5minute",
  });
  return new Map(connectors.map(({ device, power }) => [device, readStatistics(answer[power])]));
}
