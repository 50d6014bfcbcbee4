// The fonts of the finished site, each with the letters and the weights that its pages show.
// In: {"folder": …, "text": every character of the site, "weights": [lightest, boldest]}.
const { readFileSync, readdirSync, writeFileSync } = require("fs");
const { join } = require("path");
const subsetFont = require("subset-font");

(async () => {
  const { folder, text, weights: [min, max] } = JSON.parse(readFileSync(0, "utf8"));
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".woff2"))) {
    const whole = readFileSync(join(folder, name));
    const settings = { targetFormat: "woff2", variationAxes: { wght: { min, max } } };
    writeFileSync(join(folder, name), await subsetFont(whole, text, settings));
  }
})();
