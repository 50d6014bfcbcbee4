// Shows and hides what Python computed. No mathematics here but the comparison of two numbers.
(function () {
  var data = __DATA__;
  function build(root) {
    if (root.classList.contains("bplib-on")) return;
    var moments = data.moments, last = moments.length - 1, at = 0, timer = null;
    var still = root.querySelector(".bplib-still img");
    function make(tag, parent, cls, words) {
      var node = document.createElement(tag);
      if (cls) node.className = cls;
      if (words) node.textContent = words;
      parent.appendChild(node);
      return node;
    }
    var bytes = Uint8Array.from(atob(still.src.split(",")[1]), function (c) { return c.charCodeAt(0); });
    var drawn = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml");
    var card = document.createElement("div");
    card.className = "bplib-card";
    card.tabIndex = 0;
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", "Step through the graph. Arrow keys go forward and back.");
    var view = make("div", card, "bplib-view");
    var svg = document.importNode(drawn.documentElement, true);
    // The frame of the picture gives way to the frame of the card.
    svg.querySelector("rect").setAttribute("stroke", "none");
    view.appendChild(svg);
    var track = make("div", card, "bplib-track");
    track.setAttribute("aria-hidden", "true");
    for (var i = 1; i <= last; i++) make("span", track);
    var say = make("p", card, "bplib-say");
    say.setAttribute("role", "status");
    say.setAttribute("aria-live", "polite");
    var form = make("form", card);
    var label = make("label", form, "", "Your answer");
    var input = make("input", label);
    input.type = "text";
    input.inputMode = "text";
    input.autocomplete = "off";
    make("button", form, "", "Check").type = "submit";
    var verdict = make("span", form, "bplib-verdict");
    verdict.setAttribute("role", "status");
    var row = make("div", card, "bplib-row");
    function button(words, act, cls) {
      var node = make("button", row, cls, words);
      node.type = "button";
      node.addEventListener("click", act);
      return node;
    }
    var first = button("Start", function () { stop(); go(0); });
    var back = button("Back", function () { stop(); go(at - 1); });
    var next = button("Next", function () { stop(); go(at + 1); }, "bplib-main");
    var play = button("Play", function () {
      if (timer) { stop(); return; }
      if (at === last) go(0);
      play.textContent = "Pause";
      timer = setInterval(function () { if (at < last) go(at + 1); if (at === last) stop(); }, 1600);
      paint("");
    });
    var guess = make("label", row);
    var box = make("input", guess);
    box.type = "checkbox";
    box.checked = data.predict;
    guess.appendChild(document.createTextNode("Predict first"));
    guess.hidden = !moments.some(function (m) { return m.ask; });
    if (guess.hidden) guess.style.display = "none";
    var count = make("span", row, "bplib-count");

    function stop() {
      if (timer) clearInterval(timer);
      timer = null;
      play.textContent = "Play";
    }
    function each(keys, act) {
      keys.forEach(function (key) { svg.querySelectorAll('[data-k="' + key + '"]').forEach(act); });
    }
    function asked() {
      return box.checked && !timer && at < last && moments[at + 1].ask ? moments[at + 1] : null;
    }
    function go(to, before) {
      at = Math.max(0, Math.min(last, to));
      paint(before || "");
    }
    function paint(before) {
      var shown = {}, moment = moments[at], ask = asked();
      for (var i = 0; i <= at; i++) (moments[i].show || []).forEach(function (key) { shown[key] = true; });
      svg.querySelectorAll("[data-k]").forEach(function (node) {
        var key = node.getAttribute("data-k"), number = key.slice(1);
        var off = data.hidden.indexOf(key) >= 0 && !shown[key];
        var dim = key[0] === "n" && data.hidden.indexOf("v" + number) >= 0 && !shown["v" + number];
        node.classList.remove("bplib-hf", "bplib-hb", "bplib-ask");
        node.classList.toggle("bplib-off", off);
        node.classList.toggle("bplib-dim", dim);
      });
      var mark = moment.phase === "start" || moment.phase === "forward" ? "bplib-hf" : "bplib-hb";
      if (!ask) each(moment.hot || [], function (node) { node.classList.add(mark); });
      if (ask) each(ask.mark, function (node) { node.classList.add("bplib-ask"); });
      track.childNodes.forEach(function (node, i) {
        node.className = i >= at ? "" : moments[i + 1].phase === "forward" ? "f" : "b";
      });
      say.textContent = before + moment.say + (ask ? " " : "");
      if (ask) make("b", say, "", ask.ask);
      form.hidden = !ask;
      verdict.textContent = "";
      input.value = "";
      first.disabled = back.disabled = at === 0;
      next.disabled = at === last;
      next.textContent = ask ? "Show it" : "Next";
      // A button that has just been switched off would swallow the arrow keys.
      var held = document.activeElement;
      if (held && held.disabled && card.contains(held)) card.focus({ preventScroll: true });
      count.textContent = (at + 1) + " of " + (last + 1);
    }
    function parse(words) {
      var parts = words.trim().replace(/\u2212/g, "-").replace(",", ".").split("/").map(function (part) {
        return part.trim() === "" ? NaN : Number(part);
      });
      return parts.length === 1 ? parts[0] : parts.length === 2 ? parts[0] / parts[1] : NaN;
    }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      judge();
    });
    // JupyterLab takes the Enter key from forms before they can submit.
    input.addEventListener("keydown", function (event) {
      event.stopPropagation();
      if (event.key !== "Enter") return;
      event.preventDefault();
      judge();
    });
    function judge() {
      var ask = asked(), given = parse(input.value);
      if (!ask) return;
      if (!isFinite(given)) {
        verdict.textContent = "Write a number, such as 3, -0.5 or 1/4.";
      } else if (Math.abs(given - ask.answer) <= 0.006 * Math.abs(ask.answer) + 1e-9) {
        go(at + 1, "\u2713 Right. ");
        (asked() ? input : next.disabled ? card : next).focus();
      } else {
        verdict.textContent = "\u2717 Not " + input.value.trim() + ". Try again, or let it be shown.";
        input.select();
      }
    }
    box.addEventListener("change", function () { paint(""); });
    card.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target === input) return;
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
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
    go(0);
  }
  document.querySelectorAll('[data-bplib=' + JSON.stringify(__KEY__) + "]").forEach(build);
})();
