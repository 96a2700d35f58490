/** Names for Home Assistant's pickers in the user's language: they are read when a picker opens. */

import type { Hass } from "./ha";
import { loadedTexts, loadTexts } from "./texts";

const PARTS = ["name", "description"] as const;

/** Returns an item of a picker, the English name and description of which are those of the user once texts are loaded. */
export function translated<T extends { name: string; description?: string }>(item: T, key: string): T {
  for (const part of PARTS) {
    const english = item[part];
    if (english === undefined) continue;
    Object.defineProperty(item, part, {
      configurable: true,
      enumerable: true,
      get: () => textFor(`picker.${key}.${part}`) || english,
    });
  }
  return item;
}

/** Returns a text; before there are any they are asked for, so that there is one the next time. */
function textFor(key: string): string {
  const texts = loadedTexts();
  if (texts !== undefined) return texts(key);
  const { hass } = (document.querySelector("home-assistant") ?? {}) as { hass?: Hass };
  if (hass !== undefined) loadTexts(hass).catch(() => undefined);
  return "";
}
