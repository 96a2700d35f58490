/** The card of the plans. */

import { html, type TemplateResult } from "lit";
import { TwcCard } from "../../card-base";
import { DOCUMENTATION, type CustomCard, type Hass } from "../../ha";
import type { Texts } from "../../texts";

export class PlanCard extends TwcCard {
  protected shownEntities(_hass: Hass): Iterable<string> {
    return [];
  }

  protected content(_hass: Hass, texts: Texts): TemplateResult {
    return html`<h2>${texts("plan_card.title")}</h2>`;
  }
}

export const planCard: CustomCard = {
  type: "twc-manager-plan-card",
  name: "Charging plans",
  description: "Prices, sun and planned charging of the next days",
  preview: true,
  documentationURL: DOCUMENTATION,
};
