"""Works in 50 threads at once."""

import threading

from progress import step
from work import unit

THREADS = 50


def main():
    while True:
        unit()
        step()


for _ in range(THREADS - 1):
    threading.Thread(target=main, daemon=True).start()
main()
