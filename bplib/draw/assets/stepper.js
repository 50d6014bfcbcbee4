// Shows and hides what Python computed. No mathematics here but the comparison of two numbers.
live("Step through the graph. Arrow keys go forward and back.", function (card, root) {
  var moments = data.moments, last = moments.length - 1, drawing = still(root);
  card.tabIndex = 0;
  var view = frame(card, drawing), svg = drawn(view, drawing);
  // The frame of the picture gives way to the frame of the card, and its description, which ends
  // with the gradients, to one that does not answer the questions.
  svg.querySelector("rect").setAttribute("stroke", "none");
  svg.querySelectorAll("svg > title, svg > desc").forEach(function (node) { node.remove(); });
  var items = svg.querySelectorAll("[data-k]"), whole = svg.getAttribute("aria-label");
  var track = make("div", card, "bplib-track");
  track.setAttribute("aria-hidden", "true");
  for (var i = 1; i <= last; i++) make("span", track);
  var row = make("div", card, "bplib-row"), here = way(card, last, show);
  here.button(row, "Start", -Infinity);
  here.button(row, "Back", -1);
  var next = room(here.button(row, "Next", 1, "bplib-main"), ["Show it"]);
  here.play(row, "Play", 1600);
  var asks = moments.some(function (moment) { return moment.ask; }), box = { checked: false };
  if (asks) {
    var guess = make("label", row, "bplib-guess");
    box = make("input", guess);
    box.type = "checkbox";
    box.checked = data.predict;
    guess.appendChild(document.createTextNode("Predict first"));
    box.addEventListener("change", function () { here.walk(here.at); });
  }
  var count = make("span", row, "bplib-count");
  // Sentences are short on the way forward; on the way back they may have questions at their ends.
  var turn = moments.map(function (moment) { return moment.phase; }).indexOf("turn");
  var say = sentence(card, [""]);
  var form = make("form", card), input = make("input", make("label", form, "", "Your answer"));
  input.type = "text";
  input.autocomplete = "off";
  make("button", form, "", "Check").type = "submit";
  var verdict = told(form, "span", "bplib-verdict");

  function asked() {
    if (!box.checked || here.moving || here.at === last) return null;
    return moments[here.at + 1].ask ? moments[here.at + 1] : null;
  }
  function marked(keys, cls) {
    keys.forEach(function (key) {
      svg.querySelectorAll('[data-k="' + key + '"]').forEach(function (node) {
        node.classList.add(cls);
      });
    });
  }
  function show(at, before) {
    var shown = {}, moment = moments[at], ask = asked();
    moments.slice(0, at + 1).forEach(function (one) {
      (one.show || []).forEach(function (key) { shown[key] = true; });
    });
    function waits(key) { return data.hidden.indexOf(key) >= 0 && !shown[key]; }
    items.forEach(function (node) {
      var key = node.getAttribute("data-k");
      node.classList.remove("bplib-hf", "bplib-hb", "bplib-ask");
      node.classList.toggle("bplib-off", waits(key));
      node.classList.toggle("bplib-dim", key[0] === "n" && waits("v" + key.slice(1)));
    });
    if (ask) marked(ask.mark, "bplib-ask");
    else marked(moment.hot || [], at < turn ? "bplib-hf" : "bplib-hb");
    track.childNodes.forEach(function (node, i) {
      node.className = i >= at ? "" : moments[i + 1].phase === "forward" ? "f" : "b";
    });
    svg.setAttribute("aria-label", at === last ? whole : data.before);
    say.textContent = before + moment.say + (ask ? " " : "");
    if (ask) make("b", say, "", ask.ask);
    form.hidden = !box.checked || at < turn;
    room(say.parentNode, moments.map(function (one, i) {
      if (i < turn !== at < turn) return "";
      return one.say + (box.checked && i < last && moments[i + 1].ask || "");
    }));
    form.classList.toggle("bplib-later", !ask);
    verdict.textContent = "";
    input.value = "";
    next.textContent = ask ? "Show it" : "Next";
    count.textContent = (at + 1) + " of " + (last + 1);
    follow();
  }
  // Where the picture is wider than the card, it scrolls to what is marked.
  function follow() {
    if (view.scrollWidth <= view.clientWidth) return;
    var frame = view.getBoundingClientRect(), left = Infinity, right = -Infinity;
    svg.querySelectorAll(".bplib-hf,.bplib-hb,.bplib-ask").forEach(function (node) {
      var box = node.getBoundingClientRect();
      left = Math.min(left, box.left);
      right = Math.max(right, box.right);
    });
    if (left < frame.left || right > frame.right) {
      view.scrollLeft += (left + right - frame.left - frame.right) / 2;
    }
  }
  function parse(words) {
    var plain = words.trim().replace(/\u2212/g, "-").replace(",", ".");
    var parts = plain.split("/").map(function (part) {
      return part.trim() === "" ? NaN : Number(part);
    });
    return parts.length === 1 ? parts[0] : parts.length === 2 ? parts[0] / parts[1] : NaN;
  }
  function judge() {
    var ask = asked(), given = parse(input.value);
    if (!ask) return;
    if (!isFinite(given)) {
      verdict.textContent = "Write a number, such as 3, -0.5 or 1/4.";
    } else if (Math.abs(given - ask.answer) <= 0.006 * Math.abs(ask.answer) + 1e-9) {
      here.go(here.at + 1, "\u2713 Right. ");
      (asked() ? input : next.disabled ? card : next).focus({ preventScroll: true });
    } else {
      verdict.textContent = "\u2717 Not " + input.value.trim() + ". Try again, or let it be shown.";
      input.select();
    }
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    judge();
  });
  // JupyterLab takes the Enter key from forms before they can submit.
  input.addEventListener("keydown", function (event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    judge();
  });
  here.go(0);
});
