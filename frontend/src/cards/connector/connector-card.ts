/** The card of a wall connector. */

import { html, type TemplateResult } from "lit";
import { TwcCard } from "../../card-base";
import { DOCUMENTATION, type CustomCard, type Hass } from "../../ha";
import type { Texts } from "../../texts";

export class ConnectorCard extends TwcCard {
  protected shownEntities(_hass: Hass): Iterable<string> {
    return [];
  }

  protected content(_hass: Hass, texts: Texts): TemplateResult {
    return html`<h2>${texts("connector_card.title")}</h2>`;
  }
}

export const connectorCard: CustomCard = {
  type: "twc-manager-connector-card",
  name: "Wall connector",
  description: "What a wall connector does now, why, and what comes next; with its settings",
  preview: true,
  documentationURL: DOCUMENTATION,
};
