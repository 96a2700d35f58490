/** Values over time: pieces that do not overlap, the first one first. Times are in ms since 1970. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Piece extends Span {
  readonly value: number;
}

/** Reads `[start, end, value]` with times in ISO format; what cannot be read or overlaps an earlier piece is left out. */
export function readPieces(rows: readonly (readonly [string, string, number])[]): Piece[] {
  const pieces = rows
    .map(([start, end, value]) => ({ start: Date.parse(start), end: Date.parse(end), value }))
    .filter(({ start, end, value }) => end > start && Number.isFinite(value))
    .sort((one, other) => one.start - other.start);
  let end = -Infinity;
  return pieces.filter((piece) => {
    if (piece.start < end) return false;
    end = piece.end;
    return true;
  });
}

/** Returns the pieces within a span, cut at its ends. */
export function within(pieces: readonly Piece[], span: Span): Piece[] {
  return pieces
    .filter((piece) => piece.end > span.start && piece.start < span.end)
    .map((piece) => ({ ...piece, start: Math.max(piece.start, span.start), end: Math.min(piece.end, span.end) }));
}

/** Returns pieces that follow each other with the same value as one. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last && last.end === piece.start && last.value === piece.value) {
      result[result.length - 1] = { ...last, end: piece.end };
    } else {
      result.push(piece);
    }
  }
  return result;
}

/** Returns the mean within a span, by the time for which each value holds; null if none is known. */
export function meanWithin(pieces: readonly Piece[], span: Span): number | null {
  let time = 0;
  let sum = 0;
  for (const { start, end, value } of within(pieces, span)) {
    time += end - start;
    sum += (end - start) * value;
  }
  return time > 0 ? sum / time : null;
}

/** Returns the piece at an instant. */
export function pieceAt(pieces: readonly Piece[], instant: number): Piece | undefined {
  return pieces.find((piece) => piece.start <= instant && instant < piece.end);
}

/** Returns runs of pieces without a gap between them. */
export function runsOf<T extends Span>(pieces: readonly T[]): T[][] {
  const runs: T[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.at(-1)?.end === piece.start) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}
