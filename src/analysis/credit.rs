//! Whose time it was: library code and anonymous code work for the nearest caller of the program.

use super::call_tree::Step;
use super::{CallTree, Tally};
use crate::profile::{FrameId, FunctionId, Line, StackId, Weight};
use rustc_hash::FxHashMap;

/// What becomes of a function's own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The program's function: keeps its time, also while a module is being imported.
    Program,
    /// Installed code: keeps its time, except while a module is being imported.
    Library,
    /// A part of its caller that is a code object of its own: a comprehension, a lambda, a class body.
    Part,
    /// Code that serves its caller: the standard library, generated code.
    Service,
    /// A nested function: its time goes to the function that it is defined in where that is on the
    /// stack, and otherwise it keeps it.
    Nested {
        /// The function that it is defined in.
        within: FunctionId,
    },
    /// The body of one of the program's modules: keeps its own time; what it calls while it is being
    /// imported is import time.
    ModuleBody,
    /// The machinery of `import`: its time, and that of what it runs, is import time.
    Import,
}

/// A function's time after passing up.
#[derive(Clone, Debug, Default)]
pub struct FunctionCredit {
    /// Its own time and what was passed up to it.
    pub time: Tally,
    /// Of that, the working weight while a module was being imported.
    pub during_import: Weight,
    /// Of that, the working weight of code that served it.
    pub served: Weight,
    /// The code that served it for most of that.
    pub served_by: Option<FunctionId>,
    /// The line of the function where most of that time was; none where it has none.
    pub hot_line: Option<Line>,
    /// Who got most of its own time, where it was passed up.
    pub passed_to: Option<FunctionId>,
    /// The function that called it for most of its total time, and that time.
    pub caller: Option<Caller>,
}

/// A function that called another, directly or through code that works for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub function: FunctionId,
    /// The working weight of the samples with the callee above it.
    pub weight: Weight,
}

/// The result of passing up.
#[derive(Clone, Debug, Default)]
pub struct Credits {
    /// For each function of the profile.
    pub functions: Vec<FunctionCredit>,
    /// Import time.
    pub import: Tally,
    /// Time with no function of the program on the stack.
    pub nobody: Tally,
    /// For each stack who gets the time of the samples that end there; none for importing and nobody.
    pub payees: Vec<Option<FunctionId>>,
    /// For each stack of the profile whether the time that ended there is import time.
    pub is_import: Vec<bool>,
}

/// Who gets the time of a stack, and of the library code that it calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Payee {
    Frame(FrameId),
    Import,
    Nobody,
}

/// How a stack passes time: its own, and that of what it calls.
#[derive(Clone, Copy)]
struct Account {
    own: Payee,
    calls: Payee,
    during_import: bool,
    /// The function that is at work, and the other one that called it.
    at_work: Option<FunctionId>,
    caller: Option<FunctionId>,
}

impl Account {
    const OUTSIDE: Self = Self {
        own: Payee::Nobody,
        calls: Payee::Nobody,
        during_import: false,
        at_work: None,
        caller: None,
    };
}

/// Gives every sample to a function of the program or of a library, to importing, or to nobody.
/// `roles[function.index()]` says what the function is.
pub fn credit(tree: &CallTree<'_>, roles: &[Role]) -> Credits {
    let mut ledger = Ledger::new(tree, roles);
    tree.walk(|step| match step {
        Step::Enter(stack) => ledger.enter(stack),
        Step::Leave(stack) => ledger.leave(stack),
    });
    ledger.close()
}

struct Ledger<'t> {
    tree: &'t CallTree<'t>,
    roles: &'t [Role],
    /// The accounts of the stacks being walked, outermost first.
    path: Vec<Account>,
    /// For each function its frames on the path: the innermost is last.
    on_path: Vec<Vec<FrameId>>,
    credits: Credits,
    lines: FxHashMap<FrameId, Weight>,
    passed: FxHashMap<(FunctionId, FunctionId), Weight>,
    /// Working weight of code (second) that served a function (first).
    served: FxHashMap<(FunctionId, FunctionId), Weight>,
    /// Working weight of the samples with a function (first) above its caller (second).
    called: FxHashMap<(FunctionId, FunctionId), Weight>,
}

impl<'t> Ledger<'t> {
    fn new(tree: &'t CallTree<'t>, roles: &'t [Role]) -> Self {
        let count = tree.profile().functions().len();
        let functions = vec![FunctionCredit::default(); count];
        Self {
            tree,
            roles,
            path: Vec::new(),
            on_path: vec![Vec::new(); count],
            credits: Credits {
                functions,
                payees: vec![None; tree.profile().stacks().len()],
                is_import: vec![false; tree.profile().stacks().len()],
                ..Credits::default()
            },
            lines: FxHashMap::default(),
            passed: FxHashMap::default(),
            served: FxHashMap::default(),
            called: FxHashMap::default(),
        }
    }

    fn enter(&mut self, stack: StackId) {
        let frame = self.tree.profile().stack(stack).frame;
        let function = self.tree.function(stack);
        let account = self.account(frame, function);
        let before = self.path.last().and_then(|account| account.at_work);
        if let (Some(callee), Some(caller)) = (account.at_work, account.caller)
            && account.at_work != before
        {
            let called = self.called.entry((callee, caller)).or_default();
            *called += self.tree.total(stack).working;
        }
        self.path.push(account);
        self.on_path[function.index()].push(frame);
        self.book(stack, function, account);
    }

    fn leave(&mut self, stack: StackId) {
        self.path.pop();
        self.on_path[self.tree.function(stack).index()].pop();
    }

    fn account(&self, frame: FrameId, function: FunctionId) -> Account {
        let caller = self.path.last().copied().unwrap_or(Account::OUTSIDE);
        let importing = caller.calls == Payee::Import;
        let to = |payee| Account {
            own: payee,
            calls: payee,
            ..caller
        };
        let account = match self.roles[function.index()] {
            Role::Import => Account {
                during_import: true,
                ..to(Payee::Import)
            },
            Role::Part | Role::Service => to(caller.calls),
            Role::Library if importing => to(Payee::Import),
            Role::ModuleBody if importing => Account {
                own: Payee::Frame(frame),
                calls: Payee::Import,
                ..caller
            },
            Role::Nested { within } => {
                let outer = self.on_path[within.index()].last();
                to(Payee::Frame(outer.copied().unwrap_or(frame)))
            }
            Role::Program | Role::Library | Role::ModuleBody => to(Payee::Frame(frame)),
        };
        match account.own {
            Payee::Frame(frame) => self.called_by(account, frame),
            Payee::Import | Payee::Nobody => account,
        }
    }

    /// The account with its payee at work; who was at work before called it, unless it was itself.
    fn called_by(&self, account: Account, frame: FrameId) -> Account {
        let payee = self.tree.profile().frame(frame).function;
        if account.at_work == Some(payee) {
            return account;
        }
        Account {
            at_work: Some(payee),
            caller: account.at_work,
            ..account
        }
    }

    fn book(&mut self, stack: StackId, function: FunctionId, account: Account) {
        let own = self.tree.own(stack);
        match account.own {
            Payee::Import => {
                self.credits.import += own;
                self.credits.is_import[stack.index()] = true;
            }
            Payee::Nobody => self.credits.nobody += own,
            Payee::Frame(frame) => {
                let payee = self.tree.profile().frame(frame).function;
                self.credits.payees[stack.index()] = Some(payee);
                if payee != function {
                    *self.passed.entry((function, payee)).or_default() += own.working;
                }
                if own != Tally::default() {
                    self.pay(own, account, frame, function);
                }
            }
        }
    }

    /// Gives the samples that ended in `worker` to the function of a frame.
    fn pay(&mut self, own: Tally, account: Account, frame: FrameId, worker: FunctionId) {
        let payee = self.tree.profile().frame(frame).function;
        let credit = &mut self.credits.functions[payee.index()];
        credit.time += own;
        if account.during_import {
            credit.during_import += own.working;
        }
        *self.lines.entry(frame).or_default() += own.working;
        if self.roles[worker.index()] == Role::Service {
            credit.served += own.working;
            *self.served.entry((payee, worker)).or_default() += own.working;
        }
    }

    fn close(mut self) -> Credits {
        let profile = self.tree.profile();
        let heaviest = largest(self.lines, |frame| profile.frame(frame).function);
        for (function, frame, _) in heaviest {
            self.credits.functions[function.index()].hot_line = profile.frame(frame).line;
        }
        for (function, (_, payee), _) in largest(self.passed, |(function, _)| function) {
            self.credits.functions[function.index()].passed_to = Some(payee);
        }
        for (payee, (_, server), _) in largest(self.served, |(payee, _)| payee) {
            self.credits.functions[payee.index()].served_by = Some(server);
        }
        for (callee, (_, function), weight) in largest(self.called, |(callee, _)| callee) {
            self.credits.functions[callee.index()].caller = Some(Caller { function, weight });
        }
        self.credits
    }
}

/// For each group the key with the largest weight; the smaller key wins a tie, so that equal input
/// gives equal output.
fn largest<K: Copy + Ord, G: Copy + Eq + std::hash::Hash + Ord>(
    weights: FxHashMap<K, Weight>,
    group: impl Fn(K) -> G,
) -> Vec<(G, K, Weight)> {
    let mut rows: Vec<(G, std::cmp::Reverse<Weight>, K)> = (weights.into_iter())
        .map(|(key, weight)| (group(key), std::cmp::Reverse(weight), key))
        .collect();
    rows.sort_unstable();
    rows.dedup_by_key(|row| row.0);
    rows.into_iter()
        .map(|(group, std::cmp::Reverse(weight), key)| (group, key, weight))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::folded;

    /// Roles by name: `lib.` installed, `std.` serves, `<` a part, `import` the machinery, `mod.` a module
    /// body, `outer>inner` nested in `outer`, anything else the program's.
    fn roles(profile: &crate::profile::Profile) -> Vec<Role> {
        let name = |id: FunctionId| profile.strings.get(profile.function(id).name);
        let ids = || (0..profile.functions().len()).map(FunctionId::from_index);
        let find = |wanted: &str| ids().find(|&id| name(id) == wanted);
        ids()
            .map(|id| match name(id) {
                "import" => Role::Import,
                text if text.starts_with("lib.") => Role::Library,
                text if text.starts_with("std.") => Role::Service,
                text if text.starts_with('<') => Role::Part,
                text if text.starts_with("mod.") => Role::ModuleBody,
                text => match text.split_once('>').and_then(|(outer, _)| find(outer)) {
                    Some(within) => Role::Nested { within },
                    None => Role::Program,
                },
            })
            .collect()
    }

    /// Checks who has how much, import and nobody last.
    fn check(stacks: &str, expected: &str) {
        let profile = folded(stacks);
        let credits = credit(&CallTree::new(&profile), &roles(&profile));
        let mut rows: Vec<String> = (profile.functions().iter().zip(&credits.functions))
            .filter(|(_, credit)| credit.time.working.0 > 0)
            .map(|(function, credit)| {
                format!(
                    "{} {}",
                    profile.strings.get(function.name),
                    credit.time.working.0
                )
            })
            .collect();
        rows.sort_unstable();
        let rest = [("import", credits.import), ("nobody", credits.nobody)];
        rows.extend(rest.map(|(name, tally)| format!("{name} {}", tally.working.0)));
        assert_eq!(rows.join(", "), expected);
    }

    #[test]
    fn the_standard_library_works_for_its_nearest_caller() {
        check(
            "main;work;std.sort;std.key 3\nmain;work 1",
            "work 4, import 0, nobody 0",
        );
    }

    #[test]
    fn the_standard_library_called_by_a_library_works_for_the_library() {
        check("main;lib.parse;std.re 3", "lib.parse 3, import 0, nobody 0");
    }

    #[test]
    fn a_library_below_the_program_keeps_its_time() {
        check(
            "main;lib.a 2\nmain 1",
            "lib.a 2, main 1, import 0, nobody 0",
        );
    }

    #[test]
    fn importing_is_nobodys_work() {
        check(
            "main;import;lib.body;std.compile 5\nmain 1",
            "main 1, import 5, nobody 0",
        );
    }

    #[test]
    fn the_programs_own_work_during_an_import_is_kept() {
        check(
            "mod.main;import;mod.job;work;std.sort 5\nmod.main;import;mod.job;std.enum 2",
            "work 5, import 2, nobody 0",
        );
    }

    #[test]
    fn a_module_body_keeps_its_own_loop_even_while_imported() {
        check("mod.main;import;mod.job 4", "mod.job 4, import 0, nobody 0");
    }

    #[test]
    fn a_nested_function_works_for_the_function_around_it_while_that_runs() {
        check("solve;solve>step 3", "solve 3, import 0, nobody 0");
        check(
            "solve;std.map;solve>step;std.abs 3",
            "solve 3, import 0, nobody 0",
        );
    }

    #[test]
    fn a_nested_function_that_outlives_its_maker_keeps_its_time() {
        check(
            "main;solve>step 3\nmain;solve 1",
            "solve 1, solve>step 3, import 0, nobody 0",
        );
    }

    #[test]
    fn library_code_without_a_caller_of_the_program_is_nobodys() {
        check("std.bootstrap;std.wait 2", "import 0, nobody 2");
    }

    #[test]
    fn the_caller_that_got_most_is_named() {
        let profile = folded("a;std.x 1\nb;std.x 2");
        let credits = credit(&CallTree::new(&profile), &roles(&profile));
        let function = |name: &str| {
            let named = |f: &crate::profile::Function| profile.strings.get(f.name) == name;
            FunctionId::from_index(
                profile
                    .functions()
                    .iter()
                    .position(named)
                    .expect("is there"),
            )
        };
        let passed = credits.functions[function("std.x").index()].passed_to;
        assert_eq!(passed, Some(function("b")));
    }

    #[test]
    fn what_served_a_function_is_told_from_its_own_code_and_its_parts() {
        let profile = folded("work 1\nwork;<lambda> 2\nwork;std.a 3\nwork;<lambda>;std.b 4");
        let credits = credit(&CallTree::new(&profile), &roles(&profile));
        let credit = &credits.functions[0];
        let server = credit
            .served_by
            .map(|id| profile.strings.get(profile.function(id).name));
        assert_eq!((credit.time.working.0, credit.served.0), (10, 7));
        assert_eq!(server, Some("std.b"));
    }

    #[test]
    fn the_caller_is_the_nearest_other_function_that_keeps_time() {
        let profile = folded("main;solve;std.map;leaf;leaf 3\nmain;leaf 1");
        let credits = credit(&CallTree::new(&profile), &roles(&profile));
        let named = |name: &str| {
            let is = |f: &crate::profile::Function| profile.strings.get(f.name) == name;
            FunctionId::from_index(profile.functions().iter().position(is).expect("is there"))
        };
        let caller = credits.functions[named("leaf").index()].caller;
        assert_eq!(
            caller,
            Some(Caller {
                function: named("solve"),
                weight: Weight(3)
            })
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_in_passing_up(profile in crate::profile::any_folded()) {
            let tree = CallTree::new(&profile);
            let credits = credit(&tree, &roles(&profile));
            let mut sum: Tally = credits.functions.iter().map(|credit| credit.time).sum();
            sum += credits.import;
            sum += credits.nobody;
            proptest::prop_assert_eq!(sum, tree.all());
        }
    }

    #[test]
    fn stacks_whose_own_time_is_import_time_are_told() {
        let profile = folded(
            "main;import 1\nmain;import;mod.a 1\nmain;import;mod.a;lib.f 1\nmain;import;mod.a;work 1",
        );
        let credits = credit(&CallTree::new(&profile), &roles(&profile));
        // main, import, mod.a, lib.f, work
        assert_eq!(credits.is_import, [false, true, false, true, false]);
    }
}
