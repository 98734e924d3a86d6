#!/usr/bin/env python3
"""ratios.py FILE.tsv: what a bench/compare run measured, as a table of medians and of Cursus' ratios to each peer.

Ratios are taken within a round (the peers of one round ran one after the other) and the median of those is shown:
rates of different rounds are not comparable on a machine that others use too.
"""
import collections
import statistics
import sys


def read(path):
    """{cell: {peer: [{figure: value}, one a round]}}, in the order of the file."""
    cells = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in open(path):
        _, peer, cell, *figures = line.rstrip("\n").split("\t")
        values = {}
        for figure in " ".join(figures).split():
            name, _, value = figure.partition("=")
            try:
                values[name] = float(value)
            except ValueError:
                pass
        cells[cell][peer].append(values)
    return cells


def median(rounds, figure):
    values = [r[figure] for r in rounds if figure in r]
    return statistics.median(values) if values else None


def ratio(ours, theirs, figure):
    pairs = [(a[figure], b[figure]) for a, b in zip(ours, theirs) if a.get(figure) and b.get(figure)]
    return statistics.median(a / b for a, b in pairs) if pairs else None


def shown(value, form):
    return "-" if value is None else format(value, form)


def main():
    for cell, peers in read(sys.argv[1]).items():
        ours = peers.get("cursus", [])
        figures = ["rate", "cpu_us"] if any("rate" in r for rounds in peers.values() for r in rounds) else ["pss_MB"]
        print(f"\n{cell}")
        print("  {:<12}".format("") + "".join(f"{f:>12}{'cursus / it':>14}" for f in figures))
        for peer, rounds in peers.items():
            row = "  {:<12}".format(peer)
            for figure in figures:
                row += f"{shown(median(rounds, figure), '.1f'):>12}"
                row += f"{shown(ratio(ours, rounds, figure), '.3g') if peer != 'cursus' else '':>14}"
            print(row)


if __name__ == "__main__":
    main()
