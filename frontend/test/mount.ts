/** Puts elements on a page for tests. */

import axe from "axe-core";
import type { Hass, TwcCardConfig } from "../src/ha";

interface Card extends HTMLElement {
  hass?: Hass | undefined;
  setConfig(config: TwcCardConfig): void;
  updateComplete: Promise<boolean>;
}

/** Defines an element, once. */
export function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}

/** Puts a card on the page and waits until it is drawn. */
export async function mount<T extends Card>(card: T, hass: Hass, config: Partial<TwcCardConfig> = {}): Promise<T> {
  card.setConfig({ type: `custom:${card.localName}`, ...config });
  card.hass = hass;
  document.body.append(card);
  await settle(card);
  return card;
}

/** Waits until a card has drawn what it was told. */
export async function settle(card: Card): Promise<void> {
  // The texts and the subscription come in turns of their own.
  for (let turn = 0; turn < 10; turn += 1) {
    await Promise.resolve();
    await card.updateComplete;
  }
}

/** Returns what a person reads of a card. */
export function textOf(card: HTMLElement): string {
  const nodes = [...(card.shadowRoot ?? card).childNodes].filter((node) => node.nodeName !== "STYLE");
  return nodes
    .map((node) => node.textContent ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Returns what axe-core finds wrong with the page, in words. Contrast needs a real browser. */
export async function violations(element: HTMLElement): Promise<string[]> {
  const { violations: found } = await axe.run(element, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return found.flatMap((item) => item.nodes.map((node) => `${item.id}: ${node.html}: ${node.failureSummary}`));
}
