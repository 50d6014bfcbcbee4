// Shows the picture and the sentence of the network that is chosen. No mathematics.
live("Figure with lists to choose from: " + data.choices.join(", "), function (card, root) {
  var first = still(root), address = pictures(first), row = make("div", card, "bplib-row");
  var lists = data.choices.map(function (name, k) {
    var node = list(row, name, data.options[k], go);
    node.selectedIndex = data.start[k];
    return node;
  });
  var image = make("img", frame(card, first)), say = sentence(card, data.words);
  function go() {
    var at = 0;
    lists.forEach(function (node, k) { at = at * data.options[k].length + node.selectedIndex; });
    image.src = address(at);
    image.alt = data.alt + data.words[at];
    say.textContent = data.words[at];
  }
  go();
});
