/** The card of the flow of power. */

import { html, type TemplateResult } from "lit";
import { TwcCard } from "../../card-base";
import { DOCUMENTATION, type CustomCard, type Hass } from "../../ha";
import type { Texts } from "../../texts";

export class FlowCard extends TwcCard {
  protected shownEntities(_hass: Hass): Iterable<string> {
    return [];
  }

  protected content(_hass: Hass, texts: Texts): TemplateResult {
    return html`<h2>${texts("flow_card.title")}</h2>`;
  }
}

export const flowCard: CustomCard = {
  type: "twc-manager-flow-card",
  name: "Power flow of the wall connectors",
  description: "Sun, house, grid, battery and wall connectors with their power",
  preview: true,
  documentationURL: DOCUMENTATION,
};
