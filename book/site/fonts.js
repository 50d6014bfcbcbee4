// The fonts of the finished site, each with the letters and the weights that its pages show.
// In: {"folder": …, "text": every character of the site, "weights": [lightest, boldest],
// "renamed": {"Source": "Ground"}}, names that a licence keeps for the whole font, and others of
// the same length for a part of it.
const { readFileSync, readdirSync, writeFileSync } = require("fs");
const { join } = require("path");
const { convert } = require("fontverter");
const subsetFont = require("subset-font");

/** The place of a table in a font. */
function table(font, tag) {
  for (let at = 12; at < 12 + 16 * font.readUInt16BE(4); at += 16) {
    if (font.toString("latin1", at, at + 4) === tag) return font.readUInt32BE(at + 8);
  }
}

/** Put a name in another's place wherever the font says what it is called; the copyright stays. */
function rename(font, [old, name]) {
  const names = table(font, "name");
  const texts = names + font.readUInt16BE(names + 4);
  for (let at = names + 6; at < names + 6 + 12 * font.readUInt16BE(names + 2); at += 12) {
    const start = texts + font.readUInt16BE(at + 10);
    const text = font.subarray(start, start + font.readUInt16BE(at + 8));
    const isCopyright = font.readUInt16BE(at + 6) === 0;
    const wide = (word) => Buffer.from(word, "utf16le").swap16();
    for (const form of isCopyright ? [] : [Buffer.from, wide]) {
      for (let found; (found = text.indexOf(form(old))) >= 0; ) form(name).copy(text, found);
    }
  }
}

(async () => {
  const { folder, text, weights: [min, max], renamed } = JSON.parse(readFileSync(0, "utf8"));
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".woff2"))) {
    const settings = { targetFormat: "truetype", variationAxes: { wght: { min, max } } };
    const font = await subsetFont(readFileSync(join(folder, name)), text, settings);
    Object.entries(renamed).forEach((pair) => rename(font, pair));
    writeFileSync(join(folder, name), await convert(font, "woff2"));
  }
})();
