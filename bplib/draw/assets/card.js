// What all live figures share: the card, its parts, its keys. No mathematics. A page puts this and
// the script of a figure into one function, so no name leaks and several figures never meet.
function make(tag, parent, cls, words) {
  var node = document.createElement(tag);
  if (cls) node.className = cls;
  if (words) node.textContent = words;
  parent.appendChild(node);
  return node;
}

// Keep room for the longest of some texts, so that nothing moves when one takes another's place.
function room(node, texts) {
  var longest = texts.map(String).sort(function (a, b) { return b.length - a.length; });
  node.setAttribute("data-room", longest[0]);
  node.setAttribute("data-room-too", longest[1] || "");
  return node;
}

function button(parent, words, act, cls) {
  var node = make("button", parent, cls, words);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

// What screen readers are told as soon as it changes.
function told(parent, tag, cls) {
  var node = make(tag, parent, cls);
  node.setAttribute("role", "status");
  node.setAttribute("aria-live", "polite");
  return node;
}

// The sentence below the controls; `texts` is everything that it may have to say.
function sentence(card, texts) {
  return told(room(make("div", card, "bplib-room"), texts), "p", "bplib-say");
}

// The picture that stands where no script runs, as SVG text.
function still(root) {
  var address = root.querySelector(".bplib-still img").src.split(",")[1];
  var bytes = Uint8Array.from(atob(address), function (c) { return c.charCodeAt(0); });
  return new TextDecoder().decode(bytes);
}

function drawn(parent, svg) {
  var read = new DOMParser().parseFromString(svg, "image/svg+xml");
  return parent.appendChild(document.importNode(read.documentElement, true));
}

// A place for a picture. Below two thirds of its own size its words would be too small to read:
// there it keeps that size and scrolls sideways, and a shadow says on which side it goes on.
function frame(card, svg) {
  var edge = make("div", card, "bplib-frame"), view = make("div", edge, "bplib-view");
  var size = /<svg[^>]*?\swidth="([\d.]+)(pt)?"/.exec(svg);
  if (size) view.style.setProperty("--least", "calc(.68*" + size[1] + (size[2] || "px") + ")");
  function look() {
    var more = view.scrollWidth - view.clientWidth;
    edge.classList.toggle("bplib-left", view.scrollLeft > 1);
    edge.classList.toggle("bplib-right", view.scrollLeft < more - 1);
    var said = { tabindex: 0, role: "group", "aria-label": "The picture scrolls sideways" };
    Object.keys(said).forEach(function (name) {
      if (more > 1) view.setAttribute(name, said[name]);
      else view.removeAttribute(name);
    });
  }
  view.addEventListener("scroll", look, { passive: true });
  if (window.ResizeObserver) new ResizeObserver(look).observe(view);
  return view;
}

// Puts a picture together from the pieces that it shares with others, as `pack` took them apart.
function pictures(first) {
  var table = first.match(/[^>\n]*[>\n]/g), used = table.join("").length, made = {};
  if (used < first.length) table.push(first.slice(used));
  table = table.concat(data.extra);
  return function (i) {
    if (made[i]) return made[i];
    var run = data.runs[i], out = [];
    for (var k = 0; k < run.length; k += 2) out.push(table.slice(run[k], run[k + 1] + 1).join(""));
    // The frame of the picture gives way to the frame of the card.
    var svg = out.join("").replace('stroke="#D5DBE1"', 'stroke="none"');
    return (made[i] = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg));
  };
}

// A list to choose from, with its name.
function list(parent, name, words, act) {
  var label = make("label", parent, "", name), node = make("select", label);
  words.forEach(function (word) { make("option", node, "", word); });
  node.addEventListener("change", act);
  return node;
}

// A way through a figure, from 0 to `last`: `show` paints where it stands.
function way(card, last, show) {
  var timer = null, buttons = [], group = null;
  var here = { at: 0, moving: false, go: go, walk: walk, button: step, play: play, slider: slider };
  function bound(to) { return Math.max(0, Math.min(last, to)); }
  function go(to, note) {
    here.at = bound(to);
    buttons.forEach(function (one) { one.node.disabled = bound(here.at + one.by) === here.at; });
    card.querySelectorAll("[role=status]").forEach(function (node) {
      node.setAttribute("aria-live", here.moving ? "off" : "polite");
    });
    show(here.at, note || "");
    // A button that has just been switched off would swallow the arrow keys.
    var held = document.activeElement;
    if (held && held.disabled && card.contains(held)) card.focus({ preventScroll: true });
  }
  // The reader's own step ends Play.
  function walk(to) {
    stop();
    go(to);
  }
  function stop() {
    clearInterval(timer);
    here.moving = false;
    if (here.halt) here.halt();
  }
  function step(row, words, by, cls) {
    var node = button(together(row), words, function () { walk(here.at + by); }, cls);
    buttons.push({ node: node, by: by });
    return node;
  }
  // Buttons stay side by side where the row is too long for the screen.
  function together(row) { return (group = group || make("span", row, "bplib-buttons")); }
  function play(row, words, pace, cls) {
    var node = room(button(together(row), words, function () {
      if (here.moving) return walk(here.at);
      here.moving = true;
      node.textContent = "Pause";
      go(here.at === last ? 0 : here.at);
      timer = setInterval(function () {
        if (here.at + 1 >= last) stop();
        go(here.at + 1);
      }, pace);
    }, cls), [words, "Pause"]);
    here.halt = function () { node.textContent = words; };
  }
  // A slider, with what it stands at beside it; `marks` has a text for every place.
  function slider(row, name, marks) {
    var label = make("label", row, "bplib-slider");
    make("span", label, "", name);
    var node = make("input", label), mark = room(make("span", row, "bplib-mark"), marks);
    node.type = "range";
    node.min = 0;
    node.max = last;
    node.addEventListener("input", function () { walk(+node.value); });
    mark.setAttribute("aria-hidden", "true");
    return function (at) {
      node.value = at;
      node.setAttribute("aria-valuetext", marks[at]);
      mark.textContent = marks[at];
    };
  }
  card.addEventListener("keydown", function (event) {
    // A slider, a list, a line to write in and a picture that scrolls have arrow keys of their own.
    var own = event.target.closest("input:not([type=checkbox]),select,.bplib-view[tabindex]");
    if (own || event.altKey || event.ctrlKey || event.metaKey) return;
    var to = { ArrowRight: here.at + 1, ArrowLeft: here.at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    walk(to);
  });
  return here;
}

// Build a live figure in the place of every still one of this kind and content. One that fails to
// build leaves the still where it is.
function live(name, build) {
  document.querySelectorAll('[data-bplib="' + key + '"]').forEach(function (root) {
    if (root.classList.contains("bplib-on")) return;
    var card = document.createElement("div");
    card.className = "bplib-card";
    card.tabIndex = -1;
    card.setAttribute("role", "group");
    card.setAttribute("aria-label", name);
    // JupyterLab binds plain keys to wherever the focus is, and would take them from the controls.
    root.addEventListener("keydown", function (event) {
      if (!event.altKey && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
    build(card, root);
    root.insertBefore(card, root.firstChild);
    root.classList.add("bplib-on");
  });
}
