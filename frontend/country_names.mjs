// Write tickets/country_names.json: what countries are called in the languages of the pages, from Node's Unicode data.
// Run after a new language or a new release of `holidays`: node frontend/country_names.mjs CODE [CODE …]
import { writeFileSync } from "node:fs";

const LANGUAGES = ["en", "de", "fr"];
const codes = process.argv.slice(2).sort();
const names = Object.fromEntries(
  LANGUAGES.map((language) => {
    const known = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
    return [language, Object.fromEntries(codes.map((code) => [code, known.of(code)]).filter(([, name]) => name))];
  }),
);
writeFileSync(new URL("../tickets/country_names.json", import.meta.url), `${JSON.stringify(names, null, 1)}\n`);
