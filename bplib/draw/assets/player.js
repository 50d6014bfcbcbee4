// Puts the frame under the slider together from its pieces and shows it. No mathematics.
(function () {
  var data = __DATA__;
  function build(root) {
    if (root.classList.contains("bplib-on")) return;
    var still = root.querySelector(".bplib-still img"), last = data.runs.length - 1, timer = null;
    var bytes = Uint8Array.from(atob(still.src.split(",")[1]), function (c) { return c.charCodeAt(0); });
    var whole = new TextDecoder().decode(bytes);
    var table = whole.match(/[^>\n]*[>\n]/g), used = table.join("").length;
    if (used < whole.length) table.push(whole.slice(used));
    table = table.concat(data.extra);
    function frame(i) {
      var out = [], run = data.runs[i];
      for (var k = 0; k < run.length; k += 2) out.push(table.slice(run[k], run[k + 1] + 1).join(""));
      // The frame of the picture gives way to the frame of the card.
      var svg = out.join("").replace('stroke="#D5DBE1"', 'stroke="none"');
      return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
    }
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
    card.setAttribute("aria-label", "Figure with a slider: " + data.label);
    var view = make("div", card, "bplib-view"), image = make("img", view);
    var row = make("div", card, "bplib-row");
    var name = make("label", row, "bplib-slider"), word = make("span", name, "", data.label);
    var slider = make("input", name);
    slider.type = "range";
    slider.min = 0;
    slider.max = last;
    slider.step = 1;
    slider.value = data.start;
    word.style.whiteSpace = "nowrap";
    var mark = make("output", row, "bplib-mark");
    function button(words, act, cls) {
      var node = make("button", row, cls, words);
      node.type = "button";
      node.addEventListener("click", act);
      return node;
    }
    var back = button("Back", function () { stop(); go(+slider.value - 1); });
    var next = button("Next", function () { stop(); go(+slider.value + 1); }, "bplib-main");
    var play = button("Play", function () {
      if (timer) { stop(); return; }
      if (+slider.value === last) go(0);
      play.textContent = "Pause";
      timer = setInterval(function () {
        if (+slider.value < last) go(+slider.value + 1);
        if (+slider.value === last) stop();
      }, 1100);
    });
    var say = make("p", card, "bplib-say");
    say.setAttribute("aria-live", "polite");
    function stop() {
      if (timer) clearInterval(timer);
      timer = null;
      play.textContent = "Play";
    }
    function go(to) {
      var at = Math.max(0, Math.min(last, to));
      slider.value = at;
      slider.setAttribute("aria-valuetext", data.label + " " + data.marks[at]);
      mark.textContent = data.marks[at];
      image.src = frame(at);
      image.alt = data.alt + data.captions[at];
      say.textContent = data.captions[at];
      back.disabled = at === 0;
      next.disabled = at === last;
      // A button that has just been switched off would swallow the arrow keys.
      var held = document.activeElement;
      if (held && held.disabled && card.contains(held)) card.focus({ preventScroll: true });
    }
    slider.addEventListener("input", function () { stop(); go(+slider.value); });
    card.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target === slider) return;
      var at = +slider.value, to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      stop();
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
