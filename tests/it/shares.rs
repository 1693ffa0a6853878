//! Shares that are known by construction come out of a real run.

use crate::tool::{Workplace, plan};

/// Calls of a microsecond through properties, class methods and constructors. Between five sixths and three quarters of the
/// time are in them: it depends on whose time the call itself is. The rest is in `drive`.
const SHORT_CALLS: &str = "\
class Money:
    def __init__(self, cents):
        self._cents = cents

    @property
    def cents(self):
        cents = self._cents
        for _ in range(30):
            cents = (cents * 7 + 3) % 10007
        return cents

    @classmethod
    def parse(cls, text):
        cents = 0
        for letter in text:
            if letter.isdigit():
                cents = cents * 10 + ord(letter) - 48
        return cls(cents)

    @staticmethod
    def check(number):
        total = 0
        while number:
            total += number % 10
            number //= 10
        return total % 10


def drive(n):
    total = 0
    for i in range(n):
        money = Money.parse('EUR %d.%02d' % (i, i % 100))
        total += money.cents + Money.check(money._cents)
    return total


def main():
    print(drive(400_000))


if __name__ == '__main__':
    main()
";

#[test]
fn short_functions_are_not_missed_in_favour_of_their_caller() {
    let workplace = Workplace::new();
    workplace.file("job.py", SHORT_CALLS);
    workplace.run(&["run", "job.py"]).expect(0);
    let plan = plan(&workplace.path().join("reports/job"));
    let rows = plan["functions"].as_array().expect("a list");
    let share = |name: &str| {
        let row = rows.iter().find(|row| row["function"] == name);
        row.expect("it is hot")["self_share"]
            .as_f64()
            .expect("a share")
    };
    let (caller, longest) = (share("job.drive"), share("job.Money.cents"));
    assert!(
        caller < 0.36,
        "{caller} of the time instead of 0.16 to 0.27"
    );
    assert!(longest > 0.25, "{longest} of the time instead of 0.45");
}
