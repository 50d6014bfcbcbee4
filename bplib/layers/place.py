"""Which layer of a net an error comes from, said before its words."""

from __future__ import annotations

from bplib.errors import BplibError
from bplib.layers.base import Layer
from bplib.layers.held import look_through


def say_where(error: Exception, place: str, layer: Layer) -> None:
    """Put the place of a layer before the words of an error, whose class stays.

    An error goes up through the nets, and each of them says its part of the place: "layer 1.0" is
    the first layer inside the second. An error of Python or NumPy keeps its words and gets a note.

    Arguments:
        error: what the layer raised; it is changed, and the caller raises it again.
        place: of the layer in the net that caught the error, such as "1".
        layer: the layer.

    Raises:
        DTypeError, DomainError: where an error of Python comes from what the layer holds, such as
            an array in the place of a Parameter.
    """
    if isinstance(error, BplibError):
        known = vars(error)
        if known.get("place_is_said"):
            return
        words, said = known.setdefault("words", (str(error), called(layer)))
        known["place"] = f"{place}.{known['place']}" if "place" in known else place
        error.args = (f"layer {known['place']}, {said}: {words}", *error.args[1:])
        return
    if isinstance(error, AttributeError):
        try:
            look_through(layer)
        except BplibError as found:
            say_where(found, place, layer)
            raise found from error
    error.add_note(f"This happened in layer {place}, {called(layer)}.")


def with_whole_place(error: BplibError, asks: str, place: str, layer: Layer) -> BplibError:
    """The error again, with who asks and the whole place before its words; nets add nothing.

    Arguments:
        error: what the layer raised.
        asks: who asks; it opens the sentence.
        place: of the layer in the outermost one; "" for that itself.
        layer: the layer.

    Returns:
        An error of the same class; the caller raises it.
    """
    where = f"layer {place}, " if place else ""
    found = type(error)(f"{asks}: {where}{called(layer)}: {error}")
    vars(found)["place_is_said"] = True
    return found


def called(layer: Layer) -> str:
    """What a sentence calls a layer: its repr, or its class where that is long or fails.

    Arguments:
        layer: any.

    Returns:
        A few words.
    """
    try:
        return type(layer).__name__ if layer.children() else repr(layer)
    except Exception:  # what is wrong with the layer may be wrong for its repr too
        return type(layer).__name__
