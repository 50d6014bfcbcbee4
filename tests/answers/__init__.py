"""Answers in styles that nobody planned for, chapter by chapter: RIGHT and WRONG of each exercise.

RIGHT[exercise][style] is a function that must pass.  WRONG[exercise][style] is (label, function):
the misconception that must be named, or None where nothing may be.
"""
