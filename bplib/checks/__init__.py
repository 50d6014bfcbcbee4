"""Exercises that know what went wrong: check, hint, solution, progress."""
