// Shows the runs that Python made, as far as the slider says. No mathematics.
var NS = "http://www.w3.org/2000/svg";
var NAME = "A race of optimizers: choose a surface, optimizers and rates; " +
  "arrow keys go step by step.";
live(NAME, function (card) {
  var shown = -1, svg, paths;
  make("style", card).textContent = data.css;
  var both = make("div", card, "bplib-race"), map = make("div", both, "bplib-race-map");
  var side = make("div", both, "bplib-race-side");
  var names = data.courses.map(function (course) { return course.name; });
  var abouts = data.courses.map(function (course) { return course.about; });
  var where = list(side, "Surface", names, function () { here.walk(data.stops.length - 1); });
  var about = make("p", room(make("div", side, "bplib-room"), abouts), "bplib-race-about");
  var set = make("fieldset", side);
  make("legend", set, "", "Optimizer, learning rate, loss");
  var rows = data.names.map(function (name, i) {
    var row = make("div", set, "bplib-race-runner"), label = make("label", row);
    var box = make("input", label), sign = make("span", label, "", data.signs[i]);
    box.type = "checkbox";
    box.checked = data.picked[i] >= 0;
    sign.style.color = data.colours[i];
    sign.setAttribute("aria-hidden", "true");
    make("span", label, "", name);
    var rate = make("select", row);
    rate.setAttribute("aria-label", "Learning rate of " + name);
    data.courses[0].runs[i].forEach(function () { make("option", rate); });
    rate.selectedIndex = Math.max(0, data.picked[i]);
    box.addEventListener("change", again);
    rate.addEventListener("change", function () { box.checked = true; again(); });
    return { box: box, rate: rate, loss: make("span", row, "bplib-race-loss") };
  });
  function again() { here.go(here.at); }
  var line = make("div", card, "bplib-row"), here = way(card, data.stops.length - 1, show);
  var slide = here.slider(line, "step", data.stops);
  here.button(line, "Back", -1);
  here.button(line, "Next", 1);
  here.play(line, "Race", 350, "bplib-main");
  var hear = told(card, "p", "bplib-race-hear");
  function element(tag, attributes) {
    var node = document.createElementNS(NS, tag);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    return paths.appendChild(node);
  }
  // Another surface has another map, and rates of its own.
  function ready(course, number) {
    if (shown === number) return;
    shown = number;
    map.textContent = "";
    var box = "0 0 " + data.size.join(" ");
    svg = drawn(map, '<svg xmlns="' + NS + '" viewBox="' + box + '" role="img" ' +
      'font-size="16" font-family="DejaVu Sans, Verdana, Geneva, sans-serif">' +
      course.back[0] + "<g></g>" + course.back[1] + "</svg>");
    paths = svg.querySelector("g");
    about.textContent = course.about;
    rows.forEach(function (row, i) {
      course.runs[i].forEach(function (run, k) { row.rate.options[k].textContent = run.rate; });
    });
  }
  function show(at) {
    var course = data.courses[where.selectedIndex], step = data.stops[at], words = [];
    ready(course, where.selectedIndex);
    slide(at);
    paths.textContent = "";
    rows.forEach(function (row, i) {
      var run = course.runs[i][row.rate.selectedIndex], on = row.box.checked, loss = run.loss[at];
      row.loss.textContent = on ? loss : "";
      if (!on) return;
      var points = run.at.slice(0, 2 * step + 2), end = points.length;
      element("polyline", {
        points: points.join(" "), fill: "none", stroke: data.colours[i], "stroke-width": 2.5,
        "stroke-linejoin": "round",
      });
      element("text", {
        x: points[end - 2], y: points[end - 1] + 6, "text-anchor": "middle",
        fill: data.colours[i], stroke: "#fff", "stroke-width": 1,
      }).textContent = data.signs[i];
      var how = (loss === "off the map" ? "" : "loss ") + loss;
      words.push(data.names[i] + " at " + run.rate + ": " + how);
    });
    var all = words.length ? words.join("; ") + "." : "Nobody runs.";
    var said = course.name + ", step " + step + ". " + all;
    svg.setAttribute("aria-label", data.alt + said);
    hear.textContent = said;
  }
  here.go(data.stops.length - 1);
});
