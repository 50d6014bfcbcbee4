"""Cells as Jupyter runs them: its own commands do nothing, and the Python around them runs."""

import pytest

from bplib.grading.cells import fresh_main, in_python, run_cell

CELLS = {
    "%matplotlib inline\nx = 1": 1,
    "!pip install numpy\nx = 1": 1,
    "x = !ls\nx = 1 if x is None else 0": 1,
    "if True:\n    %matplotlib inline\n    !ls\n    x = 1": 1,
    "for x in range(3):\n    %time y = x + 1\nx = y": 3,
    "%time x = 2": 2,
    "%%time\nx = 3": 3,
    "\n%%capture out\n%%time\n!ls\nx = 4": 4,
    "?print\nprint?\nstr.join??\nx = 5": 5,
    "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 6": 6,
    'x = """\n%time\n!ls\n"""': "\n%time\n!ls\n",
    "x = (17\n%\n10)": 7,
    "x = 17; x %= 10\ny = x != 3": 7,
    "%timeit -n1 sum(range(3))\nx = 8": 8,
    "files = %who_ls\nx = 9": 9,
    "    %ls\n    x = 10": 10,
    "\n\tx = 11\n\tif x:\n\t\tx += 1": 12,
    "import asyncio\nawait asyncio.sleep(0)\nx = 13": 13,
    "try:\n    input('your name? ')\nexcept EOFError:\n    x = 14": 14,
}


@pytest.mark.parametrize("source", CELLS)
def test_what_is_jupyters_own_does_nothing(source):
    namespace = fresh_main()
    said = run_cell(source, "<cell 1>", namespace)
    assert said is None and namespace["x"] == CELLS[source]


@pytest.mark.parametrize("kind", ["bash", "html", "writefile x.py", "javascript", "latex"])
def test_a_cell_in_another_language_is_left_out(kind):
    assert run_cell(f"%%{kind}\nfor f in *; do echo $f; done", "<cell 1>", fresh_main()) is None


def test_errors_keep_their_lines():
    said = run_cell("%matplotlib inline\n!ls\n1 / 0", "<cell 1>", fresh_main())
    assert said == "ZeroDivisionError in line 3: division by zero"
    said = run_cell("!ls\ndef f(:\n    pass", "<cell 1>", fresh_main())
    assert said == "SyntaxError in line 2: invalid syntax"
    assert run_cell("%ls\nx = '\0'", "<cell 1>", fresh_main()).startswith(("Value", "Syntax"))


def test_nobody_answers_input():
    said = run_cell("name = input('your name? ')", "<cell 1>", fresh_main())
    assert said == (
        "EOFError in line 1: there is nobody to answer input() here; a value in the code does"
    )


def test_an_await_may_end_like_anything_else():
    said = run_cell("async def f():\n    1 / 0\nawait f()", "<cell 1>", fresh_main())
    assert said == "ZeroDivisionError in line 2: division by zero"


def test_what_is_python_stays_as_it_is():
    for source in ("", "x = 1", "s = '''\n!x\n'''", "y = (1\n% 2)"):
        assert in_python(source) == source


def test_a_long_line_takes_no_longer_than_its_length():
    for source in (" " * 10**6 + "?", "x " * 10**6 + "!", "\n" * 10**6 + "!ls", "?" + "a." * 10**6):
        in_python(source)
