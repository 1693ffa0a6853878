"""Compares names as who looks for entries of one person twice does. MODULE says where the functions are."""

import importlib
import os
import time

jellyfish = importlib.import_module(os.environ["MODULE"])

FIRST = "Ada Grace Alan Edsger Barbara Donald Leslie Frances John Niklaus Margaret Tony Adele Robin Dana".split()
LAST = "Lovelace Hopper Turing Dijkstra Liskov Knuth Lamport Allen Backus Wirth Hamilton Hoare Goldberg Milner Scott".split()


def misspell(name, place):
    place %= len(name) - 1
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def main():
    names = [first + " " + last for first in FIRST for last in LAST]
    spelled = [misspell(name, place + number) for place in range(1, 7) for number, name in enumerate(names)]
    keys = {}
    for name in names + spelled:
        key = tuple(jellyfish.metaphone(part) for part in name.split())
        keys.setdefault((jellyfish.soundex(name), key[0][:1]), []).append(name)
    total = sum(len(group) for group in keys.values())
    for number, one in enumerate(spelled):
        for other in names[number % 2 :: 2]:
            if jellyfish.jaro_winkler_similarity(one, other) > 0.7:
                total += jellyfish.damerau_levenshtein_distance(one, other)
                total += jellyfish.levenshtein_distance(one, other)
    print(total)


main()
print(time.process_time())
