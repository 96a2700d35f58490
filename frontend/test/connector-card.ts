/** The connector card on a page for tests, and what a person does with it. */

import { ConnectorCard } from "../src/cards/connector/connector-card";
import { ConnectorPanel } from "../src/cards/connector/connector-panel";
import type { Live } from "../src/live";
import { entityId, live, type FakeHass } from "./hass";
import { define, mount, settle, textOf } from "./mount";

define("twc-manager-connector-card", ConnectorCard);
define("twc-manager-connector-panel", ConnectorPanel);

export const id = (key: string, device = "c032e"): string => entityId(device, key);
export const LIMIT = { entity_id: id("number.charge_limit") };

export async function drawn(card: ConnectorCard): Promise<void> {
  await settle(card);
  for (const panel of card.shadowRoot!.querySelectorAll<ConnectorPanel>("twc-manager-connector-panel")) await settle(panel as never);
}

export async function show(hass: FakeHass, data: Live | undefined = live(), deviceId?: string): Promise<ConnectorCard> {
  const card = await mount(new ConnectorCard(), hass, deviceId === undefined ? {} : { device_id: deviceId });
  if (data !== undefined) hass.push(data);
  await drawn(card);
  return card;
}

export async function change(card: ConnectorCard, hass: FakeHass): Promise<void> {
  card.hass = hass;
  await drawn(card);
}

export function find<T extends HTMLElement = HTMLButtonElement>(card: ConnectorCard, selector: string): T {
  const found = card.shadowRoot!.querySelector<T>(selector);
  if (found === null) throw new Error(`no ${selector} in ${textOf(card)}`);
  return found;
}

export const has = (card: ConnectorCard, selector: string): boolean => card.shadowRoot!.querySelector(selector) !== null;

export async function choose(card: ConnectorCard, selector: string, value: string, ...events: string[]): Promise<void> {
  const field = find<HTMLInputElement>(card, selector);
  field.value = value;
  for (const event of events) field.dispatchEvent(new Event(event, { bubbles: true }));
  await drawn(card);
}

/** Lets the next action wait for the test. */
export function hold(hass: FakeHass): { accept: () => void; refuse: (error: unknown) => void } {
  let accept = (): void => undefined;
  let refuse = (_: unknown): void => undefined;
  const call = hass.callService;
  hass.callService = (...given) => {
    void call(...given);
    return new Promise((resolve, reject) => {
      accept = () => resolve({});
      refuse = reject;
    });
  };
  return { accept: () => accept(), refuse: (error) => refuse(error) };
}
