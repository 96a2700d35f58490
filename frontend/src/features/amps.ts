/** The feature of tiles that sets one of our amps numbers in useful steps, none of which is refused. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { keyOf } from "../entities";
import { formatAmps, formatNumber } from "../format";
import { DOMAIN, isKnown, type ConfigForm, type CustomCardFeature, type Hass, type HassEntity } from "../ha";
import { watchLive, type Live } from "../live";
import { loadedTexts, takeTexts, type Texts } from "../texts";
import { usefulSteps, type AmpsRange } from "./amps-steps";

const TYPE = "twc-manager-amps";
const USUAL_STEPS = 5;
const MINIMUM_STEPS = 3;
const MAXIMUM_STEPS = 8;
/** So long an accepted value may take to show; then the true one is shown, in ms. */
const SETTLE_MS = 2_000;

const NUMBERS: ReadonlySet<string> = new Set(["number.charge_limit", "number.total_current_limit"]);

export interface AmpsConfig {
  type: string;
  /** How many buttons there are, at most. */
  steps?: number;
}

export class AmpsFeature extends LitElement {
  static override properties = {
    context: { attribute: false },
    hass: { attribute: false },
    config: { state: true },
    live: { state: true },
    texts: { state: true },
    wanted: { state: true },
  };

  static override styles = css`
    :host {
      display: block;
    }
    .steps {
      display: flex;
      gap: var(--feature-button-spacing, 8px);
      height: var(--feature-height, 42px);
    }
    button {
      flex: 1 1 0;
      min-width: 24px;
      padding: 0;
      overflow: hidden;
      font: inherit;
      font-weight: 500;
      color: var(--primary-text-color);
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      border: 2px solid transparent;
      border-radius: var(--feature-border-radius, 12px);
      cursor: pointer;
    }
    button[aria-pressed="true"] {
      border-color: var(--feature-color, var(--primary-color));
      background: color-mix(in srgb, var(--feature-color, var(--primary-color)) 22%, transparent);
    }
    button[aria-busy="true"] {
      border-style: dashed;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 1px;
    }
  `;

  declare context: { entity_id?: string } | undefined;
  declare hass: Hass | undefined;
  declare config: AmpsConfig | undefined;
  declare live: Live | undefined;
  declare texts: Texts | undefined;
  /** What was asked for and does not show yet, in A. */
  declare wanted: number | undefined;

  #unwatch: (() => void) | undefined;
  #language: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  static getStubConfig(): AmpsConfig {
    return { type: `custom:${TYPE}`, steps: USUAL_STEPS };
  }

  static getConfigForm(): ConfigForm {
    return {
      schema: [
        { name: "steps", selector: { number: { min: MINIMUM_STEPS, max: MAXIMUM_STEPS, step: 1, mode: "slider" } } },
      ],
      computeLabel: () => loadedTexts()?.("amps_feature.steps") ?? "",
      computeHelper: () => loadedTexts()?.("amps_feature.steps_helper") ?? "",
    };
  }

  /** Takes the configuration; throws an error if the number of buttons makes no sense. */
  setConfig(config: AmpsConfig): void {
    const steps = config.steps ?? USUAL_STEPS;
    if (!Number.isInteger(steps) || steps < MINIMUM_STEPS || steps > MAXIMUM_STEPS) {
      throw new Error(`steps: ${MINIMUM_STEPS}-${MAXIMUM_STEPS}`);
    }
    this.config = config;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#unwatch?.();
    this.#unwatch = this.#language = this.wanted = undefined;
  }

  protected override willUpdate(): void {
    const { hass } = this;
    const state = hass?.states[this.context?.entity_id ?? ""];
    if (Number(state?.state) === this.wanted) this.wanted = undefined;
    if (hass === undefined || !this.isConnected || this.#language === hass.language) return;
    this.#language = hass.language;
    takeTexts(hass, (texts) => (this.texts = texts));
    this.#unwatch?.();
    this.#unwatch = watchLive(hass, (live) => (this.live = live));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, config } = this;
    const state = hass?.states[this.context?.entity_id ?? ""];
    if (hass === undefined || config === undefined || !isKnown(state)) return nothing;
    const shown = this.wanted ?? Number(state.state);
    const steps = usefulSteps(rangeOf(hass, state, this.live), config.steps ?? USUAL_STEPS);
    return html`<div class="steps" role="group" aria-label=${this.texts?.("amps_feature.amps") ?? nothing}>
      ${steps.map(
        (amps) => html`<button
          type="button"
          aria-label=${formatAmps(hass, amps)}
          aria-pressed=${amps === shown ? "true" : "false"}
          aria-busy=${amps === this.wanted ? "true" : nothing}
          @click=${() => void this.#set(hass, state, amps)}
        >
          ${formatNumber(hass, amps)}
        </button>`,
      )}
    </div>`;
  }

  async #set(hass: Hass, { entity_id }: HassEntity, amps: number): Promise<void> {
    this.wanted = amps;
    clearTimeout(this.#timer);
    const forget = (): void => {
      if (this.wanted === amps) this.wanted = undefined;
    };
    try {
      // Home Assistant tells at the edge of the page why it refuses something: a tile has no room for it.
      await hass.callService("number", "set_value", { value: amps }, { entity_id });
      this.#timer = setTimeout(forget, SETTLE_MS);
    } catch {
      forget();
    }
  }
}

/** Returns the amps that a number takes, as far as that is known. */
function rangeOf(hass: Hass, state: HassEntity, live: Live | undefined): AmpsRange {
  const device = hass.entities[state.entity_id]?.device_id;
  const bus = live?.buses.find(
    ({ device_id, connectors }) => device_id === device || connectors.some((connector) => connector.device_id === device),
  );
  // The wiring has one minimum for all connectors of a bus.
  const connector = bus?.connectors.find(({ device_id }) => device_id === device) ?? bus?.connectors[0];
  return { minimum: connector?.minimum ?? null, maximum: Number(state.attributes["max"]) };
}

export const ampsFeature: CustomCardFeature = {
  type: TYPE,
  name: "Amps in useful steps",
  configurable: true,
  isSupported: (hass, { entity_id }) => {
    const entry = hass.entities[entity_id ?? ""];
    return entry?.platform === DOMAIN && NUMBERS.has(keyOf(hass, entry) ?? "");
  },
};
