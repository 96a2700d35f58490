/** Sentences of the integration, with the values in them as the user has set numbers and times up. */

import { formatNumber, formatPrice, formatTime, timeZone } from "./format";
import type { Hass } from "./ha";
import type { LivePart, LiveSentence } from "./live";
import type { Texts } from "./texts";

/** Returns a sentence in words. */
export function inWords(hass: Hass, texts: Texts, sentence: LiveSentence): string {
  return sentence.map((part) => partInWords(hass, texts, part)).join("");
}

function partInWords(hass: Hass, texts: Texts, part: LivePart): string {
  if (typeof part === "string") return part;
  if ("number" in part) return formatNumber(hass, part.number, 1, part.digits);
  if ("price" in part) return formatPrice(hass, part.price, part.currency);
  if ("time" in part) return formatTime(hass, new Date(part.time));
  return texts(`sentence.day.${dayOf(hass, new Date(part.day))}`);
}

/** Returns the day of the week where the user sees it, as it is called in the keys of the texts. */
function dayOf(hass: Hass, at: Date): string {
  const format = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: timeZone(hass) });
  return format.format(at).toLowerCase();
}
