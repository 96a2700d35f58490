/** What an owner has asked for and Home Assistant does not show yet. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

export type Wanted = string | number | boolean;

interface Request {
  readonly wanted: Wanted;
  /** Whether Home Assistant has accepted it. */
  readonly accepted: boolean;
}

/** So long an accepted request may take to show; then the true state is shown, whatever it is. */
export const SETTLE_MS = 2_000;

/**
 * Shows what was asked for at once, and the true state again as soon as it is the same, or if the request is refused.
 *
 * Of several requests for the same control the last one counts.
 */
export class Requests implements ReactiveController {
  /** Why the last request was refused, in words; null if it was not. */
  refusal: string | null = null;

  readonly #open = new Map<string, Request>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly explain: (error: unknown) => Promise<string>,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#open.clear();
  }

  /** Returns whether a control waits for its true state. */
  isOpen(control: string): boolean {
    return this.#open.has(control);
  }

  /** Returns what a control shows: what was asked for, or its true state. */
  shown<T extends Wanted>(control: string, truth: T): T {
    const request = this.#open.get(control);
    if (request === undefined) return truth;
    if (request.accepted && request.wanted === truth) this.#open.delete(control);
    return request.wanted as T;
  }

  /** Asks for something, and shows it from now on. */
  async send(control: string, wanted: Wanted, ask: () => Promise<unknown>): Promise<boolean> {
    const request: Request = { wanted, accepted: false };
    this.#open.set(control, request);
    this.refusal = null;
    this.host.requestUpdate();
    try {
      await ask();
    } catch (error) {
      await this.#refused(control, request, error);
      return false;
    }
    this.#accepted(control, request);
    return true;
  }

  /** Forgets the last refusal. */
  dismiss(): void {
    this.refusal = null;
    this.host.requestUpdate();
  }

  #accepted(control: string, request: Request): void {
    if (this.#open.get(control) !== request) return;
    const accepted = { ...request, accepted: true };
    this.#open.set(control, accepted);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#close(control, accepted);
    }, SETTLE_MS);
    this.#timers.add(timer);
    this.host.requestUpdate();
  }

  async #refused(control: string, request: Request, error: unknown): Promise<void> {
    this.#close(control, request);
    this.refusal = await this.explain(error);
    this.host.requestUpdate();
  }

  #close(control: string, request: Request): void {
    if (this.#open.get(control) !== request) return;
    this.#open.delete(control);
    this.host.requestUpdate();
  }
}
