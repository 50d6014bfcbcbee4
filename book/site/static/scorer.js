// What a search finds first: a term or a name, then the chapters in their order, then the rest.
// Sphinx takes this in the place of its own weights, which are the ones below.
var Scorer = {
  score: function (result) {
    var page = result[0], score = result[4], chapter = /^book\/(\d+)_/.exec(page);
    // An entry of the glossary says which one it is.
    if (result[6] === "index" && page === "book/91_glossary")
      result[1] += " > " + result[2].replace(/^#(term-)?/, "").replace(/-/g, " ");
    if (/^solutions\//.test(page)) return score - 6;
    if (/^exercises\//.test(page)) return score - 4;
    // The titles of the errata have every word of the subject.
    if (/^book\/93_/.test(page)) return score - 12;
    if (/^bibliography|^contents/.test(page)) return score - 4;
    if (/\.Tensor\./.test(result[2])) return score - 2;
    return chapter && +chapter[1] < 90 ? score + 2 - chapter[1] / 100 : score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
