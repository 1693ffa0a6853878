//! Ids: positions in the profile's tables, four bytes each, and their `Option` too.

use std::num::NonZeroU32;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The id of the entry at `index` of its table.
            pub fn from_index(index: usize) -> Self {
                let place = u32::try_from(index + 1).expect("a table holds fewer than 2^32 entries");
                Self(NonZeroU32::new(place).expect("index + 1 is not 0"))
            }

            /// The entry's index in its table.
            pub fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }
    )*};
}

ids! {
    /// A text in the [`StringTable`](super::StringTable).
    StringId
    /// A function in the profile.
    FunctionId
    /// A frame: a function at a line.
    FrameId
    /// A stack: a frame above a parent stack.
    StackId
    /// A thread that was sampled.
    ThreadId
    /// An instruction of a code object.
    InstructionId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_its_option_take_four_bytes() {
        assert_eq!(size_of::<StackId>(), 4);
        assert_eq!(size_of::<Option<StackId>>(), 4);
    }

    #[test]
    fn an_id_remembers_its_index() {
        for index in [0, 1, 4_294_967_294] {
            assert_eq!(FrameId::from_index(index).index(), index);
        }
    }
}
