/** The `d` of SVG paths. */

import { type Piece, runsOf } from "./pieces";
import type { Scale } from "./scale";

/** Returns a line in steps; it is broken where nothing is known. */
export function stepLine(pieces: readonly Piece[], x: Scale, y: Scale): string {
  return runsOf(pieces)
    .map((run) => `M${at(x(run[0]!.start))},${at(y(run[0]!.value))}${steps(run, x, y)}`)
    .join("");
}

/** Returns the area between a line in steps and a base line. */
export function stepArea(pieces: readonly Piece[], x: Scale, y: Scale, base: number): string {
  return runsOf(pieces)
    .map((run) => `M${at(x(run[0]!.start))},${at(base)}${steps(run, x, y)}V${at(base)}Z`)
    .join("");
}

function steps(run: readonly Piece[], x: Scale, y: Scale): string {
  return run.map((piece) => `V${at(y(piece.value))}H${at(x(piece.end))}`).join("");
}

/** Returns a coordinate with a tenth of a pixel. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}
