"""The exercises of the book, one module a chapter: chNN.EXERCISES in the order of the notebook."""
