#!/usr/bin/env python3
"""Writes RandomTable.swift: bits of Philox4x32-10 by integer arithmetic of Python, which is held to
the known answers of Random123, and normal deviates from mpmath, rounded from 60 digits.

Usage: python3 make_random_table.py > RandomTable.swift
"""
import mpmath as mp
import numpy as np

mp.mp.dps = 60
rng = np.random.default_rng(11)
MASK = 0xFFFFFFFF


def block(counter, key):
    """The ten rounds of Salmon et al. 2011, written out in Python's integers."""
    c, (k0, k1) = list(counter), key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k0, p1 & MASK, (p0 >> 32) ^ c[3] ^ k1, p0 & MASK]
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c


# kat_vectors of Random123.
KNOWN = [
    ([0] * 4, [0] * 2, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    ([MASK] * 4, [MASK] * 2, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
    ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0],
     [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]),
]
for counter, key, answer in KNOWN:
    assert block(counter, key) == answer


def word(place, key):
    number = place // 4
    return block([number & MASK, number >> 32, 0, 0], [key & MASK, key >> 32])[place % 4]


def bits(place, key, width):
    if width == 24:
        return word(place, key) >> 8
    return (word(2 * place + 1, key) << 32 | word(2 * place, key)) >> 11


KEYS = [0, 1, 42, 0x299F31D0A4093822, 2 ** 63, 2 ** 64 - 1]
PLACES = [0, 1, 2, 3, 4, 5, 6, 7, 1000003, 2 ** 33 - 1, 2 ** 33, 2 ** 34 + 1, 2 ** 40 + 3]

# Arguments (2k + 1 - 2^b) / 2^b of normal deviates: both ends, the middle, and where formulas meet.
numerators = {53: set(), 24: set()}
for width, odd in numerators.items():
    top = 2 ** width
    ks = list(range(24)) + [top - 1 - i for i in range(24)]
    ks += [top // 2 + i for i in range(-8, 8)]
    ks += [int(top * 0.9) + i for i in range(-6, 6)] + [int(top * 0.1) + i for i in range(-6, 6)]
    ks += [int(2 ** e) for e in np.linspace(4, width - 1, 90)]
    ks += [top - 1 - int(2 ** e) for e in np.linspace(4, width - 1, 90)]
    ks += [top // 2 + int(2 ** e) for e in np.linspace(3, width - 2, 60)]
    ks += [int(k) for k in rng.integers(0, top, 300)]
    odd |= {2 * k + 1 - top for k in ks}

print("// Made by make_random_table.py; do not edit.\n")
print("/// Random bits and normal deviates.")
print("enum RandomTable {")
print("  /// Rows of a key, the number of an element, its 24 and its 53 bits.")
print("  static let bits: [(UInt64, UInt64, UInt64, UInt64)] = [")
for key in KEYS:
    for place in PLACES:
        print(f"    (0x{key:x}, {place}, 0x{bits(place, key, 24):x}, 0x{bits(place, key, 53):x}),")
print("  ]\n")
for width, odd in numerators.items():
    print(f"  /// Odd numerators over 2^{width}, and √2 · erfinv of the quotient.")
    print(f'  static let normal{width} = """')
    for n in sorted(odd):
        value = mp.sqrt(2) * mp.erfinv(mp.mpf(n) / mp.mpf(2) ** width)
        # More digits than a double has: the error is against the true value.
        print(f"    {n} {float(value)!r} {float(value - mp.mpf(float(value)))!r}")
    print('    """' + ("\n" if width == 53 else ""))
print("}")
