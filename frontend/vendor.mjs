// Copies the named dist files of node_modules into static/vendor and tests/vendor, and records what they are.
// Run through `npm ci --ignore-scripts && npm run vendor`; the result is committed, so nobody else needs Node.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

const shipped = {
  "htmx.org": { folder: "htmx", files: ["dist/htmx.min.js", "LICENSE"] },
  "@github/hotkey": { folder: "hotkey", files: ["dist/index.js", "LICENSE"] },
  "@github/relative-time-element": { folder: "relative-time-element", files: ["dist/bundle.js", "LICENSE"] },
  "@fontsource-variable/inter": {
    folder: "inter",
    files: ["files/inter-latin-wght-normal.woff2", "files/inter-latin-ext-wght-normal.woff2", "LICENSE"],
  },
};
const forTests = { "axe-core": { folder: "axe-core", files: ["axe.min.js", "LICENSE"] } };

function vendor(packages, target) {
  const base = join(root, target);
  rmSync(base, { recursive: true, force: true });
  const manifest = {};
  for (const [name, { folder, files }] of Object.entries(packages)) {
    const source = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
    const destination = `${folder}-${version}`;
    mkdirSync(join(base, destination), { recursive: true });
    manifest[name] = { version, license, files: {} };
    for (const file of files) {
      const path = `${destination}/${basename(file)}`;
      cpSync(join(source, file), join(base, path));
      const text = readFileSync(join(base, path));
      // A map that is not shipped would be asked for, and the manifest storage would fail on it.
      if (file.endsWith(".js")) {
        writeFileSync(join(base, path), text.toString().replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
      }
      manifest[name].files[path] = createHash("sha256").update(readFileSync(join(base, path))).digest("hex");
    }
  }
  writeFileSync(join(base, "vendor.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

vendor(shipped, "static/vendor");
vendor(forTests, "tests/vendor");
