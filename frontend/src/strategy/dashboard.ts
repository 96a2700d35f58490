/** The dashboard that makes itself, and its views. */

import { findBuses } from "../entities";
import { DOCUMENTATION, type CustomStrategy, type Hass } from "../ha";
import { loadTexts } from "../texts";
import { chosenBuses, TYPE, type StrategyConfig, type ViewConfig } from "./options";
import { history, overview, type View } from "./views";

interface ViewOfDashboard {
  title: string;
  path: string;
  icon: string;
  strategy: ViewConfig;
}

export class DashboardStrategy extends HTMLElement {
  /** Returns the views; what is in them is found when they are opened, and again when a device comes or is renamed. */
  static async generate(config: StrategyConfig, hass: Hass): Promise<{ title: string; views: ViewOfDashboard[] }> {
    const texts = await loadTexts(hass);
    const title = texts("dashboard.title");
    const strategy: StrategyConfig = { ...config, type: TYPE };
    const views: ViewOfDashboard[] = [
      { title, path: "overview", icon: "mdi:ev-station", strategy: { ...strategy, view: "overview" } },
    ];
    if (config.history !== false) {
      views.push({
        title: texts("dashboard.history"),
        path: "history",
        icon: "mdi:chart-bar",
        strategy: { ...strategy, view: "history" },
      });
    }
    return { title, views };
  }

  static async getCreateSuggestions(hass: Hass): Promise<{ title: string; icon: string }> {
    const texts = await loadTexts(hass);
    return { title: texts("dashboard.title"), icon: "mdi:ev-station" };
  }

  static getConfigElement(): HTMLElement {
    return document.createElement("twc-manager-strategy-editor");
  }
}

export class ViewStrategy extends HTMLElement {
  /** Returns a view; `view` says which one. */
  static async generate(config: ViewConfig, hass: Hass): Promise<View> {
    const texts = await loadTexts(hass);
    const buses = chosenBuses(config, findBuses(hass));
    return config.view === "history" ? history(buses, texts) : overview(buses, texts, config.compact === true);
  }
}

export const dashboardStrategy: CustomStrategy = {
  type: "twc-manager",
  strategyType: "dashboard",
  name: "TWC Manager",
  description: "All wall connectors: what happens now, why, and what comes next",
  documentationURL: DOCUMENTATION,
};
