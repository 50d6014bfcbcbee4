"""Backpropagation from the ground up: a small, fast, honest neural-network library on NumPy."""

__version__ = "0.1.0"
