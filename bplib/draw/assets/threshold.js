// Moves a threshold along the scores; every number was computed beforehand. No mathematics.
live("Figure with a threshold to move", function (card) {
  var last = data.moments.length - 1, row = make("div", card, "bplib-row");
  // The slider runs as the scores do, so its right end is the highest threshold.
  var rising = data.moments.slice().reverse();
  var here = way(card, last, show);
  var slide = here.slider(row, "τ", rising.map(function (moment) { return moment.mark; }));
  row.querySelector("input").setAttribute("aria-label", "threshold τ");
  here.button(row, "τ up", 1);
  here.button(row, "τ down", -1, "bplib-main");
  var both = make("div", card, "bplib-both"), one = make("div", both), two = make("div", both);
  var plots = [one, two].map(function (side, k) {
    var plot = make("div", side);
    plot.innerHTML = data.panels[k];
    return plot.firstChild;
  });
  // The two pictures are one to a screen reader; the table between them is read as a table.
  plots[0].removeAttribute("aria-hidden");
  plots[0].setAttribute("role", "img");
  var table = make("table", one), head = make("tr", table), cells = [], shares = {};
  make("th", head, "", "truth").scope = "col";
  data.names.forEach(function (word) { make("th", head, "", "called " + word).scope = "col"; });
  data.names.forEach(function (word) {
    var line = make("tr", table);
    make("th", line, "", word).scope = "row";
    cells.push([make("td", line), make("td", line)]);
  });
  var small = make("div", one, "bplib-shares");
  ["accuracy", "precision", "recall", "f1"].forEach(function (word) {
    shares[word] = make("b", make("span", small, "", (word === "f1" ? "F₁" : word) + " "));
  });
  make("div", two, "bplib-area", "area under the curve " + data.auc);
  var say = sentence(card, data.moments.map(function (moment) { return moment.say; }));
  var tau = plots[0].querySelector("[data-k=tau]"), dot = plots[1].querySelector("[data-k=here]");
  var scores = plots[0].querySelectorAll("[data-i]");
  function show(at) {
    var now = rising[at];
    slide(at);
    tau.setAttribute("x1", now.x);
    tau.setAttribute("x2", now.x);
    dot.setAttribute("cx", now.here[0]);
    dot.setAttribute("cy", now.here[1]);
    scores.forEach(function (mark) {
      var called = +mark.dataset.i < now.called;
      mark.setAttribute("fill", called ? mark.getAttribute("stroke") : "#FFFFFF");
    });
    now.cells.forEach(function (line, i) {
      line.forEach(function (count, j) { cells[i][j].textContent = count; });
    });
    Object.keys(shares).forEach(function (word) { shares[word].textContent = now.shares[word]; });
    plots[0].setAttribute("aria-label", data.alt + now.say);
    say.textContent = now.say;
  }
  here.go(last - data.start);
});
