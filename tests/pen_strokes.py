"""Digits as somebody draws them: strokes in a square of 100, y down, two styles of each."""

import numpy as np


def arc(cx, cy, rx, ry, first, last, n=24):
    t = np.radians(np.linspace(first, last, n))
    return np.stack([cx + rx * np.cos(t), cy + ry * np.sin(t)], axis=1)


def line(*points):
    return np.array(points, dtype=float)


def joined(*parts):
    return np.concatenate(parts)


STYLES = {
    0: [[arc(50, 50, 26, 40, -90, 270, 40)], [arc(50, 50, 34, 40, -80, 270, 40)]],
    1: [[line((36, 28), (54, 10), (54, 90))], [line((50, 10), (50, 90))]],
    2: [
        [joined(arc(50, 32, 24, 22, -170, 30), line((28, 88), (76, 88)))],
        [joined(arc(48, 30, 22, 20, -180, 40), line((24, 86)), arc(32, 82, 8, 7, 180, 360, 10),
                line((52, 88), (78, 80)))],
    ],
    3: [
        [joined(arc(46, 30, 24, 20, -160, 90), arc(46, 69, 26, 21, -90, 150))],
        [joined(line((26, 12), (72, 12), (46, 42)), arc(46, 66, 26, 24, -80, 150))],
    ],
    4: [
        [line((58, 10), (22, 62), (80, 62)), line((60, 36), (60, 92))],
        [line((28, 10), (26, 52), (76, 52)), line((70, 10), (68, 92))],
    ],
    5: [
        [joined(line((72, 12), (34, 12), (30, 46)), arc(48, 64, 26, 24, -120, 140))],
        [joined(line((34, 12), (30, 46)), arc(48, 64, 26, 24, -120, 140)),
         line((34, 12), (74, 10))],
    ],
    6: [
        [joined(arc(64, 60, 36, 50, -110, -180, 14), arc(50, 68, 22, 22, 180, 540, 36))],
        [joined(line((62, 10), (34, 46)), arc(50, 68, 22, 22, 190, 540, 36))],
    ],
    7: [
        [line((24, 12), (76, 12), (44, 92))],
        [line((24, 12), (76, 12), (46, 92)), line((36, 50), (72, 50))],
    ],
    8: [
        [joined(arc(50, 30, 20, 19, 90, 450, 30), arc(50, 70, 24, 21, -90, 270, 36))],
        [joined(arc(50, 30, 19, 19, -30, -270), arc(50, 70, 22, 22, -90, 90, 20),
                arc(50, 70, 22, 22, 90, 270, 20), arc(50, 30, 19, 19, 90, -30, 16))],
    ],
    9: [
        [joined(arc(48, 34, 22, 22, 0, -360, 36), line((70, 34), (64, 92)))],
        [joined(arc(48, 34, 22, 22, -20, -360, 36), arc(36, 44, 34, 46, -10, 90, 16))],
    ],
}  # fmt: skip


def shaky(strokes, rng):
    """The strokes as another hand draws them: turned, sheared, stretched, and a little wavy."""
    turn, shear = rng.normal(0, 0.06), rng.normal(0, 0.1)
    stretch = np.diag(np.exp(rng.normal(0, 0.08, 2)))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    change = rotation @ np.array([[1, shear], [0, 1]]) @ stretch
    phase, wave = rng.uniform(0, 6.28, 2), rng.normal(0, 1.5, 2)
    drawn = []
    for stroke in strokes:
        x, y = (stroke - 50).T
        wavy = np.stack(
            [x + wave[0] * np.sin(y / 12 + phase[0]), y + wave[1] * np.sin(x / 12 + phase[1])]
        )
        drawn.append((change @ wavy).T * 2.4 + 128)
    return drawn
