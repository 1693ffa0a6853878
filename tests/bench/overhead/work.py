"""The work of all programs: small functions that call each other."""


def scale(number):
    for _ in range(20):
        number = number * 3 % 1009
    return number


def shift(number):
    return (number + 7) ^ 5


def mix(left, right):
    return scale(left) + shift(right)


def unit():
    total = 0
    for i in range(100):
        total = mix(total & 1023, i)
    return total
