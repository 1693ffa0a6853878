//! The stack table with its samples added up: own and total, and the way down.

use super::{State, Tally};
use crate::profile::{FunctionId, Profile, StackId, Weight};

/// The stacks of a profile as a tree, each with the samples that ended there and those below it.
pub struct CallTree<'p> {
    profile: &'p Profile,
    /// The samples that ended at some stack. The first are those of a stack where none did, as at most stacks.
    own: Vec<Tally>,
    /// For each stack the place of its own samples.
    own_place: Vec<usize>,
    total: Vec<Total>,
    first_child: Vec<Option<StackId>>,
    next_sibling: Vec<Option<StackId>>,
    roots: Option<StackId>,
    all: Tally,
}

/// The samples that ended at a stack or above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Weight of those that worked.
    pub working: Weight,
    /// Weight of those that waited for anything but the interpreter lock.
    pub idle: Weight,
}

/// A step of a walk over the tree.
pub(super) enum Step {
    /// A stack is entered; its callers were entered before it and not left yet.
    Enter(StackId),
    /// It is left; all stacks above it were left before.
    Leave(StackId),
}

impl<'p> CallTree<'p> {
    /// Adds up the samples of a profile, each in the state that its activity tells.
    pub fn new(profile: &'p Profile) -> Self {
        let samples = profile.samples.iter();
        let states: Vec<State> = samples.map(|it| State::of(it.activity)).collect();
        Self::with_states(profile, &states)
    }

    /// The same with the state of each sample. Takes one pass over the samples and one over the stacks,
    /// backward: a parent stands before its children.
    pub fn with_states(profile: &'p Profile, states: &[State]) -> Self {
        let stacks = profile.stacks();
        let mut tree = Self {
            profile,
            own: vec![Tally::default()],
            own_place: vec![0; stacks.len()],
            total: Vec::with_capacity(stacks.len()),
            first_child: vec![None; stacks.len()],
            next_sibling: vec![None; stacks.len()],
            roots: None,
            all: Tally::default(),
        };
        for (sample, state) in profile.samples.iter().zip(states) {
            let tally = Tally::of(sample, profile.weight_unit, *state);
            tree.all += tally;
            if let Some(stack) = sample.stack {
                tree.add(stack, tally);
            }
        }
        let own = tree
            .own_place
            .iter()
            .map(|&place| Total::of(&tree.own[place]));
        tree.total.extend(own);
        for index in (0..stacks.len()).rev() {
            tree.hang(index);
        }
        tree
    }

    fn add(&mut self, stack: StackId, tally: Tally) {
        let place = &mut self.own_place[stack.index()];
        if *place == 0 {
            *place = self.own.len();
            self.own.push(Tally::default());
        }
        self.own[*place] += tally;
    }

    fn hang(&mut self, index: usize) {
        let head = match self.profile.stacks()[index].parent {
            Some(parent) => {
                let total = self.total[index];
                self.total[parent.index()] += total;
                &mut self.first_child[parent.index()]
            }
            None => &mut self.roots,
        };
        self.next_sibling[index] = head.replace(StackId::from_index(index));
    }

    /// The profile.
    pub fn profile(&self) -> &'p Profile {
        self.profile
    }

    /// The samples that ended at a stack.
    pub fn own(&self, stack: StackId) -> Tally {
        self.own[self.own_place[stack.index()]]
    }

    /// The samples that ended at a stack or above it.
    pub fn total(&self, stack: StackId) -> Total {
        self.total[stack.index()]
    }

    /// All samples, those without a Python frame too.
    pub fn all(&self) -> Tally {
        self.all
    }

    /// The innermost function of a stack.
    pub fn function(&self, stack: StackId) -> FunctionId {
        self.profile.frame(self.profile.stack(stack).frame).function
    }

    /// Goes through the tree depth first, callers before callees. Deep recursion costs no stack of ours.
    pub(super) fn walk(&self, mut visit: impl FnMut(Step)) {
        let mut path: Vec<StackId> = Vec::new();
        let mut next = self.roots;
        loop {
            if let Some(stack) = next {
                visit(Step::Enter(stack));
                path.push(stack);
                next = self.first_child[stack.index()];
            } else if let Some(stack) = path.pop() {
                visit(Step::Leave(stack));
                next = self.next_sibling[stack.index()];
            } else {
                return;
            }
        }
    }
}

impl Total {
    fn of(tally: &Tally) -> Self {
        Self {
            working: tally.working,
            idle: tally.idle,
        }
    }
}

impl std::ops::AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.working += other.working;
        self.idle += other.idle;
    }
}
