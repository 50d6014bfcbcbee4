// Shows the picture and the sentence of the network that is chosen. No mathematics.
(function () {
  var data = __DATA__;
  function build(root) {
    if (root.classList.contains("bplib-on")) return;
    var still = root.querySelector(".bplib-still img");
    var bytes = Uint8Array.from(atob(still.src.split(",")[1]), function (c) { return c.charCodeAt(0); });
    var whole = new TextDecoder().decode(bytes);
    var table = whole.match(/[^>\n]*[>\n]/g), used = table.join("").length;
    if (used < whole.length) table.push(whole.slice(used));
    table = table.concat(data.extra);
    function make(tag, parent, cls, words) {
      var node = document.createElement(tag);
      if (cls) node.className = cls;
      if (words) node.textContent = words;
      parent.appendChild(node);
      return node;
    }
    var card = document.createElement("div");
    card.className = "bplib-card";
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", "Figure with lists to choose from: " + data.choices.join(", "));
    var row = make("div", card, "bplib-row");
    var lists = data.choices.map(function (name, k) {
      var label = make("label", row, "", name), list = make("select", label);
      list.style.cssText = "font:inherit;color:#1F2933;background:#fff;border:1px solid #5F6B75;border-radius:6px;padding:3px 6px;min-height:32px;color-scheme:light";
      data.options[k].forEach(function (word) { make("option", list, "", word); });
      list.selectedIndex = data.start[k];
      list.addEventListener("change", go);
      return list;
    });
    var view = make("div", card, "bplib-view"), image = make("img", view);
    view.style.marginTop = "10px";
    var say = make("p", card, "bplib-say");
    say.setAttribute("aria-live", "polite");
    function go() {
      var at = 0, out = [];
      lists.forEach(function (list, k) { at = at * data.options[k].length + list.selectedIndex; });
      var run = data.runs[at];
      for (var k = 0; k < run.length; k += 2) out.push(table.slice(run[k], run[k + 1] + 1).join(""));
      // The frame of the picture gives way to the frame of the card.
      var svg = out.join("").replace('stroke="#D5DBE1"', 'stroke="none"');
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
      image.alt = data.alt + data.words[at];
      say.textContent = data.words[at];
    }
    // JupyterLab binds plain keys to wherever the focus is, and would take them from the controls.
    root.addEventListener("keydown", function (event) {
      if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
    root.insertBefore(card, root.firstChild);
    root.classList.add("bplib-on");
    go();
  }
  document.querySelectorAll('[data-bplib=' + JSON.stringify(__KEY__) + "]").forEach(build);
})();
