/** What an owner may choose of the dashboard. */

import type { Bus } from "../entities";

export const TYPE = "custom:twc-manager";

/** As it is stored with the dashboard; what is left out is as it comes. */
export interface StrategyConfig {
  type: string;
  /** The devices of the connectors to show; all if it is missing or empty. */
  connectors?: string[];
  /** Whether to show the cards alone, without tiles for the settings of the house. */
  compact?: boolean;
  /** Whether there is a view with what was charged. */
  history?: boolean;
}

export interface ViewConfig extends StrategyConfig {
  view: "overview" | "history";
}

/**
 * Returns the buses with those connectors that were chosen. A bus of which none was chosen is left out; choices of
 * devices that are gone count for nothing.
 */
export function chosenBuses(config: StrategyConfig, buses: readonly Bus[]): readonly Bus[] {
  const there = new Set(buses.flatMap((bus) => bus.connectors.map((connector) => connector.deviceId)));
  const wanted: unknown = config.connectors;
  const chosen = new Set((Array.isArray(wanted) ? (wanted as unknown[]) : [wanted]).filter((id) => there.has(id as string)));
  if (chosen.size === 0) return buses;
  return buses
    .map((bus) => ({ ...bus, connectors: bus.connectors.filter((connector) => chosen.has(connector.deviceId)) }))
    .filter((bus) => bus.connectors.length > 0);
}
