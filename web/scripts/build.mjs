// node scripts/build.mjs FOLDER : builds the console and writes FOLDER/console_files.{bin,cpp}, which the server
// embeds: every file plain, with brotli and with gzip, one after another, and the table of them. Needs no network.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";

const folder = resolve(process.argv[2] ?? "build");
const dist = join(folder, "dist");
const require = createRequire(import.meta.url);
const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Text that is missing in a language is an error of types, as is a parameter that the API does not have. */
function checkTypes() {
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--noEmit"], { stdio: "inherit" });
}

function bodiesOf(plain) {
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  const gzip = gzipSync(plain, { level: 9 });
  return [plain, ...[brotli, gzip].map((body) => (body.length < plain.length ? body : Buffer.alloc(0)))];
}

const filesIn = (at) =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

function embed() {
  const bytes = [];
  let at = 0;
  const row = (body) => {
    if (body.length === 0) return "{}";
    const etag = createHash("sha256").update(body).digest("base64url").slice(0, 27);
    bytes.push(body);
    at += body.length;
    return `BodyAt(${at - body.length}, ${body.length}, "\\"${etag}\\"")`;
  };
  const assets = filesIn(dist)
    .map((file) => ({ file, path: file.slice(dist.length + 1) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const rows = assets.map(({ file, path }) => {
    const type = types[extname(path)];
    if (!type) throw new Error(`scripts/build.mjs knows no type for ${path}.`);
    const [plain, brotli, gzip] = bodiesOf(readFileSync(file)).map(row);
    return `    Asset{"${path}", "${type}",\n          ${plain},\n          ${brotli},\n          ${gzip}},\n`;
  });
  writeFileSync(join(folder, "console_files.bin"), Buffer.concat(bytes));
  writeFileSync(join(folder, "console_files.cpp"), source(at, rows));
}

// `.incbin` and not `#embed`: the compiler need not read what it only copies, and ccache knows that it cannot keep it.
const source = (size, rows) => `// Made by web/scripts/build.mjs.
#include <array>

#include "console/console.h"

asm(".section .rodata\\n"
    ".balign 16\\n"
    ".global atelier_console_files\\n"
    "atelier_console_files:\\n"
    ".incbin \\"${join(folder, "console_files.bin")}\\"\\n"
    ".previous\\n");
extern "C" const char atelier_console_files[${size}];

namespace atelier::console {

namespace {

constexpr Asset::Body BodyAt(std::size_t at, std::size_t size, std::string_view etag) {
  return {.bytes = {atelier_console_files + at, size}, .etag = etag};
}

constexpr auto kAssets = std::to_array<Asset>({
${rows.join("")}});

}  // namespace

std::span<const Asset> BuiltAssets() { return kAssets; }

}  // namespace atelier::console
`;

mkdirSync(folder, { recursive: true });
checkTypes();
rmSync(dist, { recursive: true, force: true });
await build({ logLevel: "warn", build: { outDir: dist, emptyOutDir: true } });
embed();
