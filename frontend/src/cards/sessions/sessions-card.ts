/** The card of the sessions. */

import { html, type TemplateResult } from "lit";
import { TwcCard } from "../../card-base";
import { DOCUMENTATION, type CustomCard, type Hass } from "../../ha";
import type { Texts } from "../../texts";

export class SessionsCard extends TwcCard {
  protected shownEntities(_hass: Hass): Iterable<string> {
    return [];
  }

  protected content(_hass: Hass, texts: Texts): TemplateResult {
    return html`<h2>${texts("sessions_card.title")}</h2>`;
  }
}

export const sessionsCard: CustomCard = {
  type: "twc-manager-sessions-card",
  name: "Charging sessions",
  description: "A table of past charging sessions",
  preview: true,
  documentationURL: DOCUMENTATION,
};
