/** The feature of tiles that chooses amps. */

import { html, LitElement, type TemplateResult } from "lit";
import type { CustomCardFeature, Hass } from "../ha";

export class AmpsFeature extends LitElement {
  static override properties = { context: { state: true }, config: { state: true }, hass: { attribute: false } };

  declare hass: Hass | undefined;
  declare context: { entity_id?: string } | undefined;
  declare config: { type: string } | undefined;

  static getStubConfig(): { type: string } {
    return { type: "custom:twc-manager-amps" };
  }

  setConfig(config: { type: string }): void {
    this.config = config;
  }

  protected override render(): TemplateResult {
    return html``;
  }
}

export const ampsFeature: CustomCardFeature = {
  type: "twc-manager-amps",
  name: "Amps",
  configurable: false,
  isSupported: () => false,
};
