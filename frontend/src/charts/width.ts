/** The width that a card has for its charts. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Padding and border of a card on both sides. */
const AROUND = 34;
/** Before it is known: a phone's. */
const ASSUMED = 342;

/** Draws a card anew when its width changes. */
export class InnerWidth implements ReactiveController {
  /** In px. */
  value = ASSUMED;

  #observer: ResizeObserver | undefined;

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    if (typeof ResizeObserver === "undefined") return;
    this.#observer = new ResizeObserver(([entry]) => this.#take(entry?.contentRect.width ?? 0));
    this.#observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
  }

  /** Takes the width of the card; a card that is not shown has none. */
  #take(width: number): void {
    const inside = width - AROUND;
    if (width <= 0 || inside === this.value) return;
    this.value = inside;
    this.host.requestUpdate();
  }
}
