// Moves a threshold along the scores; every number was computed beforehand. No mathematics.
(function () {
  var data = __DATA__;
  function build(root) {
    if (root.classList.contains("bplib-on")) return;
    var last = data.moments.length - 1;
    function make(tag, parent, cls, words) {
      var node = document.createElement(tag);
      if (cls) node.className = cls;
      if (words) node.textContent = words;
      parent.appendChild(node);
      return node;
    }
    var card = document.createElement("div");
    card.className = "bplib-card";
    card.tabIndex = -1;
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", "Figure with a threshold to move");
    var row = make("div", card, "bplib-row");
    var name = make("label", row, "bplib-slider");
    make("span", name, "", "τ");
    var slider = make("input", name);
    slider.type = "range";
    slider.min = 0;
    slider.max = last;
    slider.step = 1;
    var mark = make("output", row, "bplib-mark");
    // The slider runs as the scores do, so its right end is the highest threshold.
    function button(words, by, cls) {
      var node = make("button", row, cls, words);
      node.type = "button";
      node.addEventListener("click", function () { go(at + by); });
      return node;
    }
    var higher = button("τ up", -1), lower = button("τ down", 1, "bplib-main"), at = data.start;
    var both = make("div", card);
    both.style.cssText = "display:flex;flex-wrap:wrap;gap:8px 16px;align-items:flex-start";
    both.setAttribute("role", "img");
    var one = make("div", both), two = make("div", both);
    [one, two].forEach(function (side, k) {
      side.style.cssText = "flex:1 1 300px;max-width:" + (k ? "340px" : "380px") + ";min-width:0";
    });
    one.innerHTML = data.panels[0];
    two.innerHTML = data.panels[1];
    both.querySelectorAll("svg").forEach(function (svg) {
      svg.style.cssText = "width:100%;height:auto;display:block";
    });
    var table = make("table", one), head = make("tr", table), cells = [], shares = {};
    table.style.cssText = "border-collapse:collapse;margin:4px 0;font-size:14px;background:#fff;color:#1F2933";
    function cell(tag, parent, words) {
      var node = make(tag, parent, "", words);
      node.style.cssText = "padding:2px 10px;text-align:center;border:1px solid #D5DBE1;background:#fff;color:#1F2933;font-weight:" + (tag === "th" ? "normal" : "bold");
      return node;
    }
    cell("th", head, "truth");
    data.names.forEach(function (word) { cell("th", head, "called " + word).scope = "col"; });
    data.names.forEach(function (word) {
      var line = make("tr", table);
      cell("th", line, word).scope = "row";
      cells.push([cell("td", line), cell("td", line)]);
    });
    var list = make("div", one);
    list.style.cssText = "font-size:14px;display:flex;flex-wrap:wrap;gap:0 14px";
    ["accuracy", "precision", "recall", "f1"].forEach(function (word) {
      var line = make("span", list, "", (word === "f1" ? "F₁" : word) + " ");
      shares[word] = make("b", line);
    });
    make("div", two, "", "area under the curve " + data.auc).style.cssText = "font-size:14px;text-align:center";
    var say = make("p", card, "bplib-say");
    say.setAttribute("aria-live", "polite");
    var tau = both.querySelector("[data-k=tau]"), here = both.querySelector("[data-k=here]");
    function go(to) {
      at = Math.max(0, Math.min(last, to));
      var now = data.moments[at];
      slider.value = last - at;
      slider.setAttribute("aria-valuetext", "threshold " + now.mark);
      mark.textContent = now.mark;
      tau.setAttribute("x1", now.x);
      tau.setAttribute("x2", now.x);
      here.setAttribute("cx", now.here[0]);
      here.setAttribute("cy", now.here[1]);
      both.querySelectorAll("[data-i]").forEach(function (dot) {
        dot.setAttribute("fill", +dot.dataset.i < now.called ? dot.getAttribute("stroke") : "#FFFFFF");
      });
      now.cells.forEach(function (line, i) {
        line.forEach(function (count, j) { cells[i][j].textContent = count; });
      });
      Object.keys(shares).forEach(function (word) { shares[word].textContent = now.shares[word]; });
      both.setAttribute("aria-label", data.alt + now.say);
      say.textContent = now.say;
      higher.disabled = at === 0;
      lower.disabled = at === last;
      // A button that has just been switched off would swallow the arrow keys.
      var held = document.activeElement;
      if (held && held.disabled && card.contains(held)) card.focus({ preventScroll: true });
    }
    slider.addEventListener("input", function () { go(last - slider.value); });
    card.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target === slider) return;
      var to = { ArrowRight: at - 1, ArrowLeft: at + 1, Home: last, End: 0 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      go(to);
    });
    // JupyterLab binds plain keys to wherever the focus is, and would take them from the controls.
    root.addEventListener("keydown", function (event) {
      if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
    root.insertBefore(card, root.firstChild);
    root.classList.add("bplib-on");
    go(data.start);
  }
  document.querySelectorAll('[data-bplib=' + JSON.stringify(__KEY__) + "]").forEach(build);
})();
