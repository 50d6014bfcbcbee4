"""The parts of the book in a browser: Python, notebooks, pages."""
