"""What bplib costs, measured beside its peers: `make bench` writes RESULTS.md.

`case` says what is computed, `peers/` how each library writes it down, `worker` keeps each of them
in a process of its own, `paired` lets them take turns, and `report` writes the page. Every other
module is one question: `step`, `adam`, `classifier`, `memory`, `checkpoint`, `growth`,
`import_time`.
"""
