# SPDX-License-Identifier: Apache-2.0
"""The pictures of the golden cases, by integer arithmetic alone.

tests/unit/golden_pictures.h makes the same bytes in C; neither stores a pixel.
"""

import numpy as np

GOLDEN_RATIO = 0x9E3779B97F4A7C15


def splitmix64(seed, n):
    """The first n outputs of splitmix64 from a seed."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(GOLDEN_RATIO)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def noise(seed, width, height):
    """Byte k is the top 8 bits of the k-th output."""
    flat = (splitmix64(seed, width * height * 3) >> np.uint64(56)).astype(np.uint8)
    return flat.reshape(height, width, 3)


def smooth(seed, width, height):
    """Three parabola waves a channel, then 40 rectangles of one colour each.

    A wave is a phase that grows by steps of 2^-16 turns a pixel; a turn is two parabolas of
    opposite sign, height 32768. Amplitudes are at most 36, so that values stay in 20 to 236.
    """
    r = iter(splitmix64(seed, 3 * 3 * 4 + 40 * 7).tolist())
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    out = np.empty((height, width, 3), np.uint8)
    for channel in range(3):
        total = np.full((height, width), 128 * 32768, np.int64)
        for _ in range(3):
            step_x = next(r) % 1200 + 100
            step_y = next(r) % 1200 + 100
            start = next(r) % 65536
            amplitude = next(r) % 24 + 13
            phase = (step_x * x + step_y * y + start) % 65536
            half = phase % 32768
            wave = (half * (32768 - half)) >> 13
            total += amplitude * np.where(phase < 32768, wave, -wave)
        out[:, :, channel] = total >> 15
    for _ in range(40):
        left = next(r) % width
        top = next(r) % height
        right = min(width, left + width // 32 + next(r) % (width // 6))
        bottom = min(height, top + height // 32 + next(r) % (height // 6))
        out[top:bottom, left:right] = [next(r) >> 56 for _ in range(3)]
    return out


COLOUR_LEVELS = [0, 1, 10, 11, 12, 22, 23, 24, 25, 48, 80, 112, 144, 176, 216, 255]


def colours():
    """4096 colours as 64 x 64 tiles of 8 pixels; tile t has levels t & 15, t >> 4 & 15, t >> 8."""
    t = np.arange(4096)
    levels = np.array(COLOUR_LEVELS, np.uint8)
    tiles = np.stack([levels[t & 15], levels[t >> 4 & 15], levels[t >> 8]], axis=-1)
    return tiles.reshape(64, 64, 3).repeat(8, axis=0).repeat(8, axis=1)


def steps():
    """An edge in every cell, at phase (row + column) mod 16 within it: upright ones in the upper
    half, level ones in the lower; odd columns turned around."""
    y, x = np.mgrid[0:512, 0:512]
    row, column = y // 16, x // 16
    phase = (row + column) % 16
    beyond = np.where(row < 16, x % 16 >= phase, y % 16 >= phase)
    gray = np.where(beyond ^ (column % 2 == 1), 200, 50).astype(np.uint8)
    return gray[:, :, None].repeat(3, axis=2)


def planar(picture):
    """uint8 [H][W][3] to float32 [3][H][W]: byte / 255."""
    return np.ascontiguousarray((picture.astype(np.float32) / np.float32(255)).transpose(2, 0, 1))


def constant(value, width, height):
    return np.full((3, height, width), value, np.float32)


def ramp(width, height):
    """Float: red grows with x, green with y, blue is 0.5."""
    out = np.full((3, height, width), 0.5, np.float32)
    out[0] = (np.arange(width, dtype=np.float32) / np.float32(width - 1))[None, :]
    out[1] = (np.arange(height, dtype=np.float32) / np.float32(height - 1))[:, None]
    return out
