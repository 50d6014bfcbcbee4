// Shows the runs that Python made, as far as the slider says. No mathematics.
(function () {
  var data = __DATA__;
  var NS = "http://www.w3.org/2000/svg";
  function build(root) {
    if (root.classList.contains("bplib-on")) return;
    var last = data.stops.length - 1, timer = null, count = 0;
    function make(tag, parent, cls, words) {
      var node = document.createElement(tag);
      if (cls) node.className = cls;
      if (words) node.textContent = words;
      parent.appendChild(node);
      return node;
    }
    function id() { return "bplib-" + __KEY__ + "-" + document.querySelectorAll(".bplib-race").length + "-" + count++; }
    var card = document.createElement("div");
    card.className = "bplib-card";
    card.tabIndex = -1;
    card.style.position = "relative";
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", "A race of optimizers: choose a surface, optimizers and rates; arrow keys go step by step.");
    make("style", card).textContent = data.css;
    var both = make("div", card, "bplib-race"), map = make("div", both, "bplib-race-map");
    var side = make("div", both, "bplib-race-side");
    var ground = make("label", side, "", "Surface");
    var where = make("select", ground);
    where.id = id();
    data.courses.forEach(function (course, i) { make("option", where, "", course.name).value = i; });
    var about = make("p", side, "bplib-race-about");
    var set = make("fieldset", side);
    make("legend", set, "", "Optimizer, learning rate, loss");
    var rows = data.names.map(function (name, i) {
      var row = make("div", set, "bplib-race-runner"), label = make("label", row);
      var box = make("input", label);
      box.type = "checkbox";
      box.checked = data.picked[i] >= 0;
      var sign = make("span", label, "", data.signs[i]);
      sign.style.color = data.colours[i];
      sign.setAttribute("aria-hidden", "true");
      make("span", label, "", name);
      var rate = make("select", row);
      rate.setAttribute("aria-label", "Learning rate of " + name);
      data.courses[0].runs[i].forEach(function (run, k) { make("option", rate).value = k; });
      rate.value = Math.max(0, data.picked[i]);
      var loss = make("output", row);
      box.addEventListener("change", function () { paint(true); });
      rate.addEventListener("change", function () { box.checked = true; paint(true); });
      return { box: box, rate: rate, loss: loss };
    });
    var line = make("div", card, "bplib-row");
    var name = make("label", line, "bplib-slider");
    make("span", name, "", "step");
    var slider = make("input", name);
    slider.type = "range";
    slider.min = 0;
    slider.max = last;
    slider.step = 1;
    slider.value = last;
    var mark = make("output", line, "bplib-mark");
    function button(words, act, cls) {
      var node = make("button", line, cls, words);
      node.type = "button";
      node.addEventListener("click", act);
      return node;
    }
    var back = button("Back", function () { stop(); go(+slider.value - 1); });
    var next = button("Next", function () { stop(); go(+slider.value + 1); });
    var play = button("Race", function () {
      if (timer) { stop(); paint(true); return; }
      if (+slider.value === last) go(0, true);
      play.textContent = "Pause";
      timer = setInterval(function () {
        if (+slider.value < last) go(+slider.value + 1, true);
        if (+slider.value === last) { stop(); paint(true); }
      }, 350);
    }, "bplib-main");
    var hear = make("p", card, "bplib-race-hear");
    hear.setAttribute("role", "status");
    hear.setAttribute("aria-live", "polite");
    function stop() {
      if (timer) clearInterval(timer);
      timer = null;
      play.textContent = "Race";
    }
    function place(course) {
      about.textContent = course.about;
      rows.forEach(function (row, i) {
        course.runs[i].forEach(function (run, k) { row.rate.options[k].textContent = run.rate; });
      });
    }
    function element(tag, attributes, parent) {
      var node = document.createElementNS(NS, tag);
      Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
      parent.appendChild(node);
      return node;
    }
    var shown = -1, svg, paths;
    function ready(course, number) {
      if (shown === number) return;
      shown = number;
      var whole = '<svg xmlns="' + NS + '" viewBox="0 0 ' + data.size.join(" ") + '" font-size="16" role="img" ' +
        'font-family="DejaVu Sans, Verdana, Geneva, sans-serif">' + course.back[0] + "<g></g>" + course.back[1] + "</svg>";
      svg = document.importNode(new DOMParser().parseFromString(whole, "image/svg+xml").documentElement, true);
      map.textContent = "";
      map.appendChild(svg);
      paths = svg.querySelector("g");
      place(course);
    }
    function paint(aloud) {
      var course = data.courses[+where.value], at = +slider.value, step = data.stops[at], words = [];
      ready(course, +where.value);
      paths.textContent = "";
      rows.forEach(function (row, i) {
        var run = course.runs[i][+row.rate.value], on = row.box.checked;
        row.loss.textContent = on ? run.loss[at] : "";
        if (!on) return;
        var points = run.at.slice(0, 2 * step + 2), end = points.length;
        element("polyline", { points: points.join(" "), fill: "none", stroke: data.colours[i], "stroke-width": 2.5, "stroke-linejoin": "round" }, paths);
        var sign = element("text", { x: points[end - 2], y: points[end - 1] + 6, "text-anchor": "middle", fill: data.colours[i], stroke: "#fff", "stroke-width": 1 }, paths);
        sign.textContent = data.signs[i];
        words.push(data.names[i] + " at " + run.rate + ": " + (run.loss[at] === "off the map" ? "" : "loss ") + run.loss[at]);
      });
      var said = course.name + ", step " + step + ". " + (words.length ? words.join("; ") + "." : "Nobody runs.");
      svg.setAttribute("aria-label", data.alt + said);
      mark.textContent = step;
      slider.setAttribute("aria-valuetext", "step " + step);
      if (aloud) hear.textContent = said;
      back.disabled = at === 0;
      next.disabled = at === last;
      // A button that has just been switched off would swallow the arrow keys.
      var held = document.activeElement;
      if (held && held.disabled && card.contains(held)) card.focus({ preventScroll: true });
    }
    function go(to, quiet) {
      slider.value = Math.max(0, Math.min(last, to));
      paint(!quiet);
    }
    where.addEventListener("change", function () { stop(); go(last); });
    slider.addEventListener("input", function () { stop(); paint(true); });
    card.addEventListener("keydown", function (event) {
      var target = event.target;
      if (event.altKey || event.ctrlKey || event.metaKey || target === slider || target.tagName === "SELECT") return;
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
    paint(false);
  }
  document.querySelectorAll('[data-bplib=' + JSON.stringify(__KEY__) + "]").forEach(build);
})();
