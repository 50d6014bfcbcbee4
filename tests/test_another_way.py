"""What is shown when an exercise is right: one other way to write it. That this is right too is a
promise of every exercise, in `bplib.author.promises`."""

from bplib.checks import check
from bplib.checks.declare import Exercise


def test_it_is_shown_when_the_answer_is_right(small_book, said):
    from dataclasses import replace

    name = next(n for n, e in small_book.items() if isinstance(e, Exercise))
    small_book[name] = replace(small_book[name], another="\ndef other_way():\n    return 1\n")
    check(small_book[name].reference, name)
    lines = said()
    assert lines[-3:] == [
        "  one other way to write it:", "    def other_way():", "        return 1",
    ]  # fmt: skip
    check(lambda *inputs: None, name)
    assert not any("other way" in line for line in said())
