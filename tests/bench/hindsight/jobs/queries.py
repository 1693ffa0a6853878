"""Reads queries of a data warehouse, and says them in another dialect."""

import time

import sqlglot

COLUMNS = ["amount", "ordered_at", "customer_id", "country", "discount", "status"]


def query(number):
    one, other = COLUMNS[number % 6], COLUMNS[number % 5]
    listed = ", ".join(f"'{name}-{number}'" for name in COLUMNS[: 2 + number % 4])
    return f"""
        -- Report {number}
        WITH recent AS (SELECT id, {one}, ROW_NUMBER() OVER (PARTITION BY {other} ORDER BY ordered_at DESC) AS place
                        FROM sales.orders WHERE ordered_at >= CAST('2024-01-{number % 28 + 1:02}' AS DATE) /* window */)
        SELECT country, COUNT(DISTINCT recent.id) AS orders,
               SUM(CASE WHEN status IN ({listed}) THEN amount * (1 - {number / 1000}) ELSE 0 END) AS paid
        FROM recent LEFT JOIN sales.customers AS c ON recent.{other} = c.{other} AND c.active
        WHERE place = 1 AND COALESCE(c.discount, 0.07) BETWEEN 0.01 AND 0.2
        GROUP BY country HAVING COUNT(*) > {number % 50} ORDER BY paid DESC LIMIT {10 + number}
    """


def main():
    length = 0
    for number in range(2000):
        length += len(sqlglot.transpile(query(number), write="duckdb")[0])
    print(length)


main()
print(time.process_time())
