"""Anchors of headings as Jupyter makes them."""


def jupyter(title: str) -> str:
    """The anchor of a heading: its words joined by hyphens, "Where-people-go-wrong"."""
    return title.strip().replace(" ", "-")
