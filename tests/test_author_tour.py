"""The tour of the checks: fresh, the same every time, and from wrong to right."""

import os
from pathlib import Path

import pytest

from bplib.author import tour
from bplib.author.tour_attempts import TOUR
from bplib.checks import registry
from bplib.checks.declare import Chain
from bplib.checks.progress import store
from bplib.cli import main

ROOT = Path(__file__).resolve().parents[1]


def test_the_page_is_what_the_checks_say_now():
    assert tour.out_of_date(ROOT) == []


def test_eleven_exercises_in_the_order_of_the_book():
    places = [list(registry.all_exercises()).index(name) for name in TOUR]
    assert len(TOUR) == 11 and places == sorted(places)
    assert "Eleven exercises, each tried three times" in tour.page({})


@pytest.mark.parametrize("name", TOUR)
def test_three_wrong_attempts_and_a_right_one(name):
    said = [
        (source, words) for source, words in tour.transcript(name, TOUR[name]) if "check" in source
    ]
    assert [words[0] for _, words in said] == ["✗", "✗", "✗", "✓"]
    assert len({source for source, _ in said}) == 4
    in_steps = isinstance(registry.find(name), Chain)
    spoken = f'"{name}"' if in_steps else name
    call = f'\ncheck_all(locals(), "{name}")' if in_steps else f"\n\n\ncheck({name})"
    for source, words in said[:3]:
        assert f"Next: `hint({spoken})`" in words and source.endswith(call)
    longest = max(len(line) for _, words in said for line in words.split("\n") if line[0] != " ")
    assert longest <= tour.WIDTH


@pytest.mark.parametrize("name", TOUR)
def test_no_power_of_a_statement_is_set_in_bold(name):
    assert registry.find(name).statement.count("**") < 2


def test_most_mistakes_have_a_name_and_some_have_none():
    named = tour.page().count("Likely mistake: ")
    assert 24 <= named < 33


def test_a_readers_own_progress_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("BPLIB_PROGRESS", str(tmp_path / "mine.json"))
    tour.transcript("mse_gradient", TOUR["mse_gradient"])
    assert store().entry("mse_gradient")["attempts"] == 0
    assert os.environ["BPLIB_PROGRESS"] == str(tmp_path / "mine.json")
    monkeypatch.delenv("BPLIB_PROGRESS")
    tour.transcript("mse_gradient", TOUR["mse_gradient"][:1])
    assert "BPLIB_PROGRESS" not in os.environ


def test_an_old_page_is_said_and_written_anew(tmp_path, monkeypatch, capsys):
    few = {name: TOUR[name] for name in ("slope_between_points",)}
    text = tour.page(few)
    monkeypatch.setattr(tour, "page", lambda: text)
    stale = "book/tour_of_the_checks.md is not what the checks say now; run `make sync`."
    assert tour.out_of_date(tmp_path) == [stale]
    assert main(["author", "tour", "--root", str(tmp_path)]) == 0
    assert main(["author", "tour", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "✓ book/tour_of_the_checks.md: written",
        "✓ book/tour_of_the_checks.md: nothing changed",
    ]
    assert tour.out_of_date(tmp_path) == []
    (tmp_path / tour.PAGE).write_text("old")
    (tmp_path / "bplib/checks").mkdir(parents=True)
    assert main(["author", "sync", "--check", "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"✗ {stale}\n"
