// Pointing at a reference shows what it refers to. Without this script the links still lead there.
(function () {
  var root = document.documentElement.dataset.content_root || "./";
  var box = null, timer = null, shownFor = null, kept = {};

  function nameOf(link) {
    var place = decodeURIComponent((link.hash || "").slice(1));
    if (/^(equation|figure)-/.test(place)) return place;
    if (place && /91_glossary\.html$/.test(link.pathname)) return "term-" + place;
    return null;
  }
  function hide() {
    clearTimeout(timer);
    if (box) box.remove();
    box = null;
    if (shownFor) shownFor.removeAttribute("aria-describedby");
    shownFor = null;
  }
  function place(link) {
    var at = link.getBoundingClientRect(), width = box.offsetWidth, height = box.offsetHeight;
    var left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8));
    var below = at.bottom + 8 + height < window.innerHeight || at.top < height + 8;
    box.style.left = left + window.scrollX + "px";
    box.style.top = (below ? at.bottom + 8 : at.top - height - 8) + window.scrollY + "px";
  }
  function show(link, html) {
    hide();
    box = document.createElement("div");
    box.className = "preview";
    box.id = "press-preview";
    box.setAttribute("role", "tooltip");
    box.innerHTML = html;
    box.querySelectorAll("img[src]").forEach(function (image) {
      image.setAttribute("src", image.getAttribute("src").replace(/^(\.\.\/)*/, root));
    });
    box.addEventListener("pointerleave", hide);
    document.body.appendChild(box);
    link.setAttribute("aria-describedby", box.id);
    shownFor = link;
    place(link);
  }
  function ask(link) {
    var name = nameOf(link);
    if (!name || shownFor === link) return;
    clearTimeout(timer);
    timer = setTimeout(function () {
      kept[name] = kept[name] || fetch(root + "previews/" + name + ".html").then(function (answer) {
        return answer.ok ? answer.text() : "";
      });
      kept[name].then(function (html) { if (html) show(link, html); }, function () {});
    }, 120);
  }
  function linkOf(event) {
    var link = event.target.closest && event.target.closest("article a[href*='#']");
    return link && !link.classList.contains("number") && !link.classList.contains("headerlink") ? link : null;
  }
  // After Tab the page may scroll away under a mouse that rests: that is no pointing.
  var resting = false;
  function pointed(event) {
    if (event.pointerType === "touch") return;
    var link = linkOf(event);
    if (link) ask(link);
    else if (!box || !box.contains(event.target)) hide();
  }
  document.addEventListener("pointerover", function (event) { if (!resting) pointed(event); });
  document.addEventListener("pointermove", function (event) {
    if (!resting || !(event.movementX || event.movementY)) return;
    resting = false;
    pointed(event);
  });
  document.addEventListener("focusin", function (event) {
    resting = true;
    var link = linkOf(event);
    if (link) ask(link); else hide();
  });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
})();
