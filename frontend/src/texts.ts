/** The texts of the cards, from the translations of the integration, in the language of the user. */

import { DOMAIN, type Hass, type Localize } from "./ha";

/** Returns a text by its key below `config_panel`, with its placeholders filled in. */
export type Texts = (key: string, placeholders?: Record<string, string | number>) => string;

const RETRY_MS = 5_000;
const PREFIX = `component.${DOMAIN}.config_panel.`;

let loading: { language: string; texts: Promise<Texts> } | undefined;
let latest: Texts | undefined;

/** Loads the texts, once for each language. */
export function loadTexts(hass: Hass): Promise<Texts> {
  if (loading?.language !== hass.language) {
    const texts = load(hass);
    loading = { language: hass.language, texts };
    texts.catch(() => {
      // What failed is tried again the next time.
      if (loading?.texts === texts) loading = undefined;
    });
  }
  return loading.texts;
}

/** Hands on the texts once they are loaded; a connection that was lost meanwhile is waited for. */
export function takeTexts(hass: Hass, take: (texts: Texts) => void): void {
  loadTexts(hass).then(take, () => setTimeout(() => takeTexts(hass, take), RETRY_MS));
}

/** Returns the texts that were loaded last; undefined before. For what Home Assistant asks for without waiting. */
export function loadedTexts(): Texts | undefined {
  return latest;
}

async function load(hass: Hass): Promise<Texts> {
  // The function that is returned knows the new texts, `hass.localize` of this object does not.
  const localize: Localize = await hass.loadBackendTranslation("config_panel", DOMAIN);
  latest = (key, placeholders) => localize(PREFIX + key, placeholders);
  return latest;
}
