#!/usr/bin/env python3
"""prices.py FILE.tsv: what a bench/policy run measured, as the tables of RESULTS.md.

A price is the difference to the same peer without rules in the same round; medians over the rounds are shown.
"""
import statistics
import sys

from ratios import median, read

PEERS = ("cursus", "postfix", "exim")
RULES = {"none": "none", "default": "its default rules", "ten": "ten rules, three lists"}


def price(ruled, bare, figure):
    """The median of the differences within rounds."""
    return statistics.median(a[figure] - b[figure] for a, b in zip(ruled, bare))


def rows(cells, clients):
    """(peer, rules, its rounds, the rounds of the same peer without rules)"""
    for peer in PEERS:
        bare = cells[f"none {clients}"].get(peer, [])
        for rules in RULES:
            ruled = cells.get(f"{rules} {clients}", {}).get(peer, [])
            if ruled:
                yield peer, rules, ruled, bare


def times_cursus(ruled, bare, ours):
    """How many times Cursus' price for the same rules, within rounds."""
    pairs = [((a["cpu_us"] - b["cpu_us"]), (c["cpu_us"] - d["cpu_us"])) for a, b, (c, d) in zip(ruled, bare, ours)]
    ratios = [theirs / own for theirs, own in pairs if own > 0]
    return f"{statistics.median(ratios):.1f}" if ratios else ""


def main():
    cells = read(sys.argv[1])
    for clients, what in (("cold", "Every session from an address of its own"), ("warm", "The same clients again and again")):
        print(f"\n{what}:\n")
        print("| | rules | sessions/s | CPU us | price, us | x Cursus' price | median ms | price, ms | asked | dns us | load us |")
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        ours = list(zip(cells.get(f"ten {clients}", {}).get("cursus", []), cells[f"none {clients}"].get("cursus", [])))
        for peer, rules, ruled, bare in rows(cells, clients):
            prices = ["", "", ""]
            if rules != "none":
                ratio = times_cursus(ruled, bare, ours) if peer != "cursus" else ""
                prices = [f"{price(ruled, bare, 'cpu_us'):.0f}", ratio, f"{price(ruled, bare, 'p50'):.2f}"]
            figures = [f"{median(ruled, 'rate'):.0f}", f"{median(ruled, 'cpu_us'):.0f}", prices[0], prices[1],
                       f"{median(ruled, 'p50'):.2f}", prices[2], f"{median(ruled, 'asked'):.2f}",
                       f"{median(ruled, 'dns_us'):.0f}", f"{median(ruled, 'load_us'):.0f}"]
            print(f"| {peer.capitalize()} | {RULES[rules]} | " + " | ".join(figures) + " |")
    failed = sum(r["errs"] for peers in cells.values() for rounds in peers.values() for r in rounds)
    if failed:
        print(f"\n{failed:.0f} sessions failed: these figures are not to be used")
        sys.exit(1)


if __name__ == "__main__":
    main()
