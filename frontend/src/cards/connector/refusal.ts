/** Why Home Assistant refused something, in the language of the user. */

import type { Hass } from "../../ha";
import type { Texts } from "../../texts";

interface RefusalError {
  code?: unknown;
  message?: unknown;
  translation_domain?: unknown;
  translation_key?: unknown;
  translation_placeholders?: Record<string, unknown>;
}

/** Returns the message of an error of an action; one of Home Assistant's own if it has none in words. */
export async function refusalText(hass: Hass, texts: Texts, error: unknown): Promise<string> {
  const refusal = (typeof error === "object" && error !== null ? error : {}) as RefusalError;
  if (refusal.code === "unauthorized") return texts("connector_card.unauthorized");
  const translated = await translatedText(hass, refusal);
  if (translated) return translated;
  if (typeof refusal.message === "string" && refusal.message) return refusal.message;
  return texts("connector_card.not_reached");
}

/** An error's message is in the language of the server; its key leads to that of the user. */
async function translatedText(hass: Hass, error: RefusalError): Promise<string | undefined> {
  const { translation_domain: domain, translation_key: key, translation_placeholders: placeholders } = error;
  if (typeof domain !== "string" || typeof key !== "string") return undefined;
  try {
    const localize = await hass.loadBackendTranslation("exceptions", domain);
    return localize(`component.${domain}.exceptions.${key}.message`, placeholders);
  } catch {
    return undefined;
  }
}
