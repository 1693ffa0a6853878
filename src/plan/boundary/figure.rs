//! Which figures a table of boundary costs has.

/// The numbers of elements that conversions are measured with: a list that fits into the processor's first cache, and
/// one that does not.
pub const LENGTHS: [usize; 2] = [100, 10_000];

/// An enumeration of figures with the name of each in a file, and what it is.
macro_rules! figures {
    ($(#[$about:meta])* $list:ident { $($figure:ident $name:literal $what:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list {
            $(#[doc = $what] $figure,)*
        }

        impl $list {
            /// All of them, in the order of a file.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$figure),*];

            /// Its name in a file.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$figure => $name,)*
                }
            }

            /// What it is, for people.
            pub fn what(self) -> &'static str {
                match self {
                    $(Self::$figure => $what,)*
                }
            }
        }
    };
}

figures! {
    /// What one call takes, in nanoseconds: from Python to Rust where nothing else is said.
    Call {
        Empty "call" "a call without arguments",
        Object "object" "a call with an object that is left alone",
        Float "float" "a call with a float, returned",
        ThreeFloats "three_floats" "a call with three floats, one returned",
        SmallInt "small_int" "a call with a small int, returned",
        LargeInt "large_int" "a call with an int of 40 bits, returned",
        Bool "bool" "a call with a bool, returned",
        TupleIn "tuple_in" "a call with a tuple of three floats",
        TupleOut "tuple_out" "a call that returns such a tuple",
        Method "method" "a call of a method",
        FrozenMethod "frozen_method" "a call of a method of a frozen class",
        Callback "callback" "a call from Rust to Python",
        CallbackFloat "callback_float" "a call from Rust to Python with a float",
        NewObject "new_object" "a new Python object, three attributes",
    }
}

figures! {
    /// What one call from Python to Rust takes, in nanoseconds, by the number of elements ([`LENGTHS`]).
    Conversion {
        FloatsIn "floats_in" "a list of floats",
        IntsIn "ints_in" "a list of ints",
        StringsIn "strings_in" "a list of strings, kept by Python",
        StringsCopiedIn "strings_copied_in" "a list of strings, copied",
        ObjectsIn "objects_in" "a list of objects that are left alone",
        InstancesIn "instances_in" "objects, three attributes read of each",
        IntDictIn "int_dict_in" "a dict of ints by int, into a hash map",
        StringsBorrowed "strings_borrowed" "strings looked at in their list",
        DictBorrowed "dict_borrowed" "ints by string looked at in their dict",
        ItemsSet "items_set" "floats written into a list",
        TextBorrowed "text_borrowed" "a string",
        TextEncoded "text_encoded" "a string beyond ASCII, the first time",
        BytesBorrowed "bytes_borrowed" "bytes",
        BufferIn "buffer_in" "an array of floats, copied",
        FloatsOut "floats_out" "a list of floats returned",
        IntsOut "ints_out" "a list of ints returned",
        SmallIntsOut "small_ints_out" "a list of small ints returned",
        BoolsOut "bools_out" "a list of bools returned",
        StringsOut "strings_out" "a list of strings returned",
        IntDictOut "int_dict_out" "a dict of ints by int returned",
        TextOut "text_out" "a string returned",
        BytesOut "bytes_out" "bytes returned",
    }
}
