/** The editor of the dashboard: which connectors, how much of them, and whether with what was charged. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { connectorsOf } from "../entities";
import { fireEvent, type FormSchema, type Hass } from "../ha";
import { takeTexts, type Texts } from "../texts";
import type { StrategyConfig } from "./options";

type Values = Required<Omit<StrategyConfig, "type">>;

export class StrategyEditor extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    texts: { state: true },
  };

  declare hass: Hass | undefined;
  declare config: StrategyConfig | undefined;
  declare texts: Texts | undefined;

  setConfig(config: StrategyConfig): void {
    this.config = config;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("hass") as Hass | undefined;
    if (this.hass !== undefined && before?.language !== this.hass.language) {
      takeTexts(this.hass, (texts) => (this.texts = texts));
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, config, texts } = this;
    if (hass === undefined || config === undefined || texts === undefined) return nothing;
    return html`<ha-form
      .hass=${hass}
      .data=${valuesOf(config)}
      .schema=${schemaFor(hass)}
      .computeLabel=${(field: FormSchema) => texts(`dashboard.editor.${field.name}`)}
      .computeHelper=${(field: FormSchema) => texts(`dashboard.editor.${field.name}_helper`)}
      @value-changed=${this.#changed}
    ></ha-form>`;
  }

  readonly #changed = (event: CustomEvent<{ value: Partial<Values> }>): void => {
    event.stopPropagation();
    if (this.config === undefined) return;
    this.config = withValues(this.config, event.detail.value);
    fireEvent(this, "config-changed", { config: this.config });
  };
}

/** Returns what the form shows: what was not chosen is as it comes. */
export function valuesOf(config: StrategyConfig): Values {
  return {
    connectors: Array.isArray(config.connectors) ? config.connectors : [],
    compact: config.compact ?? false,
    history: config.history ?? true,
  };
}

/** Returns a configuration with what was chosen in the form, without what is as it comes. */
export function withValues(config: StrategyConfig, values: Partial<Values>): StrategyConfig {
  const { connectors: _connectors, compact: _compact, history: _history, ...rest } = config;
  return {
    ...rest,
    ...(values.connectors?.length ? { connectors: values.connectors } : {}),
    ...(values.compact ? { compact: true } : {}),
    ...(values.history === false ? { history: false } : {}),
  };
}

function schemaFor(hass: Hass): FormSchema[] {
  const options = connectorsOf(hass).map(({ deviceId, name }) => ({ value: deviceId, label: name }));
  return [
    { name: "connectors", selector: { select: { multiple: true, mode: "list", options } } },
    { name: "compact", selector: { boolean: {} } },
    { name: "history", selector: { boolean: {} } },
  ];
}
