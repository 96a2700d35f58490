/** Registers elements with the browser, once and not too early. */

/**
 * Defines elements as soon as Home Assistant's app is there.
 *
 * Home Assistant 2026.10 replaces the registry of elements while it starts, and imports modules at the same time: what
 * is defined earlier is looked for in vain. A module that was loaded twice defines nothing twice.
 */
export async function defineElements(elements: Record<string, CustomElementConstructor>): Promise<void> {
  await customElements.whenDefined("home-assistant");
  for (const [name, element] of Object.entries(elements)) {
    if (customElements.get(name) === undefined) customElements.define(name, element);
  }
}

/** Adds what Home Assistant offers in its pickers, once. */
export function announce<T extends { type: string }>(list: T[], items: readonly T[]): void {
  for (const item of items) if (!list.some((other) => other.type === item.type)) list.push(item);
}
