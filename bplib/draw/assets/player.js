// Shows the frame under the slider. No mathematics.
live("Figure with a slider: " + data.label, function (card, root) {
  var first = still(root), address = pictures(first);
  var image = make("img", frame(card, first)), row = make("div", card, "bplib-row");
  var here = way(card, data.runs.length - 1, function (at) {
    slide(at);
    image.src = address(at);
    image.alt = data.alt + data.captions[at];
    say.textContent = data.captions[at];
  });
  var slide = here.slider(row, data.label, data.marks);
  here.button(row, "Back", -1);
  here.button(row, "Next", 1, "bplib-main");
  here.play(row, "Play", 1100);
  var say = sentence(card, data.captions);
  here.go(data.start);
});
