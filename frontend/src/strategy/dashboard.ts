/** The dashboard that makes itself. */

import { findBuses } from "../entities";
import { DOCUMENTATION, type CustomStrategy, type Hass, type LovelaceCardConfig } from "../ha";
import { loadTexts } from "../texts";

export class DashboardStrategy extends HTMLElement {
  static async generate(_config: unknown, hass: Hass): Promise<{ views: unknown[] }> {
    const texts = await loadTexts(hass);
    const cards: LovelaceCardConfig[] = findBuses(hass).flatMap((bus) => [
      { type: "custom:twc-manager-flow-card", device_id: bus.deviceId },
      { type: "custom:twc-manager-plan-card", device_id: bus.deviceId },
      ...bus.connectors.map((item) => ({ type: "custom:twc-manager-connector-card", device_id: item.deviceId })),
      { type: "custom:twc-manager-sessions-card", device_id: bus.deviceId },
    ]);
    return {
      views: [{ title: texts("dashboard.title"), type: "sections", sections: cards.map((card) => ({ cards: [card] })) }],
    };
  }

  static async getCreateSuggestions(hass: Hass): Promise<{ title: string; icon: string }> {
    const texts = await loadTexts(hass);
    return { title: texts("dashboard.title"), icon: "mdi:ev-station" };
  }
}

export const dashboardStrategy: CustomStrategy = {
  type: "twc-manager",
  strategyType: "dashboard",
  name: "TWC Manager",
  description: "All wall connectors: what happens now, why, and what comes next",
  documentationURL: DOCUMENTATION,
};
