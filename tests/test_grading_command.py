"""Grading a class: what is written down, and the command."""

import _thread
import csv
import io
import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_grading import BLANK, UPSIDE_DOWN, needs_fork
from test_grading_hostile import CHECK, IMPORT, RIGHT, notebook

from bplib.cli import main
from bplib.grading import report as pages
from bplib.grading.contain import descendants
from bplib.grading.judge import Mark, Report
from bplib.grading.judges import Stopped, grade_all
from bplib.grading.plan import Plan

ROOT = Path(__file__).resolve().parents[1]


def run(capsys, *words):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


# ── what is written down ─────────────────────────────────────────────────────────────────────────


def a_report(student="ada", message="✗ **f** · wrong", problems=(), late=None, off=0.0):
    marks = (Mark("f", "failed", 0.0, 1.0, message, (("inputs", "x = 1"),), "sign", "x.ipynb"),
             Mark("g", "passed", 2.0, 2.0, "✓ **g** · right"))  # fmt: skip
    return Report(student, ("x.ipynb",), marks, tuple(problems), late, off, "namespaces")


TWO = Plan({"f": 1.0, "g": 2.0}, title="Week <1>")


class Page(HTMLParser):
    """What a browser makes of a page: its elements, their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.words = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.words.append(data)


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"&<!--</title></style>"


def test_a_hostile_text_is_text_on_the_page():
    report = a_report(EVIL, f"✗ **{EVIL}** · `{EVIL}` {EVIL}", (EVIL,))
    plan = Plan({"f": 1.0, "g": 2.0}, title=EVIL)
    page = Page(pages.to_page(report, plan))
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "strong", "ul",
               "li", "div", "span", "code", "details", "summary", "pre"}  # fmt: skip
    assert page.elements <= allowed
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert "".join(page.words).count("<script>alert(1)</script>") >= 5


def test_a_page_says_what_counts():
    text = pages.to_page(a_report(late=25.2, off=20.0, problems=("code cell 3: raised",)), TWO)
    words = " ".join("".join(Page(text).words).split())
    assert "Week <1> ada · 1.6 of 3 points · 1 day 1 h late, 20 % off" in words
    assert "About the notebookcode cell 3: raised" in words
    assert "f0 of 1✗ f · wrong" in words and "g2 of 2✓" in words.replace("\xa0", " ")
    assert re.search(r"body\{[^}]*overflow-wrap:anywhere", text)  # a long word makes no page wider
    assert "default-src 'none'" in text and "http" not in text.replace("http-equiv", "")


def test_lateness_in_words():
    assert [pages.late(h) for h in (0.001, 0.5, 3.2, 24, 50)] == [
        "1 min late", "30 min late", "3 h late", "1 day late", "2 days 2 h late",
    ]  # fmt: skip


def test_a_spreadsheet_gets_no_formula():
    report = a_report("=HYPERLINK(1)", problems=("+cmd|' /C calc'!A0", "a\nb\x1b[1m"))
    rows = list(csv.reader(io.StringIO(pages.to_csv([report], TWO))))
    assert rows[0] == ["student", "points", "of", "late_hours", "percent_off", "notebooks",
                       "notes", "f", "f.status", "g", "g.status"]  # fmt: skip
    assert rows[1] == ["'=HYPERLINK(1)", "2", "3", "", "0", "x.ipynb",
                       "'+cmd|' /C calc'!A0 a b�[1m", "0", "failed (sign)", "2",
                       "passed"]  # fmt: skip


def test_names_of_pages():
    taken = set()
    names = ["ada", "Ada", "../../etc/passwd", "zoë müller", "con", "", "...", "a" * 300, "<b>"]
    names += [unicodedata.normalize("NFD", "zoë müller"), "名前", "\udcff"]
    made = []
    for name in names:
        made.append(pages.page_name(name, taken))
        taken.add(made[-1].casefold())
    assert made[:7] == ["ada.html", "Ada-2.html", "etc_passwd.html", "zoë_müller.html", "con_.html",
                        "student.html", "student-2.html"]  # fmt: skip
    assert made[8:] == ["b.html", "zoë_müller-2.html", "名前.html", "student-3.html"]
    assert all("/" not in name and len(name) < 100 for name in made)


def test_the_commonest_mistake():
    assert pages.overview([a_report(), a_report()], TWO) == [("f", 0, "sign (2)"), ("g", 2, "")]


# ── the command ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def classroom(tmp_path):
    """Submissions of all kinds, and a plan."""
    folder = tmp_path / "submissions"
    notebook(folder / "ada.ipynb", [IMPORT, RIGHT, CHECK])
    notebook(folder / "Bob <b>.ipynb", [IMPORT, UPSIDE_DOWN, CHECK])
    notebook(folder / "eve/work.ipynb", [IMPORT, "import os\nos._exit(0)", BLANK])
    notebook(folder / "mallory.ipynb", ["import os, signal\nos.kill(os.getppid(), 9)", RIGHT])
    (folder / "zed.ipynb").write_text("{")
    for path in folder.rglob("*.ipynb"):
        os.utime(path, (1772388000 + 3600, 1772388000 + 3600))
    os.utime(folder / "ada.ipynb", (1772388000, 1772388000))
    (tmp_path / "grade.toml").write_text(
        "title = 'Week 1'\nchapters = [0]\nseeds = [4]\ndue = 2026-03-01T18:00:00Z\n"
        "late_percent_per_day = 50\n[limits]\nseconds = 20\n"
    )
    return tmp_path


@needs_fork
def test_a_class(classroom, capsys):
    words = ["grade", classroom / "submissions", "--config", classroom / "grade.toml", "--jobs", 2,
             "--csv", classroom / "out/marks.csv", "--html", classroom / "pages"]  # fmt: skip
    code, out, err = run(capsys, *words)
    assert code == 1
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:2] == ["Week 1 · 1 exercise", "ada 1 of 1 ✓"]
    assert lines[2] == "Bob <b> 0 of 1 ✗ 1 h late."
    assert "eve 0 of 1 ○ 1 h late." in lines
    assert "code cell 2: ended the process with exit code 0." in lines
    assert "zed.ipynb is not a notebook that can be read." in lines
    assert "1 slope_between_points 2 of 5 right most often upside-down (1)" in lines
    assert lines[-1] == "5 submissions graded; 2 to look at."
    rows = list(csv.DictReader(io.StringIO((classroom / "out/marks.csv").read_text("utf-8"))))
    assert [(row["student"], row["points"], row["late_hours"]) for row in rows] == [
        ("ada", "1", "0"), ("Bob <b>", "0", "1"), ("eve", "0", "1"), ("mallory", "0.5", "1"),
        ("zed", "0", "1"),
    ]  # fmt: skip
    assert sorted(path.name for path in (classroom / "pages").iterdir()) == [
        "Bob_b.html", "ada.html", "eve.html", "mallory.html", "zed.html",
    ]  # fmt: skip
    # The same once more, one after the other: the same bytes, whoever was quicker.
    before = {p: p.read_bytes() for p in classroom.rglob("*") if p.suffix in (".csv", ".html")}
    words[5] = 1
    assert run(capsys, *words, "--json")[0] == 1
    assert before == {p: p.read_bytes() for p in before}


@needs_fork
def test_a_class_that_is_stopped(classroom, capsys, monkeypatch):
    """Ctrl-C keeps what was graded, leaves nobody out without a word, and leaves nothing behind."""
    before = descendants(os.getpid())
    notebook(classroom / "submissions/b.ipynb", ["import time\ntime.sleep(60)"])
    words = ["grade", classroom / "submissions", "--chapter", 0, "--jobs", 1,
             "--csv", classroom / "marks.csv", "--html", classroom / "pages"]  # fmt: skip

    def stop(*given, done, **more):
        def then(report):
            done(report)
            threading.Timer(0.3, _thread.interrupt_main).start()

        return grade_all(*given, done=then, **more)

    monkeypatch.setattr("bplib.cli.grade.grade_all", stop)
    code, out, err = run(capsys, *words)
    assert code == 130
    assert err.splitlines()[-1] == (
        f"bplib: stopped; 1 of 6 submissions were graded before; in {classroom / 'marks.csv'} the "
        f"others are marked as not judged; {classroom / 'pages'} has their pages."
    )
    assert "ada  1 of 1  ✓" in out and "Bob" not in out and "1 submission graded." in out
    rows = list(csv.DictReader(io.StringIO((classroom / "marks.csv").read_text("utf-8"))))
    assert [row["slope_between_points.status"] for row in rows] == ["passed", *5 * ["unjudged"]]
    assert rows[1]["notes"] == "not graded: stopped before."
    assert [path.name for path in (classroom / "pages").iterdir()] == ["ada.html"]
    assert descendants(os.getpid()) == before

    (classroom / "marks.csv").unlink()
    monkeypatch.setattr("bplib.cli.grade.grade_all", lambda *given, **more: _stopped())
    code, out, err = run(capsys, *words)
    said = "bplib: stopped before the first was graded; nothing was written.\n"
    assert (code, out, err) == (130, "", said)
    assert not (classroom / "marks.csv").exists()


def _stopped():
    raise Stopped({})


@needs_fork
def test_json_for_programs(classroom, capsys):
    for name in ("eve/work.ipynb", "mallory.ipynb", "zed.ipynb"):
        (classroom / "submissions" / name).unlink()
    (classroom / "submissions/eve").rmdir()
    words = ["grade", classroom / "submissions", "--chapter", 0, "--jobs", 1, "--json"]
    code, out, err = run(capsys, *words)
    assert code == 0
    found = json.loads(out)
    assert found["title"] == "Chapter 0"
    ada, bob = found["submissions"]
    assert (ada["student"], ada["points"], ada["late_hours"]) == ("ada", 1.0, None)
    assert bob["exercises"][0]["misconception"] == "upside-down"


@needs_fork
def test_marks_that_cannot_be_written_are_shown(classroom, capsys, monkeypatch):
    """As when a spreadsheet has the file open by then."""
    monkeypatch.setattr(pages, "could_write", lambda *given, **more: None)
    (classroom / "marks.csv").mkdir()
    words = ["grade", classroom / "submissions", "--chapter", 0, "--csv", classroom / "marks.csv"]
    code, out, err = run(capsys, *words)
    assert code == 2 and "5 submissions graded; " in out
    assert err.splitlines()[-1].startswith(f"bplib: {classroom / 'marks.csv'} cannot be written: ")


def test_trying_to_write_changes_nothing(tmp_path):
    (tmp_path / "marks.csv").write_text("of yesterday")
    pages.could_write(tmp_path / "marks.csv", folder=False)
    pages.could_write(tmp_path / "new/marks.csv", folder=False)
    pages.could_write(tmp_path / "pages", folder=True)
    assert (tmp_path / "marks.csv").read_text() == "of yesterday"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["marks.csv", "new", "pages"]


def test_requests_that_mean_nothing(tmp_path, capsys):
    folder = tmp_path / "submissions"

    def refused(*words):
        code, out, err = run(capsys, "grade", folder, *words)
        assert (code, out) == (2, "")
        return err

    chapter = ("--chapter", 0)
    assert refused(*chapter) == f"bplib: there is no folder {folder}.\n"
    folder.mkdir()
    assert refused(*chapter) == (
        f"bplib: {folder} holds no submissions; they are files NAME.ipynb, or a folder for each "
        "student with notebooks inside.\n"
    )
    notebook(folder / "ada.ipynb", [])
    assert refused() == (
        "bplib: say which exercises count: --chapter 2 for all of a chapter, or --config "
        "grade.toml.\n"
    )
    assert refused(*chapter, "--config", "x.toml") == (
        "bplib: say what counts once: with --config, or with --chapter.\n"
    )
    assert refused("--chapter", 77) == "bplib: chapter 77 has no exercises.\n"
    inside = folder / "pages"
    assert refused(*chapter, "--html", inside) == (
        f"bplib: {inside} is inside the submissions; choose another place for the feedback pages.\n"
    )
    assert refused(*chapter, "--csv", folder / "x.csv").endswith(
        "is inside the submissions; choose another place for the CSV.\n"
    )
    (tmp_path / "is_a_file").write_text("")
    for words in (("--csv", folder.parent), ("--csv", tmp_path / "is_a_file" / "x.csv"),
                  ("--html", tmp_path / "is_a_file")):  # fmt: skip
        assert refused(*chapter, *words).startswith(f"bplib: {words[1]} cannot be written: ")
    plan = tmp_path / "grade.toml"
    plan.write_text("chapters = [0]")
    assert refused("--config", plan, "--csv", plan) == (
        f"bplib: {plan} says what counts; choose another place for the CSV.\n"
    )
    assert plan.read_text() == "chapters = [0]"
    code, out, err = run(capsys, "grade", folder / "ada.ipynb", *chapter)
    assert err == (
        f"bplib: {folder / 'ada.ipynb'} is a file; name the folder that the submissions are in.\n"
    )


def test_the_worker_modules_do_not_load_the_checks():
    """What the fork server imports must not bring the exercises into its memory."""
    code = (
        "from bplib.grading import template, worker\ntemplate.preload()\nimport sys\n"
        "print(sorted(n for n in sys.modules if n.startswith('bplib.checks')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "['bplib.checks']\n"
