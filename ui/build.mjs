// In charge of turning ui/src and the icons named in icons.txt into ui/static/dist: file names carry a hash of
// their content, so browsers may keep them for ever; manifest.json says which name stands for which file today.

import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "static", "dist");
const made = new Set(["manifest.json"]);
const icons = join(here, "node_modules", "@tabler", "icons", "icons", "outline");

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: ["src/main.js", "src/theme.js", "src/webform.js", "src/embed.js", "src/style.css"],
    outdir: target,
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022"],
    minify: true,
    legalComments: "linked",
    loader: { ".woff": "file", ".woff2": "file", ".svg": "file" },
    metafile: true,
    logLevel: "warning",
  });
  const names = {};
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    made.add(relative(target, join(here, file)));
    if (output.entryPoint) names[basename(output.entryPoint)] = relative(target, join(here, file));
  }
  return names;
}

// One <symbol> per name; colour and line width come from the place where it is used.
async function symbol(name) {
  const source = await readFile(join(icons, `${name}.svg`), "utf8").catch(() => {
    throw new Error(`icons.txt: there is no icon named “${name}”`);
  });
  const shape = source.replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1].replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${shape}</symbol>`;
}

async function sprite() {
  const list = await readFile(join(here, "icons.txt"), "utf8");
  const names = [...new Set(list.split(/\r?\n/).map((line) => line.trim()).filter(Boolean))].sort();
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${(await Promise.all(names.map(symbol))).join("")}</svg>\n`;
  return { "icons.svg": await put("icons", text) };
}

// The picture in the browser's tab.
async function favicon() {
  return { "icon.svg": await put("icon", await readFile(join(here, "src", "icon.svg"), "utf8")) };
}

async function put(name, text) {
  const file = `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.svg`;
  await writeFile(join(target, file), text);
  made.add(file);
  return file;
}

// Fonts of documents: the server embeds what a PDF needs of them. They keep their names; each comes with its licence.
async function documentFonts() {
  const packages = join(here, "node_modules");
  const fonts = [
    ["@embedpdf/fonts-sc", "fonts/NotoSansHans-Regular.otf"],
    ["@embedpdf/fonts-sc", "fonts/NotoSansHans-Bold.otf"],
    ["@embedpdf/fonts-sc", "LICENSE", "NotoSansHans.LICENSE.txt"],
    ["@embedpdf/fonts-latin", "fonts/NotoSans-Regular.ttf"],
    ["@embedpdf/fonts-latin", "fonts/NotoSans-Bold.ttf"],
    ["@embedpdf/fonts-latin", "fonts/NotoSans-Italic.ttf"],
    ["@embedpdf/fonts-latin", "LICENSE", "NotoSans.LICENSE.txt"],
    ["@expo-google-fonts/nanum-gothic", "400Regular/NanumGothic_400Regular.ttf"],
    ["@expo-google-fonts/nanum-gothic", "LICENSE_FONT", "NanumGothic.LICENSE.txt"],
  ];
  const folder = join(target, "fonts");
  await mkdir(folder, { recursive: true });
  for (const [source, file, name] of fonts) {
    await copyFile(join(packages, source, file), join(folder, name ?? basename(file)));
  }
  made.add("fonts");
}

// What is no longer made goes last, so that a running server always finds what its manifest names.
await mkdir(target, { recursive: true });
const manifest = { ...(await bundle()), ...(await sprite()), ...(await favicon()) };
await documentFonts();
await writeFile(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of await readdir(target)) {
  if (!made.has(file)) await rm(join(target, file), { recursive: true });
}
