/** Small drawings of what gives and takes power, 24 px wide and high. */

import { svg, type SVGTemplateResult } from "lit";
import type { FlowNode, NodeKind } from "./model";

const CHARGER = "M6 21V5a2 2 0 0 1 2-2h5a2 2 0 0 1 2 2v16M4 21h13M15 9h2a2 2 0 0 1 2 2v4a1.5 1.5 0 0 0 3 0V9l-3-3M11 7l-2 4h3l-2 4";

const HOUSE = "M2.5 11.5 12 3l9.5 8.5M5.5 9.5V21h13V9.5M10 21v-6h4v6";

const DRAWINGS: Record<NodeKind, string> = {
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M19.1 4.9l-1.8 1.8M6.7 17.3l-1.8 1.8",
  grid: "M7 22 11 2h2l4 20M8.2 16h7.6M16.6 20 8.8 13M7.4 20l7.8-7M4 7h16M4 7v2M20 7v2M5 12h14M5 12v2M19 12v2",
  battery: "M8 4h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 22H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 4M10 4V2h4v2",
  total: CHARGER,
  house: HOUSE,
  rest: HOUSE,
  connector: CHARGER,
};

const BOTTOM = 20.5;
const FULL = 15;

/** Returns the drawing of a node; a battery is as full as it is. */
export function icon({ kind, level }: FlowNode): SVGTemplateResult {
  const filled = (Math.max(0, Math.min(100, level ?? 0)) / 100) * FULL;
  return svg`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    ${level === null ? "" : svg`<rect class="level" x="8" width="8" y=${BOTTOM - filled} height=${filled}></rect>`}
    <path d=${DRAWINGS[kind]}></path>
  </svg>`;
}
