// Formulas by MathJax, once, while the site is built: one line of JSON in, one line out.
// In: {"tex": …, "display": …}. Out: {"html": …} or {"error": …}.
const readline = require("readline");

const settings = {
  loader: { load: ["input/tex", "output/svg", "a11y/assistive-mml"] },
  tex: { packages: ["base", "ams"], tags: "none" },
  svg: { fontCache: "local" },
};

require("mathjax/es5/node-main.js")
  .init(settings)
  .then((MathJax) => {
    const write = (answer) => process.stdout.write(JSON.stringify(answer) + "\n");
    readline.createInterface({ input: process.stdin }).on("line", (line) => {
      const { tex, display } = JSON.parse(line);
      const html = MathJax.startup.adaptor.innerHTML(MathJax.tex2svg(tex, { display }));
      const error = /data-mjx-error="([^"]*)"/.exec(html);
      write(error ? { error: error[1] } : { html });
    });
  });
