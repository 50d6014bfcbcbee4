// What scrolls sideways in its own frame can be reached with the Tab key, and only that.
// A frame is looked at when it comes near: to measure all of a chapter at once would make a phone
// lay out what nobody has scrolled to.
(function () {
  var frames = document.querySelectorAll("article pre, article .cell_output > .output, article .pst-scrollable-table-container, article .bplib-view, article span.math");
  function measure(frame) {
    if (frame.scrollWidth > frame.clientWidth + 1) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  }
  var near = new IntersectionObserver(function (seen) {
    seen.forEach(function (entry) { if (entry.isIntersecting) measure(entry.target); });
  }, { rootMargin: "50%" });
  frames.forEach(function (frame) { near.observe(frame); });
  // Observed anew, they are measured anew where they are in sight.
  var timer = null;
  function again() {
    clearTimeout(timer);
    timer = setTimeout(function () {
      frames.forEach(function (frame) { near.unobserve(frame); near.observe(frame); });
    }, 200);
  }
  window.addEventListener("resize", again);
  document.fonts.addEventListener("loadingdone", again);
})();
