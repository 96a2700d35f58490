// Builds the one module that the integration serves. The same sources give the same bytes.
//
// usage: node build.mjs [FILE]   writes to FILE rather than to the integration

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const MAX_GZIPPED_BYTES = 60_000;
const here = new URL(".", import.meta.url);
const component = new URL("../custom_components/twc_manager/", here);
const outfile =
  process.argv[2] ?? fileURLToPath(new URL("frontend/twc-manager.js", component));

await build({
  entryPoints: [fileURLToPath(new URL("src/main.ts", here))],
  outfile,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: {
    js: "/* TWC Manager: made from frontend/ by npm run build. Contains Lit, (c) Google LLC, BSD-3-Clause. */",
  },
});

const size = gzipSync(await readFile(outfile)).length;
console.log(`${outfile}: ${size} bytes gzipped`);
if (size > MAX_GZIPPED_BYTES) {
  console.error(`That is more than ${MAX_GZIPPED_BYTES}: every page of Home Assistant loads it.`);
  process.exit(1);
}
